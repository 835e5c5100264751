"""From the register's errors to replies, by one table: a page for people, problem+json for programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Scope

from service.addresses import path_of
from service.calendar import DateError
from service.errors import (
    AreaNotSound,
    BadCursor,
    BadDay,
    BadIdentifier,
    BatchRefused,
    CannotConfirm,
    ChangeNoteMissing,
    FilesNotReady,
    ForeignForm,
    FourEyes,
    KeyRefused,
    NothingToProve,
    NotPermitted,
    NotSignedIn,
    PlainHttp,
    ProofNotOffered,
    RateLimited,
    RecordGone,
    RecordMoved,
    RecordNotFound,
    RegisterError,
    ScopeMissing,
    UploadRefused,
    WorkStopped,
)
from service.web.admission import headers_of
from service.web.problems import FieldProblem, Problem, problem_response, title
from service.web.revalidating import Unchanged, not_modified
from service.web.security import BodyTooLarge
from service.web.templating import language_of, localised, render_error

_log = structlog.get_logger(__name__)
_STATUS: dict[type[RegisterError], int] = {
    RecordNotFound: 404,
    RecordGone: 410,
    BadCursor: 400,
    BadDay: 422,
    BadIdentifier: 422,
    CannotConfirm: 503,
    FilesNotReady: 503,
    ChangeNoteMissing: 422,
    AreaNotSound: 422,
    ForeignForm: 403,
    ProofNotOffered: 404,
    NothingToProve: 422,
    KeyRefused: 401,
    ScopeMissing: 403,
    RateLimited: 429,
    FourEyes: 403,
    NotPermitted: 403,
    PlainHttp: 403,
}
_UPLOAD_STATUS = {"json_syntax": 400, "xml_syntax": 400, "bad_encoding": 400, "too_large": 413}
_HTTP_CODES = {
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "too_large",
    415: "unsupported_media_type",
    416: "range_not_satisfiable",
}
_PYDANTIC_CODES = {
    "missing": "missing_parameter",
    "extra_forbidden": "unknown_field",
    "enum": "bad_enum",
    "literal_error": "bad_enum",
}
_OWN_CODES = frozenset(
    {"unknown_parameter", "duplicate_parameter", "bad_date", "query_too_long", "bbox_order"}
)


def install(app: FastAPI) -> None:
    """Give the app its error handlers."""
    app.add_exception_handler(RegisterError, _on_register_error)
    app.add_exception_handler(DateError, _on_date_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(BodyTooLarge, _on_large_body)
    app.add_exception_handler(Unchanged, _on_unchanged)
    app.add_exception_handler(Exception, _on_any_error)


def refuse(app: FastAPI, scope: Scope, problem: Problem) -> ASGIApp:
    """Return the app that answers a request which the outer layer refuses."""
    return reply(Request({**scope, "app": app}), problem)


def refuse_for(app: FastAPI, scope: Scope, error: RegisterError) -> ASGIApp:
    """Return the app that answers a request which a layer above the router refuses for an error."""
    return reply(Request({**scope, "app": app}), problem_of(error), _headers_for(error))


def reply(request: Request, problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Return the problem as a page or, under /api/, as problem+json."""
    request_id = request.scope.get("state", {}).get("request_id", "")
    path = request.scope.get("path", "/")
    if _is_for_programs(path):
        base_url = request.app.state.services.settings.base_url.rstrip("/")
        # The route's pattern, not the address as sent: what people type is never echoed.
        route = request.scope.get("route")
        instance = str(getattr(route, "path", "/api/v1" if path.startswith("/api/") else path))
        return problem_response(
            problem, instance=instance, request_id=request_id, base_url=base_url, headers=headers or {}
        )
    lang = "en" if path == "/en" or path.startswith("/en/") else "zh"
    detail = problem.detail or title(problem.code, lang)
    page = render_error(request, problem.status, problem.code, detail, problem.most)
    page.headers["Cache-Control"] = "no-store"
    for name, value in (headers or {}).items():
        page.headers[name] = value
    return page


