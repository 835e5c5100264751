"""From a messy annex to the register and back: read, preview, draft, apply by another person, undo."""

from __future__ import annotations

import re

import pytest
from annex_desk import FACTS, FOLDER, WHY, Office, code, facts
from factories import NOW
from sqlalchemy import select
from typer.testing import CliRunner

from service import cli
from service.errors import FourEyes, ImportRefused, NotPermitted, UndoRefused, UploadRefused
from service.register import accounts, annexes, auditing, editing
from service.register.models import Document, Organisation, Revision
from service.settings import get_settings
from service.terminal import console
from service.vocabulary import BatchState, DraftState, RecordKind, Role

FIRST, THIRD = code(1), code(3)


@pytest.fixture
def office(seeded, tmp_path):
    return Office(seeded, tmp_path)


def actions(preview):
    return {action.value: number for action, number in preview.counts.actions.items()}


def codes(row):
    return [problem.code for problem in row.problems]


# ---- the first import


def test_a_messy_annex_is_previewed_row_by_row(office):
    seen = office.preview("48-declared-47-rows.xlsx")
    assert actions(seen) == {"create": 47}
    assert sum(seen.counts.actions.values()) == seen.counts.rows == 47
    assert [row.line for row in seen.rows] == list(range(5, 52))
    assert {why for _, why, _ in seen.intake.tables[0].left_out} == {"total", "note"}
    assert set(seen.intake.warnings) == {("merged_cells", "附件"), ("hidden_sheet", "旧表")}
    # the file, the announcement, and a firm with its grant for each row
    assert len(seen.records) == 2 + 2 * 47


def test_a_count_that_differs_from_the_declared_one_wants_a_reason(office):
    (found, _) = office.preview("48-declared-47-rows.xlsx").counts.differences
    assert (found.declared, found.found) == (48, 47)
    with pytest.raises(UploadRefused) as refused:
        office.draft("48-declared-47-rows.xlsx")
    assert (refused.value.problem, refused.value.hint) == ("counts_differ", "48 ≠ 47")
    ulid = office.draft("48-declared-47-rows.xlsx", override_reason=WHY)
    assert office.batch(ulid).reason == WHY


def test_a_second_person_applies_and_the_public_sees_it(office):
    ulid = office.draft("48-declared-47-rows.xlsx", override_reason=WHY)
    assert office.batch(ulid).state is BatchState.IN_REVIEW
    assert office.verdict(FIRST) == "not_on_record"
    done = office.apply(ulid)
    assert (done.published, done.returned) == (96, 0)
    assert office.batch(ulid).state is BatchState.APPLIED
    assert office.verdict(FIRST) == "authorised"
    with office.database.reading() as session:
        kept = session.scalars(select(Document).order_by(Document.id.desc())).first()
        stored = office.folder / "documents" / kept.sha256[:2] / kept.sha256
        assert stored.stat().st_size == kept.size
        assert list(auditing.broken_links(session)) == []


def test_nobody_applies_what_they_imported(office):
    ulid = office.draft("48-declared-47-rows.xlsx", override_reason=WHY)
    with pytest.raises(NotPermitted):
        office.apply(ulid, by="dao-ru")
    with office.database.writing() as session:
        accounts.add_staff(
            session,
            login="dao-ru-2",
            display_name="同一人",
            person="dao-ru",
            roles=[Role.REVIEWER],
            at=NOW,
        )
    with pytest.raises((FourEyes, ImportRefused)):
        office.apply(ulid, by="dao-ru-2")
    assert office.batch(ulid).state is BatchState.IN_REVIEW


def test_the_same_file_again_changes_nothing(office):
    office.import_("48-declared-47-rows.xlsx", override_reason=WHY)
    before = office.public_state()
    seen = office.preview("48-declared-47-rows.xlsx")
    assert actions(seen) == {"no_op": 47}
    assert seen.changes_nothing
    assert office.draft("48-declared-47-rows.xlsx") is None
    assert office.public_state() == before


def test_the_same_file_is_not_drafted_twice_while_it_waits(office):
    office.draft("48-declared-47-rows.xlsx", override_reason=WHY)
    with pytest.raises(UploadRefused) as refused:
        office.draft("48-declared-47-rows.xlsx", override_reason=WHY)
    assert refused.value.problem == "already_waiting"


# ---- changes beside approvals, ends


