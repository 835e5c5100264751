"""Publishing a synthetic register: batches of drafts by one system account, published by a second."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from seed import load
from seed.synthetic.sizes import Sizes
from seed.synthetic.stream import Section, sections
from service.calendar import Clock
from service.errors import RecordNotFound
from service.register import accounts, importing
from service.register.database import Database
from service.register.models import Division, StaffUser
from service.register.payloads import Payload
from service.register.storing import store
from service.vocabulary import RecordKind, Role

ENTRY_LOGIN = "synthetic-entry"
REVIEW_LOGIN = "synthetic-review"
_BATCH = 2_000
# Areas are heavy: their geometry stands in the draft and in the audit trail too.
_BATCH_OF_AREAS = 250


@dataclass(frozen=True, slots=True)
class Step:
    """One batch done: how many records of the kind so far, of how many, and how many were new or changed."""

    kind: RecordKind
    done: int
    count: int
    published: int


def fill(
    database: Database,
    clock: Clock,
    documents_dir: Path,
    sizes: Sizes,
    *,
    progress: Callable[[Step], None] | None = None,
) -> int:
    """Publish the register of these sizes and return how many records were new; the second time none is.

    The divisions that records lie in come from the first data, which is loaded when it is not there. Batches
    are transactions of their own: an interrupted run is taken up by running it again.
    """
    if not _has_divisions(database):
        load.load(database, clock, documents_dir, demonstration=False)
    stream = sections(sizes)
    for content in stream.contents():
        store(content, "announcement.txt", documents_dir)
    published = 0
    for section in stream.sections:
        for step in _publish(database, clock, documents_dir, section):
            published += step.published
            if progress:
                progress(step)
    return published


def _has_divisions(database: Database) -> bool:
    with database.reading() as session:
        return session.scalar(select(Division.id).where(Division.slug == "qianjiang")) is not None


def _publish(database: Database, clock: Clock, documents_dir: Path, section: Section) -> Iterator[Step]:
    payloads = section.payloads()
    size = _BATCH_OF_AREAS if section.kind is RecordKind.PRODUCTION_AREA else _BATCH
    done = 0
    while batch := list(islice(payloads, size)):
        done += len(batch)
        yield Step(section.kind, done, section.count, _batch(database, clock, documents_dir, batch))


def _batch(database: Database, clock: Clock, documents_dir: Path, batch: list[Payload]) -> int:
    with database.writing() as session:
        entry = _account(session, ENTRY_LOGIN, "系统录入（合成示例）", Role.IMPORTER, clock)
        review = _account(session, REVIEW_LOGIN, "系统审核（合成示例）", Role.REVIEWER, clock)
        run = importing.Import(session, entry, clock.now(), documents_dir)
        report = importing.draft_rows(run, batch[0].kind, list(enumerate(batch, 1)), "synthetic")
        importing.publish_report(run, report, by=review)
        return len(report.drafts)


def _account(session: Session, login: str, name: str, role: Role, clock: Clock) -> StaffUser:
    try:
        return accounts.find_staff(session, login)
    except RecordNotFound:
        return accounts.add_staff(
            session,
            login=login,
            display_name=name,
            person=login,
            roles=[role],
            at=clock.now(),
            is_system=True,
        )
