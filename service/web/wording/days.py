"""Days and moments in words."""

from __future__ import annotations

from datetime import date, datetime

from service.calendar import CHINA
from service.vocabulary import DatePrecision
from service.web.wording.choosing import pick

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_UNKNOWN_DAY = ("日期不详", "date unknown")


def day_text(day: date | None, lang: str = "zh", precision: DatePrecision = DatePrecision.DAY) -> str:
    """Return a day as people write it: 2026年3月9日, 9 March 2026; no more of it than is known."""
    if day is None or precision is DatePrecision.UNKNOWN:
        return pick(_UNKNOWN_DAY, lang)
    month, year = _MONTHS[day.month - 1], day.year
    forms = {
        DatePrecision.YEAR: (f"{year}年", f"{year}"),
        DatePrecision.MONTH: (f"{year}年{day.month}月", f"{month} {year}"),
        DatePrecision.DAY: (f"{year}年{day.month}月{day.day}日", f"{day.day} {month} {year}"),
    }
    return pick(forms[precision], lang)


def month_text(month: int, lang: str = "zh") -> str:
    """Return a month of any year, 1 to 12, by its name."""
    return pick((f"{month}月", _MONTHS[month - 1]), lang)


def moment_text(moment: datetime, lang: str = "zh") -> str:
    """Return a moment on China's clocks, and say so."""
    local = moment.astimezone(CHINA)
    clock = f"{local:%H:%M:%S}"
    return pick(
        (
            f"{day_text(local.date())} {clock}（北京时间）",
            f"{day_text(local.date(), 'en')}, {clock} (Beijing time)",
        ),
        lang,
    )
