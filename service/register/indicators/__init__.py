"""The plan's indicators: measured from the register for a day, and frozen so that a figure once reported stays."""

from service.register.indicators.freezing import (
    Compared,
    Frozen,
    compare,
    find_snapshot,
    freeze,
    list_snapshots,
)
from service.register.indicators.measuring import measure, measure_share
from service.register.indicators.shapes import Cited, Content, Line, Part, Period, Words

__all__ = [
    "Cited",
    "Compared",
    "Content",
    "Frozen",
    "Line",
    "Part",
    "Period",
    "Words",
    "compare",
    "find_snapshot",
    "freeze",
    "list_snapshots",
    "measure",
    "measure_share",
]
