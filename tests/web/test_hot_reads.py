"""What is answered in front of the router is what the route would have answered."""

from __future__ import annotations

import csv
from pathlib import Path
from urllib.parse import urlencode

import pytest
from conftest import NOW
from serving import seeded_settings
from sqlalchemy import text
from starlette.testclient import TestClient
from walking import innermost

from service.app import create_app
from service.calendar import FixedClock

SEED = Path(__file__).parents[2] / "seed" / "data" / "demonstration" / "verdicts.csv"
BY_THE_ROUTE = {"if-none-match": '"none"'}
"""Whoever asks about a copy is answered by the route."""

VERIFICATIONS = [
    urlencode({key: row[key] for key in ("code", "target", "on") if row[key]})
    for row in csv.DictReader(SEED.read_text("utf-8-sig").splitlines())
]
POSITIONS = [
    "lon=108.6&lat=29.32",
    "lon=108.6&lat=29.32&within=5000",
    "lon=108.6&lat=29.32&on=2019-01-01",
    "lon=0&lat=0",
]
PLAIN = [f"/api/v1/verify?{each}" for each in VERIFICATIONS] + [
    "/api/v1/verify?code=QJ-AU-9001&known_at=2026-01-01T00:00:00%2B08:00",
    *[f"/api/v1/areas/at?{each}" for each in POSITIONS],
]
DOUBTFUL = [
    "/api/v1/verify",
    "/api/v1/verify?code=",
    "/api/v1/verify?code=QJ-AU-9001&code=QJ-AU-9002",
    "/api/v1/verify?code=QJ-AU-9001&target=",
    "/api/v1/verify?code=QJ-AU-9001&on=",
    "/api/v1/verify?code=QJ-AU-9001&on=2026-02-30",
    "/api/v1/verify?code=QJ-AU-9001&on=1900-01-01",
    "/api/v1/verify?code=QJ-AU-9001&known_at=2999-01-01T00:00:00Z",
    "/api/v1/verify?code=QJ-AU-9001&asker=1",
    "/api/v1/verify?code=" + "9" * 101,
    "/api/v1/verify?code=91500114MA0TERT08X",
    "/api/v1/areas/at?lon=108.6",
    "/api/v1/areas/at?lon=nan&lat=29.32",
    "/api/v1/areas/at?lon=1_0&lat=29.32",
    "/api/v1/areas/at?lon=108.6&lat=29.32&within=-1",
    "/api/v1/areas/at?lon=108.6&lat=29.32&within=5000&zoom=1",
]


def _told(reply):
    headers = {
        name: value
        for name, value in reply.headers.items()
        if name not in {"content-encoding", "content-length", "vary", "x-request-id"}
    }
    body = reply.json()
    body.pop("request_id", None)
    return reply.status_code, headers, body


def test_a_fault_of_ours_is_told_by_the_route_as_any_other(registers, tmp_path):
    """A row that no reading can make sense of: the reply is a problem with every header, and the fault is logged."""
    settings = seeded_settings(tmp_path, registers, "spatialite", FixedClock(NOW))
    app = create_app(settings, FixedClock(NOW), works=False)
    with TestClient(app, "http://127.0.0.1:8000", raise_server_exceptions=False) as client:
        address = f"/api/v1/verify?{VERIFICATIONS[0]}"
        assert client.get(address).status_code == 200
        with innermost(app).state.services.database.writing() as session:
            session.execute(text("UPDATE announcement SET published_on = 'no day'"))
        front, route = client.get(address), client.get(address, headers=BY_THE_ROUTE)
    assert front.status_code == 500
    assert front.headers["x-content-type-options"] == "nosniff"
    assert _told(front) == _told(route)


@pytest.fixture
def areas_are_held(client):
    client.get("/api/v1/areas/at?lon=108.6&lat=29.32", headers=BY_THE_ROUTE)


@pytest.mark.usefixtures("areas_are_held")
@pytest.mark.parametrize("address", PLAIN)
def test_a_plain_question_is_answered_alike_and_in_front(client, address):
    front, route = client.get(address), client.get(address, headers=BY_THE_ROUTE)
    assert _told(front) == _told(route)
    if front.status_code == 200 and len(front.content) >= 1000:
        # Only the route compresses, so this tells who answered.
        assert "content-encoding" not in front.headers
        assert route.headers["content-encoding"] == "gzip"


@pytest.mark.usefixtures("areas_are_held")
@pytest.mark.parametrize("address", DOUBTFUL)
def test_a_doubtful_question_gets_the_answer_of_the_route(client, address):
    reply = client.get(address)
    assert reply.status_code == 422
    assert _told(reply) == _told(client.get(address, headers=BY_THE_ROUTE))


def test_head_is_answered_without_a_body(client):
    reply = client.head("/api/v1/verify?code=QJ-AU-9001")
    assert (reply.status_code, reply.content) == (200, b"")
    assert reply.headers["cache-control"] == "no-store"
