"""Runs the migrations on SpatiaLite or PostGIS; `migrating.py` hands over the database."""

from __future__ import annotations

from typing import Any

from alembic import context
from geoalchemy2 import alembic_helpers
from sqlalchemy import JSON, inspect, text

from service.register.database import Database
from service.register.models import Base
from service.register.models.base import UtcDateTime

_TARGET = Base.metadata


def _include(item: object, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:  # noqa: FBT001
    """Leave alone what SpatiaLite and PostGIS add of their own."""
    del item
    if kind == "table":
        return name in _TARGET.tables
    return not (kind == "index" and reflected and compare_to is None and (name or "").startswith("idx_"))


def _render(kind: str, item: Any, autogen_context: Any) -> Any:
    """Write our own column types into migrations as what the database sees, so that no migration imports us."""
    if kind == "type" and isinstance(item, JSON):
        autogen_context.imports.add("from sqlalchemy.dialects import postgresql")
        return "sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql')"
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return alembic_helpers.render_item(  # type: ignore[no-untyped-call]
        kind, item, autogen_context
    )


def _run(database: Database) -> None:
    with database.write_engine.connect() as connection:
        if database.is_sqlite:
            if not inspect(connection).has_table("spatial_ref_sys"):
                connection.rollback()
                # It opens a transaction of its own, so it runs outside of ours.
                driver: Any = connection.connection.driver_connection
                driver.execute("SELECT InitSpatialMetaData(1)")
        else:
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS postgis"))
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=_TARGET,
            include_object=_include,
            process_revision_directives=alembic_helpers.writer,
            render_item=_render,
            render_as_batch=False,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


_run(context.config.attributes["database"])
