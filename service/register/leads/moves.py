"""What may be done about a lead when, and what state its events make of it (pure).

Complaint and report are two things in law and stand apart here: a complaint is accepted and mediated, a report is
verified and decided about; a breach that is found in a mediation is a report of its own.
Source: interim measures on complaints and reports (2022); domain reference 2.16.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from service.identifiers.person_numbers import contains_person_number
from service.register.models import LeadEvent
from service.vocabulary import LeadEventKind, LeadKind, LeadState, RefusalGround

LONGEST_NOTE: Final = 2000
LONGEST_BODY: Final = 200
SHORTEST_REPORT: Final = 10

Faults = Mapping[str, str]
"""What is wrong with the facts of an act: the code of the problem by the name of its field."""

_State, _Kind = LeadState, LeadEventKind

DONE: Final = frozenset(
    {_State.CLOSED, _State.WITHDRAWN, _State.NOT_ACCEPTED, _State.TRANSFERRED, _State.MISTAKEN}
)
"""States in which nothing is left to do here."""

_ALWAYS: Final = frozenset(_State)


@dataclass(frozen=True, slots=True)
class Move:
    """The states in which something may be done, and the state it leads to; None: it stays where it is."""

    out_of: frozenset[LeadState]
    to: LeadState | None = None


def _move(to: LeadState | None, *out_of: LeadState) -> Move:
    return Move(frozenset(out_of), to)


_NOTED: Final = Move(_ALWAYS)
_MISTAKEN: Final = _move(_State.MISTAKEN, _State.RECEIVED)
"""What has gone further is no mistaken entry any more."""

MOVES: Final[Mapping[LeadKind, Mapping[LeadEventKind, Move]]] = {
    LeadKind.COMPLAINT: {
        _Kind.ACCEPTED: _move(_State.ACCEPTED, _State.RECEIVED),
        _Kind.REFUSED: _move(_State.NOT_ACCEPTED, _State.RECEIVED),
        _Kind.ROUTED: _move(_State.TRANSFERRED, _State.RECEIVED),
        _Kind.MEDIATION_OPENED: _move(_State.MEDIATING, _State.ACCEPTED),
        _Kind.SETTLED: _move(_State.SETTLED, _State.MEDIATING),
        # Who does not come to it, or says no at once, ends a mediation that never began.
        _Kind.TERMINATED: _move(_State.TERMINATED, _State.ACCEPTED, _State.MEDIATING),
        _Kind.BREACH_FOUND: _move(None, _State.ACCEPTED, _State.MEDIATING),
        _Kind.WITHDRAWN: _move(_State.WITHDRAWN, _State.RECEIVED, _State.ACCEPTED, _State.MEDIATING),
        _Kind.CLOSED: _move(_State.CLOSED, _State.SETTLED, _State.TERMINATED),
        _Kind.MISTAKEN: _MISTAKEN,
        _Kind.NOTED: _NOTED,
    },
    LeadKind.REPORT: {
        _Kind.ROUTED: _move(_State.TRANSFERRED, _State.RECEIVED, _State.VERIFIED),
        _Kind.EXTENDED: _move(None, _State.RECEIVED, _State.VERIFIED),
        _Kind.VERIFIED: _move(_State.VERIFIED, _State.RECEIVED),
        _Kind.FILED: _move(_State.FILED, _State.VERIFIED),
        _Kind.NOT_FILED: _move(_State.NOT_FILED, _State.VERIFIED),
        _Kind.TOLD: _move(None, _State.FILED, _State.NOT_FILED),
        _Kind.CLOSED: _move(_State.CLOSED, _State.FILED, _State.NOT_FILED),
        _Kind.MISTAKEN: _MISTAKEN,
        _Kind.NOTED: _NOTED,
    },
    LeadKind.CORRECTION: {
        _Kind.ROUTED: _move(_State.TRANSFERRED, _State.RECEIVED),
        _Kind.WITHDRAWN: _move(_State.WITHDRAWN, _State.RECEIVED),
        _Kind.CLOSED: _move(_State.CLOSED, _State.RECEIVED),
        _Kind.MISTAKEN: _MISTAKEN,
        _Kind.NOTED: _NOTED,
    },
}

_ONCE: Final = frozenset({_Kind.EXTENDED, _Kind.TOLD})
_NOT_VOIDED: Final = frozenset({_Kind.BREACH_FOUND})
"""What opened another lead cannot be taken back: that lead is there."""

_NOTE_NEEDED: Final = frozenset(
    {
        *(_Kind.TERMINATED, _Kind.BREACH_FOUND, _Kind.EXTENDED, _Kind.VERIFIED, _Kind.NOT_FILED),
        *(_Kind.TOLD, _Kind.MISTAKEN, _Kind.NOTED, _Kind.VOIDED),
    }
)


def standing(events: Sequence[LeadEvent]) -> list[LeadEvent]:
    """Return the events that were not voided, in their order."""
    voided = {event.voids_id for event in events}
    return [event for event in events if event.id not in voided and event.kind is not _Kind.VOIDED]


def state_of(kind: LeadKind, events: Sequence[LeadEvent]) -> LeadState:
    """Return the state that the events make of a lead of this kind."""
    found = _State.RECEIVED
    for event in standing(events):
        found = MOVES[kind][event.kind].to or found
    return found


def voidable(events: Sequence[LeadEvent]) -> LeadEvent | None:
    """Return the step that may be voided: the last one, unless another lead came of it."""
    last = next((event for event in reversed(standing(events)) if event.kind is not _Kind.NOTED), None)
    return None if last is None or last.kind in _NOT_VOIDED else last


def open_acts(
    kind: LeadKind, events: Sequence[LeadEvent], *, is_named: bool, is_entered: bool, is_acceptable: bool
) -> tuple[LeadEventKind, ...]:
    """Return what may be done about the lead now, in the order of a lead's life.

    A reporter who gave a name is told before the report is closed. A complaint of nobody with a name and a telephone is
    not accepted. Only what officers entered can be a mistaken entry.
    Source: interim measures on complaints and reports (2022) art. 9 for what a complaint must say.
    """
    state = state_of(kind, events)
    made = {event.kind for event in standing(events)}
    found = {act for act, move in MOVES[kind].items() if state in move.out_of and act not in _ONCE & made}
    if not is_named:
        found.discard(_Kind.TOLD)
    elif kind is LeadKind.REPORT and _Kind.TOLD not in made:
        found.discard(_Kind.CLOSED)
    if not is_acceptable:
        found.discard(_Kind.ACCEPTED)
    if not is_entered:
        found.discard(_Kind.MISTAKEN)
    if voidable(events) is not None:
        found.add(_Kind.VOIDED)
    return tuple(act for act in LeadEventKind if act in found)


def needs_note(kind: LeadKind, act: LeadEventKind, ground: RefusalGround | None = None) -> bool:
    """Return whether the act must say more than that it was done."""
    is_said_whole = act not in _NOTE_NEEDED and ground is not RefusalGround.OTHER_RULE
    # Of an error in the register nothing else says what became of it.
    return not is_said_whole or (kind is LeadKind.CORRECTION and act is _Kind.CLOSED)


def earliest_day(received_on: date, events: Sequence[LeadEvent]) -> date:
    """Return the first day on which the next thing can have been done."""
    return max([received_on, *(event.happened_on for event in standing(events))])


def faults_of(
    kind: LeadKind,
    act: LeadEventKind,
    *,
    note: str | None,
    ground: RefusalGround | None,
    body: str | None,
) -> Faults:
    """Return what is wrong with what an act says, whenever it is done; nothing of it names a person (decision 0011)."""
    found: dict[str, str] = {}
    if act is _Kind.REFUSED and ground is None:
        found["ground"] = "refusal_ground_missing"
    if act is _Kind.ROUTED and not body:
        found["body"] = "body_missing"
    if not note and needs_note(kind, act, ground):
        found["note"] = "note_missing"
    elif act is _Kind.BREACH_FOUND and len(note or "") < SHORTEST_REPORT:
        found["note"] = "description_short"
    for name, text, most in (("note", note, LONGEST_NOTE), ("body", body, LONGEST_BODY)):
        if text and len(text) > most:
            found[name] = "too_long"
        elif text and contains_person_number(text):
            found[name] = "personal_number"
    return found
