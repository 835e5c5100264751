"""Areas under way for tests: handed over by one, approved by another, and what then stands."""

from __future__ import annotations

import area_uploads as made
from area_uploads import RING, polygon
from factories import NOW, a_reviewer, an_editor
from geoalchemy2.shape import to_shape
from sqlalchemy import select

from service.register import area_drafts, editing
from service.register.models import ProductionAreaGeometry, ProductionAreaVersion
from service.vocabulary import AreaTier

FIRST = {
    "text_original": "甲山镇",
    "confidence": "high",
    "source": "测试",
    "source_level": "official_document",
}


def surveyed(content=None, tier=AreaTier.DRAWN, **said):
    return area_drafts.facts_of(made.surveyed(content or polygon(RING), **said), tier)


def handed_over(session, protection, facts, *, file=None, **where):
    payloads = area_drafts.payloads_for(session, area_drafts.Wanted(protection.code, facts, **where))
    drafts = area_drafts.hand_over(session, payloads, file, by=an_editor(session), at=NOW)
    session.flush()
    return drafts


def approved(session, drafts):
    number = editing.publish(session, drafts, by=a_reviewer(session), at=NOW)
    session.flush()
    return number


def versions(session):
    return session.scalars(select(ProductionAreaVersion).order_by(ProductionAreaVersion.version_no)).all()


def drawn(session, area):
    found = session.scalar(
        select(ProductionAreaGeometry.geometry).where(ProductionAreaGeometry.area_id == area.id)
    )
    return to_shape(found) if found is not None else None
