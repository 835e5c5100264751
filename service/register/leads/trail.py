"""Acts on leads in the audit trail: which lead, what was done, by whom; never a word of it, and nobody's name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.register import auditing, editing
from service.register.models import AuditEvent, Lead, StaffUser

AUDITED_AS: Final = "lead"


ERASED: Final = "lead_contact_erased"


def was_erased(session: Session, lead: Lead) -> bool:
    """Return whether there was a contact that is erased: nothing but the trail knows of it."""
    statement = select(AuditEvent.sequence).where(
        AuditEvent.record_kind == AUDITED_AS, AuditEvent.record_ulid == lead.ulid, AuditEvent.act == ERASED
    )
    return session.scalar(statement.limit(1)) is not None


def record(
    session: Session,
    act: str,
    leads: Sequence[Lead],
    *,
    at: datetime,
    by: StaffUser | None,
    changes: dict[str, list[Any]] | None = None,
) -> None:
    """Add a row for each lead to the trail."""
    state = editing.lock_registry(session)
    acts = [auditing.Act(act, AUDITED_AS, lead.ulid, changes or {}) for lead in leads]
    auditing.append(session, state, acts, at=at, actor_id=by.id if by else None)
