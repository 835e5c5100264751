"""GI products: the thing and its names; every right hangs on a protection, never on the product."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.register.models.base import (
    Base,
    CodeColumn,
    JsonColumn,
    NameColumn,
    NoteColumn,
    Recorded,
    Sourced,
    closed,
    coded,
)
from service.register.models.protection import Protection
from service.register.models.reference import Category, Division, Source
from service.vocabulary import HomeRelation, Industry, NameRole


class GiProduct(Recorded):
    """A product whose name may be protected in several tracks, each its own right."""

    __tablename__ = "gi_product"
    code: Mapped[CodeColumn] = mapped_column(unique=True)
    slug: Mapped[CodeColumn] = mapped_column(unique=True)
    name: Mapped[NameColumn] = mapped_column(index=True)
    name_en: Mapped[NameColumn | None]
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    industry: Mapped[Industry | None] = mapped_column(coded(Industry))
    nice_classes: Mapped[list[int]] = mapped_column(JsonColumn, default=list)
    home_relation: Mapped[HomeRelation] = mapped_column(closed(HomeRelation))
    division_id: Mapped[int | None] = mapped_column(ForeignKey("division.id"), index=True)
    place_as_printed: Mapped[str | None] = mapped_column(String(200))
    description: Mapped[NoteColumn | None]
    scientific_name: Mapped[str | None] = mapped_column(String(200))
    season_months: Mapped[list[int]] = mapped_column(JsonColumn, default=list)
    names: Mapped[list[ProductName]] = relationship(lazy="raise", order_by="ProductName.id")
    protections: Mapped[list[Protection]] = relationship(lazy="raise", order_by="Protection.id")
    category: Mapped[Category | None] = relationship(lazy="raise")
    division: Mapped[Division | None] = relationship(lazy="raise")
    source: Mapped[Source] = relationship(lazy="raise")


class FormerSlug(Base):
    """An address that a product had before; whoever follows it is sent to today's."""

    __tablename__ = "former_slug"
    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("gi_product.id"), index=True)
    slug: Mapped[CodeColumn] = mapped_column(unique=True)
    revision_number: Mapped[int]


class ProductName(Sourced, Base):
    """A name of a product, with what it is to the product."""

    __tablename__ = "product_name"
    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("gi_product.id"), index=True)
    text: Mapped[NameColumn] = mapped_column(index=True)
    role: Mapped[NameRole] = mapped_column(coded(NameRole))
    lang: Mapped[str] = mapped_column(String(20))
    __table_args__ = (UniqueConstraint("product_id", "text", "role"),)
