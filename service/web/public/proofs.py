"""Proofs: the page that checks one and asks the register again, and the keys that everybody may check with."""

from __future__ import annotations

from typing import Annotated, Final

import orjson
from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, Response

from service.errors import BadProof
from service.proving import MAX_BYTES, check
from service.web.deps import LineDep, Services, ServicesDep
from service.web.public.proof_reading import Reading, read_proof
from service.web.templating import render

router = APIRouter()
root_router = APIRouter(include_in_schema=False)
"""What a site has once."""

_NOT_KEPT: Final = {"Cache-Control": "no-store"}
_RATE: Final = "60/minute"


@root_router.get("/.well-known/jwks.json")
def key_set(services: ServicesDep) -> Response:
    """Return the public keys, old ones among them; none where the site has none. Source: RFC 7517."""
    return Response(
        orjson.dumps(services.signing_keys.public()),
        media_type="application/jwk-set+json",
        headers={"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"},
    )


@router.get("/verify/proof")
def proof_form(request: Request, services: ServicesDep) -> HTMLResponse:
    """Return the form that takes a proof."""
    return _page(request, services)


# Anybody may send this form from anywhere: it changes nothing and tells only what the sender brought.
@router.post("/verify/proof")
def check_proof(
    request: Request,
    services: ServicesDep,
    line: LineDep,
    file: Annotated[UploadFile | None, File()] = None,
    text: Annotated[str, Form()] = "",
) -> HTMLResponse:
    """Return what was signed and what the register says now, or why the file proves nothing."""
    if wait := services.limits.wait_for("proof", _RATE, line):
        return _page(request, services, text=text, fault="rate_limited", status=429, wait_s=wait)
    content = file.file.read(MAX_BYTES + 1) if file is not None else b""
    try:
        # A form may name its own encoding, and some decode to halves of characters.
        proof = check(content or text.encode("utf-8", "surrogatepass"), services.signing_keys.find)
        now = services.clock.now()
        with services.database.reading() as session:
            reading = read_proof(session, proof, now)
    except BadProof as error:
        return _page(request, services, text=text, fault=error.problem, status=422)
    return _page(request, services, reading=reading)


def _page(
    request: Request,
    services: Services,
    *,
    reading: Reading | None = None,
    text: str = "",
    fault: str = "",
    status: int = 200,
    wait_s: int = 0,
) -> HTMLResponse:
    newest = services.signing_keys.newest()
    return render(
        request,
        "public/proof.html",
        status=status,
        headers=_NOT_KEPT | ({"Retry-After": str(wait_s)} if wait_s else {}),
        reading=reading,
        text=_shown(text),
        fault=fault,
        newest=newest.kid if newest else None,
    )


def _shown(text: str) -> str:
    """Return the text as the form shows it again, if it is not longer than any proof."""
    return text.encode("utf-8", "replace").decode() if len(text) <= MAX_BYTES else ""
