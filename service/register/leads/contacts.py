"""Who brought a lead: read on record, by a lead officer alone, erased on its day or before (I-23)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from service.calendar import china_date
from service.register import editing, rights
from service.register.leads.reading import find_receipt
from service.register.leads.trail import ERASED, record
from service.register.models import Lead, LeadContact, StaffUser
from service.vocabulary import StaffAct


def read_lead(session: Session, receipt: str, *, by: StaffUser, at: datetime) -> Lead:
    """Return the lead with the person behind it; that it was read, and by whom, goes on record first (I-23).

    Raises:
        RecordNotFound, NotPermitted.
    """
    rights.demand(session, by, StaffAct.READ_LEAD)
    lead = find_receipt(session, receipt, selectinload(Lead.contact))
    record(session, "lead_read", [lead], at=at, by=by)
    return lead


def erase_due(session: Session, at: datetime) -> int:
    """Erase the contacts whose day has come and return how many; the leads stay, without anybody's name.

    The number that a lead has elsewhere leads back to the person there, and goes with the contact.
    """
    due = select(Lead).join(LeadContact).where(LeadContact.erase_on <= china_date(at))
    editing.lock_registry(session)
    found = list(session.scalars(due.options(selectinload(Lead.contact)).order_by(Lead.id)))
    for lead in found:
        _erase(session, lead)
    record(session, ERASED, found, at=at, by=None)
    return len(found)


def erase_now(session: Session, receipt: str, *, by: StaffUser, at: datetime) -> None:
    """Erase the contact of a lead before its day, which goes on record; where there is none, nothing is done.

    Raises:
        RecordNotFound, NotPermitted.
    """
    rights.demand(session, by, StaffAct.HANDLE_LEAD)
    editing.lock_registry(session)  # a form sent twice meets the first
    lead = find_receipt(session, receipt, selectinload(Lead.contact))
    if lead.contact is None:
        return
    _erase(session, lead)
    record(session, ERASED, [lead], at=at, by=by)


def _erase(session: Session, lead: Lead) -> None:
    session.delete(lead.contact)
    lead.channel_number = None
