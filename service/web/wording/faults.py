"""What is wrong with a field of a form, in words, whatever form it is."""

from __future__ import annotations

from typing import Final

from service.web.wording.accounts import ACCOUNT_FAULTS
from service.web.wording.choosing import pick
from service.web.wording.imports import IMPORT_FAULTS
from service.web.wording.interface import INTERFACE_FAULTS
from service.web.wording.leads import LEAD_FAULTS
from service.web.wording.ledger import LEDGER_FAULTS
from service.web.wording.records import RECORD_FAULTS
from service.web.wording.reports import REPORT_FAULTS

TABLES: Final = (
    RECORD_FAULTS,
    REPORT_FAULTS,
    ACCOUNT_FAULTS,
    INTERFACE_FAULTS,
    LEAD_FAULTS,
    LEDGER_FAULTS,
    IMPORT_FAULTS,
)
"""No two of them share a code, or the later one would speak for the other."""
_FAULTS: Final = {code: said for table in TABLES for code, said in table.items()}


def fault_text(code: str, lang: str = "zh", **facts: int | str) -> str:
    """Return what is wrong with a field of a form and what to do."""
    return pick(_FAULTS[code], lang).format(**facts)
