"""One record, one truth: every record of the seed says the same on its page and in every form for programs (I-22).

Each form of a record is read into the same few plain facts: state, since, numbers, holders, days. The rows of the
JSON Lines files are what the others are compared with; those files name every record there is. A further form is
one more reader beside those of `plain_facts`, and joins `test_every_…` of its kind of record. Here: the files among
themselves, the changes, and the counts.
"""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

import openpyxl
import pytest
from defusedxml import ElementTree
from plain_facts import BASE, day, every, public, said

from service.register.open_data import DATASETS

# ---- the files among themselves


@pytest.mark.parametrize("name", DATASETS)
def test_every_kind_of_file_has_the_same_cells(client, tables, name):
    rows = tables[name]
    for suffix in (".csv", ".csv?bom=1"):
        text = client.get(f"/data/{name}{suffix}").content.decode("utf-8-sig")
        cells = list(csv.DictReader(io.StringIO(text, newline="")))
        assert [list(each) for each in cells] == [list(row) for row in rows]
        assert [_read(row, each) for row, each in zip(rows, cells, strict=True)] == rows
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"/data/{name}.xlsx").content))["data"]
    names = [column.name for column in DATASETS[name].columns]
    found = [dict(zip(names, row, strict=True)) for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert [_read(row, each) for row, each in zip(rows, found, strict=True)] == rows
    if DATASETS[name].geometry:
        collection = client.get(f"/data/{name}.geojson").json()["features"]
        lines = client.get(f"/data/{name}.geojsons").content.split(b"\x1e")[1:]
        assert [each["properties"] for each in collection] == rows
        assert [json.loads(line) for line in lines] == collection


def _read(row: dict, cells: dict) -> dict:
    """The cells as what they are in the row: a cell of a text file has no type."""
    return {key: _as(row[key], cells[key]) for key in row}


def _as(value: object, cell: object) -> object:
    if cell in {None, ""}:
        return None
    if isinstance(value, bool):
        return {"true": True, "false": False}[cell]
    if isinstance(value, int | float):
        return float(cell)
    # The apostrophe that keeps spreadsheets from computing a text is none of the text's.
    return cell[1:] if re.match(r"'\s*[=+\-@|%＝＋－＠]", cell) else cell


# ---- changes


def test_every_change_says_the_same_in_the_answer_the_feed_and_the_publications_page(client, tables):
    names = {
        row["id"]: row["name"]
        for name in ("gi-products", "organisations", "trademarks")
        for row in public(tables[name])
    }
    entries, changes = _entries(client), _changes(client)
    assert len(entries) == len(changes) > 200
    pages = {
        number: said(client.get(f"/changes/{number}").text)
        for number in {each["revision"] for each in changes}
    }
    for change in changes:
        entry = entries.pop(uuid5(NAMESPACE_URL, f"{change['id']}/{change['revision']}").urn)
        assert entry["category"] == change["kind"].removesuffix("_event")
        assert datetime.fromisoformat(entry["updated"]) == datetime.fromisoformat(change["published_at"])
        told = f"{entry['title']} {entry['summary']}"
        if change["name"] is None:
            # What was taken down is named in neither.
            assert change["url"] is change["source"] is None
            assert entry["link"] == f"{BASE}/changes/{change['revision']}"
            continue
        about = [each["name"] for each in (change["organisation"], change["product"]) if each]
        # By its own name, or as who may use the mark on what.
        assert change["name"] in told or (about and all(name in told for name in about)), change
        assert any(name in pages[change["revision"]] for name in (change["name"], *about))
        assert change["name"] == names.get(change["id"], change["name"])
        assert entry["link"] == BASE + (change["url"] or f"/changes/{change['revision']}")
        assert (day(change["on"]) or "") in told
        assert ("示例数据" in told) == change["is_demonstration"]
    assert entries == {}


_ATOM = "{http://www.w3.org/2005/Atom}"


def _entries(client) -> dict[str, dict[str, str]]:
    """The entries of all pages of the feed by their identifiers."""
    found, address = {}, "/changes.atom"
    while address:
        feed = ElementTree.fromstring(client.get(address).text)
        for entry in feed.findall(f"{_ATOM}entry"):
            found[entry.findtext(f"{_ATOM}id")] = {
                **{name: entry.findtext(f"{_ATOM}{name}") or "" for name in ("title", "summary", "updated")},
                "category": entry.find(f"{_ATOM}category").attrib["term"],
                "link": entry.find(f"{_ATOM}link").attrib["href"],
            }
        older = [each.attrib["href"] for each in feed.findall(f"{_ATOM}link") if each.attrib["rel"] == "next"]
        address = older[0] if older else None
    return found


def _changes(client) -> list[dict]:
    found, since, has_more = [], None, True
    while has_more:
        page = client.get(
            "/api/v1/changes", params={"limit": 100, **({"since": since} if since else {})}
        ).json()
        found += page["items"]
        since, has_more = page["next"], page["has_more"]
    return found


# ---- counts


@pytest.mark.parametrize(
    ("dataset", "path", "kind"),
    [
        ("gi-products", "/api/v1/gi", "gi_product"),
        ("organisations", "/api/v1/organisations", "organisation"),
        ("authorisations", "/api/v1/authorisations", None),
        ("trademarks", "/api/v1/trademarks", "trademark"),
        ("brands", None, "brand"),
        ("announcements", "/api/v1/announcements", "announcement"),
        ("service-points", "/api/v1/service-points", "service_point"),
    ],
)
def test_page_file_and_answer_count_the_same(client, tables, dataset, path, kind):
    rows = [row for row in public(tables[dataset]) if row.get("closed_on") is None]
    if path:
        answer = client.get(path, params={"limit": 1}).json()
        assert answer["total"] == len(rows) == len(every(client, path))
    if kind:
        assert client.get("/api/v1/search", params={"kind": kind, "limit": 1}).json()["total"] == len(rows)
        page = client.get("/search", params={"kind": kind}).text
        assert int(re.search(r"共 ([\d,]+) 条", page)[1].replace(",", "")) == len(rows)
    files = client.get("/api/v1/files").json()["items"]
    assert {each["rows"] for each in files if each["dataset"] == dataset} == {len(tables[dataset])}
