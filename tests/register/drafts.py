"""Drafts for tests: of one product, their edits, and what the trail says of them."""

from __future__ import annotations

from factories import a_payload
from sqlalchemy import func, select

from service.register import editing
from service.register.models import AuditEvent, RegistryState


def product(**facts):
    return a_payload(
        "gi_product",
        **{"code": "QJ-GI-1", "name": "甲", "slug": "jia", "home_relation": "in_district", **facts},
    )


def base_of(session, payload):
    return editing.published_bases(session, payload.kind, [payload.key()])[payload.key()]


def edit(draft, payload, **more):
    facts = {
        "edition": draft.edition,
        "version": draft.base_version,
        "change_note": draft.change_note,
        **more,
    }
    return editing.Edit(payload=payload, **facts)


def acts(session, subject):
    rows = select(AuditEvent.act).where(AuditEvent.record_ulid == subject).order_by(AuditEvent.sequence)
    return session.scalars(rows).all()


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


def revision_number(session):
    return session.scalar(select(RegistryState.revision_number))
