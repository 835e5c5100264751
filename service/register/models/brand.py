"""Trademarks, brands and time-honoured brands."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.register.models.base import (
    Base,
    CodeColumn,
    DayColumn,
    NameColumn,
    NoteColumn,
    Recorded,
    coded,
    later_than,
)
from service.register.models.organisation import Organisation
from service.register.models.product import GiProduct
from service.register.models.reference import Division, Source
from service.vocabulary import (
    BrandKind,
    DatePrecision,
    MarkStatus,
    MarkType,
    TimeHonouredLevel,
    TimeHonouredStatus,
)

brand_trademark = Table(
    "brand_trademark",
    Base.metadata,
    Column("brand_id", ForeignKey("brand.id"), primary_key=True),
    Column("trademark_id", ForeignKey("trademark_record.id"), primary_key=True, index=True),
)
brand_product = Table(
    "brand_product",
    Base.metadata,
    Column("brand_id", ForeignKey("brand.id"), primary_key=True),
    Column("product_id", ForeignKey("gi_product.id"), primary_key=True, index=True),
)


class TrademarkRecord(Recorded):
    """One row per registration number and Nice class; expiry and grace are computed from `term_to`."""

    __tablename__ = "trademark_record"
    name: Mapped[NameColumn] = mapped_column(index=True)
    name_en: Mapped[NameColumn | None]
    mark_type: Mapped[MarkType] = mapped_column(coded(MarkType))
    registration_no: Mapped[str] = mapped_column(String(20))
    nice_class: Mapped[int]
    goods: Mapped[NoteColumn | None]
    registrant_name: Mapped[NameColumn]
    registrant_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    division_id: Mapped[int | None] = mapped_column(ForeignKey("division.id"), index=True)
    status: Mapped[MarkStatus] = mapped_column(coded(MarkStatus))
    applied_on: Mapped[DayColumn | None]
    preliminary_published_on: Mapped[DayColumn | None]
    registered_on: Mapped[DayColumn | None]
    term_from: Mapped[DayColumn | None]
    term_to: Mapped[DayColumn | None]
    international_registration_no: Mapped[str | None] = mapped_column(String(20))
    source_checked_on: Mapped[DayColumn | None]
    registrant: Mapped[Organisation | None] = relationship(lazy="raise")
    division: Mapped[Division | None] = relationship(lazy="raise")
    source: Mapped[Source] = relationship(lazy="raise")
    __table_args__ = (
        UniqueConstraint("registration_no", "nice_class"),
        CheckConstraint("nice_class BETWEEN 0 AND 45", name="nice_class"),
        CheckConstraint("status NOT IN ('expiring', 'in_grace', 'expired')", name="stored_status"),
        later_than("term_from", "term_to", "term"),
        Index(None, "term_to"),
        # The desk lists and counts them by status, in these orders.
        Index(None, "status", "name"),
        Index(None, "status", "revision_number"),
        Index(None, "status", "term_to"),
    )


class Brand(Recorded):
    """A brand as people know it, with the marks and products it stands on."""

    __tablename__ = "brand"
    slug: Mapped[CodeColumn] = mapped_column(unique=True)
    name: Mapped[NameColumn] = mapped_column(index=True)
    name_en: Mapped[NameColumn | None]
    kind: Mapped[BrandKind] = mapped_column(coded(BrandKind))
    owner_name: Mapped[NameColumn | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    description: Mapped[NoteColumn | None]
    owner: Mapped[Organisation | None] = relationship(lazy="raise")
    trademarks: Mapped[list[TrademarkRecord]] = relationship(secondary=brand_trademark, lazy="raise")
    products: Mapped[list[GiProduct]] = relationship(secondary=brand_product, lazy="raise")
    honours: Mapped[list[TimeHonouredBrand]] = relationship(lazy="raise", order_by="TimeHonouredBrand.id")
    source: Mapped[Source] = relationship(lazy="raise")


class TimeHonouredBrand(Recorded):
    """A brand's place on a time-honoured list."""

    __tablename__ = "time_honoured_brand"
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"), index=True)
    level: Mapped[TimeHonouredLevel] = mapped_column(coded(TimeHonouredLevel))
    batch: Mapped[str | None] = mapped_column(String(60))
    founded_on: Mapped[DayColumn | None]
    founded_precision: Mapped[DatePrecision] = mapped_column(coded(DatePrecision))
    recognised_on: Mapped[DayColumn | None]
    status: Mapped[TimeHonouredStatus] = mapped_column(coded(TimeHonouredStatus))
    source: Mapped[Source] = relationship(lazy="raise")
    __table_args__ = (UniqueConstraint("brand_id", "level"),)
