"""What the forms that leads come by share: fields, what is wrong with them, what the register says of a code."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final, TypeVar

from pydantic import BaseModel
from sqlalchemy.orm import Session
from ulid import ULID

from service.calendar import DateError, parse_china_date
from service.errors import BadDay, BadIdentifier
from service.identifiers import is_ulid
from service.identifiers.person_numbers import contains_person_number
from service.register.leads import Contact, Report
from service.register.verification import Verdict, verify
from service.vocabulary import LeadChannel, LeadKind, MisuseKind
from service.web.forms import Fault, clean

_TELEPHONE: Final = re.compile(r"[0-9+() \-]+")
_SHORTEST_TELEPHONE: Final = 5
_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s]{1,180}\.[^@\s.]{1,60}")
_LONGEST: Final = {
    "description": 2000,
    "place": 200,
    "code": 60,
    "target": 300,
    "trader": 200,
    "channel_number": 60,
    "name": 60,
    "telephone": 40,
    "email": 200,
}
_SHORTEST: Final = 10
_LINES: Final = ("place", "code", "target", "seen_on", "name", "telephone", "email")


class LeadForm(BaseModel):
    """The fields as they came; any text is taken here and judged below, so that nothing typed is lost.

    `form`: what the form was given when it was opened, so that sent twice it is one lead.
    """

    form: str = ""
    kind: str = ""
    misuse: str = ""
    description: str = ""
    place: str = ""
    seen_on: str = ""
    code: str = ""
    target: str = ""
    name: str = ""
    telephone: str = ""
    email: str = ""


_Form = TypeVar("_Form", bound=LeadForm)


def cleaned(form: _Form) -> _Form:
    """Return the form in NFC without invisible characters and outer space; an identifier that is none is made anew."""
    values = {name: clean(value) for name, value in form}
    if not is_ulid(values["form"]):
        values["form"] = str(ULID())
    return form.model_copy(update=values)


def matter_faults(form: LeadForm, today: date, *more: str) -> Iterator[Fault]:
    """Yield what is wrong with the matter of a cleaned form; `more`: other fields of one line."""
    yield from text_faults(form, *more)
    if form.seen_on and not is_past_day(form.seen_on, today):
        yield Fault("seen_on", "bad_date")


def contact_faults(form: LeadForm) -> Iterator[Fault]:
    """Yield what nobody can be reached by."""
    if form.telephone and _TELEPHONE.fullmatch(form.telephone) is None:
        yield Fault("telephone", "bad_telephone")
    elif 0 < len(form.telephone) < _SHORTEST_TELEPHONE:
        yield Fault("telephone", "telephone_short", _SHORTEST_TELEPHONE)
    if form.email and _EMAIL.fullmatch(form.email) is None:
        yield Fault("email", "bad_email")


def text_faults(form: LeadForm, *more: str) -> Iterator[Fault]:
    """Yield the texts that are missing or no text that can be kept; `more`: other fields of one line."""
    if not form.description:
        yield Fault("description", "description_missing")
    elif len(form.description) < _SHORTEST:
        yield Fault("description", "description_short")
    for field in ("description", *_LINES, *more):
        value = getattr(form, field)
        if len(value) > _LONGEST.get(field, len(value)):
            yield Fault(field, "too_long", _LONGEST[field])
        if any(_is_control(letter) for letter in value):
            yield Fault(field, "bad_characters")
        if contains_person_number(value):
            yield Fault(field, "personal_number")


def report_of(form: LeadForm, channel: LeadChannel, checked: Mapping[str, Any]) -> Report:
    """Return what a form without faults says in the fields that all forms share."""
    return Report(
        form_ulid=form.form,
        kind=LeadKind(form.kind),
        channel=channel,
        description=form.description,
        misuse=MisuseKind(form.misuse) if form.misuse in set(MisuseKind) else None,
        place=form.place or None,
        seen_on=parse_china_date(form.seen_on) if form.seen_on else None,
        checked=checked,
        contact=Contact(form.name or None, form.telephone or None, form.email or None),
    )


def is_day(text: str) -> bool:
    """Return whether the text is a day."""
    try:
        parse_china_date(text)
    except DateError:
        return False
    return True


def is_past_day(text: str, today: date) -> bool:
    """Return whether the text is a day that has come."""
    return is_day(text) and parse_china_date(text) <= today


def verdict_of(
    session: Session, code: str | None, target: str | None, day: date | None = None, *, now: datetime
) -> Verdict | None:
    """Return what the register says now of a code that somebody named; None where nothing can be said of it."""
    if not code:
        return None
    try:
        return verify(session, code, target or None, day, now=now)
    except (BadIdentifier, BadDay):
        return None


def checked_facts(typed: Mapping[str, str], verdict: Verdict | None) -> dict[str, Any]:
    """Return what is kept of what was named: as it was typed, and as the register answered it."""
    if verdict is None:
        return dict(typed)
    return {
        **typed,
        "outcome": verdict.outcome.value,
        "reason": verdict.reason.value,
        "organisation": verdict.subject.name,
        "product": verdict.target.slug if verdict.target else None,
        "as_of": verdict.as_of.isoformat(),
        "data_version": verdict.data_version,
    }


def _is_control(letter: str) -> bool:
    return letter not in "\n\t" and unicodedata.category(letter) in {"Cc", "Co"}
