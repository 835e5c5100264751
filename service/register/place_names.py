"""Names of places as texts print them, against the names the places bear today (pure)."""

from __future__ import annotations

_SUFFIXES = ("街道办事处", "街道", "镇", "乡")


def place_stem(name: str) -> str:
    """Return the name without its kind: 太极乡 and 太极镇 are both 太极."""
    for suffix in _SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix) + 1:
            return name.removesuffix(suffix)
    return name


def place_name_variants(name: str) -> list[str]:
    """Return the names that a township printed as `name` may bear after a change of kind (乡 → 镇 → 街道)."""
    stem = place_stem(name)
    return [name, *(stem + suffix for suffix in ("街道", "镇", "乡") if stem + suffix != name)]
