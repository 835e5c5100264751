"""Editable credit grades, inspection plans and inspections, and the demonstration zone with its events."""

from __future__ import annotations

from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from service.register.payloads.base import Payload, demand, demand_order, demand_together
from service.register.payloads.cells import (
    Code,
    Day,
    EmptyIsNone,
    KnownDay,
    Line,
    Lines,
    LongText,
    Numbers,
    OptionalCode,
    OptionalLine,
    OptionalText,
    ShortText,
    Year,
)
from service.vocabulary import (
    InspectionOutcome,
    PublicationTerm,
    RecordKind,
    ZoneCondition,
    ZoneEventKind,
)

UNGRADED: Final = "未评级"
"""The share of those who have no grade stands under this word."""
INSPECTORS_EACH: Final = 2
"""At least two officers inspect. Source: Administrative Penalty Law 2021 art. 42."""
_ALL: Final = 100
WorkingDays = Annotated[Annotated[int, Field(ge=1, le=180)] | None, EmptyIsNone]


class CreditAssessmentPayload(Payload):
    """A body's grade under a scheme for a time; the basis document is the kept file of the source."""

    kind = RecordKind.CREDIT_ASSESSMENT
    key_fields = ("organisation", "scheme", "valid_from")
    organisation: Line = Field(title="单位")
    scheme: Code = Field(title="分类体系")
    grade: ShortText = Field(title="等级")
    valid_from: KnownDay = Field(title="起")
    valid_to: Day = Field(None, title="止")

    @model_validator(mode="after")
    def _stands_for_a_while(self) -> Self:
        demand_order(self.valid_from, self.valid_to)
        return self


class InspectionPlanPayload(Payload):
    """A plan of random inspection. Shares are written `等级=百分比`, one a line; the source says who fixed them."""

    kind = RecordKind.INSPECTION_PLAN
    key_fields = ("code",)
    code: Code = Field(title="编号")
    title: Line = Field(title="标题")
    year: Annotated[int, Field(ge=1949, le=2100)] = Field(title="年份")
    scope: LongText = Field(title="抽查范围")
    product: OptionalLine = Field(None, title="产品")
    credit_scheme: OptionalCode = Field(None, title="信用分类体系")
    ratios: Lines = Field(title="抽查比例")
    inspectors: Numbers = Field(title="检查人员编号")
    checklist: Lines = Field((), title="检查事项")

    def parsed_ratios(self) -> list[tuple[str, int]]:
        """Return (grade, per cent) in the order written."""
        parted = [line.partition("=") for line in self.ratios]
        return [(grade.strip(), int(share)) for grade, _, share in parted]

    @model_validator(mode="after")
    def _can_be_drawn_from(self) -> Self:
        shares = {
            grade.strip(): share.strip() for grade, _, share in (line.partition("=") for line in self.ratios)
        }
        are_shares = all(
            grade and share.isascii() and share.isdigit() and 1 <= int(share) <= _ALL
            for grade, share in shares.items()
        )
        holds = are_shares and len(shares) == len(self.ratios) and UNGRADED in shares
        demand(holds, "wrong_ratios", "each grade once with its per cent, and the share of the ungraded")
        graded = len(shares) > 1
        demand(graded == (self.credit_scheme is not None), "scheme_and_grades", "grades belong to a scheme")
        several = len(set(self.inspectors)) == len(self.inspectors) >= INSPECTORS_EACH
        demand(several, "too_few_inspectors", "at least two inspectors, each once")
        return self


class InspectionPayload(Payload):
    """What an inspection found and ordered, and for how long it is public."""

    kind = RecordKind.INSPECTION
    key_fields = ("code",)
    code: Code = Field(title="编号")
    plan: OptionalCode = Field(None, title="抽查计划")
    organisation: Line = Field(title="单位")
    inspected_on: KnownDay = Field(title="检查日期")
    inspectors: Numbers = Field(title="检查人员编号")
    outcome: InspectionOutcome = Field(title="检查结果")
    answers: Lines = Field((), title="各事项情况")
    findings: OptionalText = Field(None, title="检查发现")
    ordered_on: Day = Field(None, title="责令改正日期")
    order_working_days: WorkingDays = Field(None, title="改正期限（工作日）")
    corrected_on: Day = Field(None, title="改正日期")
    published_from: Day = Field(None, title="公示起始日")
    publication_term: PublicationTerm | None = Field(None, title="公示期")

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        several = len(set(self.inspectors)) == len(self.inspectors) >= INSPECTORS_EACH
        demand(several, "too_few_inspectors", "at least two inspectors, each once")
        demand_together(self.ordered_on, self.order_working_days, "an order has its day and its working days")
        is_ordered = self.outcome is InspectionOutcome.ORDERED
        demand(is_ordered == (self.ordered_on is not None), "order_and_outcome", "an order is the outcome")
        if self.corrected_on is not None:
            holds = self.ordered_on is not None and self.corrected_on >= self.ordered_on
            demand(holds, "corrected_after_order", "a correction follows an order")
        demand_together(self.published_from, self.publication_term, "what is public is so for a term")
        is_limited = self.publication_term is not PublicationTerm.WITHOUT_END
        may_stay = is_limited or self.outcome is InspectionOutcome.NO_PROBLEM
        demand(may_stay, "term_missing", "what speaks against somebody is public for a limited time")
        if self.published_from is not None:
            demand(self.published_from >= self.inspected_on, "public_too_early", "public before inspected")
        return self


class DemonstrationZonePayload(Payload):
    """A demonstration zone with the GIs it stands for."""

    kind = RecordKind.DEMONSTRATION_ZONE
    key_fields = ("code",)
    code: Code = Field(title="编号")
    name: Line = Field(title="名称")
    name_en: OptionalLine = Field(None, title="英文名")
    products: Annotated[Lines, Field(min_length=1)] = Field(title="产品")
    note: OptionalText = Field(None, title="说明")


class ZoneEventPayload(Payload):
    """What happened to a zone on a day; evidence names its condition, a yearly report its year."""

    kind = RecordKind.ZONE_EVENT
    key_fields = ("zone", "event", "happened_on", "condition", "year")
    zone: Code = Field(title="示范区")
    event: ZoneEventKind = Field(title="事项")
    happened_on: KnownDay = Field(title="日期")
    condition: ZoneCondition | None = Field(None, title="条件")
    year: Year = Field(None, title="年份")
    note: OptionalText = Field(None, title="说明")

    @model_validator(mode="after")
    def _says_for_what(self) -> Self:
        is_evidence = self.event is ZoneEventKind.EVIDENCE
        demand(
            is_evidence == (self.condition is not None), "condition_for_evidence", "evidence has a condition"
        )
        is_report = self.event is ZoneEventKind.YEARLY_REPORT
        demand(is_report == (self.year is not None), "year_for_report", "a yearly report has its year")
        return self
