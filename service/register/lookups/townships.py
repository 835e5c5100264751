"""The district's townships, and the names of places and categories that facets give as codes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.register.models import Category, Division
from service.vocabulary import DivisionKind

_TOWNSHIP_KINDS = (DivisionKind.SUBDISTRICT, DivisionKind.TOWN, DivisionKind.TOWNSHIP)


def townships(session: Session) -> Sequence[Division]:
    """Return the townships that exist, in the order of the register; some have no point."""
    statement = (
        select(Division)
        .where(Division.kind.in_(_TOWNSHIP_KINDS), Division.withdrawal.is_(None), Division.valid_to.is_(None))
        .order_by(Division.id)
    )
    return session.scalars(statement).all()


def names_of_codes(session: Session, lang: str) -> dict[str, str]:
    """Return the names of places by slug and of categories by code, as facets use them."""
    places = session.execute(select(Division.slug, Division.name))
    categories = session.execute(select(Category.code, Category.name, Category.name_en))
    names: dict[str, str] = dict(places.all())
    names.update(
        {code: (name_en if lang == "en" and name_en else name) for code, name, name_en in categories}
    )
    return names
