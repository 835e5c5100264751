"""A verification answer to keep: signed, so that anybody can check it without asking us."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Request, Response

from service.addresses import path_of
from service.calendar import CHINA
from service.errors import NothingToProve, ProofNotOffered
from service.proving import prove
from service.register.verification import Verdict, verify
from service.register.verification.restating import restate_target
from service.vocabulary import Outcome
from service.web.api.shapes import ProofShape
from service.web.api.verdicts import Code, TargetText, shape
from service.web.deps import services_of
from service.web.parameters import Day, Moment

router = APIRouter(tags=["verify"])

_ASKS_BACK: Final = frozenset({Outcome.CHOOSE_PRODUCT, Outcome.AMBIGUOUS})
_NOT_IN_A_NAME: Final = re.compile(r"[^0-9A-Za-z-]+")
_NOTE: Final = (
    "本凭证证明签名时刻登记的回答；登记以后可能变化。请在核对凭证的页面或用再核验的网址，按现在的登记再问一次。"
    " It proves what the register answered at that moment; the register may have changed since. Ask again."
)


@router.get(
    "/verify/proof",
    response_model=ProofShape,
    summary="The same answer as a signed document that can be checked offline.",
)
def get_proof(
    request: Request,
    code: Code,
    target: TargetText = None,
    on: Day = None,
    known_at: Moment = None,
) -> Response:
    """Return the verdict read at this moment, with its question, under the signature of the site (decision 0013).

    404 `proof_not_offered` where the site has no key; 422 `nothing_to_prove` where the answer asks back.
    """
    services = services_of(request)
    key = services.signing_keys.newest()
    if key is None:
        raise ProofNotOffered
    with services.database.reading() as session:
        verdict = verify(session, code, target, on, known_at, now=services.clock.now())
        if verdict.outcome in _ASKS_BACK:
            raise NothingToProve
        about = restate_target(session, target) if target else None
    base = services.settings.base_url.rstrip("/")
    document = prove(_signed(verdict, about, on, known_at, base), key.key)
    name = f"dibiao-{_NOT_IN_A_NAME.sub('-', verdict.subject.code)}-{verdict.as_of.isoformat()}.json"
    return Response(
        document,
        media_type="application/json",
        headers={"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'},
    )


def _signed(
    verdict: Verdict, target: str | None, on: date | None, known_at: datetime | None, base: str
) -> dict[str, Any]:
    """Return what is signed: plain JSON, the question in the register's words and not as it was typed."""
    code = verdict.subject.code
    asked = {"target": target, "on": on.isoformat() if on else None}
    facts = {name: said for name, said in asked.items() if said}
    query = f"?{urlencode(facts)}" if facts else ""
    # Through JSON: the canonical form knows no dates.
    answer: dict[str, Any] = orjson.loads(orjson.dumps(shape(verdict)))
    return {
        "issuer": base,
        "keys": f"{base}/.well-known/jwks.json",
        "ask_again": f"{base}{path_of('verdict', code)}{query}",
        "note": _NOTE,
        "question": {
            "code": code,
            "target": target,
            "on": on.isoformat() if on else None,
            "known_at": known_at.astimezone(CHINA).isoformat() if known_at else None,
        },
        "answer": answer,
    }
