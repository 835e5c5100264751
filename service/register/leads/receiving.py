"""Taking a lead in: kept once, with what was checked, and apart from it who brought it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.calendar import china_date
from service.register import editing
from service.register.leads.trail import record
from service.register.models import Lead, LeadContact, new_ulid, ulid_of_words
from service.vocabulary import LeadKind, MisuseKind

_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is misread over the telephone
_RECEIPT_LETTERS: Final = 6


@dataclass(frozen=True, slots=True)
class Contact:
    """Who brings a lead, as far as they say."""

    name: str | None = None
    telephone: str | None = None
    email: str | None = None

    @property
    def is_given(self) -> bool:
        """Whether anything was said at all."""
        return any((self.name, self.telephone, self.email))


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a person sends; `checked` holds the public facts of the verification it starts from."""

    form_ulid: str
    kind: LeadKind
    description: str
    misuse: MisuseKind | None = None
    place: str | None = None
    about: str | None = None
    seen_on: date | None = None
    checked: Mapping[str, Any]
    contact: Contact = Contact()


def receive(session: Session, report: Report, *, now: datetime, keep_days: int) -> Lead:
    """Return the lead on record for the report; the same form sent again with the same words is the same lead.

    Who goes back, changes what they wrote and sends the form again has said something new: a lead of its own, of which
    the form's identifier and the words make the identifier.

    The audit chain gets that a lead came and its identifier: none of its words, nobody's name.
    """
    editing.lock_registry(session)  # one at a time, so that a form sent twice meets the first
    form_ulid = report.form_ulid
    for other in (ulid_of_words(form_ulid, _words(report)), new_ulid()):
        known = session.scalar(select(Lead).where(Lead.form_ulid == form_ulid))
        if known is None:
            break
        if _says_the_same(session, known, report):
            return known
        form_ulid = other
    today = china_date(now)
    lead = Lead(
        receipt=new_receipt(today),
        form_ulid=form_ulid,
        kind=report.kind,
        misuse=report.misuse,
        description=report.description,
        place=report.place,
        about=report.about,
        seen_on=report.seen_on,
        checked=dict(report.checked),
        received_at=now,
        received_on=today,
    )
    session.add(lead)
    session.flush()  # the lead's keys are needed below
    if report.contact.is_given:
        session.add(_contact(lead, report.contact, today + timedelta(days=keep_days)))
    record(session, "lead_received", [lead], at=now, by=None)
    return lead


def _says_the_same(session: Session, lead: Lead, report: Report) -> bool:
    kept = session.get(LeadContact, lead.id)
    contact = Contact(kept.name, kept.telephone, kept.email) if kept else Contact()
    # What was checked may have changed in between; what was typed for it has not.
    return _words(lead) == _words(report) and contact == report.contact


def _words(said: Lead | Report) -> tuple[Any, ...]:
    """Return what was typed, without who brings it: nothing that outlives a contact may be made of one."""
    return (
        *(getattr(said, name) for name in ("kind", "misuse", "description", "place", "about", "seen_on")),
        *(said.checked.get(name) for name in ("code", "target", "on")),
    )


def new_receipt(today: date) -> str:
    """Return a fresh number for a lead that came on this day."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(_RECEIPT_LETTERS))
    return f"XS{today:%Y%m%d}-{letters}"


def _contact(lead: Lead, contact: Contact, erase_on: date) -> LeadContact:
    return LeadContact(
        lead_id=lead.id,
        name=contact.name,
        telephone=contact.telephone,
        email=contact.email,
        erase_on=erase_on,
    )
