"""What was typed into a record's form: any text is taken, so that nothing is lost; a foreign field is refused."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import IO, Annotated, Final, TypeVar

from fastapi import Depends, Path, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import FormData, UploadFile

from service.errors import RecordNotFound
from service.register.storing import StoredFile, described, is_at_hand, set_aside, store_waiting, stored_path
from service.settings import Settings
from service.vocabulary import RecordKind
from service.web.forms import Fault, FormBodyDep, clean
from service.web.staff.form_fields import fields_of

MAX_FILE: Final = 20 * 1024 * 1024
"""The most bytes of a file that stands behind a record: a scanned announcement."""
_AROUND_IT: Final = 128 * 1024
FORMS: Final = {
    re.compile(r"(?:/en)?/staff/records/[a-z_]{1,40}/(?:new|[0-9A-Z]{26}(?:/acts/[a-z_]{1,40})?)"): MAX_FILE
    + _AROUND_IT
}
"""The addresses of the forms that take such a file, and how many bytes; who is not signed in sends none of them."""

_OWN: Final = (
    "form",
    "draft",
    "edition",
    "version",
    "note",
    "correction",
    "confirmed",
    "again",
    "new",
    "kept",
    "kept_name",
)
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_MOST_NUMBER: Final = 9

KindName = Annotated[str, Path(max_length=40)]


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that came with a form, as far as it was read; `content` is None when it was too large."""

    name: str
    content: IO[bytes] | None


@dataclass(frozen=True, slots=True)
class WaitingFile:
    """A file that came with this form, now or when it was refused before, and waits for it to be accepted."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A form of a record: its fields, and over which draft, edition and version it was typed.

    `form`: by what it is known when it is sent twice, the identifier of its draft.
    `note` and `is_correction`: why the record changes, and that only a mistake of ours is put right. `is_confirmed`
    and `is_again`: of an act that is shown before it is done, that it shall be done, or typed once more. `is_new`:
    that it is none of the records it is like. `waiting`: the file that goes with the form, once `with_file` took it in.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    form: str = ""
    draft: str = ""
    edition: int = 0
    version: int = 0
    note: str = ""
    is_correction: bool = False
    is_confirmed: bool = False
    is_again: bool = False
    is_new: bool = False
    file: SentFile | None = None
    waiting: WaitingFile | None = None


TypedT = TypeVar("TypedT", bound=Typed)


def kind_of(name: str) -> RecordKind:
    """Return the kind of record with this code.

    Raises:
        RecordNotFound: there is no such kind.
    """
    if name not in set(RecordKind):
        raise RecordNotFound("kind", name)
    return RecordKind(name)


async def _typed(request: Request, kind: KindName, form: FormBodyDep) -> AsyncIterator[Typed]:
    del form
    wanted = kind_of(kind)
    async with request.form() as sent:
        yield await _read_form(sent, wanted)


async def _typed_event(request: Request, form: FormBodyDep) -> AsyncIterator[Typed]:
    del form
    async with request.form() as sent:
        yield await _read_form(sent, RecordKind.AUTHORISATION_EVENT)


TypedDep = Annotated[Typed, Depends(_typed, scope="function")]
TypedEventDep = Annotated[Typed, Depends(_typed_event, scope="function")]


async def _read_form(form: FormData, kind: RecordKind) -> Typed:
    known = fields_of(kind)
    texts: dict[str, str] = {}
    sent: SentFile | None = None
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            demand_ours(name == "draft_file", name)
            sent = await read_sent(value)
        elif name != "csrf":
            plain = name.removeprefix("draft_")
            demand_ours(name in known or (name.startswith("draft_") and plain in _OWN), name)
            texts[name] = clean(value)
    return Typed(
        fields={name: texts[name] for name in known if name in texts},
        form=texts.get("draft_form", ""),
        draft=texts.get("draft_draft", ""),
        edition=number_of(texts.get("draft_edition", "")),
        version=number_of(texts.get("draft_version", "")),
        note=texts.get("draft_note", ""),
        is_correction=bool(texts.get("draft_correction")),
        is_confirmed=bool(texts.get("draft_confirmed")),
        is_again=bool(texts.get("draft_again")),
        is_new=bool(texts.get("draft_new")),
        file=sent,
        waiting=said_to_wait(texts),
    )


async def read_sent(upload: UploadFile, most: int = MAX_FILE) -> SentFile | None:
    """Return the file, or None where the field was left empty. It lies on the disk and is read where it is kept."""
    name, size = clean(upload.filename or ""), upload.size or 0
    if 0 < size <= most or (name and not size):
        return SentFile(name, upload.file)
    await upload.close()
    return SentFile(name, None) if size else None


def said_to_wait(texts: Mapping[str, str]) -> WaitingFile | None:
    """Return the file that a form of ours says was taken in before."""
    sha256 = texts.get("draft_kept", "")
    return WaitingFile(texts.get("draft_kept_name", ""), sha256) if _SHA256.fullmatch(sha256) else None


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


def with_file(typed: TypedT, kind: RecordKind, settings: Settings, now: datetime) -> TypedT:
    """Return the form with the file that came with it set aside, and named where the source is told.

    A document's file is the record itself, not what stands behind it.
    """
    if typed.file is None or typed.file.content is None:
        return typed
    with typed.file.content as content:
        waiting = WaitingFile(typed.file.name, set_aside(content, settings.waiting_dir, now))
    named = {} if kind is RecordKind.DOCUMENT else {"source_document": waiting.sha256}
    return replace(typed, file=None, waiting=waiting, fields={**typed.fields, **named})


def settle(typed: Typed, kind: RecordKind, settings: Settings) -> None:
    """Keep the file of a form that was accepted; the last thing before the commit that names it."""
    waiting = typed.waiting
    if waiting is None or (
        kind is not RecordKind.DOCUMENT and typed.fields.get("source_document") != waiting.sha256
    ):
        return  # none came, or another source was named in its place
    store_waiting(waiting.sha256, settings.waiting_dir, settings.documents_dir)


def described_wherever(file: WaitingFile, settings: Settings) -> StoredFile:
    """Return what is said of a file that waits, or is kept already."""
    waited = settings.waiting_dir / file.sha256
    path = waited if waited.is_file() else stored_path(settings.documents_dir, file.sha256)
    return described(file.sha256, file.name, path)


def fault_of_file(typed: Typed, settings: Settings, now: datetime) -> dict[str, Fault]:
    """Return what is wrong with the file of a form, if anything is: it was too large, or waited too long."""
    waiting = typed.waiting
    code = ""
    if typed.file is not None and typed.file.content is None:
        code = "file_too_large"
    elif waiting and not is_at_hand(waiting.sha256, settings.waiting_dir, settings.documents_dir, now):
        code = "file_gone"
    return {"draft_file": Fault("draft_file", code, MAX_FILE // 1024 // 1024)} if code else {}
