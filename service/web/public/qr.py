"""The QR code of a verification: it holds the address that checks again, and nothing about the answer (T05)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from typing import Annotated, Final
from urllib.parse import urlencode

import segno
from fastapi import APIRouter, Query
from fastapi.responses import Response

from service.addresses import path_of
from service.errors import RecordNotFound
from service.identifiers import Kind, recognise
from service.register.verification.verdict import Verdict
from service.web.deps import SettingsDep

router = APIRouter()

_CODES: Final = frozenset({Kind.USCC, Kind.AUTHORISATION})
_SLUG: Final = re.compile(r"[a-z0-9-]{1,120}")
_QUIET_ZONE: Final = 4  # modules of white around the code, part of it. Source: ISO/IEC 18004
_FOR_A_DAY: Final = {"Cache-Control": "public, max-age=86400"}


@router.get("/v/{code}/qr.svg")
def qr_code(settings: SettingsDep, code: str, target: Annotated[str, Query()] = "") -> Response:
    """Return the QR code of the short link of this code; no other address can be had in one.

    Raises:
        RecordNotFound: it is not a code that can be verified.
    """
    recognised = recognise(code)
    is_code = recognised.kind in _CODES and recognised.number is not None
    if not is_code or (target and _SLUG.fullmatch(target) is None):
        raise RecordNotFound("verdict", "")
    made = segno.make(f"{settings.base_url.rstrip('/')}{short_path(recognised.value, target)}", micro=False)
    drawing = BytesIO()
    made.save(drawing, kind="svg", xmldecl=False, nl=False, border=_QUIET_ZONE, light="#fff", omitsize=True)
    return Response(drawing.getvalue(), media_type="image/svg+xml", headers=_FOR_A_DAY)


def short_path(code: str, target: str = "") -> str:
    """Return the path of the short link, the same in every language of the page it stands on."""
    return path_of("verdict", code) + _query(target)


def _query(target: str) -> str:
    return f"?{urlencode({'target': target})}" if target else ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question as a short link and its QR code ask it, today and at any time."""

    code: str
    target: str

    @property
    def link(self) -> str:
        """The path of the short link."""
        return short_path(self.code, self.target)

    @property
    def picture(self) -> str:
        """The path of the QR code."""
        return f"{path_of('verdict', self.code)}/qr.svg" + _query(self.target)


def asked_again(verdict: Verdict) -> Question:
    """Return the verdict's question; an authorisation names its product, so its own number is enough."""
    number = next((one.authorisation for one in verdict.evidence if one.authorisation), None)
    if number is not None:
        return Question(number, "")
    return Question(verdict.subject.code, verdict.target.slug if verdict.target else "")
