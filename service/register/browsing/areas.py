"""Rights with the area that is valid today, as the desk lists them: its sizes, what the checks find, what waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from service.errors import Finding, RegisterError
from service.register.applying.area_checks import findings_of, plan_of
from service.register.browsing.finding import OPEN
from service.register.browsing.shelves import holds, named_product
from service.register.editing import published_bases
from service.register.models import GiProduct, ProductionAreaVersion, Protection, Revision
from service.register.payloads import ProductionAreaPayload
from service.register.references import References
from service.vocabulary import AreaTier, DraftState, RecordKind, Severity, Track

WITHOUT_AREA: Final = "none"
"""Instead of a tier: rights that have no area valid today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaNarrowing:
    """What the list is narrowed to: a text in names and codes, a track, a tier or `WITHOUT_AREA`."""

    q: str = ""
    track: Track | None = None
    tier: str = ""


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft of a version of an area that is not decided yet."""

    ulid: str
    version_no: int
    state: DraftState


@dataclass(frozen=True, slots=True)
class ListedRight:
    """A right with its area of today.

    `findings` is None where the area was entered in a way that the checks cannot read any more; `newest_no` is the
    number of its last version, which may begin later than today.
    """

    code: str
    track: Track
    product: str
    product_en: str | None
    slug: str
    is_demonstration: bool
    area: ProductionAreaVersion | None
    newest_no: int
    findings: Sequence[Finding] | None
    drafts: Sequence[OpenDraft]

    @property
    def stated_ha(self) -> float | None:
        """The size that the announcement states, in hectares."""
        if self.area is None or self.area.stated_area is None or self.area.stated_unit is None:
            return None
        return self.area.stated_area * self.area.stated_unit.hectares

    @property
    def open_notes(self) -> int:
        """How many findings want a note that the area does not have."""
        if self.area is None or self.area.override_note:
            return 0
        return sum(each.severity is Severity.NOTE for each in self.findings or ())


@dataclass(frozen=True, slots=True)
class RightPage:
    """A page of rights, and how many the whole list has."""

    total: int
    rights: Sequence[ListedRight]


def list_rights(session: Session, narrowing: AreaNarrowing, on: date, *, start: int, limit: int) -> RightPage:
    """Return a page of the public rights, those with an area valid on the day first, then by their codes."""
    statement = _rights(narrowing, on)
    total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    rows = session.execute(
        statement.order_by(ProductionAreaVersion.id.is_(None), Protection.code).offset(start).limit(limit)
    ).all()
    codes = [row.code for row in rows]
    newest, drafts = _newest(session, codes), _drafts(session, codes)
    areas = _areas(session, {row.area_id: row.code for row in rows if row.area_id is not None})
    found = _findings(session, areas)
    return RightPage(
        total,
        [
            ListedRight(
                *(row.code, row.track, row.name, row.name_en, row.slug, row.is_demonstration),
                area=areas.get(row.code),
                newest_no=newest.get(row.code, 0),
                findings=found.get(row.code, ()),
                drafts=drafts.get(row.code, ()),
            )
            for row in rows
        ],
    )


def _rights(narrowing: AreaNarrowing, on: date) -> Any:
    area = ProductionAreaVersion
    of_today = and_(
        area.protection_id == Protection.id,
        area.withdrawal.is_(None),
        or_(area.valid_from.is_(None), area.valid_from <= on),
        or_(area.valid_to.is_(None), area.valid_to > on),
    )
    return (
        select(
            Protection.code,
            Protection.track,
            GiProduct.name,
            GiProduct.name_en,
            GiProduct.slug,
            GiProduct.is_demonstration,
            area.id.label("area_id"),
        )
        .join(GiProduct, GiProduct.id == Protection.product_id)
        .outerjoin(area, of_today)
        .where(Protection.withdrawal.is_(None), GiProduct.withdrawal.is_(None), *_conditions(narrowing))
    )


def _conditions(narrowing: AreaNarrowing) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if narrowing.q:
        found.append(or_(named_product(narrowing.q), holds(Protection.code, narrowing.q)))
    if narrowing.track is not None:
        found.append(Protection.track == narrowing.track)
    if narrowing.tier == WITHOUT_AREA:
        found.append(ProductionAreaVersion.id.is_(None))
    elif narrowing.tier:
        found.append(ProductionAreaVersion.tier == AreaTier(narrowing.tier))
    return found


def _areas(session: Session, codes: Mapping[int, str]) -> dict[str, ProductionAreaVersion]:
    statement = select(ProductionAreaVersion).where(ProductionAreaVersion.id.in_(codes))
    return {codes[area.id]: area for area in session.scalars(statement)}


def _newest(session: Session, codes: Sequence[str]) -> dict[str, int]:
    statement = (
        select(Protection.code, func.max(ProductionAreaVersion.version_no))
        .join(ProductionAreaVersion, ProductionAreaVersion.protection_id == Protection.id)
        .where(Protection.code.in_(codes))
        .group_by(Protection.code)
    )
    return dict(session.execute(statement).all())


def _drafts(session: Session, codes: Sequence[str]) -> dict[str, list[OpenDraft]]:
    """Return the open drafts by right; few are open at a time, so all of this kind are looked at."""
    statement = (
        select(Revision.ulid, Revision.payload, Revision.state)
        .where(Revision.record_kind == RecordKind.PRODUCTION_AREA, Revision.state.in_(OPEN))
        .order_by(Revision.id)
    )
    found: dict[str, list[OpenDraft]] = {}
    for ulid, payload, state in session.execute(statement):
        if (code := str(payload.get("protection"))) in codes:
            found.setdefault(code, []).append(OpenDraft(ulid, int(payload.get("version_no", 0)), state))
    return found


def _findings(
    session: Session, areas: Mapping[str, ProductionAreaVersion]
) -> dict[str, Sequence[Finding] | None]:
    """Return what the checks find of the areas as they stand, by the codes of their rights."""
    keys = {code: f"{code}:{area.version_no}" for code, area in areas.items()}
    bases = published_bases(session, RecordKind.PRODUCTION_AREA, list(keys.values()))
    references = References(session)
    found: dict[str, Sequence[Finding] | None] = {}
    for code, key in keys.items():
        try:
            payload = ProductionAreaPayload.model_validate(bases[key].payload)
            found[code] = findings_of(session, references, payload, plan_of(references, payload))
        except (RegisterError, ValidationError):
            found[code] = None  # e.g. a township that it names was dissolved since
    return found
