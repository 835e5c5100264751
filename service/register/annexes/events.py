"""Events of authorisations that announced rows add; rows of one day and announcement make one event."""

from __future__ import annotations

from datetime import date
from typing import Any

from service.register import editing
from service.register.annexes.finding import Reader
from service.register.payloads import AuthorisationEventPayload
from service.vocabulary import RecordKind


def keep_event(
    reader: Reader, authorisation: str, day: date | None, facts: dict[str, Any]
) -> tuple[RecordKind, str]:
    """Add an event of the announcement to what the rows would make, and return its place there.

    Raises:
        ValidationError: the facts do not go together.
    """
    event = AuthorisationEventPayload.model_validate(
        {
            **reader.sourced,
            "authorisation": authorisation,
            "effective_on": day,
            "announcement": reader.announcement,
            **facts,
        }
    )
    earlier = reader.pending.get((RecordKind.AUTHORISATION_EVENT, event.key()))
    if earlier is not None:
        said = {**editing.stored(earlier), **editing.stored(event)}
        event = AuthorisationEventPayload.model_validate(said)
    return reader.keep(event)
