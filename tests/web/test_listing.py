"""What every list of the desk has: its address, its last page, the days typed into it."""

from __future__ import annotations

from datetime import date

import pytest

from service.web.staff.listing import Asked, address, last_page, read_days


@pytest.mark.parametrize(
    ("total", "last"), [(0, 1), (1, 1), (25, 1), (26, 2), (250_000, 10_000), (250_001, 10_000)]
)
def test_a_list_has_a_first_page_and_none_beyond_those_that_are_open(total, last):
    assert last_page(total) == last


def test_an_address_says_what_a_list_is_narrowed_to_and_nothing_else():
    assert address("/staff/x", "zh", {"a": "", "page": 1}) == "/staff/x"
    assert address("/staff/x", "en", {"a": "甲 &", "page": 2}) == "/en/staff/x?a=%E7%94%B2+%26&page=2"
    assert address("/staff/x", "zh", {"a": "1", "before": 1}, form="csv") == "/staff/x.csv?a=1&before=1"
    asked = Asked("/staff/x", None, {"kind": "k", "since": ""}, {}, "zh")
    assert asked.address(page=3) == "/staff/x?kind=k&page=3"


def test_a_day_is_read_or_at_fault_and_an_empty_field_neither():
    days, faults = read_days({"since": "2026-01-05", "until": "gestern", "on": ""}, "since", "until", "on")
    assert days == {"since": date(2026, 1, 5)}
    assert [(each.field, each.code) for each in faults] == [("until", "wrong_day")]
