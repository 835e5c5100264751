"""The shapes of the API's answers: what programs may rely on. Fields are added, never renamed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from service.vocabulary import ChangeAct, ChangeKind

T = TypeVar("T")


class Shape(BaseModel):
    """Base of all answers."""

    model_config = ConfigDict(frozen=True)


class Labelled(Shape):
    """An entry of a closed list: its stable code and its labels."""

    code: str
    label: str
    label_en: str


class SourceShape(Shape):
    """Where a fact comes from, and whether an official source stands behind it."""

    citation: str
    level: Labelled
    is_verified: bool
    url: str | None
    locator: str | None
    checked_on: date | None


class LinkShape(Shape):
    """A record by name and address."""

    name: str
    url: str


class ListShape(Shape, Generic[T]):
    """One page of a list."""

    items: list[T]
    next: str | None = Field(description="Cursor of the next page, or null.")
    total: int | None
    data_version: int


class NameShape(Shape):
    """A name with what it is to its record."""

    text: str
    lang: str
    role: Labelled


class ProductSummary(Shape):
    """A product in a list."""

    id: str
    code: str
    slug: str
    name: str
    name_en: str | None
    url: str
    industry: Labelled | None
    home_relation: Labelled
    is_demonstration: bool


class EventShape(Shape):
    """Something that happened, with where it stands."""

    kind: Labelled
    on: date | None
    precision: str
    announcement: str | None
    note: str | None
    recorded_at: datetime
    source: SourceShape


class NumberShape(Shape):
    """A number as printed and in normal form."""

    scheme: Labelled
    as_printed: str
    number: str


class PartyShape(Shape):
    """A body in its role."""

    role: Labelled
    name: str


class TraitShape(Shape):
    """A quality requirement."""

    name: str
    text: str
    minimum: float | None
    maximum: float | None
    unit: str | None


class AreaShape(Shape):
    """A version of a production area; the geometry is served apart, as GeoJSON."""

    id: str
    version_no: int
    is_current: bool
    valid_from: date | None
    valid_to: date | None
    text: str
    text_as_of: date | None
    tier: Labelled
    confidence: Labelled
    divisions: list[str]
    stated_area: float | None
    stated_unit: Labelled | None
    stated_box: str | None
    stated_limits: str | None
    computed_area_ha: float | None
    conflicts: list[str]
    source: SourceShape


class ProtectionShape(Shape):
    """One right of a product in one track; its state is computed for `as_of`."""

    id: str
    code: str
    track: Labelled
    state: Labelled
    since: date | None
    until: date | None
    numbers: list[NumberShape]
    parties: list[PartyShape]
    events: list[EventShape]
    areas: list[AreaShape]
    traits: list[TraitShape]
    standards: list[str]
    users: list[AuthorisationSummary]
    source: SourceShape


class ProductShape(ProductSummary):
    """A product with its rights."""

    as_of: date
    names: list[NameShape]
    place: str | None
    description: str | None
    scientific_name: str | None
    nice_classes: list[int]
    season_months: list[int]
    protections: list[ProtectionShape]
    conflicts: list[str]
    source: SourceShape
    data_version: int


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


class TrademarkShape(Shape):
    """A trademark of one class; `status` is computed from its term for today."""

    id: str
    registration_no: str
    nice_class: int
    name: str
    name_en: str | None
    url: str
    mark_type: Labelled
    status: Labelled
    goods: str | None
    registrant: str
    registered_on: date | None
    term_first_day: date | None
    term_last_day: date | None
    source_checked_on: date | None
    is_demonstration: bool


class TrademarkAnswer(Shape):
    """The records of a registration number, one per class."""

    items: list[TrademarkShape]
    data_version: int


class AnnouncementShape(Shape):
    """An announcement with its files."""

    id: str
    code: str
    url: str
    issuer: Labelled
    number_as_printed: str
    title: str
    kind: Labelled
    published_on: date | None
    declared_organisations: int | None
    declared_products: int | None
    documents: list[DocumentShape]
    is_demonstration: bool


class DocumentShape(Shape):
    """A kept file."""

    title: str
    sha256: str
    size: int
    media_type: str
    url: str | None


class DivisionShape(Shape):
    """An administrative division with its codes by scheme and year."""

    id: str
    slug: str
    name: str
    url: str
    kind: Labelled
    codes: list[DivisionCodeShape]
    aliases: list[str]
    longitude: float | None
    latitude: float | None


class DivisionCodeShape(Shape):
    """A code of a division; one code can mean different places in two schemes."""

    scheme: Labelled
    year: int
    code: str


class ServicePointShape(Shape):
    """A public IP service point."""

    id: str
    code: str
    name: str
    kind: Labelled
    place: str | None
    address: str | None
    hours: str | None
    telephone: str | None
    longitude: float | None
    latitude: float | None
    is_demonstration: bool


class IndicatorShape(Shape):
    """An indicator; with no value, `problem` says why."""

    code: str
    name: str
    name_en: str | None
    formula: str
    unit: str
    nature: Labelled
    target: float | None
    target_year: int | None
    value: float | None
    as_of: date | None
    problem: str | None


class Matched(Shape):
    """Why a hit matched."""

    field: str
    tier: str


class HitShape(Shape):
    """A search hit; names and states are read from the register, not from the index."""

    id: str
    kind: str
    name: str
    name_en: str | None
    url: str
    state: Labelled | None
    tracks: list[TrackState]
    place: str | None
    detail: str | None
    is_demonstration: bool
    is_verified: bool = Field(description="Whether an official source stands behind the record.")
    matched: Matched
    highlights: dict[str, list[list[int]]] = Field(
        description="Ranges [from, to) in the field's text, counted in characters."
    )


class TrackState(Shape):
    """The state of one right."""

    track: Labelled
    state: Labelled


class FacetShape(Shape):
    """One choice of a facet."""

    value: str
    label: str
    count: int
    selected: bool


class SearchShape(Shape):
    """A page of hits."""

    hits: list[HitShape]
    total: int
    total_is_exact: bool
    facets: dict[str, list[FacetShape]]
    page: int
    tier: str
    engine: str = Field(description="embedded, meilisearch, or database when the engine is away.")
    suggestion: str | None
    data_version: int


class SuggestionShape(Shape):
    """A completion of what is being typed."""

    text: str
    kind: str
    field: str


class SuggestShape(Shape):
    """Completions."""

    items: list[SuggestionShape]


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


class KeyedLink(Shape):
    """A record by the key of its address, name and address; an organisation without a code has neither."""

    key: str | None
    name: str
    url: str | None


class ChangeShape(Shape):
    """One published change. Where its record was taken down since, everything that names it is null."""

    cursor: str = Field(description="Its place in the order; may be given as `since`.")
    revision: int
    published_at: datetime
    kind: ChangeKind
    act: ChangeAct
    id: str = Field(description="Identifier of the record; `/r/{id}` leads to it.")
    event: Labelled | None = Field(description="What happened to a right or an authorisation.")
    on: date | None = Field(description="The day from which it takes effect, where one is on record.")
    name: str | None
    url: str | None
    product: KeyedLink | None
    organisation: KeyedLink | None
    source: SourceShape | None
    is_demonstration: bool


class ChangesShape(Shape):
    """Changes after a cursor, the oldest first."""

    items: list[ChangeShape]
    next: str = Field(description="Where to go on: at once when `has_more`, else whenever one likes.")
    has_more: bool
    data_version: int


class ProblemField(Shape):
    """One wrong input."""

    where: str = Field(alias="in")
    pointer: str
    code: str
    detail: str


class ProblemShape(Shape):
    """An error. Source: RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str
    errors: list[ProblemField] | None = None
    hints: list[str] | None = None


