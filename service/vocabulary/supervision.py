"""Inspections, their publication, and the demonstration zone."""

from __future__ import annotations

from service.vocabulary.entry import Vocabulary


class InspectionOutcome(Vocabulary):
    """What an inspection found."""

    NO_PROBLEM = "no_problem", "未发现问题", "no problem found"
    ORDERED = "ordered", "责令改正", "ordered to correct"
    CASE = "case", "立案查处", "case filed"
    NOT_REACHED = "not_reached", "通过登记的住所无法联系", "not reached at its registered address"


class PublicationTerm(Vocabulary):
    """How long a result stays public, from the first day it is shown. Source: domain reference 2.14 [S8]."""

    THREE_MONTHS = "three_months", "三个月", "three months"
    THREE_YEARS = "three_years", "三年", "three years"
    WITHOUT_END = "without_end", "不设期限", "without end"


class DrawState(Vocabulary):
    """How far a random draw has come."""

    FROZEN = "frozen", "总体已冻结，等待公开数值", "population frozen, waiting for the public value"
    DRAWN = "drawn", "已抽取", "drawn"
    ABANDONED = "abandoned", "已作废", "abandoned"


class ZoneEventKind(Vocabulary):
    """What happens to a demonstration zone. Source: domain reference 2.12 [S11, S12, S13]."""

    RECOMMENDED = "recommended", "推荐申报", "recommended"
    PREPARATION_APPROVED = "preparation_approved", "批准筹建", "preparation approved"
    SELF_CHECKED = "self_checked", "验收自查", "self-check for acceptance"
    ASSESSED = "assessed", "评估", "assessed"
    PUBLICISED = "publicised", "公示", "publicised"
    CONFIRMED = "confirmed", "确定", "confirmed"
    PUT_UNDER_REVIEW = "put_under_review", "复核", "put under review"
    WITHDRAWN = "withdrawn", "撤销", "status withdrawn"
    YEARLY_REPORT = "yearly_report", "年度报告", "yearly report"
    EVIDENCE = "evidence", "条件佐证", "evidence for a condition"


class ZoneState(Vocabulary):
    """Where a demonstration zone stands; computed from its events."""

    NOT_APPLIED = "not_applied", "未申报", "not applied"
    RECOMMENDED = "recommended", "已推荐", "recommended"
    PREPARING = "preparing", "筹建中", "in preparation"
    SELF_CHECK = "acceptance_self_check", "验收自查", "self-check for acceptance"
    ASSESSED = "assessed", "已评估", "assessed"
    PUBLICISED = "publicised", "公示中", "publicised"
    CONFIRMED = "confirmed", "已确定", "confirmed"
    UNDER_REVIEW = "under_review", "复核中", "under review"
    WITHDRAWN = "withdrawn", "已撤销", "withdrawn"


class ZoneCondition(Vocabulary):
    """What a demonstration zone must show. Source: domain reference 2.12 [S13]."""

    PROTECTED = "protected_three_years", "受保护或注册满三年", "protected or registered for three years"
    USER_SHARE = (
        "user_share",
        "用标生产者占产地范围内生产者不低于 60%",
        "mark users at least 60 % of the producers",
    )
    OUTPUT_SHARE = (
        "output_share",
        "用标产值占该产业产值不低于 60%",
        "their output at least 60 % of the industry's",
    )
    NO_INCIDENT = (
        "no_major_incident",
        "三年内无重大质量、安全、环境事故",
        "no major quality, safety or environmental incident in three years",
    )
    GUARANTEES = "policy_guarantees", "有政策保障措施", "policy guarantees"
