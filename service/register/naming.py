"""Slugs for addresses, from Chinese names: 重庆 is chongqing, 地牯牛 is di-gu-niu's diguniu, never a guess per sign."""

from __future__ import annotations

import re

from pypinyin import lazy_pinyin

_NOT_IN_SLUG = re.compile(r"[^a-z0-9]+")
_READINGS = {
    "濯水": "zhuoshui",
    "地牯牛": "diguniu",
    "酉阳": "youyang",
    "涪陵": "fuling",
    "黔江": "qianjiang",
}


def slug_of(name: str) -> str:
    """Return a lower-case ASCII slug of at most 60 characters; words of known reading stand together."""
    text = name
    for word, reading in _READINGS.items():
        text = text.replace(word, f" {reading} ")
    joined = "".join(lazy_pinyin(text, errors=lambda other: f" {other} "))
    return _NOT_IN_SLUG.sub("-", joined.lower()).strip("-")[:60].strip("-")
