"""Maps of production areas: areas in, document, script or SVG out; no database, no web."""

from maps.area import Area, Count, Notice, Place, Tier

__all__ = ["Area", "Count", "Notice", "Place", "Tier"]
