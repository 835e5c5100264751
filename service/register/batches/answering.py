"""One answer for each row of a batch, in the rows' order, decided as a single one is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, TypeAlias

from sqlalchemy.orm import Session

from service.calendar import DateError, parse_china_date
from service.errors import BadDay, BadIdentifier
from service.identifiers import Hint
from service.identifiers.folding import has_control_characters
from service.identifiers.person_numbers import contains_person_number
from service.register.batches.rows import FIELDS, Row
from service.register.verification.codes import Code, read_code
from service.register.verification.deciding import decide
from service.register.verification.records import GatheredRecords
from service.register.verification.verdict import Verdict
from service.vocabulary import Spelling

_TOGETHER: Final = 250
_FULL_WIDTH: Final = re.compile("[\uff01-\uff5e\u3000]")
_SEPARATORS: Final = re.compile(r"[\s\-\u200b\ufeff]")
_SLASHED: Final = re.compile("([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})")
_LOST_DIGITS: Final = re.compile("[0-9]{15}000")


_Key: TypeAlias = tuple[str, str, date | None]
_Decided: TypeAlias = tuple[Verdict | None, str | None]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer for a row: a verdict, or why there is none.

    `spellings`: what was put right in the code before it was read; `same_as`: the number of an earlier row that
    asks the same.
    """

    row: Row
    verdict: Verdict | None = None
    problem: str | None = None
    spellings: tuple[Spelling, ...] = ()
    same_as: int | None = None


@dataclass(slots=True)
class _Question:
    """A row that could be read, or what is wrong with it; rows with one key ask the same."""

    row: Row
    key: _Key
    code: Code | None = None
    on: date | None = None
    problem: str | None = None
    same_as: int | None = None


def answers(
    session: Session,
    rows: Sequence[Row],
    known_at: datetime | None = None,
    *,
    from_row: int = 1,
    now: datetime,
) -> Iterator[Answer]:
    """Yield the answers for the rows from the number `from_row` on, all of one moment of the register.

    A row that cannot be asked is answered with its problem and stops nothing. What several rows ask is decided
    once. Rows are read some hundreds at a time, so that memory does not grow with the batch.

    Raises:
        BadDay: `known_at` cannot be answered for.
    """
    questions = [question for question in _read(rows) if question.row.number >= from_row]
    records = GatheredRecords(session)
    repeated = {question.key for question in questions if question.same_as is not None}
    kept: dict[_Key, _Decided] = {}
    for start in range(0, len(questions), _TOGETHER):
        part = questions[start : start + _TOGETHER]
        open_ = [each for each in part if each.code is not None and each.key not in kept]
        records.gather([each.code for each in open_ if each.code], {each.row.target for each in open_} - {""})
        for question in part:
            decided = kept.get(question.key) or _decided(records, question, known_at, now)
            if question.key in repeated:
                kept[question.key] = decided
            yield _answer(question, decided)


def _read(rows: Iterable[Row]) -> list[_Question]:
    first: dict[_Key, int] = {}
    questions = []
    for row in rows:
        question = _question(row)
        number = first.setdefault(question.key, row.number)
        if number != row.number:
            question.same_as = number
        questions.append(question)
    return questions


def _question(row: Row) -> _Question:
    problem = row.problem or (None if row.code else "missing_code")
    if problem is None:
        try:
            code, day = read_code(row.code), _day(row.on) if row.on else None
            return _Question(row, (code.value, row.target, day), code, day)
        except BadIdentifier as error:
            problem = _number_problem(error)
        except DateError as error:
            problem = error.code
    return _Question(row, ("", str(row.number), None), problem=problem)


def _day(text: str) -> date:
    """Return a day, also as spreadsheets write it into CSV: 2026/1/31. Raises DateError."""
    found = _SLASHED.fullmatch(text)
    return parse_china_date(f"{found[1]}-{found[2]:0>2}-{found[3]:0>2}" if found else text)


def _number_problem(error: BadIdentifier) -> str:
    return "number_lost_digits" if Hint.SCIENTIFIC_NOTATION in error.hints else error.problem


def _decided(
    records: GatheredRecords, question: _Question, known_at: datetime | None, now: datetime
) -> _Decided:
    row, code = question.row, question.code
    if code is None:
        return None, question.problem
    try:
        return decide(records, code, row.target or None, question.on, known_at, now=now), None
    except BadDay as error:
        if error.field != "on":
            raise
        return None, error.code
    except BadIdentifier as error:
        # The end of a number that a spreadsheet kept as one is all noughts.
        is_damaged = code.check_fails and _LOST_DIGITS.fullmatch(code.value) is not None
        return None, "number_lost_digits" if is_damaged else error.problem


def _answer(question: _Question, decided: _Decided) -> Answer:
    verdict, problem = decided
    row = question.row
    if verdict is None:
        return Answer(_sent_back(row), None, problem, same_as=question.same_as)
    is_as_typed = row.code == verdict.subject.code
    return Answer(row, verdict, None, () if is_as_typed else _spellings(row.code), question.same_as)


def _spellings(code: str) -> tuple[Spelling, ...]:
    found = (
        (Spelling.FULL_WIDTH, _FULL_WIDTH.search(code)),
        (Spelling.SEPARATORS, _SEPARATORS.search(code)),
        (Spelling.LOWER_CASE, not code.isupper()),
    )
    return tuple(spelling for spelling, is_there in found if is_there)


def _sent_back(row: Row) -> Row:
    """Return a bad row as it is told of: without what may be a person's identity number, or is no text."""
    cells: dict[str, Any] = {name: "" for name in FIELDS if _is_withheld(getattr(row, name))}
    return replace(row, **cells) if cells else row


def _is_withheld(text: str) -> bool:
    return contains_person_number(text) or has_control_characters(text)
