"""Where areas lie: those in a box, those that cover a point and how far their border is, and their shapes as sent."""

from service.register.locating.asking import (
    EVERYTHING,
    Located,
    Wanted,
    areas_at,
    areas_in,
    areas_naming,
    areas_of_product,
)
from service.register.locating.holding import AreaIndex, Areas
from service.register.locating.reading import AreaRow
from service.register.locating.shelving import Shelf

__all__ = [
    "EVERYTHING",
    "AreaIndex",
    "AreaRow",
    "Areas",
    "Located",
    "Shelf",
    "Wanted",
    "areas_at",
    "areas_in",
    "areas_naming",
    "areas_of_product",
]
