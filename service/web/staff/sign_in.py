"""Signing in and out."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Final

from anyio import to_thread
from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from service.register import accounts
from service.register.accounts import Duty, NewSession, Refusal
from service.vocabulary import StaffAct
from service.web.deps import LanguageDep, LineDep, ReadSessionDep, ServicesDep
from service.web.forms import Fault, FormBodyDep
from service.web.origin import OwnFormDep
from service.web.staff.attempts import code_counts, retry_after, sign_in_counts, too_often
from service.web.staff.cookies import demand_private_line, drop_session, session_token, set_session
from service.web.staff.desk import Desk, reads, writes
from service.web.staff.forms import StaffForm, by_field, own_page, unwritable
from service.web.templating import NOBODY, localised, render

router = APIRouter()
# The first that is found: most browsers also call themselves by the names below theirs.
_BROWSERS: Final = (
    ("Edg/", "Edge"),
    ("MicroMessenger/", "WeChat"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
PrivateLineDep = Annotated[None, Depends(demand_private_line)]


class SignInForm(StaffForm):
    """Login and password, and where one was going."""

    login: str = ""
    password: str = ""
    next: str = ""


class CodeForm(StaffForm):
    """A code of the second factor, and where one was going."""

    code: str = ""
    next: str = ""


@router.get("/staff/login", response_model=None)
def sign_in_form(
    request: Request,
    services: ServicesDep,
    session: ReadSessionDep,
    lang: LanguageDep,
    line: PrivateLineDep,
    next: Annotated[str, Query(max_length=2000)] = "",  # noqa: A002  (the parameter's public name)
    lost: Annotated[str, Query(max_length=1)] = "",
) -> Response:
    """Return the form, or go on with somebody who is signed in already; `lost`: what they sent was not kept."""
    del line
    token = session_token(request)
    now = services.clock.now()
    if token and accounts.find_session(session, token, at=now, demo=services.settings.demo):
        return RedirectResponse(localised(own_page(next), lang), 303)
    return _form(request, SignInForm(next=own_page(next)), is_lost=bool(lost))


@router.post("/staff/login", response_model=None)
async def sign_in(
    request: Request,
    services: ServicesDep,
    lang: LanguageDep,
    line: LineDep,
    private: PrivateLineDep,
    own: OwnFormDep,
    body: FormBodyDep,
    form: Annotated[SignInForm, Form()],
) -> Response:
    """Open a session and go on, or return the form: what was wrong of the two is never told."""
    del private, own, body
    if faults := unwritable({"login": form.login, "password": form.password}):
        return _form(request, form, *faults, status=422)
    counts = sign_in_counts(form.login, line)
    if wait := await run_in_threadpool(services.limits.wait_for_all, counts):
        return _form(request, form, too_often("login", wait), status=429, wait=wait)
    tried = partial(
        accounts.sign_in,
        services.database,
        form.login,
        form.password,
        at=services.clock.now(),
        browser=browser_of(request),
        demo=services.settings.demo,
    )
    found = await to_thread.run_sync(tried, limiter=services.hashing)
    if isinstance(found, Refusal):
        return _form(request, form, Fault("login", found.value), status=401)
    return into(request, found, localised(own_page(form.next), lang))


@router.get("/staff/login/code", response_model=None)
def code_form(
    desk: Annotated[Desk, reads(StaffAct.KEEP_OWN_ACCOUNT, Duty.PROVE)],
    lang: LanguageDep,
    next: Annotated[str, Query(max_length=2000)] = "",  # noqa: A002  (the parameter's public name)
) -> Response:
    """Return the form for the second factor."""
    if desk.who.duty is not Duty.PROVE:
        return RedirectResponse(localised(own_page(next), lang), 303)
    return _code_form(desk, own_page(next))


@router.post("/staff/login/code", response_model=None)
def prove(
    desk: Annotated[Desk, writes(StaffAct.KEEP_OWN_ACCOUNT, Duty.PROVE)],
    lang: LanguageDep,
    form: Annotated[CodeForm, Form()],
) -> Response:
    """Take a code, and go on with a session of a new identifier."""
    target = localised(own_page(form.next), lang)
    if desk.who.duty is not Duty.PROVE:
        return RedirectResponse(target, 303)
    if wait := desk.services.limits.wait_for_all(code_counts(desk.who.user.ulid)):
        return _code_form(desk, own_page(form.next), too_often("code", wait), status=429, wait=wait)
    with desk.writing() as (session, who):
        found = accounts.prove(session, who, form.code, at=desk.now, browser=browser_of(desk.request))
    if isinstance(found, Refusal):
        return _code_form(desk, own_page(form.next), Fault("code", found.value), status=401)
    return into(desk.request, found, target)


@router.post("/staff/logout", response_model=None)
def sign_out(
    desk: Annotated[Desk, writes(StaffAct.KEEP_OWN_ACCOUNT, *Duty)],
    lang: LanguageDep,
    form: Annotated[StaffForm, Form()],
) -> RedirectResponse:
    """End the session, here and in the database."""
    del form
    with desk.writing() as (session, who):
        accounts.sign_out(session, who, at=desk.now)
    return out_of(desk.request, lang)


def out_of(request: Request, lang: str) -> RedirectResponse:
    """Return the way to the sign-in page, without the cookie of a session that has ended."""
    reply = RedirectResponse(localised("/staff/login", lang), 303)
    drop_session(reply, request)
    return reply


def into(request: Request, opened: NewSession, target: str) -> RedirectResponse:
    """Return the way to a page, with the cookie of a session that was just opened."""
    reply = RedirectResponse(target, 303)
    set_session(reply, request, opened.token)
    return reply


def browser_of(request: Request) -> str:
    """Return the browser and system in two words, so that people recognise their own sessions; no more is kept."""
    said = request.headers.get("user-agent", "")
    found = (next((name for sign, name in names if sign in said), "") for names in (_BROWSERS, _SYSTEMS))
    return " · ".join(filter(None, found))


def _form(
    request: Request,
    form: SignInForm,
    *faults: Fault,
    status: int = 200,
    wait: int = 0,
    is_lost: bool = False,
) -> HTMLResponse:
    return render(
        request,
        "staff/sign_in.html",
        status=status,
        headers=retry_after(wait),
        form=form,
        faults=by_field(*faults),
        is_lost=is_lost,
        **NOBODY,
    )


def _code_form(desk: Desk, target: str, *faults: Fault, status: int = 200, wait: int = 0) -> HTMLResponse:
    return desk.show(
        "staff/code.html", status=status, headers=retry_after(wait), target=target, faults=by_field(*faults)
    )
