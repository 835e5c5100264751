"""One's own account: what it may do, its password, its second factor, and where it is signed in."""

from __future__ import annotations

from typing import Annotated

import segno
from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from service.errors import PasswordRefused
from service.register import accounts
from service.register.accounts import Duty, Refusal, second_factor
from service.vocabulary import Role, StaffAct
from service.web.deps import LanguageDep, ReadSessionDep
from service.web.forms import Fault
from service.web.staff.attempts import code_counts, password_counts, retry_after, too_often
from service.web.staff.cookies import set_session
from service.web.staff.desk import Desk, reads, writes
from service.web.staff.forms import StaffForm, by_field
from service.web.staff.listing import Text
from service.web.staff.sign_in import browser_of, into, out_of
from service.web.templating import localised

router = APIRouter()
_OWN = StaffAct.KEEP_OWN_ACCOUNT


class PasswordForm(StaffForm):
    """The password as it is, and twice as it shall be."""

    current: str = ""
    wanted: str = ""
    again: str = ""


class BeginForm(StaffForm):
    """The password, before a second factor is set up in the name of its owner."""

    current: str = ""


class ConfirmForm(StaffForm):
    """A code of the authenticator that is being set up."""

    code: str = ""


class SessionForm(StaffForm):
    """A session of one's own."""

    session: str = ""


@router.get("/staff/account")
def account(
    desk: Annotated[Desk, reads(_OWN)],
    session: ReadSessionDep,
    done: Text = "",
) -> HTMLResponse:
    """Return who one is here, what that allows, and the sessions that are open."""
    return desk.show(
        "staff/account.html",
        done=done if done in {"password", "session"} else "",
        roles=[role for role in Role if role in desk.who.held.roles],
        kinds=sorted(desk.who.held.scope),
        sessions=accounts.list_sessions(session, desk.who.user, desk.now),
        this_session=desk.who.session_ulid,
        all_acts=tuple(StaffAct),
    )


@router.get("/staff/account/password")
def password_form(desk: Annotated[Desk, reads(_OWN, Duty.CHOOSE_PASSWORD)]) -> HTMLResponse:
    """Return the form for another password."""
    return _password_form(desk)


@router.post("/staff/account/password", response_model=None)
def change_password(
    desk: Annotated[Desk, writes(_OWN, Duty.CHOOSE_PASSWORD)],
    lang: LanguageDep,
    form: Annotated[PasswordForm, Form()],
) -> Response:
    """Keep the new password and go on with a session of a new identifier; all others of the account are dead."""
    if form.wanted != form.again:
        return _password_form(desk, Fault("again", "passwords_differ"), status=422)
    if wait := desk.services.limits.wait_for_all(password_counts(desk.who.user.ulid)):
        return _password_form(desk, too_often("current", wait), status=429, wait=wait)
    try:
        change = accounts.prepare_password(desk.who.user, form.current, form.wanted)
    except PasswordRefused as error:
        return _password_form(desk, Fault("wanted", error.problem), status=422)
    with desk.writing() as (session, who):
        found = accounts.change_password(session, who, change, at=desk.now, browser=browser_of(desk.request))
    if isinstance(found, Refusal):
        return _password_form(desk, Fault("current", found.value), status=422)
    return into(desk.request, found, localised("/staff/account?done=password", lang))


@router.get("/staff/account/second-factor")
def second_factor_form(desk: Annotated[Desk, reads(_OWN, Duty.SET_UP_SECOND_FACTOR)]) -> HTMLResponse:
    """Return the first step of setting up an authenticator, or its code to be read in, once that was begun."""
    return _factor_form(desk, desk.who.totp_pending)


@router.post("/staff/account/second-factor", response_model=None)
def begin_second_factor(
    desk: Annotated[Desk, writes(_OWN, Duty.SET_UP_SECOND_FACTOR)],
    lang: LanguageDep,
    form: Annotated[BeginForm, Form()],
) -> Response:
    """Make a fresh secret, once the password was given, and show it."""
    if wait := desk.services.limits.wait_for_all(password_counts(desk.who.user.ulid)):
        return _factor_form(desk, None, too_often("current", wait), status=429, wait=wait)
    checked = accounts.check_password(form.current, desk.who.user.password_hash)
    with desk.writing() as (session, who):
        refusal = accounts.begin_second_factor(session, who, checked, at=desk.now)
    if refusal is not None:
        return _factor_form(desk, None, Fault("current", refusal.value), status=422)
    return RedirectResponse(localised("/staff/account/second-factor", lang), 303)


@router.post("/staff/account/second-factor/confirm", response_model=None)
def confirm_second_factor(
    desk: Annotated[Desk, writes(_OWN, Duty.SET_UP_SECOND_FACTOR)],
    form: Annotated[ConfirmForm, Form()],
) -> Response:
    """Keep the second factor once a code shows that it works, and show the recovery codes, this once."""
    pending = desk.who.totp_pending
    if wait := desk.services.limits.wait_for_all(code_counts(desk.who.user.ulid)):
        return _factor_form(desk, pending, too_often("code", wait), status=429, wait=wait)
    with desk.writing() as (session, who):
        found = accounts.confirm_second_factor(
            session, who, form.code, at=desk.now, browser=browser_of(desk.request)
        )
    if isinstance(found, Refusal):
        field = "current" if found is Refusal.NOTHING_BEGUN else "code"
        return _factor_form(desk, pending, Fault(field, found.value), status=422)
    opened, codes = found
    reply = desk.on(opened.token).show("staff/recovery_codes.html", codes=codes)
    set_session(reply, desk.request, opened.token)
    return reply


@router.post("/staff/account/sessions", response_model=None)
def end_session(
    desk: Annotated[Desk, writes(_OWN)], lang: LanguageDep, form: Annotated[SessionForm, Form()]
) -> RedirectResponse:
    """End one of one's own sessions."""
    with desk.writing() as (session, who):
        accounts.end_session(session, who, form.session, at=desk.now)
    return RedirectResponse(localised("/staff/account?done=session", lang), 303)


@router.post("/staff/account/sessions/end")
def sign_out_everywhere(
    desk: Annotated[Desk, writes(_OWN)], lang: LanguageDep, form: Annotated[StaffForm, Form()]
) -> RedirectResponse:
    """End all of one's own sessions, this one among them."""
    del form
    with desk.writing() as (session, who):
        accounts.sign_out_everywhere(session, who, at=desk.now)
    return out_of(desk.request, lang)


def _password_form(desk: Desk, *faults: Fault, status: int = 200, wait: int = 0) -> HTMLResponse:
    return desk.show(
        "staff/password.html", status=status, headers=retry_after(wait), faults=by_field(*faults)
    )


def _factor_form(
    desk: Desk, pending: str | None, *faults: Fault, status: int = 200, wait: int = 0
) -> HTMLResponse:
    picture = None
    if pending is not None:
        address = second_factor.address_of(pending, desk.who.user.login)
        picture = segno.make(address, micro=False).svg_data_uri(border=4, light="#fff", scale=5)
    return desk.show(
        "staff/second_factor.html",
        status=status,
        headers=retry_after(wait),
        faults=by_field(*faults),
        secret_text=pending,
        picture=picture,
    )
