"""From an area as it came in to drafts of its version, and from the desk to publication by a second person."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from shapely.geometry import mapping
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.errors import Finding, RecordNotFound, TransitionNotAllowed
from service.register import editing
from service.register.applying.area_checks import findings_of, plan_of
from service.register.models import (
    Division,
    DivisionCode,
    GiProduct,
    ImportBatch,
    ProductionAreaVersion,
    Protection,
    Revision,
    StaffUser,
)
from service.register.payloads import ProductionAreaPayload
from service.register.references import References
from service.register.surveying.townships import Called, united_townships
from service.register.surveying.uploads import Survey
from service.vocabulary import AreaTier, DraftState, HomeRelation, RecordKind

_KIND = RecordKind.PRODUCTION_AREA


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which version a draft is of, and what it says beside its geometry: fields of the payload by name.

    `begins` opens a new version on that day and ends the one before it; else the version named (0: the newest)
    is drawn anew.
    """

    protection: str
    facts: Mapping[str, Any]
    version_no: int = 0
    begins: date | None = None


def protection_code(session: Session, text: str) -> str:
    """Return the code of a protection given by its code, or by a product that has a single one.

    Raises:
        RecordNotFound: there is none, or the product has several (their codes stand in the error).
    """
    if session.scalar(select(Protection.code).where(Protection.code == text)) is not None:
        return text
    product_id = References(session).product("product", text)
    codes = session.scalars(
        select(Protection.code).where(Protection.product_id == product_id).order_by(Protection.code)
    ).all()
    if len(codes) != 1:
        raise RecordNotFound("protection", ", ".join(codes) or text)
    return codes[0]


def is_cross_district(session: Session, protection: str) -> bool:
    """Return whether the product of a protection is declared to reach beyond the district."""
    relation = session.scalar(
        select(GiProduct.home_relation)
        .join(Protection, Protection.product_id == GiProduct.id)
        .where(Protection.code == protection)
    )
    return relation is not HomeRelation.IN_DISTRICT


def payloads_for(session: Session, wanted: Wanted) -> list[tuple[ProductionAreaPayload, editing.Base | None]]:
    """Return the payload of the version wanted and what it starts from, after that of a version it ends.

    Raises:
        RecordNotFound: the version to draw anew is not on the register.
        ValidationError: a new version lacks facts that no earlier one lends it.
    """
    newest = newest_version(session, wanted.protection)
    number = wanted.version_no or newest
    base = _base(session, wanted.protection, number) if number else None
    if wanted.begins is None and newest:
        if base is None:
            raise RecordNotFound(_KIND.value, f"{wanted.protection}:{number}")
        return [(payload_of(base.payload, wanted.facts), base)]
    before = _base(session, wanted.protection, newest) if newest else None
    lent = lent_facts(before.payload if before else {})
    lent |= {"protection": wanted.protection, "version_no": newest + 1, "valid_from": wanted.begins}
    new = payload_of(lent, wanted.facts)
    if before is None or _has_ended(before.payload, wanted.begins):
        return [(new, None)]
    note = before.payload.get("override_note") or wanted.facts.get("override_note")
    ended = payload_of(before.payload, {"valid_to": wanted.begins, "override_note": note})
    return [(ended, before), (new, None)]


