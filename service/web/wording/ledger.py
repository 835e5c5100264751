"""What is wrong with an entry of the ledger of the service points, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LEDGER_FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    "point_missing": ("请选择服务网点。", "Choose the service point."),
    "topic_missing": ("请选择服务事项。", "Choose the topic."),
    "one_visitor": (
        "写单位名称或者选来访类别，两样填一样。",
        "Name an organisation or choose the kind of visitor: one of the two.",
    ),
    "bad_minutes": ("时长填 1 到 1440 的整数（分钟）。", "Minutes: a whole number from 1 to 1440."),
    "result_missing": ("请写明结果。", "Say what came of it."),
    "point_not_open": ("这一天网点还没有设立，或者已经撤销。", "The point was not open on this day."),
    "ledger_replaced": (
        "这一条已经被别人更正或撤销，请看最新的那一条。",
        "Somebody corrected or voided this entry meanwhile. Look at the newest one.",
    ),
}
