"""Taking a lead in, from the site or by an officer: kept once, with what was checked, apart from who brought it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.calendar import china_date
from service.errors import FieldNotAllowed
from service.register import editing, rights
from service.register.leads.periods import LONGEST_PERIOD
from service.register.leads.trail import record
from service.register.models import Lead, LeadContact, StaffUser, new_ulid, ulid_of_words
from service.vocabulary import LeadChannel, LeadKind, MisuseKind, StaffAct

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
    """What a person sends, or says to an officer; `checked` holds what they name, as the register answered it.

    `received_on`: the day it came; None: it comes as it is taken in.
    """

    form_ulid: str
    kind: LeadKind
    channel: LeadChannel
    channel_number: str | None = None
    received_on: date | None = None
    description: str
    misuse: MisuseKind | None = None
    place: str | None = None
    about: str | None = None
    seen_on: date | None = None
    checked: Mapping[str, Any]
    contact: Contact = Contact()

    @property
    def leads_to_somebody(self) -> bool:
        """Whether it holds what must be erased on a day: a contact, or the number by which another body knows them."""
        return self.contact.is_given or self.channel_number is not None


def receive(session: Session, report: Report, *, now: datetime, keep_days: int) -> Lead:
    """Return the lead on record for the report; the same form sent again with the same words is the same lead.

    Who goes back, changes what they wrote and sends the form again has said something new: a lead of its own, of which
    the form's identifier and the words make the identifier.

    The audit chain gets that a lead came and its identifier: none of its words, nobody's name.
    """
    return _taken_in(session, report, by=None, at=now, keep_days=keep_days)


def enter(session: Session, report: Report, *, by: StaffUser, at: datetime, keep_days: int) -> Lead:
    """Return the lead on record for what an officer enters; sent twice and in the audit chain as `receive` has it.

    Raises:
        NotPermitted.
        FieldNotAllowed: it came by the site, no day or none that has come is said, or one too long ago, it was seen
            later than it came, or what leads to the person would have to be erased already.
    """
    rights.demand(session, by, StaffAct.HANDLE_LEAD)
    _demand_whole(report, china_date(at), keep_days)
    return _taken_in(session, report, by=by, at=at, keep_days=keep_days)


def _demand_whole(report: Report, today: date, keep_days: int) -> None:
    day = report.received_on
    if report.channel is LeadChannel.WEB:
        raise FieldNotAllowed("channel", report.channel.value, "channel_missing")
    if day is None or day > today:
        raise FieldNotAllowed("received_on", str(day or ""), "bad_date")
    if day < today - LONGEST_PERIOD:  # a mistyped year, rather than a lead that waited
        raise FieldNotAllowed("received_on", day.isoformat(), "received_too_long_ago")
    if report.leads_to_somebody and _erased_on(day, keep_days) <= today:
        raise FieldNotAllowed("received_on", day.isoformat(), "contact_past_its_day")
    if report.seen_on and report.seen_on > day:
        raise FieldNotAllowed("seen_on", report.seen_on.isoformat(), "seen_after_received")


def _taken_in(
    session: Session, report: Report, *, by: StaffUser | None, at: datetime, keep_days: int
) -> Lead:
    editing.lock_registry(session)  # one at a time, so that a form sent twice meets the first
    form_ulid = report.form_ulid
    for other in (ulid_of_words(form_ulid, (*_words(report), report.received_on)), new_ulid()):
        known = session.scalar(select(Lead).where(Lead.form_ulid == form_ulid))
        if known is None:
            break
        if _says_the_same(session, known, report):
            return known
        form_ulid = other
    received_on = report.received_on or china_date(at)
    lead = Lead(
        receipt=new_receipt(received_on),
        form_ulid=form_ulid,
        kind=report.kind,
        channel=report.channel,
        channel_number=report.channel_number,
        misuse=report.misuse,
        description=report.description,
        place=report.place,
        about=report.about,
        seen_on=report.seen_on,
        checked=dict(report.checked),
        received_at=at,
        received_on=received_on,
    )
    session.add(lead)
    session.flush()  # the lead's keys are needed below
    if report.leads_to_somebody:
        session.add(_contact(lead, report.contact, _erased_on(received_on, keep_days)))
    record(session, "lead_received", [lead], at=at, by=by)
    return lead


def _says_the_same(session: Session, lead: Lead, report: Report) -> bool:
    kept = session.get(LeadContact, lead.id)
    contact = Contact(kept.name, kept.telephone, kept.email) if kept else Contact()
    is_same_day = report.received_on in {None, lead.received_on}
    # What was checked may have changed in between; what was typed for it has not.
    return (
        is_same_day
        and _words(lead) == _words(report)
        and (lead.channel_number, contact) == (report.channel_number, report.contact)
    )


_TYPED: Final = ("kind", "channel", "misuse", "description", "place", "about", "seen_on")
_TYPED_TO_CHECK: Final = ("code", "target", "on", "trader")


def _words(said: Lead | Report) -> tuple[Any, ...]:
    """Return what was typed, without what leads to who brings it: nothing that outlives that may be made of it."""
    return (
        *(getattr(said, name) for name in _TYPED),
        *(said.checked.get(name) for name in _TYPED_TO_CHECK),
    )


def _erased_on(received_on: date, keep_days: int) -> date:
    return received_on + timedelta(days=keep_days)


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
