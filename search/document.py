"""The one list of what the index may hold: a record's public fields, and nothing else."""

import dataclasses
import hashlib
import operator
from dataclasses import dataclass

import orjson


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A published record as search sees it.

    This class is an allow-list: a column that is not named here cannot reach an index,
    a suggestion or a facet, whatever the database gains later.

    Attributes:
        id: The record's ULID.
        kind: gi_product, organisation, trademark, brand, announcement or service_point.
        name: Preferred Chinese name.
        version: The record's version; part of the fingerprint.
        identifiers: Numbers in normal form and the spellings worth matching.
        place: Names of the place and its parents, separated by spaces.
        place_codes: Division codes including the parents'.
        year: Year of grant, registration or publication.
        is_home: Of this district; others rank after home records at an equal match.
        longitude: WGS 84 degrees; `latitude` likewise; both or neither.
    """

    id: str
    kind: str
    name: str
    version: int
    aliases: tuple[str, ...] = ()
    names_en: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    place: str = ""
    place_codes: tuple[str, ...] = ()
    holder: str = ""
    goods: tuple[str, ...] = ()
    description: str = ""
    tracks: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    category: str | None = None
    industry: str | None = None
    nice_classes: tuple[int, ...] = ()
    year: int | None = None
    has_users: bool = False
    is_home: bool = True
    is_demonstration: bool = False
    longitude: float | None = None
    latitude: float | None = None

    @property
    def fingerprint(self) -> str:
        """Return twelve hexadecimal digits that change whenever any field does."""
        return hashlib.sha256(orjson.dumps(_values_of(self))).hexdigest()[:12]

    @property
    def facets(self) -> dict[str, tuple[str, ...]]:
        """Return the codes this record counts under, by facet name."""
        return {
            "kind": (self.kind,),
            "track": _distinct(self.tracks),
            "state": _distinct(self.states),
            "category": _distinct((self.category,)),
            "industry": _distinct((self.industry,)),
            "place": _distinct(self.place_codes),
            "nice_class": _distinct(self.nice_classes),
            "year": _distinct((self.year,)),
            "has_users": ("true" if self.has_users else "false",),
        }


_values_of = operator.attrgetter(*(field.name for field in dataclasses.fields(Document)))


def _distinct(values: tuple[str | int | None, ...]) -> tuple[str, ...]:
    # A value counted twice in one record would make the facet's figure a lie.
    return tuple(dict.fromkeys(str(value) for value in values if value is not None and value != ""))
