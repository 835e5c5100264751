"""The district's townships, and the names of places and categories that facets give as codes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from service.register.models import Category, Division
from service.vocabulary import DivisionKind

_TOWNSHIP_KINDS = (DivisionKind.SUBDISTRICT, DivisionKind.TOWN, DivisionKind.TOWNSHIP)
_PLACES = select(Division.slug, Division.name).where(Division.slug.in_(bindparam("wanted", expanding=True)))
_CATEGORIES = select(Category.code, Category.name, Category.name_en).where(
    Category.code.in_(bindparam("wanted", expanding=True))
)


def townships(session: Session) -> Sequence[Division]:
    """Return the townships that exist, in the order of the register; some have no point."""
    statement = (
        select(Division)
        .where(Division.kind.in_(_TOWNSHIP_KINDS), Division.withdrawal.is_(None), Division.valid_to.is_(None))
        .order_by(Division.id)
    )
    return session.scalars(statement).all()


def names_of_codes(
    session: Session, lang: str, places: Sequence[str] = (), categories: Sequence[str] = ()
) -> dict[str, str]:
    """Return the names of these places by slug and of these categories by code, as facets use them."""
    names: dict[str, str] = {}
    if places:
        found = session.execute(_PLACES, {"wanted": places})
        names.update((slug, name) for slug, name in found)
    if categories:
        named = session.execute(_CATEGORIES, {"wanted": categories})
        names.update((code, name_en if lang == "en" and name_en else name) for code, name, name_en in named)
    return names
