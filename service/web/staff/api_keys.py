"""Keys of the interface, for those who keep them: issued with a secret shown once, counted, revoked with a reason."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form, Path
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session
from starlette.responses import Response

from service.errors import DuplicateRecord, FieldNotAllowed
from service.register import keys, sent_twice
from service.register.history import TrailQuery, search_trail
from service.vocabulary import ApiScope, StaffAct
from service.web.admission import KEY, ROWS_OF_KEY
from service.web.deps import LanguageDep, ReadSessionDep
from service.web.forms import Fault, clean
from service.web.staff.desk import Desk, reads, writes
from service.web.staff.forms import StaffForm, by_field, fault_of_reason, unwritable
from service.web.staff.listing import Text
from service.web.templating import localised

router = APIRouter()
Prefix = Annotated[str, Path(max_length=12)]
MONTHS: Final = 12
_SEE, _KEEP = StaffAct.SEE_KEYS, StaffAct.KEEP_KEYS


class KeyForm(StaffForm):
    """A new key: who will use it, and for what; `form`: see `sent_twice.new_form`."""

    holder: str = ""
    scopes: tuple[str, ...] = ()
    form: str = ""


class ReasonForm(StaffForm):
    """Why a key is revoked."""

    reason: str = ""


@router.get("/staff/keys")
def list_keys(desk: Annotated[Desk, reads(_SEE)], session: ReadSessionDep) -> HTMLResponse:
    """Return every key with what was asked with it month by month, the newest first."""
    return desk.show(
        "staff/keys.html",
        found=keys.list_keys(session),
        used=keys.use_by_month(session, MONTHS, desk.today),
        scopes={scope.value: scope for scope in ApiScope},
    )


@router.get("/staff/keys/new")
def new_key(desk: Annotated[Desk, reads(_KEEP)]) -> HTMLResponse:
    """Return the form for a new key."""
    return _new_form(desk, KeyForm(form=sent_twice.new_form()))


@router.post("/staff/keys", response_model=None)
def issue_key(
    desk: Annotated[Desk, writes(_KEEP)], lang: LanguageDep, form: Annotated[KeyForm, Form()]
) -> Response:
    """Issue a key and show its secret, this once; or return the form with what is wrong."""
    form = form.model_copy(update={"holder": clean(form.holder)})
    faults = unwritable({"holder": form.holder})
    if not set(form.scopes) <= set(ApiScope):
        faults.append(Fault("scopes", "no_scope"))
    if faults:
        return _new_form(desk, form, *faults)
    try:
        with desk.writing() as (session, who):
            scopes = [ApiScope(code) for code in form.scopes]
            token = form.form if sent_twice.is_form(form.form) else None
            key, secret = keys.issue(session, form.holder, scopes, by=who.user, at=desk.now, form=token)
    except FieldNotAllowed as error:
        return _new_form(
            desk, form, Fault(error.field, "bad_name" if error.field == "holder" else "no_scope")
        )
    except DuplicateRecord as error:  # the form was sent again long after, or its key was revoked since
        return RedirectResponse(localised(f"/staff/keys/{error.value}", lang), 303)
    return desk.show("staff/key_secret.html", key=key, secret_text=secret)


@router.get("/staff/keys/{prefix}")
def one_key(
    desk: Annotated[Desk, reads(_SEE)],
    session: ReadSessionDep,
    prefix: Prefix,
    done: Text = "",
) -> HTMLResponse:
    """Return one key: what it is good for, how it is used, what happened to it."""
    return _key_page(desk, session, prefix, done=done == "revoked")


@router.post("/staff/keys/{prefix}/revoke", response_model=None)
def revoke_key(
    desk: Annotated[Desk, writes(_KEEP)],
    lang: LanguageDep,
    prefix: Prefix,
    form: Annotated[ReasonForm, Form()],
) -> Response:
    """Revoke the key: the next request that brings it is refused."""
    reason = clean(form.reason)
    if fault := fault_of_reason(reason):
        with desk.services.database.reading() as session:
            return _key_page(desk, session, prefix, fault, reason=reason)
    with desk.writing() as (session, who):
        keys.revoke(session, prefix, by=who.user, at=desk.now, reason=reason)
    return RedirectResponse(localised(f"/staff/keys/{prefix}?done=revoked", lang), 303)


def _new_form(desk: Desk, form: KeyForm, *faults: Fault) -> HTMLResponse:
    return desk.show(
        "staff/new_key.html",
        status=422 if faults else 200,
        form=form,
        faults=by_field(*faults),
        all_scopes=tuple(ApiScope),
    )


def _key_page(
    desk: Desk, session: Session, prefix: str, *faults: Fault, reason: str = "", done: bool = False
) -> HTMLResponse:
    key = keys.find_by_prefix(session, prefix)
    return desk.show(
        "staff/key.html",
        status=422 if faults else 200,
        key=key,
        months=keys.use_by_month(session, MONTHS, desk.today).get(key.id, ()),
        scopes={scope.value: scope for scope in ApiScope},
        allowances=KEY,
        rows_allowed=ROWS_OF_KEY,
        trail=search_trail(session, TrailQuery(subject=(keys.AUDITED_AS, key.ulid))).rows,
        reason=reason,
        faults=by_field(*faults),
        done=done,
    )
