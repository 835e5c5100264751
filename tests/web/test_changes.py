"""Changes over HTTP: JSON with cursors, Atom that readers take, filters, and nothing of what is withheld in either."""

from __future__ import annotations

import re
import sys
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from conftest import NOW
from defusedxml import ElementTree
from serving import seeded_settings
from sqlalchemy import select
from starlette.testclient import TestClient

from service.app import create_app
from service.calendar import FixedClock
from service.register.database import Database
from service.register.models import PublishedChange
from service.vocabulary import ChangeKind
from service.web.api.shapes import ChangesShape

sys.path.insert(0, str(Path(__file__).parents[1] / "register"))
import factories

_ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def own(backend, registers, tmp_path):
    """A site and its register, which a test may change."""
    settings = seeded_settings(tmp_path, registers, backend, FixedClock(NOW))
    database = Database(settings.effective_database_url)
    with TestClient(
        create_app(settings, FixedClock(NOW), works=False),
        "http://127.0.0.1:8000",
        raise_server_exceptions=False,
    ) as client:
        yield client, database
    database.dispose()


def follow(client, since="0", limit=37, **filters):
    items = []
    while True:
        reply = client.get("/api/v1/changes", params={"since": since, "limit": limit, **filters})
        assert reply.status_code == 200, reply.text
        answer = reply.json()
        items += answer["items"]
        since = answer["next"]
        if not answer["has_more"]:
            return items, since


def test_following_from_the_beginning_gives_everything_once_and_then_nothing(client):
    items, end = follow(client)
    assert len(items) > 200
    assert len({each["cursor"] for each in items}) == len(items)
    places = [tuple(map(int, each["cursor"].split("."))) for each in items]
    assert places == sorted(places)
    again = client.get(f"/api/v1/changes?since={end}").json()
    assert (again["items"], again["next"], again["has_more"]) == ([], end, False)
    assert end == str(again["data_version"])
    middle = items[100]["cursor"]
    assert follow(client, middle)[0] == items[101:]
    assert follow(client, limit=500) == (items, end)


def test_the_answer_has_its_shape_and_every_address_in_it_opens(client):
    answer = client.get("/api/v1/changes?limit=500").json()
    shape = ChangesShape.model_validate(answer)
    assert shape.model_dump(mode="json").keys() == answer.keys()
    for kind in ("authorisation", "protection", "area", "trademark", "organisation", "product"):
        item = next(each for each in answer["items"] if each["kind"] == kind)
        assert ChangesShape.model_fields["items"].annotation.__args__[0].model_fields.keys() == item.keys()
        assert item["source"]["level"]["label"]
    links = [(each["product"], each["organisation"], each) for each in answer["items"]]
    urls = {each["url"] for found in links for each in found if each and each["url"]}
    assert len(urls) > 100
    for url in urls:
        assert client.get(url).status_code == 200, url


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("since=", 400, "bad_cursor"),
        ("since=abc", 400, "bad_cursor"),
        ("since=-1", 400, "bad_cursor"),
        ("since=1.0", 400, "bad_cursor"),
        ("since=２４", 400, "bad_cursor"),
        ("since=999999", 400, "bad_cursor"),
        ("since=99999999999", 400, "bad_cursor"),
        ("since=" + "1" * 31, 422, "invalid_value"),
        ("since=1&since=2", 422, "duplicate_parameter"),
        ("limit=0", 422, "invalid_value"),
        ("limit=501", 422, "invalid_value"),
        ("limit=1_0", 422, "invalid_value"),
        ("kind=brand", 422, "bad_enum"),
        ("kind=", 422, "bad_enum"),
        ("product=nothing", 404, "not_found"),
        ("product=", 422, "invalid_value"),
        ("organisation=93500114MA0TERT999", 404, "not_found"),
        ("organisation=%F0%9F%A5%9D", 404, "not_found"),
        ("cursor=1", 422, "unknown_parameter"),
    ],
)
def test_a_wrong_question_is_refused(client, query, status, code):
    reply = client.get(f"/api/v1/changes?{query}")
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    if "since" not in query and "limit" not in query and "cursor" not in query:
        assert client.get(f"/changes.atom?{query}").status_code == status


