"""The benchmark's documents as a register: the rows that our HTTP search reads, and the same rows as one flat table."""

import itertools
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from benchmarks.search_corpus import counties
from search import Document
from service.register import migrating, models
from service.register.database import Database

_NOW = datetime(2026, 11, 1, tzinfo=UTC)
_CHUNK = 5_000
_STATES = {"valid": "registered", "expired": "cancelled", "revoked": "invalidated"}
_TRACKS = {"agri": "agri_gi", "mark": "gi_trademark", "geo": "gi_product"}
_SOURCE = {"id": 1, "fingerprint": "0" * 64, "level": "official_document", "citation": "benchmark"}


def fill(url: str, made: Iterable[Document]) -> Database:
    """Return a migrated register with the documents: products with their rights, brands as trademarks."""
    database = Database(url)
    migrating.migrate(database)
    places = {county.code: at for at, county in enumerate(counties(), start=10_000)}
    with database.writing() as session:
        session.execute(insert(models.Source), [_SOURCE])
        session.execute(insert(models.Division), list(_divisions(places)))
        for chunk in _chunks(enumerate(made, 1)):
            rows = [_rows(at, one, places) for at, one in chunk]
            for model in (models.GiProduct, models.ProductName, models.Protection, models.ProtectionIdentifier,
                          models.ProtectionEvent, models.Party, models.TrademarkRecord):  # fmt: skip
                if held := [row[model] for row in rows if model in row]:
                    session.execute(insert(model), held)
    return database


def flat(path: Path, made: Iterable[Document]) -> None:
    """Write the same rows as one table with SQLite's trigram index, as somebody would publish them."""
    base = sqlite3.connect(path)
    base.execute(
        "create table docs(id text, kind text, name text, name_en text, numbers text, place text, holder text,"
        " goods text, description text, track text, state text, year int)"
    )
    base.executemany(f"insert into docs values ({','.join('?' * 12)})", map(_flat, made))  # noqa: S608
    base.execute(
        "create virtual table fts using fts5(name, name_en, numbers, place, holder, goods, description,"
        " content='docs', tokenize='trigram')"
    )
    base.execute("insert into fts(fts) values ('rebuild')")
    for name in ("kind", "track", "year"):
        base.execute(f"create index docs_{name} on docs({name})")
    base.commit()
    base.execute("analyze")
    base.close()


def _flat(one: Document) -> tuple[Any, ...]:
    return (
        one.id, one.kind, one.name, " ".join(one.names_en), " ".join(one.identifiers), one.place, one.holder,
        " ".join(one.goods), one.description, one.tracks[0], one.states[0], one.year,
    )  # fmt: skip


def _chunks(items: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(items)
    while chunk := list(itertools.islice(rest, _CHUNK)):
        yield chunk


def _divisions(places: dict[str, int]) -> Iterator[dict[str, Any]]:
    for county in counties():
        yield {
            **_recorded(f"01KBR{county.code:0>21}"), "id": places[county.code], "slug": f"c{county.code}",
            "name": county.name, "kind": "county",
            "longitude": county.longitude, "latitude": county.latitude,
        }  # fmt: skip


def _recorded(ulid: str) -> dict[str, Any]:
    return {
        "ulid": ulid, "source_id": 1, "version": 1, "revision_number": 0, "recorded_at": _NOW, "changed_at": _NOW,
        "is_demonstration": True, "withdrawal": None,
    }  # fmt: skip


def _rows(at: int, one: Document, places: dict[str, int]) -> dict[Any, dict[str, Any]]:
    division = places.get(one.place_codes[-1])
    common = {
        **_recorded(one.id),
        "id": at,
        "name": one.name,
        "name_en": one.names_en[0],
        "division_id": division,
    }
    if one.kind == "gi_product":
        return _product(at, one, common)
    mark = {
        "mark_type": "ordinary", "registration_no": one.identifiers[0], "nice_class": one.nice_classes[0],
        "goods": "；".join(one.goods), "registrant_name": one.holder, "status": _STATES[one.states[0]],
        "registered_on": date(one.year or 2020, 1, 1),
    }  # fmt: skip
    return {models.TrademarkRecord: common | mark}


def _product(at: int, one: Document, common: dict[str, Any]) -> dict[Any, dict[str, Any]]:
    product = {
        "code": f"QJ-GI-{at:05d}",
        "slug": f"p{at}",
        "home_relation": "in_district" if one.is_home else "outside",
        "nice_classes": list(one.nice_classes),
        "season_months": [],
        "description": one.description,
    }
    name = {
        "id": at,
        "source_id": 1,
        "product_id": at,
        "text": one.names_en[0],
        "role": "english",
        "lang": "en",
    }
    right = {"id": at, "code": f"QJ-PR-{at:05d}", "product_id": at, "track": _TRACKS[one.tracks[0]]}
    part = {"id": at, "source_id": 1, "protection_id": at}
    number = {"scheme": "agi_certificate", "as_printed": one.identifiers[0], "number": one.identifiers[0]}
    event = {
        "sequence": 1,
        "kind": "registered",
        "happened_on": date(one.year or 2020, 1, 1),
        "precision": "day",
    }
    made = {"ulid": "01KBE" + one.id[5:], "revision_number": 0, "recorded_at": _NOW}
    return {
        models.GiProduct: common | product,
        models.ProductName: name,
        models.Protection: _recorded("01KBP" + one.id[5:]) | right,
        models.ProtectionIdentifier: part | number | {"nice_class": 0, "is_shared": False},
        models.ProtectionEvent: part | event | made,
        models.Party: part | {"role": "holder", "name_as_announced": one.holder},
    }  # fmt: skip
