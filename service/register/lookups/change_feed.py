"""Published changes in their order, for those who follow the register: from a cursor on, none twice, none left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, NamedTuple, Self

from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.orm import Session

from service.errors import BadCursor, RecordNotFound
from service.identifiers import IdentifierError, Uscc
from service.register.lookups.changed_details import Details, details_of
from service.register.models import (
    FormerSlug,
    GiProduct,
    Organisation,
    PublishedChange,
    RegistryRevision,
    RegistryState,
)
from service.vocabulary import ChangeAct, ChangeKind

_MOST: Final = 2_147_483_647
_CURSOR: Final = re.compile(r"(0|[1-9][0-9]{0,9})(?:\.([1-9][0-9]{0,9}))?", re.ASCII)
_PLACE: Final = (PublishedChange.revision_number, PublishedChange.revision_id)


class Cursor(NamedTuple):
    """A place in the order of changes: after all of a revision, or after one change within it."""

    revision: int
    position: int = _MOST

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the cursor written as `24` (all of revision 24 is known) or `24.1045`.

        Raises:
            BadCursor.
        """
        found = _CURSOR.fullmatch(text)
        if found is None:
            raise BadCursor
        place = cls(int(found[1]), int(found[2] or _MOST))
        if max(place) > _MOST:
            raise BadCursor
        return place

    def __str__(self) -> str:
        """Return the cursor as it is written."""
        return str(self.revision) if self.position == _MOST else f"{self.revision}.{self.position}"


START: Final = Cursor(0)


@dataclass(frozen=True, slots=True)
class Followed:
    """Which changes somebody follows; nothing named is everything."""

    kinds: tuple[ChangeKind, ...] = ()
    product_id: int | None = None
    organisation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One published change, as its record is called and found today.

    `details` is None where the record has been taken down since: then only its identifier is told. Of a record that is
    withheld by law only this is told, that it was taken from view; a copy kept elsewhere could not follow otherwise.
    """

    cursor: Cursor
    published_at: datetime
    kind: ChangeKind
    act: ChangeAct
    record_ulid: str
    details: Details | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some changes in order, where to go on, and whether more are waiting; all read at one revision."""

    changes: tuple[Change, ...]
    next: Cursor
    has_more: bool
    data_version: int


def find_followed(
    session: Session, kinds: Sequence[ChangeKind], product: str | None, organisation: str | None
) -> Followed:
    """Return what is to be followed; a product by slug or code, an organisation by its code.

    Raises:
        RecordNotFound: the public can see no such record. A feed that stays empty for ever would not say so.
    """
    return Followed(
        tuple(dict.fromkeys(kinds)),
        _product(session, product) if product else None,
        _organisation(session, organisation) if organisation else None,
    )


def _product(session: Session, text: str) -> int:
    former = select(FormerSlug.product_id).where(FormerSlug.slug == text)
    named = (GiProduct.slug == text) | (GiProduct.code == text) | GiProduct.id.in_(former)
    found = session.scalars(
        select(GiProduct.id).where(named, GiProduct.withdrawal.is_(None)).limit(1)
    ).first()
    if found is None:
        raise RecordNotFound("gi_product", text)
    return found


def _organisation(session: Session, text: str) -> int:
    try:
        code = Uscc.parse_unchecked(text).value
    except IdentifierError as error:
        raise RecordNotFound("organisation", text) from error
    named = select(Organisation.id).where(Organisation.uscc == code, Organisation.withdrawal.is_(None))
    found = session.scalars(named.order_by(Organisation.id.desc()).limit(1)).first()
    if found is None:
        raise RecordNotFound("organisation", text)
    return found


def list_changes(session: Session, since: Cursor, followed: Followed, limit: int) -> Stretch:
    """Return at most `limit` changes after the cursor, the oldest first; of what is withheld only that it is.

    Raises:
        BadCursor: the cursor lies ahead of the register, which was put back to an earlier state, or never gave it.
    """
    version = _version(session)
    if since.revision > version:
        raise BadCursor
    # What is committed between the two reads belongs to the next step, in whatever transaction this runs.
    known = PublishedChange.revision_number <= version
    statement = _wanted(followed).where(tuple_(*_PLACE) > tuple_(*since), known).order_by(*_PLACE)
    rows = session.execute(statement.limit(limit + 1)).all()
    has_more = len(rows) > limit
    # Where nothing more waits, everything up to this revision is known, whether it was of interest or not.
    following = Cursor(rows[limit - 1].revision_number, rows[limit - 1].revision_id) if has_more else None
    return Stretch(
        tuple(_told(session, rows[:limit])), following or max(since, Cursor(version)), has_more, version
    )


def newest_changes(session: Session, before: Cursor | None, followed: Followed, limit: int) -> Stretch:
    """Return at most `limit` changes before the cursor, the newest first; `next` is the cursor of the older ones."""
    statement = _wanted(followed).order_by(*(column.desc() for column in _PLACE))
    if before is not None:
        statement = statement.where(tuple_(*_PLACE) < tuple_(*before))
    rows = session.execute(statement.limit(limit + 1)).all()
    last = Cursor(rows[:limit][-1].revision_number, rows[:limit][-1].revision_id) if rows else START
    return Stretch(tuple(_told(session, rows[:limit])), last, len(rows) > limit, _version(session))


def _version(session: Session) -> int:
    return session.scalar(select(RegistryState.revision_number)) or 0


def _wanted(followed: Followed) -> Any:
    conditions: list[ColumnElement[bool]] = []
    if followed.kinds:
        conditions.append(PublishedChange.kind.in_(followed.kinds))
    if followed.product_id is not None:
        conditions.append(PublishedChange.product_id == followed.product_id)
    if followed.organisation_id is not None:
        conditions.append(PublishedChange.organisation_id == followed.organisation_id)
    columns = (
        *_PLACE,
        PublishedChange.kind,
        PublishedChange.act,
        PublishedChange.record_kind,
        PublishedChange.record_ulid,
        RegistryRevision.published_at,
    )
    joined = select(*columns).join(
        RegistryRevision, RegistryRevision.number == PublishedChange.revision_number
    )
    return joined.where(*conditions)


def _told(session: Session, rows: Sequence[Any]) -> Iterator[Change]:
    by_kind: dict[Any, list[str]] = {}
    for row in rows:
        by_kind.setdefault(row.record_kind, []).append(row.record_ulid)
    found = {kind: details_of(session, kind, ulids) for kind, ulids in by_kind.items()}
    for row in rows:
        details = found[row.record_kind].get(row.record_ulid)
        if details is None or (details.is_withheld and row.act is not ChangeAct.WITHDRAWN):
            continue
        yield Change(
            Cursor(row.revision_number, row.revision_id),
            row.published_at,
            row.kind,
            row.act,
            row.record_ulid,
            _as_of(row.act, details) if details.is_on_view else None,
        )


def _as_of(act: ChangeAct, details: Details) -> Details:
    """Return the details without the grant, where it was something around it that changed."""
    is_event = act is ChangeAct.CREATED or details.event is None
    return details if is_event else replace(details, event=None, day=None)
