"""Changes as plain documents: the same for those who ask and for those who are told."""

from __future__ import annotations

from typing import Any

from service.calendar import CHINA
from service.register.lookups.change_feed import Change, Stretch
from service.register.lookups.changed_details import Named
from service.register.models import Source
from service.vocabulary import Vocabulary


def stretch_document(found: Stretch) -> dict[str, Any]:
    """Return changes with the cursor to go on from; dates and moments are left for the JSON writer."""
    return {
        "items": [change_document(each) for each in found.changes],
        "next": str(found.next),
        "has_more": found.has_more,
        "data_version": found.data_version,
    }


def change_document(change: Change) -> dict[str, Any]:
    """Return the change; where its record was taken down since, only what it was and its identifier."""
    details = change.details
    return {
        "cursor": str(change.cursor),
        "revision": change.cursor.revision,
        "published_at": change.published_at.astimezone(CHINA),
        "kind": change.kind.value,
        "act": change.act.value,
        "id": change.record_ulid,
        "event": _labelled(details.event) if details and details.event else None,
        "on": details.day if details else None,
        "name": details.name if details else None,
        "url": details.path if details else None,
        "product": _link(details.product) if details and details.product else None,
        "organisation": _link(details.organisation) if details and details.organisation else None,
        "source": _source(details.source) if details else None,
        "is_demonstration": bool(details and details.is_demonstration),
    }


def _labelled(entry: Vocabulary) -> dict[str, str]:
    return {"code": entry.value, "label": entry.zh, "label_en": entry.en}


def _link(found: Named) -> dict[str, str | None]:
    return {"key": found.key, "name": found.name, "url": found.path}


def _source(found: Source) -> dict[str, Any]:
    return {
        "citation": found.citation,
        "level": _labelled(found.level),
        "is_verified": found.level.is_verified,
        "url": found.url,
        "locator": found.locator,
        "checked_on": found.checked_on,
    }
