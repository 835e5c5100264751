"""Versions of areas typed at the desk: kept as drafts, and the two drafts that only go together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import RecordNotFound, TransitionNotAllowed
from service.register import area_drafts, editing
from service.register.browsing.finding import OPEN
from service.register.models import GiProduct, Protection, Revision, StaffUser
from service.register.payloads import ProductionAreaPayload
from service.vocabulary import DraftState, HomeRelation, RecordKind, Track

_KIND: Final = RecordKind.PRODUCTION_AREA


@dataclass(frozen=True, slots=True)
class Begun:
    """A version of a right's area as its form begins.

    `payload`: what the open draft of it says, else what is published of it, else what the version before lends.
    `edition` and `version`: of that draft and of the record, 0 where there is none. `is_cross_district`: the product
    is declared to reach beyond the district.
    """

    code: str
    number: int
    newest: int
    product: GiProduct
    track: Track
    payload: Mapping[str, Any]
    draft: Revision | None
    version: int
    is_cross_district: bool

    @property
    def is_new(self) -> bool:
        """Whether no version of this number is published."""
        return self.number > self.newest

    @property
    def follows(self) -> bool:
        """Whether it is new and comes after another, which it ends on the day it begins."""
        return self.is_new and self.newest > 0


def begin(session: Session, code: str, number: int) -> Begun:
    """Return the version of this number, or the one to come, as its form begins.

    Raises:
        RecordNotFound: there is no such right, or no version of this number may be written.
    """
    row = session.execute(
        select(Protection.track, GiProduct)
        .join(GiProduct, GiProduct.id == Protection.product_id)
        .where(Protection.code == code, Protection.withdrawal.is_(None), GiProduct.withdrawal.is_(None))
    ).one_or_none()
    newest = area_drafts.newest_version(session, code)
    if row is None or not 1 <= number <= newest + 1:
        raise RecordNotFound(_KIND.value, f"{code}:{number}")
    keys = [f"{code}:{each}" for each in (number, newest)]
    bases = editing.published_bases(session, _KIND, keys)
    base, last, draft = bases.get(keys[0]), bases.get(keys[1]), open_draft(session, code, number)
    if draft is not None:
        payload = draft.payload
    elif base is not None:
        payload = base.payload
    else:
        payload = area_drafts.lent_facts(last.payload if last is not None else {})
    return Begun(
        *(code, number, newest, row.GiProduct, row.track, payload, draft),
        version=draft.base_version if draft is not None else base.version if base is not None else 0,
        is_cross_district=row.GiProduct.home_relation is not HomeRelation.IN_DISTRICT,
    )


@dataclass(frozen=True, slots=True)
class Over:
    """What a version was typed over: an open draft and its edition, and the version of the record; all may be new."""

    draft: str = ""
    edition: int = 0
    version: int = 0


def keep(
    session: Session, wanted: area_drafts.Wanted, over: Over, *, by: StaffUser, at: datetime
) -> Revision:
    """Return the draft of the version wanted, kept anew or over the one it was typed over.

    What ends the version before it is kept beside it and goes every way with it (`going_with`).

    Raises:
        EditConflict: somebody edited the draft meanwhile, or published the version anew.
        TransitionNotAllowed: another draft of the same version is open.
        RecordNotFound, ValidationError, NotPermitted.
    """
    *before, (payload, base) = area_drafts.payloads_for(session, wanted)
    own = editing.find_draft(session, over.draft) if over.draft else None
    if own is None:
        own = _begin(session, payload, base, over.version, by=by, at=at)
        beside = None
    else:
        if (own.record_kind, own.record_key) != (_KIND, payload.key()) or own.state not in OPEN:
            raise RecordNotFound("draft", over.draft)
        beside = next((each for each in going_with(session, own) if each is not own), None)
        edit = editing.Edit(
            payload=payload, edition=over.edition, version=over.version, change_note=payload.change_note
        )
        editing.revise(session, own, edit, by=by, at=at)
    for ended, published in before:
        _keep_beside(session, beside, (ended, published), payload.change_note, by=by, at=at)
    return own


def _begin(
    session: Session,
    payload: ProductionAreaPayload,
    base: editing.Base | None,
    version: int,
    *,
    by: StaffUser,
    at: datetime,
) -> Revision:
    others = _open_drafts(session, [payload.key()])
    if others:
        raise TransitionNotAllowed(payload.key(), others[0].state.value, DraftState.DRAFT.value)
    start = replace(base, version=version) if base is not None else None
    return editing.save_draft(session, payload, by=by, at=at, base=start, change_note=payload.change_note)


def _keep_beside(
    session: Session,
    beside: Revision | None,
    wanted: tuple[ProductionAreaPayload, editing.Base | None],
    note: str | None,
    *,
    by: StaffUser,
    at: datetime,
) -> None:
    """Let the version before end where the new one begins: a draft of its own, brought along if it is there."""
    ended, base = wanted
    if beside is None:
        editing.save_draft(session, ended, by=by, at=at, base=base, change_note=note)
    elif beside.payload != editing.stored(ended) or beside.state is not DraftState.DRAFT:
        edit = editing.Edit(
            payload=ended, edition=beside.edition, version=beside.base_version, change_note=note
        )
        editing.revise(session, beside, edit, by=by, at=at)


def open_draft(session: Session, protection: str, version_no: int) -> Revision | None:
    """Return the open draft of a version of an area, the newest if there are several."""
    return next(iter(_open_drafts(session, [f"{protection}:{version_no}"])), None)


def going_with(session: Session, draft: Revision) -> list[Revision]:
    """Return the draft and what must go every way with it, in the order in which they are published.

    A new version of an area and the end of the one before it are two drafts of two records. Alone, the first would
    overlap what it follows, and the second would leave the right without an area.
    """
    if draft.record_kind is not _KIND or draft.state not in OPEN:
        return [draft]
    code, number = str(draft.payload["protection"]), int(draft.payload["version_no"])
    near = _open_drafts(session, [f"{code}:{number - 1}", f"{code}:{number + 1}"])
    pairs = [(other, draft) if other.payload["version_no"] < number else (draft, other) for other in near]
    return next((list(pair) for pair in pairs if _are_one_step(*pair)), [draft])


def _are_one_step(earlier: Revision, later: Revision) -> bool:
    end, begin = earlier.payload.get("valid_to"), later.payload.get("valid_from")
    is_new = later.base_version == 0 and earlier.base_version > 0
    return is_new and end is not None and end == begin and earlier.state is later.state


def _open_drafts(session: Session, keys: Sequence[str]) -> Sequence[Revision]:
    return session.scalars(
        select(Revision)
        .where(Revision.record_kind == _KIND, Revision.record_key.in_(keys), Revision.state.in_(OPEN))
        .order_by(Revision.id.desc())
    ).all()
