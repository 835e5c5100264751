"""Names of places as texts print them, against the names the places bear today (pure)."""

from __future__ import annotations

import re

# 四至: a place that the area reaches to is its neighbour or its edge, and no part that the text lists.
_LIMIT = re.compile("[东南西北]{1,2}(?:面|边|部|侧)?[至到抵接邻临靠连与][^、，。；,;（）()]*")
_WHOLE = re.compile("全区|全境|全部|所有|各乡镇")
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


def names_place(text: str, name: str) -> bool:
    """Return whether a text names the township that is called so today, under whatever kind."""
    return any(variant in text for variant in place_name_variants(name))


def without_limits(text: str) -> str:
    """Return the text of an area without what it says of its limits."""
    return _LIMIT.sub("", text)


def speaks_of_all(text: str) -> bool:
    """Return whether a text takes places together that it does not name one by one."""
    return _WHOLE.search(text) is not None
