"""Limits and keys with real requests: the last that is answered, the first that is not, and a key revoked at once."""

from __future__ import annotations

import math
import re
import time
from contextlib import contextmanager
from itertools import count

import pytest
from conftest import NOW
from pydantic import ValidationError
from serving import seeded_settings
from sqlalchemy import text
from starlette.testclient import TestClient
from typer.testing import CliRunner

from service import cli
from service.app import create_app
from service.calendar import FixedClock
from service.register import auditing
from service.register.database import Database
from service.register.models import Base
from service.settings import Settings, get_settings
from service.vocabulary import Outcome
from service.web.limiting import Limits, line_of

CODE = "93500114MA0TERT081"
VERIFY = f"/api/v1/verify?code={CODE}"
BATCH = "/api/v1/verify/batch"
OWN = {"sec-fetch-site": "same-origin"}
_addresses = count(1)


@pytest.fixture(scope="module", params=["spatialite", "postgis"])
def settings(request, registers, tmp_path_factory):
    """The settings of a limited site on a register of its own."""
    folder = tmp_path_factory.mktemp("limited")
    return seeded_settings(folder, registers, request.param, FixedClock(NOW), limits=True)


@pytest.fixture(scope="module")
def app(settings):
    made = create_app(settings, FixedClock(NOW), works=False)
    with TestClient(made, base_url="http://127.0.0.1:8000"):
        yield made


@contextmanager
def from_address(app, address: str | None = None):
    """A visitor at an address, of their own unless one is named."""
    client = (address or f"198.51.100.{next(_addresses)}", 50000)
    yield TestClient(app, base_url="http://127.0.0.1:8000", client=client, raise_server_exceptions=False)


@pytest.fixture
def visitor(app):
    with from_address(app) as made:
        yield made


@pytest.fixture
def dibiao(settings, monkeypatch):
    """The command line on the same register, as another process would be."""
    monkeypatch.setenv("DIBIAO_DATABASE_URL", settings.effective_database_url)
    monkeypatch.setenv("COLUMNS", "200")
    get_settings.cache_clear()

    def run(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(cli.app, words)
        assert done.exit_code == code, done.output
        return done.output

    run_quietly = CliRunner()
    run_quietly.invoke(
        cli.app, ["user", "add", "guan", "--name", "管", "--person", "guan", "--role", "admin"]
    )
    run_quietly.invoke(cli.app, ["user", "add", "lu", "--name", "录", "--person", "lu", "--role", "editor"])
    yield run
    get_settings.cache_clear()


def issued(dibiao, *scopes: str) -> dict[str, str]:
    """The header that brings a new key."""
    named = [word for scope in scopes for word in ("--scope", scope)]
    told = dibiao("keys", "issue", "示例平台", *named, "--as", "guan")
    secret = re.search(r"dbk_[0-9a-f]{8}_[\w-]{32}", told)
    assert secret is not None, told
    return {"authorization": f"Bearer {secret[0]}"}


def prefix_of(headers: dict[str, str]) -> str:
    return headers["authorization"].split("_")[1]


# ---- by address


def test_the_61st_verification_of_a_minute_waits(app, visitor):
    for _ in range(60):
        assert visitor.get(VERIFY).status_code == 200
    reply = visitor.get(VERIFY)
    assert reply.status_code == 429
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["code"] == "rate_limited"
    assert reply.headers["cache-control"] == "no-store"
    assert 1 <= int(reply.headers["retry-after"]) <= 60
    assert reply.headers["ratelimit-policy"] == '"verify";q=60;w=60'
    assert reply.headers["ratelimit"] == f'"verify";r=0;t={reply.headers["retry-after"]}'
    assert reply.headers["access-control-allow-origin"] == "*"
    # The page and the short link ask the same question.
    for path in (f"/verify?code={CODE}", "/v/QJ-AU-9001", f"/en/verify?code={CODE}"):
        page = visitor.get(path)
        assert page.status_code == 429
        assert page.headers["content-type"].startswith("text/html")
        assert "retry-after" in page.headers
    assert "查询太频繁" in visitor.get(f"/verify?code={CODE}").text
    # What asks nothing is not limited, nor is anybody else.
    assert visitor.get("/verify").status_code == 200
    assert visitor.get("/api/v1/gi").status_code == 200
    with from_address(app) as other:
        assert other.get(VERIFY).status_code == 200


def test_a_whole_ipv6_network_is_one_visitor(app):
    for number in range(60):
        with from_address(app, f"2001:db8:0:7::{number:x}") as one:
            assert one.get(VERIFY).status_code == 200
    with from_address(app, "2001:db8:0:7:ffff::1") as one:
        assert one.get(VERIFY).status_code == 429
    with from_address(app, "2001:db8:0:8::1") as other:
        assert other.get(VERIFY).status_code == 200


def test_a_whole_ipv6_network_is_one_visitor_where_proofs_are_checked(app):
    for number in range(60):
        with from_address(app, f"2001:db8:0:7::{number:x}") as one:
            assert one.post("/verify/proof", data={"text": "x"}).status_code == 422
    with from_address(app, "2001:db8:0:7:ffff::1") as one:
        assert one.post("/verify/proof", data={"text": "x"}).status_code == 429


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/data/brands.csv", 60),
        ("/en/data/brands.csv", 60),
        ("/search.csv?q=示例", 60),
        ("/api/v1/search?q=qj", 50),
        ("/map?q=示例", 50),
        ("/en/map?page=2", 50),
    ],
)
def test_files_and_searches_have_their_own_allowance(visitor, path, most):
    statuses = [visitor.get(path).status_code for _ in range(most + 1)]
    assert statuses == [200] * most + [429]
    assert visitor.get(VERIFY).status_code == 200


