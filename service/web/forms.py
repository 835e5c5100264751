"""What forms share: text as it is read, and what is wrong with a field."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

_INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_FORMS: Final = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a field: the code of its sentence, the facts in it, and the page that shows why."""

    field: str
    code: str
    most: int = 0
    what: str = ""
    path: str = ""


def clean(text: str) -> str:
    """Return what was typed in NFC, without invisible characters and outer space."""
    # A form may name its own encoding, and some decode to halves of characters, which no page can hold.
    whole = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return unicodedata.normalize("NFC", whole).replace("\r\n", "\n").translate(_INVISIBLE).strip()


async def demand_form(request: Request) -> None:
    """Refuse a body that is no form.

    Raises:
        HTTPException: 415.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _FORMS:
        raise HTTPException(415)


FormBodyDep = Annotated[None, Depends(demand_form)]
