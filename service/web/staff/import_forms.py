"""What is sent to the desk of imports: a file or a pasted table, what it is said to be, what its columns mean."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

from fastapi import Depends, Request
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from service.register import annexes
from service.register.annexes.intake import MAX_BYTES
from service.register.models import AnnexPreparation
from service.register.payloads import AnnouncementPayload
from service.vocabulary import (
    AnnexField,
    AnnexKind,
    AnnouncementKind,
    DeregistrationGround,
    Issuer,
    RecordKind,
    Track,
    VerificationLevel,
)
from service.web.forms import Fault, FormBodyDep, clean
from service.web.staff.form_fields import FormField, fields_of
from service.web.staff.record_faults import faults_of
from service.web.staff.typed import demand_ours

_AROUND_IT: Final = 64 * 1024
FORMS: Final = {re.compile(r"(?:/en)?/staff/imports/new"): MAX_BYTES + _AROUND_IT}
"""The address of the form that takes an annex, and how many bytes."""

ENCODINGS: Final[Mapping[str, str]] = {"utf-8": "UTF-8", "gb18030": "GBK / GB 18030", "utf-16": "UTF-16"}
_STATED: Final = (
    *("issuer", "number", "title", "published_on", "url", "declared_organisations", "declared_products"),
)
_OWN: Final = ("track", "ground", "elsewhere")
_KIND: Final = RecordKind.ANNOUNCEMENT
_REQUIRED: Final = frozenset({"issuer", "number", "published_on"})
_COLUMNS: Final = re.compile(r"(?:use|kind|product|column)-[0-9]{1,3}(?:-[0-9]{1,2})?")
_LONGEST_PRODUCT: Final = 300


@dataclass(frozen=True, slots=True)
class SentAnnex:
    """What came with the form; `content` is None where nothing came or it was too large."""

    typed: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    content: bytes | None = None
    is_too_large: bool = False


async def _sent(request: Request, form: FormBodyDep) -> SentAnnex:
    del form
    async with request.form() as sent:
        return await _read(sent)


async def _read(form: FormData) -> SentAnnex:
    known = {*_STATED, *_OWN, "encoding", "pasted", "csrf"}
    texts: dict[str, str] = {}
    name, content, is_too_large = "", None, False
    for key, value in form.multi_items():
        if isinstance(value, UploadFile):
            demand_ours(key == "file", key)
            read = await value.read(MAX_BYTES + 1)
            await value.close()
            name, is_too_large = clean(value.filename or "").replace("\0", ""), len(read) > MAX_BYTES
            content = read if read and not is_too_large else None
        else:
            demand_ours(key in known, key)
            texts[key] = value if key == "pasted" else clean(value)
    pasted = texts.pop("pasted", "")
    if content is None and not is_too_large and pasted.strip():
        # Halves of characters, which a form may carry in its own encoding, are no text of any table.
        name, content = annexes.PASTED, pasted.encode("utf-8", "replace")
    return SentAnnex({**texts, "pasted": pasted}, name, content, is_too_large)


SentAnnexDep = Annotated[SentAnnex, Depends(_sent)]


async def _columns(request: Request, form: FormBodyDep) -> Mapping[str, str]:
    del form
    texts: dict[str, str] = {}
    for key, value in (await request.form()).multi_items():
        own = key in {*_STATED, *_OWN, "csrf"} or _COLUMNS.fullmatch(key) is not None
        demand_ours(own and isinstance(value, str), key)
        texts[key] = clean(str(value))
    return texts


ColumnsDep = Annotated[Mapping[str, str], Depends(_columns)]


def facts_fields() -> list[FormField]:
    """Return the fields in which an announcement is stated, in order."""
    known = fields_of(_KIND)
    return [
        FormField(each.name, each.control, each.name in _REQUIRED, each.most, each.options)
        for each in (known[name] for name in _STATED)
    ]


def typed_facts(facts: annexes.Facts) -> dict[str, str]:
    """Return what was stated as it stands in the form."""
    typed = {name: getattr(facts, name) for name in (*_STATED, "track", "ground")}
    found = {name: "" if value is None else str(value) for name, value in typed.items()}
    return {**found, "elsewhere": "1" if facts.skips_elsewhere else ""}


def read_facts(typed: Mapping[str, str]) -> tuple[annexes.Facts | None, dict[str, Fault]]:
    """Return what the form states of the announcement, or what is wrong with it."""
    faults = {name: Fault(name, "missing") for name in ("published_on",) if not typed.get(name)}
    track, ground = typed.get("track", ""), typed.get("ground", "")
    if track and track not in set(Track):
        faults["track"] = Fault("track", "choice_missing")
    if ground and ground not in set(DeregistrationGround):
        faults["ground"] = Fault("ground", "choice_missing")
    try:
        said = AnnouncementPayload.model_validate(_as_record(typed))
    except ValidationError as error:
        return None, {**faults_of(_KIND, error), **faults}
    if faults:
        return None, faults
    return annexes.Facts(
        said.issuer,
        said.number,
        said.title,
        said.published_on,
        said.declared_organisations,
        said.declared_products,
        url=said.url,
        track=Track(track) if track else None,
        ground=DeregistrationGround(ground) if ground else None,
        skips_elsewhere=bool(typed.get("elsewhere")),
    ), {}


def _as_record(typed: Mapping[str, str]) -> dict[str, Any]:
    """Return the announcement as its record states it; without a title it is called by issuer and number."""
    stated: dict[str, Any] = {name: typed[name] for name in _STATED if typed.get(name)}
    issuer = stated.get("issuer")
    if issuer in set(Issuer):
        stated.setdefault("title", f"{Issuer(issuer).zh}公告{stated.get('number', '')}")
    is_fictional = issuer == Issuer.DEMONSTRATION
    level = VerificationLevel.DEMONSTRATION if is_fictional else VerificationLevel.OFFICIAL_DOCUMENT
    return {
        **stated,
        "title": stated.get("title", "—"),
        "announcement_kind": AnnouncementKind.OTHER,
        "source": "—",  # the announcement is its own source
        "source_level": level,
        "is_demonstration": is_fictional,
    }


def read_choices(
    preparation: AnnexPreparation, typed: Mapping[str, str]
) -> tuple[list[annexes.Choice | None], dict[str, Fault]]:
    """Return how each table is to be read as the form says, and what is wrong with it."""
    faults: dict[str, Fault] = {}
    choices: list[annexes.Choice | None] = []
    for number, told in enumerate(preparation.tables, start=1):
        if not typed.get(f"use-{number}"):
            choices.append(None)
            continue
        names = [f"column-{number}-{place}" for place in range(len(told["header"]))]
        own = _faults_of_table(typed, number, names)
        faults |= own
        if not own:
            mapping = tuple(AnnexField(typed[name]) if typed.get(name) else None for name in names)
            product = typed.get(f"product-{number}") or None
            choices.append(annexes.Choice(AnnexKind(typed[f"kind-{number}"]), mapping, product))
    return choices, faults


def _faults_of_table(typed: Mapping[str, str], number: int, names: Sequence[str]) -> dict[str, Fault]:
    """Return what is wrong with what is said of one table: what it does, its product, its columns."""
    faults: dict[str, Fault] = {}
    kind, product = f"kind-{number}", f"product-{number}"
    if typed.get(kind) not in set(AnnexKind):
        faults[kind] = Fault(kind, "choice_missing")
    if "\0" in typed.get(product, ""):
        faults[product] = Fault(product, "bad_characters")
    elif len(typed.get(product, "")) > _LONGEST_PRODUCT:
        faults[product] = Fault(product, "too_long", _LONGEST_PRODUCT)
    unknown = (name for name in names if typed.get(name) and typed[name] not in set(AnnexField))
    return faults | {name: Fault(name, "choice_missing") for name in unknown}