def test_rows_of_batches_are_counted_and_a_refused_batch_costs_nothing(visitor):
    def sent(rows: int):
        return visitor.post(BATCH, content="x\n" * rows, headers={"content-type": "text/csv"})

    assert sent(10_000).status_code == 200
    assert sent(9_999).status_code == 200
    refused = sent(2)
    assert refused.status_code == 429
    assert refused.headers["ratelimit-policy"] == '"rows";q=20000;w=3600'
    assert sent(1).status_code == 200
    typed = f"{CODE}\n粘贴的一行\n"
    page = visitor.post("/verify/batch", files={"rows": (None, typed)}, headers=OWN)
    assert page.status_code == 429
    assert page.headers["ratelimit-policy"] == '"rows";q=20000;w=3600'
    assert "粘贴的一行" in page.text
    assert f"请约 {math.ceil(int(page.headers['retry-after']) / 60)} 分钟后再试" in page.text


def test_a_rate_is_given_back_as_time_goes_by():
    limits = Limits("memory://")
    assert [limits.wait_for("x", "2/1 second", "a") for _ in range(3)] == [0, 0, 1]
    time.sleep(1.05)
    assert limits.wait_for("x", "2/1 second", "a") == 0


def test_what_is_no_address_is_one_line():
    assert line_of("testclient") == line_of("") == "unknown"
    assert line_of("::ffff:203.0.113.9") == line_of("203.0.113.9") == "203.0.113.9"


def test_limits_are_off_on_loopback_alone():
    assert not Settings(limits=False, base_url="http://localhost:8000").limits
    with pytest.raises(ValidationError, match="loopback"):
        Settings(limits=False, base_url="https://dibiao.example")


# ---- by key


def test_a_key_raises_what_may_be_asked(app, visitor, dibiao):
    key = issued(dibiao, "verify")
    assert {visitor.get(VERIFY, headers=key).status_code for _ in range(70)} == {200}
    with from_address(app) as other:
        assert other.get(VERIFY, headers=key).status_code == 200
    # The address has asked nothing of its own.
    assert visitor.get(VERIFY).status_code == 200


