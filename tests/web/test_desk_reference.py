"""The reference data at the desk: the calendar, the instruments, the closed lists."""

from __future__ import annotations

import re
from datetime import date

import pytest
from record_deeds import edition_of

from service import vocabulary
from service.vocabulary import Role, StaffAct, Vocabulary
from service.web.staff.reference import DayKind, calendar_of
from service.web.wording.vocabularies import LISTS
from service.working_days import Arrangement


def test_the_calendar_says_which_days_are_worked_and_a_year_without_data_says_so(editor):
    page = editor.get("/staff/reference/holidays?year=2026").text
    assert page.count("gi-year-calendar-worked") == 6 + 1  # the days and the key
    assert page.count('<span class="gi-unseen">放假</span>') == 33
    assert "2027 年的安排还没有登记" in page
    missing = editor.get("/staff/reference/holidays?year=2027").text
    assert "这一年的工作日一天也数不了" in missing
    assert "<table" not in missing
    assert (
        "none of its working days can be counted" in editor.get("/en/staff/reference/holidays?year=2027").text
    )
    assert editor.get("/staff/reference/holidays?year=1").status_code == 422


def test_the_calendar_is_whole_and_counts_as_the_law_does():
    national_day = Arrangement(
        frozenset(date(2026, 10, day) for day in range(1, 8)), frozenset({date(2026, 10, 10)})
    )
    months = calendar_of(2026, national_day)
    days = [cell for month in months for week in month.weeks for cell in week if cell]
    assert len(days) == 365
    assert all(len(week) == 7 for month in months for week in month.weeks)
    assert [day.day.day for day in days if day.kind is DayKind.WORKED] == [10]
    october = months[9]
    assert october.weeks[0][:3] == (None, None, None)
    assert october.working_days == 22 - 5 + 1


def test_the_instruments_say_whether_they_are_in_force(editor):
    page = editor.get("/staff/reference/instruments").text
    assert re.search(r"商标法（2026 年修订）.*?还没施行", page, re.DOTALL)
    assert re.search(r"地理标志产品保护规定.*?已失效", page, re.DOTALL)


def test_every_closed_list_is_shown_by_its_name(editor):
    lists = {
        name
        for name in vocabulary.__all__
        if isinstance(each := getattr(vocabulary, name), type)
        and issubclass(each, Vocabulary)
        and each is not Vocabulary
    }
    assert {each.name for each in LISTS} == lists
    page = editor.get("/staff/reference/vocabularies").text
    assert "这里只能看" in page
    assert all(act.zh in page for act in StaffAct)


def holiday(**facts):
    return {
        "year": "2028",
        "title": "示例：2028 年安排（虚构）",
        "rest_days": "2028-01-01/2028-01-03\n2028-10-01/2028-10-07",
        "worked_days": "2028-10-09",
        "source": "示例通知",
        "source_level": "demonstration",
        "is_demonstration": "1",
        **facts,
    }


@pytest.mark.parametrize(
    ("facts", "field", "words"),
    [
        ({"rest_days": "2028-13-01"}, "rest_days", "每行"),
        ({"rest_days": "2028-10-07/2028-10-01"}, "rest_days", "每行"),
        ({"rest_days": "2026-10-01"}, "rest_days", "不属于这一年"),
        ({"rest_days": ""}, "rest_days", "必须填写"),
        ({"worked_days": "2028-10-01"}, "worked_days", "同一天写了两次"),
    ],
)
def test_a_list_of_days_is_judged_at_its_field(editor, facts, field, words):
    reply = editor.post("/staff/records/holiday_arrangement/new", holiday(**facts))
    assert reply.status_code == 422
    fault = re.search(rf'id="{field}-fault">([^<]*)<', reply.text)
    assert fault, reply.text[:3000]
    assert words in fault[1]


def test_a_year_goes_from_the_form_to_the_deadlines(desk, people):
    editor, reviewer = people[Role.EDITOR], people[Role.REVIEWER]
    reply = editor.post("/staff/records/holiday_arrangement/new", holiday())
    assert reply.status_code == 303
    address = reply.headers["location"].partition("?")[0]
    assert "2028年10月1日至2028年10月7日（7 天）" in editor.get(address).text
    record = re.search(r"/staff/records/holiday_arrangement/[0-9A-Z]{26}", editor.get(address).text)[0]
    form = editor.get(f"{record}/edit").text
    assert "2028-01-01/2028-01-03\n2028-10-01/2028-10-07</textarea>" in form
    editor.post(f"{address}/submit", edition_of(editor, address))
    assert reviewer.post(f"{address}/publish", edition_of(reviewer, address)).status_code == 303
    assert 'class="gi-year-calendar-rest"' in editor.get("/staff/reference/holidays?year=2028").text
