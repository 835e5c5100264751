"""What leaves the register is named: golden lists of every answer's fields, and canaries in every other column.

`PYTHONPATH=. .venv/bin/python tests/web/test_fields.py` writes fields.yaml anew; a reviewer reads
what became different.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parents[1]))
from conftest import NOW
from serving import seeded_settings
from sqlalchemy import Enum, String, Text, column, func, literal, update
from sqlalchemy.exc import DBAPIError
from starlette.testclient import TestClient

from service.app import create_app
from service.calendar import FixedClock
from service.register.database import Database
from service.register.models import Base
from service.register.open_data import DATASETS

GOLDEN = Path(__file__).with_name("fields.yaml")
_CANARY = re.compile(r"¤([a-z_]+\.[a-z_0-9]+)¤")
_GEOJSON = {
    "areas": "/api/v1/areas",
    "areas of a product": "/api/v1/gi/shili-yunwuguo/areas",
    "areas at a point": "/api/v1/areas/at?lon=108.60395&lat=29.32363",
}
_WITH_PAGES = ("gi", "organisations", "authorisations", "trademarks")
_WITHOUT_PAGES = ("announcements", "divisions", "service-points")
_KINDS = ("gi_product", "organisation", "trademark", "brand", "announcement", "service_point")
# By these records are found and linked, so a canary in them would only break the addresses that are asked.
_KEYS = {"slug", "code", "number", "registration_no"}
_SHORT = 40  # identifiers, codes, languages: no words of people


def fields(client) -> dict[str, dict[str, list[str]]]:
    schemas = client.get("/api/v1/openapi.json").json()["components"]["schemas"]
    return {
        "shapes": {
            name: sorted(schema["properties"]) for name, schema in schemas.items() if "properties" in schema
        },
        "features": {name: _of_features(client.get(path).json()) for name, path in _GEOJSON.items()},
        "files": {name: [each.name for each in dataset.columns] for name, dataset in DATASETS.items()},
    }


def _of_features(collection: dict) -> list[str]:
    assert collection["features"]
    names = {key for feature in collection["features"] for key in feature["properties"]}
    return sorted(names | {f"(collection) {key}" for key in collection})


def test_every_answer_has_exactly_the_fields_that_were_agreed(client):
    golden = yaml.safe_load(GOLDEN.read_text(encoding="utf-8"))
    found = fields(client)
    for part, named in found.items():
        assert named == golden[part], f"a field came or went in {part}: is it meant to be public?"


def test_a_verdict_has_no_field_beside_those_of_its_shape(client):
    golden = yaml.safe_load(GOLDEN.read_text(encoding="utf-8"))["shapes"]
    answer = client.get("/api/v1/verify?code=93500114MA0TERT081&target=shili-yunwuguo").json()
    assert sorted(answer) == golden["VerifyShape"]
    for name, shape in (
        ("subject", "SubjectShape"),
        ("target", "TargetShape"),
    ):
        assert sorted(answer[name]) == golden[shape]
    assert {tuple(sorted(each)) for each in answer["facts"]} == {tuple(golden["FactShape"])}
    assert {tuple(sorted(each)) for each in answer["evidence"]} == {tuple(golden["EvidenceShape"])}


class Poisoned:
    """A site whose register has, in every text that is no key, the name of its column."""

    def __init__(self, registers, backend, folder):
        clock = FixedClock(NOW)
        settings = seeded_settings(folder, registers, backend, clock)
        database = Database(settings.effective_database_url)
        with database.writing() as session:
            self.columns = set(_poison(session))
        database.dispose()
        app = create_app(settings, clock, works=False)
        self.client = TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False)

    def leaving(self) -> set[str]:
        """The columns that leave through any answer of the API or any file."""
        found: set[str] = set()
        for address in self._addresses():
            reply = self.client.get(address)
            assert reply.status_code in {200, 410}, (address, reply.text[:300])
            found |= set(_CANARY.findall(reply.text))
        return found

    def _addresses(self):
        yield from (f"/api/v1/{name}?limit=100" for name in (*_WITH_PAGES, *_WITHOUT_PAGES))
        yield from (f"/api/v1/search?kind={kind}&limit=100" for kind in _KINDS)
        yield from ("/api/v1/indicators", *_GEOJSON.values())
        for name in _WITH_PAGES:
            addresses = [each["url"] for each in self._items(f"/api/v1/{name}?limit=100")]
            yield from (f"/api/v1{each}" for each in addresses if not each.startswith("/r/"))
        for item in self._items("/api/v1/authorisations?limit=100"):
            yield f"/api/v1/verify?code={item['code']}"
        files = self._items("/api/v1/files")
        yield from (each["url"] for each in files if each["format"] != "xlsx")

    def _items(self, address):
        return self.client.get(address).json()["items"]


def _poison(session):
    for table in Base.metadata.sorted_tables:
        unique = {each.name for rule in (*table.constraints, *table.indexes) for each in _of_unique(rule)}
        for found in table.columns:
            if (
                not _holds_words(found.type)
                or found.name in _KEYS | unique
                or found.foreign_keys
                or found.primary_key
            ):
                continue
            name = f"{table.name}.{found.name}"
            text = func.coalesce(column(found.name), "") + literal(f"¤{name}¤", literal_execute=True)
            try:
                with session.begin_nested():
                    session.execute(update(table).values({found.name: text}))
            except DBAPIError:  # an append-only table, a code of fixed length, a checked list
                continue
            yield name


def _holds_words(kind) -> bool:
    is_text = isinstance(kind, String | Text) and not isinstance(kind, Enum)
    return is_text and (kind.length is None or kind.length > _SHORT)


def _of_unique(rule):
    is_unique = getattr(rule, "unique", False) or type(rule).__name__ == "UniqueConstraint"
    return rule.columns if is_unique else ()


@pytest.fixture(scope="module", params=["spatialite", "postgis"])
def poisoned(request, registers, tmp_path_factory):
    made = Poisoned(registers, request.param, tmp_path_factory.mktemp("poisoned"))
    yield made
    made.client.close()


def test_no_column_leaves_that_was_not_agreed(poisoned):
    golden = yaml.safe_load(GOLDEN.read_text(encoding="utf-8"))["columns"]
    internal = {
        "organisation.legal_representative",
        "staff_user.display_name",
        "staff_user.person",
    }
    assert internal <= poisoned.columns, "these are looked at"
    leaving = poisoned.leaving()
    assert len(poisoned.columns) > 80
    assert leaving == set(golden)
    assert not internal & leaving


def write_golden() -> None:
    import tempfile

    from conftest import Registers

    with tempfile.TemporaryDirectory() as made:
        folder, clock = Path(made), FixedClock(NOW)
        for name in ("site", "poisoned"):
            (folder / name).mkdir()
        registers = Registers(folder)
        settings = seeded_settings(folder / "site", registers, "spatialite", clock)
        with TestClient(create_app(settings, clock, works=False), "http://127.0.0.1:8000") as client:
            found = fields(client)
        poisoned = Poisoned(registers, "spatialite", folder / "poisoned")
        found["columns"] = sorted(poisoned.leaving())
        print(sorted(poisoned.columns - set(found["columns"])))  # noqa: T201
    head = "# What may leave the register: fields of answers and files, and columns of the database that hold words.\n"
    GOLDEN.write_text(
        head + yaml.safe_dump(found, allow_unicode=True, sort_keys=False, width=100), encoding="utf-8"
    )


if __name__ == "__main__":
    write_golden()
