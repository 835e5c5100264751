"""sqladmin on the same tables, run by the interpreter of its own environment: `python desk_peer.py DATABASE PORT`."""

from __future__ import annotations

import sys
from datetime import datetime

import uvicorn
from sqladmin import Admin, ModelView
from sqladmin.filters import StaticValuesFilter
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from starlette.applications import Starlette

_STATES = (
    "applied",
    "published",
    "opposed",
    "registered",
    "cancelled",
    "invalidated",
    "surrendered",
    "unknown",
)


class Base(DeclarativeBase):
    """The tables that are shown."""


class Mark(Base):
    """The columns of a trademark that our list shows."""

    __tablename__ = "trademark_record"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    registration_no: Mapped[str]
    nice_class: Mapped[int]
    registrant_name: Mapped[str]
    mark_type: Mapped[str]
    status: Mapped[str]
    revision_number: Mapped[int]


class Audit(Base):
    """The columns of the trail that our page shows."""

    __tablename__ = "audit_event"
    sequence: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    act: Mapped[str]
    record_kind: Mapped[str]
    record_ulid: Mapped[str]
    reason: Mapped[str | None]


class MarkView(ModelView, model=Mark):
    """Trademarks as our list shows them."""

    page_size = 25
    page_size_options = (25, 50)
    column_list = (
        Mark.name,
        Mark.registration_no,
        Mark.nice_class,
        Mark.registrant_name,
        Mark.mark_type,
        Mark.status,
        Mark.revision_number,
    )
    column_sortable_list = (Mark.name, Mark.registration_no)
    column_searchable_list = (Mark.name, Mark.registration_no, Mark.registrant_name)
    column_filters = (StaticValuesFilter(Mark.status, [(each, each) for each in _STATES], title="status"),)


class AuditView(ModelView, model=Audit):
    """The trail, the newest first."""

    page_size = 50
    page_size_options = (50, 100)
    column_list = (Audit.at, Audit.act, Audit.record_kind, Audit.record_ulid, Audit.reason)
    column_default_sort = ("sequence", True)


def main(database: str, port: int) -> None:
    """Serve until stopped."""
    app = Starlette()
    admin = Admin(app, create_engine(f"sqlite:///{database}"))
    admin.add_view(MarkView)
    admin.add_view(AuditView)
    uvicorn.run(app, port=port, log_level="error")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
