"""Leads at the desk: the inbox as its address says, one lead, and who brought it, which is read on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Form, Path
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session
from starlette.responses import StreamingResponse

from service.register import leads
from service.register.leads import DONE, Contact, Due, LeadQuery, LeadView
from service.register.models import Lead
from service.register.verification.reading import data_version
from service.vocabulary import LeadChannel, LeadEventKind, LeadKind, LeadState, StaffAct
from service.web import wording
from service.web.deps import LanguageDep, ReadSessionDep
from service.web.lead_forms import verdict_of
from service.web.staff.desk import Desk, reads, writes
from service.web.staff.forms import StaffForm
from service.web.staff.listing import ROWS, Page, Text, address, last_page
from service.web.staff.tables import TableForm, list_file
from service.web.templating import localised

router = APIRouter()
_MOST_ROWS: Final = 20_000
_OVERDUE: Final = "overdue"
ENTERED: Final = "entered"
"""What the address of a lead says that was entered just now."""
_ERASED: Final = "erased"
WITHIN: Final = (1, 3, 5, 10)
"""The numbers of working days that the inbox offers to look ahead."""
_DONE_OR_NOT: Final = {"": False, "done": True, "all": None}
_HEADINGS: Final = {
    "receipt": ("回执编号", "receipt"),
    "kind": ("类别", "kind"),
    "channel": ("渠道", "channel"),
    "misuse": ("情形", "misuse"),
    "organisation": ("单位或代码", "organisation or code"),
    "product": ("产品", "product"),
    "received_on": ("收到", "received on"),
    "state": ("状态", "state"),
    "step": ("下一步", "next step"),
    "last_day": ("期限", "last day"),
    "left": ("剩余工作日", "working days left"),
}

Receipt = Annotated[str, Path(pattern="^XS[0-9]{8}-[2-9A-HJ-NP-Z]{6}$")]


@dataclass(frozen=True, slots=True)
class Asked:
    """The inbox as its address asks for it."""

    kind: str
    channel: str
    state: str
    due: str
    lang: str

    @property
    def query(self) -> LeadQuery:
        """What it is narrowed to; deadlines have only leads that are not done."""
        return LeadQuery(
            kind=LeadKind(self.kind) if self.kind else None,
            channel=LeadChannel(self.channel) if self.channel else None,
            state=LeadState(self.state) if self.state in set(LeadState) else None,
            done=_DONE_OR_NOT.get(self.state),
            due=None if not self.due else Due() if self.due == _OVERDUE else Due(int(self.due)),
        )

    def address(self, *, form: str = "", page: int = 1) -> str:
        """Return the address of the same inbox: as a file, or another page."""
        facts: dict[str, str | int] = {
            "kind": self.kind,
            "channel": self.channel,
            "state": self.state,
            "due": self.due,
            "page": page,
        }
        return address("/staff/leads", self.lang, facts, form=form)


@router.get("/staff/leads")
def inbox(
    desk: Annotated[Desk, reads(StaffAct.SEE_LEADS)],
    session: ReadSessionDep,
    lang: LanguageDep,
    kind: Text = "",
    channel: Text = "",
    state: Text = "",
    due: Text = "",
    page: Page = 1,
) -> HTMLResponse:
    """Return a page of the inbox, the most pressing leads first; nobody's name is in it."""
    asked = _asked(kind, channel, state, due, lang)
    found = leads.read_inbox(session, asked.query, desk.today, start=(page - 1) * ROWS, limit=ROWS)
    return desk.show(
        "staff/leads.html",
        asked=asked,
        found=found,
        kinds=tuple(LeadKind),
        channels=tuple(LeadChannel),
        states=tuple(LeadState),
        within=WITHIN,
        page=page,
        last=last_page(found.total),
        missing_years=sorted(
            {row.deadline.missing_year for row in found.rows if row.deadline and row.deadline.missing_year}
        ),
    )


