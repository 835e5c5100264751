"""What was typed into a record's form: any text is taken, so that nothing is lost; a foreign field is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path as Folder
from typing import Annotated, Final

from fastapi import Depends, Path, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import UploadFile

from service.errors import RecordNotFound
from service.register.storing import store
from service.vocabulary import RecordKind
from service.web.forms import Fault, FormBodyDep, clean
from service.web.staff.form_fields import fields_of

MAX_FILE: Final = 800 * 1024
"""The most bytes of a file that stands behind a record; the whole form must go through the outer layer."""

_OWN: Final = ("draft", "edition", "version", "note", "correction", "confirmed", "again", "new")
_MOST_NUMBER: Final = 9

KindName = Annotated[str, Path(max_length=40)]
Ulid = Annotated[str, Path(pattern="^[0-7][0-9A-HJKMNP-TV-Z]{25}$")]


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that came with a form; `content` is None when it was too large."""

    name: str
    content: bytes | None


@dataclass(frozen=True, slots=True)
class Typed:
    """A form of a record: its fields, and over which draft, edition and version it was typed.

    `note` and `is_correction`: why the record changes, and that only a mistake of ours is put right. `is_confirmed`
    and `is_again`: of an act that is shown before it is done, that it shall be done, or typed once more. `is_new`:
    that it is none of the records it is like.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    draft: str = ""
    edition: int = 0
    version: int = 0
    note: str = ""
    is_correction: bool = False
    is_confirmed: bool = False
    is_again: bool = False
    is_new: bool = False
    file: SentFile | None = None


def kind_of(name: str) -> RecordKind:
    """Return the kind of record with this code.

    Raises:
        RecordNotFound: there is no such kind.
    """
    if name not in set(RecordKind):
        raise RecordNotFound("kind", name)
    return RecordKind(name)


async def _typed(request: Request, kind: KindName, form: FormBodyDep) -> Typed:
    del form
    return await _read_form(request, kind_of(kind))


async def _typed_event(request: Request, form: FormBodyDep) -> Typed:
    del form
    return await _read_form(request, RecordKind.AUTHORISATION_EVENT)


TypedDep = Annotated[Typed, Depends(_typed)]
TypedEventDep = Annotated[Typed, Depends(_typed_event)]


async def _read_form(request: Request, kind: RecordKind) -> Typed:
    known = fields_of(kind)
    texts: dict[str, str] = {}
    sent: SentFile | None = None
    for name, value in (await request.form()).multi_items():
        if isinstance(value, UploadFile):
            demand_ours(name == "draft_file", name)
            sent = await read_sent(value, MAX_FILE)
        elif name != "csrf":
            plain = name.removeprefix("draft_")
            demand_ours(name in known or (name.startswith("draft_") and plain in _OWN), name)
            texts[name] = clean(value)
    return Typed(
        fields={name: texts[name] for name in known if name in texts},
        draft=texts.get("draft_draft", ""),
        edition=number_of(texts.get("draft_edition", "")),
        version=number_of(texts.get("draft_version", "")),
        note=texts.get("draft_note", ""),
        is_correction=bool(texts.get("draft_correction")),
        is_confirmed=bool(texts.get("draft_confirmed")),
        is_again=bool(texts.get("draft_again")),
        is_new=bool(texts.get("draft_new")),
        file=sent,
    )


async def read_sent(upload: UploadFile, most: int) -> SentFile | None:
    """Return the file, without its content where that is more than `most` bytes; None: the field was left empty."""
    content = await upload.read(most + 1)
    await upload.close()
    name = clean(upload.filename or "")
    if not content and not name:
        return None
    return SentFile(name, content if len(content) <= most else None)


def number_of(text: str) -> int:
    """Return the number that a form of ours wrote, 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_NUMBER else 0


def demand_ours(holds: bool, name: str) -> None:  # noqa: FBT001
    """Refuse a field that stands in no form of ours.

    Raises:
        RequestValidationError: so.
    """
    if not holds:
        raise RequestValidationError(
            [{"loc": ("body", name[:60]), "type": "extra_forbidden", "msg": "unknown"}]
        )


def with_kept_file(typed: Typed, folder: Folder) -> Typed:
    """Return the form with the file that came with it kept by its hash, and named where the source is told."""
    return replace(typed, fields={**typed.fields, **kept_evidence(typed.file, folder)})


def kept_evidence(file: SentFile | None, folder: Folder) -> dict[str, str]:
    """Keep a file that stands behind a record, and return the field that names it; nothing where none was sent."""
    if file is None or file.content is None:
        return {}
    return {"source_document": store(file.content, file.name, folder).sha256}


def fault_of_file(file: SentFile | None) -> dict[str, Fault]:
    """Return what is wrong with the file that stands behind a record, if anything is."""
    if file is None or file.content is not None:
        return {}
    return {"draft_file": Fault("draft_file", "file_too_large", MAX_FILE // 1024)}
