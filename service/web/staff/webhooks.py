"""Receivers of changes, for those who keep them: registered, tried, paused, resumed, ended (decision 0014)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session
from starlette.responses import Response

from service.courier import courier_of
from service.delivering import AddressRefused, demand_reachable
from service.errors import RecordNotFound
from service.register import subscribing
from service.register.history import TrailQuery, search_trail
from service.register.lookups.change_feed import START, find_followed
from service.register.verification.reading import data_version
from service.vocabulary import ChangeKind, StaffAct
from service.web.deps import LanguageDep, ReadSessionDep, Ulid
from service.web.forms import Fault, clean
from service.web.staff.desk import Desk, reads, writes
from service.web.staff.forms import StaffForm, by_field, unwritable
from service.web.staff.listing import Text
from service.web.templating import localised

router = APIRouter()
_SEE, _KEEP = StaffAct.SEE_KEYS, StaffAct.KEEP_KEYS
_DONE: Final = frozenset({"paused", "resumed", "removed"})
_FIELDS: Final[Mapping[str, str]] = {"gi_product": "product", "organisation": "organisation"}
"""Where it is told that what shall be followed is not on the register."""


class WebhookForm(StaffForm):
    """A new receiver: its address, what it follows, and whether it is told what was published before."""

    url: str = ""
    kinds: tuple[str, ...] = ()
    product: str = ""
    organisation: str = ""
    from_start: str = ""


class StateForm(StaffForm):
    """Whether a receiver shall be told."""

    state: str = ""


@router.get("/staff/webhooks")
def list_webhooks(
    desk: Annotated[Desk, reads(_SEE)],
    session: ReadSessionDep,
    done: Text = "",
) -> HTMLResponse:
    """Return the receivers: what they follow, how they stand, what was delivered last."""
    return desk.show(
        "staff/webhooks.html",
        found=subscribing.list_subscriptions(session),
        version=data_version(session),
        done=done if done in _DONE else "",
    )


@router.get("/staff/webhooks/new")
def new_webhook(desk: Annotated[Desk, reads(_KEEP)]) -> HTMLResponse:
    """Return the form for a new receiver."""
    return _new_form(desk, WebhookForm())


@router.post("/staff/webhooks")
def add_webhook(desk: Annotated[Desk, writes(_KEEP)], form: Annotated[WebhookForm, Form()]) -> HTMLResponse:
    """Add a receiver and show the secret its messages are signed with, this once; or the form with what is wrong."""
    facts = {name: clean(getattr(form, name)) for name in ("url", "product", "organisation")}
    form = form.model_copy(update=facts)
    faults = unwritable(facts)
    if not set(form.kinds) <= set(ChangeKind):
        faults.append(Fault("kinds", "choice_missing"))
    if faults:
        return _new_form(desk, form, *faults)
    kinds = [ChangeKind(code) for code in form.kinds]
    try:
        # Its name is looked up before the transaction: that may take seconds.
        demand_reachable(form.url, allow_loopback=desk.services.settings.webhooks_allow_loopback)
        with desk.writing() as (session, who):
            followed = find_followed(session, kinds, form.product or None, form.organisation or None)
            since = START if form.from_start else None
            made = subscribing.add_webhook(
                session, form.url, followed, since=since, now=desk.now, by=who.user
            )
    except AddressRefused as error:
        return _new_form(desk, form, Fault("url", error.code))
    except RecordNotFound as error:
        return _new_form(desk, form, Fault(_FIELDS[error.kind], "reference_not_found"))
    return desk.show("staff/webhook_secret.html", webhook=made)


@router.get("/staff/webhooks/{ulid}")
def one_webhook(
    desk: Annotated[Desk, reads(_SEE)],
    session: ReadSessionDep,
    ulid: Ulid,
    done: Text = "",
) -> HTMLResponse:
    """Return one receiver: how it stands, what was delivered last, what happened to it."""
    return _webhook_page(desk, session, ulid, done=done if done in _DONE else "")


@router.post("/staff/webhooks/{ulid}/test")
def send_test(
    desk: Annotated[Desk, writes(_KEEP)], ulid: Ulid, form: Annotated[StaffForm, Form()]
) -> HTMLResponse:
    """Send a message without changes and say what came back."""
    del form
    services = desk.services
    courier = courier_of(services.settings, services.database, services.clock)
    problem = courier.test(ulid, by=desk.who.user)
    with services.database.reading() as session:
        return _webhook_page(desk, session, ulid, tested=True, problem=problem)


@router.post("/staff/webhooks/{ulid}/state", response_model=None)
def set_webhook_state(
    desk: Annotated[Desk, writes(_KEEP)], lang: LanguageDep, ulid: Ulid, form: Annotated[StateForm, Form()]
) -> Response:
    """Pause the receiver, or tell it again from where it stands."""
    acts: dict[str, Callable[..., None]] = {
        "paused": subscribing.pause_webhook,
        "resumed": subscribing.resume_webhook,
    }
    if form.state not in acts:
        with desk.services.database.reading() as session:
            return _webhook_page(desk, session, ulid, Fault("state", "choice_missing"))
    with desk.writing() as (session, who):
        acts[form.state](session, ulid, now=desk.now, by=who.user)
    return RedirectResponse(localised(f"/staff/webhooks/{ulid}?done={form.state}", lang), 303)


@router.post("/staff/webhooks/{ulid}/remove")
def remove_webhook(
    desk: Annotated[Desk, writes(_KEEP)], lang: LanguageDep, ulid: Ulid, form: Annotated[StaffForm, Form()]
) -> RedirectResponse:
    """Take the receiver off; it is told nothing more."""
    del form
    with desk.writing() as (session, who):
        subscribing.remove_webhook(session, ulid, now=desk.now, by=who.user)
    return RedirectResponse(localised("/staff/webhooks?done=removed", lang), 303)


def _new_form(desk: Desk, form: WebhookForm, *faults: Fault) -> HTMLResponse:
    return desk.show(
        "staff/new_webhook.html",
        status=422 if faults else 200,
        form=form,
        faults=by_field(*faults),
        all_kinds=tuple(ChangeKind),
    )


def _webhook_page(desk: Desk, session: Session, ulid: str, *faults: Fault, **told: Any) -> HTMLResponse:
    found = subscribing.find_subscription(session, ulid)
    return desk.show(
        "staff/webhook.html",
        status=422 if faults else 200,
        found=found,
        version=data_version(session),
        trail=search_trail(session, TrailQuery(subject=(subscribing.AUDITED_AS, ulid))).rows,
        faults=by_field(*faults),
        **{"done": "", "tested": False, "problem": None, **told},
    )
