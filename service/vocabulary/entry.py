"""An entry of a closed list."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Vocabulary(StrEnum):
    """An entry of a closed list: its value is the code; `zh` and `en` are what people read."""

    zh: str
    en: str

    def __new__(cls, code: str, zh: str = "", en: str = "") -> Self:
        """Keep the code as the string value and the labels beside it."""
        entry = str.__new__(cls, code)
        entry._value_ = code
        entry.zh = zh
        entry.en = en
        return entry

    def label(self, lang: str = "zh") -> str:
        """Return the label in the language of the page."""
        return self.en if lang.startswith("en") else self.zh
