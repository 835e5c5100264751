"""What a row that approves a firm would do: a new firm and grant, a later change, or nothing new."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from pydantic import ValidationError

from service.register.annexes.events import keep_event
from service.register.annexes.facts import Row
from service.register.annexes.finding import (
    Conflict,
    Reader,
    effective_day,
    find_organisation,
    find_protection,
)
from service.register.annexes.known import KnownAuthorisation, KnownOrganisation, KnownProtection
from service.register.annexes.numbering import Codes
from service.register.annexes.values import Values
from service.register.annexes.wording import problems_of
from service.register.payloads import (
    AuthorisationEventPayload,
    AuthorisationPayload,
    OrganisationPayload,
)
from service.vocabulary import AnnexField, AuthorisationEventKind, RecordKind, RowAction


def decide_approval(reader: Reader, values: Values, row: Row, codes: Codes) -> None:
    """Write into the row what it would do.

    Raises:
        Conflict: it contradicts the register.
    """
    organisation = find_organisation(reader, values, AnnexField.NAME)
    protection = find_protection(reader, values)
    day = effective_day(reader, values)
    if AnnexField.NAME not in values.texts:
        values.refuse(AnnexField.NAME, "missing")
    if values.problems or protection is None or day is None:
        return
    if not protection.is_in_force(day):
        raise Conflict(AnnexField.PRODUCT, "protection_not_in_force", day.isoformat())
    if organisation is not None and organisation.has_ended:
        raise Conflict(AnnexField.NAME, "holder_revoked", organisation.name)
    held = reader.known.held(organisation, protection.id)
    if held:
        _decide_held(reader, values, row, held[-1])
    else:
        _decide_new(reader, values, row, codes, (organisation, protection, day))


def _decide_held(reader: Reader, values: Values, row: Row, held: KnownAuthorisation) -> None:
    row.target = held.code
    if held.ended_on is not None:
        raise Conflict(AnnexField.NAME, "holder_revoked", held.ended_on.isoformat())
    changed = _changes(values, held)
    if not changed:
        return
    if held.granted_by == reader.number:
        # One announcement cannot say two things; a mistake on record is corrected by hand, with its reason.
        raise Conflict(None, "differs_from_record", "、".join(changed))
    facts = {"event": AuthorisationEventKind.CHANGED, **changed}
    try:
        row.keys = (keep_event(reader, held.code, effective_day(reader, values), facts),)
    except ValidationError as error:
        values.problems += problems_of(row.line, error, AuthorisationEventPayload)
        return
    row.action = RowAction.UPDATE


def _changes(values: Values, held: KnownAuthorisation) -> dict[str, Any]:
    stated = {
        "approved_address": (values.text(AnnexField.ADDRESS), held.address),
        "approved_trademark": (values.text(AnnexField.TRADEMARK), held.trademark),
    }
    changed: dict[str, Any] = {
        name: new for name, (new, old) in stated.items() if new is not None and old is not None and new != old
    }
    last_day = values.days.get(AnnexField.LICENCE_LAST_DAY)
    if last_day is not None and last_day + timedelta(days=1) != held.licence_to:
        changed["licence_last_day"] = last_day
    return changed


def _decide_new(
    reader: Reader,
    values: Values,
    row: Row,
    codes: Codes,
    found: tuple[KnownOrganisation | None, KnownProtection, date],
) -> None:
    organisation, protection, day = found
    try:
        new = _new_organisation(reader, values, organisation)
        named = (
            new.uscc or new.name if new else organisation.key.removeprefix("name:") if organisation else ""
        )
        first = reader.granted.get((protection.id, named))
        if first is not None:
            values.refuse(None, "duplicate_row", str(first))
            return
        grant = AuthorisationPayload.model_validate(
            {
                **reader.sourced,
                "code": codes.next(),
                "protection": protection.code,
                "organisation": named,
                "basis": reader.facts.basis_of(protection.track),
                "announcement": reader.announcement,
                "announced_row": row.line,
                "effective_on": day,
                "licence_last_day": values.days.get(AnnexField.LICENCE_LAST_DAY),
                "approved_name": values.text(AnnexField.NAME),
                "approved_address": values.text(AnnexField.ADDRESS),
                "approved_representative": values.text(AnnexField.REPRESENTATIVE),
                "approved_trademark": values.text(AnnexField.TRADEMARK),
            }
        )
    except ValidationError as error:
        values.problems += problems_of(row.line, error, AuthorisationPayload)
        return
    reader.granted[protection.id, named] = row.line
    row.action = RowAction.CREATE
    row.keys = (*((reader.keep(new),) if new else ()), reader.keep(grant))


def _new_organisation(
    reader: Reader, values: Values, organisation: KnownOrganisation | None
) -> OrganisationPayload | None:
    """Return the firm as a new record, or as an earlier row has it already; None when the public sees it."""
    if organisation is not None and not organisation.is_withdrawn:
        return None
    representative = values.text(AnnexField.REPRESENTATIVE)
    new = OrganisationPayload.model_validate(
        {
            **reader.sourced,
            "uscc": values.text(AnnexField.USCC),
            "name": values.text(AnnexField.NAME),
            "address": values.text(AnnexField.ADDRESS),
            "legal_representative": representative,
            "is_representative_announced": representative is not None,
        }
    )
    earlier = reader.pending.get((RecordKind.ORGANISATION, new.key()))
    return earlier if isinstance(earlier, OrganisationPayload) else new
