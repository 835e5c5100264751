"""What is wrong with a record as it was typed, told at the field where it can be put right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from pydantic import ValidationError

from service.errors import (
    AreaNotSound,
    ChangeNoteMissing,
    CorrectionOrderMissing,
    DuplicateRecord,
    FieldNotAllowed,
    NoteNeeded,
    ReferenceNotFound,
    RegisterError,
)
from service.vocabulary import RecordKind
from service.web.forms import Fault
from service.web.staff.form_fields import Control, fields_of
from service.web.wording.records import RECORD_FAULTS

WHOLE: Final = "record"
"""Where a fault stands that is no single field's."""

_AT: Final[Mapping[str, str]] = {
    "a value, or what it is counted from": "value",
    "a point needs longitude and latitude": "latitude",
    "a year without a day of rest is no arrangement": "rest_days",
    "a day of another year": "rest_days",
    "a day cannot be at rest and worked, nor stand twice": "worked_days",
    "an area needs its unit, and a unit its area": "stated_unit",
    "only a correction order has a deadline, and needs it": "deadline_on",
    "the deadline must come after the order": "deadline_on",
    "only a deregistration has a ground": "ground",
    "only a change states a licence term": "licence_last_day",
    "a day that is not known has the precision unknown, and no other has": "precision",
    "each grade once with its per cent, and the share of the ungraded": "ratios",
    "grades belong to a scheme": "credit_scheme",
    "at least two inspectors, each once": "inspectors",
    "an order has its day and its working days": "order_working_days",
    "an order is the outcome": "ordered_on",
    "a correction follows an order": "corrected_on",
    "what is public is so for a term": "publication_term",
    "what speaks against somebody is public for a limited time": "publication_term",
    "public before inspected": "published_from",
    "evidence has a condition": "condition",
    "a yearly report has its year": "year",
    "a withdrawal must say its reason": "withdrawal_reason",
    "a reason to withdraw goes with a withdrawal": "withdrawal",
    "a record merged into another must name that one": "redirect",
    "only a merged record names another one": "withdrawal",
    "a division code is written scheme:year:code": "codes",
}
"""The field to look at, for rules that hold between fields."""

_ENDS: Final = ("licence_last_day", "deadline_on", "term_last_day", "valid_to", "in_force_to", "closed_on")


def faults_of(kind: RecordKind, error: ValidationError) -> dict[str, Fault]:
    """Return the faults by field, the first of each, in the order of the form."""
    found: dict[str, Fault] = {}
    for each in error.errors(include_url=False):
        fault = _fault(kind, dict(each))
        found.setdefault(fault.field, fault)
    order = [WHOLE, *fields_of(kind)]
    return dict(sorted(found.items(), key=lambda item: order.index(item[0])))


def fault_of(kind: RecordKind, error: RegisterError) -> Fault | None:
    """Return what the register refused, at its field; None for what is no matter of the form."""
    match error:
        case DuplicateRecord() if error.ulid:
            code = "key_taken" if error.field in _CODES else "record_taken"
            return replace(_at(kind, error.field, code), path=f"/staff/records/{kind.value}/{error.ulid}")
        case ReferenceNotFound() | DuplicateRecord():
            return _at(kind, error.field, error.code)
        case FieldNotAllowed():
            own = f"not_allowed_{error.problem}"
            fault = _at(kind, error.field, own if own in RECORD_FAULTS else error.code)
            return replace(fault, what=error.value)
    where = _WHERE.get(type(error))
    return _at(kind, where, error.code) if where else None


_CODES: Final = frozenset({"code", "uscc", "registration_no", "number"})
"""The fields that hold a number by which people call a record."""
_WHERE: Final[Mapping[type[RegisterError], str]] = {
    CorrectionOrderMissing: "ground",
    ChangeNoteMissing: "draft_note",
    AreaNotSound: WHOLE,
    NoteNeeded: "override_note",
}


def _at(kind: RecordKind, name: str, code: str) -> Fault:
    return Fault(name if name == "draft_note" or name in fields_of(kind) else WHOLE, code)


def _fault(kind: RecordKind, found: dict[str, Any]) -> Fault:
    code, most = str(found["type"]), int(found.get("ctx", {}).get("max_length", 0))
    if found["loc"]:
        name = str(found["loc"][0])
    else:
        name = _AT.get(str(found["msg"]), "")
        if code == "period_out_of_order" and not name:
            name = next((each for each in _ENDS if each in fields_of(kind)), "")
        if code == "value_error" and kind is RecordKind.ANNOUNCEMENT:
            name = "number"
    if code == "value_error" and name in fields_of(kind) and fields_of(kind)[name].control is Control.DAYS:
        code = "wrong_days"
    if code == "value_error" and str(found.get("ctx", {}).get("error")) in RECORD_FAULTS:
        code = str(found["ctx"]["error"])
    return Fault(name if name in fields_of(kind) else WHOLE, _code(code), most)


def _code(code: str) -> str:
    if code in RECORD_FAULTS:
        return code
    return _SAME.get(code, "wrong_value")


_SAME: Final[Mapping[str, str]] = {
    "string_too_long": "too_long",
    "date_parsing": "wrong_day",
    "date_from_datetime_parsing": "wrong_day",
    "date_from_datetime_inexact": "wrong_day",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "greater_than": "out_of_range",
    "int_parsing": "no_number",
    "int_from_float": "no_number",
    "float_parsing": "no_number",
    "enum": "choice_missing",
    "string_type": "missing",
    "string_too_short": "missing",
    "none_required": "missing",
}
"""Problems of the payload models that people read as one."""
