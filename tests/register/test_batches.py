"""Batches: each row is answered as it would be alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from conftest import NOW
from factories import counted_statements
from sqlalchemy import select

from service.errors import BadDay, BadIdentifier
from service.register.batches import Row, answers
from service.register.models import Authorisation, FormerCode, GiProduct, Organisation
from service.register.verification import verify

GOOD = "93500114MA0TERT081"


def found(database, *rows, known_at=None, from_row=1):
    made = [
        Row(number, *row) if isinstance(row, tuple) else Row(number, row)
        for number, row in enumerate(rows, 1)
    ]
    with database.reading() as session:
        return list(answers(session, made, known_at, from_row=from_row, now=NOW))


def test_bad_rows_have_their_problem_and_stop_nothing(seed):
    rows = (
        "9.15E+17",
        "915001140000000000",
        "93500114MA0TERT082",
        "150102880730303",
        "",
        "云雾果",
        "1101011990010112\u0663",
        (GOOD, "", "2023-02-30"),
        (GOOD, "", "2200-01-01"),
        (GOOD, "x" * 301),
        GOOD,
    )
    answered = found(seed, *rows)
    assert [each.problem for each in answered] == [
        *(
            "number_lost_digits",
            "number_lost_digits",
            "uscc_checksum",
            "legacy_15",
            "missing_code",
            "bad_number",
        ),
        *("uscc_charset", "bad_date", "bad_date", "target_too_long", None),
    ]
    assert [each.row.number for each in answered] == list(range(1, 12))
    assert answered[-1].verdict is not None
    assert [each.verdict for each in answered[:-1]] == [None] * 10


def test_targets_are_found_together_as_alone(seed):
    targets = (
        "QJ-GI-9001",
        "qj-gi-9001",
        "shili-yunwuguo",
        "SHILI-YUNWUGUO",
        "示例红果",
        " 示例·云雾果 ",
        "x\x00",
        "云雾",
    )
    with seed.reading() as session:
        rows = [Row(number, GOOD, target) for number, target in enumerate(targets, 1)]
        answered = list(answers(session, rows, now=NOW))
        assert [each.verdict or each.problem for each in answered] == [
            alone(session, row, None, None) for row in rows
        ]
    assert [each.verdict.outcome.value if each.verdict else each.problem for each in answered] == [
        *("authorised", "authorised", "authorised", "ambiguous", "ambiguous", "authorised"),
        *("bad_characters", "ambiguous"),
    ]


def test_what_was_put_right_in_a_code_is_told(seed):
    answered = found(
        seed,
        "９３５００１１４MA0TERT081",
        "9350 0114-MA0TERT081",
        "93500114ma0tert081",
        GOOD,
        "\u200b" + GOOD,
    )
    assert [[each.value for each in answer.spellings] for answer in answered] == [
        ["full_width"],
        ["separators"],
        ["lower_case"],
        [],
        ["separators"],
    ]
    assert len({answer.verdict for answer in answered}) == 1


def test_repeated_rows_are_answered_each_and_decided_once(seed):
    answered = found(seed, GOOD, "nonsense", (GOOD, "云雾果"), "93500114ma0tert081", "nonsense", GOOD)
    assert [each.same_as for each in answered] == [None, None, None, 1, None, 1]
    assert answered[3].verdict is answered[0].verdict is answered[5].verdict


def test_a_persons_number_is_never_sent_back(seed):
    person = "11010519491231002X"
    answered = found(seed, person, (GOOD, f"张三 {person}"), ("x\x07", "y"))
    assert [each.problem for each in answered] == ["looks_like_id", "looks_like_id", "bad_characters"]
    assert [(each.row.code, each.row.target) for each in answered] == [("", ""), (GOOD, ""), ("", "y")]


def test_going_on_from_a_row_gives_the_rest_of_the_same(seed):
    rows = [GOOD, "x", (GOOD, "shili-shishangcha"), GOOD, "x", "91500114MA0TERT32P"]
    assert found(seed, *rows, from_row=4) == found(seed, *rows)[3:]


def test_going_on_goes_by_the_numbers_of_rows_among_which_some_are_missing(seed):
    rows = [Row(number, GOOD) for number in (1, 3, 7)]
    with seed.reading() as session:
        for from_row, numbers in ((1, [1, 3, 7]), (2, [3, 7]), (3, [3, 7]), (7, [7]), (8, [])):
            found = list(answers(session, rows, from_row=from_row, now=NOW))
            assert [each.row.number for each in found] == numbers
            assert [each.same_as for each in found] == [None, 1, 1][3 - len(numbers) :]


def test_a_moment_still_to_come_is_refused_for_the_whole_batch(seed):
    with pytest.raises(BadDay):
        found(seed, GOOD, known_at=NOW + timedelta(seconds=1))


@pytest.mark.parametrize("known_at", [None, NOW, datetime(2026, 1, 1, tzinfo=UTC)])
def test_each_row_is_answered_as_it_would_be_alone(seed, known_at):
    """Every code of the first data with every product and every kind of target, on days around its events."""
    days = ("", "2020-05-31", "2023-08-14", "2026-11-24", "2033-08-01")
    with seed.reading() as session:
        codes = [
            *session.scalars(select(Organisation.uscc).where(Organisation.uscc.is_not(None))),
            *session.scalars(select(FormerCode.uscc)),
            *session.scalars(select(Authorisation.code)),
            "Y1500114MJTERT0017",
            "93500114MA0TERT082",
        ]
        targets = [
            "",
            *session.scalars(select(GiProduct.slug).where(GiProduct.is_demonstration)),
            "qianjiang-mihoutao",
            "示例红果",
            "没有的产品",
            "90000001",
            "QJ-GI-9001",
        ]
        rows = [
            Row(1, code, target, days[(one + other) % len(days)])
            for one, code in enumerate(codes)
            for other, target in enumerate(targets)
        ]
        assert len(rows) > 900
        outcomes = set()
        for answer in answers(session, rows, known_at, now=NOW):
            row = answer.row
            day = date.fromisoformat(row.on) if row.on else None
            assert (answer.verdict or answer.problem) == alone(session, row, day, known_at), row
            outcomes |= {answer.verdict.outcome} if answer.verdict else set()
    assert len(outcomes) >= (9 if known_at in {None, NOW} else 2)  # all was recorded on the day of the tests


def alone(session, row, day, known_at):
    try:
        return verify(session, row.code, row.target or None, day, known_at, now=NOW)
    except BadIdentifier as error:
        return error.problem


def test_the_number_of_statements_does_not_follow_the_number_of_firms(seed):
    with seed.reading() as session:
        codes = list(session.scalars(select(Organisation.uscc).where(Organisation.uscc.is_not(None))))
        assert len(codes) > 15
        made = [Row(number, code, "shili-yunwuguo") for number, code in enumerate(codes, 1)]
        with counted_statements(session) as statements:
            assert len(list(answers(session, made, now=NOW))) == len(codes)
    assert len(statements) <= 12
