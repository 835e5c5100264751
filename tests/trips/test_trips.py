"""The five trips, each from its first step to its last, as a person would tell it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import BACKENDS, NOW
from starlette.testclient import TestClient
from walking import innermost

from search.engine import SearchUnavailable, open_engine
from service.app import create_app
from service.calendar import FixedClock
from service.errors import FourEyes, ImportRefused
from service.register import accounts, auditing, editing, importing, indexing
from service.register.database import Database
from service.register.payloads import PAYLOADS
from service.settings import Settings
from service.vocabulary import RecordKind, Role
from service.worker import Worker

BASE_URL = "http://127.0.0.1:8000"
SOURCED = {"source": "示例", "source_level": "demonstration", "is_demonstration": True}


@dataclass
class Site:
    """The registry as it runs: the site, the register behind it, and the worker that keeps the index."""

    client: TestClient
    database: Database
    settings: Settings

    def get(self, path, **query):
        return self.client.get(path, params=query)

    def json(self, path, **query):
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def verdict(self, code, target=None):
        return self.json("/api/v1/verify", code=code, **({"target": target} if target else {}))["verdict"]

    def let_the_worker_work(self):
        engine = open_engine("embedded:", directory=self.settings.index_dir, writable=True)
        worker = Worker(self.database, engine, FixedClock(NOW))
        try:
            while worker._work():
                pass
        finally:
            engine.close()


@pytest.fixture(scope="module", params=BACKENDS)
def site(request, registers, tmp_path_factory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("trips")
    settings = Settings(data_dir=folder, database_url=registers.make(request.param, "seeded"))
    (folder / "documents").symlink_to(registers.documents(request.param, "seeded"))
    here = Site(None, Database(settings.database_url), settings)
    here.let_the_worker_work()
    with TestClient(create_app(settings, FixedClock(NOW), works=False), base_url=BASE_URL) as here.client:
        yield here
    here.database.dispose()


def test_a_visitor_looks_for_a_product_by_name_initials_or_misspelt_and_finds_it(site):
    for text in ("黔江猕猴桃", "qjmht", "弥猴桃"):
        hits = site.json("/api/v1/search", q=text)["hits"]
        assert "黔江猕猴桃" in [hit["name"] for hit in hits][:3], text
    page = site.get("/search", q="黔江猕猴桃")
    assert page.status_code == 200
    assert "黔江猕猴桃" in page.text
    assert site.get(hits[0]["url"]).status_code == 200


def test_a_visitor_still_finds_exact_names_and_numbers_while_the_engine_is_away(site, monkeypatch):
    def away(_query):
        raise SearchUnavailable("embedded", "damaged")

    monkeypatch.setattr(innermost(site.client.app).state.services.engine, "search", away)
    answer = site.json("/api/v1/search", q="93500114MA0TERT081")
    assert (answer["engine"], len(answer["hits"])) == ("database", 1)
    assert "全文检索暂不可用" in site.get("/search", q="示例·云雾果").text


def test_a_shopper_reads_the_code_on_a_pack_and_learns_whether_the_firm_may_use_the_mark(site):
    page = site.get("/v/93500114MA0TERT081")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "示例青杠果业专业合作社" in page.text
    answer = site.json("/api/v1/verify", code="93500114 ma0tert081", target="示例·云雾果")
    assert (answer["verdict"], answer["as_of"]) == ("authorised", "2026-11-23")
    evidence = answer["evidence"][0]
    assert site.get(evidence["url"]).status_code == 200
    assert "虚构" in site.get(evidence["document_url"]).text
    assert site.get("/verify", code="93500114MA0TERT082").status_code == 422
    assert site.verdict("91500114MA0TERT32P", "shili-yunwuguo") == "ended"


def test_a_researcher_opens_a_product_and_sees_where_it_comes_from(site):
    product = site.json("/api/v1/gi/shili-yunwuguo")
    assert "示例" in product["name"]
    page = site.get("/gi/shili-yunwuguo")
    assert page.status_code == 200
    assert "<svg" in page.text
    (feature, *_) = site.json("/api/v1/gi/shili-yunwuguo/areas")["features"]
    assert feature["geometry"]["type"] == "MultiPolygon"
    longitude, latitude = feature["geometry"]["coordinates"][0][0][0]
    here = site.json("/api/v1/areas/at", lon=round(longitude, 6), lat=round(latitude, 6))
    assert here


def test_an_editor_enters_a_firm_another_person_publishes_it_and_a_visitor_finds_and_verifies_it(site):
    payload = PAYLOADS[RecordKind.AUTHORISATION].model_validate(
        {
            "code": "QJ-AU-9901",
            "protection": "QJ-PR-9001",
            "organisation": "91500114MA1TERT18E",
            "basis": "approved_producer",
            "announcement": "demonstration-498",
            "effective_on": "2026-01-01",
            **SOURCED,
        }
    )
    stop = PAYLOADS[RecordKind.AUTHORISATION_EVENT].model_validate(
        {
            "authorisation": "QJ-AU-9901",
            "event": "deregistered",
            "effective_on": "2026-11-23",
            "ground": "voluntary",
            **SOURCED,
        }
    )
    assert site.verdict("91500114MA1TERT18E", "shili-yunwuguo") == "not_authorised"
    before = site.json("/api/v1/gi", limit=1)["data_version"]
    with site.database.writing() as session:
        lu = accounts.add_staff(
            session, login="lu", display_name="录", person="lu", roles=[Role.EDITOR, Role.REVIEWER], at=NOW
        )
        shen = accounts.add_staff(
            session, login="shen", display_name="审", person="shen", roles=[Role.REVIEWER], at=NOW
        )
        draft = editing.save_draft(session, payload, by=lu, at=NOW)
        editing.submit(session, [draft], by=lu, at=NOW)
        with pytest.raises(FourEyes):
            editing.publish(session, [draft], by=lu, at=NOW)
    assert site.verdict("91500114MA1TERT18E", "shili-yunwuguo") == "not_authorised"
    with site.database.writing() as session:
        session.add(draft)
        assert editing.publish(session, [draft], by=shen, at=NOW) == before + 1
    assert site.verdict("91500114MA1TERT18E", "shili-yunwuguo") == "authorised"
    assert indexing.pending(site.database) == 2
    site.let_the_worker_work()
    assert indexing.pending(site.database) == 0
    with site.database.writing() as session:
        end = editing.save_draft(session, stop, by=lu, at=NOW + timedelta(hours=1))
        editing.submit(session, [end], by=lu, at=NOW + timedelta(hours=1))
        editing.publish(session, [end], by=lu, at=NOW + timedelta(hours=1))
    # No index, no cache and no worker stands between the deregistration and the next answer.
    assert site.verdict("91500114MA1TERT18E", "shili-yunwuguo") == "ended"
    with site.database.reading() as session:
        assert list(auditing.broken_links(session)) == []


def test_an_office_brings_in_a_table_is_told_its_mistakes_and_brings_it_in_again(site, tmp_path: Path):
    header = ["登记编号", "网址标识", "产品名称", "与本区关系", "示例", "来源", "来源级别"]
    rows = [
        [
            f"QJ-GI-990{n}",
            f"shili-dairu-{n}",
            f"示例·待录果{n}",
            "in_district",
            "true",
            "示例",
            "demonstration",
        ]
        for n in range(3)
    ]

    def bring_in(rows):
        path = tmp_path / "products.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([header, *rows])
        with site.database.writing() as session:
            lu, shen = (accounts.find_staff(session, login) for login in ("seed-entry", "seed-review"))
            run = importing.Import(session, lu, NOW, site.settings.documents_dir)
            report = importing.import_file(run, path)
            importing.publish_report(run, report, by=shen)
            return report

    broken = [*rows[:2], [*rows[2][:3], "本区", *rows[2][4:]]]
    with pytest.raises(ImportRefused) as refused:
        bring_in(broken)
    (problem,) = refused.value.problems
    assert (problem.line, problem.column, problem.value) == (4, "与本区关系 (home_relation)", "本区")
    assert site.get("/gi/shili-dairu-0").status_code == 404
    assert bring_in(rows).created == 3
    assert bring_in(rows).unchanged == 3
    site.let_the_worker_work()
    assert site.get("/gi/shili-dairu-2").status_code == 200
    assert site.json("/api/v1/search", q="示例·待录果2")["hits"][0]["name"] == "示例·待录果2"
