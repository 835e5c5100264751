"""Areas at the desk for tests: typed, drawn, kept, stepped on, and how a page judges them."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from record_deeds import edition_of
from sqlalchemy import func, select

sys.path.append(str(Path(__file__).parent / "register"))
import area_uploads as made

from service.register.models import AuditEvent, Revision

FRUIT, TEA, RICE, PEACH = "QJ-PR-9001", "QJ-PR-9002", "QJ-PR-9003", "QJ-PR-0001"


def an_area(**facts: Any) -> dict[str, Any]:
    """An area as it is typed; by default of text alone."""
    return {
        "area_way": "words",
        "text_original": "示例：产地范围为正阳街道现辖行政区域。（虚构）",
        "confidence": "low",
        "source": "示例公告",
        "source_level": "demonstration",
        **facts,
    }


def drawn(*rings, **facts: Any) -> dict[str, Any]:
    """An area as the map sends it."""
    geometry = made.text({"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]}).decode()
    return an_area(area_way="drawing", area_geometry=geometry, **facts)


def tone_of(reply) -> str:
    return re.search(r'data-area-look="([a-z]+)"', reply.text)[1]


def said(reply) -> str:
    """What stands in the verdict, as text."""
    card = re.search(r"<article[^>]*data-area-look.*?</article>", reply.text, re.DOTALL)[0]
    return re.sub(r"<[^>]+>", " ", re.sub(r"<svg.*?</svg>", "", card, flags=re.DOTALL))


def kept(seat, code: str, number: int, typed: dict[str, Any], **more: Any) -> str:
    """Keep a draft and return where it stands."""
    reply = seat.post(f"/staff/areas/{code}/{number}", typed, **more)
    assert reply.status_code == 303, said(reply) + reply.text[-3000:]
    return reply.headers["location"].partition("?")[0]


def step(seat, address: str, name: str, **facts: str):
    return seat.post(f"{address}/{name}", {**edition_of(seat, address), **facts})


def counted(database) -> tuple[int, int]:
    """How many drafts there are, and how many rows on the trail."""
    with database.reading() as session:
        drafts = session.scalar(select(func.count()).select_from(Revision))
        return drafts, session.scalar(select(func.count()).select_from(AuditEvent))


def payload_of(database, address: str) -> dict[str, Any]:
    with database.reading() as session:
        return session.scalars(select(Revision.payload).where(Revision.ulid == address[-26:])).one()


def discarded(seat, address: str) -> None:
    assert step(seat, address, "discard").status_code == 303
