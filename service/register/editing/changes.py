"""What kind of change a draft is, and the note that it owes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from service.errors import ChangeNoteMissing, FieldNotAllowed, RegisterError
from service.register.editing.bases import changes_between, published_versions
from service.register.models import Revision
from service.register.payloads import PAYLOADS, Payload, ProductionAreaPayload
from service.vocabulary import ChangeWeight, RecordKind


def change_kind(
    kind: RecordKind, before: dict[str, Any], after: dict[str, Any], *, is_correction: bool
) -> ChangeWeight:
    """Return what publishing `after` over `before` is; nothing before means a new record.

    A correction puts right what was written wrongly here; nothing changed in the world, whatever field it is in.
    """
    if not before:
        return ChangeWeight.NEW
    if before.get("withdrawal") != after.get("withdrawal"):
        return ChangeWeight.WITHDRAWN if after.get("withdrawal") else ChangeWeight.RESTORED
    if is_correction:
        return ChangeWeight.CORRECTION
    is_major = PAYLOADS[kind].major_fields & changes_between(before, after).keys()
    return ChangeWeight.MAJOR if is_major else ChangeWeight.MINOR


def demand_note(draft: Revision, payload: Payload, before: dict[str, Any]) -> ChangeWeight:
    """Return what kind of change the draft is, its note being there where one is owed.

    Raises:
        ChangeNoteMissing: it is a major change or a correction and does not say why.
        FieldNotAllowed: it corrects a record that there is not yet.
    """
    found = change_kind(draft.record_kind, before, draft.payload, is_correction=draft.is_correction)
    if found is ChangeWeight.NEW and draft.is_correction:
        raise FieldNotAllowed("is_correction", "", "nothing_to_correct")
    if _owes_note(found, payload) and not _says_why(draft, before):
        raise ChangeNoteMissing(draft.ulid, draft.record_key, found.value)
    return found


def demand_notes(session: Session, drafts: Sequence[Revision]) -> None:
    """Refuse drafts that do not say why where they must; the error carries the draft's identifier.

    Raises:
        ChangeNoteMissing, FieldNotAllowed: as `demand_note` does.
    """
    for kind in {draft.record_kind for draft in drafts}:
        own = [draft for draft in drafts if draft.record_kind is kind]
        bases = published_versions(session, kind, [draft.record_ulid for draft in own if draft.base_version])
        for draft in own:
            base = bases.get(draft.record_ulid)
            payload = PAYLOADS[kind].model_validate(draft.payload)
            try:
                demand_note(draft, payload, base.payload if base is not None else {})
            except RegisterError as error:
                error.draft_ulid = draft.ulid  # type: ignore[attr-defined]
                raise


def note_of(draft: Revision) -> str | None:
    """Return why a draft changes its record; a version of an area says it in its own words."""
    return draft.change_note or draft.payload.get("change_note")


def _says_why(draft: Revision, before: dict[str, Any]) -> bool:
    said = draft.payload.get("change_note")
    return bool(draft.change_note or (said and said != before.get("change_note")))


def _owes_note(found: ChangeWeight, payload: Payload) -> bool:
    # The area of a right changes by a version of its own, so that its second version is a major change too.
    is_next_area = isinstance(payload, ProductionAreaPayload) and payload.version_no > 1
    return found in {ChangeWeight.MAJOR, ChangeWeight.CORRECTION} or (
        found is ChangeWeight.NEW and is_next_area
    )
