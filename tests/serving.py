"""The site as tests serve it: a seeded register with its index and its kept documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from search.engine import open_engine
from service.calendar import Clock
from service.proving import add_key
from service.register import indexing
from service.register.database import Database
from service.settings import Settings


def seeded_settings(folder: Path, registers: Any, backend: str, clock: Clock, **more: Any) -> Settings:
    """Return the settings of a site on a seeded register of its own, indexed, in the folder."""
    add_key(folder / "keys.json", clock.now())
    more = {"signing_key_file": folder / "keys.json", **more}
    more = {"limits": False, **more}
    settings = Settings(data_dir=folder, database_url=registers.make(backend, "seeded"), **more)
    (folder / "documents").symlink_to(registers.documents(backend, "seeded"))
    database = Database(settings.effective_database_url)
    engine = open_engine("embedded:", directory=settings.index_dir, writable=True)
    indexing.rebuild(database, engine, clock)
    engine.close()
    database.dispose()
    return settings
