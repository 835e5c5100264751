"""Every public record that has a page of its own, with the moment of its last change: for sitemaps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.addresses import path_of
from service.register.models import (
    Announcement,
    Authorisation,
    Brand,
    Division,
    GiProduct,
    Organisation,
    TrademarkRecord,
)

KINDS: Final[Mapping[str, tuple[Any, Any]]] = {
    "gi_product": (GiProduct, GiProduct.slug),
    "organisation": (Organisation, Organisation.uscc),
    "authorisation": (Authorisation, Authorisation.code),
    "trademark": (TrademarkRecord, TrademarkRecord.registration_no),
    "brand": (Brand, Brand.slug),
    "announcement": (Announcement, Announcement.code),
    "division": (Division, Division.slug),
}
"""Kinds of records with pages: model and the key in its address."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A page and when its record changed last."""

    path: str
    changed_at: datetime


def count_entries(session: Session) -> dict[str, int]:
    """Return how many pages each kind has."""
    return {
        kind: session.scalar(
            select(func.count(key.distinct())).where(model.withdrawal.is_(None), key.is_not(None))
        )
        or 0
        for kind, (model, key) in KINDS.items()
    }


def list_entries(session: Session, kind: str, offset: int, limit: int) -> list[Entry]:
    """Return pages of a kind in a lasting order; several records at one address are one page."""
    model, key = KINDS[kind]
    statement = (
        select(key, func.max(model.changed_at, type_=model.changed_at.type))
        .where(model.withdrawal.is_(None), key.is_not(None))
        .group_by(key)
        .order_by(func.min(model.id))
        .offset(offset)
        .limit(limit)
    )
    return [Entry(path_of(kind, str(found)), moment) for found, moment in session.execute(statement)]
