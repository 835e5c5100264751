"""Fields of a record as people think of them: what a draft or version changes, or says, group by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.register.editing.bases import EVENTS
from service.register.history import FieldChange
from service.vocabulary import RecordKind
from service.web.wording.fields import GROUPS, Group


@dataclass(frozen=True, slots=True)
class ChangedGroup:
    """The fields of a group that a draft or version changes."""

    group: Group
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class SaidGroup:
    """The fields of a group that say something."""

    group: Group
    fields: tuple[tuple[str, Any], ...]


def grouped(changes: Sequence[FieldChange]) -> list[ChangedGroup]:
    """Return the changes in the groups and the order of the form."""
    by_name = {change.name: change for change in changes}
    found = [
        ChangedGroup(group, tuple(by_name[name] for name in group.fields if name in by_name))
        for group in GROUPS
    ]
    return [part for part in found if part.fields]


def said(payload: Mapping[str, Any]) -> list[SaidGroup]:
    """Return what a kept payload says, in the groups and the order of the form."""
    found = [
        SaidGroup(group, tuple((name, payload[name]) for name in group.fields if name in payload))
        for group in GROUPS
    ]
    return [part for part in found if part.fields]


def is_back_dated(kind: RecordKind, payload: Mapping[str, Any], day: str) -> bool:
    """Return whether what the draft records took effect before the China day (ISO) on which it is recorded."""
    if kind is not RecordKind.AUTHORISATION and kind not in EVENTS:
        return False
    effect = payload.get("effective_on") or payload.get("happened_on")
    return effect is not None and str(effect) < day
