"""The register's desk of imports, at which who is signed in works."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from service.register import annexes
from service.web.staff.desk import Desk


@contextmanager
def at_work(desk: Desk) -> Iterator[annexes.Desk]:
    """Yield the register's desk in a writing transaction, which is committed when the block ends.

    Raises:
        NotSignedIn, NotPermitted.
    """
    with desk.writing() as (session, who):
        yield annexes.Desk(session, who.user, desk.now, desk.services.settings.documents_dir)
