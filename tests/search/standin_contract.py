"""The published contract of a Meilisearch server, read from the shared folder, as a checker of messages."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "meilisearch"
SPEC = FOLDER / "openapi-subset-1.49.0.json"
CODES = FOLDER / "error_codes_v1.50.0.json"


def is_present() -> bool:
    """Return whether the contract lies beside the checkout."""
    return SPEC.is_file() and CODES.is_file()


def status_and_type(code: str) -> tuple[int, str]:
    """Return the HTTP status and the error type that belong to an error code."""
    row = _codes()[code]
    return row["http"], row["type"]


def problems_of_request(method: str, path: str, body: Any) -> list[str]:
    """Return how a request breaks the contract."""
    operation = _operation(method, path)
    if operation is None:
        return [f"{method} {path} is not in the contract"]
    wanted = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    return _problems(wanted, body) if wanted else []


def problems_of_response(method: str, path: str, status: int, body: Any) -> list[str]:
    """Return how a response breaks the contract."""
    if status >= 400:
        found = _problems({"$ref": "#/components/schemas/ResponseError"}, body)
        return (
            found
            if status_and_type(body["code"])[0] == status
            else [*found, f"{body['code']} is not {status}"]
        )
    operation = _operation(method, path) or {}
    answer = operation.get("responses", {}).get(str(status))
    if answer is None:
        return [f"{method} {path} does not answer {status}"]
    schema = answer.get("content", {}).get("application/json", {}).get("schema")
    if path == "/multi-search":  # without federation the answer is a list; the document types only the other
        results = [part for one in body["results"] for part in _problems(_ONE_RESULT, one)]
        return results if set(body) == {"results"} else [*results, "more than results"]
    return _problems(schema, body) if schema else []


# The four known deviations of the document from the wire: facets are arrays (so in 1.49), unknown keys of a
# search are refused, SizeFormat's default is ignored here, missing prose of 4xx is taken from the code table.
_ONE_RESULT = {
    "allOf": [{"$ref": "#/components/schemas/SearchResult"}, {"required": ["indexUid"]}],
}


@cache
def _spec() -> dict[str, Any]:
    found = json.loads(SPEC.read_text(encoding="utf-8"))
    found["components"]["schemas"]["SearchQuery"]["additionalProperties"] = False
    return found


@cache
def _codes() -> dict[str, dict[str, Any]]:
    return {row["code"]: row for row in json.loads(CODES.read_text(encoding="utf-8"))}


def _operation(method: str, path: str) -> dict[str, Any] | None:
    for template, operations in _spec()["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) and method.lower() in operations:
            return operations[method.lower()]
    return None


def _problems(schema: dict[str, Any], body: Any) -> list[str]:
    checker = _validator(json.dumps(schema, sort_keys=True))
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
        for error in checker.iter_errors(body)
    ]


@cache
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator({**json.loads(schema), "components": _spec()["components"]})
