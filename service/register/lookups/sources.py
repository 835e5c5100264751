"""Sources by key, for rows that name their source without loading it, and the legal instruments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.register.gathering import Gathered, Parts, by_key
from service.register.models import LegalInstrument, Source
from service.register.prepared import json_of


def sources_by_id(session: Session, keys: Iterable[int]) -> dict[int, Source]:
    """Return the sources with these keys, in one statement."""
    wanted = sorted(set(keys))
    found = Gathered(session, Parts()).read(by_key(Source), keys=json_of(wanted)) if wanted else []
    return {source.id: source for source in found}


def legal_instruments(session: Session) -> Sequence[LegalInstrument]:
    """Return the public legal instruments in the order of the register."""
    statement = (
        select(LegalInstrument).where(LegalInstrument.withdrawal.is_(None)).order_by(LegalInstrument.id)
    )
    return session.scalars(statement).all()
