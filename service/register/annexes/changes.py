"""What a row that changes or ends an authorisation would do."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session

from service.register import editing
from service.register.annexes.events import keep_event
from service.register.annexes.facts import Row
from service.register.annexes.finding import (
    Conflict,
    Reader,
    authorisations_meant,
    effective_day,
    find_organisation,
)
from service.register.annexes.known import KnownAuthorisation, KnownOrganisation
from service.register.annexes.values import Values, name_key
from service.register.annexes.wording import problems_of
from service.register.payloads import AuthorisationEventPayload, OrganisationPayload
from service.vocabulary import (
    AnnexField,
    AuthorisationEventKind,
    DeregistrationGround,
    RecordKind,
    RowAction,
)

_ITEMS = {
    AnnexField.NAME: (AnnexField.NAME_BEFORE, AnnexField.NAME_AFTER, ("名称", "更名")),
    AnnexField.ADDRESS: (AnnexField.ADDRESS_BEFORE, AnnexField.ADDRESS_AFTER, ("地址", "住所")),
    AnnexField.TRADEMARK: (AnnexField.TRADEMARK_BEFORE, AnnexField.TRADEMARK_AFTER, ("商标",)),
    AnnexField.REPRESENTATIVE: (
        *(AnnexField.REPRESENTATIVE_BEFORE, AnnexField.REPRESENTATIVE_AFTER),
        ("法定代表人", "法人", "负责人"),
    ),
}
_APPROVED = {
    AnnexField.NAME: "approved_name",
    AnnexField.ADDRESS: "approved_address",
    AnnexField.TRADEMARK: "approved_trademark",
}
_RECORDED = {
    AnnexField.NAME: "name",
    AnnexField.ADDRESS: "address",
    AnnexField.REPRESENTATIVE: "legal_representative",
}


def decide_change(session: Session, reader: Reader, values: Values, row: Row) -> None:
    """Write into the row what it would change: the firm as it is now, and each authorisation as announced.

    Raises:
        Conflict: it contradicts the register.
    """
    after = _after(values)
    organisation = _changed_organisation(reader, values, after)
    day = effective_day(reader, values)
    if not after and not values.problems:
        values.refuse(None, "nothing_changes")
    if values.problems or organisation is None or day is None:
        return
    meant = [
        each for each in authorisations_meant(reader, values, organisation, day) if each.ended_on is None
    ]
    if not meant:
        raise Conflict(AnnexField.PRODUCT, "no_authorisation", organisation.name)
    row.target = "、".join(each.code for each in meant)[:300]
    try:
        new = _organisation_changed(session, reader, organisation, after)
        keys = [reader.keep(new)] if new else []
        facts = [(each.code, _facts_changed(each, after)) for each in meant]
        keys += [keep_event(reader, code, day, changed) for code, changed in facts if changed]
    except ValidationError as error:
        values.problems += problems_of(row.line, error, AuthorisationEventPayload)
        return
    if keys:
        row.action, row.keys = RowAction.UPDATE, tuple(keys)


def _after(values: Values) -> dict[AnnexField, str]:
    """Return what each item is after the change, from columns of its own or from the item named."""
    after = {item: text for item, (_, field, _) in _ITEMS.items() if (text := values.text(field)) is not None}
    named, text = values.text(AnnexField.CHANGED_ITEM), values.text(AnnexField.VALUE_AFTER)
    if text is None:
        return after
    items = [item for item, (*_, words) in _ITEMS.items() if any(word in (named or "") for word in words)]
    if len(items) != 1:
        values.refuse(AnnexField.CHANGED_ITEM, "unknown_item", named or "")
        return after
    before = values.text(AnnexField.VALUE_BEFORE)
    if before is not None:
        values.texts.setdefault(_ITEMS[items[0]][0], before)
    return {**after, items[0]: text}


def _changed_organisation(
    reader: Reader, values: Values, after: dict[AnnexField, str]
) -> KnownOrganisation | None:
    """Return the organisation by its code, its name before, or its name; also under its new name when it has it."""
    name_field = AnnexField.NAME_BEFORE if AnnexField.NAME_BEFORE in values.texts else AnnexField.NAME
    try:
        found = find_organisation(reader, values, name_field)
    except Conflict as conflict:
        found = reader.known.by_code.get(values.text(AnnexField.USCC) or "")
        if found is None or AnnexField.NAME not in after or not found.is_called(after[AnnexField.NAME]):
            raise Conflict(conflict.field, "before_differs", conflict.value) from conflict
    if found is None or found.is_withdrawn:
        values.refuse(name_field, "unknown_organisation", values.text(name_field) or "")
        return None
    return found


def _organisation_changed(
    session: Session, reader: Reader, organisation: KnownOrganisation, after: dict[AnnexField, str]
) -> OrganisationPayload | None:
    """Return the organisation as it is after the change and those of earlier rows; None when it is so already."""
    now = _as_it_stands(session, reader, organisation.key)
    changes: dict[str, Any] = {
        _RECORDED[item]: text
        for item, text in after.items()
        if item in _RECORDED and now.get(_RECORDED[item]) != text
    }
    if "name" in changes and name_key(changes["name"]) == name_key(str(now.get("name"))):
        del changes["name"]
    if not now or not changes:
        return None
    if "name" in changes:
        if organisation.key.startswith("name:"):
            raise Conflict(AnnexField.NAME_AFTER, "rename_needs_code", organisation.name)
        changes["former_names"] = [*now.get("former_names", ()), now["name"]]
    if "legal_representative" in changes:
        changes["is_representative_announced"] = True
    return OrganisationPayload.model_validate({**now, **reader.sourced, **changes})


def _as_it_stands(session: Session, reader: Reader, key: str) -> dict[str, Any]:
    """Return the organisation's last payload: of an earlier row, else the published one."""
    pending = reader.pending.get((RecordKind.ORGANISATION, key))
    if pending is not None:
        return editing.stored(pending)
    base = editing.published_bases(session, RecordKind.ORGANISATION, [key]).get(key)
    return base.payload if base else {}


