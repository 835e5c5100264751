"""From the rows of a table to drafts: the valid part, what went stale, a dry run, and a table that brings nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from annex_desk import code
from annex_tables import COUNTED, STATED, an_office, row
from factories import (
    NOW,
    a_reviewer,
    an_authorisation,
    an_editor,
    an_organisation,
)
from sqlalchemy import select

from service.errors import ImportRefused, UploadRefused
from service.register import annexes, editing
from service.register.models import Revision
from service.vocabulary import (
    DraftState,
)


@pytest.fixture
def office(session, tmp_path):
    return an_office(session, tmp_path)


def test_the_valid_part_is_drafted_when_that_is_said_and_nothing_otherwise(office):
    looked = office.look(row(1), row(2, "没有的产品"))
    with pytest.raises(ImportRefused) as refused:
        office.draft(looked)
    assert [(each.line, each.code) for each in refused.value.problems] == [(3, "unknown_product")]
    assert not office.session.scalars(select(Revision).where(Revision.state == DraftState.IN_REVIEW)).all()
    assert office.apply(office.draft(looked, only_valid=True)).published == 4


def test_rows_that_went_stale_are_returned_and_the_others_published(office):
    batch = office.draft(office.look(row(1), row(2)))
    an_organisation(office.session, uscc=code(2), name="抢先登记公司")
    with pytest.raises(ImportRefused) as refused, office.session.begin_nested():
        office.apply(batch)
    assert [each.line for each in refused.value.problems] == [3]
    done = office.apply(batch, only_valid=True)
    assert (done.published, done.returned) == (4, 2)
    returned = office.session.scalars(select(Revision).where(Revision.state == DraftState.RETURNED)).all()
    assert {each.record_kind.value for each in returned} == {"organisation", "authorisation"}


def test_what_was_granted_meanwhile_is_not_granted_again(office):
    firm = an_organisation(office.session, uscc=code(1), name="示例1号公司")
    batch = office.draft(office.look(row(1)))
    an_authorisation(office.session, office.protection, firm)
    with pytest.raises(ImportRefused) as refused:
        office.apply(batch)
    assert [each.code for each in refused.value.problems] == ["already_active"]


def test_a_dry_run_tells_what_publishing_would_refuse_and_keeps_nothing(office, tmp_path):
    looked = office.look(row(1, mark="长" * 300), row(2))
    before = office.session.scalars(select(Revision.id)).all()
    desk = annexes.Desk(office.session, an_editor(office.session), NOW, tmp_path)
    seen, refusals = annexes.dry_run(desk, looked.intake, looked.choices, looked.facts)
    assert (len(seen.rows), refusals) == (2, [])
    assert office.session.scalars(select(Revision.id)).all() == before
    assert not list(tmp_path.rglob("*"))


def test_progress_is_told_row_by_row_and_draft_by_draft(office, tmp_path):
    looked = office.look(*(row(n) for n in range(1, 41)))
    heard = []
    tell = lambda done, total: heard.append((done, total))  # noqa: E731
    desk = annexes.Desk(office.session, an_editor(office.session), NOW, tmp_path, tell)
    batch = annexes.draft_batch(
        desk, looked.content, looked.intake, looked.choices, looked.facts, override_reason=COUNTED
    )
    assert (40, 40) in heard
    assert heard[-1] == (82, 82)
    heard.clear()
    annexes.apply_batch(replace(desk, by=a_reviewer(office.session)), batch.ulid)
    assert heard[-1] == (82, 82)


def test_a_returned_batch_can_be_imported_again(office, tmp_path):
    batch = office.draft(office.look(row(1)))
    desk = annexes.Desk(office.session, a_reviewer(office.session), NOW, tmp_path)
    assert annexes.return_batch(desk, batch.ulid, "请补充依据") == 4
    with pytest.raises(UploadRefused):
        office.apply(batch)
    assert office.apply(office.draft(office.look(row(1)))).published == 4
    assert editing.published_bases(
        office.session, Revision(record_kind="organisation").record_kind, [code(1)]
    )


def test_a_table_of_wrong_rows_alone_is_none_without_changes_and_is_refused(office):
    looked = office.look(row(1, "没有的产品"))
    assert (looked.seen.changes_nothing, dict(looked.seen.records)) == (False, {})
    with pytest.raises(ImportRefused) as refused:
        office.draft(looked, only_valid=True)
    assert [each.code for each in refused.value.problems] == ["unknown_product"]
    elsewhere = office.look(row(1, "没有的产品"), facts=replace(STATED, skips_elsewhere=True))
    assert (elsewhere.seen.changes_nothing, elsewhere.seen.is_valid) == (False, True)
    assert office.draft(elsewhere) is None
