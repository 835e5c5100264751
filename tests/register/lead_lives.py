"""Leads for tests: brought by somebody, acted on by an officer, looked at."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from sqlalchemy import func, select

from service.register import leads
from service.register.models import AuditEvent, new_ulid
from service.register.payloads import HolidayArrangementPayload
from service.vocabulary import LeadChannel, LeadEventKind
from service.working_days import Arrangement

K = LeadEventKind
NOBODY = leads.Contact()
NAMED = leads.Contact("示例张三", "023-0000000")
RECEIVED = date(2026, 9, 24)  # a Thursday; the Mid-Autumn holiday begins on the 25th
LATER = datetime(2026, 11, 30, 4, 0, tzinfo=UTC)
NOTE = "示例说明，为演示而写"


def brought(session, kind, *, on=RECEIVED, contact=NOBODY, **facts):
    report = leads.Report(
        **{
            "form_ulid": new_ulid(),
            "kind": kind,
            "channel": LeadChannel.WEB,
            "description": "集市上的包装没有印代码",
            "checked": {"code": "93500114MA0TERT081"},
            "contact": contact,
            **facts,
        }
    )
    now = datetime(on.year, on.month, on.day, 4, tzinfo=UTC)
    return leads.receive(session, report, now=now, keep_days=180)


def do(session, officer, lead, act, on, **facts):
    seen = len(leads.find_lead(session, lead.receipt).events)
    told = {"seen": seen, "note": NOTE if leads.needs_note(lead.kind, act) else None, **facts}
    handling = leads.Handling(act=act, happened_on=on, **told)
    return leads.handle(session, lead.receipt, handling, by=officer, at=LATER)


def view(session, lead):
    return leads.find_lead(session, lead.receipt)


def audited(session):
    return session.scalar(select(func.count()).select_from(AuditEvent))


@cache
def published_arrangement():
    """The arrangement as it is published in the first data, read from the file that the register is filled from."""
    path = Path(__file__).parents[2] / "seed/data/register/37_holiday_arrangement.csv"
    with path.open(encoding="utf-8-sig", newline="") as lines:
        (row,) = csv.DictReader(lines)
    payload = HolidayArrangementPayload.model_validate(row)
    return Arrangement(frozenset(payload.rest_days), frozenset(payload.worked_days))
