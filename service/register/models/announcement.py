"""Announcements of the competent offices and their files."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.register.models.base import Base, CodeColumn, DayColumn, NameColumn, Recorded, coded
from service.register.models.reference import Document, Source
from service.vocabulary import AnnouncementKind, Issuer


class Announcement(Recorded):
    """An announcement, known by issuer and normalised number (第四九八号 is cnipa:498)."""

    __tablename__ = "announcement"
    code: Mapped[CodeColumn] = mapped_column(unique=True)
    issuer: Mapped[Issuer] = mapped_column(coded(Issuer))
    number_as_printed: Mapped[str] = mapped_column(String(100))
    number: Mapped[CodeColumn] = mapped_column(unique=True)
    year: Mapped[int | None]
    serial: Mapped[int | None]
    title: Mapped[NameColumn]
    kind: Mapped[AnnouncementKind] = mapped_column(coded(AnnouncementKind))
    published_on: Mapped[DayColumn | None]
    url: Mapped[str | None] = mapped_column(Text)
    declared_organisations: Mapped[int | None]
    declared_products: Mapped[int | None]
    documents: Mapped[list[AnnouncementDocument]] = relationship(
        lazy="raise", order_by="AnnouncementDocument.position"
    )
    source: Mapped[Source] = relationship(lazy="raise")
    __table_args__ = (
        CheckConstraint(
            "declared_organisations IS NULL OR declared_organisations >= 0", name="organisations"
        ),
        CheckConstraint("declared_products IS NULL OR declared_products >= 0", name="products"),
    )


class AnnouncementDocument(Base):
    """A file of an announcement, in order."""

    __tablename__ = "announcement_document"
    id: Mapped[int] = mapped_column(primary_key=True)
    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcement.id"), index=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    position: Mapped[int]
    document: Mapped[Document] = relationship(lazy="raise")
    __table_args__ = (UniqueConstraint("announcement_id", "document_id"),)
