"""Accounts, for those who keep them: opening, roles, disabling, and help for who is locked out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, Form, Path
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session
from starlette.responses import Response

from service.errors import DuplicateRecord, FieldNotAllowed, LastAdmin, RolesQuarrel
from service.register import accounts, sent_twice
from service.register.accounts import NewAccount
from service.vocabulary import RecordKind, Role, StaffAct
from service.web.deps import LanguageDep, ReadSessionDep
from service.web.forms import Fault, clean
from service.web.staff.desk import Desk, reads, writes
from service.web.staff.forms import StaffForm, by_field, unwritable
from service.web.staff.listing import Text
from service.web.templating import localised

router = APIRouter()
Login = Annotated[str, Path(max_length=60)]
_DONE: Final = frozenset({"roles", "active", "disabled", "second-factor", "sessions"})
_SEE, _KEEP = StaffAct.SEE_ACCOUNTS, StaffAct.KEEP_ACCOUNTS


class RolesForm(StaffForm):
    """Roles, and a partner's kinds of record."""

    roles: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


class AccountForm(RolesForm):
    """A new account; `form`: see `accounts.open_account`."""

    form: str = ""
    login: str = ""
    display_name: str = ""
    person: str = ""


class StateForm(StaffForm):
    """Whether an account shall be open."""

    state: str = ""


@router.get("/staff/users")
def users(
    desk: Annotated[Desk, reads(_SEE)],
    session: ReadSessionDep,
    role: Text = "",
    state: Text = "",
) -> HTMLResponse:
    """Return the accounts of people, narrowed by role and state."""
    chosen = Role(role) if role in set(Role) else None
    active = {"active": True, "disabled": False}.get(state)
    return desk.show(
        "staff/users.html",
        found=accounts.list_accounts(session, role=chosen, active=active),
        role=chosen,
        state=state if active is not None else "",
        roles=tuple(Role),
    )


@router.get("/staff/users/new")
def new_user(desk: Annotated[Desk, reads(_KEEP)]) -> HTMLResponse:
    """Return the form for a new account."""
    return _new_form(desk, AccountForm(form=sent_twice.new_form()))


@router.post("/staff/users", response_model=None)
def add_user(desk: Annotated[Desk, writes(_KEEP)], form: Annotated[AccountForm, Form()]) -> Response:
    """Open an account and show its one-time password, this once; or return the form with what is wrong."""
    facts = {name: clean(getattr(form, name)) for name in ("login", "display_name", "person")}
    form = form.model_copy(update=facts)
    names = [Fault(name, code) for name, code in accounts.name_faults(**facts).items()]
    if faults := [*unwritable(facts), *names, *_choice_faults(form)]:
        return _new_form(desk, form, *faults)
    made = NewAccount(
        login=form.login,
        display_name=form.display_name,
        person=form.person,
        roles=_roles(form),
        kinds=_kinds(form),
    )
    try:
        with desk.writing() as (session, who):
            token = form.form if sent_twice.is_form(form.form) else None
            user, password = accounts.open_account(session, made, by=who.user, at=desk.now, form=token)
    except (FieldNotAllowed, DuplicateRecord, RolesQuarrel) as error:
        return _new_form(desk, form, _fault(error))
    return desk.show("staff/one_time_password.html", user=user, password=password, is_new=True)


@router.get("/staff/users/{login}")
def user(
    desk: Annotated[Desk, reads(_SEE)],
    session: ReadSessionDep,
    login: Login,
    done: Text = "",
) -> HTMLResponse:
    """Return one account with what may be done about it."""
    return _user_page(desk, session, login, None, done=done in _DONE)


@router.post("/staff/users/{login}/roles", response_model=None)
def change_roles(
    desk: Annotated[Desk, writes(_KEEP)],
    lang: LanguageDep,
    login: Login,
    form: Annotated[RolesForm, Form()],
) -> Response:
    """Give the account other roles; its sessions are dead."""
    if faults := _choice_faults(form):
        return _refused(desk, login, form, *faults)
    try:
        with desk.writing() as (session, who):
            user = accounts.find_staff(session, login)
            accounts.change_roles(session, user, _roles(form), _kinds(form), by=who.user, at=desk.now)
    except (FieldNotAllowed, RolesQuarrel, LastAdmin) as error:
        return _refused(desk, login, form, _fault(error))
    return _back(login, "roles", lang)