def _is_for_programs(path: str) -> bool:
    return path.startswith(("/api/", "/healthz", "/readyz", "/metrics", "/.well-known/"))


def _on_register_error(request: Request, error: Exception) -> Response:
    if isinstance(error, RecordMoved):
        return RedirectResponse(_moved_to(request, error), 301)
    if isinstance(error, NotSignedIn):
        return RedirectResponse(localised(error.next_step, language_of(request)), 303)
    return reply(request, problem_of(error), _headers_for(error))


def _moved_to(request: Request, error: RecordMoved) -> str:
    """Return today's address of what was asked for; what stood behind the record's key still does."""
    asked = request.scope.get("raw_path", b"").decode("ascii", "replace").partition("?")[0]
    before, found, after = asked.partition(path_of(error.kind, error.key))
    if not found or error.path.split("/")[1] != path_of(error.kind, "").split("/")[1]:
        # Another kind of record stands there now: its page, in the same language.
        return localised(error.path, language_of(request))
    query = request.scope["query_string"].decode("ascii", "replace")
    return f"{before}{error.path}{after}" + (f"?{query}" if query else "")


def _headers_for(error: Exception) -> dict[str, str]:
    match error:
        case CannotConfirm() | FilesNotReady():
            return {"Retry-After": "30"}
        case KeyRefused():
            return {"WWW-Authenticate": 'Bearer realm="dibiao", error="invalid_token"'}
        case ScopeMissing():
            return {
                "WWW-Authenticate": f'Bearer realm="dibiao", error="insufficient_scope", scope="{error.scope}"'
            }
        case RateLimited():
            return headers_of(error)
    return {}


def problem_of(error: Exception) -> Problem:
    """Return the facts of a register error for the edge; never any input."""
    match error:
        case BadIdentifier():
            return Problem(422, error.problem, hints=tuple(str(hint) for hint in error.hints))
        case BadDay():
            field = FieldProblem("query", f"#/{error.field}", "bad_date", title("bad_date"))
            return Problem(422, "bad_date", fields=(field,))
        case UploadRefused() | WorkStopped() | BatchRefused():
            # Without the place of the fault, which may hold names out of the file.
            return Problem(_UPLOAD_STATUS.get(error.problem, 422), error.problem)
        case RecordGone():
            return Problem(410, "gone", error.reason)
        case RegisterError():
            status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 409)
            return Problem(status, error.code)
    return Problem(500, "internal_error")


def _on_date_error(request: Request, error: Exception) -> Response:
    del error
    return reply(request, Problem(422, "bad_date"))


def _on_validation_error(request: Request, error: Exception) -> Response:
    found = error.errors() if isinstance(error, RequestValidationError) else []
    fields = tuple(_field_problem(dict(each)) for each in found)
    codes = {field.code for field in fields}
    code = codes.pop() if len(codes) == 1 else "invalid_value"
    status = 400 if code == "bad_request" else 422
    return reply(request, Problem(status, code, fields=fields))


def _field_problem(found: dict[str, Any]) -> FieldProblem:
    where, *names = (str(part) for part in found["loc"])
    kind = str(found["type"])
    own = str(found.get("ctx", {}).get("error", ""))
    code = own if own in _OWN_CODES else _PYDANTIC_CODES.get(kind, "invalid_value")
    if kind == "json_invalid":
        code = "bad_request"
    return FieldProblem(where, "#/" + "/".join(names), code, title(code))


def _on_http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    return reply(request, Problem(status, _HTTP_CODES.get(status, "bad_request")), headers)


def _on_large_body(request: Request, error: Exception) -> Response:
    most = error.most if isinstance(error, BodyTooLarge) else None
    return reply(request, Problem(413, "too_large", most=most))


def _on_unchanged(request: Request, error: Exception) -> Response:
    del request
    return not_modified(error.tag if isinstance(error, Unchanged) else "")


def _on_any_error(request: Request, error: Exception) -> Response:
    _log.error("unhandled", path=request.url.path, exc_info=error)
    return reply(request, Problem(500, "internal_error"))
