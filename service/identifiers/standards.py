"""Codes of standards (标准号) as printed on packs and in announcements."""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.identifiers.folding import fold_number
from service.identifiers.problems import IdentifierError


@dataclass(frozen=True, slots=True)
class StandardCode:
    """Series, number and year of a standard; a pack may leave out the year."""

    series: str
    number: str
    year: int | None

    def __post_init__(self) -> None:
        if _STANDARD.fullmatch(self.normal_form) is None:
            raise IdentifierError("bad_number")

    def __str__(self) -> str:
        return self.normal_form

    @classmethod
    def parse(cls, text: str) -> StandardCode:
        """Return the code from `GB/T 17924-2008`, `DB50/T 1234-2022`, `T/CQNX 001-2021`, `Q/ABC 0001S-2020`.

        Spaces, lower case, full width and long dashes are accepted. An association's or a firm's short
        name that holds digits must be set off from the number by a space.

        Raises:
            IdentifierError: `bad_number` or `bad_characters`.
        """
        match = _STANDARD.fullmatch(_tidy(fold_number(text)))
        if match is None:
            raise IdentifierError("bad_number")
        series = match["public"] or match["private"] or match["spaced"]
        return cls(series, match["number"], int(match["year"]) if match["year"] else None)

    @property
    def normal_form(self) -> str:
        """The code with one space and a plain hyphen."""
        base = f"{self.series} {self.number}"
        return base if self.year is None else f"{base}-{self.year}"


# GB national, DB a province's or prefecture's, two letters / T an industry's (NY/T farming, GH/T supply
# co-operatives), T an association's, Q a firm's.
_STANDARD = re.compile(
    r"(?:(?P<public>GB(?:/[TZ])?|DB(?:[0-9]{4}|[0-9]{2})(?:/T)?|[A-Z]{2}/T) ?"
    r"|(?P<private>[TQ]/[A-Z]{1,12}) ?"
    r"|(?P<spaced>[TQ]/[A-Z0-9]{1,12}) )"
    r"(?P<number>[0-9]{1,6}(?:\.[0-9]{1,3})?[A-Z]?)(?:-(?P<year>(?:19|20)[0-9]{2}))?"
)
_LOOSE = re.compile(r" ?([/.-]) ?")
_LOCAL = re.compile(r"^DB ([0-9])")


def _tidy(folded: str) -> str:
    return _LOCAL.sub(r"DB\1", _LOOSE.sub(r"\1", folded))
