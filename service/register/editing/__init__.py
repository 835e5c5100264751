"""Drafts from their first word to their publication: every published fact comes this way."""

from service.register.editing.bases import Base, demand_key_free, is_one_person_act, published_bases, stored
from service.register.editing.changes import change_kind, note_of
from service.register.editing.drafting import (
    Edit,
    discard,
    find_draft,
    reopen,
    return_for_changes,
    revise,
    save_draft,
    save_drafts,
    submit,
)
from service.register.editing.publishing import publish
from service.register.editing.sent_forms import SentForm, is_sent, keep_form
from service.register.editing.trail import lock_registry

__all__ = [
    "Base",
    "Edit",
    "SentForm",
    "change_kind",
    "demand_key_free",
    "discard",
    "find_draft",
    "is_one_person_act",
    "is_sent",
    "keep_form",
    "lock_registry",
    "note_of",
    "publish",
    "published_bases",
    "reopen",
    "return_for_changes",
    "revise",
    "save_draft",
    "save_drafts",
    "stored",
    "submit",
]
