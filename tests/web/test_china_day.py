"""The minutes around midnight in China, wherever the host believes itself to be: every form turns at once."""

from __future__ import annotations

import json
import re
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from serving import seeded_settings
from staffing import MovingClock
from starlette.testclient import TestClient

from service.app import create_app
from service.register.database import Database

sys.path.append(str(Path(__file__).parents[1] / "register"))  # last: that folder has a conftest of its own
import factories

LAST_DAY, FIRST_DAY_AFTER = date(2026, 11, 23), date(2026, 11, 24)
MINUTES = {
    "23:59": (datetime(2026, 11, 23, 15, 59, tzinfo=UTC), LAST_DAY),
    "23:59:59.999999": (datetime(2026, 11, 23, 15, 59, 59, 999_999, tzinfo=UTC), LAST_DAY),
    "00:00": (datetime(2026, 11, 23, 16, 0, tzinfo=UTC), FIRST_DAY_AFTER),
    "00:01": (datetime(2026, 11, 23, 16, 1, tzinfo=UTC), FIRST_DAY_AFTER),
}


class Site:
    """A site with a firm whose authorisation ended on the day after, and another whose begins on it."""

    def __init__(self, registers, backend, folder):
        self.clock = MovingClock()
        settings = seeded_settings(folder, registers, backend, self.clock)
        database = Database(settings.effective_database_url)
        with database.writing() as session:
            product = factories.a_product(session, code="QJ-GI-7001")
            right = factories.a_protection(session, product, code="QJ-PR-7001")
            self.ending, self.beginning = (factories.an_organisation(session) for _ in range(2))
            ending = factories.an_authorisation(session, right, self.ending, code="QJ-AU-7001")
            factories.an_authorisation_event(session, ending, effective_on=FIRST_DAY_AFTER)
            factories.an_authorisation(
                session, right, self.beginning, code="QJ-AU-7002", effective_on=FIRST_DAY_AFTER
            )
        database.dispose()
        app = create_app(settings, self.clock, works=False)
        self.client = TestClient(app, base_url="http://127.0.0.1:8000")


@pytest.fixture(scope="module", params=["spatialite", "postgis"])
def site(request, registers, tmp_path_factory):
    made = Site(registers, request.param, tmp_path_factory.mktemp("midnight"))
    with made.client:
        yield made


@pytest.fixture(params=["UTC", "America/Los_Angeles", "Asia/Shanghai", "Pacific/Kiritimati"])
def _host_zone(request):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("_host_zone")
@pytest.mark.parametrize("minute", MINUTES)
def test_every_form_turns_at_midnight_in_china(site, minute):
    site.clock.moment, day = MINUTES[minute]
    is_after = day == FIRST_DAY_AFTER
    ended, begun = ("ended", "authorised") if is_after else ("authorised", "not_yet_effective")
    get = site.client.get
    for firm, outcome in ((site.ending, ended), (site.beginning, begun)):
        answer = get("/api/v1/verify", params={"code": firm.uscc}).json()
        assert (answer["verdict"], answer["as_of"]) == (outcome, day.isoformat())
        assert datetime.fromisoformat(answer["checked_at"]) == site.clock.moment
    states = {
        "QJ-AU-7001": "ended" if is_after else "active",
        "QJ-AU-7002": "active" if is_after else "not_yet_effective",
    }
    files = get("/api/v1/files").json()
    lines = get(
        next(each["url"] for each in files["items"] if each["name"] == "authorisations.jsonl")
    ).content
    rows = {row["code"]: row for row in map(json.loads, lines.splitlines())}
    for code, state in states.items():
        answer = get(f"/api/v1/authorisations/{code}").json()
        page = get(f"/authorisations/{code}").text
        linked = re.search(r'"propertyID":\s*"legalState",\s*"value":\s*"(\w+)"', page)
        assert (answer["state"]["code"], answer["as_of"]) == (state, day.isoformat())
        assert rows[code]["state"] == linked[1] == state
        assert f"{day.year}年{day.month}月{day.day}日 的状态" in page
    assert files["as_of"] == day.isoformat()
    words = "不是" if is_after else "公告使用人"
    assert words in get("/verify", params={"code": site.ending.uscc}).text


def test_a_revocation_recorded_late_was_not_known_before_over_http_in_any_offset(site):
    """`known_at` is a moment: the offset it is written in does not matter."""
    site.clock.moment = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
    asked = {"code": site.ending.uscc, "on": "2026-11-24"}
    assert datetime(2026, 11, 23, 4, 0, tzinfo=UTC) == factories.NOW  # when it was recorded: 12:00 in China
    for known_at, outcome in (
        ("2026-11-23T11:59:59+08:00", "not_on_record"),
        ("2026-11-22T22:59:59-05:00", "not_on_record"),
        ("2026-11-23T12:00:00+08:00", "ended"),
        ("2026-11-23T04:00:00+00:00", "ended"),
        ("2026-11-22T23:00:00-05:00", "ended"),
    ):
        answer = site.client.get("/api/v1/verify", params=asked | {"known_at": known_at}).json()
        assert answer["verdict"] == outcome, known_at
        assert answer["known_at"].endswith("+08:00")
