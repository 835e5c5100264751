"""From an announcement's annex to the register: read, map, preview, draft as a batch, apply by another person, undo."""

from service.register.annexes import errands
from service.register.annexes.desk import (
    Batch,
    Desk,
    batch_of,
    batches_of,
    demand_single,
    find_batch,
    list_batches,
)
from service.register.annexes.doing import Doer
from service.register.annexes.drafting import draft_batch, dry_run
from service.register.annexes.facts import Choice, Facts, Row
from service.register.annexes.intake import PASTED, Intake, Table, declared_in, take_in
from service.register.annexes.mapping import Suggestion, choice_of, remembered, suggest
from service.register.annexes.preparing import (
    begin,
    choices_of,
    demand_readable,
    facts_of,
    find_preparation,
    give_up,
    open_preparations,
    restate,
)
from service.register.annexes.previewing import Preview, preview
from service.register.annexes.publishing import (
    Applied,
    apply_batch,
    editions_of,
    return_batch,
    revised_drafts,
)
from service.register.annexes.rows import RowPage, count_rows, rows_of
from service.register.annexes.undoing import draft_undo
from service.register.annexes.wording import refusal_words

__all__ = [
    "PASTED",
    "Applied",
    "Batch",
    "Choice",
    "Desk",
    "Doer",
    "Facts",
    "Intake",
    "Preview",
    "Row",
    "RowPage",
    "Suggestion",
    "Table",
    "apply_batch",
    "batch_of",
    "batches_of",
    "begin",
    "choice_of",
    "choices_of",
    "count_rows",
    "declared_in",
    "demand_readable",
    "demand_single",
    "draft_batch",
    "draft_undo",
    "dry_run",
    "editions_of",
    "errands",
    "facts_of",
    "find_batch",
    "find_preparation",
    "give_up",
    "list_batches",
    "open_preparations",
    "preview",
    "refusal_words",
    "remembered",
    "restate",
    "return_batch",
    "revised_drafts",
    "rows_of",
    "suggest",
    "take_in",
]
