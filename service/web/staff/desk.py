"""The staff desk's one dependency: every route of it says which act it is, and gets who asks, or is never reached.

@router.get("/staff/users")
def users(desk: Annotated[Desk, reads(StaffAct.SEE_ACCOUNTS)], session: ReadSessionDep) -> HTMLResponse:

@router.post("/staff/users")
def add_user(desk: Annotated[Desk, writes(StaffAct.KEEP_ACCOUNTS)], form: ...) -> Response:
with desk.writing() as (session, who):
accounts.open_account(session, ..., by=who.user, at=desk.now)
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session
from starlette.routing import Match

from service.calendar import china_date
from service.errors import CannotConfirm, ForeignForm, NotPermitted, NotSignedIn
from service.register import accounts
from service.register.accounts import Duty, SignedIn
from service.vocabulary import StaffAct
from service.web.deps import ReadSessionDep, Services, ServicesDep
from service.web.forms import FormBodyDep
from service.web.origin import OwnFormDep
from service.web.staff.cookies import demand_private_line, session_token
from service.web.templating import language_of, render

_PAGES: Final[Mapping[Duty, str]] = {
    Duty.PROVE: "/staff/login/code",
    Duty.CHOOSE_PASSWORD: "/staff/account/password",
    Duty.SET_UP_SECOND_FACTOR: "/staff/account/second-factor",
}
_NONCE_BYTES: Final = 12


@dataclass(frozen=True, slots=True)
class Demand:
    """What a route demands: the act, whether it changes anything, and the duties that it is open to."""

    act: StaffAct
    writes: bool
    settles: frozenset[Duty]


_DEMANDS: dict[Callable[..., Any], Demand] = {}


@dataclass(frozen=True, slots=True)
class Desk:
    """Who sits at the desk in this request, and what they work with."""

    request: Request
    services: Services
    demand: Demand
    who: SignedIn
    token: str
    now: datetime

    @property
    def today(self) -> date:
        """The day in China."""
        return china_date(self.now)

    @property
    def form_token(self) -> str:
        """A token for the forms of this reply, worth something only beside this session's cookie."""
        nonce = secrets.token_hex(
            _NONCE_BYTES
        )  # another one in each page: compressed replies tell nothing of it
        return f"{nonce}.{_seal(self.token, nonce)}"

    @contextmanager
    def writing(self) -> Iterator[tuple[Session, SignedIn]]:
        """Yield a writing transaction and who acts in it, found anew: rights that were taken meanwhile are gone.

        What was written is committed when the block ends, before the reply.

        Raises:
            NotSignedIn, NotPermitted.
        """
        with self.services.database.writing() as session:
            yield session, _demand(self.request, self.services, session, self.demand, self.now)[0]

    def on(self, token: str) -> Desk:
        """Return the desk in the session that was opened in this request, with every duty settled."""
        return replace(self, token=token, who=replace(self.who, duty=None))

    def show(
        self, template: str, /, *, status: int = 200, headers: Mapping[str, str] | None = None, **context: Any
    ) -> HTMLResponse:
        """Return a page of the desk: its frame knows who sits here and what they may do."""
        return render(
            self.request,
            template,
            status=status,
            headers=headers,
            me=self.who.user,
            acts=self.who.held.acts,
            duty=self.who.duty,
            csrf=self.form_token,
            **context,
        )


def _signed_in(request: Request, services: ServicesDep) -> None:
    """Refuse who is not signed in before the body is read: a file in it may be large, and goes to the disk."""
    demand_private_line(request)
    with services.database.reading() as session:
        _who(request, services, session, services.clock.now())


SignedInDep = Annotated[None, Depends(_signed_in, scope="function")]


async def _seal_of_form(request: Request, signed_in: SignedInDep, form: FormBodyDep) -> str:
    del signed_in, form
    # The body was read by the framework already, or is read here, once; a file is no token.
    sealed = (await request.form()).get("csrf")
    return sealed if isinstance(sealed, str) else ""


SealDep = Annotated[str, Depends(_seal_of_form)]


