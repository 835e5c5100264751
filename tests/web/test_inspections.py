"""Random inspections on the pages: what the public sees and when, and what the desk refuses beside its field."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from factories import an_organisation, counted_statements, published
from independent_draw import draw_again
from inspection_deeds import ANNOUNCED, a_draw, a_plan
from record_deeds import NOWHERE
from sqlalchemy import select, update
from staffing import NOW, MovingClock, a_desk, an_officer, seated

from service.register.models import InspectionDraw, InspectionPlan, Organisation
from service.vocabulary import RecordKind, Role, Withdrawal


@pytest.fixture(scope="module")
def desk(registers, tmp_path_factory):
    """The site on an empty register with a clock that moves, and that register."""
    clock = MovingClock()
    with a_desk(registers, tmp_path_factory.mktemp("desk"), content="empty", clock=clock) as made:
        yield *made, clock


@pytest.fixture
def public(desk):
    """Ask as the public at a moment."""
    client, _, clock = desk

    def ask(address, at=NOW):
        clock.moment = at
        reply = client.get(address)
        clock.moment = NOW
        return reply

    return ask


def _seat(desk, *roles, **more):
    return seated(*desk[:2], an_officer(desk[1], *roles, **more))


def _faults(reply):
    assert reply.status_code == 422
    return set(re.findall(r'class="gi-field-fault" id="([a-z_]+)-fault"', reply.text))


def test_a_draw_shows_its_hash_at_once_and_the_rest_on_its_day(desk, public):
    address = a_draw(desk[1])
    seen = address.removeprefix("/staff")
    reply = _seat(desk, Role.REVIEWER).post(f"{address}/draw", {"value": "０３1122", "again": "03 11 22"})
    assert reply.status_code == 303
    sha256 = re.search(r"[0-9a-f]{64}", public(seen).text)[0]
    assert sha256 in public("/inspections").text
    assert "031122" in public(seen).text
    assert "测试公司" not in public(seen).text
    assert public(f"{seen}.json").status_code == 404
    midnight = datetime(2026, 12, 19, 16, 0, tzinfo=UTC)  # of 20 December in China
    assert public(f"{seen}.json", midnight - timedelta(seconds=1)).status_code == 404
    page, file = public(seen, midnight), public(f"{seen}.json", midnight)
    drawn = file.json()["drawn"]
    assert len(drawn) == 2
    assert draw_again(file.text) == drawn
    names = {
        one["id"]: one["name"] for one in json.loads(file.json()["population"])["strata"][0]["candidates"]
    }
    assert all(names[each["id"]] in page.text for each in drawn)
    table = _seat(desk, Role.REVIEWER).get(f"{address}.csv").text
    assert all(each["id"] in table for each in drawn)
    one = update(Organisation).where(Organisation.ulid == drawn[0]["id"])
    try:
        with desk[1].writing() as session:
            session.execute(one.values(withdrawal=Withdrawal.WITHHELD))
        assert public(f"{seen}.json", midnight).status_code == 404
        shut = public(seen, midnight).text
        assert "依法不公开" in shut
        assert all(name not in shut for name in names.values())
    finally:
        with desk[1].writing() as session:
            session.execute(one.values(withdrawal=None))


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        ({"value_source": ""}, {"value_source"}),
        ({"value_source": "a\x00"}, {"value_source"}),
        ({"value_source": "长" * 501}, {"value_source"}),
        ({"value_on": "2026-11-23"}, {"value_on"}),
        ({"value_on": "morgen", "published_from": ""}, {"value_on", "published_from"}),
        ({"digits": "５"}, {"digits"}),
        ({"digits": "99999"}, {"digits"}),
        ({"digits": "4"}, {"digits"}),
        ({"published_from": "2028-01-01"}, {"published_from"}),
    ],
)
def test_what_cannot_be_announced_comes_back_with_its_faults(desk, prefix, facts, fields):
    reply = _seat(desk, Role.EDITOR).post(
        f"{prefix}/staff/inspections/{a_plan(desk[1], firms=1)}/draws", {**ANNOUNCED, **facts}
    )
    assert _faults(reply) == fields
    if len(facts.get("value_source", "")) > 300:
        assert ("at most 300" if prefix else "最多 300 字") in reply.text
    for name in fields & {"value_on"}:  # a day that is none is still there to be put right
        typed = {**ANNOUNCED, **facts}[name]
        kind = "text" if typed == "morgen" else "date"
        assert f'name="{name}" type="{kind}" value="{typed}"' in reply.text


def test_what_cannot_be_drawn_comes_back_with_its_faults(desk):
    address = a_draw(desk[1])
    reviewer = _seat(desk, Role.REVIEWER)
    assert _faults(reviewer.post(f"{address}/draw", {"value": "031122", "again": "031123"})) == {"again"}
    assert _faults(reviewer.post(f"{address}/draw", {"value": "03112", "again": "03112"})) == {"value"}
    assert _faults(reviewer.post(f"{address}/abandon", {"reason": " "})) == {"reason"}
    waiting = a_plan(desk[1])
    editor = _seat(desk, Role.EDITOR, Role.REVIEWER)
    own = editor.post(f"/staff/inspections/{waiting}/draws", ANNOUNCED).headers["location"].partition("?")[0]
    assert _faults(editor.post(f"/staff/inspections/{waiting}/draws", ANNOUNCED)) == set()
    early = {"value": "031122", "again": "031122"}
    assert "另一个人" in editor.post(f"{own}/draw", early).text
    assert "数值还没有到公布的日子" in reviewer.post(f"{own}/draw", early).text
    nobody = a_plan(desk[1], firms=0)
    assert "没有可以抽取的单位" in editor.post(f"/staff/inspections/{nobody}/draws", ANNOUNCED).text
    for path in (f"/staff/inspections/{NOWHERE}", f"/staff/inspections/draws/{NOWHERE}"):
        assert editor.get(path).status_code == 404


def test_who_has_no_business_with_inspections_does_not_see_them(desk):
    address = a_draw(desk[1])
    for seat in (_seat(desk, Role.GIS_EDITOR), _seat(desk, Role.PARTNER, kinds=(RecordKind.ORGANISATION,))):
        assert seat.get("/staff/inspections").status_code == 403
        assert seat.get(address).status_code == 403
        assert "/staff/inspections" not in seat.get("/staff").text


def test_a_result_leaves_the_public_page_at_midnight_in_china_without_anybody_doing_anything(desk, public):
    with desk[1].writing() as session:
        firm = an_organisation(session, name="测试被查公司")
        published(
            session,
            "inspection",
            code="JC-TEST-1",
            organisation=firm.uscc,
            inspected_on="2026-11-20",
            inspectors=["01", "02"],
            outcome="case",
            published_from="2026-11-24",
            publication_term="three_months",
        )
    begins, ends = datetime(2026, 11, 23, 16, tzinfo=UTC), datetime(2027, 2, 23, 16, tzinfo=UTC)
    second = timedelta(seconds=1)
    for moment, is_shown in [(begins - second, False), (begins, True), (ends - second, True), (ends, False)]:
        assert ("测试被查公司" in public("/inspections", moment).text) == is_shown, moment
        assert "JC-TEST-1" not in public("/changes", moment).text


def test_an_officer_sees_a_grade_at_the_organisation_and_the_public_does_not(desk, public):
    with desk[1].writing() as session:
        firm = an_organisation(session)
        facts = {"scheme": "测试体系", "grade": "等级丁", "valid_from": "2026-01-01"}
        published(session, "credit_assessment", organisation=firm.uscc, **facts)
    editor = _seat(desk, Role.EDITOR)
    found = editor.get(f"/staff/records/organisation?q={firm.uscc}").text
    record = re.search(r"/staff/records/organisation/[0-9A-Z]{26}", found)[0]
    page = editor.get(record).text
    assert "等级丁" in page
    assert "没有依据文件" in page
    assert "等级丁" not in public(f"/organisations/{firm.uscc}").text


def _a_result(session, number):
    firm = an_organisation(session)
    published(
        session,
        "inspection",
        code=f"JC-PAGE-{number}",
        organisation=firm.uscc,
        inspected_on="2026-11-20",
        inspectors=["01", "02"],
        outcome="no_problem",
        published_from="2026-11-22",
        publication_term="three_years",
    )


def test_the_public_list_costs_the_same_few_statements_reads_no_population_and_is_paged(desk, public):
    counts = []
    for number in range(2):
        with desk[1].writing() as session:
            for each in range(13):
                _a_result(session, f"{number}-{each}")
        a_draw(desk[1])
        with counted_statements(desk[1]) as statements:
            page = public(f"/inspections?page={number + 1}")
        assert page.status_code == 200
        counts.append(len(statements))
        assert not any("inspection_draw.content" in each or "drawn" in each for each in statements)
    assert counts[0] == counts[1] <= 7, statements
    assert len(re.findall(r'id="JC-PAGE-', public("/inspections").text)) == 24
    assert "JC-PAGE-" in page.text


@pytest.mark.parametrize(
    ("asked", "other", "none"),
    [("page", "draws", "现在没有在公示期内的检查结果"), ("draws", "page", "还没有随机抽取")],
)
def test_past_the_last_page_nobody_says_that_there_is_nothing(public, asked, other, none):
    page = public(f"/inspections?{asked}=400&{other}=2")
    assert page.status_code == 200
    assert none not in page.text
    for prefix in ("", "/en"):
        address = f"{prefix}/inspections?{asked}=400&{other}=2"
        assert f'href="{prefix}/inspections?{other}=2">' in public(address).text


def test_a_withheld_plan_is_named_nowhere_in_public(desk, public):
    address = a_draw(desk[1])
    seen = address.removeprefix("/staff")
    why, source = "当期停售（测试作废）", "示例彩票第 2026140 期开奖号码"
    assert _seat(desk, Role.REVIEWER).post(f"{address}/abandon", {"reason": why}).status_code == 303
    assert all(each in public(seen).text for each in (why, source))
    title = re.search(r"<h1[^>]*>(.*?)</h1>", public(seen).text, re.DOTALL)[1]
    title = re.search("抽查计划 [^<]+", title)[0].strip()
    assert title in public("/inspections").text
    of_it = select(InspectionDraw.plan_id).where(InspectionDraw.ulid == address.rpartition("/")[2])
    withheld = update(InspectionPlan).where(InspectionPlan.id.in_(of_it))
    with desk[1].writing() as session:
        session.execute(withheld.values(withdrawal=Withdrawal.WITHHELD, withdrawal_reason="依法不公开"))
    opened = datetime(2026, 12, 20, 16, tzinfo=UTC)
    for page in (public("/inspections"), public(seen), public(seen, opened)):
        assert page.status_code == 200
        assert title not in page.text
        assert all(each not in page.text for each in (why, source))
    assert public(f"{seen}.json", opened).status_code == 404
    assert all(each in _seat(desk, Role.REVIEWER).get(address).text for each in (why, source))


_LATE = {
    "": ("可能已超期：", "算不出逾期几个工作日", "超期 1 个工作日", "已超期"),
    "/en": ("may be overdue: ", "working days cannot be counted", "1 working day late", "overdue"),
}


def test_an_order_on_the_work_list_is_as_late_as_can_be_said(desk):
    with desk[1].writing() as session:
        firm = an_organisation(session)
        for day in ("2026-11-12", "2026-11-13"):  # until Thursday, the 19th, and until the 20th
            order = {"outcome": "ordered", "ordered_on": day, "order_working_days": 5}
            facts = {"organisation": firm.uscc, "inspected_on": day, "inspectors": ["01", "02"], **order}
            published(session, "inspection", code=f"JC-LATE-{day}", **facts)
    editor = _seat(desk, Role.EDITOR)
    for prefix, (perhaps, uncounted, _, _) in _LATE.items():
        page = editor.get(f"{prefix}/staff?list=corrections").text
        assert page.count(f"<strong>{perhaps}</strong>") == page.count(uncounted) == 2
    with desk[1].writing() as session:  # today, a Monday, is a day of rest
        published(session, "holiday_arrangement", year=2026, title="测试", rest_days=["2026-11-23"])
    for prefix, (perhaps, _, one, none) in _LATE.items():
        page = editor.get(f"{prefix}/staff?list=corrections").text
        assert perhaps not in page
        late = dict(re.findall(r"JC-LATE-2026-11-(12|13)(.*?)</tr>", page, re.DOTALL))
        assert (one in late["12"], none in late["13"], re.search(r"\b0\b", late["13"])) == (True, True, None)
