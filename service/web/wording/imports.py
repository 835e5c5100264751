"""Annexes in words: what is wrong with one as it was brought, and what rests on one that was imported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from service.vocabulary import AuthorisationEventKind
from service.web.wording.choosing import entry_of, pick

IMPORT_FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    "annex_missing": ("请上传附件文件，或把表格粘贴进来。", "Upload the annex, or paste its table."),
    "annex_too_large": ("文件太大，最多 {most} MiB。", "The file is too large: at most {most} MiB."),
    "annex_refused": ("这个文件不能接受。", "This file is not accepted."),
    "count_reason_missing": (
        "数量与公告所称不符：请核对；确认无误，请写明理由。",
        "The counts differ from the announcement's. Check them; if they are right, say why.",
    ),
    "rows_not_valid": (
        "有的行不能导入：请更正，或选“只导入其余各行”。",
        "Some rows cannot be imported. Mend them, or choose to import the others only.",
    ),
}

_RESTS: Final[Mapping[str, tuple[str, str]]] = {
    "changed_later": ("后来又改过", "changed since"),
    "names_it": ("引用了它", "names it"),
    "cites_it": ("以这份公告为依据", "stands on this announcement"),
    "draft_names_it": ("有草稿引用了它", "a draft names it"),
}


def dependent_text(why: str, lang: str) -> str:
    """Return how something rests on a batch; a later event is called by its name."""
    event = entry_of(AuthorisationEventKind, why)
    return event.label(lang) if event is not None else pick(_RESTS[why], lang)