def test_a_revoked_key_is_refused_by_the_next_request(visitor, dibiao):
    key = issued(dibiao, "verify", "batch", "read")
    assert visitor.get(VERIFY, headers=key).status_code == 200
    dibiao("keys", "revoke", prefix_of(key), "--as", "guan", "--reason", "不再使用")
    for path in (VERIFY, "/api/v1/gi", "/api/v1/key", "/data/brands.csv", f"/verify?code={CODE}"):
        reply = visitor.get(path, headers=key)
        assert reply.status_code == 401, path
        assert reply.headers["www-authenticate"].startswith("Bearer ")
    assert visitor.get("/api/v1/gi", headers=key).json()["code"] == "key_refused"
    assert "revoked" in dibiao("keys", "list")


@pytest.mark.parametrize("secret", ["", "x", "dbk_00000000_" + "a" * 32, "é", "a" * 5000, "' OR 1=1 --"])
def test_a_key_that_is_none_is_refused(visitor, secret):
    reply = visitor.get("/api/v1/gi", headers={"authorization": f"Bearer {secret}".encode()})
    assert reply.status_code == 401


def test_another_kind_of_authorization_is_nothing_to_us(visitor):
    assert visitor.get(VERIFY, headers={"authorization": "Basic eDp5"}).status_code == 200


def test_a_key_is_good_for_its_scopes_alone(visitor, dibiao):
    key = issued(dibiao, "batch")
    reply = visitor.get(VERIFY, headers=key)
    assert (reply.status_code, reply.json()["code"]) == (403, "scope_missing")
    assert 'scope="verify"' in reply.headers["www-authenticate"]
    assert visitor.post(BATCH, json={"rows": [CODE]}, headers=key).status_code == 200
    assert visitor.get("/api/v1/key", headers=key).status_code == 200


def test_a_holder_sees_the_use_of_the_key(app, visitor, settings, dibiao):
    key = issued(dibiao, "verify", "batch")
    for _ in range(3):
        visitor.get(VERIFY, headers=key)
    visitor.post(BATCH, json={"rows": [CODE, "x", CODE]}, headers=key)
    visitor.get("/api/v1/search", headers=key)
    services = innermost(app).state.services
    services.tally.write(services.database)
    visitor.get(VERIFY, headers=key)
    services.tally.write(services.database)
    seen = visitor.get("/api/v1/key", headers=key)
    assert seen.headers["cache-control"] == "no-store"
    told = seen.json()
    assert told["holder"] == "示例平台"
    assert told["scopes"] == ["verify", "batch"]
    assert told["last_used_at"].startswith("2026-11-23T04:00:00")
    assert {(use["act"], use["requests"], use["rows"], use["refused"]) for use in told["use"]} == {
        ("verify", 4, 0, 0),
        ("batch", 1, 3, 0),
        ("search", 0, 0, 1),
    }
    assert {use["day"] for use in told["use"]} == {"2026-11-23"}
    assert {"act": "rows", "amount": 500_000, "window_s": 3600} in told["limits"]


def test_without_a_key_there_is_none_to_look_at(visitor):
    assert visitor.get("/api/v1/key").status_code == 401


def test_only_an_administrator_issues_and_revokes_keys(settings, dibiao):
    key = issued(dibiao, "read")
    assert "not_permitted" in dibiao("keys", "issue", "x", "--scope", "read", "--as", "lu", code=1)
    why = ("--reason", "不再使用")
    assert "not_permitted" in dibiao("keys", "revoke", prefix_of(key), "--as", "lu", *why, code=1)
    assert "not_found" in dibiao("keys", "revoke", "nothing", "--as", "guan", *why, code=1)
    assert "not_allowed" in dibiao("keys", "revoke", prefix_of(key), "--as", "guan", "--reason", " ", code=1)
    dibiao("keys", "revoke", prefix_of(key), "--as", "guan", *why)
    database = Database(settings.effective_database_url)
    with database.reading() as session:
        acts = session.execute(text("SELECT act FROM audit_event WHERE record_kind = 'api_key'")).scalars()
        assert {"issued", "revoked"} <= set(acts)
        assert list(auditing.broken_links(session)) == []
    database.dispose()


