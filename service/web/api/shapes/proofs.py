"""Signed answers."""

from __future__ import annotations

from datetime import date, datetime

from service.web.api.shapes.base import Shape
from service.web.api.shapes.verdicts import VerifyShape


class QuestionShape(Shape):
    """What was asked, in the register's words."""

    code: str
    target: str | None
    on: date | None
    known_at: datetime | None


class SignedShape(Shape):
    """What a proof says: who answered, what was asked, the answer, and where to ask again."""

    issuer: str
    keys: str
    ask_again: str
    note: str
    question: QuestionShape
    answer: VerifyShape


class ProofShape(Shape):
    """A signed answer: the JWS with detached content over the canonical form (RFC 8785) of `signed`."""

    signature: str
    signed: SignedShape
