"""The whole register as files: one revision, one day, never changed, never older than what the law withheld."""

from __future__ import annotations

import base64
import csv
import gzip
import hashlib
import io
import json
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from pathlib import Path

import openpyxl
import pytest
from conftest import NOW
from serving import seeded_settings
from staffing import MovingClock
from starlette.testclient import TestClient

from search.engine import open_engine
from service.app import create_app, editions_of
from service.calendar import FixedClock
from service.register.database import Database
from service.register.open_data import DATASETS, KEPT, Form
from service.register.open_data import keeping as keeping_module
from service.web import handing_out
from service.worker import Worker

sys.path.append(str(Path(__file__).parents[1] / "register"))  # last: that folder has a conftest of its own
import factories

_numbers = count(1)


class Site:
    """A site on a register of its own, which the test may change."""

    def __init__(self, settings, clock):
        self.settings, self.clock = settings, clock
        self.database = Database(settings.effective_database_url)
        self.client = self.another_process()

    def another_process(self):
        app = create_app(self.settings, self.clock, works=False)
        return TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False)

    def publish(self, **facts):
        with self.database.writing() as session:
            # Not a number of the seed's: that would be a new version of its record.
            return factories.a_product(session, code=f"QJ-GI-77{next(_numbers):02d}", **facts)

    def files(self):
        return self.client.get("/api/v1/files").json()

    def folders(self):
        return {path.name for path in self.settings.editions_dir.iterdir() if path.name[0] != "."}


@pytest.fixture(params=["spatialite", "postgis"])
def site(request, registers, tmp_path):
    made = Site(seeded_settings(tmp_path, registers, request.param, FixedClock(NOW)), MovingClock())
    yield made
    made.client.close()
    made.database.dispose()


def the_file(files, name):
    return next(each for each in files["items"] if each["name"] == name)


def test_the_list_names_every_table_in_every_kind_with_what_the_bytes_really_are(client):
    files = client.get("/api/v1/files").json()
    names = {f"{each.name}.{form}" for each in DATASETS.values() for form in each.forms}
    assert {each["name"] for each in files["items"]} == names | {"datapackage.json", "SHA256SUMS"}
    assert files["total"] == len(files["items"])
    sums = client.get(the_file(files, "SHA256SUMS")["url"]).text
    for each in files["items"]:
        reply = client.get(each["url"], headers={"accept-encoding": "identity"})
        assert reply.status_code == 200
        assert len(reply.content) == each["bytes"] == int(reply.headers["content-length"])
        assert hashlib.sha256(reply.content).hexdigest() == each["sha256"]
        assert reply.headers["content-digest"] == _digest(reply.content)
        assert (each["data_version"], each["as_of"]) == (files["data_version"], files["as_of"])
        assert each["licence"] is None
        assert each["name"] == "SHA256SUMS" or f"{each['sha256']}  {each['name']}\n" in sums


def _digest(content: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"


def test_every_kind_has_the_rows_that_the_list_states(client):
    files = client.get("/api/v1/files").json()
    for each in files["items"]:
        if each["dataset"] is None:
            continue
        content = client.get(each["url"]).content
        assert _rows(Form(each["format"]), content) == each["rows"] > 0, each["name"]


def _rows(form: Form, content: bytes) -> int:
    match form:
        case Form.CSV | Form.EXCEL_CSV:
            return len(list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))))
        case Form.XLSX:
            return openpyxl.load_workbook(io.BytesIO(content))["data"].max_row - 1
        case Form.JSON_LINES:
            return len([json.loads(line) for line in content.splitlines()])
        case Form.GEOJSON:
            return len(json.loads(content)["features"])
        case Form.GEOJSON_SEQ:
            lines = content.split(b"\x1e")
            assert lines[0] == b""
            assert all(line.endswith(b"}\n") for line in lines[1:])
            return len([json.loads(line) for line in lines[1:]])


