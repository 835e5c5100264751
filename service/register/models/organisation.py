"""Organisations: firms, cooperatives, collectives, associations, offices."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.register.models.base import (
    Base,
    DayColumn,
    NameColumn,
    Recorded,
    Sourced,
    UsccColumn,
    closed,
    coded,
)
from service.register.models.reference import Division, Source
from service.vocabulary import CodeState, NameRole, OrganisationKind, OrganisationStatus


class Organisation(Recorded):
    """A body with its unified social credit code; bodies whose code is unknown have none."""

    __tablename__ = "organisation"
    uscc: Mapped[UsccColumn | None] = mapped_column(index=True)
    uscc_state: Mapped[CodeState] = mapped_column(closed(CodeState), default=CodeState.VALID)
    name: Mapped[NameColumn] = mapped_column(index=True)
    name_en: Mapped[NameColumn | None]
    kind: Mapped[OrganisationKind] = mapped_column(coded(OrganisationKind))
    division_id: Mapped[int | None] = mapped_column(ForeignKey("division.id"), index=True)
    address: Mapped[NameColumn | None]
    legal_representative: Mapped[str | None] = mapped_column(String(100))
    is_representative_announced: Mapped[bool] = mapped_column(default=False)
    status: Mapped[OrganisationStatus] = mapped_column(coded(OrganisationStatus))
    status_checked_on: Mapped[DayColumn | None]
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    division: Mapped[Division | None] = relationship(lazy="raise")
    names: Mapped[list[OrganisationName]] = relationship(lazy="raise", order_by="OrganisationName.id")
    former_codes: Mapped[list[FormerCode]] = relationship(lazy="raise", order_by="FormerCode.id")
    source: Mapped[Source] = relationship(lazy="raise")
    __table_args__ = (
        # I-8: one current organisation per code; historical holders of a code may stand beside it.
        Index(
            "uq_organisation_current_uscc",
            "uscc",
            unique=True,
            sqlite_where=text("uscc_state = 'valid'"),
            postgresql_where=text("uscc_state = 'valid'"),
        ),
        CheckConstraint("uscc IS NULL OR length(uscc) = 18", name="uscc_length"),
        CheckConstraint("(uscc IS NOT NULL) OR uscc_state = 'unknown'", name="uscc_known"),
    )


class OrganisationName(Sourced, Base):
    """Another name of an organisation: former, short, English."""

    __tablename__ = "organisation_name"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    text: Mapped[NameColumn] = mapped_column(index=True)
    role: Mapped[NameRole] = mapped_column(coded(NameRole))
    __table_args__ = (UniqueConstraint("organisation_id", "text", "role"),)


class FormerCode(Sourced, Base):
    """A code that an organisation carried before."""

    __tablename__ = "former_code"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    uscc: Mapped[UsccColumn] = mapped_column(index=True)
    __table_args__ = (UniqueConstraint("organisation_id", "uscc"),)
