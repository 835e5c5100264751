"""The open data: page and files tell the same, of the same moment, and nothing private."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from pathlib import Path

import openpyxl
import pytest
from conftest import NOW
from serving import seeded_settings
from sqlalchemy import update
from starlette.testclient import TestClient

from service.app import create_app
from service.calendar import FixedClock
from service.register.database import Database
from service.register.models import GiProduct, Organisation, TrademarkRecord
from service.register.open_data import DATASETS
from service.register.open_data.writing import inert
from service.vocabulary import PRIVATE_PERSON_KINDS, Withdrawal

sys.path.append(str(Path(__file__).parents[1] / "register"))  # last: that folder has a conftest of its own
import factories

_PAGE_ROW = re.compile(
    r'<th scope="row">[^<]*</th><td class="gi-downloads-rows"[^>]*>([\d,]+)(?:[^<]*?(\d+)[^<]*)?</td>'
    r'<td class="gi-wrap"><div class="gi-downloads"><a href="[^"]*/data/([a-z-]+)\.csv">'
)
_FORMULA = '=HYPERLINK("http://evil.example","x")'


def _csv(reply) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(reply.content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_each_file_has_as_many_rows_as_the_page_says_at_the_same_version(client, prefix) -> None:
    page = client.get(f"{prefix}/data").text
    counts = {
        name: (int(rows.replace(",", "")), int(gone or 0)) for rows, gone, name in _PAGE_ROW.findall(page)
    }
    assert counts.keys() == DATASETS.keys()
    version = client.get("/api/v1/gi?limit=1").json()["data_version"]
    for name, (rows, gone) in counts.items():
        reply = client.get(f"{prefix}/data/{name}.csv")
        found = _csv(reply)
        assert len(found) == rows == int(reply.headers["x-row-count"]), name
        assert int(reply.headers["x-data-version"]) == version
        own = [row for row in found if row["record_state"] != "public"]
        assert gone <= len(own), name
        assert list(found[0]) == [column.name for column in DATASETS[name].columns]
        for column in DATASETS[name].columns:
            assert f">{column.name}<" in page


@pytest.mark.parametrize("kind", ["gi_product", "organisation", "trademark", "brand", "announcement"])
def test_a_search_s_file_has_the_records_of_all_its_pages(client, kind) -> None:
    shown: list[str] = []
    for page in range(1, 9):
        text = client.get("/search", params={"kind": kind, "page": page, "sort": "name"}).text
        shown += re.findall(r'<li class="gi-hit">.*?<h2><a href="([^"]*)">', text, re.DOTALL)
    total = int(re.search(r"共 ([\d,]+) 条", text)[1].replace(",", ""))  # type: ignore[index]
    reply = client.get("/search.csv", params={"kind": kind, "sort": "name"})
    rows = _csv(reply)
    assert [row["url"].removeprefix("http://127.0.0.1:8000") for row in rows] == shown
    assert len(rows) == total == int(reply.headers["x-row-count"])
    assert f"登记版本 {reply.headers['x-data-version']}" in text
    name = {"gi_product": "gi-products"}.get(kind, f"{kind}s")
    public = [row for row in _csv(client.get(f"/data/{name}.csv")) if row["record_state"] == "public"]
    assert len(public) == total


def test_a_search_s_page_leads_to_its_file_with_the_same_question(client) -> None:
    for prefix in ("", "/en"):
        page = client.get(f"{prefix}/search?q=示例&kind=trademark&page=1").text
        address = re.search(r'href="([^"]*/search\.csv[^"]*)"', page)
        assert address is not None
        assert address[1].startswith(f"{prefix}/search.csv?q=")
        assert {row["kind"] for row in _csv(client.get(address[1].replace("&amp;", "&")))} == {"trademark"}


def test_xlsx_keeps_codes_as_text_and_says_what_it_is(client) -> None:
    reply = client.get("/data/trademarks.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(reply.content))
    sheet, names = book["data"], [column.name for column in DATASETS["trademarks"].columns]
    numbers = [cell for row in sheet.iter_rows(min_row=2) for cell in [row[names.index("registration_no")]]]
    assert numbers
    assert all(cell.data_type == "s" and cell.number_format == "@" for cell in numbers)
    about = [str(row[0].value) for row in book["about"].iter_rows()]
    assert f"data_version {reply.headers['x-data-version']}" in about
    assert "许可：未声明 licence: not declared" in about
    assert set(names) <= set(about)
    rows = _csv(client.get("/data/trademarks.csv"))
    assert [cell.value for cell in numbers] == [row["registration_no"] for row in rows]


def test_excel_is_told_that_it_is_utf_8_only_when_asked(client) -> None:
    assert client.get("/data/brands.csv?bom=1").content.startswith(b"\xef\xbb\xbf")
    assert not client.get("/data/brands.csv").content.startswith(b"\xef\xbb\xbf")


def test_geojson_is_longitude_first_with_null_where_there_is_no_shape(client) -> None:
    for name in ("areas", "service-points"):
        document = client.get(f"/data/{name}.geojson").json()
        assert document["type"] == "FeatureCollection"
        assert document["data_version"]
        for feature in document["features"]:
            if feature["geometry"]:
                text = json.dumps(feature["geometry"]["coordinates"])
                longitude, latitude = (float(each) for each in re.findall(r"[\d.]+", text)[:2])
                assert 105 < longitude < 111
                assert 28 < latitude < 33
    assert client.get("/data/brands.geojson").status_code == 404
    assert client.get("/data/nothing.csv").status_code == 404
    assert client.get("/data/brands.exe").status_code == 422


def test_states_in_files_are_those_of_the_api(client) -> None:
    rows = {row["code"]: row for row in _csv(client.get("/data/authorisations.csv")) if row["code"]}
    items = client.get("/api/v1/authorisations?limit=100").json()["items"]
    assert items
    for item in items:
        assert (rows[item["code"]]["state"], rows[item["code"]]["since"]) == (
            item["state"]["code"],
            item["since"] or "",
        )
    products = {row["code"]: row for row in _csv(client.get("/data/protections.csv"))}
    for slug in ("shili-yunwuguo", "shili-shuangtujun", "shili-jiuyaotao"):
        for right in client.get(f"/api/v1/gi/{slug}").json()["protections"]:
            assert products[right["code"]]["state"] == right["state"]["code"]


def test_a_file_is_not_sent_again_while_the_register_stands(client) -> None:
    first = client.get("/data/brands.csv")
    again = client.get("/data/brands.csv", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+86", "'+86"),
        ("-1", "'-1"),
        ("@x", "'@x"),
        (" =1", "' =1"),
        ("＝1+1", "'＝1+1"),
        ("\t=1", "'\t=1"),
        ("|x", "'|x"),
        ("黔江=1", "黔江=1"),
        ("", ""),
    ],
)
def test_what_a_spreadsheet_would_compute_is_made_text(text, written) -> None:
    assert inert(text) == written


@pytest.fixture(scope="module", params=["spatialite", "postgis"])
def changed(request, registers, tmp_path_factory: pytest.TempPathFactory):
    """A site with withdrawn records, formulas as names and canaries in every private column."""
    clock = FixedClock(NOW)
    settings = seeded_settings(tmp_path_factory.mktemp("changed"), registers, request.param, clock)
    database = Database(settings.effective_database_url)
    with database.writing() as session:
        for how in (Withdrawal.GONE, Withdrawal.WITHHELD):
            factories.published(
                session,
                "gi_product",
                code=f"QJ-GI-{how.value}",
                slug=how.value,
                name=f"撤下{how.value}",
                home_relation="in_district",
                withdrawal=how.value,
                withdrawal_reason="理由CANARY" if how is Withdrawal.WITHHELD else "录入有误",
            )
        session.execute(update(Organisation).values(legal_representative="CANARY"))
        private = Organisation.kind.in_(PRIVATE_PERSON_KINDS)
        session.execute(update(Organisation).where(private).values(address="CANARY"))
        session.execute(update(TrademarkRecord).values(goods=_FORMULA))
        session.execute(update(GiProduct).where(GiProduct.slug == "shili-yunwuguo").values(name=_FORMULA))
    database.dispose()
    with TestClient(create_app(settings, clock, works=False), "http://127.0.0.1:8000") as made:
        yield made


def test_withdrawn_records_are_in_the_file_with_their_state(changed) -> None:
    rows = _csv(changed.get("/data/gi-products.csv"))
    gone = next(row for row in rows if row["code"] == "QJ-GI-gone")
    assert (gone["record_state"], gone["withdrawal_reason"], gone["name"]) == ("gone", "录入有误", "撤下gone")
    assert gone["source"] == ""
    withheld = [row for row in rows if row["record_state"] == "withheld"]
    assert any(
        all(not value for key, value in row.items() if key not in {"id", "record_state"}) for row in withheld
    )
    assert "撤下withheld" not in changed.get("/data/gi-products.csv").text


def test_no_private_column_is_in_any_file(changed) -> None:
    for name, dataset in DATASETS.items():
        for form in dataset.forms:
            content = changed.get(f"/data/{name}.{form}").content
            if form == "xlsx":
                book = openpyxl.load_workbook(io.BytesIO(content))
                content = "".join(
                    str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row
                ).encode()
            assert content
            assert b"CANARY" not in content, (name, form)


def test_no_cell_is_a_formula(changed) -> None:
    assert f"'{_FORMULA}" in {row["goods"] for row in _csv(changed.get("/data/trademarks.csv"))}
    for address in ("/data/trademarks.xlsx", "/data/gi-products.xlsx", "/search.xlsx?q=示例"):
        book = openpyxl.load_workbook(io.BytesIO(changed.get(address).content))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert {cell.data_type for cell in cells} <= {"s", "n", "b"}
        hostile = [cell for cell in cells if cell.value == _FORMULA]
        assert hostile
        assert all(cell.quotePrefix for cell in hostile)
