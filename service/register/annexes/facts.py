"""What a person states of an import: the announcement, and how each table of its annex is to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from service.errors import RowProblem
from service.register.payloads import AnnouncementPayload
from service.vocabulary import (
    AnnexField,
    AnnexKind,
    AnnouncementKind,
    AuthorisationBasis,
    DeregistrationGround,
    Issuer,
    RecordKind,
    RowAction,
    Track,
    VerificationLevel,
)

Mapping = tuple[AnnexField | None, ...]
"""What each column says; None is a column that is not read."""

_BASES = {
    Track.GI_PRODUCT: AuthorisationBasis.APPROVED_PRODUCER,
    Track.UNIFIED: AuthorisationBasis.APPROVED_PRODUCER,
    Track.GI_TRADEMARK: AuthorisationBasis.CERTIFICATION_LICENSEE,
}
_ANNOUNCED_AS = {
    AnnexKind.APPROVAL: AnnouncementKind.USER_APPROVAL,
    AnnexKind.CHANGE: AnnouncementKind.USER_CHANGE,
    AnnexKind.DEREGISTRATION: AnnouncementKind.USER_DEREGISTRATION,
}


@dataclass(frozen=True, slots=True)
class Facts:
    """The announcement, as the person who imports states it.

    `skips_elsewhere` leaves out rows on products that this register does not hold: a national annex names few of
    ours. `ground` is why the firms of a table without such a column were deregistered.
    """

    issuer: Issuer
    number: str
    title: str
    published_on: date | None = None
    declared_organisations: int | None = None
    declared_products: int | None = None
    url: str | None = None
    level: VerificationLevel = VerificationLevel.OFFICIAL_DOCUMENT
    track: Track | None = None
    basis: AuthorisationBasis | None = None
    ground: DeregistrationGround | None = None
    is_file_open: bool = False
    skips_elsewhere: bool = False

    @property
    def is_demonstration(self) -> bool:
        """Whether the announcement was made up."""
        return self.issuer is Issuer.DEMONSTRATION

    def basis_of(self, track: Track) -> AuthorisationBasis | None:
        """Return on what ground firms use the mark in a track; None where none is stated and none follows."""
        return self.basis or _BASES.get(track)

    def sourced(self, sha256: str) -> dict[str, object]:
        """Return the fields that every record of the import carries: where its facts come from."""
        level = VerificationLevel.DEMONSTRATION if self.is_demonstration else self.level
        return {
            "source": self.title,
            "source_level": level,
            "source_url": self.url,
            "source_document": sha256,
            "is_demonstration": self.is_demonstration,
        }

    def announcement(self, sha256: str, kinds: Sequence[AnnexKind]) -> AnnouncementPayload:
        """Return the announcement as a new record.

        Raises:
            ValidationError: the number is none, or is another issuer's.
        """
        return AnnouncementPayload.model_validate(
            {
                **self.sourced(sha256),
                "issuer": self.issuer,
                "number": self.number,
                "title": self.title,
                "announcement_kind": _ANNOUNCED_AS[kinds[0]] if kinds else AnnouncementKind.OTHER,
                "published_on": self.published_on,
                "url": self.url,
                "declared_organisations": self.declared_organisations,
                "declared_products": self.declared_products,
                "documents": (sha256,),
            }
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """How one table is read; `product` stands for a column where the table is about one product only."""

    kind: AnnexKind
    mapping: Mapping
    product: str | None = None


@dataclass(slots=True)
class Row:
    """One announced row: where it stands, what it says, what it would do, and what is wrong with it."""

    table: int
    line: int
    cells: tuple[str, ...]
    action: RowAction = RowAction.NO_OP
    problems: tuple[RowProblem, ...] = ()
    notes: tuple[RowProblem, ...] = ()
    keys: tuple[tuple[RecordKind, str], ...] = ()
    """The records that it would make or change; rows may share one."""
    target: str = ""
    """The authorisation or organisation that the row is about, where it is on record."""

    @property
    def is_valid(self) -> bool:
        """Whether the row may become drafts."""
        return self.action not in {RowAction.ERROR, RowAction.CONFLICT}
