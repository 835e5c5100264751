"""The legal instruments on record, with whether they are in force on a day."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from service.register.models import LegalInstrument


def list_instruments(session: Session) -> Sequence[LegalInstrument]:
    """Return the instruments that are public, by their code, with their sources."""
    return session.scalars(
        select(LegalInstrument)
        .where(LegalInstrument.withdrawal.is_(None))
        .options(selectinload(LegalInstrument.source))
        .order_by(LegalInstrument.code)
    ).all()
