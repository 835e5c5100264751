"""From the form of an area to what it says: its ground, read confined as every file is, and the facts of its record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import orjson
from pydantic import ValidationError
from sqlalchemy.orm import Session

from service.errors import RegisterError, TransitionNotAllowed, UploadRefused, WorkStopped
from service.register import area_drafts
from service.register.area_desk import Begun
from service.register.area_outlook import Outlook, outlook
from service.register.areas import district_shape
from service.register.lookups.townships import townships
from service.register.models import Division
from service.register.references import References
from service.register.surveying.uploads import Declared, Survey, survey
from service.vocabulary import AreaTier, AreaWay, Datum, DivisionRole, RecordKind
from service.web.forms import Fault
from service.web.staff.area_forms import FIELDS, MAX_GROUND, AreaTyped
from service.web.staff.desk import Desk
from service.web.staff.form_fields import typed_values
from service.web.staff.record_faults import WHOLE, fault_of, faults_of

KIND: Final = RecordKind.PRODUCTION_AREA
GROUND: Final = "area_ground"
"""Where a fault of the ground stands, whichever way it was entered."""
TICKED: Final = "area_included"
TIERS: Final = (AreaTier.DRAWN, AreaTier.PARCEL, AreaTier.TOWN_UNION, AreaTier.APPROXIMATE)
"""What drawn ground may be; the other ways of entering it say it themselves."""

_LISTS: Final[Mapping[DivisionRole, str]] = {
    DivisionRole.INCLUDED: "divisions",
    DivisionRole.PARTIAL: "partial_divisions",
    DivisionRole.EXCLUDED: "excluded_divisions",
}
# What stands in for facts that are not typed yet while the ground is looked at; nothing of it is kept.
_NOT_YET: Final[Mapping[str, str]] = {
    "text_original": "…",
    "confidence": "low",
    "source": "…",
    "source_level": "claimed",
}
_TRIES: Final = 3  # what is wrong is left out; then what goes with it; then it must do


@dataclass(frozen=True, slots=True)
class Reading:
    """What a form comes to: its ground as facts of the record, what a file held, or why it was not taken."""

    facts: Mapping[str, Any]
    survey: Survey | None = None
    refused: UploadRefused | WorkStopped | None = None
    fault: Fault | None = None


def typed_of(begun: Begun, named: Named) -> AreaTyped:
    """Return the form as it stands before anything is typed."""
    payload = begun.payload
    ticked: dict[DivisionRole, list[str]] = {}
    for each in named.townships:
        ticked.setdefault(each.role, []).append(each.division.slug)
    return AreaTyped(
        fields={name: text for name, text in typed_values(KIND, payload).items() if name in FIELDS},
        way=_way_of(begun),
        ticked={role: tuple(slugs) for role, slugs in ticked.items()},
        geometry=geometry_text(payload.get("geometry")),
        draft=begun.draft.ulid if begun.draft else "",
        edition=begun.draft.edition if begun.draft else 0,
        version=begun.version,
    )


def _way_of(begun: Begun) -> AreaWay:
    if begun.payload.get("geometry"):
        return AreaWay.DRAWING
    is_said = begun.draft is not None or not begun.is_new
    is_text = begun.payload.get("tier") == AreaTier.TEXT_ONLY
    return AreaWay.WORDS if is_said and is_text else AreaWay.TOWNSHIPS


def geometry_text(geometry: Mapping[str, Any] | None) -> str:
    """Return a kept geometry as the form carries it; the same text again means that nobody drew."""
    return orjson.dumps(geometry).decode() if geometry else ""


@dataclass(frozen=True, slots=True)
class NamedTownship:
    """A township of today that a text names: what it says of it, and how it prints its name."""

    division: Division
    role: DivisionRole
    printed: str


@dataclass(frozen=True, slots=True)
class Named:
    """The divisions that a payload names: townships of today, and by role the other names, which no box can hold."""

    townships: tuple[NamedTownship, ...]
    others: Mapping[DivisionRole, tuple[str, ...]]


def named_in(session: Session, payload: Mapping[str, Any]) -> Named:
    """Return the divisions that a payload names."""
    by_key = {each.id: each for each in townships(session)}
    references = References(session)
    found: list[NamedTownship] = []
    others: dict[DivisionRole, tuple[str, ...]] = {}
    for role, field in _LISTS.items():
        for name in payload.get(field) or ():
            try:
                division = by_key.get(references.division(field, name))
            except RegisterError:
                division = None
            if division is None:
                others[role] = (*others.get(role, ()), name)
            else:
                found.append(NamedTownship(division, role, name))
    return Named(tuple(found), others)


def read_ground(desk: Desk, begun: Begun, typed: AreaTyped) -> Reading:
    """Return the ground that a form gives, in the way that it names; no transaction is open while a file is read."""
    if typed.way is AreaWay.WORDS:
        return Reading({**_NO_GROUND, "tier": AreaTier.TEXT_ONLY})
    if typed.way is AreaWay.TOWNSHIPS:
        return _read_townships(desk, typed)
    if typed.way is AreaWay.DRAWING and typed.geometry == geometry_text(begun.payload.get("geometry")):
        kept = {name: begun.payload.get(name) for name in ("geometry", "geometry_crs", "geometry_datum")}
        return Reading({**kept, "tier": _tier(typed)}) if typed.geometry else _nothing()
    taken = _READERS[typed.way](typed)
    if taken is None:
        return _nothing()
    content, name, declared = taken
    try:
        outline = district_shape(desk.services.settings.map_outline_file)
        declared = replace(declared, is_cross_district=begun.is_cross_district)
        found = survey(content, name, declared, outline)
    except (UploadRefused, WorkStopped) as error:
        return Reading({}, refused=error)
    facts = area_drafts.facts_of(found, _tier(typed))
    if typed.way is AreaWay.FILE and typed.ground is None:
        facts |= {"geometry_crs": typed.read_crs or None, "geometry_datum": typed.read_datum or None}
    return Reading(facts, found)


_NO_GROUND: Final[Mapping[str, Any]] = dict.fromkeys(("geometry", "geometry_crs", "geometry_datum"))
_Taken = tuple[bytes, str, Declared]


def _nothing() -> Reading:
    return Reading({}, fault=Fault(GROUND, "ground_missing"))


def _tier(typed: AreaTyped) -> AreaTier:
    tier = typed.fields.get("tier", "")
    return AreaTier(tier) if tier in set(TIERS) else AreaTier.DRAWN


def _drawn(typed: AreaTyped) -> _Taken | None:
    # What is drawn on a map of ours stands on its datum.
    declared = Declared(datum=Datum.WGS84)
    return (typed.geometry.encode(), "drawing.geojson", declared) if typed.geometry else None


def _sent(typed: AreaTyped) -> _Taken | None:
    if typed.ground is None:
        return _drawn(typed)
    content = typed.ground.content
    # One byte more than may be read: the reader itself says so, as of every file.
    return content.read() if content else b" " * (MAX_GROUND + 1), typed.ground.name, _declared(typed)


def _listed(typed: AreaTyped) -> _Taken | None:
    said = typed.coordinates
    return (said.encode(), "coordinates.csv", _declared(typed)) if said else None


def _declared(typed: AreaTyped) -> Declared:
    datum = Datum(typed.datum) if typed.datum else None
    return Declared(crs=typed.crs or None, datum=datum, swap_axes=typed.is_swapped)


_READERS: Final[Mapping[AreaWay, Callable[[AreaTyped], _Taken | None]]] = {
    AreaWay.DRAWING: _drawn,
    AreaWay.FILE: _sent,
    AreaWay.COORDINATES: _listed,
}


def _read_townships(desk: Desk, typed: AreaTyped) -> Reading:
    settings = desk.services.settings
    with desk.services.database.reading() as session:
        names = {each.slug: each.name for each in townships(session)}
        whole = [names[slug] for slug in typed.ticked.get(DivisionRole.INCLUDED, ()) if slug in names]
        in_part = [names[slug] for slug in typed.ticked.get(DivisionRole.PARTIAL, ()) if slug in names]
        if not whole and not in_part:
            return Reading({}, fault=Fault(TICKED, "townships_missing"))
        # Of a township that belongs in part, no polygon says which part: that is a sketch.
        polygons = settings.map_townships_file if not in_part else None
        try:
            facts = area_drafts.facts_of_townships(session, [*whole, *in_part], polygons)
        except (UploadRefused, WorkStopped) as error:
            return Reading({}, refused=error)
    return Reading({name: facts[name] for name in ("tier", *_NO_GROUND)})


def ticked_facts(session: Session, begun: Begun, typed: AreaTyped) -> dict[str, list[str]]:
    """Return the divisions that the form names, as their text prints them, by the field of each role."""
    named = named_in(session, begun.payload)
    printed = {(each.division.slug, each.role): each.printed for each in named.townships}
    names = {each.slug: each.name for each in townships(session)}
    return {
        field: [
            *(
                printed.get((slug, role), names[slug])
                for slug in dict.fromkeys(typed.ticked.get(role, ()))
                if slug in names
            ),
            *named.others.get(role, ()),
        ]
        for role, field in _LISTS.items()
    }


def fault_of_ticks(session: Session, typed: AreaTyped) -> Fault | None:
    """Return what is wrong with the boxes: one of no township, or two of one."""
    slugs = [slug for role in _LISTS for slug in dict.fromkeys(typed.ticked.get(role, ()))]
    if not set(slugs) <= {each.slug for each in townships(session)}:
        return Fault(TICKED, "reference_not_found")
    return Fault(TICKED, "township_twice") if len(slugs) != len(set(slugs)) else None


def facts_of_form(session: Session, begun: Begun, typed: AreaTyped, reading: Reading) -> dict[str, Any]:
    """Return all that a form says, as facts of the record; a field left empty says nothing."""
    stated = {name: typed.fields.get(name) or None for name in FIELDS if name != "tier"}
    is_demonstration = begun.payload.get("is_demonstration", begun.product.is_demonstration)
    return {
        **stated,
        **ticked_facts(session, begun, typed),
        **reading.facts,
        # Facts of the ground say that no note answers for it yet; what is typed does.
        "change_note": stated["change_note"],
        "override_note": stated["override_note"],
        "is_demonstration": is_demonstration,
        "protection": begun.code,
        "version_no": begun.number,
    }


def look_at(session: Session, begun: Begun, facts: Mapping[str, Any], on: date) -> Outlook | None:
    """Return what the version would be as far as it is typed; None while too little of it can be read."""
    facts = dict(facts)
    for _ in range(_TRIES):
        try:
            return outlook(session, area_drafts.payload_of(begun.payload, facts), on)
        except ValidationError as error:
            wrong = faults_of(KIND, error)
            facts |= {name: _NOT_YET.get(name) for name in wrong}
            if "stated_unit" in wrong:
                facts["stated_area"] = None
        except RegisterError:
            return None
    return None


def fault_for(error: RegisterError) -> Fault | None:
    """Return what the register refused of an area, at the field of its form; None: it is no matter of the form."""
    if isinstance(error, TransitionNotAllowed):
        return Fault(WHOLE, "area_draft_open")
    fault = fault_of(KIND, error)
    return at_its_field(fault) if fault is not None else None


def at_its_field(fault: Fault) -> Fault:
    """Return the fault at a field that the form of an area has."""
    if fault.field in _LISTS.values():
        return replace(fault, field=TICKED)
    if fault.field in {"geometry", "tier"}:
        return replace(fault, field=GROUND)
    is_there = fault.field in FIELDS or fault.field in {TICKED, GROUND}
    return fault if is_there else replace(fault, field=WHOLE)
