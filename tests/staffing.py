"""The staff desk for tests: a site, an account with roles, and a browser that is signed in to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.testclient import TestClient
from walking import innermost

from service.app import create_app
from service.calendar import Clock
from service.register import accounts
from service.register.accounts import passwords
from service.register.accounts.sessions import open_session
from service.register.database import Database
from service.register.models import StaffUser
from service.settings import Settings
from service.vocabulary import RecordKind, Role

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
BASE_URL = "http://127.0.0.1:8000"
OWN = {"sec-fetch-site": "same-origin"}
PASSWORD = "七只鸭子过河去赶场，回来一只"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HOSTILE = "<script>alert('x')</script>\"><svg onload=alert(1)>{{ 7*7 }}"
_numbers = count(1)
_lines = count(1)
_TOKEN = re.compile(r'name="csrf" value="([^"]+)"')


def an_officer(
    database: Database,
    *roles: Role,
    login: str | None = None,
    kinds: tuple[RecordKind, ...] = (),
    password: str | None = None,
    is_demonstration: bool = False,
) -> StaffUser:
    """An account with these roles that owes nothing: its second factor is set up where its roles ask for one."""
    login = login or f"officer-{next(_numbers)}"
    made = accounts.NewAccount(
        login=login,
        display_name=f"名叫{login}",
        person=f"p-{login}",
        roles=roles,
        kinds=kinds,
        is_demonstration=is_demonstration,
    )
    with database.writing() as session:
        user, _ = accounts.open_account(session, made, by=None, at=NOW)
        user.one_time_until = None
        user.totp_secret = SECRET if {Role.REVIEWER, Role.ADMIN} & set(roles) else None
        if password:
            user.password_hash = passwords.hash_of(password)
    return user


class MovingClock:
    """A clock that tests move."""

    def __init__(self, moment: datetime = NOW) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def forward(self, **span: float) -> None:
        self.moment += timedelta(**span)


@contextmanager
def a_desk(
    registers: Any,
    folder: Path,
    backend: str = "spatialite",
    content: str = "seeded",
    *,
    clock: Clock | None = None,
    **more: Any,
) -> Iterator[tuple[TestClient, Database]]:
    """A site on a register of its own: a client of it, and the register as the site holds it."""
    settings = Settings(data_dir=folder, database_url=registers.make(backend, content), **more)
    app = create_app(settings, clock or MovingClock(), works=False)
    with TestClient(app, BASE_URL, raise_server_exceptions=False) as client:
        yield client, innermost(app).state.services.database


class Seat:
    """Somebody at the desk: a client with its own cookie."""

    def __init__(self, client: TestClient, token: str | None = None) -> None:
        self.client = client
        self.token = token
        self._seals: dict[str | None, str] = {}

    def get(self, address: str, **more: Any) -> Any:
        return self._ask("GET", address, **more)

    def post(
        self, address: str, data: dict[str, Any] | None = None, *, csrf: str | None = None, **more: Any
    ) -> Any:
        """Send a form, with a token out of one of our own pages unless another is given."""
        token = self.csrf() if csrf is None else csrf
        return self._ask("POST", address, data={**(data or {}), "csrf": token}, **more)

    def post_text(self, address: str, data: dict[str, Any]) -> Any:
        """Send a form whose text may hold what no browser would send: half of a character, as three bytes."""
        body = urlencode({**data, "csrf": self.csrf()}, doseq=True, errors="surrogatepass")
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return self._ask("POST", address, content=body, headers=headers)

    def csrf(self) -> str:
        """Return a token out of one of our own pages: it holds as long as the session."""
        if self.token not in self._seals:
            found = _TOKEN.search(self.get("/staff/account").text)
            self._seals[self.token] = found[1] if found else ""
        return self._seals[self.token]

    def _ask(self, method: str, address: str, **more: Any) -> Any:
        cookie = {"cookie": f"sid={self.token}"} if self.token else {}
        headers = {**OWN, **cookie, **more.pop("headers", {})}
        self.client.cookies.clear()
        return self.client.request(method, address, headers=headers, follow_redirects=False, **more)


def elsewhere(client: TestClient) -> TestClient:
    """Another client of the same site, on a line of its own: tries are counted by line."""
    address = f"203.0.113.{next(_lines)}"
    return TestClient(client.app, BASE_URL, client=(address, 50000), raise_server_exceptions=False)


def seated(client: TestClient, database: Database, user: StaffUser, *, at: datetime = NOW) -> Seat:
    """Somebody who is signed in to the account, without the work of a password."""
    with database.writing() as session:
        fresh = accounts.find_staff(session, user.login)
        token = open_session(session, fresh, at=at, browser="test", is_proven=True)
    return Seat(client, token)
