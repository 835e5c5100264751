"""Names that are code: the register may hold them, no page may run them."""

from __future__ import annotations

import pytest
from conftest import NOW
from sqlalchemy import update
from starlette.testclient import TestClient

from service.app import create_app
from service.calendar import FixedClock
from service.register.database import Database
from service.register.models import Announcement, Division, GiProduct, Organisation, Source
from service.settings import Settings

_HOSTILE = "<script>alert('x')</script>\"><svg onload=alert(1)>{{ 7*7 }}"
_PAGES = (
    "/",
    "/gi/shili-yunwuguo",
    "/gi/shili-yunwuguo/map",
    "/gi/shili-yunwuguo/outline.svg",
    "/gi/shili-yunwuguo/areas/1",
    "/map",
    "/where?lon=108.60395&lat=29.32363",
    "/organisations/93500114MA0TERT081",
    "/authorisations/QJ-AU-9002",
    "/verify?code=93500114MA0TERT081&target=shili-yunwuguo",
    "/brands/shili-shanpin",
    "/service-points",
    "/changes",
    "/report?code=93500114MA0TERT081&target=shili-yunwuguo",
)


@pytest.fixture(scope="module")
def poisoned(registers, tmp_path_factory: pytest.TempPathFactory):
    """A client of a register in which every name is hostile."""
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("poisoned"), database_url=registers.make("spatialite", "seeded")
    )
    database = Database(settings.effective_database_url)
    with database.writing() as session:
        for model in (GiProduct, Organisation, Division):
            session.execute(update(model).values(name=_HOSTILE))
        session.execute(update(GiProduct).values(name_en=_HOSTILE, description=_HOSTILE))
        session.execute(update(Announcement).values(title=_HOSTILE, number_as_printed=_HOSTILE[:90]))
        session.execute(update(Source).values(citation=_HOSTILE, url="javascript:alert(2)"))
    database.dispose()
    app = create_app(settings, FixedClock(NOW), works=False)
    with TestClient(app, base_url="http://127.0.0.1:8000") as made:
        yield made


@pytest.mark.parametrize("path", _PAGES)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_hostile_name_is_only_ever_text(poisoned, path: str, prefix: str) -> None:
    reply = poisoned.get(prefix + path)
    assert reply.status_code == 200
    assert "<script>alert" not in reply.text
    assert "<svg onload" not in reply.text
    assert "javascript:" not in reply.text
    assert "&lt;script&gt;" in reply.text
