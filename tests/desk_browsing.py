"""People at the staff desk in Chromium: a site, its register beside it, and browsers that are signed in."""

from __future__ import annotations

from typing import Any

from conftest import NOW
from playwright.sync_api import Browser, Page
from sqlalchemy import select
from staffing import an_officer

from service.calendar import Clock, FixedClock
from service.register import accounts
from service.register.accounts.sessions import open_session
from service.register.database import Database
from service.vocabulary import Role


class Desk:
    """A served site, and the people at its desk."""

    def __init__(
        self, address: str, database: Database, browser: Browser, clock: Clock | None = None
    ) -> None:
        self.address = address
        self.database = database
        self.browser = browser
        self.clock = clock or FixedClock(NOW)

    def seat(self, *roles: Role, scripts: bool = False, width: int = 1280, **more: Any) -> Page:
        """Somebody with these roles who is signed in, by default without scripts."""
        user = an_officer(self.database, *roles)
        with self.database.writing() as session:
            fresh = accounts.find_staff(session, user.login)
            token = open_session(session, fresh, at=self.clock.now(), browser="test", is_proven=True)
        size = {"width": width, "height": 844}
        context = self.browser.new_context(java_script_enabled=scripts, viewport=size, **more)
        context.add_cookies([{"name": "sid", "value": token, "url": self.address}])
        page = context.new_page()
        page.set_default_timeout(20_000)
        return page

    def visitor(self) -> Page:
        """Somebody of the public."""
        return self.browser.new_context().new_page()

    def ulid_of(self, model: Any, **facts: Any) -> str:
        """The permanent identifier of the one record with these facts."""
        with self.database.reading() as session:
            return str(session.scalars(select(model.ulid).filter_by(**facts)).one())
