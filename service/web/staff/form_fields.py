"""Forms out of payload models: which control a field needs follows from its type; groups say where it stands."""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Final, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from service.register.editing.bases import EVENTS
from service.register.payloads import PAYLOADS, Payload
from service.register.payloads.days import holds_days, periods_of
from service.vocabulary import RecordKind, Vocabulary
from service.web.wording.fields import GROUPS, Group

CARRIED: Final = frozenset(
    {"geometry", "geometry_crs", "geometry_datum", "file", "sha256", "size", "media_type"}
)
"""What no field of a form can say, since it comes out of a file: carried along as it was."""

_LONGEST_LINE: Final = 300
_YES: Final = "1"


class Control(StrEnum):
    """How a field is filled in."""

    LINE = "line"
    TEXT = "text"
    DAY = "day"
    NUMBER = "number"
    CHOICE = "choice"
    CHECK = "check"
    LINES = "lines"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a form. `most`: the characters it holds; `options`: the closed list it is chosen from."""

    name: str
    control: Control
    is_required: bool
    most: int | None = None
    options: tuple[Vocabulary, ...] = ()

    @property
    def is_wide(self) -> bool:
        """Whether it takes the whole width of its group."""
        return self.control in {Control.TEXT, Control.LINES, Control.DAYS}


@dataclass(frozen=True, slots=True)
class FormGroup:
    """A group of the form with those of its fields that the kind of record has."""

    group: Group
    fields: tuple[FormField, ...]


@cache
def form_of(kind: RecordKind) -> tuple[FormGroup, ...]:
    """Return the form of a kind of record: the fields of its payload in their groups.

    Events are voided by a later one and never withdrawn, so they are not asked how.
    """
    model = PAYLOADS[kind]
    found = []
    for group in GROUPS:
        if group.code == "withdrawal" and kind in EVENTS:
            continue
        fields = tuple(
            _field(name, model.model_fields[name], model)
            for name in group.fields
            if name in model.model_fields and name not in CARRIED
        )
        if fields:
            found.append(FormGroup(group, fields))
    return tuple(found)


@cache
def fields_of(kind: RecordKind) -> Mapping[str, FormField]:
    """Return the fields of a kind's form by name."""
    return {field.name: field for part in form_of(kind) for field in part.fields}


def typed_values(kind: RecordKind, payload: Mapping[str, Any]) -> dict[str, str]:
    """Return a kept payload as it stands in the form: text, lists one a line."""
    return {
        name: _typed_days(payload.get(name)) if field.control is Control.DAYS else _typed(payload.get(name))
        for name, field in fields_of(kind).items()
    }


def stated(kind: RecordKind, typed: Mapping[str, str], base: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form states, as the payload model reads it; what no form shows comes from the base."""
    carried = {name: base[name] for name in CARRIED if name in base}
    return {**carried, **{name: text for name, text in typed.items() if name in fields_of(kind) and text}}


def _typed(value: Any) -> str:
    match value:
        case None | False:
            return ""
        case True:
            return _YES
        case float() if value.is_integer():
            return str(int(value))
        case list() | tuple():
            return "\n".join(_typed(each) for each in value)
        case _:
            return str(value)


def _typed_days(days: Iterable[str] | None) -> str:
    """Return days as people write them: one a line, those that follow one another as a period."""
    periods = periods_of(map(date.fromisoformat, days or ()))
    return "\n".join(f"{first}/{last}" if first != last else f"{first}" for first, last in periods)


def _field(name: str, info: FieldInfo, model: type[Payload]) -> FormField:
    plain, most = _read(info.annotation, info.metadata)
    control = Control.DAYS if holds_days(model, name) else _control(plain, most)
    options = tuple(plain) if control is Control.CHOICE else ()
    return FormField(name, control, info.is_required(), most, options)


def _control(plain: Any, most: int | None) -> Control:
    if plain is bool:
        return Control.CHECK
    if plain is date:
        return Control.DAY
    if plain in {int, float}:
        return Control.NUMBER
    if plain is tuple:
        return Control.LINES
    if issubclass(plain, Vocabulary):
        return Control.CHOICE
    return Control.TEXT if most is not None and most > _LONGEST_LINE else Control.LINE


def _read(annotation: Any, metadata: Any = ()) -> tuple[Any, int | None]:
    """Return the plain type within an annotation and how many characters it may have."""
    most = min(_lengths(metadata), default=None)
    origin = get_origin(annotation)
    if origin is tuple:
        return tuple, None
    if origin is Annotated:
        inner, *more = get_args(annotation)
        plain, inner_most = _read(inner, more)
    elif origin in {Union, types.UnionType}:
        (inner,) = (each for each in get_args(annotation) if each is not type(None))
        plain, inner_most = _read(inner)
    else:
        return annotation, most
    limits = [each for each in (most, inner_most) if each is not None]
    return plain, min(limits, default=None)


def _lengths(metadata: Any) -> Iterator[int]:
    for each in metadata:
        if isinstance(length := getattr(each, "max_length", None), int):
            yield length
        # Field(...) inside Annotated keeps its own list of constraints.
        yield from _lengths(getattr(each, "metadata", ()))
