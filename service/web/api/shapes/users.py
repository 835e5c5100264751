"""Organisations and their authorisations."""

from __future__ import annotations

from datetime import date, datetime

from service.web.api.shapes.base import Labelled, LinkShape, Shape, SourceShape


class AuthorisationSummary(Shape):
    """An authorisation with its state on the day asked about."""

    id: str
    code: str
    url: str
    product: LinkShape
    organisation: LinkShape
    uscc: str | None
    basis: Labelled
    state: Labelled
    since: date | None
    ground: Labelled | None
    is_demonstration: bool


class AuthorisationEventShape(Shape):
    """Something that happened to an authorisation."""

    kind: Labelled
    effective_on: date
    recorded_at: datetime
    announcement: str | None
    ground: Labelled | None
    deadline_on: date | None
    source: SourceShape


class AuthorisationShape(AuthorisationSummary):
    """An authorisation with its history."""

    as_of: date
    events: list[AuthorisationEventShape]
    data_version: int


class OrganisationSummary(Shape):
    """An organisation in a list."""

    id: str
    uscc: str | None
    name: str
    name_en: str | None
    url: str
    kind: Labelled
    status: Labelled
    is_demonstration: bool


class OrganisationShape(OrganisationSummary):
    """An organisation with its authorisations. Persons' own data is never part of it."""

    as_of: date
    other_names: list[str]
    former_codes: list[str]
    place: str | None
    address: str | None
    authorisations: list[AuthorisationSummary]
    source: SourceShape
    data_version: int