def test_the_secret_of_a_key_is_nowhere_in_the_database(settings, dibiao):
    secret = issued(dibiao, "read")["authorization"].removeprefix("Bearer ")
    hidden = secret.split("_", 2)[2]
    database = Database(settings.effective_database_url)
    with database.reading() as session:
        for table in Base.metadata.sorted_tables:
            rows = session.execute(text(f'SELECT * FROM "{table.name}"'))  # noqa: S608  (our own tables)
            assert not [row for row in rows if hidden in str(row)], table.name
    database.dispose()


def innermost(app):
    while not hasattr(app, "routes"):
        app = app._app
    return app


# ---- counted, and nobody's


def test_every_way_of_verifying_is_counted_and_writes_nothing_by_itself(app, visitor, settings):
    services = innermost(app).state.services
    services.tally.write(services.database)
    database = Database(settings.effective_database_url)

    def total() -> int:
        with database.reading() as session:
            return session.scalar(text("SELECT coalesce(sum(count), 0) FROM verification_count")) or 0

    before = total()
    visitor.get(VERIFY)
    visitor.get(f"/verify?code={CODE}")
    visitor.get("/en/v/QJ-AU-9001")
    visitor.get("/verify?code=nonsense")
    visitor.post(BATCH, json={"rows": [CODE, CODE, "x"]})
    visitor.post(f"{BATCH}?format=csv", json={"rows": [CODE]})
    visitor.post("/verify/batch", files={"rows": (None, CODE)}, headers=OWN)
    assert total() == before
    services.tally.write(services.database)
    assert total() == before + 7
    database.dispose()


def test_what_was_counted_is_written_when_the_site_stops(registers, tmp_path):
    clock = FixedClock(NOW)
    settings = seeded_settings(tmp_path, registers, "spatialite", clock)
    app = create_app(settings, clock, works=False)
    with TestClient(app, base_url="http://127.0.0.1:8000") as visitor:
        visitor.get(VERIFY)
    database = Database(settings.effective_database_url)
    with database.reading() as session:
        assert session.scalar(text("SELECT sum(count) FROM verification_month")) == 1
    database.dispose()


def test_counts_that_cannot_be_written_do_not_keep_the_site_from_closing(registers, tmp_path, capfd):
    clock = FixedClock(NOW)
    settings = seeded_settings(tmp_path, registers, "spatialite", clock)
    app = create_app(settings, clock, works=False)
    services = innermost(app).state.services
    with TestClient(app, base_url="http://127.0.0.1:8000") as visitor:
        visitor.get(VERIFY)
        with services.database.writing() as session:
            # What no connection that comes back would mend: the register refuses the row.
            refuse = "BEGIN SELECT RAISE(ABORT, 'refused'); END"
            session.execute(text(f"CREATE TRIGGER refuses BEFORE INSERT ON verification_month {refuse}"))
    told = capfd.readouterr().err
    assert "counts_not_written" in told
    assert "IntegrityError" in told


def test_months_that_are_over_stand_on_the_data_page(app, visitor):
    services = innermost(app).state.services
    october = NOW.replace(month=10)
    services.tally.verified_many({(Outcome.AUTHORISED, "x"): 1234, (Outcome.ENDED, ""): 1}, october, "x")
    services.tally.write(services.database)
    # Another address of the same page: the plain one may be kept as it was.
    page = visitor.get("/data?now").text
    assert "2026年10月" in page
    assert "1,235" in page
    assert "可以使用专用标志 1,234" in page
    assert "October 2026" in visitor.get("/en/data?now").text
