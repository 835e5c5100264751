"""The first import: starter data and a large, plainly fictional register."""
