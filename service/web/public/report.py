"""Reporting a misuse, a dispute or an error: collected here with the facts that were checked, and routed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Form, Query, Request
from fastapi import Path as PathParameter
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from service.calendar import parse_china_date
from service.errors import CannotConfirm
from service.register.leads import read_receipt, receive
from service.register.verification import Verdict
from service.vocabulary import LeadKind, MisuseKind
from service.web.deps import ClockDep, LanguageDep, LineDep, ReadSessionDep, Services, ServicesDep, TodayDep
from service.web.forms import Fault
from service.web.lead_forms import checked_facts, verdict_of
from service.web.origin import OwnFormDep
from service.web.public.report_form import ReportForm, checked_fields, cleaned, faults_of, report_of
from service.web.templating import localised, render

router = APIRouter()

_NOT_KEPT: Final = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
_RETRY_S: Final = 30

Receipt = Annotated[str, PathParameter(pattern="^XS[0-9]{8}-[2-9A-HJ-NP-Z]{6}$")]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a form without faults was not taken, and after how many seconds to try again."""

    code: str
    status: int
    wait_s: int

    @property
    def minutes(self) -> int:
        """The wait in whole minutes."""
        return math.ceil(self.wait_s / 60)


@router.get("/report")
def report(
    request: Request, session: ReadSessionDep, clock: ClockDep, form: Annotated[ReportForm, Query()]
) -> HTMLResponse:
    """Return the form with the facts of the verification, or the record, that the visitor comes from."""
    carried = checked_fields(cleaned(form))
    verdict = _verdict(session, carried, clock.now())
    named = {"target": verdict.target.name} if verdict and verdict.target else {}
    return _page(request, carried.model_copy(update=named), verdict)


@router.post("/report", response_model=None)
def send_report(
    request: Request,
    services: ServicesDep,
    lang: LanguageDep,
    line: LineDep,
    today: TodayDep,
    own: OwnFormDep,
    form: Annotated[ReportForm, Form()],
) -> HTMLResponse | RedirectResponse:
    """Keep the report and go to its receipt, or return the form with what is wrong beside each field."""
    del own
    form = cleaned(form)
    if faults := faults_of(form, today):
        return _page(request, form, None, faults=faults)
    rate = f"{services.settings.reports_per_hour}/hour"
    if wait := services.limits.wait_for("report", rate, line):
        return _page(request, form, None, trouble=Trouble("rate_limited", 429, wait))
    try:
        receipt = _kept(services, form)
    except CannotConfirm:
        return _page(request, form, None, trouble=Trouble("not_kept", 503, _RETRY_S))
    return RedirectResponse(localised(f"/report/{receipt}", lang), 303, _NOT_KEPT)


@router.get("/report/{receipt}")
def received(request: Request, session: ReadSessionDep, receipt: Receipt) -> HTMLResponse:
    """Return the receipt: what was brought on which day, its state, what follows; never a word of the report."""
    return render(request, "public/receipt.html", headers=_NOT_KEPT, view=read_receipt(session, receipt))


def _kept(services: Services, form: ReportForm) -> str:
    """Return the receipt of the report, which is kept with the verdict as it is now."""
    now = services.clock.now()
    with services.database.reading() as session:
        verdict = _verdict(session, form, now)
    with services.database.writing() as session:
        typed = form.model_dump(include={"code", "target", "on"})
        made = report_of(form, checked_facts(typed, verdict))
        return receive(session, made, now=now, keep_days=services.settings.leads_keep_days).receipt


def _verdict(session: Session, form: ReportForm, now: datetime) -> Verdict | None:
    """Return the verdict on what the form names; None where there is no code, or none that can be answered."""
    day = parse_china_date(form.on) if form.on else None
    return verdict_of(session, form.code, form.target, day, now=now)


def _page(
    request: Request,
    form: ReportForm,
    verdict: Verdict | None,
    *,
    faults: Sequence[Fault] = (),
    trouble: Trouble | None = None,
) -> HTMLResponse:
    retry = {"Retry-After": str(trouble.wait_s)} if trouble else {}
    return render(
        request,
        "public/report.html",
        status=trouble.status if trouble else 422 if faults else 200,
        headers=_NOT_KEPT | retry,
        form=form,
        verdict=verdict,
        faults={fault.field: fault for fault in faults},
        trouble=trouble,
        kinds=tuple(LeadKind),
        misuses=tuple(MisuseKind),
    )
