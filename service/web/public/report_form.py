"""The report form: what was typed, what is wrong with it, and the report it makes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from ulid import ULID

from service.register.leads import Report
from service.vocabulary import LeadChannel, LeadKind
from service.web import lead_forms
from service.web.forms import Fault
from service.web.lead_forms import LeadForm

_RECORD: Final = re.compile(
    r"/(?:gi|organisations|authorisations|trademarks|brands|announcements|places|service-points|indicators"
    r"|inspections)"
    r"(?:/[0-9A-Za-z._~%-]+)*"
)
_LONGEST_PATH: Final = 300


class ReportForm(LeadForm):
    """What a visitor sends: beside the fields of every lead, the page and the day they come from, and a trap."""

    on: str = ""
    about: str = ""
    website: str = ""


def cleaned(form: ReportForm) -> ReportForm:
    """Return the form in NFC without invisible characters and outer space.

    What no visitor types (the page and the day they come from, the form's own identifier) is let go where wrong.
    """
    form = lead_forms.cleaned(form)
    is_record = _RECORD.fullmatch(form.about) is not None and len(form.about) <= _LONGEST_PATH
    return form.model_copy(
        update={
            "about": form.about if is_record else "",
            "on": form.on if lead_forms.is_day(form.on) else "",
        }
    )


def checked_fields(form: ReportForm) -> ReportForm:
    """Return a form made of a link: the kind, the record and what was verified, as far as a field could hold it.

    Its identifier is new: were it the link's, all who follow the link would send one form, and one lead be kept.
    """
    wrong = {fault.field for fault in lead_forms.text_faults(form)}
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
    yield from lead_forms.matter_faults(form, today)
    if form.kind == LeadKind.COMPLAINT:
        # Without them the authority cannot accept it. Source: interim measures art. 9.
        yield from (
            Fault(name, f"{name}_missing") for name in ("name", "telephone") if not getattr(form, name)
        )
    yield from lead_forms.contact_faults(form)
    if form.website:
        yield Fault("website", "trap")


def report_of(form: ReportForm, checked: Mapping[str, Any]) -> Report:
    """Return the report that a form without faults makes."""
    return replace(lead_forms.report_of(form, LeadChannel.WEB, checked), about=form.about or None)
