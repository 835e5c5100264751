"""Facets and the reasons of a match, in words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from service.vocabulary import (
    Industry,
    MarkStatus,
    OrganisationStatus,
    ProtectionState,
    RecordKind,
    Track,
    Vocabulary,
)
from service.web.wording.choosing import entry_of, pick

_FACET_NAMES: Mapping[str, tuple[str, str]] = {
    "kind": ("类型", "Kind"),
    "track": ("保护途径", "Track"),
    "state": ("状态", "State"),
    "category": ("产品类别", "Category"),
    "industry": ("产业", "Industry"),
    "place": ("地方", "Place"),
    "nice_class": ("商标类别", "Nice class"),
    "year": ("年份", "Year"),
    "has_users": ("用标单位", "Authorised users"),
}
_CLOSED: Mapping[str, tuple[type[Vocabulary], ...]] = {
    "kind": (RecordKind,),
    "track": (Track,),
    "industry": (Industry,),
    "state": (ProtectionState, MarkStatus, OrganisationStatus),
}


def facet_name(name: str, lang: str = "zh") -> str:
    """Return the heading of a facet."""
    return pick(_FACET_NAMES[name], lang)


def facet_label(name: str, value: str, lang: str = "zh", names: Mapping[str, str] | None = None) -> str:
    """Return what a facet's code means; `names` gives those of places and categories."""
    return _closed_label(name, value, lang) or (names or {}).get(value, value)


@lru_cache(maxsize=4096)  # a page of results has a hundred of them, always the same
def _closed_label(name: str, value: str, lang: str) -> str:
    for vocabulary in _CLOSED.get(name, ()):
        entry = entry_of(vocabulary, value)
        if entry is not None:
            label = entry.label(lang)
            return label[:1].upper() + label[1:]
    if name == "nice_class":
        return pick((f"第 {value} 类", f"Class {value}"), lang)
    if name == "year":
        return pick((f"{value}年", value), lang)
    if name == "has_users":
        return pick(("有", "With users") if value == "true" else ("无", "Without users"), lang)
    return ""


_FIELDS: Mapping[str, tuple[str, str]] = {
    "name": ("名称", "name"),
    "alias": ("别名", "other name"),
    "name_en": ("英文名", "English name"),
    "pinyin": ("拼音", "pinyin"),
    "initials": ("拼音首字母", "pinyin initials"),
    "identifier": ("编号", "number"),
    "place": ("地名", "place"),
    "holder": ("权利人或发文机关", "holder or issuer"),
    "goods": ("商品", "goods"),
    "description": ("说明", "description"),
}
_TIERS: Mapping[str, tuple[str, str]] = {
    "parts": ("部分相符", "in part"),
    "similar": ("读音或写法相近", "similar sound or spelling"),
    "characters": ("个别字相符", "some characters"),
}


def match_text(field: str, tier: str, lang: str = "zh") -> str:
    """Return why a record was found: the field and how freely it was read; empty when nothing was typed."""
    if field not in _FIELDS:
        return ""
    freely = (
        f"（{_TIERS[tier][0]}）" if tier in _TIERS else "",
        f" ({_TIERS[tier][1]})" if tier in _TIERS else "",
    )
    return pick((f"{_FIELDS[field][0]}相符{freely[0]}", f"matched by {_FIELDS[field][1]}{freely[1]}"), lang)
