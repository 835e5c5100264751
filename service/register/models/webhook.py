"""Addresses that are told of changes, and how far each has been told."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from service.register.models.base import Base, Identified, JsonColumn, MomentColumn


class Webhook(Identified, Base):
    """A receiver: what it follows, where it stands in the order of changes, and how its deliveries go.

    A message in hand reaches from its cursor to `until`; it is sent until it is taken, and only then the cursor moves.
    The secret signs what is sent and proves nothing else; it stands in no shape, log or audit row.
    """

    __tablename__ = "webhook"
    url: Mapped[str] = mapped_column(String(500))
    secret: Mapped[str] = mapped_column(String(100))
    kinds: Mapped[list[Any]] = mapped_column(JsonColumn)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("gi_product.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    created_at: Mapped[MomentColumn]
    told_revision: Mapped[int]
    told_position: Mapped[int]
    until_revision: Mapped[int | None]
    until_position: Mapped[int | None]
    next_attempt_at: Mapped[MomentColumn]
    attempts: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[MomentColumn | None]
    delivered_at: Mapped[MomentColumn | None]
    last_problem: Mapped[str | None] = mapped_column(String(60))
    disabled_at: Mapped[MomentColumn | None]
    __table_args__ = (
        CheckConstraint("(until_revision IS NULL) = (until_position IS NULL)", name="until"),
        CheckConstraint("(attempts = 0) = (failing_since IS NULL)", name="failing"),
    )
