"""What each indicator is measured by, and its value for a period: counted, entered, or honestly absent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from service.register.indicators import counting
from service.register.indicators.counting import Count, Reading
from service.register.indicators.shapes import Cited, Line, Period, Words
from service.register.models import Indicator, IndicatorValue, Source
from service.vocabulary import FigureGap

Number = Callable[[Reading], int | None]
_PERCENT: Final = 100


@dataclass(frozen=True, slots=True)
class Counted:
    """An indicator that is a number of the register."""

    count: Callable[[Reading], Count]
    rule: Words


@dataclass(frozen=True, slots=True)
class Ratio:
    """An indicator that is a quotient; a part that the register cannot count must be entered for the period."""

    rule: Words
    numerator: Number | None = None
    denominator: Number | None = None
    factor: int = _PERCENT


@dataclass(frozen=True, slots=True)
class Entered:
    """An indicator whose value is entered and never computed here."""

    rule: Words


Measure = Counted | Ratio | Entered
_ENTERED: Final = Entered(
    Words(
        zh="只登记上报的数值，取期内最新的一次。",
        en="Entered as reported; the newest of the period is shown.",
    )
)

MEASURES: Final[Mapping[str, Measure]] = {
    "tm_per_10k_entities": Ratio(
        Words(
            zh="分子：期内登记的全区有效注册商标件数；没有登记时用本登记收录的有效商标数（本登记不保证收录齐全）。"
            "分母：期内登记的市场主体户数。",
            en="Numerator: the district's valid marks as entered for the period; without it, those on this register, "
            "which may not be all. Denominator: market entities as entered for the period.",
        ),
        counting.standing_marks,
        factor=10_000,
    ),
    "gi_count": Counted(
        counting.protections,
        Words(
            zh="统计日有效的保护，一个产品有几项保护就计几件；域外产品不计。",
            en="Protections in force on the day, each once; those of other districts are left out.",
        ),
    ),
    "gi_mark_user_count": Counted(
        counting.mark_users,
        Words(
            zh="统计日有有效核准的单位，一家单位用几个产品也只计一家。",
            en="Organisations with an authorisation in effect on the day; one that uses several products counts once.",
        ),
    ),
    "gi_user_rate": Ratio(
        Words(
            zh="分子：至少有一家有效使用人的产品；分母：有有效保护的产品。",
            en="Numerator: products with at least one user; denominator: products with a protection in force.",
        ),
        counting.used_products,
        counting.protected_products,
    ),
    "demo_user_share": Ratio(
        Words(
            zh="分子：示范区产品的有效使用人（期内登记了数值的，取登记的）；分母：期内登记的产地范围内生产者数。",
            en="Numerator: users of the mark on the zone's products, or as entered for the period; "
            "denominator: producers in the area as entered for the period.",
        ),
        counting.zone_users,
    ),
    "demo_output_share": Ratio(
        Words(
            zh="分子和分母都取期内登记的数值，注明来源。",
            en="Numerator and denominator as entered for the period, with their source.",
        )
    ),
    "tm_new": Counted(
        counting.marks_registered,
        Words(
            zh="注册日期在期内的商标，按注册号去重。",
            en="Marks registered in the period, by registration number.",
        ),
    ),
    "tm_expiring_12m": Counted(
        counting.marks_expiring,
        Words(
            zh="统计日起十二个月内专用期届满的有效商标，按注册号去重。",
            en="Marks in force whose term ends within twelve months of the day, by registration number.",
        ),
    ),
    "tm_lapsed": Counted(
        counting.marks_lapsed,
        Words(
            zh="宽展期在期内届满而未续展的商标，按注册号去重；注销、撤销、无效的没有登记日期，单列不计。",
            en="Marks whose grace period ran out in the period, by registration number; other ends have no day on "
            "record and stand beside.",
        ),
    ),
    "madrid_marks": Counted(
        counting.madrid_marks,
        Words(
            zh="统计日有效、有国际注册号的商标，按国际注册号去重。",
            en="Marks in force with an international registration, by its number.",
        ),
    ),
    "tlb_count": Counted(
        counting.time_honoured_brands,
        Words(
            zh="在册或附条件通过的老字号，一个品牌只计一家；按级别和状态分列。",
            en="Brands listed or kept under conditions, each once; by level and status.",
        ),
    ),
    "stations": Counted(
        counting.open_service_points,
        Words(zh="统计日开放的服务网点，按类别分列。", en="Service points open on the day, by kind."),
    ),
    "station_services": Counted(
        counting.services_given,
        Words(
            zh="服务日期在期内的台账条目；更正过的按更正后的计，撤销的不计。",
            en="Entries of the service points' ledger for days of the period, as corrected; voided ones are left out.",
        ),
    ),
    "inspections": Counted(
        counting.inspections,
        Words(zh="检查日期在期内的检查，按结果分列。", en="Inspections made in the period, by outcome."),
    ),
    "corrected_rate": Ratio(
        Words(
            zh="分母：期内责令改正的件数；分子：其中到统计日已经改正的。",
            en="Denominator: orders to correct made in the period; numerator: those corrected by its last day.",
        ),
        counting.orders_corrected,
        counting.orders,
    ),
    "lead_on_time_rate": Ratio(
        Words(
            zh="分母：法定期限的最后一天在期内的步骤（受理、调解、核查、告知）；分子：其中当天或以前办了的。"
            "有哪一年的节假日安排没有登记、期限算不出来时，不计算。",
            en="Denominator: steps of leads whose last day by law lies in the period; numerator: those taken by it. "
            "Not computed while a period reaches into a year without holidays on record.",
        ),
        counting.lead_steps_in_time,
        counting.lead_steps_due,
    ),
}
"""How each indicator is measured; one that is not named here is entered."""


def measure(session: Session, period: Period) -> list[Line]:
    """Return every public indicator, measured for the period."""
    inputs = _inputs(session, period, demonstration=False)
    statement = (
        select(Indicator)
        .where(Indicator.withdrawal.is_(None))
        .options(joinedload(Indicator.source))
        .order_by(Indicator.id)
    )
    reading = Reading(session, period)
    return [
        _line(reading, each, inputs.get(each.id), MEASURES.get(each.code, _ENTERED))
        for each in session.scalars(statement)
    ]


def measure_share(
    session: Session, code: str, period: Period, counted: int | None, *, demonstration: bool
) -> Line | None:
    """Return a quotient of one zone with the numerator that was counted for it; None: no such indicator.

    `demonstration`: whether the zone is fictional and is measured by fictional entries.
    """
    statement = select(Indicator).where(Indicator.code == code, Indicator.withdrawal.is_(None))
    one = session.scalar(statement.options(joinedload(Indicator.source)))
    by = MEASURES[code]
    if one is None or not isinstance(by, Ratio):
        return None
    entry = _inputs(session, period, demonstration=demonstration).get(one.id)
    return _line(Reading(session, period), one, entry, replace(by, numerator=lambda _: counted))


def _inputs(session: Session, period: Period, *, demonstration: bool) -> dict[int, IndicatorValue]:
    """Return, by indicator, the newest entry that speaks of a day of the period; older ones answer for older days."""
    statement = (
        select(IndicatorValue)
        .where(
            IndicatorValue.withdrawal.is_(None),
            IndicatorValue.is_demonstration.is_(demonstration),
            IndicatorValue.as_of.between(period.first, period.last),
        )
        .options(joinedload(IndicatorValue.source))
        .order_by(IndicatorValue.as_of, IndicatorValue.id)
    )
    return {each.indicator_id: each for each in session.scalars(statement)}


def _line(reading: Reading, one: Indicator, entry: IndicatorValue | None, by: Measure) -> Line:
    match by:
        case Counted():
            found = _counted(by.count(reading), entry)
        case Ratio():
            found = _quotient(reading, by, entry)
        case Entered():
            found = (
                {"value": entry.value}
                if entry and entry.value is not None
                else {"gap": FigureGap.NOT_RECORDED}
            )
    return Line(
        code=one.code,
        name=one.name,
        name_en=one.name_en,
        formula=one.formula,
        rule=by.rule,
        unit=one.unit,
        nature=one.nature,
        target=one.target,
        target_year=one.target_year,
        source=_cited(one.source),
        input_on=entry.as_of if entry else None,
        input_source=_cited(entry.source) if entry else None,
        **found,
    )


def _counted(count: Count, entry: IndicatorValue | None) -> dict[str, Any]:
    return {
        "value": count.number,
        "is_counted": True,
        "parts": count.parts,
        "reported": entry.value if entry else None,
    }


def _quotient(reading: Reading, by: Ratio, entry: IndicatorValue | None) -> dict[str, Any]:
    """Return numerator, denominator and value; what was entered for the period stands above what is counted."""
    above, is_above_counted = _part_of(reading, by.numerator, entry.numerator if entry else None)
    below, is_below_counted = _part_of(reading, by.denominator, entry.denominator if entry else None)
    found: dict[str, Any] = {
        "numerator": above,
        "denominator": below,
        "is_counted": is_above_counted or is_below_counted,
    }
    if below is None:
        return {**found, "gap": FigureGap.NO_DENOMINATOR}
    if above is None:
        return {**found, "gap": FigureGap.NO_NUMERATOR}
    if not below:
        return {**found, "gap": FigureGap.NOTHING_DUE}
    return {**found, "value": above * by.factor / below}


def _part_of(reading: Reading, count: Number | None, entered: float | None) -> tuple[float | None, bool]:
    if entered is not None or count is None:
        return entered, False
    counted = count(reading)
    return counted, counted is not None


def _cited(source: Source) -> Cited:
    return Cited(citation=source.citation, level=source.level, locator=source.locator, url=source.url)
