"""The API as docs/api.md promises it: routes, samples, verdicts, states, lists."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from service.register.models import Organisation
from service.web.api.shapes import VerifyShape

_DOCS = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
_VERDICTS = re.findall(r"\| `(\w+)` \| `(\w+)` \| `(/api/v1/verify\?[^`]+)` \|", _DOCS)
_SAMPLES = [json.loads(found) for found in re.findall(r"```json\n(.*?)```", _DOCS, re.DOTALL)]


@pytest.mark.parametrize(("verdict", "reason", "url"), _VERDICTS, ids=[row[1] for row in _VERDICTS])
def test_each_documented_verdict_is_what_the_site_answers(client, verdict, reason, url):
    reply = client.get(url)
    assert reply.status_code == 200
    assert (reply.json()["verdict"], reply.json()["reason_code"]) == (verdict, reason)
    assert reply.headers["cache-control"] == "no-store"


def test_the_documentation_shows_every_row_of_the_demonstration(client):
    rows = (Path(__file__).parents[2] / "seed/data/demonstration/verdicts.csv").read_text(encoding="utf-8")
    assert len(_VERDICTS) == len(rows.strip().splitlines()) - 1


def test_an_authorised_verdict_has_evidence_that_can_be_opened(client):
    """I-20."""
    for verdict, _, url in _VERDICTS:
        if verdict != "authorised":
            continue
        evidence = client.get(url).json()["evidence"]
        assert evidence
        assert all(client.get(each["url"]).status_code == 200 for each in evidence)
        assert any(each["document_url"] and client.get(each["document_url"]).is_success for each in evidence)


def test_the_verdict_has_the_documented_shape(client):
    for _, _, url in _VERDICTS:
        answer = client.get(url).json()
        assert VerifyShape.model_validate(answer)
        assert answer.keys() == VerifyShape.model_fields.keys()


def test_the_samples_of_the_documentation_have_the_keys_of_the_answers(client):
    urls = [
        "/api/v1/verify?code=93500114MA0TERT081&target=shili-yunwuguo&on=2026-11-23",
        "/api/v1/search?q=qjmht&limit=1",
        "/api/v1/gi?limit=1",
        "/api/v1/gi?limit=nan",
    ]
    for sample, url in zip(_SAMPLES, urls, strict=True):
        assert _keys(sample) <= _keys(client.get(url).json())
        assert sample.keys() == client.get(url).json().keys()


def _keys(value: object, path: str = "") -> set[str]:
    if isinstance(value, dict):
        return {f"{path}.{key}" for key in value} | {
            key for name, each in value.items() for key in _keys(each, f"{path}.{name}")
        }
    if isinstance(value, list):
        return {key for each in value for key in _keys(each, f"{path}[]")}
    return set()


def test_every_documented_route_is_in_the_openapi_document_and_the_other_way_round(client):
    documented = set(re.findall(r"\| `(?:GET|POST) (/api/v1/[^`]+)` \|", _DOCS))
    assert documented == set(client.get("/api/v1/openapi.json").json()["paths"])


@pytest.mark.parametrize(
    "query", ["黔江猕猴桃", "猴桃", "弥猴桃", "黔江獼猴桃", "mihoutao", "qjmht", "qianjiang kiwifruit"]
)
def test_what_people_type_finds_the_kiwifruit_first(client, query):
    hits = client.get("/api/v1/search", params={"q": query}).json()["hits"]
    assert hits[0]["name"] == "黔江猕猴桃"


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("93500114MA0TERT081", "示例青杠果业专业合作社"),
        ("12422865", "彭水西瓜"),
        ("AGI2012-02-869", "平泉滑子菇"),
        ("第四九八号", None),
        ("QJ-GI-0002", "黔江地牯牛"),
    ],
)
def test_numbers_find_their_record_first(client, query, name):
    hits = client.get("/api/v1/search", params={"q": query}).json()["hits"]
    assert hits[0]["name"] == name if name else hits[0]["kind"] == "announcement"


def test_a_search_within_a_box_or_near_a_point_keeps_to_it(client):
    here = client.get("/api/v1/search", params={"near": "108.77478,29.53284,3000", "limit": 100}).json()
    everywhere = client.get("/api/v1/search", params={"limit": 100}).json()
    boxed = client.get("/api/v1/search", params={"bbox": "0,0,1,1"}).json()
    assert 0 < here["total"] < everywhere["total"]
    assert boxed["total"] == 0


def test_a_list_can_be_walked_to_its_end_without_gap_or_repeat(client):
    seen, cursor = [], None
    while True:
        parameters = {"limit": 7, **({"cursor": cursor} if cursor else {})}
        page = client.get("/api/v1/divisions", params=parameters).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == page["total"]


def test_a_cursor_of_another_list_is_refused(client):
    cursor = client.get("/api/v1/gi?limit=1").json()["next"]
    assert client.get("/api/v1/organisations", params={"cursor": cursor}).status_code == 400


_REVALIDATED = [
    "/api/v1/gi?limit=3",
    "/api/v1/gi/shili-yunwuguo",
    "/api/v1/organisations/93500114MA0TERT081",
    "/api/v1/authorisations?on=2020-01-01",
    "/api/v1/trademarks/90000001",
    "/api/v1/divisions",
    "/api/v1/indicators",
    "/api/v1/areas",
    "/api/v1/files",
]


@pytest.mark.parametrize("address", _REVALIDATED)
def test_what_a_client_has_is_not_sent_again_and_the_tag_is_of_this_very_question(client, address):
    first = client.get(address)
    tag = first.headers["etag"]
    again = client.get(address, headers={"if-none-match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert first.headers["cache-control"] == "no-cache"
    others = {client.get(each).headers["etag"] for each in _REVALIDATED if each != address}
    assert tag not in others
    assert client.get(address, headers={"if-none-match": others.pop()}).status_code == 200


@pytest.mark.parametrize("address", ["/api/v1/gi/nothing", "/api/v1/gi?limit=nan"])
def test_an_error_has_no_tag(client, address):
    reply = client.get(address, headers={"if-none-match": "*"})
    assert reply.status_code in {404, 422}
    assert "etag" not in reply.headers


def test_internal_keys_never_leave_the_database(client):
    for url in ("/api/v1/gi?limit=5", "/api/v1/organisations?limit=5", "/api/v1/authorisations?limit=5"):
        for item in client.get(url).json()["items"]:
            assert len(item["id"]) == 26
            assert not any(key.endswith("_id") for key in item)


def test_a_person_s_own_data_is_never_public(client):
    """I-10: addresses of sole traders and collectives, and all representatives, stay inside."""
    for item in _all(client, "/api/v1/organisations"):
        if item["kind"]["code"] in {"sole_trader", "village_collective", "person"} and item["uscc"]:
            answer = client.get(f"/api/v1/organisations/{item['uscc']}")
            assert answer.status_code == 410 or answer.json()["address"] is None
    private = {"legal_representative", "uscc_state", "withdrawal_reason"} & set(
        Organisation.__table__.columns.keys()
    )
    schema = json.dumps(client.get("/api/v1/openapi.json").json())
    assert private
    assert not any(name in schema for name in private)


def _all(client, url):
    page = client.get(url, params={"limit": 100}).json()
    return page["items"]


def test_an_area_without_a_shape_is_a_feature_with_null_geometry(client):
    collection = client.get("/api/v1/areas").json()
    assert collection["type"] == "FeatureCollection"
    assert client.get("/api/v1/areas").headers["content-type"] == "application/geo+json"
    assert all("geometry" in feature for feature in collection["features"])
    assert "crs" not in collection


def test_the_point_of_a_named_township_lies_in_the_approximate_area(client):
    found = client.get("/api/v1/areas/at?lon=108.60395&lat=29.32363").json()["features"]
    assert "黔江羊肚菌" in {feature["properties"]["name"] for feature in found}


def test_states_differ_by_the_day_asked_about(client):
    then = client.get("/api/v1/verify?code=93500114MA0TERT081&target=shili-yunwuguo&on=2015-01-01").json()
    assert then["verdict"] != "authorised"


def test_every_answer_carries_the_registry_s_revision(client):
    numbers = {
        client.get(url).json()["data_version"]
        for url in ("/api/v1/gi", "/api/v1/search?q=a", "/api/v1/verify?code=93500114MA0TERT081", "/readyz")
    }
    assert len(numbers) == 1
