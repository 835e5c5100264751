"""The OpenAPI document: true, complete, and without a fault that its linter can find.

`PYTHONPATH=. .venv/bin/python tests/web/test_openapi.py` asks every example again and writes
service/web/api/examples.json anew.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from conftest import NOW, Registers, missing
from serving import seeded_settings
from starlette.testclient import TestClient

from service.app import create_app
from service.calendar import FixedClock

ROOT = Path(__file__).resolve().parents[2]
LINTER = ROOT / "var/tools/redocly/node_modules/.bin/redocly"
RULES = Path(__file__).with_name("redocly.yaml")
EXAMPLES = ROOT / "service/web/api/examples.json"
ADDRESSES = {
    "get_verdict": "/api/v1/verify?code=93500114MA0TERT081&target=shili-yunwuguo&on=2026-11-23",
    "search": "/api/v1/search?q=qjmht&limit=1",
    "suggest": "/api/v1/suggest?q=qj",
    "list_areas": "/api/v1/areas?product=shili-yunwuguo&zoom=8&on=2026-11-23",
    "list_areas_at": "/api/v1/areas/at?lon=108.60395&lat=29.32363&on=2026-11-23",
    "list_product_areas": "/api/v1/gi/qianjiang-yangdujun/areas?zoom=8",
    "list_products": "/api/v1/gi?limit=2",
    "get_product": "/api/v1/gi/shili-yunwuguo?on=2026-11-23",
    "list_organisations": "/api/v1/organisations?limit=2",
    "get_organisation": "/api/v1/organisations/93500114MA0TERT081?on=2026-11-23",
    "list_authorisations": "/api/v1/authorisations?limit=2&on=2026-11-23",
    "get_authorisation": "/api/v1/authorisations/QJ-AU-9002?on=2026-11-23",
    "list_trademarks": "/api/v1/trademarks?limit=2",
    "get_trademark": "/api/v1/trademarks/90000001?on=2026-11-23",
    "list_announcements": "/api/v1/announcements?limit=2",
    "list_divisions": "/api/v1/divisions?limit=2",
    "list_service_points": "/api/v1/service-points?limit=2",
    "list_indicators": "/api/v1/indicators",
    "list_files": "/api/v1/files",
    "get_changes": "/api/v1/changes?kind=authorisation&limit=2",
    "get_proof": "/api/v1/verify/proof?code=93500114MA0TERT081&target=shili-yunwuguo&on=2026-11-23",
}
# What is another in every register that is filled anew.
_CHANGES = {
    "id",
    "next",
    "sha256",
    "bytes",
    "edition",
    "recorded_at",
    "built_at",
    "kid",
    "signature",
    "protected",
}
_PASSING = re.compile(r"[0-9]+-[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9a-f]{8}|\b[0-9A-HJKMNP-TV-Z]{26}\b")
# A file, a stream, and what only a key's holder sees: their routes show them.
_SHOWN_BY_ITSELF = {"get_file", "check_batch", "get_key"}


def short(value, key=""):
    """The answer with two entries of each list: an example is read by people."""
    if isinstance(value, dict):
        return {name: short(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [short(each) for each in (value if key == "coordinates" else value[:2])]
    return value


def lasting(value, key=""):
    if isinstance(value, dict):
        return {name: lasting(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [lasting(each, key) for each in value]
    if key in _CHANGES and value is not None:
        return type(value).__name__
    return _PASSING.sub("PASSING", value) if isinstance(value, str) else value


def asked(client) -> dict[str, dict]:
    return {
        name: {"request": address, "response": short(client.get(address).json())}
        for name, address in ADDRESSES.items()
    }


@pytest.fixture
def document(client):
    return client.get("/api/v1/openapi.json").json()


def operations(document):
    return {
        operation["operationId"]: operation
        for path in document["paths"].values()
        for operation in path.values()
    }


def test_every_operation_has_an_example_and_the_register_answers_it_so(client, document):
    examples = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    assert examples.keys() == operations(document).keys() - _SHOWN_BY_ITSELF, (
        "name the operation in ADDRESSES and run this file as a program"
    )
    for name, each in asked(client).items():
        assert lasting(examples[name]) == lasting(each), name


def test_every_example_of_a_parameter_is_one_that_is_taken(client, document):
    tried = 0
    for path, found in document["paths"].items():
        for operation in found.values():
            given = {
                each["name"]: (each["in"], example)
                for each in operation.get("parameters", ())
                for example in each["schema"].get("examples", ())[:1]
            }
            if "edition" in given or operation["operationId"] in _SHOWN_BY_ITSELF:
                continue
            address = path
            for name, (where, example) in given.items():
                address = address.replace(f"{{{name}}}", str(example)) if where == "path" else address
            query = {name: example for name, (where, example) in given.items() if where == "query"}
            reply = client.get(address, params=query)
            assert reply.status_code == 200, (address, query, reply.text)
            tried += len(given)
    assert tried > 20


def test_bounds_of_numbers_are_told(document):
    for operation in operations(document).values():
        for each in operation.get("parameters", ()):
            for one in each["schema"].get("anyOf", [each["schema"]]):
                if one.get("type") in {"integer", "number"}:
                    assert {"minimum", "maximum"} <= one.keys(), each["name"]


def lint(path: Path) -> subprocess.CompletedProcess[str]:
    if not LINTER.is_file():
        missing("redocly (./run test --all sets it up)")
    return subprocess.run(
        [LINTER, "lint", path, "--config", RULES, "--format=json"],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.long
def test_the_linter_finds_no_fault(document, tmp_path):
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    done = lint(path)
    found = json.loads(done.stdout)
    assert [(each["ruleId"], each["message"]) for each in found["problems"]] == []
    assert done.returncode == 0


def _without_description(operation):
    del operation["description"]


def _without_examples(operation):
    del operation["responses"]["200"]["content"]["application/json"]["examples"]


def _with_a_false_example(operation):
    examples = operation["responses"]["200"]["content"]["application/json"]["examples"]
    examples["first"]["value"]["total"] = "many"


def _with_another_kind_of_error(operation):
    content = operation["responses"]["404"]["content"]
    content["application/json"] = content.pop("application/problem+json")


def _with_an_unknown_tag(operation):
    operation["tags"] = ["unheard of"]


def _with_an_unclean_name(operation):
    operation["operationId"] = "list_products_api_v1_gi_get-2"


@pytest.mark.long
@pytest.mark.parametrize(
    "spoil",
    [
        _without_description,
        _without_examples,
        _with_a_false_example,
        _with_another_kind_of_error,
        _with_an_unknown_tag,
        _with_an_unclean_name,
    ],
)
def test_the_linter_finds_a_fault_where_there_is_one(document, tmp_path, spoil):
    spoil(document["paths"]["/api/v1/gi"]["get"])
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    done = lint(path)
    assert done.returncode == 1
    assert len(json.loads(done.stdout)["problems"]) >= 1


def write_examples() -> None:
    with tempfile.TemporaryDirectory() as made:
        folder, clock = Path(made), FixedClock(NOW)
        (folder / "site").mkdir()
        settings = seeded_settings(folder / "site", Registers(folder), "spatialite", clock)
        with TestClient(create_app(settings, clock, works=False), "http://127.0.0.1:8000") as client:
            text = json.dumps(asked(client), ensure_ascii=False, indent=1)
    EXAMPLES.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_examples()
