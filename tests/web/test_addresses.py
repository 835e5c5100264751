"""Addresses last: a record that was renamed, merged or withdrawn says so at the address it had."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from conftest import NOW
from sqlalchemy import select
from starlette.testclient import TestClient

from service.app import create_app
from service.calendar import FixedClock
from service.register.database import Database
from service.register.models import FormerCode, FormerSlug, GiProduct, Organisation
from service.settings import Settings
from service.vocabulary import Withdrawal

sys.path.insert(0, str(Path(__file__).parents[1] / "register"))
import factories

_OLD, _NEW = "shili-yunwuguo", "shili-yunwu-guo"
_FIRM = "93500114MA0TERT081"


@pytest.fixture(scope="module", params=["spatialite", "postgis"])
def site(request, registers, tmp_path_factory: pytest.TempPathFactory):
    """A client of a register in which one product was renamed and others withdrawn."""
    folder = tmp_path_factory.mktemp("addresses")
    settings = Settings(data_dir=folder, database_url=registers.make(request.param, "seeded"))
    database = Database(settings.effective_database_url)
    with database.writing() as session:
        found = session.scalars(select(GiProduct).where(GiProduct.slug == _OLD)).one()
        facts = {
            "code": found.code,
            "name": "示例·云雾果（新名）",
            "home_relation": found.home_relation.value,
        }
        factories.published(session, "gi_product", **facts, slug=_NEW)
        new = session.scalars(select(GiProduct.ulid).where(GiProduct.slug == _NEW)).one()
        for slug, how, successor in (
            ("gone", Withdrawal.GONE, None),
            ("secret", Withdrawal.WITHHELD, None),
            ("merged", Withdrawal.REDIRECT, new),
        ):
            factories.published(
                session,
                "gi_product",
                code=f"QJ-GI-{slug}",
                slug=slug,
                name=f"撤下的{slug}",
                home_relation="in_district",
                withdrawal=how.value,
                withdrawal_reason="录入有误，从未认定",
                redirect=successor,
            )
        secret = session.scalars(select(GiProduct).where(GiProduct.slug == "secret")).one()
        session.add(FormerSlug(product_id=secret.id, slug="secret-before", revision_number=1))
        firm = session.scalars(select(Organisation).where(Organisation.uscc == _FIRM)).one()
        session.add(FormerCode(organisation_id=firm.id, uscc="91500114MA0000001X", source_id=firm.source_id))
    database.dispose()
    with TestClient(
        create_app(settings, FixedClock(NOW), works=False), "http://127.0.0.1:8000", follow_redirects=False
    ) as made:
        yield made


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"/gi/{_OLD}", f"/gi/{_NEW}"),
        (f"/en/gi/{_OLD}", f"/en/gi/{_NEW}"),
        (f"/gi/{_OLD}/map", f"/gi/{_NEW}/map"),
        (f"/en/gi/{_OLD}/areas/1", f"/en/gi/{_NEW}/areas/1"),
        (f"/gi/{_OLD}/outline.svg?size=narrow", f"/gi/{_NEW}/outline.svg?size=narrow"),
        (f"/api/v1/gi/{_OLD}?on=2026-11-01", f"/api/v1/gi/{_NEW}?on=2026-11-01"),
        (f"/api/v1/gi/{_OLD}/areas", f"/api/v1/gi/{_NEW}/areas"),
        ("/gi/merged", f"/gi/{_NEW}"),
        ("/en/gi/merged", f"/en/gi/{_NEW}"),
        ("/api/v1/gi/merged", f"/api/v1/gi/{_NEW}"),
        ("/organisations/91500114MA0000001X", f"/organisations/{_FIRM}"),
        ("/api/v1/organisations/91500114MA0000001X", f"/api/v1/organisations/{_FIRM}"),
    ],
)
def test_an_old_address_leads_to_today_s(site, before: str, after: str) -> None:
    reply = site.get(before)
    assert (reply.status_code, reply.headers["location"]) == (301, after)
    assert site.get(after).status_code == 200


def test_a_printed_code_with_an_old_address_is_still_verified(site) -> None:
    asked = {"code": _FIRM, "target": _OLD}
    assert site.get("/api/v1/verify", params=asked).json()["verdict"] == "authorised"
    assert "示例·云雾果（新名）" in site.get(f"/v/{_FIRM}", params={"target": _OLD}).text


def test_a_permanent_link_follows_the_rename(site) -> None:
    ulid = site.get(f"/api/v1/gi/{_NEW}").json()["id"]
    for prefix in ("", "/en"):
        assert site.get(f"{prefix}/r/{ulid}").headers["location"] == f"{prefix}/gi/{_NEW}"


def test_a_permanent_link_may_be_typed_in_small_letters(site) -> None:
    ulid = site.get(f"/api/v1/gi/{_NEW}").json()["id"]
    for typed in (ulid.lower(), ulid[:-1] + ulid[-1].lower()):
        for prefix in ("", "/en"):
            reply = site.get(f"{prefix}/r/{typed}")
            assert (reply.status_code, reply.headers["location"]) == (301, f"{prefix}/gi/{_NEW}")


@pytest.mark.parametrize("key", ["XYZ", "8" + "0" * 25, "0" * 25 + "U", "0" * 27, "黔江"])
def test_what_cannot_be_an_identifier_names_no_record(site, key: str) -> None:
    for path in ("/r/", "/en/r/", "/inspections/draws/"):
        reply = site.get(f"{path}{quote(key)}")
        assert reply.status_code == 404
        assert ("There is no such page or record" if path.startswith("/en") else "没有这条记录") in reply.text


def test_a_withdrawn_record_says_why(site) -> None:
    for prefix in ("", "/en"):
        reply = site.get(f"{prefix}/gi/gone")
        assert reply.status_code == 410
        assert "录入有误，从未认定" in reply.text
        assert reply.headers["cache-control"] == "no-store"
    problem = site.get("/api/v1/gi/gone")
    assert problem.status_code == 410
    assert problem.headers["content-type"].startswith("application/problem+json")
    assert (problem.json()["code"], problem.json()["detail"]) == ("gone", "录入有误，从未认定")


def test_a_withheld_record_says_nothing_of_itself(site) -> None:
    for path in ("/gi/secret", "/en/gi/secret", "/api/v1/gi/secret"):
        reply = site.get(path)
        assert reply.status_code == 410
        assert "录入有误" not in reply.text
        assert "撤下的secret" not in reply.text


def test_no_other_address_leads_to_a_withheld_record(site) -> None:
    """Where it leads would tell the name or the number that is withheld."""
    rows = csv.DictReader(site.get("/data/gi-products.csv").text.splitlines())
    (ulid,) = (row["id"] for row in rows if row["record_state"] == "withheld")
    for path, status in ((f"/r/{ulid}", 410), (f"/en/r/{ulid}", 410), ("/gi/secret-before", 404)):
        reply = site.get(path)
        assert reply.status_code == status
        assert "location" not in reply.headers


def test_withdrawn_records_are_in_no_sitemap(site) -> None:
    text = site.get("/sitemap.xml").text
    assert f"/gi/{_NEW}<" in text
    for slug in ("gone", "secret", "merged", _OLD):
        assert f"/gi/{slug}<" not in text


def test_a_name_that_leads_nowhere_is_not_found(site) -> None:
    assert site.get("/gi/nothing").status_code == 404
