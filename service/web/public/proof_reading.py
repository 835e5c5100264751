"""A proof that somebody brings: what it says, and what the register says to the same question now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import BaseModel, ValidationError
from sqlalchemy.orm import Session

from service.calendar import china_date
from service.errors import BadDay, BadIdentifier, BadProof
from service.proving import Proof
from service.register.verification import Verdict, verify
from service.vocabulary import Caution, Outcome, Reason


class _Question(BaseModel):
    code: str
    target: str | None
    on: date | None


class _Named(BaseModel):
    code: str | None = None
    name: str | None


class _Cautioned(BaseModel):
    code: Caution


class _Evidence(BaseModel):
    announcement: str
    number: str
    document_sha256: str | None


class _Answer(BaseModel):
    verdict: Outcome
    reason_code: Reason
    headline: str
    caution: _Cautioned | None
    warnings: list[_Cautioned]
    as_of: date
    checked_at: datetime
    known_at: datetime | None
    subject: _Named
    target: _Named | None
    evidence: list[_Evidence]
    data_version: int


class Signed(BaseModel):
    """What a proof of ours says, as far as the page shows it."""

    issuer: str
    question: _Question
    answer: _Answer


@dataclass(frozen=True, slots=True)
class Again:
    """The register's answer now, for a day, and in what it differs from the proof: codes of the parts."""

    day: date
    is_today: bool
    verdict: Verdict | None
    differs: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """Whether the answer still stands in every part."""
        return self.verdict is not None and not self.differs


@dataclass(frozen=True, slots=True)
class Reading:
    """A proof whose signature stands, beside today's answers; the first of them decides what the page says."""

    signed: Signed
    kid: str
    again: tuple[Again, ...]


def read_proof(session: Session, proof: Proof, now: datetime) -> Reading:
    """Return what was signed, with the same question asked again, for its own day and for today.

    Raises:
        BadProof: `other_form`: signed by this site, in a form that it no longer reads.
    """
    try:
        signed = Signed.model_validate(proof.signed)
    except ValidationError as error:
        raise BadProof("other_form") from error
    # Who asked of no certain day wants to know of today; who asked of a day, first of that day.
    today, asked = china_date(now), signed.answer.as_of
    days = dict.fromkeys((today, asked) if signed.question.on is None else (asked, today))
    return Reading(signed, proof.kid, tuple(_ask(session, signed, day, now) for day in days))


def _ask(session: Session, signed: Signed, day: date, now: datetime) -> Again:
    question, is_today = signed.question, day == china_date(now)
    try:
        verdict = verify(session, question.code, question.target, day, now=now)
    except (BadIdentifier, BadDay):
        # A code that was answered because it was on the register, and is not any more.
        return Again(day, is_today, None, ("verdict",))
    return Again(day, is_today, verdict, tuple(_differences(signed.answer, verdict)))


def _differences(answer: _Answer, verdict: Verdict) -> Iterator[str]:
    parts = {
        "verdict": (answer.verdict, verdict.outcome),
        "reason": (answer.reason_code, verdict.reason),
        "caution": (answer.caution.code if answer.caution else None, verdict.caution),
        "subject": (answer.subject.name, verdict.subject.name),
        "target": (
            answer.target.name if answer.target else None,
            verdict.target.name if verdict.target else None,
        ),
        "evidence": (
            {(each.announcement, each.document_sha256) for each in answer.evidence},
            {(each.announcement, each.document_sha256) for each in verdict.evidence},
        ),
    }
    return (name for name, (before, now) in parts.items() if before != now)
