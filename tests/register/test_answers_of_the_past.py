"""No verification is answered by the past: readers and writers at once through the application, checked afterwards."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1]))

import history_checking
from history_checking import Plan

SHORT = {"firms": 60, "seconds": 2}


def check(register, *, firms, seconds, flaw=""):
    history_checking.fill(register, firms)
    url = register.url.render_as_string(hide_password=False)
    return history_checking.judge(history_checking.make(Plan(url, firms, seconds, patience=60, flaw=flaw)))


@pytest.mark.timeout(180)
def test_no_read_is_answered_by_the_past(register):
    found = check(register, **SHORT)
    assert found.violations == 0, found
    # The check had something to check: answers of both kinds, and reads that met a deregistration under way.
    assert min(found.authorised, found.ended, found.met, found.deregistrations) > 20, found


@pytest.mark.timeout(180)
@pytest.mark.parametrize("flaw", [pytest.param("cache", marks=pytest.mark.long), "no_commit"])
def test_a_program_that_is_wrong_is_caught(registers, opened, flaw):
    """On one database: it is the check that is tested here."""
    register = opened(registers.make("spatialite", "empty"))
    assert check(register, **SHORT, flaw=flaw).violations > 0


@pytest.mark.long
@pytest.mark.timeout(600)
def test_a_minute_of_reads_is_not_answered_by_the_past(register):
    """How many there are in a minute is the machine's affair and told by the benchmark; that none is wrong is ours."""
    found = check(register, firms=2500, seconds=60)
    assert found.violations == 0, found
    assert min(found.authorised, found.ended, found.met, found.deregistrations) > 500, found