def reads(act: StaffAct, *settles: Duty) -> Any:
    """Return the dependency of a route that only shows; `settles`: duties during which it is open all the same."""
    demand = Demand(act, writes=False, settles=frozenset(settles))

    def reading_desk(request: Request, services: ServicesDep, session: ReadSessionDep) -> Desk:
        demand_private_line(request)
        now = services.clock.now()
        who, token = _demand(request, services, session, demand, now)
        _touch(services, who, now)
        return Desk(request, services, demand, who, token, now)

    _DEMANDS[reading_desk] = demand
    return Depends(reading_desk, scope="function")


def writes(act: StaffAct, *settles: Duty) -> Any:
    """Return the dependency of a route that changes something: the form must be one of ours, made for this session."""
    demand = Demand(act, writes=True, settles=frozenset(settles))

    def writing_desk(request: Request, services: ServicesDep, own: OwnFormDep, sealed: SealDep) -> Desk:
        del own
        demand_private_line(request)
        now = services.clock.now()
        with services.database.reading() as session:
            who, token = _demand(request, services, session, demand, now, sealed=sealed)
            session.expunge(who.user)  # read whole; the page may name it after this transaction
        _touch(services, who, now)
        return Desk(request, services, demand, who, token, now)

    _DEMANDS[writing_desk] = demand
    return Depends(writing_desk, scope="function")


def demand_of(dependant: Any) -> Demand | None:
    """Return what a route demands of who asks; None: it is open to anybody."""
    waiting = [dependant]
    while waiting:
        one = waiting.pop()
        if one.call in _DEMANDS:
            return _DEMANDS[one.call]
        waiting += one.dependencies
    return None


def sign_in_page(request: Request) -> str:
    """Return the address of the sign-in page that leads back to where one was going.

    Who sent a form is told there that nothing of it was kept; who wanted to leave has left.
    """
    asked = {"next": here(request)}
    if request.method == "POST" and not request.scope["path"].endswith("/staff/logout"):
        asked["lost"] = "1"
    return f"/staff/login?{urlencode(asked)}"


def here(request: Request) -> str:
    """Return the address asked for, without its language; of a form, its own page where it has one."""
    path: str = request.scope["path"]
    if language_of(request) == "en":
        path = path.removeprefix("/en")
    if request.method != "GET":
        return path if _is_page(request, path) else "/staff"
    query = request.scope["query_string"].decode("ascii", "replace")
    return f"{path}?{query}" if query else path


def _is_page(request: Request, path: str) -> bool:
    """Return whether an address shows a page, beside what is sent to it."""
    scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)


def _demand(
    request: Request,
    services: Services,
    session: Session,
    demand: Demand,
    now: datetime,
    *,
    sealed: str | None = None,
) -> tuple[SignedIn, str]:
    who, token = _who(request, services, session, now)
    if sealed is not None and not _is_sealed(token, sealed):
        raise ForeignForm
    if who.duty is not None and who.duty not in demand.settles:
        raise NotSignedIn(_page_of(who.duty, request))
    if not who.held.may(demand.act):
        raise NotPermitted(who.user.login, demand.act)
    return who, token


def _who(request: Request, services: Services, session: Session, now: datetime) -> tuple[SignedIn, str]:
    token = session_token(request)
    who = accounts.find_session(session, token, at=now, demo=services.settings.demo) if token else None
    if who is None or token is None:
        raise NotSignedIn(sign_in_page(request))
    return who, token


def _page_of(duty: Duty, request: Request) -> str:
    query = f"?{urlencode({'next': here(request)})}" if duty is Duty.PROVE else ""
    return _PAGES[duty] + query


def _touch(services: Services, who: SignedIn, now: datetime) -> None:
    # While a large import holds the register, nobody waits for it to read a page; the next request notes the moment.
    if who.is_to_be_touched(now):
        with suppress(CannotConfirm), services.database.writing_at_once() as session:
            accounts.touch(session, who, now)


def _seal(token: str, nonce: str) -> str:
    return hmac.new(token.encode(), nonce.encode(), hashlib.sha256).hexdigest()


def _is_sealed(token: str, sealed: str) -> bool:
    nonce, _, seal = sealed.partition(".")
    return hmac.compare_digest(_seal(token, nonce).encode(), seal.encode("utf-8", "replace"))
