"""How the worker waits: longer after each failure, from the beginning after work that went well, never not at all."""

from __future__ import annotations

import pytest
from conftest import NOW

from search.engine import SearchUnavailable
from service.calendar import FixedClock
from service.errors import CannotConfirm
from service.worker import Worker


class Waits:
    """Takes the place of the event that stops the worker: notes how long it would wait, and stops when told enough."""

    def __init__(self, enough: int) -> None:
        self.enough = enough
        self.seconds: list[float] = []

    def is_set(self) -> bool:
        return len(self.seconds) == self.enough

    def wait(self, seconds: float) -> None:
        self.seconds.append(seconds)


def waits(monkeypatch, happens):
    """Have a line of the worker do what happens, one thing after another; return how long it waited after each."""
    worker, told = Worker(None, None, FixedClock(NOW), None), Waits(len(happens))
    monkeypatch.setattr(worker, "_stopping", told)
    left = iter(happens)

    def work():
        happened = next(left)
        if isinstance(happened, Exception):
            raise happened
        return happened

    worker._repeat(work)
    return told.seconds


@pytest.mark.parametrize(
    "failure",
    [
        CannotConfirm("an errand could not write"),
        SearchUnavailable("embedded", "away"),
        ValueError("a fault"),
    ],
)
def test_a_failure_after_work_is_waited_after_and_the_next_longer(monkeypatch, failure):
    happens = [True, *[failure] * 8, False, True, failure]
    assert waits(monkeypatch, happens) == [
        *(0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0),
        *(0.5, 0.0, 1.0),
    ]
