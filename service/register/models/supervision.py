"""Random inspections with their draws, credit grades, and the demonstration zone."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.register.models.base import (
    Base,
    CodeColumn,
    DayColumn,
    Identified,
    JsonColumn,
    MomentColumn,
    NameColumn,
    NoteColumn,
    Recorded,
    coded,
    later_than,
)
from service.register.models.organisation import Organisation
from service.register.models.product import GiProduct
from service.register.models.reference import Source
from service.vocabulary import InspectionOutcome, PublicationTerm, ZoneCondition, ZoneEventKind


class CreditAssessment(Recorded):
    """A body's grade under a credit scheme; without a kept basis document it is never public and decides nothing."""

    __tablename__ = "credit_assessment"
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    scheme: Mapped[CodeColumn]
    grade: Mapped[str] = mapped_column(String(30))
    valid_from: Mapped[DayColumn]
    valid_to: Mapped[DayColumn | None]
    organisation: Mapped[Organisation] = relationship(lazy="raise")
    source: Mapped[Source] = relationship(lazy="raise")
    __table_args__ = (
        UniqueConstraint("organisation_id", "scheme", "valid_from"),
        later_than("valid_from", "valid_to", "validity"),
    )


class InspectionPlan(Recorded):
    """A year's random inspection: among whom, in what shares by credit grade, by which inspectors, of what."""

    __tablename__ = "inspection_plan"
    code: Mapped[CodeColumn] = mapped_column(unique=True)
    title: Mapped[NameColumn]
    year: Mapped[int]
    scope: Mapped[NoteColumn]
    product_id: Mapped[int | None] = mapped_column(ForeignKey("gi_product.id"))
    credit_scheme: Mapped[CodeColumn | None]
    ratios: Mapped[list[list[str | int]]] = mapped_column(JsonColumn)
    inspectors: Mapped[list[str]] = mapped_column(JsonColumn)
    checklist: Mapped[list[str]] = mapped_column(JsonColumn)
    product: Mapped[GiProduct | None] = relationship(lazy="raise")
    draws: Mapped[list[InspectionDraw]] = relationship(lazy="raise", order_by="InspectionDraw.number")
    source: Mapped[Source] = relationship(lazy="raise")


class InspectionDraw(Identified, Base):
    """A population frozen before anybody can know the value that draws from it; rows are only added (trigger)."""

    __tablename__ = "inspection_draw"
    plan_id: Mapped[int] = mapped_column(ForeignKey("inspection_plan.id"))
    number: Mapped[int]
    frozen_at: Mapped[MomentColumn]
    frozen_by_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    # The very bytes that the hash is of.
    content: Mapped[NoteColumn]
    sha256: Mapped[str] = mapped_column(String(64))
    plan: Mapped[InspectionPlan] = relationship(lazy="raise", viewonly=True)
    end: Mapped[InspectionDrawEnd | None] = relationship(lazy="raise", viewonly=True)
    __table_args__ = (UniqueConstraint("plan_id", "number"),)


class InspectionDrawEnd(Base):
    """How a draw ended, once: with the public value and what it drew, or given up; only added (trigger)."""

    __tablename__ = "inspection_draw_end"
    draw_id: Mapped[int] = mapped_column(ForeignKey("inspection_draw.id"), primary_key=True)
    ended_at: Mapped[MomentColumn]
    ended_by_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    public_value: Mapped[str | None] = mapped_column(String(200))
    drawn: Mapped[NoteColumn | None]
    reason: Mapped[NoteColumn | None]
    __table_args__ = (
        CheckConstraint("(public_value IS NULL) = (drawn IS NULL)", name="drawn_by_a_value"),
        CheckConstraint("(public_value IS NULL) = (reason IS NOT NULL)", name="drawn_or_given_up"),
    )


class Inspection(Recorded):
    """One inspection of one body: what was found and ordered, and from when and how long the public sees it."""

    __tablename__ = "inspection"
    code: Mapped[CodeColumn] = mapped_column(unique=True)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("inspection_plan.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    inspected_on: Mapped[DayColumn]
    inspectors: Mapped[list[str]] = mapped_column(JsonColumn)
    outcome: Mapped[InspectionOutcome] = mapped_column(coded(InspectionOutcome))
    answers: Mapped[list[str]] = mapped_column(JsonColumn)
    findings: Mapped[NoteColumn | None]
    ordered_on: Mapped[DayColumn | None]
    order_working_days: Mapped[int | None]
    corrected_on: Mapped[DayColumn | None]
    published_from: Mapped[DayColumn | None]
    publication_term: Mapped[PublicationTerm | None] = mapped_column(coded(PublicationTerm))
    plan: Mapped[InspectionPlan | None] = relationship(lazy="raise")
    organisation: Mapped[Organisation] = relationship(lazy="raise")
    source: Mapped[Source] = relationship(lazy="raise")
    __table_args__ = (
        CheckConstraint("(outcome = 'ordered') = (ordered_on IS NOT NULL)", name="order"),
        CheckConstraint("(ordered_on IS NULL) = (order_working_days IS NULL)", name="order_has_its_days"),
        CheckConstraint(
            "corrected_on IS NULL OR (ordered_on IS NOT NULL AND corrected_on >= ordered_on)",
            name="corrected",
        ),
        CheckConstraint("(published_from IS NULL) = (publication_term IS NULL)", name="published_for_a_term"),
        CheckConstraint(
            "publication_term IS NULL OR publication_term <> 'without_end' OR outcome = 'no_problem'",
            name="limited_term",
        ),
        Index(None, "inspected_on"),
    )


zone_product = Table(
    "zone_product",
    Base.metadata,
    Column("zone_id", ForeignKey("demonstration_zone.id"), primary_key=True),
    Column("product_id", ForeignKey("gi_product.id"), primary_key=True, index=True),
)


class DemonstrationZone(Recorded):
    """A demonstration zone for the protection of one or several GIs; its state follows from its events."""

    __tablename__ = "demonstration_zone"
    code: Mapped[CodeColumn] = mapped_column(unique=True)
    name: Mapped[NameColumn]
    name_en: Mapped[NameColumn | None]
    note: Mapped[NoteColumn | None]
    products: Mapped[list[GiProduct]] = relationship(
        secondary=zone_product, lazy="raise", order_by="GiProduct.id"
    )
    events: Mapped[list[ZoneEvent]] = relationship(
        lazy="raise", order_by="ZoneEvent.happened_on, ZoneEvent.id"
    )
    source: Mapped[Source] = relationship(lazy="raise")


class ZoneEvent(Recorded):
    """Something that happened to a demonstration zone, a report handed in, or evidence for a condition."""

    __tablename__ = "zone_event"
    zone_id: Mapped[int] = mapped_column(ForeignKey("demonstration_zone.id"), index=True)
    kind: Mapped[ZoneEventKind] = mapped_column(coded(ZoneEventKind))
    happened_on: Mapped[DayColumn]
    condition: Mapped[ZoneCondition | None] = mapped_column(coded(ZoneCondition))
    year: Mapped[int | None]
    note: Mapped[NoteColumn | None]
    source: Mapped[Source] = relationship(lazy="raise")
    __table_args__ = (
        CheckConstraint("(kind = 'evidence') = (condition IS NOT NULL)", name="evidence_for_a_condition"),
        CheckConstraint("(kind = 'yearly_report') = (year IS NOT NULL)", name="report_of_a_year"),
    )
