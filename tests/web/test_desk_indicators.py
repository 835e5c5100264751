"""The indicators at the desk: a period in the address, a snapshot and its files, what is wrong beside its field."""

from __future__ import annotations

import csv
import hashlib
import io
import re

import pytest
from openpyxl import load_workbook
from staffing import an_officer, seated

from service.vocabulary import Role

_HOSTILE = "<svg onload=alert(1)>{{ 7*7 }}"


@pytest.fixture
def officer(desk):
    return seated(*desk, an_officer(desk[1], Role.INDICATOR_OFFICER))


def _frozen(officer, title="年度报送"):
    reply = officer.post("/staff/indicators/snapshots", {"title": title, "day": "2026-11-22"})
    assert reply.status_code == 303, reply.text[-1000:]
    return reply.headers["location"].partition("?")[0]


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_page_and_its_files_say_the_same_as_the_snapshot(officer, prefix):
    address = prefix + _frozen(officer, f"报送 {_HOSTILE}")
    page = officer.get(address).text
    assert "<svg onload" not in page
    assert "{{ 7*7 }}" in page
    sha256 = re.search(r'class="gi-code">([0-9a-f]{64})<', page)[1]
    content = officer.get(f"{address}.json")
    assert hashlib.sha256(content.content).hexdigest() == sha256
    kept = {each["code"]: each for each in content.json()["indicators"]}
    table = list(csv.DictReader(io.StringIO(officer.get(f"{address}.csv").text[1:])))
    assert [row[next(iter(row))] for row in table] == list(kept)
    book = load_workbook(io.BytesIO(officer.get(f"{address}.xlsx").content), read_only=True)
    rows = [[cell.value for cell in row] for row in book["data"].iter_rows(min_row=2)]
    assert {row[0]: row[2] for row in rows} == {code: each["value"] for code, each in kept.items()}
    assert kept["tm_per_10k_entities"]["value"] is None
    assert ("分母缺失" if not prefix else "no denominator") in page.lower()


def test_a_snapshot_stands_beside_another_and_beside_today(officer):
    first, second = _frozen(officer, "甲"), _frozen(officer, "乙")
    page = officer.get(f"{first}/compare?with={second[-26:]}").text
    assert "甲" in page
    assert "乙" in page
    assert "不变" in officer.get(f"{first}/compare").text
    assert officer.get(f"{first}/compare?with=01ARZ3NDEKTSV4RRFFQ69G5FAV").status_code == 404
    assert first in officer.get("/staff/indicators").text


@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        ({"title": ""}, {"title"}),
        ({"title": "x" * 301}, {"title"}),
        ({"title": "a\x07"}, {"title"}),
        ({"title": "a", "day": "2026-11-24"}, {"day"}),
        ({"title": "a", "day": "gestern"}, {"day"}),
        ({"title": "a", "day": "2026-01-01", "first_day": "2026-01-02"}, {"first_day"}),
    ],
)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_what_cannot_be_frozen_comes_back_with_its_faults(officer, prefix, facts, fields):
    reply = officer.post(f"{prefix}/staff/indicators/snapshots", facts)
    assert reply.status_code == 422
    assert set(re.findall(r'class="gi-field-fault" id="([a-z_]+)-fault"', reply.text)) == fields


def test_a_period_that_is_none_is_told_beside_its_field(officer):
    for query in ("day=2026-02-30", "first_day=x", "day=2027-01-01", "day=2026-01-01&first_day=2026-06-01"):
        reply = officer.get(f"/staff/indicators?{query}")
        assert reply.status_code == 422
        assert "gi-field-fault" in reply.text
    assert officer.get("/staff/indicators?day=2026-06-30&first_day=2026-01-01").status_code == 200


def test_who_does_not_freeze_is_offered_no_form(desk):
    editor = seated(*desk, an_officer(desk[1], Role.EDITOR))
    page = editor.get("/staff/indicators").text
    assert "/staff/indicators/snapshots" not in page.partition("</form>")[2].partition("冻结的快照")[0]
    assert editor.post("/staff/indicators/snapshots", {"title": "a"}).status_code == 403
