"""A desk for tests of annexes: the made-up announcements, a person who imports, and one who applies."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import date
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import orjson
from factories import NOW, an_account
from sqlalchemy import select

from service.calendar import FixedClock
from service.register import accounts, annexes, editing
from service.register.indexing.building import all_documents
from service.register.models import AnnexErrand, Organisation, Revision
from service.register.open_data import DATASETS, Context
from service.register.open_data.reading import rows_of, values_of
from service.register.payloads import OrganisationPayload
from service.register.verification import verify
from service.vocabulary import ErrandKind, Issuer, Outcome, RecordKind, Role

FOLDER = Path(__file__).parents[1] / "data" / "announcements"
sys.path.append(str(FOLDER))  # last, as in the conftest

from make_announcements import code  # noqa: E402

_CLOCK = FixedClock(NOW)
__all__ = ["FACTS", "WHY", "Office", "code", "facts"]
FACTS = annexes.Facts(
    Issuer.DEMONSTRATION,
    "2026年第901号",
    "示例机关公告2026年第901号（虚构）",
    date(2026, 10, 1),
    declared_organisations=48,
)
WHY = "公告正文误写，已电话核实（虚构）"


def facts(number, declared, **more):
    """An announcement of the demonstration office; 2026年第{number}号."""
    name = f"2026年第{number}号"
    return replace(
        FACTS, number=name, title=f"示例机关公告{name}（虚构）", declared_organisations=declared, **more
    )


@lru_cache
def taken_in(content, name, encoding):
    """What a file holds; read once for all tests, since each reading is a process of its own."""
    return annexes.take_in(content, name, encoding)


class Office:
    """Two people at a register: one imports, the other applies; each act is a transaction of its own."""

    def __init__(self, database, folder) -> None:
        self.database = database
        self.folder = folder
        with database.writing() as session:
            an_account(session, "dao-ru", Role.IMPORTER)
            an_account(session, "shen-pi", Role.REVIEWER)

    @contextmanager
    def desk(self, login="dao-ru", progress=None):
        with self.database.writing() as session:
            by = accounts.find_staff(session, login)
            yield annexes.Desk(session, by, NOW, self.folder / "documents", progress)

    def take_in(self, name, encoding="utf-8", content=None):
        content = (FOLDER / name).read_bytes() if content is None else content
        intake = taken_in(content, name, encoding)
        choices = [annexes.choice_of(*annexes.suggest(table)) for table in intake.tables]
        return content, intake, choices

    def preview(self, name, stated=FACTS, *, change=None, **how):
        _, intake, choices = self.take_in(name, **how)
        with self.database.reading() as session:
            return annexes.preview(session, intake, change(choices) if change else choices, stated)

    def draft(self, name, stated=FACTS, *, encoding="utf-8", content=None, **decided):
        content, intake, choices = self.take_in(name, encoding, content)
        with self.desk() as desk:
            batch = annexes.draft_batch(desk, content, intake, choices, stated, **decided)
            return batch.ulid if batch else None

    def apply(self, ulid, *, by="shen-pi", **how):
        with self.desk(by) as desk:
            return annexes.apply_batch(desk, ulid, **how)

    def import_(self, name, stated=FACTS, **decided):
        ulid = self.draft(name, stated, **decided)
        self.apply(ulid)
        return ulid

    def ask(self, kind, ulid, *, by="shen-pi", **decided):
        """Put an errand with a batch down for the worker, and return its identifier."""
        with self.desk(by) as desk:
            batch = annexes.find_batch(desk.session, ulid)
            if kind is ErrandKind.APPLY:
                decided = {"editions": annexes.editions_of(desk.session, batch), **decided}
            return annexes.errands.ask(desk, kind, batch.file, **decided).ulid

    def do(self, errand, progress=None, clock=_CLOCK):
        """Do an errand as the worker does, and return its refusal and its result."""
        annexes.Doer(self.database, clock, self.folder / "documents", progress).do(errand)
        with self.database.reading() as session:
            found = session.scalars(select(AnnexErrand).where(AnnexErrand.ulid == errand)).one()
            return found.refusal, found.result

    def revise(self, ulid):
        """Have a draft of a batch taken back, written anew and handed over again; return its key."""
        with self.desk() as desk:
            of_batch = select(Revision).where(
                Revision.batch_id == annexes.find_batch(desk.session, ulid).file.id,
                Revision.record_kind == RecordKind.ORGANISATION,
            )
            draft = desk.session.scalars(of_batch.order_by(Revision.id)).first()
            payload = OrganisationPayload.model_validate({**draft.payload, "address": "没有人看过的地址"})
            edit = editing.Edit(payload=payload, edition=draft.edition, version=0)
            editing.revise(desk.session, draft, edit, by=desk.by, at=desk.at)
            editing.submit(desk.session, [draft], by=desk.by, at=desk.at)
            return draft.record_key

    def undo(self, ulid, reason="表格有误（虚构）"):
        with self.desk() as desk:
            return annexes.draft_undo(desk, ulid, reason).ulid

    def batch(self, ulid):
        with self.database.reading() as session:
            found = annexes.find_batch(session, ulid)
            return SimpleNamespace(
                state=found.state, undone_by=found.undone_by, reason=found.annex.override_reason
            )

    def public_state(self):
        """What the public can see, as one hash: every open table, every search document, every verdict."""
        with self.database.reading() as session:
            return sha256(
                orjson.dumps(_public(session), option=orjson.OPT_SORT_KEYS, default=str)
            ).hexdigest()

    def verdict(self, code, target=None):
        with self.database.reading() as session:
            return verify(session, code, target, date(2026, 11, 23), now=NOW).outcome.value


_HISTORY = {"revision", "changed_on"}
"""What tells when a record last changed, which goes on counting: nothing that was public is ever unsaid."""


def _public(session):
    on = date(2026, 11, 23)
    context = Context(on, "https://example.test")
    tables = {
        dataset.name: [
            [
                value
                for column, value in zip(dataset.columns, values_of(dataset, row, context), strict=True)
                if column.name not in _HISTORY
            ]
            for row in rows_of(session, dataset)
            if row.withdrawal is None
        ]
        for dataset in DATASETS.values()
    }
    documents = [{**asdict(each), "version": None} for each in all_documents(session, on)]
    codes = sorted(filter(None, session.scalars(select(Organisation.uscc).distinct())))
    verdicts = [_answer(session, code, on) for code in codes]
    return {"tables": tables, "documents": documents, "verdicts": [each for each in verdicts if each]}


def _answer(session, code, on):
    answer = verify(session, code, None, on, now=NOW)
    # A code that is not on record answers as one that never was.
    return (
        None
        if answer.outcome is Outcome.NOT_ON_RECORD
        else [
            code,
            answer.outcome,
            answer.reason,
            [each.announcement for each in answer.evidence],
        ]
    )
