"""Bringing a database to the schema of this program, and telling whether it is there."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from service.register.database import Database, spatial_problems

_MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def migrate(database: Database, target: str = "head") -> None:
    """Upgrade the database to `target` and check that its geometry survived.

    Raises:
        RuntimeError: the spatial registration was lost on the way.
    """
    command.upgrade(_config(database), target)
    if problems := spatial_problems(database):
        raise RuntimeError(f"spatial set-up is broken after migrating: {problems}")


def downgrade(database: Database, target: str = "base") -> None:
    """Take the database back to `target`."""
    command.downgrade(_config(database), target)


def check(database: Database) -> None:
    """Raise an error when the models and the migrations differ."""
    command.check(_config(database))


def is_current(database: Database) -> bool:
    """Return whether the database has exactly the schema of this program."""
    with database.write_engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    return found == ScriptDirectory.from_config(_config(database)).get_current_head()


def _config(database: Database) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["database"] = database
    return config
