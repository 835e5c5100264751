"""What a reviewer needs before deciding: the draft against the published record, and what publishing would do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from service.calendar import china_date
from service.errors import RegisterError
from service.register.editing import change_kind
from service.register.editing.bases import published_versions
from service.register.editing.changes import demand_notes
from service.register.editing.publishing import apply_drafts
from service.register.history.differences import FieldChange, StatedSource, differences
from service.register.history.versions import published_drafts, sources_after
from service.register.lookups.changes import ChangedRecord, called_now
from service.register.lookups.standings import authorisation_in_effect, authorisation_on, protection_on
from service.register.models import (
    Authorisation,
    GiProduct,
    Organisation,
    Protection,
    RegistryState,
    Revision,
)
from service.vocabulary import AuthorisationState, ChangeWeight, PageEffect, RecordKind

MOST_REHEARSED: Final = 500
"""So many drafts at most are tried out before they are published; of more, only the counts are told."""


@dataclass(frozen=True, slots=True)
class Review:
    """A draft beside what is published: what kind of change it is, field by field, and whether it came too late."""

    change: ChangeWeight
    changes: tuple[FieldChange, ...]
    is_stale: bool


def review_of(session: Session, draft: Revision) -> Review:
    """Return the draft against the record as it is published now, each field with the source it stands on."""
    before: dict[str, Any] = {}
    sources: dict[str, StatedSource] = {}
    versions = published_drafts(session, draft.record_kind, draft.record_ulid)
    for version in versions:
        sources, before = sources_after(sources, before, version.payload), version.payload
    newest = versions[-1].base_version + 1 if versions else 0
    return Review(
        change_kind(draft.record_kind, before, draft.payload, is_correction=draft.is_correction),
        differences(draft.record_kind, before, draft.payload, sources),
        is_stale=newest != draft.base_version,
    )


@dataclass(frozen=True, slots=True)
class PageChange:
    """What happens to a page of the public site."""

    effect: PageEffect
    kind: RecordKind
    name: str
    path: str


@dataclass(frozen=True, slots=True)
class StateChange:
    """An authorisation whose state today would be another one."""

    code: str
    before: AuthorisationState
    after: AuthorisationState


@dataclass(frozen=True, slots=True)
class Consequences:
    """What publishing drafts together would do, or what refuses it.

    `counts` are records by kind and change; `is_rehearsed` is false where there were too many drafts to try them out.
    """

    counts: tuple[tuple[RecordKind, ChangeWeight, int], ...]
    pages: tuple[PageChange, ...] = ()
    states: tuple[StateChange, ...] = ()
    refusal: RegisterError | IntegrityError | None = None
    is_rehearsed: bool = True


def foresee(session: Session, drafts: Sequence[Revision], *, at: datetime) -> Consequences:
    """Return what publishing the drafts at this moment would do; they are really applied, then all of it is undone.

    The session must be a writing one; nothing of what was tried stays, in it or in the database.
    """
    counts = _counts(session, drafts)
    if len(drafts) > MOST_REHEARSED:
        return Consequences(counts, is_rehearsed=False)
    number = (session.scalar(select(RegistryState.revision_number)) or 0) + 1
    trial = session.begin_nested()
    try:
        demand_notes(session, drafts)
        touched = apply_drafts(session, drafts, number, at).touched
        touched = touched | {(draft.record_kind, draft.record_ulid) for draft in drafts}
        shown, states = _shown(session, touched), _states(session, touched, at)
    except (RegisterError, IntegrityError) as error:
        return Consequences(counts, refusal=error)
    finally:
        trial.rollback()
    return Consequences(
        counts,
        tuple(_pages(_shown(session, touched), shown)),
        tuple(_moved(_states(session, touched, at), states)),
    )


def _counts(session: Session, drafts: Sequence[Revision]) -> tuple[tuple[RecordKind, ChangeWeight, int], ...]:
    found: Counter[tuple[RecordKind, ChangeWeight]] = Counter()
    for kind in {draft.record_kind for draft in drafts}:
        own = [draft for draft in drafts if draft.record_kind is kind]
        bases = published_versions(session, kind, [draft.record_ulid for draft in own if draft.base_version])
        for draft in own:
            base = bases.get(draft.record_ulid)
            before = base.payload if base is not None else {}
            found[kind, change_kind(kind, before, draft.payload, is_correction=draft.is_correction)] += 1
    return tuple((kind, change, count) for (kind, change), count in sorted(found.items()))


_Touched = set[tuple[RecordKind, str]]


def _shown(session: Session, touched: _Touched) -> dict[str, ChangedRecord]:
    """Return, by their address, the pages that show what was touched."""
    return {record.path: record for record in called_now(session, sorted(touched)) if record.path}


def _pages(before: dict[str, ChangedRecord], after: dict[str, ChangedRecord]) -> Iterable[PageChange]:
    for path in sorted(before.keys() | after.keys()):
        record = after.get(path) or before[path]
        effect = PageEffect.CHANGES
        if path not in before:
            effect = PageEffect.APPEARS
        elif path not in after:
            effect = PageEffect.DISAPPEARS
        yield PageChange(effect, record.kind, record.name or "", path)


def _states(session: Session, touched: _Touched, at: datetime) -> dict[str, AuthorisationState]:
    """Return what each authorisation of the products and organisations touched is worth today."""
    today = china_date(at)
    ulids = [ulid for _, ulid in touched]
    statement = (
        select(Authorisation)
        .join(Protection, Protection.id == Authorisation.protection_id)
        .join(GiProduct, GiProduct.id == Protection.product_id)
        .join(Organisation, Organisation.id == Authorisation.organisation_id)
        .where(or_(GiProduct.ulid.in_(ulids), Organisation.ulid.in_(ulids), Authorisation.ulid.in_(ulids)))
        .options(
            selectinload(Authorisation.events),
            selectinload(Authorisation.organisation),
            selectinload(Authorisation.protection).selectinload(Protection.events),
        )
        .execution_options(populate_existing=True)
    )
    return {
        each.code: authorisation_in_effect(
            authorisation_on(each.events, today),
            protection_on(each.protection.track, each.protection.events, today),
            each.organisation,
            today,
        ).state
        for each in session.scalars(statement)
    }


def _moved(
    before: dict[str, AuthorisationState], after: dict[str, AuthorisationState]
) -> Iterable[StateChange]:
    for code, state in sorted(after.items()):
        was = before.get(code, AuthorisationState.NOT_RECORDED)
        if was is not state:
            yield StateChange(code, was, state)
