"""Pages for the staff of the bureau."""