def test_changes_beside_approvals_become_updates(office):
    stated = facts(902, 3)
    seen = office.preview("approvals-beside-changes.xlsx", stated)
    assert actions(seen) == {"create": 3, "update": 2}
    assert seen.counts.add_up
    office.import_("approvals-beside-changes.xlsx", stated)
    with office.database.reading() as session:
        firm = session.scalars(select(Organisation).where(Organisation.uscc == "91500114MA0TERT087")).one()
        assert (firm.name, firm.address) == ("示例云岭果茶集团有限公司", "示例路9号（虚构）")
    assert actions(office.preview("approvals-beside-changes.xlsx", stated)) == {"no_op": 5}


def test_ends_take_the_grounds_of_the_rules_and_no_other_words(office):
    office.import_("48-declared-47-rows.xlsx", override_reason=WHY)
    stated = facts(904, 3)
    seen = office.preview("deregistrations.xlsx", stated)
    assert actions(seen) == {"close": 2, "error": 1}
    assert codes(seen.rows[2]) == ["unknown_ground"]
    with pytest.raises(ImportRefused) as refused:
        office.draft("deregistrations.xlsx", stated)
    assert [problem.line for problem in refused.value.problems] == [5]
    office.import_("deregistrations.xlsx", stated, only_valid=True)
    assert office.verdict(FIRST) == "ended"
    assert actions(office.preview("deregistrations.xlsx", stated)) == {"no_op": 2, "error": 1}


# ---- undoing


@pytest.mark.parametrize(
    ("name", "stated", "decided"),
    [
        ("48-declared-47-rows.xlsx", FACTS, {"override_reason": WHY}),
        ("approvals-beside-changes.xlsx", facts(902, 3), {}),
    ],
)
def test_undo_restores_what_the_public_saw(office, name, stated, decided):
    before = office.public_state()
    ulid = office.import_(name, stated, **decided)
    assert office.public_state() != before
    undo = office.undo(ulid)
    assert office.public_state() != before  # one person undoes nothing
    office.apply(undo)
    assert office.public_state() == before
    assert (office.batch(ulid).state, office.batch(ulid).undone_by) == (BatchState.UNDONE, undo)
    with pytest.raises(UploadRefused) as refused:
        office.undo(ulid)
    assert refused.value.problem == "already_undone"


def test_what_was_undone_can_be_imported_again(office):
    ulid = office.import_("approvals-beside-changes.xlsx", facts(902, 3))
    after = office.verdict(code(101))
    office.apply(office.undo(ulid))
    assert office.verdict(code(101)) == "not_on_record"
    seen = office.preview("approvals-beside-changes.xlsx", facts(902, 3))
    assert actions(seen) == {"create": 3, "update": 2}
    office.import_("approvals-beside-changes.xlsx", facts(902, 3))
    assert office.verdict(code(101)) == after == "authorised"


def test_undoing_ends_revives_what_they_ended(office):
    office.import_("48-declared-47-rows.xlsx", override_reason=WHY)
    before = office.public_state()
    ulid = office.import_("deregistrations.xlsx", facts(904, 3), only_valid=True)
    office.apply(office.undo(ulid))
    assert office.public_state() == before
    assert office.verdict(FIRST) == "authorised"


def test_undo_is_refused_and_names_what_rests_on_the_batch(office):
    ulid = office.import_("48-declared-47-rows.xlsx", override_reason=WHY)
    later = office.import_("deregistrations.xlsx", facts(904, 3), only_valid=True)
    before = office.public_state()
    with pytest.raises(UndoRefused) as refused:
        office.undo(ulid)
    assert {(each.kind, each.why) for each in refused.value.dependents} == {("authorisation", "deregistered")}
    assert len(refused.value.dependents) == 2
    assert office.public_state() == before
    office.apply(office.undo(later))
    office.apply(office.undo(ulid))
    assert office.verdict(FIRST) == "not_on_record"


def test_undo_is_refused_when_something_came_between_draft_and_application(office):
    ulid = office.import_("48-declared-47-rows.xlsx", override_reason=WHY)
    undo = office.undo(ulid)
    office.import_("deregistrations.xlsx", facts(904, 3), only_valid=True)
    with pytest.raises(UndoRefused):
        office.apply(undo)
    assert office.verdict(THIRD) == "authorised"


# ---- all of a row, all of an undoing


