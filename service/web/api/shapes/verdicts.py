"""The verdict."""

from __future__ import annotations

from datetime import date, datetime

from service.web.api.shapes.base import Shape


class SubjectShape(Shape):
    """Who was asked about."""

    code: str
    name: str | None
    url: str | None


class TargetShape(Shape):
    """The product the verdict speaks of."""

    kind: str
    name: str
    url: str


class ChoiceShape(Shape):
    """A product one could ask about instead."""

    target: str
    name: str
    url: str
    verdict: str | None
    reason_code: str | None


class FactSourceShape(Shape):
    """Where a fact stands."""

    announcement: str | None
    document_sha256: str | None
    locator: str | None
    level: str


class FactShape(Shape):
    """One thing the verdict rests on."""

    kind: str
    text: str
    source: FactSourceShape | None


class EvidenceShape(Shape):
    """An announcement behind the verdict that people can open."""

    announcement: str
    number: str
    issuer: str
    published_on: date | None
    url: str
    document_sha256: str | None
    document_url: str | None
    authorisation: str | None


class CautionShape(Shape):
    """A warning beside the verdict."""

    code: str
    text: str


class VerifyShape(Shape):
    """The verdict: may this firm use the special mark on this product on this day?"""

    verdict: str
    reason_code: str
    headline: str
    reason: str
    caution: CautionShape | None
    warnings: list[CautionShape]
    as_of: date
    checked_at: datetime
    known_at: datetime | None
    subject: SubjectShape
    target: TargetShape | None
    choices: list[ChoiceShape]
    facts: list[FactShape]
    evidence: list[EvidenceShape]
    data_version: int
    disclaimer: str
