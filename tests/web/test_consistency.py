"""One record, one truth: every record of the seed says the same on its page and in every form for programs (I-22).

Each form of a record is read into the same few plain facts: state, since, numbers, holders, days. The rows of the
JSON Lines files are what the others are compared with; those files name every record there is. A further form is
one more reader beside those here, and joins `test_every_…` of its kind of record.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections import Counter
from datetime import date, datetime
from functools import cache
from uuid import NAMESPACE_URL, uuid5

import openpyxl
import pytest
from defusedxml import ElementTree

from service.register.open_data import DATASETS, Form
from service.vocabulary import (
    AuthorisationState,
    DeregistrationGround,
    MarkStatus,
    OrganisationStatus,
    ProtectionState,
    TimeHonouredStatus,
)

BASE = "http://127.0.0.1:8000"
_CARD = re.compile(r'<article class="gi-card gi-card-[^>]*id="([^"]+)">(.*?)</article>', re.DOTALL)
_FACT = re.compile(r"<div><dt[^>]*>(.*?)</dt>((?:\s*<dd[^>]*>.*?</dd>)+)</div>", re.DOTALL)
_SAID = re.compile(r"<dd[^>]*>(.*?)</dd>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_LINKED = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
_BADGE = re.compile(r'<span class="gi-badge[^>]*>.*?</span>', re.DOTALL)


@pytest.fixture
def tables(client):
    return _tables(client)


@cache
def _tables(client) -> dict[str, list[dict]]:
    """The rows of every table, as its JSON Lines file has them."""
    files = client.get("/api/v1/files").json()["items"]
    return {
        each["dataset"]: [json.loads(line) for line in client.get(each["url"]).content.splitlines()]
        for each in files
        if each["format"] == Form.JSON_LINES
    }


def public(rows: list[dict]) -> list[dict]:
    found = [row for row in rows if row["record_state"] == "public"]
    assert found
    return found


def said(text: str) -> str:
    """The words of a piece of a page."""
    return " ".join(html.unescape(_TAG.sub("", _BADGE.sub("", text))).split())


def facts(text: str) -> dict[str, list[str]]:
    """The lists of facts of a page or a part of it: everything said under each name."""
    found: dict[str, list[str]] = {}
    for name, values in _FACT.findall(text):
        found.setdefault(said(name), []).extend(said(value) for value in _SAID.findall(values))
    return found


def linked(page: str) -> list[dict]:
    found = [json.loads(html.unescape(text)) for text in _LINKED.findall(page)]
    assert found
    return [each for one in found for each in (one if isinstance(one, list) else [one])]


def properties(document: dict) -> dict[str, str]:
    return {each["propertyID"]: each["value"] for each in document["additionalProperty"]}


def day(text: str | None) -> str | None:
    """A day as pages write it."""
    if text is None:
        return None
    found = date.fromisoformat(text)
    return f"{found.year}年{found.month}月{found.day}日"


def parts(cell: str | None) -> list[str]:
    return cell.split("；") if cell else []


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


# ---- products and their rights


def test_every_product_says_the_same_of_its_rights_everywhere(client, tables):
    rights: dict[str, dict[str, dict]] = {}
    for row in public(tables["protections"]):
        rights.setdefault(row["product_code"], {})[row["code"]] = row
    looked_at = 0
    for product in public(tables["gi-products"]):
        own = rights.get(product["code"], {})
        address = product["url"].removeprefix(BASE)
        page, answer = client.get(address).text, client.get(f"/api/v1{address}").json()
        assert product["name"] in said(re.search(r"<h1>(.*?)</h1>", page)[1])
        assert (answer["id"], answer["code"], answer["name"]) == (
            product["id"],
            product["code"],
            product["name"],
        )
        expected = {code: _of_row(row) for code, row in own.items()}
        assert {each["code"]: _of_answer(each) for each in answer["protections"]} == expected, address
        assert {code: _of_card(card) for code, card in _CARD.findall(page)} == {
            code: _of_row_in_words(row) for code, row in own.items()
        }, address
        assert _of_linked(linked(page)[0]) == {code: _of_row_linked(row) for code, row in own.items()}
        assert Counter(parts(product["states"])) == Counter(row["state"] for row in own.values())
        assert set(parts(product["tracks"])) == {row["track"] for row in own.values()}
        looked_at += len(own)
    assert looked_at == len([row for row in tables["protections"] if row["record_state"] == "public"]) > 20


_HOLDERS = {"holder", "registrant", "applicant"}


def _of_row(row):
    return row["state"], row["since"], row["until"], parts(row["numbers"]), sorted(parts(row["holders"]))


def _of_answer(right):
    return (
        right["state"]["code"],
        right["since"],
        right["until"],
        list(dict.fromkeys(each["as_printed"] for each in right["numbers"])),
        sorted({each["name"] for each in right["parties"] if each["role"]["code"] in _HOLDERS}),
    )


def _of_row_in_words(row):
    state = row["state_label"] + (f"，自 {day(row['since'])}" if row["since"] else "")
    return state, day(row["until"]), sorted(parts(row["numbers"])), sorted(parts(row["holders"]))


def _of_card(card):
    found = facts(card)
    state = found["今天的状态"][0].removesuffix("，没有固定有效期")
    state, _, until = state.partition("，专用期至 ")
    numbers = {
        re.sub(r"，第 \d+ 类$", "", number) for scheme in _schemes() for number in found.get(scheme, ())
    }
    holders = {name for role in ("持有人", "注册人", "申请人") for name in found.get(role, ())}
    return state, until.removesuffix("（不含）") or None, sorted(numbers), sorted(holders)


@cache
def _schemes() -> tuple[str, ...]:
    from service.vocabulary import IdentifierScheme

    return tuple(each.zh for each in IdentifierScheme)


def _of_row_linked(row):
    is_in_force = row["state"] in {ProtectionState.IN_FORCE, ProtectionState.IN_GRACE}
    return (
        row["state"],
        is_in_force,
        row["since"] if is_in_force else None,
        row["until"],
        parts(row["numbers"]),
    )


def _of_linked(document):
    return {
        right["@id"].rpartition("#")[2]: (
            properties(right)["legalState"],
            right["certificationStatus"].endswith("/CertificationActive"),
            right.get("validFrom"),
            right.get("expires"),
            list(dict.fromkeys(right.get("certificationIdentification", []))),
        )
        for right in document.get("hasCertification", [])
    }


def test_every_area_says_the_same_in_the_answer_of_its_product_on_the_map_and_in_the_file(client, tables):
    states = {row["code"]: row["state"] for row in public(tables["protections"])}
    slugs = {row["code"]: row["url"].rpartition("/")[2] for row in public(tables["gi-products"])}
    rows = public(tables["areas"])
    shapes = {each["id"]: each["geometry"] for each in client.get("/data/areas.geojson").json()["features"]}
    found = {}
    for slug in {slugs[row["product_code"]] for row in rows}:
        for each in client.get(f"/api/v1/gi/{slug}/areas?precision=full").json()["features"]:
            found[each["id"]] = (slug, each)
    assert found.keys() == {row["id"] for row in rows}
    for row in rows:
        slug, feature = found[row["id"]]
        told = feature["properties"]
        assert (told["state"], slug) == (states[row["protection_code"]], slugs[row["product_code"]])
        assert (told["version_no"], told["valid_from"], told["valid_to"]) == (
            row["version_no"],
            row["valid_from"],
            row["valid_to"],
        )
        assert (told["tier"], told["source_level"]) == (row["tier"], row["source_level"])
        assert (feature["geometry"] is None) == (shapes[row["id"]] is None)


# ---- users


def test_every_authorisation_says_the_same_everywhere(client, tables):
    rows = public(tables["authorisations"])
    listed = {each["code"]: each for each in every(client, "/api/v1/authorisations")}
    assert listed.keys() == {row["code"] for row in rows}
    for row in rows:
        address = row["url"].removeprefix(BASE)
        page = client.get(address).text
        expected = (
            row["state"],
            row["since"],
            row["ground"],
            row["organisation"],
            row["uscc"],
            row["product"],
        )
        for answer in (listed[row["code"]], client.get(f"/api/v1{address}").json()):
            assert _of_authorisation(answer) == expected, address
        assert properties(linked(page)[0])["legalState"] == row["state"]
        active = linked(page)[0]["certificationStatus"].endswith("/CertificationActive")
        assert active == (row["state"] in {AuthorisationState.ACTIVE, AuthorisationState.UNDER_CORRECTION})
        told = facts(page)
        state = row["state_label"] + (f"，自 {day(row['since'])}" if row["since"] else "")
        state += f"，依据：{row['ground_label']}" if row["ground"] else ""
        assert told["2026年11月23日 的状态"] == [state], address
        assert (told["单位"], told["产品"]) == ([row["organisation"]], [row["product"]])


def _of_authorisation(answer):
    ground = answer["ground"]
    if ground is not None:
        assert DeregistrationGround(ground["code"])
    return (
        answer["state"]["code"],
        answer["since"],
        ground and ground["code"],
        answer["organisation"]["name"],
        answer["uscc"],
        answer["product"]["name"],
    )


def test_every_verdict_without_a_target_agrees_with_the_state_of_the_firm_s_only_authorisation(
    client, tables
):
    """The verdict is decided elsewhere than the lists: where both speak of the same, they say the same."""
    by_firm: dict[str, list[dict]] = {}
    for row in public(tables["authorisations"]):
        if row["uscc"]:
            by_firm.setdefault(row["uscc"], []).append(row)
    compared = 0
    for uscc, rows in by_firm.items():
        answer = client.get("/api/v1/verify", params={"code": uscc}).json()
        if len(rows) > 1 or answer["verdict"] in {"withheld", "out_of_scope", "choose_product"}:
            continue
        is_in_use = rows[0]["state"] in {AuthorisationState.ACTIVE, AuthorisationState.UNDER_CORRECTION}
        assert (answer["verdict"] == "authorised") == is_in_use, uscc
        assert answer["target"]["name"] == rows[0]["product"]
        compared += 1
    assert compared > 5


def test_every_organisation_says_the_same_everywhere(client, tables):
    rows = public(tables["organisations"])
    users = {row["code"]: row for row in public(tables["authorisations"])}
    listed = {each["id"]: each for each in every(client, "/api/v1/organisations")}
    assert listed.keys() == {row["id"] for row in rows}
    for row in rows:
        assert listed[row["id"]]["status"]["code"] == row["status"]
        if row["uscc"] is None:
            continue
        address = row["url"].removeprefix(BASE)
        page, answer = client.get(address).text, client.get(f"/api/v1{address}").json()
        assert (answer["name"], answer["status"]["code"], answer["address"]) == (
            row["name"],
            row["status"],
            row["address"],
        )
        told = facts(page)
        assert told["状态"][0].partition(" ")[0] == OrganisationStatus(row["status"]).zh
        assert told["统一社会信用代码"] == [row["uscc"]]
        assert told.get("地址", [None]) == [row["address"]]
        document = linked(page)[0]
        assert (document["name"], document["identifier"]["value"]) == (row["name"], row["uscc"])
        assert properties(document)["legalState"] == row["status"]
        own = {code: each["state"] for code, each in users.items() if each["uscc"] == row["uscc"]}
        assert {each["code"]: each["state"]["code"] for each in answer["authorisations"]} == own
        certified = document.get("hasCertification", [])
        assert {each["name"]: properties(each)["legalState"] for each in certified} == own
        labels = {code: AuthorisationState(state).zh for code, state in own.items()}
        assert _users_of(page) == labels


def _users_of(page: str) -> dict[str, str]:
    """The table of users: code and state of each row."""
    rows = re.findall(r'<tr>\s*<th scope="row">.*?</tr>', page, re.DOTALL)
    return {
        re.search(r'/authorisations/([^"]+)"', row)[1]: said(
            re.search(r'<td data-label="状态">(.*?)</td>', row, re.DOTALL)[1]
        )
        for row in rows
        if "/authorisations/" in row
    }


# ---- marks, brands, announcements, service points


def test_every_trademark_says_the_same_everywhere(client, tables):
    rows = public(tables["trademarks"])
    listed = {each["id"]: each for each in every(client, "/api/v1/trademarks")}
    assert listed.keys() == {row["id"] for row in rows}
    for row in rows:
        address = row["url"].removeprefix(BASE)
        single = {each["id"]: each for each in client.get(f"/api/v1{address}").json()["items"]}
        for answer in (listed[row["id"]], single[row["id"]]):
            assert answer["status"]["code"] == row["status"]
            for name in ("registration_no", "nice_class", "name", "registrant", "registered_on"):
                assert answer[name] == row[name], (address, name)
            for name in ("term_first_day", "term_last_day", "goods"):
                assert answer[name] == row[name], (address, name)
        cards = re.findall(r'<article class="gi-card">(.*?)</article>', client.get(address).text, re.DOTALL)
        card = next(each for each in cards if f"第 {row['nice_class']} 类</h2>" in each)
        told = facts(card)
        assert said(re.search(r"</h2>(.*?)</div>", card, re.DOTALL)[1]) == MarkStatus(row["status"]).zh
        assert told["注册人"] == [row["registrant"]]
        assert told.get("注册日期", [None]) == [day(row["registered_on"])]
        first, last = day(row["term_first_day"]), day(row["term_last_day"])
        term = f"{first} 至 {last}" if first and last else f"至 {last}" if last else "没有记录"
        assert told["专用期限"] == [term], address


def test_every_brand_says_the_same_everywhere(client, tables):
    for row in public(tables["brands"]):
        page = client.get(row["url"].removeprefix(BASE)).text
        document = linked(page)[0]
        assert (document["name"], document["url"]) == (row["name"], row["url"])
        assert facts(page)["所有人"] == [row["owner"] or "没有记录"]
        honours = re.findall(r"<h3>(.*?)</h3>(.*?)</div>", page, re.DOTALL)
        shown = [said(status) for _, status in honours]
        codes = [each.partition(":")[2] for each in parts(row["honours"])]
        assert shown == [TimeHonouredStatus(code).zh for code in codes]


def test_every_announcement_says_the_same_everywhere(client, tables):
    rows = public(tables["announcements"])
    listed = {each["id"]: each for each in every(client, "/api/v1/announcements")}
    assert listed.keys() == {row["id"] for row in rows}
    for row in rows:
        answer, told = listed[row["id"]], facts(client.get(row["url"].removeprefix(BASE)).text)
        assert (answer["code"], answer["number_as_printed"], answer["title"]) == (
            row["code"],
            row["number"],
            row["title"],
        )
        assert answer["published_on"] == row["published_on"]
        assert told["公告号"] == [row["number"]]
        assert told["公布日期"] == [day(row["published_on"]) or "日期不详"]


def test_every_service_point_says_the_same_everywhere(client, tables):
    rows = [row for row in public(tables["service-points"]) if row["closed_on"] is None]
    listed = {each["id"]: each for each in every(client, "/api/v1/service-points")}
    assert listed.keys() == {row["id"] for row in rows}
    page = client.get("/service-points").text
    documents = {each["identifier"]: each for each in linked(page)}
    features = {each["id"]: each for each in client.get("/data/service-points.geojson").json()["features"]}
    for row in rows:
        card = re.search(rf'<li class="gi-card" id="{row["code"]}">(.*?)</li>', page, re.DOTALL)[1]
        answer, place = listed[row["id"]], documents[row["code"]]["availableChannel"]["serviceLocation"]
        for name, label in (("address", "地址"), ("hours", "时间"), ("telephone", "电话")):
            assert answer[name] == row[name]
            assert facts(card).get(label, [None]) == [row[name]]
        assert place.get("address") == row["address"]
        point = [row["longitude"], row["latitude"]]
        assert [answer["longitude"], answer["latitude"]] == point
        geo, shape = place.get("geo"), features[row["id"]]["geometry"]
        assert (geo and [geo["longitude"], geo["latitude"]]) == (point if point[0] else None)
        assert (shape and shape["coordinates"]) == (point if point[0] else None)


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


def every(client, path):
    found, cursor = [], None
    while True:
        page = client.get(path, params={"limit": 100, **({"cursor": cursor} if cursor else {})}).json()
        found += page["items"]
        if (cursor := page["next"]) is None:
            assert len({each["id"] for each in found}) == len(found) == page["total"]
            return found
