"""What was refused or found of an area, in the words of a page."""

from __future__ import annotations

from service.errors import Finding, UploadRefused, WorkStopped
from service.register.surveying import wording as area_wording
from service.web.wording.choosing import pick


def finding_text(finding: Finding, lang: str) -> str:
    """Return what a check found."""
    return pick(area_wording.finding_words(finding), lang)


def refusal_text(error: UploadRefused | WorkStopped, lang: str) -> str:
    """Return why an area was not taken in, with the place of the fault."""
    return pick(area_wording.refusal(error), lang)


def reading_note(code: str, lang: str) -> str:
    """Return what a reader of files did on its way."""
    return pick(area_wording.NOTES[code], lang)
