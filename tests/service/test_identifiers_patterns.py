"""No pattern takes long on a hostile text (security.md T14)."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterator

import pytest

from service import calendar, identifiers
from service.calendar import parse_china_date
from service.identifiers import (
    AgiNumber,
    AnnouncementNumber,
    DocumentNumber,
    StandardCode,
    TrademarkNumber,
    Uscc,
    recognise,
    uscc_candidates,
)

LENGTH = 50_000
LIMIT_S = 0.050
SEARCHED = {"_RUN", "_CONTROL", "_SPACES", "_LOOSE", "_LOCAL"}
PIECES = (
    *("0", "1", "9 ", "1-", "1 -", "A", "AGI", "G1", "GB/T ", "T/", "DB50", " / ", " ", "-", "."),
    *(
        "一",
        "百十",
        "第",
        "公告",
        "第1号",
        "国知发〔2025〕1",
        "〔",
        "局公告第",
        "QJ-AU-",
        "9.",
        "\u200b",
        "X",
    ),
)
HOSTILE = [(piece * LENGTH)[:LENGTH] + tail for piece in PIECES for tail in ("", "!")]


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    names = [f"{identifiers.__name__}.{found.name}" for found in pkgutil.iter_modules(identifiers.__path__)]
    for module in (calendar, *map(importlib.import_module, names)):
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern):
                yield name, value


PATTERNS = list(patterns())


def slowest(act: Callable[[str], object]) -> float:
    return max(min(cpu_seconds(act, text) for _ in range(2)) for text in HOSTILE)


def cpu_seconds(act: Callable[[str], object], text: str) -> float:
    begun = time.process_time()
    act(text)
    return time.process_time() - begun


def test_the_patterns_are_found() -> None:
    assert len(PATTERNS) >= 15
    assert {name for name, _ in PATTERNS} >= SEARCHED


@pytest.mark.parametrize(("name", "pattern"), PATTERNS)
def test_each_pattern_answers_within_fifty_milliseconds(name: str, pattern: re.Pattern[str]) -> None:
    assert slowest(pattern.fullmatch) <= LIMIT_S
    assert slowest(pattern.match) <= LIMIT_S
    if name in SEARCHED:
        assert slowest(lambda text: sum(1 for _ in pattern.finditer(text))) <= LIMIT_S


@pytest.mark.parametrize(
    "act",
    [
        recognise,
        uscc_candidates,
        Uscc.parse,
        AgiNumber.parse,
        AnnouncementNumber.parse,
        DocumentNumber.parse,
        StandardCode.parse,
        TrademarkNumber.parse,
        parse_china_date,
    ],
)
def test_each_reader_answers_within_fifty_milliseconds(act: Callable[[str], object]) -> None:
    def read(text: str) -> None:
        try:
            act(text)
        except ValueError:
            return

    assert slowest(read) <= LIMIT_S