class FileShape(Shape):
    """A file of the register; `url` never comes to mean other bytes, `newest_url` always leads to the newest."""

    name: str
    dataset: str | None = Field(description="The table; null for the dictionary and the list of sums.")
    title: str | None
    title_en: str | None
    format: str | None = Field(
        description="csv, excel.csv (begins with a BOM), xlsx, jsonl, geojson or geojsons (RFC 8142)."
    )
    media_type: str
    rows: int | None
    bytes: int
    sha256: str = Field(description="Of the file as it is, before any compression on the way.")
    url: str
    newest_url: str | None
    as_of: date = Field(description="The China day that the states in the file are those of.")
    built_at: datetime
    licence: str | None
    licence_url: str | None
    data_version: int


class FilesShape(ListShape[FileShape]):
    """The files of one edition: one revision of the register, one China day."""

    edition: str
    as_of: date


class FeatureCollection(Shape):
    """GeoJSON, CRS84, right-hand rule; an area without a shape is a feature with `geometry: null`."""

    type: str = "FeatureCollection"
    data_version: int
    as_of: date
    note: str | None = None
    note_en: str | None = None
    features: list[dict[str, Any]]


ProtectionShape.model_rebuild()
AnnouncementShape.model_rebuild()
DivisionShape.model_rebuild()
HitShape.model_rebuild()
