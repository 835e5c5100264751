"""Units of indicators in words."""

from __future__ import annotations

_UNITS = {
    "件": "items",
    "件/万户": "per 10,000 market entities",
    "家": "organisations",
    "个": "places",
    "次": "times",
}


def unit_text(unit: str, lang: str) -> str:
    """Return an indicator's unit; one that is not known here stays as it is recorded."""
    return _UNITS.get(unit, unit) if lang == "en" else unit