@router.post("/staff/users/{login}/state", response_model=None)
def set_state(
    desk: Annotated[Desk, writes(_KEEP)],
    lang: LanguageDep,
    login: Login,
    form: Annotated[StateForm, Form()],
) -> Response:
    """Disable the account or open it again; its sessions are dead."""
    if form.state not in {"active", "disabled"}:
        return _refused(desk, login, None, Fault("state", "choice_missing"))
    try:
        with desk.writing() as (session, who):
            user = accounts.find_staff(session, login)
            accounts.set_active(session, user, active=form.state == "active", by=who.user, at=desk.now)
    except LastAdmin as error:
        return _refused(desk, login, None, Fault("state", error.code))
    return _back(login, form.state, lang)


@router.post("/staff/users/{login}/password")
def reset_password(
    desk: Annotated[Desk, writes(_KEEP)], login: Login, form: Annotated[StaffForm, Form()]
) -> HTMLResponse:
    """Give the account a one-time password and show it, this once."""
    del form
    with desk.writing() as (session, who):
        user = accounts.find_staff(session, login)
        password = accounts.give_one_time_password(session, user, by=who.user, at=desk.now)
    return desk.show("staff/one_time_password.html", user=user, password=password, is_new=False)


@router.post("/staff/users/{login}/second-factor")
def reset_second_factor(
    desk: Annotated[Desk, writes(_KEEP)],
    lang: LanguageDep,
    login: Login,
    form: Annotated[StaffForm, Form()],
) -> RedirectResponse:
    """Take the account's second factor away, so that it can be set up anew."""
    del form
    return _helped(desk, login, "second-factor", lang, accounts.reset_second_factor)


@router.post("/staff/users/{login}/sessions")
def end_sessions(
    desk: Annotated[Desk, writes(_KEEP)],
    lang: LanguageDep,
    login: Login,
    form: Annotated[StaffForm, Form()],
) -> RedirectResponse:
    """End every session of the account, which stays open."""
    del form
    return _helped(desk, login, "sessions", lang, accounts.end_sessions)


def _helped(
    desk: Desk, login: str, done: str, lang: str, help_with: Callable[..., object]
) -> RedirectResponse:
    """Do what helps the owner of the account, and show it."""
    with desk.writing() as (session, who):
        help_with(session, accounts.find_staff(session, login), by=who.user, at=desk.now)
    return _back(login, done, lang)


def _choice_faults(form: RolesForm) -> list[Fault]:
    found = []
    if not form.roles or not set(form.roles) <= set(Role):
        found.append(Fault("roles", "no_role"))
    if not set(form.kinds) <= set(RecordKind) or (Role.PARTNER in form.roles) != bool(form.kinds):
        found.append(Fault("kinds", "kinds_of_a_partner"))
    return found


def _roles(form: RolesForm) -> list[Role]:
    return [Role(code) for code in form.roles]


def _kinds(form: RolesForm) -> list[RecordKind]:
    return [RecordKind(code) for code in form.kinds]


def _fault(error: FieldNotAllowed | DuplicateRecord | RolesQuarrel | LastAdmin) -> Fault:
    match error:
        case FieldNotAllowed():
            return Fault(error.field, error.problem)
        case DuplicateRecord():
            return Fault(error.field, "login_taken")
        case _:
            return Fault("roles", error.code)


def _new_form(desk: Desk, form: AccountForm, *faults: Fault) -> HTMLResponse:
    return desk.show(
        "staff/new_user.html",
        status=422 if faults else 200,
        form=form,
        faults=by_field(*faults),
        all_roles=tuple(Role),
        all_kinds=tuple(RecordKind),
    )


def _refused(desk: Desk, login: str, form: RolesForm | None, *faults: Fault) -> HTMLResponse:
    with desk.services.database.reading() as session:
        return _user_page(desk, session, login, form, *faults)


def _user_page(
    desk: Desk,
    session: Session,
    login: str,
    form: RolesForm | None,
    *faults: Fault,
    done: bool = False,
) -> HTMLResponse:
    found = accounts.find_account(session, login)
    kept = RolesForm(roles=tuple(found.held.roles), kinds=tuple(found.held.scope))
    return desk.show(
        "staff/user.html",
        status=422 if faults else 200,
        account=found,
        done=done,
        form=form or kept,
        faults=by_field(*faults),
        sessions=accounts.list_sessions(session, found.user, desk.now),
        all_roles=tuple(Role),
        all_kinds=tuple(RecordKind),
    )


def _back(login: str, done: str, lang: str) -> RedirectResponse:
    return RedirectResponse(localised(f"/staff/users/{login}?done={done}", lang), 303)