def take_out(office, batch, keep, *, returned=True):
    """Return the batch and hand over again what is kept; or give up all the rest of it."""
    if returned:
        with office.desk("shen-pi") as desk:
            annexes.return_batch(desk, batch, "请核对（虚构）")
    with office.desk() as desk:
        file = annexes.find_batch(desk.session, batch).file
        drafts = desk.session.scalars(select(Revision).where(Revision.batch_id == file.id)).all()
        who = {"by": desk.by, "at": desk.at}
        for draft in drafts:
            if keep(draft) is returned:
                editing.reopen(desk.session, draft, **who)
                if returned:
                    editing.submit(desk.session, [draft], **who)
                else:
                    editing.discard(desk.session, draft, **who)


def of_firm(*numbers):
    return lambda draft: draft.record_key in {code(number) for number in numbers}


def with_grant(firm):
    """The drafts of one firm and of its grant, and the announcement with its file, which are of no row."""
    shared = {RecordKind.ANNOUNCEMENT, RecordKind.DOCUMENT}
    return lambda draft: (
        draft.record_kind in shared or code(firm) in {draft.record_key, draft.payload.get("organisation")}
    )


@pytest.mark.parametrize("only_valid", [False, True])
@pytest.mark.parametrize("returned", [True, False])
def test_half_a_row_is_not_published(office, returned, only_valid):
    ulid = office.draft("approvals-beside-changes.xlsx", facts(902, 3))
    before = office.public_state()
    others = lambda draft: not of_firm(101)(draft)  # noqa: E731
    take_out(office, ulid, of_firm(101) if returned else others, returned=returned)
    with pytest.raises(ImportRefused) as refused:
        office.apply(ulid, only_valid=only_valid)
    assert {each.code for each in refused.value.problems} == {"row_taken_apart"}
    assert len(refused.value.problems) == 1
    assert office.public_state() == before
    assert office.batch(ulid).state is BatchState.IN_REVIEW


def test_a_whole_row_that_was_handed_over_again_is_published_without_the_others(office):
    ulid = office.draft("approvals-beside-changes.xlsx", facts(902, 3))
    take_out(office, ulid, with_grant(101))
    office.apply(ulid)
    assert (office.verdict(code(101)), office.verdict(code(102))) == ("authorised", "not_on_record")
    assert office.batch(ulid).state is BatchState.PARTLY_APPLIED
    with office.desk() as desk:  # and the rest of it later
        file = annexes.find_batch(desk.session, ulid).file
        waiting = Revision.batch_id == file.id, Revision.state == DraftState.RETURNED
        for draft in desk.session.scalars(select(Revision).where(*waiting)).all():
            editing.reopen(desk.session, draft, by=desk.by, at=desk.at)
            editing.submit(desk.session, [draft], by=desk.by, at=desk.at)
    office.apply(ulid)
    assert office.batch(ulid).state is BatchState.APPLIED


@pytest.mark.parametrize("only_valid", [False, True])
@pytest.mark.parametrize("returned", [True, False])
def test_half_an_undoing_is_not_published(office, returned, only_valid):
    ulid = office.import_("approvals-beside-changes.xlsx", facts(902, 3))
    before = office.public_state()
    undo = office.undo(ulid)
    others = lambda draft: not of_firm(101)(draft)  # noqa: E731
    take_out(office, undo, of_firm(101) if returned else others, returned=returned)
    with pytest.raises(UploadRefused) as refused:
        office.apply(undo, only_valid=only_valid)
    assert refused.value.problem == "undo_taken_apart"
    assert office.public_state() == before
    with office.desk("shen-pi") as desk:  # as the refusal says
        annexes.return_batch(desk, undo, "请重新起草（虚构）")
    office.apply(office.undo(ulid))
    assert office.batch(ulid).state is BatchState.UNDONE


@pytest.mark.parametrize(("undoes", "problem"), [(False, "taken_apart"), (True, "undo_taken_apart")])
def test_a_draft_that_was_opened_again_is_waited_for(office, undoes, problem):
    ulid = office.draft("approvals-beside-changes.xlsx", facts(902, 3))
    if undoes:
        office.apply(ulid)
        ulid = office.undo(ulid)
    with office.desk() as desk:
        file = annexes.find_batch(desk.session, ulid).file
        opened = desk.session.scalars(select(Revision).where(Revision.batch_id == file.id)).first()
        editing.reopen(desk.session, opened, by=desk.by, at=desk.at)
        ulid_of_draft = opened.ulid
    with pytest.raises(UploadRefused) as refused:
        office.apply(ulid)
    assert refused.value.problem == problem
    with office.desk() as desk:
        opened = editing.find_draft(desk.session, ulid_of_draft)
        editing.submit(desk.session, [opened], by=desk.by, at=desk.at)
    office.apply(ulid)
    assert office.batch(ulid).state is BatchState.APPLIED


