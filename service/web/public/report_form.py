"""The report form: what was typed, what is wrong with it, and the report it makes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from pydantic import BaseModel
from ulid import ULID

from service.calendar import DateError, parse_china_date
from service.identifiers import is_ulid
from service.identifiers.person_numbers import contains_person_number
from service.register.leads import Contact, Report
from service.vocabulary import LeadKind, MisuseKind
from service.web.forms import Fault, clean

_TELEPHONE: Final = re.compile(r"[0-9+() \-]{5,40}")
_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s]{1,180}\.[^@\s.]{1,60}")
_RECORD: Final = re.compile(
    r"/(?:gi|organisations|authorisations|trademarks|brands|announcements|places|service-points|indicators"
    r"|inspections)"
    r"(?:/[0-9A-Za-z._~%-]+)*"
)
_LONGEST: Final = {
    "description": 2000,
    "place": 200,
    "code": 60,
    "target": 300,
    "name": 60,
    "email": 200,
}
_LONGEST_PATH: Final = 300
_SHORTEST: Final = 10
_LINES: Final = ("place", "code", "target", "seen_on", "name", "telephone", "email")


class ReportForm(BaseModel):
    """The fields as they came; any text is taken here and judged below, so that nothing typed is lost."""

    form: str = ""
    kind: str = ""
    misuse: str = ""
    description: str = ""
    place: str = ""
    seen_on: str = ""
    code: str = ""
    target: str = ""
    on: str = ""
    about: str = ""
    name: str = ""
    telephone: str = ""
    email: str = ""
    website: str = ""


def cleaned(form: ReportForm) -> ReportForm:
    """Return the form in NFC without invisible characters and outer space.

    What no visitor types (the page and the day they come from, the form's own identifier) is let go where wrong.
    """
    values = {name: clean(value) for name, value in form.model_dump().items()}
    if _RECORD.fullmatch(values["about"]) is None or len(values["about"]) > _LONGEST_PATH:
        values["about"] = ""
    if not _is_day(values["on"]):
        values["on"] = ""
    if not is_ulid(values["form"]):
        values["form"] = str(ULID())
    return ReportForm(**values)


def checked_fields(form: ReportForm) -> ReportForm:
    """Return a form made of a link: the kind, the record and what was verified, as far as a field could hold it.

    Its identifier is new: were it the link's, all who follow the link would send one form, and one lead be kept.
    """
    wrong = {fault.field for fault in _text_faults(form)}
    carried = {"kind", "about", "code", "target", "on"} - wrong
    return ReportForm(form=str(ULID()), **form.model_dump(include=carried))


def faults_of(form: ReportForm, today: date) -> list[Fault]:
    """Return what is wrong with a cleaned form, in the order of its fields, one fault for each."""
    found: dict[str, Fault] = {}
    for fault in _all_faults(form, today):
        found.setdefault(fault.field, fault)
    return list(found.values())


def _all_faults(form: ReportForm, today: date) -> Iterator[Fault]:
    if form.kind not in set(LeadKind):
        yield Fault("kind", "kind_missing")
    yield from _text_faults(form)
    if form.seen_on and not _is_past_day(form.seen_on, today):
        yield Fault("seen_on", "bad_date")
    if form.kind == LeadKind.COMPLAINT:
        # Without them the authority cannot accept it. Source: interim measures art. 9.
        yield from (
            Fault(name, f"{name}_missing") for name in ("name", "telephone") if not getattr(form, name)
        )
    if form.telephone and _TELEPHONE.fullmatch(form.telephone) is None:
        yield Fault("telephone", "bad_telephone")
    if form.email and _EMAIL.fullmatch(form.email) is None:
        yield Fault("email", "bad_email")
    if form.website:
        yield Fault("website", "trap")


def _text_faults(form: ReportForm) -> Iterator[Fault]:
    if not form.description:
        yield Fault("description", "description_missing")
    elif len(form.description) < _SHORTEST:
        yield Fault("description", "description_short")
    for field in ("description", *_LINES):
        value = getattr(form, field)
        if len(value) > _LONGEST.get(field, len(value)):
            yield Fault(field, "too_long", _LONGEST[field])
        if any(_is_control(letter) for letter in value):
            yield Fault(field, "bad_characters")
        if contains_person_number(value):
            yield Fault(field, "personal_number")


def _is_control(letter: str) -> bool:
    return letter not in "\n\t" and unicodedata.category(letter) in {"Cc", "Co"}


def _is_past_day(text: str, today: date) -> bool:
    return _is_day(text) and parse_china_date(text) <= today


def _is_day(text: str) -> bool:
    try:
        parse_china_date(text)
    except DateError:
        return False
    return True


def report_of(form: ReportForm, checked: dict[str, Any]) -> Report:
    """Return the report that a form without faults makes."""
    return Report(
        form_ulid=form.form,
        kind=LeadKind(form.kind),
        description=form.description,
        misuse=MisuseKind(form.misuse) if form.misuse in set(MisuseKind) else None,
        place=form.place or None,
        about=form.about or None,
        seen_on=parse_china_date(form.seen_on) if form.seen_on else None,
        checked=checked,
        contact=Contact(form.name or None, form.telephone or None, form.email or None),
    )
