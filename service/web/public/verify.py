"""Verification: may this firm use the mark on this product on this day. The answer is never kept by anybody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from service.calendar import Clock, DateError, parse_china_date
from service.errors import BadDay, BadIdentifier, RateLimited
from service.identifiers import Hint, Kind, recognise
from service.identifiers.person_numbers import contains_person_number
from service.register.lookups.english import english_names
from service.register.verification import verify as decide
from service.register.verification.verdict import Verdict
from service.web import wording
from service.web.admission import headers_of
from service.web.deps import ClockDep, LanguageDep, ReadSessionDep, TodayDep, caller_of, services_of
from service.web.public.qr import asked_again
from service.web.public.saving import proof_path
from service.web.templating import render

router = APIRouter()

_NOT_KEPT = {"Cache-Control": "no-store"}
_MAX = 300
_PERSONAL = "looks_like_id"
_HINTS = frozenset(hint.value for hint in Hint)

CodeText = Annotated[str, Query(description="统一社会信用代码或使用核准编号")]
TargetText = Annotated[str, Query(description="产品名称、编号或地址名")]
DayText = Annotated[str, Query(description="所查日期，2026-01-31")]


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed, as it is shown again."""

    code: str = ""
    target: str = ""
    on: str = ""
    is_sent: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field of the form, and what may be meant instead."""

    field: str
    text: str
    hints: tuple[str, ...] = ()
    corrections: tuple[str, ...] = ()
    is_text: bool = False


@router.get("/verify")
def verify(
    request: Request,
    session: ReadSessionDep,
    clock: ClockDep,
    today: TodayDep,
    lang: LanguageDep,
    code: CodeText = "",
    target: TargetText = "",
    on: DayText = "",
) -> HTMLResponse:
    """Return the form, or the verdict with the form filled in below it."""
    is_sent = "code" in request.query_params
    form = Form(code.strip()[:_MAX], target.strip()[:_MAX], on.strip()[:_MAX], is_sent)
    return _answer(request, session, clock, form, lang, today)


@router.get("/v/{code}")
def short_link(
    request: Request,
    session: ReadSessionDep,
    clock: ClockDep,
    today: TodayDep,
    lang: LanguageDep,
    code: str,
    target: TargetText = "",
    on: DayText = "",
) -> HTMLResponse:
    """Return the live verdict for the address behind a QR code."""
    form = Form(code.strip()[:_MAX], target.strip()[:_MAX], on.strip()[:_MAX])
    return _answer(request, session, clock, form, lang, today)


def _answer(
    request: Request, session: Session, clock: Clock, form: Form, lang: str, today: date
) -> HTMLResponse:
    if not form.code:
        return _page(request, form, today, faults=tuple(_missing(form, lang)))
    try:
        caller = caller_of(request)
        verdict = _decided(session, clock, form)
        services_of(request).tally.verified(verdict, caller.line)
    except RateLimited as error:
        fault = Fault("code", wording.limited_text("verify_limited", error.wait_s, lang))
        # Nothing was read of it, so that it may be a person's number.
        shown = replace(form, code="") if contains_person_number(form.code) else form
        return _page(request, shown, today, faults=(fault,), status=429, headers=headers_of(error))
    except (BadIdentifier, BadDay, DateError) as error:
        errors = [error, *_hidden(session, clock, form, error)]
        faults = tuple(_fault(each, form, lang) for each in errors)
        shown = Form("", form.target, form.on) if any(map(_is_personal, errors)) else form
        return _page(request, shown, today, faults=faults, status=422)
    named = replace(form, target=verdict.target.name) if verdict.target else form
    english = english_names(session, wording.names_in(verdict)) if lang == "en" else {}
    proof = proof_path(form.code, form.target, form.on)
    return _page(request, named, today, verdict=verdict, english=english, proof=proof)


def _decided(session: Session, clock: Clock, form: Form) -> Verdict:
    return decide(session, form.code, form.target or None, _day(form), now=clock.now())


def _day(form: Form) -> date | None:
    return parse_china_date(form.on) if form.on else None


def _hidden(session: Session, clock: Clock, form: Form, error: Exception) -> Iterator[BadIdentifier]:
    """Yield what is wrong with the code or the product when the day, which is read first, was wrong."""
    if isinstance(error, BadIdentifier):
        return
    try:
        _decided(session, clock, replace(form, on=""))
    except BadIdentifier as found:
        yield found


def _page(
    request: Request,
    form: Form,
    today: date,
    *,
    verdict: Verdict | None = None,
    english: Mapping[str, str] | None = None,
    faults: tuple[Fault, ...] = (),
    proof: str = "",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    template = "public/verdict.html" if verdict else "public/verify.html"
    return render(
        request,
        template,
        status=status,
        headers={**_NOT_KEPT, **(headers or {})},
        form=form,
        today=today,
        verdict=verdict,
        english=english or {},
        faults={each.field: each for each in faults},
        again=asked_again(verdict) if verdict else None,
        proof=proof if services_of(request).signing_keys.newest() else None,
    )


def _missing(form: Form, lang: str) -> Iterator[Fault]:
    if not form.is_sent:
        return
    yield Fault("code", wording.problem_text("missing_code", lang))
    try:
        _day(form)
    except DateError as error:
        yield _fault(error, form, lang)


def _fault(error: BadIdentifier | BadDay | DateError, form: Form, lang: str) -> Fault:
    if not isinstance(error, BadIdentifier):
        return Fault("on", wording.problem_text("bad_date", lang))
    if error.problem == "target_too_long":
        return Fault("target", wording.problem_text(error.problem, lang))
    hints = [hint for hint in error.hints if hint in _HINTS and hint != error.problem]
    return Fault(
        "code",
        wording.problem_text(error.problem, lang, error.position),
        tuple(wording.hint_text(hint, lang) for hint in hints),
        tuple(hint for hint in error.hints if hint not in _HINTS),
        is_text=not _is_personal(error) and recognise(form.code).kind is not Kind.USCC,
    )


def _is_personal(error: Exception) -> bool:
    return isinstance(error, BadIdentifier) and error.problem in {_PERSONAL, "bad_characters"}