# ---- the command


@pytest.fixture
def dibiao(office, tmp_path, monkeypatch):
    """The command line on the office's register; what it prints is as wide as it likes."""
    monkeypatch.setenv("DIBIAO_DATABASE_URL", office.database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("DIBIAO_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(console, "width", 200)
    get_settings.cache_clear()
    yield lambda *words, **more: CliRunner().invoke(cli.app, list(words), **more)
    get_settings.cache_clear()


def stated_for(number, *more):
    return (
        "--issuer",
        "demonstration",
        "--number",
        f"2026年第{number}号",
        "--published-on",
        "2026-10-01",
        *more,
    )


def test_the_command_previews_drafts_applies_and_undoes(dibiao, office):
    before = office.public_state()
    file = str(FOLDER / "approvals-beside-changes.xlsx")
    stated = stated_for(902, "--as", "dao-ru", "--firms", "3")
    looked = dibiao("import-announcement", file, *stated, "--dry-run")
    assert looked.exit_code == 0, looked.output
    assert "新增 create 3 + 变更 update 2" in looked.output
    assert office.public_state() == before
    done = dibiao("import-announcement", file, *stated, "--approve-as", "shen-pi")
    assert done.exit_code == 0, done.output
    assert office.verdict(code(101)) == "authorised"
    assert "no_changes" in dibiao("import-announcement", file, *stated).output
    ulid = re.search(r"01[0-9A-Z]{24}", done.output).group()
    assert ulid in dibiao("batches", "list").output
    undone = dibiao("batches", "undo", ulid, "--as", "dao-ru", "--reason", "误导", "--approve-as", "shen-pi")
    assert undone.exit_code == 0, undone.output
    assert office.public_state() == before


def test_the_command_applies_what_was_edited_since_the_import_to_who_looked_at_it(dibiao, office):
    ulid = office.draft("approvals-beside-changes.xlsx", facts(902, 3))
    before = office.public_state()
    edited = office.revise(ulid)
    apply = ("batches", "apply", ulid, "--as", "shen-pi")
    refused = dibiao(*apply)
    assert (refused.exit_code, edited in refused.output) == (1, True), refused.output
    digest = re.search("--editions ([0-9a-f]{64})", refused.output)[1]
    office.revise(ulid)
    for words in ((), ("--editions", digest)):
        assert dibiao(*apply, *words).exit_code == 1
    assert office.public_state() == before
    digest = re.search("--editions ([0-9a-f]{64})", dibiao(*apply).output)[1]
    done = dibiao(*apply, "--editions", digest)
    assert done.exit_code == 0, done.output
    assert office.batch(ulid).state is BatchState.APPLIED


@pytest.mark.parametrize(
    ("file", "words", "said"),
    [
        ("gbk.csv", stated_for(905), "bad_encoding"),
        ("48-declared-47-rows.xlsx", stated_for(901, "--firms", "48"), "counts_differ"),
        ("codes-as-numbers.xlsx", stated_for(903, "--firms", "8"), "nothing imported"),
        ("old.xls", stated_for(906, "--column", "申请人="), "missing_column"),
        ("old.xls", stated_for(906, "--column", "申请人=nonsense"), "unknown_field"),
        ("none.xlsx", stated_for(906), "no such file"),
    ],
)
def test_the_command_says_why_nothing_was_imported(dibiao, file, words, said):
    done = dibiao("import-announcement", str(FOLDER / file), "--as", "dao-ru", *words)
    assert (done.exit_code, said in done.output) == (1, True), done.output


def test_the_command_takes_a_declared_encoding_and_a_pasted_table(dibiao, office):
    decided = ("--as", "dao-ru", "--approve-as", "shen-pi")
    declared = stated_for(905, "--firms", "3", "--encoding", "gb18030")
    done = dibiao("import-announcement", str(FOLDER / "gbk.csv"), *declared, *decided)
    assert done.exit_code == 0, done.output
    pasted = (FOLDER / "pasted.txt").read_bytes()
    done = dibiao("import-announcement", "-", *stated_for(907, "--firms", "2"), *decided, input=pasted)
    assert done.exit_code == 0, done.output
    assert {office.verdict(code(number)) for number in (301, 303, 401, 402)} == {"authorised"}
