"""Counting verifications: in memory, added up on writing, kept 90 days, published by month, and nobody's."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from conftest import NOW
from sqlalchemy import inspect, select, text

from service.errors import CannotConfirm
from service.register.database import Database
from service.register.models import VerificationCount, VerificationMonth
from service.register.tallying import BUCKETS, KEEP_DAYS, Tally, erase_old, months_before
from service.register.verification import verify
from service.vocabulary import Outcome

ADDRESS = "198.51.100.77"
CODE = "93500114MA0TERT081"


def counted(database):
    with database.reading() as session:
        return session.execute(select(*VerificationCount.__table__.columns)).all()


def test_verdicts_of_a_minute_are_one_row_and_later_ones_are_added(seeded):
    tally = Tally()
    with seeded.reading() as session:
        verdict = verify(session, CODE, now=NOW + timedelta(seconds=12))
    for _ in range(3):
        tally.verified(verdict, ADDRESS)
    tally.write(seeded)
    tally.verified(verdict, ADDRESS)
    tally.write(seeded)
    tally.write(seeded)
    (row,) = counted(seeded)
    assert (row.minute, row.verdict, row.product, row.count) == (NOW, Outcome.AUTHORISED, "shili-yunwuguo", 4)
    assert 0 <= row.bucket < BUCKETS
    with seeded.reading() as session:
        (month,) = session.scalars(select(VerificationMonth)).all()
        assert (month.month, month.count) == (date(2026, 11, 1), 4)


def test_neither_the_code_nor_the_address_is_written(seeded):
    tally = Tally()
    with seeded.reading() as session:
        for code in (CODE, "Y1500114MJTERT0017"):
            tally.verified(verify(session, code, now=NOW), ADDRESS)
    tally.write(seeded)
    with seeded.reading() as session:
        for name in inspect(seeded.write_engine).get_table_names():
            if name.startswith("verification_"):
                for row in session.execute(text(f'SELECT * FROM "{name}"')):  # noqa: S608  (our own tables)
                    assert not {CODE, "Y1500114MJTERT0017", ADDRESS} & {str(value) for value in row}


def test_a_bucket_is_the_same_for_a_day_and_tells_nothing_on_the_next():
    tally = Tally()
    lines = [f"203.0.113.{n}" for n in range(200)]
    today = [tally.bucket_of(line, NOW) for line in lines]
    assert today == [tally.bucket_of(line, NOW + timedelta(hours=11)) for line in lines]
    assert today != [tally.bucket_of(line, NOW + timedelta(hours=12)) for line in lines]  # midnight in China
    assert today != [Tally().bucket_of(line, NOW) for line in lines]
    assert len(set(today)) > BUCKETS // 2
    assert Counter(today).most_common(1)[0][1] < 20


def test_counts_wait_while_the_database_is_away(register, tmp_path):
    tally = Tally()
    tally.verified_many({(Outcome.ENDED, ""): 2}, NOW, ADDRESS)
    away = Database("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    with pytest.raises(CannotConfirm):
        tally.write(away)
    away.dispose()
    tally.verified_many({(Outcome.ENDED, ""): 3}, NOW, ADDRESS)
    tally.write(register)
    (row,) = counted(register)
    assert row.count == 5


def test_nothing_is_lost_between_threads_that_count_and_one_that_writes(register):
    tally = Tally()

    def count() -> None:
        for _ in range(500):
            tally.verified_many({(Outcome.ENDED, "x"): 1}, NOW, ADDRESS)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        tally.write(register)
    tally.write(register)
    (row,) = counted(register)
    assert row.count == 2000


def test_minutes_are_erased_after_ninety_days_and_months_stay(register):
    tally = Tally()
    for age in (KEEP_DAYS - 1, KEEP_DAYS + 1):
        tally.verified_many({(Outcome.ENDED, ""): 1}, NOW - timedelta(days=age), ADDRESS)
    tally.write(register)
    with register.writing() as session:
        assert erase_old(session, NOW) == 1
        assert erase_old(session, NOW) == 0
    assert len(counted(register)) == 1
    with register.reading() as session:
        assert sum(month.total for month in months_before(session, date(2026, 11, 23), 12)) == 2


def test_months_that_are_over_are_told_by_verdict_in_china(register):
    tally = Tally()
    last_of_october = datetime(2026, 10, 31, 15, 59, tzinfo=UTC)
    tally.verified_many({(Outcome.ENDED, "a"): 1, (Outcome.ENDED, "b"): 2}, last_of_october, ADDRESS)
    tally.verified_many({(Outcome.AUTHORISED, "a"): 4}, last_of_october, "elsewhere")
    tally.verified_many({(Outcome.AUTHORISED, "a"): 8}, last_of_october + timedelta(minutes=1), ADDRESS)
    tally.write(register)
    with register.reading() as session:
        (october,) = months_before(session, date(2026, 11, 23), 12)
        assert october.first_day == date(2026, 10, 1)
        assert october.counts == ((Outcome.AUTHORISED, 4), (Outcome.ENDED, 3))
        november = months_before(session, date(2026, 12, 1), 1)
        assert [(month.first_day, month.total) for month in november] == [(date(2026, 11, 1), 8)]