def _facts_changed(held: KnownAuthorisation, after: dict[AnnexField, str]) -> dict[str, Any]:
    now = {
        AnnexField.NAME: held.name,
        AnnexField.ADDRESS: held.address,
        AnnexField.TRADEMARK: held.trademark,
    }
    changed = {
        _APPROVED[item]: text for item, text in after.items() if item in _APPROVED and now[item] != text
    }
    return {"event": AuthorisationEventKind.CHANGED, **changed} if changed else {}


def decide_end(reader: Reader, values: Values, row: Row) -> None:
    """Write into the row which authorisations it ends.

    Raises:
        Conflict: it contradicts the register.
    """
    organisation = find_organisation(reader, values, AnnexField.NAME)
    day, ground = effective_day(reader, values), _ground(reader, values)
    if organisation is None or organisation.is_withdrawn:
        values.refuse(AnnexField.NAME, "unknown_organisation", values.text(AnnexField.NAME) or "")
    if values.problems or organisation is None or day is None:
        return
    meant = authorisations_meant(reader, values, organisation, day)
    if not meant:
        raise Conflict(AnnexField.PRODUCT, "no_authorisation", organisation.name)
    row.target = "、".join(each.code for each in meant)[:300]
    running = [each for each in meant if each.ended_on is None]
    if not running:
        values.note(AnnexField.NAME, "already_ended", organisation.name)
        return
    facts = {"event": AuthorisationEventKind.DEREGISTERED, "ground": ground}
    row.action = RowAction.CLOSE
    row.keys = tuple(keep_event(reader, each.code, day, facts) for each in running)


def _ground(reader: Reader, values: Values) -> DeregistrationGround | None:
    """Return why the authorisation ended, as the rules word it; nothing else is read into other words."""
    text = values.text(AnnexField.GROUND)
    if text is None:
        if reader.facts.ground is None:
            values.refuse(AnnexField.GROUND, "missing")
        return reader.facts.ground
    key = name_key(text).strip("。.;；")
    for ground in DeregistrationGround:
        if key in {name_key(ground.zh), ground.value}:
            return ground
    values.refuse(AnnexField.GROUND, "unknown_ground", text)
    return None
