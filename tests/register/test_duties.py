"""What a firm has to do next follows from the events and terms on record, for each day."""

from __future__ import annotations

from datetime import date

import pytest

from service.register.lookups import find_organisation
from service.register.lookups.duties import DutyKind, duties_of

UNDER_CORRECTION, CORRECTED = "92500114MA0TERT084", "N2500114MJTERT001C"
HOLDER_OF_MARKS = "51500114MJTERT0011"


def _duties(seed, uscc, on):
    with seed.reading() as session:
        return [(duty.kind, duty.by) for duty in duties_of(find_organisation(session, uscc, on))]


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 10, 9), []),
        (date(2026, 10, 10), [(DutyKind.CORRECT, date(2027, 4, 10))]),
        # Past its day it is still to be done: only closing the order or the end of the authorisation ends it.
        (date(2027, 5, 1), [(DutyKind.CORRECT, date(2027, 4, 10))]),
    ],
)
def test_an_order_to_correct_has_its_day_from_the_day_it_takes_effect(seed, on, expected):
    assert _duties(seed, UNDER_CORRECTION, on) == expected


def test_a_closed_order_is_no_duty(seed):
    assert _duties(seed, CORRECTED, date(2023, 3, 1)) == [(DutyKind.CORRECT, date(2023, 5, 1))]
    assert _duties(seed, CORRECTED, date(2023, 4, 20)) == []


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2025, 11, 20), []),
        (date(2025, 11, 21), [(DutyKind.RENEW, date(2026, 11, 20))]),
        (date(2026, 11, 20), [(DutyKind.RENEW, date(2026, 11, 20))]),
        (date(2026, 11, 21), [(DutyKind.RENEW_IN_GRACE, date(2027, 5, 20))]),
        (date(2027, 5, 21), []),
    ],
)
def test_a_mark_is_to_be_renewed_in_its_last_year_and_in_its_grace(seed, on, expected):
    assert _duties(seed, HOLDER_OF_MARKS, on) == expected


def test_the_page_names_the_day_and_leads_to_the_record(seed):
    with seed.reading() as session:
        (duty,) = duties_of(find_organisation(session, HOLDER_OF_MARKS, date(2026, 11, 23)))
    assert (duty.name, duty.path) == ("示例溪畔米 90000002", "/trademarks/90000002")
