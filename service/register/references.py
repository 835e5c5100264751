"""Finding the records that a payload names: by code, USCC, number or name, as people know them.

Lookups are remembered for the length of one publication, so that a batch of thousands asks once for each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from service.errors import FieldNotAllowed, ReferenceNotFound
from service.identifiers import AnnouncementNumber, IdentifierError, Uscc, is_well_formed
from service.register.models import (
    Announcement,
    Authorisation,
    Base,
    Brand,
    Category,
    DemonstrationZone,
    Division,
    DivisionAlias,
    DivisionCode,
    Document,
    FormerCode,
    GiProduct,
    Indicator,
    InspectionPlan,
    LegalInstrument,
    Organisation,
    ProductName,
    Protection,
    Recorded,
    Source,
    TrademarkRecord,
)
from service.register.payloads import Payload
from service.register.place_names import place_name_variants
from service.register.surveying.checking import Town
from service.vocabulary import CodeState, DivisionKind, Track


class References:
    """The records one publication refers to, each looked up once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._found: dict[tuple[str, str], int] = {}
        self._tracks: dict[int, Track] = {}
        self._ulids: dict[tuple[str, int], str] = {}
        self._townships: dict[int, Town] | None = None

    def source(self, payload: Payload) -> int:
        """Return the row of the payload's source, made if it is new; equal sources are one row."""
        facts = (
            payload.source_level.value,
            payload.source,
            payload.source_url,
            payload.source_locator,
            payload.source_document,
            payload.source_checked_on,
        )
        fingerprint = hashlib.sha256(repr(facts).encode()).hexdigest()
        return self._remember("source", fingerprint, lambda: self._make_source(fingerprint, payload))

    def _make_source(self, fingerprint: str, payload: Payload) -> int:
        found = self._session.scalar(select(Source.id).where(Source.fingerprint == fingerprint))
        if found is not None:
            return found
        source = Source(
            fingerprint=fingerprint,
            level=payload.source_level,
            citation=payload.source,
            url=payload.source_url,
            locator=payload.source_locator,
            document_sha256=payload.source_document,
            checked_on=payload.source_checked_on,
        )
        self._session.add(source)
        self._session.flush()  # its key is wanted by the rows that cite it
        return source.id

    def prefetch(self, organisations: Iterable[str], protections: Iterable[str]) -> None:
        """Look up at once what many payloads name; what is not found so is asked for when its turn comes.

        Only when no organisation, product or protection will be changed by what is still to come.
        """
        for chunk in _chunks(sorted(filter(is_well_formed, set(organisations)))):
            current = select(Organisation.uscc, Organisation.id, Organisation.ulid).where(
                Organisation.uscc.in_(chunk), Organisation.uscc_state == CodeState.VALID
            )
            for code, key, ulid in self._session.execute(current):
                self._found["organisation", str(code)] = key
                self._ulids[Organisation.__tablename__, key] = ulid
        for chunk in _chunks(sorted(set(protections))):
            coded = (
                select(
                    Protection.code, Protection.id, Protection.track, Protection.product_id, GiProduct.ulid
                )
                .join(GiProduct, GiProduct.id == Protection.product_id)
                .where(Protection.code.in_(chunk))
            )
            for code, key, track, product_id, ulid in self._session.execute(coded):
                self._found["protection", code] = key
                self._found["product_of", str(key)] = product_id
                self._tracks[key] = track
                self._ulids[GiProduct.__tablename__, product_id] = ulid

    def organisation(self, field: str, text: str) -> int:
        """Return the organisation with this USCC (current first, then former) or exactly this name."""
        return self._remember("organisation", text, lambda: self._organisation(field, text))

    def _organisation(self, field: str, text: str) -> int:
        try:
            uscc = Uscc.parse_unchecked(text).value
        except IdentifierError:
            return self._one(Organisation, Organisation.name == text, field, text)
        current = self._session.scalars(
            select(Organisation.id).where(Organisation.uscc == uscc).order_by(Organisation.uscc_state.desc())
        ).first()
        if current is not None:
            return current
        former = self._session.scalars(
            select(FormerCode.organisation_id).where(FormerCode.uscc == uscc)
        ).first()
        if former is None:
            raise ReferenceNotFound(field, text, "organisation")
        return former

    def organisation_or_none(self, field: str, text: str | None) -> int | None:
        """Return the organisation, or None when the text is empty or names a body that is not on the register."""
        if text is None:
            return None
        try:
            return self.organisation(field, text)
        except ReferenceNotFound:
            return None

    def product(self, field: str, text: str) -> int:
        """Return the product with this code, slug or name."""
        return self._remember("product", text, lambda: self._product(field, text))

    def _product(self, field: str, text: str) -> int:
        matches = or_(
            GiProduct.code == text,
            GiProduct.slug == text,
            GiProduct.name == text,
            GiProduct.id.in_(select(ProductName.product_id).where(ProductName.text == text)),
        )
        return self._one(GiProduct, matches, field, text)

    def protection(self, field: str, code: str) -> int:
        """Return the protection with this code."""
        return self._remember(
            "protection", code, lambda: self._one(Protection, Protection.code == code, field, code)
        )

    def authorisation(self, field: str, code: str) -> int:
        """Return the authorisation with this code."""
        return self._remember(
            "authorisation", code, lambda: self._one(Authorisation, Authorisation.code == code, field, code)
        )

    def announcement(self, field: str, text: str) -> int:
        """Return the announcement with this code (`cnipa-475`) or number in any spelling that names its issuer."""
        return self._remember("announcement", text, lambda: self._announcement(field, text))

    def _announcement(self, field: str, text: str) -> int:
        found = self._session.scalar(select(Announcement.id).where(Announcement.code == text))
        if found is not None:
            return found
        try:
            number = AnnouncementNumber.parse(text)
        except IdentifierError as error:
            raise ReferenceNotFound(field, text, "announcement") from error
        return self._one(Announcement, Announcement.number == number.normal_form, field, text)

    def division(self, field: str, text: str) -> int:
        """Return the division with this slug, current code or name; 太极乡 finds today's 太极镇."""
        return self._remember("division", text, lambda: self._division(field, text))

    def _division(self, field: str, text: str) -> int:
        if text.isascii() and text.isdigit():
            return self._division_by_code(field, text)
        exact = or_(
            Division.slug == text,
            Division.name == text,
            Division.id.in_(select(DivisionAlias.division_id).where(DivisionAlias.text == text)),
        )
        found = self._session.scalars(select(Division.id).where(exact, Division.valid_to.is_(None))).all()
        if not found:
            loose = Division.name.in_(place_name_variants(text))
            found = self._session.scalars(select(Division.id).where(loose, Division.valid_to.is_(None))).all()
        return _only(found, field, text, "division")

    def _division_by_code(self, field: str, code: str) -> int:
        """Return the division that carries the code; a code that two schemes give to two places is refused."""
        found = set(self._session.scalars(select(DivisionCode.division_id).where(DivisionCode.code == code)))
        return _only(sorted(found), field, code, "division")

    def category(self, field: str, code: str) -> int:
        """Return the category with this code or name."""
        matches = or_(Category.code == code, Category.name == code)
        return self._remember("category", code, lambda: self._one(Category, matches, field, code))

    def instrument(self, field: str, code: str) -> int:
        """Return the legal instrument with this code."""
        matches = LegalInstrument.code == code
        return self._remember("instrument", code, lambda: self._one(LegalInstrument, matches, field, code))

    def document(self, field: str, text: str) -> int:
        """Return the kept document with this SHA-256 or title."""
        matches = or_(Document.sha256 == text, Document.title == text)
        return self._remember("document", text, lambda: self._one(Document, matches, field, text))

    def trademarks(self, field: str, number: str) -> list[int]:
        """Return the records of a registration number, one per class."""
        found = list(
            self._session.scalars(select(TrademarkRecord.id).where(TrademarkRecord.registration_no == number))
        )
        if not found:
            raise ReferenceNotFound(field, number, "trademark")
        return found

    def indicator(self, field: str, code: str) -> int:
        """Return the indicator with this code."""
        matches = Indicator.code == code
        return self._remember("indicator", code, lambda: self._one(Indicator, matches, field, code))

    def inspection_plan(self, field: str, code: str) -> int:
        """Return the inspection plan with this code."""
        matches = InspectionPlan.code == code
        return self._remember("plan", code, lambda: self._one(InspectionPlan, matches, field, code))

    def zone(self, field: str, code: str) -> int:
        """Return the demonstration zone with this code."""
        matches = DemonstrationZone.code == code
        return self._remember("zone", code, lambda: self._one(DemonstrationZone, matches, field, code))

    def brand(self, field: str, slug: str) -> int:
        """Return the brand with this slug."""
        matches = Brand.slug == slug
        return self._remember("brand", slug, lambda: self._one(Brand, matches, field, slug))

    def has_announcement(self, number: str) -> bool:
        """Return whether the register holds an announcement with this number in normal form."""
        return self._session.scalar(select(Announcement.id).where(Announcement.number == number)) is not None

    def track(self, protection_id: int) -> Track:
        """Return the track of a protection."""
        found = self._tracks.get(protection_id)
        if found is None:
            found = self._session.scalars(
                select(Protection.track).where(Protection.id == protection_id)
            ).one()
            self._tracks[protection_id] = found
        return found

    def product_of(self, protection_id: int) -> int:
        """Return the key of the product that a protection protects."""
        statement = select(Protection.product_id).where(Protection.id == protection_id)
        return self._remember(
            "product_of", str(protection_id), lambda: self._session.scalars(statement).one()
        )

    def townships(self) -> dict[int, Town]:
        """Return each township of today by internal key."""
        if self._townships is None:
            kinds = (DivisionKind.SUBDISTRICT, DivisionKind.TOWN, DivisionKind.TOWNSHIP)
            rows = self._session.execute(
                select(Division.id, Division.name, Division.longitude, Division.latitude)
                .where(Division.kind.in_(kinds), Division.valid_to.is_(None))
                .order_by(Division.id)
            )
            self._townships = {
                key: Town(name, (east, north) if east is not None and north is not None else None)
                for key, name, east, north in rows
            }
        return self._townships

    def township_points(self) -> dict[int, tuple[float, float]]:
        """Return (longitude, latitude) of each township of today that has a point, by internal key."""
        return {key: town.point for key, town in self.townships().items() if town.point is not None}

    def remembered_ulid(self, model: type[Recorded], key: int) -> str:
        """Return the public identifier of the record with this internal key."""
        found = self._ulids.get((model.__tablename__, key))
        if found is None:
            found = self._session.scalars(select(model.ulid).where(model.id == key)).one()
            self._ulids[model.__tablename__, key] = found
        return found

    def _remember(self, kind: str, key: str, find: Callable[[], int]) -> int:
        found = self._found.get((kind, key))
        if found is None:
            found = self._found[kind, key] = find()
        return found

    def _one(self, model: type[Base], matches: ColumnElement[bool], field: str, text: str) -> int:
        identifier: Any = model.__table__.c.id
        found = self._session.scalars(select(identifier).where(matches).limit(2)).all()
        return _only(found, field, text, model.__tablename__)


def _only(found: Any, field: str, text: str, wanted: str) -> int:
    if not found:
        raise ReferenceNotFound(field, text, wanted)
    if len(found) > 1:
        raise FieldNotAllowed(field, text, "ambiguous")
    return int(found[0])


def _chunks(texts: Sequence[str], size: int = 500) -> Iterator[Sequence[str]]:
    for start in range(0, len(texts), size):
        yield texts[start : start + size]
