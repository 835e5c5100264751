"""China's days: where they begin, how they are written, and how terms end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.calendar import (
    CHINA,
    DateError,
    FixedClock,
    SystemClock,
    add_years,
    china_date,
    half_open,
    parse_china_date,
    term_end,
    today,
)

BOUNDARIES = (
    ("2026-11-22T15:59:59+00:00", "2026-11-22"),
    ("2026-11-22T16:00:00+00:00", "2026-11-23"),
    ("2026-11-22T23:59:59.999999+08:00", "2026-11-22"),
    ("2026-11-23T00:00:00+08:00", "2026-11-23"),
    ("2024-02-28T16:00:00+00:00", "2024-02-29"),
    ("2024-02-29T16:00:00+00:00", "2024-03-01"),
    ("2025-12-31T15:59:59+00:00", "2025-12-31"),
    ("2025-12-31T16:00:00+00:00", "2026-01-01"),
    ("2026-11-22T05:00:00-11:00", "2026-11-23"),
    ("1988-07-01T14:59:59+00:00", "1988-07-01"),  # summer time: the day began an hour earlier
    ("1988-07-01T15:00:00+00:00", "1988-07-02"),
)
BAD_DATES = (
    *(
        "",
        "2026-1-1",
        "20260101",
        "2026/01/01",
        "2026-13-01",
        "2026-02-30",
        "2025-02-29",
        "2026-00-10",
        " 2026-01-01",
    ),
    *(
        "2026-01-01\n",
        "2026-01-01T00:00",
        "２０２６-01-01",
        "٢٠٢٦-01-01",
        "2026–01–01",
        "1899-12-31",
        "2101-01-01",
    ),
    *("0000-00-00", "9999-12-31", "-026-01-01", "2026-W01-1", "今天", "nan", "2026-01-01" * 5_000),
)


@pytest.fixture(params=["UTC", "America/Los_Angeles", "Asia/Shanghai", "Pacific/Kiritimati"])
def _host_zone(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("_host_zone")
@pytest.mark.parametrize(("moment", "day"), BOUNDARIES)
def test_the_day_turns_at_midnight_in_china_whatever_the_host_thinks(moment: str, day: str) -> None:
    at = datetime.fromisoformat(moment)
    assert china_date(at) == today(FixedClock(at)) == date.fromisoformat(day)


@pytest.mark.usefixtures("_host_zone")
def test_a_date_of_the_summer_time_years_stays_that_date() -> None:
    day = date(1986, 5, 4)
    while day < date(1991, 9, 16):
        assert parse_china_date(day.isoformat()) == day
        assert half_open(day, add_years(day, 10))[0] == day
        day += timedelta(days=1)


@pytest.mark.usefixtures("_host_zone")
def test_the_system_clock_is_aware_and_near_the_host_clock() -> None:
    now = SystemClock().now()
    assert now.utcoffset() == timedelta(0)
    assert abs(now.timestamp() - time.time()) < 5
    assert today(SystemClock()) in {china_date(now), china_date(now) + timedelta(days=1)}


def test_a_fixed_clock_tells_its_moment_in_utc() -> None:
    moment = datetime(2026, 11, 23, 0, 30, tzinfo=CHINA)
    assert FixedClock(moment).now() == moment
    assert FixedClock(moment).now().tzinfo is UTC


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 11, 23)  # noqa: DTZ001
    with pytest.raises(ValueError, match="time zone"):
        china_date(naive)
    with pytest.raises(ValueError, match="time zone"):
        FixedClock(naive)


@pytest.mark.parametrize("text", BAD_DATES)
def test_only_a_plain_iso_date_between_1900_and_2100_is_a_date(text: str) -> None:
    with pytest.raises(DateError) as caught:
        parse_china_date(text)
    assert caught.value.code == "bad_date"


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_a_date_survives_printing(day: date) -> None:
    assert parse_china_date(day.isoformat()) == day


@given(st.text(max_size=20))
def test_nothing_but_a_date_error_is_raised(text: str) -> None:
    try:
        assert parse_china_date(text).isoformat() == text
    except DateError as problem:
        assert problem.code == "bad_date"  # noqa: PT017 - both ways out are right


@pytest.mark.parametrize(
    ("day", "years", "expected"),
    [
        (date(2014, 8, 28), 10, date(2024, 8, 28)),
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2024, 2, 29), -1, date(2023, 2, 28)),
        (date(2023, 2, 28), 1, date(2024, 2, 28)),
    ],
)
def test_years_are_added_to_the_same_day(day: date, years: int, expected: date) -> None:
    assert add_years(day, years) == expected


@pytest.mark.parametrize("years", [8000, -3000, 10**30])
@pytest.mark.parametrize("day", [date(2024, 2, 29), date(2026, 11, 22)])
def test_the_end_of_the_calendar_is_a_date_error(day: date, years: int) -> None:
    with pytest.raises(DateError):
        add_years(day, years)


@pytest.mark.parametrize(
    ("registered_on", "last_day"),
    [
        (date(2014, 8, 28), date(2024, 8, 27)),
        (date(2014, 3, 1), date(2024, 2, 29)),
        (date(2015, 1, 1), date(2024, 12, 31)),
        (date(2012, 2, 29), date(2022, 2, 27)),
    ],
)
def test_a_term_ends_on_the_day_before_its_anniversary(registered_on: date, last_day: date) -> None:
    assert term_end(registered_on) == last_day


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.integers(1, 50))
def test_the_next_term_begins_where_the_half_open_one_ends(registered_on: date, years: int) -> None:
    period = half_open(registered_on, term_end(registered_on, years))
    assert period == (registered_on, add_years(registered_on, years))


def test_a_period_of_one_day_and_an_open_one() -> None:
    day = date(2026, 11, 22)
    assert half_open(day, day) == (day, day + timedelta(days=1))
    assert half_open(day, None) == (day, None)


@pytest.mark.parametrize("last", [date(2026, 11, 21), date.max])
def test_a_period_that_ends_before_it_begins_or_with_the_calendar_is_refused(last: date) -> None:
    with pytest.raises(DateError) as caught:
        half_open(date(2026, 11, 22), last)
    assert caught.value.code == "bad_period"


@given(st.datetimes(datetime(1992, 1, 1), datetime(2099, 1, 1)), st.integers(-12, 14))  # noqa: DTZ001
def test_the_offset_a_moment_is_written_in_does_not_matter(naive: datetime, hours: int) -> None:
    moment = naive.replace(tzinfo=UTC)
    assert china_date(moment.astimezone(timezone(timedelta(hours=hours)))) == china_date(moment)
    assert china_date(moment) == (moment + timedelta(hours=8)).date()
