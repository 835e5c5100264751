"""One publication in progress: its number, its moment, and what it touches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import delete, inspect, or_, select
from sqlalchemy.orm import Session

from service.errors import DuplicateRecord, FieldNotAllowed, StaleVersion
from service.register.models import Base, FormerSlug, GiProduct, Recorded
from service.register.payloads import Payload
from service.register.references import References
from service.vocabulary import RecordKind, Track

R = TypeVar("R", bound=Recorded)


@dataclass
class Publication:
    """Everything that becomes public together under one registry revision number."""

    session: Session
    revision_number: int
    moment: datetime
    references: References
    touched: set[tuple[RecordKind, str]] = field(default_factory=set)

    def upsert(
        self, model: type[R], payload: Payload, ulid: str, base_version: int, values: dict[str, Any]
    ) -> R:
        """Return the record, new or changed, carrying `values` and the columns that every record carries.

        Raises:
            StaleVersion: the record changed since the draft was begun, or already exists.
            FieldNotAllowed: it is merged into what is no public record of its kind.
        """
        self._demand_destination(model, payload, ulid)
        stamped = {**values, **self._stamp(payload)}
        record = self._load(model, ulid, base_version)
        if record is None:
            record = model(ulid=ulid, version=1, recorded_at=self.moment, **stamped)
            self.session.add(record)
            return record
        for name, value in stamped.items():
            setattr(record, name, value)
        record.version = base_version + 1
        return record

    def _demand_destination(self, model: type[R], payload: Payload, ulid: str) -> None:
        """Refuse to merge a record into itself, into another kind of record, or into one that is not public."""
        if payload.redirect is None:
            return
        there = select(model.id).where(model.ulid == payload.redirect, model.withdrawal.is_(None))
        if payload.redirect == ulid or self.session.scalar(there) is None:
            raise FieldNotAllowed("redirect", payload.redirect, "no_such_record")

    def _load(self, model: type[R], ulid: str, base_version: int) -> R | None:
        """Return the record a draft was begun from; a draft of a new record needs no look."""
        if base_version == 0:
            return None
        record = self.session.scalar(select(model).where(model.ulid == ulid))
        found = record.version if record is not None else 0
        if found != base_version:
            raise StaleVersion(ulid, base_version, found)
        return record

    def _stamp(self, payload: Payload) -> dict[str, Any]:
        return {
            "source_id": self.references.source(payload),
            "revision_number": self.revision_number,
            "changed_at": self.moment,
            "is_demonstration": payload.is_demonstration,
            "withdrawal": payload.withdrawal,
            "withdrawal_reason": payload.withdrawal_reason,
            "redirect_ulid": payload.redirect,
        }

    def hang(self, record: Recorded, relation: str, rows: Sequence[Base]) -> None:
        """Give the record these child rows in place of those it had; what was stays in the drafts."""
        if record.id is None:
            setattr(record, relation, list(rows))
            return
        children = inspect(type(record)).relationships[relation]
        (key,) = children.remote_side
        self.session.execute(delete(children.mapper.class_).where(key == record.id))
        for row in rows:
            setattr(row, str(key.key), record.id)
        self.session.add_all(rows)

    def slug(self, record_ulid: str, wanted: str | None, proposed: str) -> str:
        """Return the slug a product shall have: the wanted one, else the one it has, else the proposed one.

        One that it leaves is kept, so that its address goes on leading to the product.

        Raises:
            DuplicateRecord: another product has that slug, or had it, or is called so by its code.
            FieldNotAllowed: there is none.
        """
        owner = self.session.execute(
            select(GiProduct.id, GiProduct.slug).where(GiProduct.ulid == record_ulid)
        ).one_or_none()
        if owner is not None and wanted in (None, owner.slug):
            return str(owner.slug)
        slug = wanted or proposed
        if not slug:  # a name of signs alone proposes none
            raise FieldNotAllowed("slug", "", "required")
        # People and programs call a product by either, in any case of letters.
        same = or_(GiProduct.slug == slug, GiProduct.code.in_((slug, slug.upper())))
        others = select(GiProduct.id).where(same, GiProduct.ulid != record_ulid)
        former = self.session.scalar(select(FormerSlug).where(FormerSlug.slug == slug))
        if self.session.scalar(others) is not None or (
            former is not None and (owner is None or former.product_id != owner.id)
        ):
            raise DuplicateRecord("slug", slug)
        if former is not None:
            self.session.delete(former)
        if owner is not None:
            self.session.add(
                FormerSlug(product_id=owner.id, slug=owner.slug, revision_number=self.revision_number)
            )
        return slug

    def ulid_of(self, model: type[Recorded], key: int) -> str:
        """Return the public identifier of a record known by its internal key."""
        return self.references.remembered_ulid(model, key)

    def track_of(self, protection_id: int) -> Track:
        """Return the track of a protection."""
        return self.references.track(protection_id)

    def touch(self, kind: RecordKind, ulid: str) -> None:
        """Note that a searchable record must be looked at again by the index."""
        self.touched.add((kind, ulid))