@pytest.mark.parametrize(
    ("filters", "kinds"),
    [
        ({"kind": "area"}, {"area"}),
        ({"product": "shili-yunwuguo"}, {"product", "protection", "area", "authorisation"}),
        ({"product": "QJ-GI-9001", "kind": ["area", "authorisation"]}, {"area", "authorisation"}),
        ({"organisation": "93500114MA0TERT081"}, {"organisation", "authorisation", "trademark"}),
        ({"organisation": "93500114ma0tert081", "product": "shili-yunwuguo"}, {"authorisation"}),
    ],
)
def test_filters_hold_in_both_forms(client, filters, kinds):
    every = {each["cursor"] for each in follow(client)[0]}
    items, _ = follow(client, limit=2, **filters)
    assert {each["kind"] for each in items} == kinds
    assert {each["cursor"] for each in items} < every
    feed = ElementTree.fromstring(client.get("/changes.atom", params=filters).text)
    entries = feed.findall(f"{_ATOM}entry")
    assert {each.find(f"{_ATOM}category").attrib["term"] for each in entries} == kinds
    if len(items) < 50:
        assert len(entries) == len(items)


def test_the_feed_is_what_feed_readers_expect(client):
    for prefix in ("", "/en"):
        reply = client.get(f"{prefix}/changes.atom")
        assert reply.headers["content-type"].startswith("application/atom+xml")
        feed = ElementTree.fromstring(reply.text)
        assert feed.tag == f"{_ATOM}feed"
        for name in ("id", "title", "updated"):
            assert feed.findtext(f"{_ATOM}{name}")
        assert feed.findtext(f"{_ATOM}author/{_ATOM}name")
        links = {each.attrib["rel"]: each.attrib["href"] for each in feed.findall(f"{_ATOM}link")}
        assert links["self"] == f"http://127.0.0.1:8000{prefix}/changes.atom"
        entries = feed.findall(f"{_ATOM}entry")
        assert 40 < len(entries) <= 50  # what is withheld leaves its place empty
        for entry in entries:
            assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", entry.findtext(f"{_ATOM}id"))
            assert entry.findtext(f"{_ATOM}title")
            moment = datetime.fromisoformat(entry.findtext(f"{_ATOM}updated"))
            assert moment.tzinfo is not None
            assert client.get(entry.find(f"{_ATOM}link").attrib["href"]).status_code == 200


def test_the_pages_of_the_feed_hold_every_change_once_newest_first(client):
    address, ids, moments = "/changes.atom", [], []
    while address:
        feed = ElementTree.fromstring(client.get(address).text)
        ids += [each.findtext(f"{_ATOM}id") for each in feed.findall(f"{_ATOM}entry")]
        moments += [each.findtext(f"{_ATOM}updated") for each in feed.findall(f"{_ATOM}entry")]
        address = next(
            (each.attrib["href"] for each in feed.findall(f"{_ATOM}link") if each.attrib["rel"] == "next"),
            None,
        )
    assert len(ids) == len(set(ids)) == len(follow(client)[0])
    assert moments == sorted(moments, reverse=True)
    english = ElementTree.fromstring(client.get("/en/changes.atom").text)
    told = [each.findtext(f"{_ATOM}id") for each in english.findall(f"{_ATOM}entry")]
    assert told == ids[: len(told)]


def test_the_page_of_changes_leads_to_its_feed(client):
    for prefix in ("", "/en"):
        page = client.get(f"{prefix}/changes").text
        found = re.search(r'<link rel="alternate" type="application/atom\+xml"[^>]* href="([^"]+)"', page)
        assert found is not None
        assert found[1] == f"{prefix}/changes.atom"


def test_the_feed_that_one_has_is_not_sent_again_until_something_is_published(own):
    client, database = own
    first = client.get("/changes.atom")
    tag = {"if-none-match": first.headers["etag"]}
    assert client.get("/changes.atom", headers=tag).status_code == 304
    assert client.get("/changes.atom?kind=area", headers=tag).status_code == 200
    with database.writing() as session:
        made = factories.a_trademark(session, name="<b>新商标</b> & Co")
    after = client.get("/changes.atom", headers=tag)
    assert after.status_code == 200
    entry = ElementTree.fromstring(after.text).find(f"{_ATOM}entry")
    assert made.name in entry.findtext(f"{_ATOM}title")


