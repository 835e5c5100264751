"""What each column of a table says: suggested with a score, stated by a person, remembered for the issuer."""

from __future__ import annotations

from collections.abc import Mapping as AbstractMapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import UploadRefused
from service.identifiers import IdentifierError, Uscc
from service.register.annexes.facts import Choice, Mapping
from service.register.annexes.intake import Table
from service.register.models import RememberedHeading, StaffUser
from service.register.sent_tables.headings import clean_heading, recognise
from service.vocabulary import AnnexField, AnnexKind, Issuer

_SEEN = 50
_MOSTLY, _BY_CONTENT = 0.8, 0.7
_AFTER = frozenset(
    {
        AnnexField.NAME_AFTER,
        AnnexField.ADDRESS_AFTER,
        AnnexField.REPRESENTATIVE_AFTER,
        AnnexField.TRADEMARK_AFTER,
        AnnexField.VALUE_AFTER,
    }
)
_FIRM = frozenset({AnnexField.NAME, AnnexField.USCC, AnnexField.NAME_BEFORE, AnnexField.VALUE_BEFORE})
_ENDED = ("注销", "终止", "停止使用", "取消")
Remembered = AbstractMapping[tuple[AnnexKind, str], AnnexField | None]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What one column probably says, how sure that is (0 to 1), and why."""

    column: int
    heading: str
    field: AnnexField | None
    score: float
    basis: Literal["remembered", "heading", "content", "none"]


def suggest(table: Table, remembered: Remembered | None = None) -> tuple[AnnexKind, list[Suggestion]]:
    """Return what the table does and what each column says; no two columns say the same."""
    kind = _kind_of(table)
    found = [
        _suggestion(table, kind, column, heading, remembered or {})
        for column, heading in enumerate(table.header)
    ]
    best: dict[AnnexField, Suggestion] = {}
    for each in found:
        if each.field is not None and each.score > (best[each.field].score if each.field in best else 0):
            best[each.field] = each
    kept = set(map(id, best.values()))
    return kind, [
        each
        if each.field is None or id(each) in kept
        else Suggestion(each.column, each.heading, None, 0, "none")
        for each in found
    ]


def choice_of(kind: AnnexKind, suggestions: Sequence[Suggestion]) -> Choice:
    """Return the suggestions as they would be chosen unchanged."""
    return Choice(kind, tuple(each.field for each in suggestions))


def _suggestion(
    table: Table, kind: AnnexKind, column: int, heading: str, remembered: Remembered
) -> Suggestion:
    place = kind, clean_heading(heading)[:100]
    if place in remembered:
        return Suggestion(column, heading, remembered[place], 1.0, "remembered")
    known = recognise(heading)
    if known is not None:
        return Suggestion(column, heading, *known, "heading")
    if _is_mostly_codes(table, column):
        return Suggestion(column, heading, AnnexField.USCC, _BY_CONTENT, "content")
    return Suggestion(column, heading, None, 0, "none")


def _is_mostly_codes(table: Table, column: int) -> bool:
    cells = [
        cells[column] for _, cells in table.rows[:_SEEN] if column < len(cells) and cells[column].strip()
    ]
    return bool(cells) and sum(map(_is_code, cells)) >= _MOSTLY * len(cells)


def _is_code(text: str) -> bool:
    try:
        Uscc.parse("".join(text.split()))
    except IdentifierError:
        return False
    return True


def _kind_of(table: Table) -> AnnexKind:
    fields = {known[0] for known in map(recognise, table.header) if known is not None}
    if fields & _AFTER or AnnexField.CHANGED_ITEM in fields:
        return AnnexKind.CHANGE
    if AnnexField.GROUND in fields or any(word in table.title for word in _ENDED):
        return AnnexKind.DEREGISTRATION
    return AnnexKind.APPROVAL


def demand_whole(table: Table, choice: Choice) -> None:
    """Refuse a choice that says too little to read the table by, or one thing twice.

    Raises:
        UploadRefused: missing_column, duplicate_column, with the heading or the field.
    """
    fields = [field for field in choice.mapping if field is not None]
    place = table.title[:80] or table.sheet
    if len(choice.mapping) != len(table.header):
        raise UploadRefused("missing_column", place)
    doubled = [field for field in fields if fields.count(field) > 1]
    if doubled:
        raise UploadRefused("duplicate_column", place, doubled[0].zh)
    for wanted in _wanted(choice):
        if not wanted & set(fields):
            raise UploadRefused("missing_column", place, "/".join(sorted(field.zh for field in wanted)))


def _wanted(choice: Choice) -> list[frozenset[AnnexField]]:
    match choice.kind:
        case AnnexKind.APPROVAL:
            wanted = [frozenset({AnnexField.NAME})]
            return wanted if choice.product else [*wanted, frozenset({AnnexField.PRODUCT})]
        case AnnexKind.CHANGE:
            return [_FIRM, _AFTER]
    return [_FIRM]


def remembered(session: Session, issuer: Issuer) -> Remembered:
    """Return what the headings of the issuer's tables were last said to mean."""
    rows = session.scalars(select(RememberedHeading).where(RememberedHeading.issuer == issuer))
    return {(row.annex_kind, row.heading): row.field for row in rows}


def remember(
    session: Session, issuer: Issuer, table: Table, choice: Choice, *, by: StaffUser, at: datetime
) -> None:
    """Keep what the headings of a table mean, for the issuer's next one."""
    known = {
        row.heading: row
        for row in session.scalars(
            select(RememberedHeading).where(
                RememberedHeading.issuer == issuer, RememberedHeading.annex_kind == choice.kind
            )
        )
    }
    chosen = zip(table.header, choice.mapping, strict=True)
    for heading, field in {clean_heading(text)[:100]: field for text, field in chosen}.items():
        row = known.get(heading)
        if row is None:
            row = RememberedHeading(issuer=issuer, annex_kind=choice.kind, heading=heading)
            session.add(row)
        elif row.field == field:
            continue
        row.field, row.remembered_at, row.remembered_by_id = field, at, by.id


__all__ = [
    "Mapping",
    "Remembered",
    "Suggestion",
    "choice_of",
    "demand_whole",
    "remember",
    "remembered",
    "suggest",
]
