"""What is said of an indicator for a day; the very shape that a snapshot keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, ConfigDict

from service.vocabulary import FigureGap, IndicatorNature, VerificationLevel, Vocabulary


@dataclass(frozen=True, slots=True)
class Period:
    """Days from the first to the last, both included; states are those of the last."""

    first: date
    last: date

    @classmethod
    def of_year_to(cls, day: date) -> Self:
        """Return the period from 1 January to the day."""
        return cls(day.replace(month=1, day=1), day)


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(_Kept):
    """A text in two languages."""

    zh: str
    en: str

    @classmethod
    def of(cls, *entries: Vocabulary) -> Self:
        """Return the labels of entries of closed lists, side by side."""
        return cls(zh=" · ".join(each.zh for each in entries), en=" · ".join(each.en for each in entries))


class Part(_Kept):
    """A part of a count, or a count beside it."""

    name: Words
    number: int


class Cited(_Kept):
    """Where a definition or an input comes from."""

    citation: str
    level: VerificationLevel
    locator: str | None = None
    url: str | None = None


class Line(_Kept):
    """One indicator: what it means, its target, and what was found.

    `numerator` and `denominator` may come from the register or be entered; `input_on` is the day that an entered one
    speaks of, `input_source` where it was taken from. `reported`: a whole value that was entered beside the count.
    `gap`: why there is no value.
    """

    code: str
    name: str
    name_en: str | None
    formula: str
    rule: Words
    unit: str
    nature: IndicatorNature
    target: float | None
    target_year: int | None
    source: Cited
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    is_counted: bool = False
    parts: tuple[Part, ...] = ()
    reported: float | None = None
    input_on: date | None = None
    input_source: Cited | None = None
    gap: FigureGap | None = None


class Content(_Kept):
    """What a snapshot keeps, whole; its SHA-256 is that of its canonical form (RFC 8785)."""

    format: int = 1
    title: str
    first_day: date
    day: date
    taken_at: datetime
    revision_number: int
    indicators: tuple[Line, ...]

    @property
    def period(self) -> Period:
        """The period it speaks of."""
        return Period(self.first_day, self.day)
