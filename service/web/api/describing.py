"""The OpenAPI document: what FastAPI reads off the routes, and what only a person can say of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import orjson
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from service.web.api.shapes import ProblemShape
from service.web.problems import title

EXAMPLES: Final = Path(__file__).with_name("examples.json")
"""By operation: an address, and what the register with its first data answers; a test asks again."""
PROBLEM: Final = "application/problem+json"

_TAGS: Final = {
    "verify": "May this firm use the special mark on this product on this day? Never cached.",
    "search": "Records by name, number, pinyin, initials or English.",
    "areas": "Production areas: GeoJSON in CRS84 (RFC 7946).",
    "products": "GI products with their rights, areas and users on a day.",
    "organisations": "Firms and other bodies with their authorisations on a day.",
    "authorisations": "Authorisations to use the special mark, with states and history.",
    "trademarks": "Trademarks, one record for each number and class.",
    "announcements": "Announcements with the files that were kept.",
    "divisions": "Administrative divisions with their codes by scheme and year.",
    "service points": "Where people are advised.",
    "indicators": "The plan's indicators with their newest values.",
    "changes": "What was published, in an order that can be followed without gap or repeat.",
    "key": "The use of a key, for its holder.",
    "files": "The whole register as files that never change.",
}
_PROBLEMS: Final = {
    400: ("The request cannot be read; a cursor is not one of this list.", "bad_cursor"),
    401: ("The key is none, or was revoked.", "key_refused"),
    403: ("The key is not good for this.", "scope_missing"),
    404: ("There is no such record.", "not_found"),
    405: ("This address is not asked in this way.", "method_not_allowed"),
    410: ("The record was withdrawn; `detail` says why, unless the law withholds it.", "gone"),
    414: ("The address is too long.", "uri_too_long"),
    422: ("A parameter is wrong; `errors` says which.", "invalid_value"),
    429: ("The address or the key has asked too much; `Retry-After` says when to ask.", "rate_limited"),
    431: ("The headers are too large.", "headers_too_large"),
    503: (
        "The register cannot be read now: no answer is guessed. `Retry-After` says when to ask.",
        "cannot_confirm",
    ),
}
_MOVED: Final = {
    "description": "The record has another address now.",
    "headers": {"Location": {"description": "Today's address.", "schema": {"type": "string"}}},
}
_KEY: Final = {
    "type": "http",
    "scheme": "bearer",
    "description": "An API key. Public reads need none; a key has limits of its own.",
}


def name_operation(route: APIRoute) -> str:
    """Return the operationId: the name of what answers."""
    return route.name


def responses() -> dict[int | str, dict[str, Any]]:
    """Return the replies that every operation may give besides its own."""
    return {301: _MOVED, **{status: problem(status, *said) for status, said in _PROBLEMS.items()}}


def problem(status: int, description: str, code: str) -> dict[str, Any]:
    """Return the description of an error's reply, with an example."""
    example = {
        "type": f"https://dibiao.example/problems/{code}",
        "title": title(code),
        "status": status,
        "detail": title(code),
        "instance": "/gi",
        "code": code,
        "request_id": "01M84ASTGKNSHMV4Z45BAMYHH4",
    }
    schema = {"$ref": "#/components/schemas/ProblemShape"}
    return {"description": description, "content": {PROBLEM: {"schema": schema, "example": example}}}


def describe(app: FastAPI) -> None:
    """Make the application answer with the whole document."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _document(app: FastAPI) -> dict[str, Any]:
    made = get_openapi(
        title=app.title,
        version=app.version,
        summary="Registry of geographical indications and brands: verification, records, areas, files.",
        description=app.description,
        routes=app.routes,
        tags=[{"name": name, "description": text} for name, text in _TAGS.items()],
        servers=[{"url": "/", "description": "This site."}],
    )
    template = "#/components/schemas/{model}"
    schema = ProblemShape.model_json_schema(ref_template=template)
    schemas = made["components"]["schemas"]
    schemas |= schema.pop("$defs", {}) | {"ProblemShape": schema}
    made["components"]["securitySchemes"] = {"ApiKey": _KEY}
    made["security"] = [{}, {"ApiKey": []}]
    examples = orjson.loads(EXAMPLES.read_bytes()) if EXAMPLES.exists() else {}
    for path in made["paths"].values():
        for operation in path.values():
            _give_example(operation, examples.get(operation["operationId"]))
    return made


def _give_example(operation: dict[str, Any], example: dict[str, Any] | None) -> None:
    if example is None:
        return
    for media_type in ("application/json", "application/geo+json"):
        content = operation["responses"]["200"]["content"].get(media_type)
        if content is not None:
            content["examples"] = {
                "first": {"summary": f"GET {example['request']}", "value": example["response"]}
            }