def lent_facts(before: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the last version of an area lends to a new one; each draws for itself, and begins when it says."""
    return {name: value for name, value in before.items() if name not in _OF_A_NEW_VERSION}


def _has_ended(before: Mapping[str, Any], begins: date | None) -> bool:
    """Return whether nothing of a version is left to end on a day: it ended before, or it is withdrawn."""
    ends = before.get("valid_to")
    return before.get("withdrawal") is not None or (
        ends is not None and begins is not None and date.fromisoformat(ends) <= begins
    )


_OF_A_NEW_VERSION = frozenset(
    {
        *("valid_from", "valid_to", "change_note", "override_note", "geometry", "geometry_crs"),
        *("geometry_datum", "withdrawal", "withdrawal_reason", "redirect"),
    }
)
# Notes answer for one drawing only.
_ANSWERED_ANEW: dict[str, Any] = {"override_note": None, "change_note": None}
_NO_GEOMETRY: dict[str, Any] = {
    **_ANSWERED_ANEW,
    "geometry": None,
    "geometry_crs": None,
    "geometry_datum": None,
}


def facts_of(survey: Survey, tier: AreaTier) -> dict[str, Any]:
    """Return what an area that came in says: its geometry, and the system and datum it came in."""
    return {
        "tier": tier,
        "geometry": survey.geojson,
        "geometry_crs": survey.crs,
        "geometry_datum": survey.datum,
        **_ANSWERED_ANEW,
    }


def facts_of_townships(session: Session, names: Sequence[str], polygons: Path | None) -> dict[str, Any]:
    """Return what an area of whole townships says: their union where polygons are supplied, else "about here".

    Raises:
        ReferenceNotFound: no such township.
        UploadRefused: the file of polygons lacks one.
    """
    references = References(session)
    keys = [references.division("divisions", name) for name in names]
    if polygons is None:
        return {"tier": AreaTier.APPROXIMATE, "divisions": tuple(names), **_NO_GEOMETRY}
    called = [_called(session, key, name) for key, name in zip(keys, names, strict=True)]
    area = united_townships(polygons, called)
    return {
        "tier": AreaTier.TOWN_UNION,
        "divisions": tuple(names),
        **_NO_GEOMETRY,
        "geometry": dict(mapping(area)),
    }


def _called(session: Session, key: int, given: str) -> Called:
    """Return what a township may be called in somebody's file; a code that two places bear is no name of either."""
    name = session.scalars(select(Division.name).where(Division.id == key)).one()
    codes = session.scalars(
        select(DivisionCode.code)
        .group_by(DivisionCode.code)
        .having(func.min(DivisionCode.division_id) == key, func.max(DivisionCode.division_id) == key)
    ).all()
    return Called(given, name, frozenset(codes))


def findings_on(session: Session, payload: ProductionAreaPayload) -> list[Finding]:
    """Return what the checks find of an area before anything is kept."""
    references = References(session)
    return findings_of(session, references, payload, plan_of(references, payload))


def hand_over(
    session: Session,
    payloads: Sequence[tuple[ProductionAreaPayload, editing.Base | None]],
    file: tuple[str, bytes] | None,
    *,
    by: StaffUser,
    at: datetime,
) -> list[Revision]:
    """Return the drafts, handed over for review; the file they came from is named by its hash.

    Raises:
        TransitionNotAllowed: a draft of the same version waits already.
        AreaNotSound, NoteNeeded: what the checks found.
    """
    waiting = {draft.record_key for draft in drafts_in_review(session)}
    for payload, _ in payloads:
        if payload.key() in waiting:
            raise TransitionNotAllowed(payload.key(), DraftState.IN_REVIEW.value, DraftState.DRAFT.value)
    note = payloads[-1][0].change_note  # a version that is ended by this one ends for the same reason
    drafts = editing.save_drafts(session, payloads, by=by, at=at, change_note=note)
    editing.submit(session, drafts, by=by, at=at)
    if file is not None:
        _keep_batch(session, drafts, file, by, at)
    return drafts


def _keep_batch(
    session: Session, drafts: Sequence[Revision], file: tuple[str, bytes], by: StaffUser, at: datetime
) -> None:
    name, content = file
    batch = ImportBatch(
        file_name=name[:300],
        sha256=hashlib.sha256(content).hexdigest(),
        record_kind=_KIND,
        rows=len(drafts),
        created=sum(draft.base_version == 0 for draft in drafts),
        updated=sum(draft.base_version > 0 for draft in drafts),
        unchanged=0,
        imported_by_id=by.id,
        imported_at=at,
    )
    session.add(batch)
    session.flush()  # the drafts carry the batch's key
    for draft in drafts:
        draft.batch_id = batch.id


def drafts_in_review(session: Session, protection: str | None = None) -> list[Revision]:
    """Return the drafts of areas that wait for a second person, the oldest first; of one protection if named."""
    statement = select(Revision).where(Revision.record_kind == _KIND, Revision.state == DraftState.IN_REVIEW)
    found = session.scalars(statement.order_by(Revision.id)).all()
    return [draft for draft in found if protection in (None, draft.payload.get("protection"))]


def newest_version(session: Session, protection: str) -> int:
    """Return the number of the last published version of a right's area; 0 before the first."""
    return (
        session.scalar(
            select(ProductionAreaVersion.version_no)
            .join(Protection, Protection.id == ProductionAreaVersion.protection_id)
            .where(Protection.code == protection)
            .order_by(ProductionAreaVersion.version_no.desc())
            .limit(1)
        )
        or 0
    )


def _base(session: Session, protection: str, version_no: int) -> editing.Base | None:
    key = f"{protection}:{version_no}"
    return editing.published_bases(session, _KIND, [key]).get(key)


def payload_of(base: Mapping[str, Any], facts: Mapping[str, Any]) -> ProductionAreaPayload:
    """Return a payload with these facts over it; a fact that is None is said no more.

    Raises:
        ValidationError: the facts do not make an area.
    """
    said = {name: value for name, value in {**base, **facts}.items() if value is not None}
    return ProductionAreaPayload.model_validate(said)
