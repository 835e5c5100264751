"""The desk of imports: to whom it is open, and the register's desk at which they work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from service.register import annexes
from service.vocabulary import RecordKind
from service.web.staff.desk import Desk
from service.web.staff.reaching import open_kind

_BROUGHT: Final = RecordKind.AUTHORISATION
"""What an announcement's annex brings: whoever may not read such records sees nothing of its batches."""


def demand_open(desk: Desk) -> None:
    """Hide the batches from those who are limited to other kinds of record.

    Raises:
        RecordNotFound: so.
    """
    open_kind(desk, _BROUGHT)


@contextmanager
def at_work(desk: Desk) -> Iterator[annexes.Desk]:
    """Yield the register's desk in a writing transaction, which is committed when the block ends.

    Raises:
        NotSignedIn, NotPermitted.
    """
    with desk.writing() as (session, who):
        yield annexes.Desk(session, who.user, desk.now, desk.services.settings.documents_dir)