@router.get("/staff/leads.{form}")
def inbox_table(
    desk: Annotated[Desk, reads(StaffAct.SEE_LEADS)],
    session: ReadSessionDep,
    lang: LanguageDep,
    form: TableForm,
    kind: Text = "",
    channel: Text = "",
    state: Text = "",
    due: Text = "",
) -> StreamingResponse:
    """Return the inbox as a file: the rows of the screen, all pages of them, without words of the leads."""
    asked = _asked(kind, channel, state, due, lang)
    found = leads.read_inbox(session, asked.query, desk.today, start=0, limit=_MOST_ROWS)
    rows = (
        (
            row.lead.receipt,
            row.lead.kind,
            row.lead.channel,
            row.lead.misuse,
            row.organisation,
            row.product,
            row.lead.received_on,
            row.lead.state,
            wording.step_name(row.deadline.step, lang) if row.deadline else None,
            row.deadline.last_day if row.deadline else None,
            row.left,
        )
        for row in found.rows
    )
    headings = {name: wording.pick(words, lang) for name, words in _HEADINGS.items()}
    return list_file(desk, form, "leads", headings, rows, data_version(session))


@router.get("/staff/leads/{receipt}")
def lead(
    desk: Annotated[Desk, reads(StaffAct.SEE_LEADS)],
    session: ReadSessionDep,
    receipt: Receipt,
    done: Text = "",
) -> HTMLResponse:
    """Return one lead: its words, what it names as the register says it now, its deadlines and what was done."""
    act = LeadEventKind(done) if done in set(LeadEventKind) else None
    return lead_page(desk, session, leads.find_lead(session, receipt), done=act, just=done)


@router.post("/staff/leads/{receipt}/contact")
def contact(
    desk: Annotated[Desk, writes(StaffAct.READ_LEAD)], receipt: Receipt, form: Annotated[StaffForm, Form()]
) -> HTMLResponse:
    """Return the lead with the person behind it, after the reading went on record."""
    del form
    with desk.writing() as (session, who):
        kept = leads.read_lead(session, receipt, by=who.user, at=desk.now).contact
        person = Contact(kept.name, kept.telephone, kept.email) if kept else Contact()
    with desk.services.database.reading() as session:
        return lead_page(desk, session, leads.find_lead(session, receipt), person=person)


@router.post("/staff/leads/{receipt}/contact/erasure")
def erase_contact(
    desk: Annotated[Desk, writes(StaffAct.HANDLE_LEAD)],
    lang: LanguageDep,
    receipt: Receipt,
    form: Annotated[StaffForm, Form()],
) -> RedirectResponse:
    """Erase who brought the lead before the day, and go back to its page."""
    del form
    with desk.writing() as (session, who):
        leads.erase_now(session, receipt, by=who.user, at=desk.now)
    return RedirectResponse(localised(f"/staff/leads/{receipt}?done={_ERASED}", lang), 303)


def lead_page(
    desk: Desk,
    session: Session,
    view: LeadView,
    *,
    done: LeadEventKind | None = None,
    just: str = "",
    person: Contact | None = None,
) -> HTMLResponse:
    """Return the page of a lead, with what was `just` done; `person` only where the reading of it is on record."""
    return desk.show(
        "staff/lead.html",
        view=view,
        lead=view.lead,
        row=leads.row_of(session, view, desk.today),
        verdict=verdict_of(
            session, view.lead.checked.get("code"), view.lead.checked.get("target"), now=desk.now
        ),
        checked_on=_checked_on(view.lead),
        done=done,
        is_new=just == ENTERED,
        is_erased=just == _ERASED,
        person=person,
        is_done=view.lead.state in DONE,
    )


def _asked(kind: str, channel: str, state: str, due: str, lang: str) -> Asked:
    return Asked(
        kind if kind in set(LeadKind) else "",
        channel if channel in set(LeadChannel) else "",
        state if state in {*_DONE_OR_NOT, *LeadState} else "",
        due if due in {_OVERDUE, *map(str, WITHIN)} else "",
        lang,
    )


def _checked_on(found: Lead) -> date | None:
    """Return the day for which the verdict was given that the lead came with."""
    day = found.checked.get("as_of")
    return date.fromisoformat(day) if day else None
