"""Forms of the staff desk: any text is taken, so that nothing typed is lost; a field of no form of ours is refused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel, ConfigDict

from service.web.forms import Fault

_OWN_PAGE: Final = re.compile(r"/staff(?:/(?!\.+(?:[/?]|$))[A-Za-z0-9._~%-]+)*(?:\?[A-Za-z0-9._~%&=+-]*)?")
_LONGEST_ADDRESS: Final = 500
LONGEST_REASON: Final = 2000
_LINE_ENDS: Final = {ord("\n"): " ", ord("\t"): " "}


class StaffForm(BaseModel):
    """What every form of the desk has: the token that the desk's dependency reads, and no field it does not name."""

    model_config = ConfigDict(extra="forbid")
    csrf: str = ""


def own_page(address: str) -> str:
    """Return the page of the desk to go on to: the one named, if it is one of ours, else the work list."""
    is_own = len(address) <= _LONGEST_ADDRESS and _OWN_PAGE.fullmatch(address) is not None
    return address if is_own else "/staff"


def by_field(*faults: Fault) -> dict[str, Fault]:
    """Return the faults by the name of their field, the first of each."""
    found: dict[str, Fault] = {}
    for fault in faults:
        found.setdefault(fault.field, fault)
    return found


def unwritable(fields: Mapping[str, str], *, lines: bool = False) -> list[Fault]:
    """Return the fields that hold what no keyboard types: control characters and halves of characters.

    `lines`: texts of several lines, whose ends and tabs are typed.
    """
    return [
        Fault(name, "bad_characters")
        for name, value in fields.items()
        if any(
            unicodedata.category(letter) in {"Cc", "Cs"}
            for letter in (value.translate(_LINE_ENDS) if lines else value)
        )
    ]


def fault_of_reason(reason: str, most: int = LONGEST_REASON) -> Fault | None:
    """Return what is wrong with the reason of an act, a text of one line or several; None: nothing is."""
    if not reason:
        return Fault("reason", "reason_missing")
    if len(reason) > most:
        return Fault("reason", "too_long", most)
    faults = unwritable({"reason": reason}, lines=True)
    return faults[0] if faults else None
