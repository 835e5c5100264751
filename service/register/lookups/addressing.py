"""From what stands in an address to the record: found, moved to another address, withdrawn, or never there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from service.addresses import path_of
from service.errors import RecordGone, RecordMoved, RecordNotFound
from service.register.lookups.changed_details import CHANGING, details_of
from service.register.models import (
    Announcement,
    Brand,
    Division,
    FormerCode,
    FormerSlug,
    GiProduct,
    Organisation,
    Recorded,
)
from service.vocabulary import RecordKind, Withdrawal

R = TypeVar("R", bound=Recorded)


def on_view(session: Session, record: R | None, kind: str, key: str) -> R:
    """Return the record if the public may see it.

    Raises:
        RecordNotFound: there is none.
        RecordMoved: it was withdrawn and another record took its place.
        RecordGone: it was withdrawn; the reason stays (I-21).
    """
    if record is None:
        raise RecordNotFound(kind, key)
    if record.withdrawal is None:
        return record
    if record.redirect_ulid and record.withdrawal is Withdrawal.REDIRECT:
        raise RecordMoved(kind, key, find_by_ulid(session, record.redirect_ulid))
    reason = "" if record.withdrawal is Withdrawal.WITHHELD else record.withdrawal_reason or ""
    raise RecordGone(kind, key, reason, record.withdrawal.value)


def find_by_ulid(session: Session, ulid: str) -> str:
    """Return the path of the page that shows the record with this permanent identifier; an event's is its right's.

    Raises:
        RecordNotFound: there is none that has a page.
        RecordGone: it is withheld, or what it hangs on is; its address would tell its name or number.
    """
    for kind in (*CHANGING, *_PAGES):
        if path := page_of(session, kind, ulid):
            return path
    raise RecordNotFound("record", ulid)


def page_of(session: Session, kind: RecordKind, ulid: str) -> str | None:
    """Return the path of the page that shows a record of the kind; None: there is no such record, or it has no page.

    Raises:
        RecordGone: it is withheld, or what it hangs on is.
    """
    path, is_withheld = None, False
    if kind in CHANGING:
        if details := details_of(session, kind, [ulid]).get(ulid):
            path, is_withheld = details.path, details.is_withheld
    elif kind in _PAGES:
        model, key = _PAGES[kind]
        if found := session.execute(select(key, model.withdrawal).where(model.ulid == ulid)).one_or_none():
            path, is_withheld = path_of(kind.value, found[0]), found[1] is Withdrawal.WITHHELD
    if is_withheld:
        raise RecordGone("record", ulid, "", Withdrawal.WITHHELD.value)
    return path


_PAGES: Mapping[RecordKind, tuple[type[Recorded], Any]] = {
    RecordKind.BRAND: (Brand, Brand.slug),
    RecordKind.ANNOUNCEMENT: (Announcement, Announcement.code),
    RecordKind.DIVISION: (Division, Division.slug),
}
"""The kinds with a page of their own that are not among those whose changes are told."""


def follow_slug(session: Session, slug: str) -> None:
    """Say where the product went that had this slug.

    Raises:
        RecordMoved: there is such a product.
    """
    statement = (
        select(GiProduct.slug).join(FormerSlug).where(FormerSlug.slug == slug, _may_be_named(GiProduct))
    )
    _follow(session, "gi_product", slug, statement)


def follow_code(session: Session, uscc: str) -> None:
    """Say where the organisation went that carried this code.

    Raises:
        RecordMoved: there is exactly one such organisation, and it has a code today.
    """
    statement = select(Organisation.uscc).join(FormerCode)
    named = statement.where(FormerCode.uscc == uscc, _may_be_named(Organisation)).distinct()
    _follow(session, "organisation", uscc, named)


def _may_be_named(model: type[Recorded]) -> ColumnElement[bool]:
    return model.withdrawal.is_distinct_from(Withdrawal.WITHHELD)


def _follow(session: Session, kind: str, key: str, statement: Any) -> None:
    found = session.scalars(statement.limit(2)).all()
    if len(found) == 1 and found[0] not in (None, key):
        raise RecordMoved(kind, key, path_of(kind, found[0]))
