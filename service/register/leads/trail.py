"""Acts on leads in the audit trail: which lead, what was done, by whom; never a word of it, and nobody's name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from service.register import auditing, editing
from service.register.models import Lead, StaffUser

AUDITED_AS: Final = "lead"


ERASED: Final = "lead_contact_erased"


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
