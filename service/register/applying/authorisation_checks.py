"""What the rules allow to happen to an authorisation, the same when it is drafted, handed over and published."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import CorrectionOrderMissing, FieldNotAllowed, TransitionNotAllowed
from service.register.models import Authorisation, AuthorisationEvent, Revision
from service.register.payloads import AuthorisationEventPayload
from service.vocabulary import GROUNDS_AFTER_CORRECTION, AuthorisationEventKind, RecordKind

_Kind = AuthorisationEventKind
_AT_ONCE: Final = 500


def demand_after_grants(session: Session, drafts: Sequence[Revision]) -> None:
    """Refuse events among the drafts that would take effect before the grant; the error carries the draft's identifier.

    An authorisation that is not on record yet may wait for review itself; publishing asks again.

    Raises:
        FieldNotAllowed: so.
    """
    events = [draft for draft in drafts if draft.record_kind is RecordKind.AUTHORISATION_EVENT]
    on_record = _on_record(session, sorted({str(draft.payload["authorisation"]) for draft in events}))
    for draft in events:
        payload = AuthorisationEventPayload.model_validate(draft.payload)
        try:
            _demand_begun(payload, _live(on_record.get(payload.authorisation, [])))
        except FieldNotAllowed as error:
            error.draft_ulid = draft.ulid  # type: ignore[attr-defined]
            raise


def _on_record(session: Session, codes: Sequence[str]) -> dict[str, list[AuthorisationEvent]]:
    found: dict[str, list[AuthorisationEvent]] = {}
    events = select(Authorisation.code, AuthorisationEvent).join(
        AuthorisationEvent, AuthorisationEvent.authorisation_id == Authorisation.id
    )
    for start in range(0, len(codes), _AT_ONCE):
        some = codes[start : start + _AT_ONCE]
        for code, event in session.execute(events.where(Authorisation.code.in_(some))):
            found.setdefault(code, []).append(event)
    return found


def demand_allowed(payload: AuthorisationEventPayload, earlier: Sequence[AuthorisationEvent]) -> None:
    """Refuse what the rules do not allow after what is on record.

    Raises:
        FieldNotAllowed: it would take effect before the grant, or is an end without its ground.
        TransitionNotAllowed: an ended authorisation stays ended.
        CorrectionOrderMissing: some grounds need an order before.
    """
    live = _live(earlier)
    _demand_begun(payload, live)
    ends = [event.effective_on for event in live if event.kind is _Kind.DEREGISTERED]
    # An end that is still ahead must not keep out an earlier one: the earliest end decides.
    is_after_the_end = bool(ends) and payload.effective_on >= min(ends)
    if is_after_the_end and payload.event is not _Kind.ENTRY_VOIDED:
        raise TransitionNotAllowed(payload.authorisation, "deregistered", payload.event.value)
    if payload.event is not _Kind.DEREGISTERED:
        return
    if payload.ground is None:
        raise FieldNotAllowed("ground", "", "required")
    if payload.ground in GROUNDS_AFTER_CORRECTION and not _order_has_lapsed(payload.effective_on, live):
        raise CorrectionOrderMissing(payload.authorisation, payload.ground.value)


def _live(events: Sequence[AuthorisationEvent]) -> list[AuthorisationEvent]:
    voided = {event.voided_event_id for event in events}
    return [event for event in events if event.id not in voided]


def _demand_begun(payload: AuthorisationEventPayload, live: Sequence[AuthorisationEvent]) -> None:
    # What voids an entry says nothing of a day of the authorisation; it may carry the wrong day that it takes back.
    if payload.event is _Kind.ENTRY_VOIDED:
        return
    begun = min((event.effective_on for event in live if event.kind is _Kind.GRANTED), default=date.min)
    if payload.effective_on < begun:
        raise FieldNotAllowed("effective_on", payload.effective_on.isoformat(), "before_grant")


_TURNS = frozenset({_Kind.PUT_UNDER_CORRECTION, _Kind.CORRECTION_CLOSED})


def _order_has_lapsed(effective_on: date, live: Sequence[AuthorisationEvent]) -> bool:
    """Return whether a correction order is open on the day and its deadline has passed; one that was met is spent."""
    turns = [event for event in live if event.kind in _TURNS and event.effective_on <= effective_on]
    last = max(turns, key=lambda event: (event.effective_on, event.sequence), default=None)
    return last is not None and last.deadline_on is not None and last.deadline_on < effective_on