def test_the_dictionary_says_of_every_column_what_it_means_and_of_which_type_it_is(client):
    files = client.get("/api/v1/files").json()
    package = client.get(the_file(files, "datapackage.json")["url"]).json()
    assert [each["name"] for each in package["resources"]] == list(DATASETS)
    for resource in package["resources"]:
        listed = the_file(files, resource["path"])
        assert (resource["bytes"], resource["hash"]) == (listed["bytes"], f"sha256:{listed['sha256']}")
        fields = resource["schema"]["fields"]
        assert [each["name"] for each in fields] == [each.name for each in DATASETS[resource["name"]].columns]
        assert all(each["title"] and each["description"] for each in fields)
        types = {each["name"]: each["type"] for each in fields}
        assert (types["is_demonstration"], types["revision"], types["changed_on"]) == (
            "boolean",
            "integer",
            "date",
        )


def test_the_address_of_a_file_never_comes_to_mean_other_bytes(site):
    before = site.files()
    old = the_file(before, "gi-products.csv")
    content = site.client.get(old["url"]).content
    site.publish(name="新公布的产品")
    after = site.files()
    new = the_file(after, "gi-products.csv")
    assert after["data_version"] == before["data_version"] + 1
    assert (new["rows"], new["url"] != old["url"]) == (old["rows"] + 1, True)
    again = site.client.get(old["url"])
    assert again.content == content
    assert again.headers["cache-control"] == "public, max-age=86400, immutable"
    stable = site.client.get(new["newest_url"])
    assert "新公布的产品" in stable.text
    assert stable.headers["content-location"] == new["url"]
    assert stable.headers["cache-control"] == "public, no-cache"


def test_a_new_day_in_china_makes_new_files_since_states_change_with_it(site):
    first = site.files()
    site.clock.moment = NOW + timedelta(days=1)
    second = site.files()
    assert second["data_version"] == first["data_version"]
    assert (first["as_of"], second["as_of"]) == ("2026-11-23", "2026-11-24")
    assert site.client.get(the_file(first, "brands.csv")["url"]).headers["x-as-of"] == "2026-11-23"
    # The demonstration has an authorisation whose licence ends on a day; both files are right about theirs.
    site.clock.moment = NOW + timedelta(days=400)
    assert _states(site, first) != _states(site, site.files())


def _states(site, files):
    content = site.client.get(the_file(files, "authorisations.jsonl")["url"]).content
    return {row["id"]: row["state"] for row in map(json.loads, content.splitlines())}


