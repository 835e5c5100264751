"""An annex prepared at the desk, and the errands that the worker does with it in the name of who asked."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta

import pytest
from annex_desk import FACTS, WHY, Office, facts
from factories import NOW, an_account
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from service.errors import CannotConfirm, FourEyes, NotPermitted, UploadRefused
from service.register import accounts, annexes, auditing
from service.register.models import AnnexErrand, ImportBatch, RegistryState, Revision, StaffUser
from service.register.rights import held_by
from service.register.verification.reading import data_version
from service.register.work_list import Asker, Narrowed, read_list
from service.vocabulary import BatchState, ErrandKind, Role, RowAction, WorkList

MESSY = "48-declared-47-rows.xlsx"


@pytest.fixture
def office(seeded, tmp_path):
    return Office(seeded, tmp_path)


def begin(office, name, stated=FACTS):
    content, intake, choices = office.take_in(name)
    with office.desk() as desk:
        found = annexes.begin(desk, content, intake, encoding="utf-8", facts=stated, choices=choices)
        return found.ulid


def ask(office, kind, annex, *, by="dao-ru", **decided):
    with office.desk(by) as desk:
        found = annexes.find_preparation(desk.session, annex)
        return annexes.errands.ask(desk, kind, found, **decided).ulid


def look(office, annex):
    assert office.do(ask(office, ErrandKind.LOOK, annex)) == (None, {})
    with office.database.reading() as session:
        return annexes.find_preparation(session, annex).preview


def waiting(office, which, login):
    with office.database.reading() as session:
        user = accounts.find_staff(session, login)
        asker = Asker(user, held_by(session, user.id), NOW.date())
        return read_list(session, which, asker, Narrowed(), start=0, limit=9).items


def test_a_preview_is_kept_with_every_row_and_what_does_not_add_up(office):
    annex = begin(office, MESSY)
    seen = look(office, annex)
    assert (seen["actions"], seen["rows"], seen["firms"]) == ({"create": 47}, 47, 47)
    assert [(each["declared"], each["found"]) for each in seen["differences"]] == [(48, 47), (48, 47)]
    with office.database.reading() as session:
        found = annexes.find_preparation(session, annex)
        assert annexes.count_rows(session, found) == {(1, RowAction.CREATE): 47}
        page = annexes.rows_of(session, found, table=1, action=RowAction.CREATE, start=45, limit=25)
        assert (page.total, [row.line for row in page.rows]) == (47, [50, 51])
    assert [item.path for item in waiting(office, WorkList.IMPORTS_TO_MEND, "dao-ru")] == [
        f"/staff/imports/{annex}"
    ]


_BOTH = ("shen-pi", "bang-shou")
SMALL = ("approvals-beside-changes.xlsx", facts(902, 3))


def test_a_second_look_takes_the_place_of_the_first(office):
    annex = begin(office, "codes-as-numbers.xlsx", facts(903, 8))
    look(office, annex)
    seen = look(office, annex)
    assert seen["actions"] == {"create": 1, "error": 7}
    with office.database.reading() as session:
        found = annexes.find_preparation(session, annex)
        assert sum(annexes.count_rows(session, found).values()) == 8


def test_a_dry_run_tells_and_leaves_nothing(office):
    annex = begin(office, MESSY)
    before = office.public_state()
    told = []
    assert office.do(ask(office, ErrandKind.TRY, annex), lambda done, total: told.append((done, total))) == (
        None,
        {},
    )
    with office.database.reading() as session:
        found = annexes.find_preparation(session, annex)
        assert found.preview["refusals"] == []
        assert annexes.list_batches(session).total == 0
    assert told[-1] == (96, 96)
    assert office.public_state() == before


def test_from_annex_to_batch_and_back_by_errands(office):
    before = office.public_state()
    annex = begin(office, MESSY)
    look(office, annex)
    refusal, _ = office.do(ask(office, ErrandKind.DRAFT, annex))
    assert refusal["code"] == "counts_differ"
    _, result = office.do(ask(office, ErrandKind.DRAFT, annex, reason=WHY))
    batch = result["batch"]
    assert office.batch(batch).reason == WHY
    assert waiting(office, WorkList.IMPORTS_TO_MEND, "dao-ru") == []
    assert [item.name for item in waiting(office, WorkList.BATCHES_TO_REVIEW, "shen-pi")] == ["2026年第901号"]
    assert waiting(office, WorkList.TO_REVIEW, "shen-pi") == []

    _, result = office.do(office.ask(ErrandKind.APPLY, batch))
    assert (result["published"], result["returned"]) == (96, 0)
    assert office.batch(batch).state is BatchState.APPLIED
    assert waiting(office, WorkList.BATCHES_TO_REVIEW, "shen-pi") == []

    _, result = office.do(office.ask(ErrandKind.UNDO, batch, by="dao-ru", reason="表格有误（虚构）"))
    assert office.public_state() != before
    assert office.do(office.ask(ErrandKind.APPLY, result["batch"]))[0] is None
    assert office.public_state() == before
    with office.database.reading() as session:
        assert list(auditing.broken_links(session)) == []


def test_a_batch_comes_back_with_the_reason(office):
    batch = office.draft(*SMALL)
    assert office.do(office.ask(ErrandKind.RETURN, batch, reason="请补产品")) == (None, {"returned": 12})
    assert office.batch(batch).state is BatchState.RETURNED
    (item,) = waiting(office, WorkList.IMPORTS_TO_MEND, "dao-ru")
    assert item.path == f"/staff/imports/batches/{batch}"
    assert waiting(office, WorkList.RETURNED, "dao-ru") == []


def test_what_rests_on_a_batch_is_named_when_its_undoing_is_refused(office):
    batch = office.import_(MESSY, override_reason=WHY)
    office.import_("deregistrations.xlsx", facts(904, 3), only_valid=True)
    refusal, result = office.do(office.ask(ErrandKind.UNDO, batch, by="dao-ru", reason="误导"))
    assert (refusal["code"], result) == ("undo_refused", None)
    assert {each["why"] for each in refusal["dependents"]} == {"deregistered"}


def test_the_same_annex_again_becomes_no_batch(office):
    office.import_("approvals-beside-changes.xlsx", facts(902, 3))
    annex = begin(office, "approvals-beside-changes.xlsx", facts(902, 3))
    assert look(office, annex)["changes_nothing"]
    assert office.do(ask(office, ErrandKind.DRAFT, annex)) == (None, {"changes_nothing": True})
    with office.database.reading() as session:
        assert annexes.list_batches(session).total == 1


# ---- who may, and how often


def test_an_annex_is_one_errand_at_a_time_and_an_errand_is_done_once(office):
    annex = begin(office, MESSY)
    errand = ask(office, ErrandKind.LOOK, annex)
    with pytest.raises(UploadRefused) as refused:
        ask(office, ErrandKind.DRAFT, annex, reason=WHY)
    assert refused.value.problem == "errand_waiting"
    with pytest.raises(UploadRefused), office.desk() as desk:
        annexes.give_up(desk, annexes.find_preparation(desk.session, annex))
    steps = []
    assert office.do(errand, lambda *step: steps.append(step)) == (None, {})
    assert steps
    steps.clear()
    assert office.do(errand, lambda *step: steps.append(step)) == (None, {})
    assert steps == []


def test_who_may_not_import_puts_nothing_down(office):
    annex = begin(office, *SMALL)
    with pytest.raises(NotPermitted):
        ask(office, ErrandKind.DRAFT, annex, by="shen-pi", reason=WHY)
    batch = office.draft(*SMALL)
    with pytest.raises(NotPermitted):
        office.ask(ErrandKind.APPLY, batch, by="dao-ru")
    with pytest.raises(NotPermitted):
        office.ask(ErrandKind.UNDO, batch, by="shen-pi", reason="误导")
    with office.database.reading() as session:
        assert annexes.errands.next_errand(session) is None


def test_a_list_of_deregistrations_takes_two_people_though_each_of_them_would_take_one(office):
    """T34: what one person may do once, nobody does by the dozen."""
    office.import_(MESSY, override_reason=WHY)
    with office.database.writing() as session:
        an_account(session, "dao-ru-2", Role.IMPORTER, Role.REVIEWER)
        session.execute(update(StaffUser).where(StaffUser.login == "dao-ru-2").values(person="dao-ru"))
    batch = office.draft("deregistrations.xlsx", facts(904, 3), only_valid=True)
    with pytest.raises(FourEyes):
        office.ask(ErrandKind.APPLY, batch, by="dao-ru-2")
    with pytest.raises(FourEyes):
        office.apply(batch, by="dao-ru-2")
    assert office.batch(batch).state is BatchState.IN_REVIEW


def test_whoever_had_a_hand_in_a_batch_is_neither_asked_to_review_it_nor_let(office):
    with office.database.writing() as session:
        an_account(session, "bang-shou", Role.IMPORTER, Role.REVIEWER)
    office.draft("codes-as-numbers.xlsx", facts(903, 8), only_valid=True)
    annex = begin(office, *SMALL)
    office.do(ask(office, ErrandKind.LOOK, annex, by="bang-shou"))
    office.do(ask(office, ErrandKind.DRAFT, annex))
    with office.database.reading() as session:
        preparation = annexes.find_preparation(session, annex)
        batch = session.get_one(ImportBatch, preparation.batch_id).ulid
    paths = {
        login: {each.path for each in waiting(office, WorkList.BATCHES_TO_REVIEW, login)} for login in _BOTH
    }
    assert {login: len(found) for login, found in paths.items()} == {"shen-pi": 2, "bang-shou": 1}
    assert paths["shen-pi"] - paths["bang-shou"] == {f"/staff/imports/batches/{batch}"}
    with pytest.raises(FourEyes):
        office.ask(ErrandKind.APPLY, batch, by="bang-shou")


def test_who_lost_the_right_after_asking_is_refused(office):
    batch = office.draft(*SMALL)
    errand = office.ask(ErrandKind.APPLY, batch)
    with office.database.writing() as session:
        session.execute(update(StaffUser).where(StaffUser.login == "shen-pi").values(is_active=False))
    refusal, _ = office.do(errand)
    assert refusal["code"] == "not_permitted"
    assert office.batch(batch).state is BatchState.IN_REVIEW


def test_what_was_given_up_is_not_imported(office):
    annex = begin(office, *SMALL)
    look(office, annex)
    with office.desk() as desk:
        annexes.give_up(desk, annexes.find_preparation(desk.session, annex))
    with office.database.reading() as session:
        found = annexes.find_preparation(session, annex)
        assert annexes.count_rows(session, found) == {}
        assert annexes.open_preparations(session) == []
    with pytest.raises(UploadRefused) as refused:
        ask(office, ErrandKind.DRAFT, annex)
    assert refused.value.problem == "closed"


# ---- what happens between the press and the work


def test_what_was_written_after_the_reviewer_looked_is_not_published(office):
    batch = office.draft(*SMALL)
    before = office.public_state()
    errand = office.ask(ErrandKind.APPLY, batch)
    office.revise(batch)
    refusal, _ = office.do(errand)
    assert refusal["code"] == "edited_since"
    assert office.public_state() == before
    assert office.batch(batch).state is BatchState.IN_REVIEW
    assert office.do(office.ask(ErrandKind.APPLY, batch))[0] is None


def test_what_was_written_before_the_press_and_after_the_look_is_not_asked_for(office):
    batch = office.draft(*SMALL)
    with office.database.reading() as session:
        seen = annexes.editions_of(session, annexes.find_batch(session, batch))
    office.revise(batch)
    for editions in (seen, ""):
        with pytest.raises(UploadRefused) as refused:
            office.ask(ErrandKind.APPLY, batch, editions=editions)
        assert refused.value.problem == "edited_since"


def test_an_errand_that_nobody_looked_for_is_refused(office):
    """As one that was asked for before the register knew what was looked at."""
    batch = office.draft(*SMALL)
    errand = office.ask(ErrandKind.APPLY, batch)
    with office.database.writing() as session:
        session.execute(update(AnnexErrand).where(AnnexErrand.ulid == errand).values(editions=None))
    refusal, _ = office.do(errand)
    assert (refusal["code"], "look and ask again" in refusal["en"]) == ("look_not_noted", True)
    assert office.batch(batch).state is BatchState.IN_REVIEW
    assert office.do(office.ask(ErrandKind.APPLY, batch))[0] is None


class WatchingClock:
    """A clock that notes whether the registry was locked whenever it was asked."""

    def __init__(self, database) -> None:
        self.database = database
        self.locked = []

    def now(self):
        try:
            with self.database.writing_at_once() as session:
                session.scalars(select(RegistryState).with_for_update(nowait=True)).all()
        except (CannotConfirm, DBAPIError):
            self.locked.append(True)
        else:
            self.locked.append(False)
        return NOW + timedelta(days=1)


def test_the_moment_of_an_errand_is_that_of_the_locked_registry(office):
    annex = begin(office, *SMALL)
    clock = WatchingClock(office.database)
    _, result = office.do(ask(office, ErrandKind.DRAFT, annex), clock=clock)
    batch = result["batch"]
    office.do(office.ask(ErrandKind.APPLY, batch), clock=clock)
    _, undo = office.do(office.ask(ErrandKind.UNDO, batch, by="dao-ru", reason="误导"), clock=clock)
    office.do(office.ask(ErrandKind.RETURN, undo["batch"], reason="不必"), clock=clock)
    assert clock.locked == [True] * 4
    with office.database.reading() as session:
        errands = session.scalars(select(AnnexErrand)).all()
        assert {each.ended_at for each in errands} == {NOW + timedelta(days=1)}
        batches = [annexes.find_batch(session, each).file for each in (batch, undo["batch"])]
        assert {each.imported_at for each in batches} == {NOW + timedelta(days=1)}
        of_batches = Revision.batch_id.in_([each.id for each in batches])
        decided = set(session.scalars(select(Revision.decided_at).where(of_batches)))
        assert decided == {NOW + timedelta(days=1)}


def test_an_annex_that_became_a_batch_meanwhile_is_not_said_anew(office):
    annex = begin(office, *SMALL)
    look(office, annex)
    errand = ask(office, ErrandKind.DRAFT, annex)
    if office.database.is_sqlite:  # there, nobody has begun to write while another does
        office.do(errand)
    for act in (
        lambda desk, found: annexes.restate(desk, found, FACTS, annexes.choices_of(found)),
        annexes.give_up,
        lambda desk, found: annexes.errands.ask(desk, ErrandKind.DRAFT, found),
    ):
        with office.desk() as desk:
            found = annexes.find_preparation(desk.session, annex)
            if not office.database.is_sqlite:
                office.do(errand)
            with pytest.raises(UploadRefused) as refused:
                act(desk, found)
            assert refused.value.problem == "closed"
    with office.database.reading() as session:
        found = annexes.find_preparation(session, annex)
        assert (found.batch_id is None, found.given_up_at, found.has_problems) == (False, None, False)
    assert waiting(office, WorkList.IMPORTS_TO_MEND, "dao-ru") == []


def test_a_look_tells_the_revision_that_it_saw(office):
    batch = office.draft(*SMALL)
    annex = begin(office, MESSY)
    with office.database.reading() as session:
        before = data_version(session)

    def publish_meanwhile(done, total):
        if office.batch(batch).state is BatchState.IN_REVIEW:
            office.apply(batch)

    office.do(ask(office, ErrandKind.LOOK, annex), publish_meanwhile)
    with office.database.reading() as session:
        assert annexes.find_preparation(session, annex).preview["revision"] == before
        assert data_version(session) == before + 1


# ---- what goes wrong


def test_an_errand_put_off_lets_others_go_first_and_is_given_up_one_day(office):
    first = office.ask(ErrandKind.APPLY, office.draft(*SMALL))
    second = ask(office, ErrandKind.LOOK, begin(office, MESSY))
    for turn in range(annexes.errands.MOST_PUT_OFF):
        with office.database.writing() as session:
            assert annexes.errands.next_errand(session) == (second if turn else first)
            annexes.errands.note_put_off(session, first, at=NOW)
    with office.database.reading() as session:
        found = annexes.errands.find_errand(session, first)
        assert (found.refusal["code"], found.ended_at) == ("errand_put_off", NOW)
        assert annexes.errands.next_errand(session) == second


def test_an_errand_whose_process_dies_three_times_is_given_up(office):
    batch = office.draft(*SMALL)
    errand = office.ask(ErrandKind.APPLY, batch)
    for _ in range(3):
        with office.database.reading() as session:
            assert annexes.errands.next_errand(session) == errand
        with office.database.writing() as session:
            annexes.errands.note_crash(session, errand, at=NOW)
    with office.database.reading() as session:
        assert annexes.errands.next_errand(session) is None
        found = session.scalars(select(AnnexErrand).where(AnnexErrand.ulid == errand)).one()
        assert found.refusal["code"] == "errand_crashed"
    assert office.batch(batch).state is BatchState.IN_REVIEW


def test_what_is_better_left_undone_waits_for_no_other_writer(office):
    refused = pytest.raises(CannotConfirm) if office.database.is_sqlite else nullcontext()
    with office.database.writing() as session:
        session.execute(update(StaffUser).where(StaffUser.login == "dao-ru").values(display_name="甲"))
        with refused, office.database.writing_at_once() as other:
            other.execute(update(StaffUser).where(StaffUser.login == "shen-pi").values(display_name="乙"))
    with office.database.writing_at_once() as session:
        assert accounts.find_staff(session, "dao-ru").display_name == "甲"
