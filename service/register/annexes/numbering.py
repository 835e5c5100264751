"""The next free public codes of authorisations; drafts that wait keep theirs."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.register.models import Authorisation, Revision
from service.vocabulary import RecordKind

_PREFIX = "QJ-AU-"


class Codes:
    """Gives out codes one after another: after the highest of real grants, or of made-up ones."""

    def __init__(self, session: Session, *, is_demonstration: bool) -> None:
        rows = session.execute(select(Authorisation.code, Authorisation.is_demonstration)).all()
        drafted = select(Revision.record_key).where(Revision.record_kind == RecordKind.AUTHORISATION)
        self._taken = {_serial(code) for code, _ in rows}
        self._taken |= {_serial(key) for key in session.scalars(drafted)}
        alike = (_serial(code) for code, made_up in rows if made_up == is_demonstration)
        self._last = max(alike, default=9000 if is_demonstration else 0)

    def next(self) -> str:
        """Return a code that no grant and no draft carries."""
        self._last += 1
        while self._last in self._taken:
            self._last += 1
        return f"{_PREFIX}{self._last:04d}"


def _serial(code: str) -> int:
    digits = code.removeprefix(_PREFIX)
    return int(digits) if digits.isascii() and digits.isdigit() else 0
