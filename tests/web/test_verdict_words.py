"""What a verdict says in words is what is on record: the day, the announcement and the source of that very thing."""

from __future__ import annotations

import re
import sys
from datetime import date
from pathlib import Path

import pytest
from conftest import NOW
from starlette.testclient import TestClient

from service.app import create_app
from service.calendar import FixedClock
from service.register.database import Database
from service.settings import Settings

sys.path.insert(0, str(Path(__file__).parents[1] / "register"))
import factories


def facts_on(page: str) -> dict[str, str]:
    """The facts of a page by their names."""
    found = re.findall(r"<div><dt>(.*?)</dt><dd[^>]*>(.*?)</dd></div>", page, re.DOTALL)
    return {name.replace(" ", ""): re.sub(r"<[^>]+>", "", said) for name, said in found}


@pytest.fixture
def own(backend, registers, tmp_path):
    """A site and its register, which a test may change."""
    settings = Settings(data_dir=tmp_path, database_url=registers.make(backend, "empty"))
    database = Database(settings.effective_database_url)
    app = create_app(settings, FixedClock(NOW), works=False)
    with TestClient(app, "http://127.0.0.1:8000") as client:
        yield client, database
    database.dispose()


def headline(client, code: str, lang: str = "", **asked: str) -> str:
    page = client.get(f"{lang}/verify", params={"code": code, **asked}).text
    said = page.partition('class="gi-verdict-card-sentence">')[2].partition("</p>")[0]
    return re.sub(r"<[^>]+>", "", said)


@pytest.mark.parametrize("has_its_own", [False, True])
def test_what_ended_or_limits_a_use_is_credited_to_no_other_announcement(own, has_its_own):
    client, database = own
    with database.writing() as session:
        firm = factories.an_organisation(session)
        granting, other = (factories.an_announcement(session) for _ in range(2))
        use = factories.an_authorisation(session, None, firm, announcement=granting.parsed_number().code)
        more = {"announcement": other.parsed_number().code} if has_its_own else {}
        day = {"effective_on": date(2026, 10, 1), **more}
        factories.an_authorisation_event(
            session, use, "put_under_correction", deadline_on=date(2027, 4, 1), **day
        )
    # The announced user is one by the announcement of the grant, whatever came after it.
    assert f"（{granting.number}）" in headline(client, firm.uscc)
    with database.writing() as session:
        factories.an_authorisation_event(session, use, **{**day, "effective_on": date(2026, 11, 1)})
    for lang, marks in (("", "（）"), ("/en", "()")):
        said = headline(client, firm.uscc, lang)
        assert granting.number not in said
        assert (f"{marks[0]}{other.number}{marks[1]}" in said) == has_its_own


def test_a_protection_is_at_an_end_from_its_day_on_and_not_before(client):
    code = "91500114MA0TERT162"
    assert "自2019年9月9日起已终止" in headline(client, code, on="2019-09-09")
    assert "ended on 9 September 2019" in headline(client, code, "/en", on="2026-11-23")
    assert "公告使用人" in headline(client, code, on="2019-09-08")


def test_a_body_struck_off_is_told_with_the_day_it_was_seen_and_the_source(client):
    code = "91500114MA1TERT77H"
    answer = client.get(f"/api/v1/verify?code={code}").json()
    assert answer["verdict"] == "ended"
    (fact,) = [each for each in answer["facts"] if each["kind"] == "organisation_struck_off"]
    assert "2025年5月20日查得" in fact["text"]
    assert fact["source"]["level"] == "demonstration"
    before = client.get(f"/api/v1/verify?code={code}&on=2025-05-19").json()
    assert (before["verdict"], before["facts"][-1]["kind"]) == ("authorised", "organisation_struck_off")
    page = client.get("/authorisations/QJ-AU-9023").text
    assert "已终止" in facts_on(page)["2026年11月23日的状态"]
    assert "2025" not in facts_on(page)["2026年11月23日的状态"]  # the day it was seen is not the day it ended


def test_what_is_not_verified_is_not_called_a_thing_to_come(client):
    page = client.get("/verify?code=91500114MA1TERT0XE").text
    assert "不能确认可以使用专用标志</h1>" in page
    facts = facts_on(client.get("/authorisations/QJ-AU-9020").text)
    assert (facts["2026年11月23日的状态"], facts["地理标志保护"]) == ("尚未生效", "状态未核实")
    later = facts_on(client.get("/authorisations/QJ-AU-9022").text)
    assert later["2026年11月23日的状态"] == "尚未生效，2031年1月1日 起生效"


def test_a_card_says_which_product_was_asked_about_also_when_there_is_none(client):
    for code in ("93500114MA0TERT081", "Y1500114MJTERT0017"):
        facts = facts_on(client.get("/verify", params={"code": code, "target": "没有的<产品"}).text)
        assert facts["所问产品"] == "没有的&lt;产品"
    assert "所问产品" not in client.get("/verify?code=93500114MA0TERT081&target=shili-yunwuguo").text


def test_a_proof_of_a_day_leads_to_the_same_question(client):
    asked = "code=91500114MA0TERT32P&target=shili-yunwuguo&on=2023-08-14"
    signed = client.get(f"/api/v1/verify/proof?{asked}").json()["signed"]
    path = signed["ask_again"].removeprefix("http://127.0.0.1:8000")
    assert path.endswith("target=shili-yunwuguo&on=2023-08-14")
    assert signed["answer"]["headline"] in client.get(path).text
