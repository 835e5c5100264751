"""The answer of a verification: codes and facts; pages and the API word them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from service.vocabulary import Caution, Outcome, Reason, VerificationLevel


class Subject(NamedTuple):
    """Who was asked about; the name is None when nobody is on record, or the record is withheld."""

    code: str
    name: str | None = None
    organisation_code: str | None = None
    is_demonstration: bool = False


class Target(NamedTuple):
    """The product the verdict speaks of."""

    slug: str
    name: str
    track: str | None = None


class Choice(NamedTuple):
    """A product one could ask about instead, with its own outcome where the firm has an authorisation for it."""

    slug: str
    name: str
    outcome: Outcome | None = None
    reason: Reason | None = None


class FactKind(StrEnum):
    """What a fact of a verdict states."""

    GRANTED = "granted"
    DEREGISTERED = "deregistered"
    LICENCE_ENDED = "licence_ended"
    UNDER_CORRECTION = "under_correction"
    PROTECTION_BEGAN = "protection_began"
    PROTECTION_ENDED = "protection_ended"
    PROTECTION_IN_GRACE = "protection_in_grace"
    HOLDER = "holder"
    AUTHORISED_FOR = "authorised_for"
    OUTSIDE = "outside"
    AGRICULTURAL_ONLY = "agricultural_only"
    ORGANISATION_STRUCK_OFF = "organisation_struck_off"


class FactSource(NamedTuple):
    """Where a fact stands: the announcement, the file's hash, the place in it, and how official it is."""

    announcement: str | None
    document_sha256: str | None
    locator: str | None
    level: VerificationLevel


class Fact(NamedTuple):
    """One thing the verdict rests on."""

    kind: FactKind
    name: str
    day: date | None = None
    detail: str | None = None
    source: FactSource | None = None


class Evidence(NamedTuple):
    """An announcement behind the verdict that people can open, with its file."""

    announcement: str
    number: str
    issuer: str
    published_on: date | None
    document_sha256: str | None
    authorisation: str | None = None


class Verdict(NamedTuple):
    """The whole answer. `as_of` is the day it speaks of, `checked_at` the moment it was read."""

    outcome: Outcome
    reason: Reason
    as_of: date
    checked_at: datetime
    known_at: datetime | None
    subject: Subject
    data_version: int
    target: Target | None = None
    caution: Caution | None = None
    warnings: tuple[Caution, ...] = ()
    choices: tuple[Choice, ...] = ()
    facts: tuple[Fact, ...] = ()
    evidence: tuple[Evidence, ...] = ()
