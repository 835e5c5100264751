"""Production areas: the announced text is the law, versions follow it, geometry only depicts it."""

from __future__ import annotations

from datetime import date

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import CheckConstraint, Float, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.register.models.base import (
    SRID,
    Base,
    DayColumn,
    NameColumn,
    NoteColumn,
    Recorded,
    closed,
    coded,
    later_than,
)
from service.register.models.protection import Protection
from service.register.models.reference import Division, Source
from service.vocabulary import AreaTier, AreaUnit, Confidence, Datum, DivisionRole


class ProductionAreaVersion(Recorded):
    """One version of a protection's area, valid over [valid_from, valid_to); versions never overlap (I-5)."""

    __tablename__ = "production_area_version"
    protection_id: Mapped[int] = mapped_column(ForeignKey("protection.id"), index=True)
    version_no: Mapped[int]
    valid_from: Mapped[DayColumn | None]
    valid_to: Mapped[DayColumn | None]
    text_original: Mapped[NoteColumn]
    text_as_of: Mapped[date | None]
    tier: Mapped[AreaTier] = mapped_column(closed(AreaTier))
    stated_area: Mapped[float | None] = mapped_column(Float)
    stated_unit: Mapped[AreaUnit | None] = mapped_column(coded(AreaUnit))
    computed_area_ha: Mapped[float | None] = mapped_column(Float)
    stated_box: Mapped[str | None] = mapped_column(String(200))
    stated_limits: Mapped[NoteColumn | None]
    confidence: Mapped[Confidence] = mapped_column(coded(Confidence))
    method_note: Mapped[NoteColumn | None]
    change_note: Mapped[NoteColumn | None]
    override_note: Mapped[NoteColumn | None]
    geometry_crs: Mapped[str | None] = mapped_column(String(100))
    geometry_datum: Mapped[Datum | None] = mapped_column(coded(Datum))
    protection: Mapped[Protection] = relationship(lazy="raise")
    divisions: Mapped[list[ProductionAreaDivision]] = relationship(
        lazy="raise", order_by="ProductionAreaDivision.position"
    )
    source: Mapped[Source] = relationship(lazy="raise")
    __table_args__ = (
        UniqueConstraint("protection_id", "version_no"),
        later_than("valid_from", "valid_to", "validity"),
        CheckConstraint("version_no >= 1", name="version_no"),
        CheckConstraint("(stated_area IS NULL) = (stated_unit IS NULL)", name="area_with_unit"),
    )


class ProductionAreaDivision(Base):
    """A division that an area's text names, as printed and as it is known today."""

    __tablename__ = "production_area_division"
    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("production_area_version.id"), index=True)
    division_id: Mapped[int] = mapped_column(ForeignKey("division.id"), index=True)
    position: Mapped[int]
    role: Mapped[DivisionRole] = mapped_column(closed(DivisionRole))
    name_as_printed: Mapped[NameColumn]
    division: Mapped[Division] = relationship(lazy="raise")
    __table_args__ = (UniqueConstraint("area_id", "division_id"),)


class ProductionAreaGeometry(Base):
    """The shape of an area version, EPSG:4326, longitude first.

    A narrow table on purpose: changing a column of a table with geometry on SQLite copies the table and
    silently loses the geometry's registration, triggers and index.
    """

    __tablename__ = "production_area_geometry"
    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("production_area_version.id"), unique=True)
    geometry: Mapped[WKBElement] = mapped_column(
        Geometry("MULTIPOLYGON", srid=SRID, spatial_index=True), nullable=False
    )
