"""The line of errands: a process for each, which may die; then its errand is there still."""

from __future__ import annotations

from datetime import timedelta

import pytest
from annex_desk import FACTS, Office
from factories import NOW

from service.calendar import FixedClock
from service.errand_line import ErrandLine, progress_file, progress_of
from service.errors import CannotConfirm
from service.register import annexes
from service.settings import Settings
from service.vocabulary import ErrandKind


def test_an_errand_whose_process_died_is_done_by_the_next_one(registers, opened, tmp_path):
    url = registers.make("spatialite", "seeded")
    settings = Settings(data_dir=tmp_path, database_url=url)
    office = Office(opened(url), tmp_path)
    content, intake, choices = office.take_in("approvals-beside-changes.xlsx")
    with office.desk() as desk:
        annex = annexes.begin(desk, content, intake, encoding="utf-8", facts=FACTS, choices=choices)
        errand = annexes.errands.ask(desk, ErrandKind.LOOK, annex).ulid
    kept = settings.documents_dir / annex.sha256[:2] / annex.sha256
    away = kept.rename(tmp_path / "away")
    line = ErrandLine(office.database, settings, FixedClock(NOW))
    assert line.do_next() is True
    with office.database.reading() as session:
        found = annexes.errands.latest(session, annex)
        assert (found.crashes, found.ended_at) == (1, None)
    away.rename(kept)
    assert line.do_next() is True
    assert line.do_next() is False
    with office.database.reading() as session:
        found = annexes.errands.latest(session, annex)
        assert found.refusal is None
        assert timedelta(0) <= found.ended_at - NOW < timedelta(minutes=5)
    assert not progress_file(settings, errand).exists()


def test_an_errand_that_cannot_write_is_noted_and_the_line_goes_on_with_the_next(
    registers, opened, tmp_path, monkeypatch
):
    url = registers.make("spatialite", "seeded")
    office = Office(opened(url), tmp_path)
    line = ErrandLine(office.database, Settings(data_dir=tmp_path, database_url=url), FixedClock(NOW))
    content, intake, choices = office.take_in("approvals-beside-changes.xlsx")
    asked = []
    for _ in range(2):
        with office.desk() as desk:
            annex = annexes.begin(desk, content, intake, encoding="utf-8", facts=FACTS, choices=choices)
            asked.append(annexes.errands.ask(desk, ErrandKind.LOOK, annex).ulid)
    ran = []
    monkeypatch.setattr(line, "_run", lambda ulid: ran.append(ulid) or 75)
    for _ in range(3):
        with pytest.raises(CannotConfirm):
            line.do_next()
    assert ran == [asked[0], asked[1], asked[0]]
    with office.database.reading() as session:
        found = [annexes.errands.find_errand(session, each) for each in asked]
        assert [(each.put_off, each.crashes, each.ended_at) for each in found] == [(2, 0, None), (1, 0, None)]


def test_nobody_can_say_how_far_an_errand_is_before_its_process_does(tmp_path):
    settings = Settings(data_dir=tmp_path)
    assert progress_of(settings, "01ARZ3NDEKTSV4RRFFQ69G5FAV") is None
    file = progress_file(settings, "01ARZ3NDEKTSV4RRFFQ69G5FAV")
    file.parent.mkdir()
    for text, found in (("300 20000", (300, 20000)), ("", None), ("x y", None)):
        file.write_text(text, encoding="ascii")
        assert progress_of(settings, "01ARZ3NDEKTSV4RRFFQ69G5FAV") == found


def test_a_line_that_is_stopped_begins_nothing(registers, opened, tmp_path):
    url = registers.make("spatialite", "empty")
    line = ErrandLine(opened(url), Settings(data_dir=tmp_path, database_url=url), FixedClock(NOW))
    line.stop()
    assert line.do_next() is False