def test_a_change_is_there_on_the_very_next_request(own):
    client, database = own
    _, since = follow(client)
    with database.writing() as session:
        authorisation = factories.an_authorisation(session)
    items, since = follow(client, since)
    assert items[-1]["name"] == authorisation.code
    assert items[-1]["event"]["code"] == "granted"
    assert follow(client, since)[0] == []


def test_what_is_withheld_is_in_neither_form(own):
    client, database = own
    names = ("不公开的商标名", "不公开的单位名")
    with database.writing() as session:
        firm = factories.an_organisation(session, name=names[1])
        mark = factories.a_trademark(session, name=names[0], registrant=firm.uscc, registrant_name=names[1])
        authorisation = factories.an_authorisation(session, organisation=firm)
    assert names[0] in client.get("/changes.atom").text
    with database.writing() as session:
        for kind, payload in (("trademark", mark), ("organisation", firm)):
            hidden = {**payload.model_dump(), "withdrawal": "withheld", "withdrawal_reason": "测试"}
            factories.published(session, kind, **hidden)
    for text in (client.get("/changes.atom").text, str(follow(client)), client.get("/en/changes.atom").text):
        for secret in (*names, firm.uscc, mark.registration_no, authorisation.code):
            assert secret not in text
    assert client.get("/api/v1/changes", params={"organisation": firm.uscc}).status_code == 404
    (taken,) = [
        each for each in follow(client)[0] if each["kind"] == "trademark" and each["act"] == "withdrawn"
    ]
    told = {name for name, value in taken.items() if value not in (None, False)}
    assert told == {"cursor", "revision", "published_at", "kind", "act", "id"}
    assert "商标：已撤下" in client.get("/changes.atom").text


def test_the_permanent_link_of_each_record_that_changed_leads_to_its_page(client):
    items, _ = follow(client)
    assert {each["kind"] for each in items} == set(ChangeKind)
    where = {}
    for item in items:
        reply = client.get(f"/r/{item['id']}", follow_redirects=False)
        if item["url"]:
            where[item["id"]] = reply.headers["location"]
            assert (reply.status_code, where[item["id"]]) == (301, urlsplit(item["url"]).path), item
        elif item["name"]:  # an organisation without a code has no page
            assert (reply.status_code, item["kind"]) == (404, "organisation")
        else:
            assert (reply.status_code, item["act"]) == (410, "withdrawn")
    for path in set(where.values()):
        assert client.get(path).status_code == 200, path


def test_the_permanent_link_of_what_hangs_on_a_withheld_record_tells_no_number(own):
    client, database = own
    with database.writing() as session:
        firm = factories.an_organisation(session)
        authorisation = factories.an_authorisation(session, organisation=firm)
        factories.an_authorisation_event(session, authorisation, effective_on=date(2024, 5, 1))
        hangs = session.scalars(
            select(PublishedChange.record_ulid)
            .where(PublishedChange.kind == ChangeKind.AUTHORISATION)
            .order_by(PublishedChange.revision_number.desc())
            .limit(2)
        ).all()
    for ulid in hangs:
        assert (
            client.get(f"/r/{ulid}", follow_redirects=False).headers["location"].endswith(authorisation.code)
        )
    with database.writing() as session:
        hidden = {**firm.model_dump(), "withdrawal": "withheld", "withdrawal_reason": "测试"}
        factories.published(session, "organisation", **hidden)
    for ulid in hangs:
        reply = client.get(f"/r/{ulid}", follow_redirects=False)
        assert (reply.status_code, "location" in reply.headers) == (410, False)
        assert authorisation.code not in reply.text


def test_nothing_of_the_people_behind_a_change_is_told(client):
    """Drafts hold who entered and who approved, notes and internal keys."""
    keys = set(client.get("/api/v1/changes?limit=1").json()["items"][0])
    assert keys == {
        "cursor", "revision", "published_at", "kind", "act", "id", "event", "on", "name", "url", "product",
        "organisation", "source", "is_demonstration",
    }  # fmt: skip