def test_what_a_client_has_is_not_sent_again_and_a_part_can_be_asked_for(client):
    url = the_file(client.get("/api/v1/files").json(), "gi-products.csv")["url"]
    for coding in ("identity", "gzip"):
        first = client.get(url, headers={"accept-encoding": coding})
        again = client.get(url, headers={"accept-encoding": coding, "if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    plain = client.get(url, headers={"accept-encoding": "identity"})
    part = client.get(url, headers={"accept-encoding": "identity", "range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, plain.content[10:20])
    assert part.headers["repr-digest"] == plain.headers["repr-digest"]
    assert "content-digest" not in part.headers
    outside = client.get(url, headers={"range": f"bytes={len(plain.content)}-"})
    assert (outside.status_code, outside.json()["code"]) == (416, "range_not_satisfiable")
    assert outside.headers["content-range"].startswith("bytes */")


@pytest.mark.parametrize(
    "asked", ["bytes=0-1,5-6", "bytes=9-3", "bytes=x", "lines=1-2", "bytes=-5", "bytes=٣-"]
)
def test_a_part_that_cannot_be_read_is_the_whole_file(client, asked):
    url = the_file(client.get("/api/v1/files").json(), "brands.csv")["url"]
    whole = client.get(url)
    reply = client.get(url, headers={"range": asked.encode()})
    assert (reply.status_code, reply.content) == (200, whole.content)


def test_the_digest_of_a_packed_file_is_that_of_the_bytes_sent(client):
    url = the_file(client.get("/api/v1/files").json(), "authorisations.jsonl")["url"]
    with client.stream("GET", url, headers={"accept-encoding": "gzip"}) as reply:
        raw = b"".join(reply.iter_raw())
    plain = client.get(url, headers={"accept-encoding": "identity"})
    assert reply.headers["content-encoding"] == "gzip"
    assert reply.headers["content-digest"] == _digest(raw)
    assert gzip.decompress(raw) == plain.content
    assert reply.headers["etag"] != plain.headers["etag"]


@pytest.mark.parametrize(
    ("edition", "name", "status"),
    [
        ("{edition}", "nothing.csv", 404),
        ("{edition}", "manifest.json", 404),
        ("{edition}", "gi-products.csv.gz", 404),
        ("{edition}", "..%2Fregister.sqlite", 404),
        ("nonsense", "gi-products.csv", 404),
        ("..", "gi-products.csv", 404),
        ("1-2026-11-23-00000000", "gi-products.csv", 410),
        ("999999999-2026-11-23-00000000", "gi-products.csv", 410),
    ],
)
def test_only_what_is_on_the_list_can_be_had(client, edition, name, status):
    known = client.get("/api/v1/files").json()["edition"]
    reply = client.get(f"/api/v1/files/{edition.format(edition=known)}/{name}")
    assert reply.status_code == status
    assert reply.headers["content-type"] == "application/problem+json"


def test_a_record_withheld_by_law_cannot_be_had_from_older_files_either(site):
    product = site.publish(name="应当保密的产品")
    before = site.files()
    url = the_file(before, "gi-products.csv")["url"]
    assert "应当保密的产品" in site.client.get(url).text
    # Another record leaves for an ordinary reason: older files stay.
    site.publish(name="误录的产品", withdrawal="gone", withdrawal_reason="误录")
    assert site.client.get(url).status_code == 200
    facts = product.model_dump(mode="json", exclude={"kind"}, exclude_none=True)
    with site.database.writing() as session:
        factories.published(
            session, "gi_product", **{**facts, "withdrawal": "withheld", "withdrawal_reason": "依法"}
        )
    # At once, in every process, though the bytes are still on the disk.
    assert before["edition"] in site.folders()
    for client in (site.client, site.another_process()):
        reply = client.get(url)
        assert reply.status_code == 410
        assert "/api/v1/files" in reply.json()["detail"]
    after = site.files()
    assert site.folders() == {after["edition"]}
    for each in after["items"]:
        if each["format"] not in {"xlsx", None}:
            assert "应当保密的产品" not in site.client.get(each["url"]).text, each["name"]


def test_only_so_many_editions_are_kept(site, monkeypatch):
    monkeypatch.setattr(keeping_module, "KEPT", 2)
    made = []
    for day in range(4):
        site.clock.moment = NOW + timedelta(days=day)
        made.append(site.files()["edition"])
    assert KEPT == 30
    assert site.folders() == set(made[-3:])  # two were kept when the newest was added
    assert site.client.get(f"/api/v1/files/{made[0]}/brands.csv").status_code == 410


def test_two_processes_build_an_edition_once(site):
    built = []
    original = keeping_module.build

    def counted(*arguments):
        built.append(threading.get_ident())
        time.sleep(0.3)
        return original(*arguments)

    keeping_module.build = counted
    try:
        clients = [site.client, site.another_process()]
        for each in clients:
            # A router makes its routes ready at its first request, which is for one thread.
            each.get("/api/v1/files/nothing/here")
        with ThreadPoolExecutor(6) as pool:
            replies = list(pool.map(lambda n: clients[n % 2].get("/api/v1/files"), range(6)))
    finally:
        keeping_module.build = original
    assert {reply.status_code for reply in replies} == {200}
    assert len({reply.json()["edition"] for reply in replies}) == 1
    assert len(built) == 1


def test_who_waits_too_long_is_told_to_come_again(site, monkeypatch):
    monkeypatch.setattr(handing_out, "_PATIENCE", 2)
    store = editions_of(site.settings, site.database)
    store.folder.mkdir()
    with store._locked() as is_mine:
        assert is_mine
        reply = site.client.get("/api/v1/files")
    assert (reply.status_code, reply.json()["code"]) == (503, "files_not_ready")
    assert reply.headers["retry-after"]
    assert site.client.get("/api/v1/files").status_code == 200


def test_a_disk_that_refuses_is_a_503_and_leaves_nothing_behind(site):
    site.settings.editions_dir.write_text("a file where the folder should be")
    reply = site.client.get("/data/brands.csv")
    assert (
        reply.status_code,
        reply.json()["code"] if reply.headers["content-type"].startswith("app") else "",
    ) in {
        (503, "files_not_ready"),
        (503, ""),
    }


def test_what_a_process_that_died_left_is_cleared_away_and_never_served(site):
    folder = site.settings.editions_dir
    (folder / ".building-abc" / "files").mkdir(parents=True)
    broken = folder / "23-2026-11-23-00000000"
    broken.mkdir()
    (broken / "manifest.json").write_text('{"half": ')
    files = site.files()
    assert not (folder / ".building-abc").exists()
    assert files["edition"] != broken.name
    assert site.client.get(f"/api/v1/files/{broken.name}/brands.csv").status_code == 410


def test_files_made_before_a_backup_was_put_back_are_not_taken_for_those_of_its_revision(site):
    """Revision numbers come again then; the moment of publication does not."""
    store = editions_of(site.settings, site.database)
    first = store.build(NOW)
    with site.database.reading() as session:
        wanted = store.wanted(session, NOW)
    assert store.find(wanted) == first
    other = type(wanted)(wanted.revision, wanted.published_at + timedelta(seconds=1), wanted.as_of)
    assert store.find(other) is None


@pytest.fixture
def worker(site, monkeypatch):
    """The worker beside the site, with a clock of seconds that the test moves."""
    engine = open_engine("embedded:", directory=site.settings.index_dir, writable=True)
    made = Worker(site.database, engine, site.clock, editions_of(site.settings, site.database))
    made.seconds = [1000.0]
    monkeypatch.setattr("service.worker.time.monotonic", lambda: made.seconds[0])
    yield made
    engine.close()


def _let_it_work(worker):
    while worker._work():
        pass


def test_the_worker_makes_the_files_of_a_register_that_stands_still(site, worker):
    _let_it_work(worker)
    assert not site.settings.editions_dir.exists()
    worker.seconds[0] += 4
    site.publish()
    _let_it_work(worker)  # it moved: the seconds are counted anew
    worker.seconds[0] += 4
    assert not worker._work()
    worker.seconds[0] += 2
    assert worker._work()
    assert len(site.folders()) == 1
    assert not worker._work()
    assert site.folders() == {site.files()["edition"]}


def test_the_worker_gives_up_when_something_is_published_meanwhile(site, worker):
    _let_it_work(worker)
    worker.seconds[0] += 10
    demand, asked = worker._demand_stillness, []

    def publish_after_the_first_table():
        asked.append(1)
        if len(asked) == 2:
            site.publish()
        demand()

    worker._demand_stillness = publish_after_the_first_table
    assert worker._make_files()
    assert len(asked) == 2
    assert site.folders() == set()
    assert list(site.settings.editions_dir.glob(".building-*")) == []


def test_a_full_disk_keeps_the_worker_from_nothing_else(site, worker):
    site.settings.editions_dir.write_text("a file where the folder should be")
    _let_it_work(worker)
    worker.seconds[0] += 10
    assert not worker._work()
    site.settings.editions_dir.unlink()
    assert not worker._work()
    worker.seconds[0] += 300
    assert worker._work()
