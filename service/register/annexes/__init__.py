"""From an announcement's annex to the register: read, map, preview, draft as a batch, apply by another person, undo."""

from service.register.annexes.desk import Batch, Desk, find_batch, list_batches
from service.register.annexes.drafting import draft_batch, dry_run
from service.register.annexes.facts import Choice, Facts, Row
from service.register.annexes.intake import PASTED, Intake, Table, declared_in, take_in
from service.register.annexes.mapping import Suggestion, choice_of, remembered, suggest
from service.register.annexes.previewing import Preview, preview
from service.register.annexes.publishing import Applied, apply_batch, return_batch
from service.register.annexes.undoing import draft_undo
from service.register.annexes.wording import refusal_words

__all__ = [
    "PASTED",
    "Applied",
    "Batch",
    "Choice",
    "Desk",
    "Facts",
    "Intake",
    "Preview",
    "Row",
    "Suggestion",
    "Table",
    "apply_batch",
    "choice_of",
    "declared_in",
    "draft_batch",
    "draft_undo",
    "dry_run",
    "find_batch",
    "list_batches",
    "preview",
    "refusal_words",
    "remembered",
    "return_batch",
    "suggest",
    "take_in",
]
