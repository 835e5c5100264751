"""What was typed into the form of an area: facts, ticked townships, and its ground in one of several ways."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile

from service.register.surveying.uploads import ON_THE_WEB
from service.vocabulary import AreaWay, Datum, DivisionRole
from service.web.forms import FormBodyDep, clean
from service.web.staff.desk import SignedInDep
from service.web.staff.typed import MAX_FILE, SentFile, Typed, demand_ours, number_of, read_sent, said_to_wait

FIELDS: Final = (
    *("valid_from", "valid_to", "text_original", "text_as_of", "stated_area", "stated_unit", "stated_box"),
    *("stated_limits", "tier", "confidence", "method_note", "change_note", "override_note"),
    *("source_level", "source", "source_url", "source_locator", "source_document", "source_checked_on"),
)
"""The fields of the record that the form asks for; the others stay as they are."""

MAX_GROUND: Final = ON_THE_WEB.file_bytes
"""The most bytes of a drawing, of a table of coordinates and of a file."""

MAX_FORM: Final = 3 * MAX_GROUND + MAX_FILE + 512 * 1024
"""The most bytes of the whole form: each way of entering the ground may be filled in at a time."""

FORMS: Final = {re.compile(r"(?:/en)?/staff/areas/[A-Za-z0-9-]{1,60}/[0-9]{1,4}(?:/checks)?"): MAX_FORM}
"""The addresses to which such forms are sent, and how many bytes they take."""

ROLES: Final[Mapping[str, DivisionRole]] = {
    "area_included": DivisionRole.INCLUDED,
    "area_partial": DivisionRole.PARTIAL,
    "area_excluded": DivisionRole.EXCLUDED,
}
"""The boxes of a township, and what the text says of it when one is ticked."""

_TEXTS: Final = (
    *("area_way", "area_geometry", "area_coordinates", "area_crs", "area_datum", "area_swap"),
    *("area_read_crs", "area_read_datum", "draft_draft", "draft_edition", "draft_version"),
    *("draft_kept", "draft_kept_name"),
)
_FILES: Final[Mapping[str, int]] = {"area_file": MAX_GROUND, "draft_file": MAX_FILE}
_MOST_FIELDS: Final = 300


@dataclass(frozen=True, slots=True)
class AreaTyped(Typed):
    """A form of an area as it was typed: a record's, and the ways to say its ground.

    `ticked`: slugs of divisions by what the text says of them, as often as they were ticked. `geometry` is GeoJSON, of
    the map or of a file that was read before; `read_crs` and `read_datum` then say what that file came in. `crs`,
    `datum` and `is_swapped` are said of a file or of coordinates.
    """

    way: AreaWay = AreaWay.TOWNSHIPS
    ticked: Mapping[DivisionRole, tuple[str, ...]] = field(default_factory=dict)
    geometry: str = ""
    coordinates: str = ""
    crs: str = ""
    datum: str = ""
    is_swapped: bool = False
    read_crs: str = ""
    read_datum: str = ""
    ground: SentFile | None = None

    def role_of(self, slug: str) -> frozenset[DivisionRole]:
        """Return what was ticked of a division."""
        return frozenset(role for role, slugs in self.ticked.items() if slug in slugs)


async def _typed(request: Request, signed_in: SignedInDep, form: FormBodyDep) -> AsyncIterator[AreaTyped]:
    del signed_in, form
    # This is the first to read the form, so that a drawing may be larger than other fields of forms.
    async with request.form(max_part_size=MAX_GROUND + 1024, max_fields=_MOST_FIELDS) as sent:
        yield await _read(sent)


AreaTypedDep = Annotated[AreaTyped, Depends(_typed, scope="function")]
"""Must stand before the desk's own dependency, which reads the form with narrower limits."""


async def _read(form: FormData) -> AreaTyped:
    texts: dict[str, str] = {}
    ticked: dict[DivisionRole, list[str]] = {}
    sent: dict[str, SentFile | None] = {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            demand_ours(name in _FILES, name)
            sent[name] = await read_sent(value, _FILES[name])
        elif name in ROLES:
            ticked.setdefault(ROLES[name], []).append(clean(value))
        elif name != "csrf":
            demand_ours(name in FIELDS or name in _TEXTS, name)
            texts[name] = clean(value)
    way, datum = texts.get("area_way", ""), texts.get("area_datum", "")
    return AreaTyped(
        fields={name: texts[name] for name in FIELDS if name in texts},
        way=AreaWay(way) if way in set(AreaWay) else AreaWay.TOWNSHIPS,
        ticked={role: tuple(slugs) for role, slugs in ticked.items()},
        geometry=texts.get("area_geometry", ""),
        coordinates=texts.get("area_coordinates", ""),
        crs=texts.get("area_crs", ""),
        datum=datum if datum in set(Datum) else "",
        is_swapped=bool(texts.get("area_swap")),
        read_crs=texts.get("area_read_crs", ""),
        read_datum=texts.get("area_read_datum", ""),
        ground=sent.get("area_file"),
        file=sent.get("draft_file"),
        waiting=said_to_wait(texts),
        draft=texts.get("draft_draft", ""),
        edition=number_of(texts.get("draft_edition", "")),
        version=number_of(texts.get("draft_version", "")),
    )
