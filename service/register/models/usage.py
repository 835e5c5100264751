"""Who may use the interface how far, and how much is asked: keys, their use by day, and verifications counted.

Nothing here says which code was asked about, and nothing which address asked (domain reference 7.8).
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from service.register.models.base import (
    Base,
    DayColumn,
    Identified,
    MomentColumn,
    NameColumn,
    UtcDateTime,
    coded,
)
from service.vocabulary import ApiAct, Outcome


class ApiKey(Identified, Base):
    """A key of the interface. Of its secret only the hash is here; `prefix` is what people call it by."""

    __tablename__ = "api_key"
    holder: Mapped[NameColumn]
    prefix: Mapped[str] = mapped_column(String(12), unique=True)
    secret_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[str] = mapped_column(String(200))
    """Scopes separated by spaces."""
    issued_at: Mapped[MomentColumn]
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    revoked_at: Mapped[MomentColumn | None]
    last_used_at: Mapped[MomentColumn | None]


class ApiKeyUse(Base):
    """What one key did on one China day."""

    __tablename__ = "api_key_use"
    key_id: Mapped[int] = mapped_column(ForeignKey("api_key.id"), primary_key=True)
    day: Mapped[DayColumn] = mapped_column(primary_key=True)
    act: Mapped[ApiAct] = mapped_column(coded(ApiAct), primary_key=True)
    requests: Mapped[int]
    rows: Mapped[int]
    refused: Mapped[int]


class VerificationCount(Base):
    """How often one verdict was given in one minute; erased after 90 days.

    `product`: its slug, empty where the verdict names none. `bucket`: one of 64, by a secret that changes every
    day and is nowhere kept, so that it tells a run of questions from many askers and nobody from anybody.
    """

    __tablename__ = "verification_count"
    minute: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    verdict: Mapped[Outcome] = mapped_column(coded(Outcome), primary_key=True)
    product: Mapped[str] = mapped_column(String(60), primary_key=True)
    bucket: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int]


class VerificationMonth(Base):
    """How often one verdict was given in one China month; published."""

    __tablename__ = "verification_month"
    month: Mapped[date] = mapped_column(primary_key=True)
    verdict: Mapped[Outcome] = mapped_column(coded(Outcome), primary_key=True)
    count: Mapped[int]
