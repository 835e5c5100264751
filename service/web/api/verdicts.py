"""Verification for programs: one firm, one product, one day."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request, Response

from service.addresses import path_of
from service.calendar import CHINA
from service.register.verification import Choice, Evidence, Fact, FactSource, Subject, Target, Verdict, verify
from service.vocabulary import Caution
from service.web import wording
from service.web.api.shapes import VerifyShape
from service.web.deps import services_of
from service.web.parameters import Day, Moment

router = APIRouter(tags=["verify"])

Code = Annotated[
    str,
    Query(
        min_length=1,
        max_length=100,
        description="USCC, or the number of an authorisation.",
        examples=["93500114MA0TERT081"],
    ),
]
TargetText = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=300,
        description="Product: slug, code, number or name.",
        examples=["shili-yunwuguo"],
    ),
]


@router.get(
    "/verify",
    response_model=VerifyShape,
    summary="May this firm use the special mark on this product on this day?",
)
def get_verdict(
    request: Request,
    code: Code,
    target: TargetText = None,
    on: Day = None,
    known_at: Moment = None,
) -> Response:
    """Return the verdict, read from the register at this moment; it must not be cached."""
    # The session is opened here and not by a dependency: each dependency of a plain function is one more
    # hop to a thread, and four of them cost more than the answer (measured 2026-11-23).
    services = services_of(request)
    with services.database.reading() as session:
        verdict = verify(session, code, target, on, known_at, now=services.clock.now())
    return verdict_reply(verdict)


def verdict_reply(verdict: Verdict) -> Response:
    """Return the verdict as an answer that nobody keeps."""
    # Prepared bytes: validating our own answer a second time costs more than reading it did.
    return Response(
        orjson.dumps(shape(verdict)), media_type="application/json", headers={"Cache-Control": "no-store"}
    )


def shape(verdict: Verdict) -> dict[str, Any]:
    """Return the verdict in the shape of `VerifyShape` (a test compares them)."""
    return {
        "verdict": verdict.outcome.value,
        "reason_code": verdict.reason.value,
        "headline": wording.headline(verdict, "zh"),
        "reason": verdict.reason.zh,
        "caution": _caution(verdict.caution) if verdict.caution else None,
        "warnings": [_caution(each) for each in verdict.warnings],
        "as_of": verdict.as_of,
        "checked_at": verdict.checked_at.astimezone(CHINA),
        "known_at": verdict.known_at.astimezone(CHINA) if verdict.known_at else None,
        "subject": _subject(verdict.subject),
        "target": _target(verdict.target) if verdict.target else None,
        "choices": [_choice(each) for each in verdict.choices],
        "facts": [_fact(each) for each in verdict.facts],
        "evidence": [_evidence(each) for each in verdict.evidence],
        "data_version": verdict.data_version,
        "disclaimer": wording.disclaimer("zh"),
    }


def _caution(caution: Caution) -> dict[str, str]:
    return {"code": caution.value, "text": caution.zh}


def _subject(subject: Subject) -> dict[str, str | None]:
    code = subject.organisation_code
    return {
        "code": subject.code,
        "name": subject.name,
        "url": path_of("organisation", code) if code else None,
    }


def _target(target: Target) -> dict[str, str]:
    return {"kind": "gi_product", "name": target.name, "url": path_of("gi_product", target.slug)}


def _choice(choice: Choice) -> dict[str, str | None]:
    return {
        "target": choice.slug,
        "name": choice.name,
        "url": path_of("gi_product", choice.slug),
        "verdict": choice.outcome.value if choice.outcome else None,
        "reason_code": choice.reason.value if choice.reason else None,
    }


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        "kind": fact.kind.value,
        "text": wording.fact_text(fact, "zh"),
        "source": _source(fact.source) if fact.source else None,
    }


def _source(source: FactSource) -> dict[str, str | None]:
    return {
        "announcement": source.announcement,
        "document_sha256": source.document_sha256,
        "locator": source.locator,
        "level": source.level.value,
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    sha256 = evidence.document_sha256
    return {
        "announcement": evidence.announcement,
        "number": evidence.number,
        "issuer": evidence.issuer,
        "published_on": evidence.published_on,
        "url": path_of("announcement", evidence.announcement),
        "document_sha256": sha256,
        "document_url": path_of("document", sha256) if sha256 else None,
        "authorisation": evidence.authorisation,
    }
