"""Service points, indicators and leads."""

from __future__ import annotations

from service.vocabulary.entry import Vocabulary


class ServicePointKind(Vocabulary):
    """Kinds of public IP service point. Source: founding plan, tasks 5, 8 and 12."""

    GUIDANCE_STATION = "guidance_station", "商标品牌指导站", "trademark and brand guidance station"
    INFO_OUTLET = "info_outlet", "知识产权信息服务网点", "IP information outlet"
    PROTECTION_CONTACT = "protection_contact", "知识产权综合保护联系点", "IP protection contact point"
    RIGHTS_AID = "rights_aid", "维权援助工作站", "rights-protection aid station"


class IndicatorNature(Vocabulary):
    """Whether a target is hoped for or owed."""

    EXPECTED = "expected", "预期性", "expected"
    BINDING = "binding", "约束性", "binding"


class FigureGap(Vocabulary):
    """Why an indicator has no value; none of these is ever written as zero."""

    NO_DENOMINATOR = "no_denominator", "分母缺失，不能计算", "no denominator, so it cannot be computed"
    NO_NUMERATOR = "no_numerator", "分子缺失，不能计算", "no numerator, so it cannot be computed"
    NOTHING_DUE = "nothing_due", "本期没有应计的事项", "nothing to count in the period"
    NOT_RECORDED = "not_recorded", "本期没有登记数值", "no value on record for the period"
    NOT_COMPUTED = (
        "not_computed",
        "所需台账尚未接入，暂不计算",
        "not yet computed: its ledger is not connected",
    )


class LeadKind(Vocabulary):
    """What a person brings: a tip about a breach, a dispute of their own, or an error in this register.

    Source: interim measures on complaints and reports (2022) art. 3 keeps complaint and report apart.
    """

    REPORT = "report", "举报", "report of a breach"
    COMPLAINT = "complaint", "投诉", "complaint"
    CORRECTION = "correction", "登记纠错", "error in the register"


class MisuseKind(Vocabulary):
    """How a geographical indication is misused. Source: Order 80 arts 30 and 33."""

    COUNTERFEIT_MARK_USE = (
        "counterfeit_mark_use",
        "未经批准使用专用标志",
        "special mark used without authorisation",
    )
    FORGING_MARK = "forging_mark", "伪造专用标志", "special mark forged"
    CONFUSINGLY_SIMILAR_MARK = (
        "confusingly_similar_mark",
        "使用与专用标志近似的标志",
        "confusingly similar mark",
    )
    NAME_OUTSIDE_AREA = (
        "name_outside_area_same_or_similar",
        "产地范围外的产品使用相同或近似名称",
        "same or similar name on goods from outside the area",
    )
    SIMILAR_NAME = "similar_name_misleading", "名称容易使人误认", "misleadingly similar name"
    NAME_IN_TRANSLATION = (
        "outside_area_with_translation_or_style",
        "以“类”“型”“式”、译名等方式使用名称",
        "name in translation, or with “style”, “type” and the like",
    )
    BELOW_STANDARD = (
        "inside_area_not_meeting_standard",
        "产地范围内的产品不符合标准",
        "goods below the standard",
    )
    TRADE_NAME = "trade_name_misuse", "用作企业名称中的字号", "used in a trade name"
    SELLING = "selling_such_goods", "销售上述产品", "such goods on sale"
    OTHER = "other", "其他，或说不清", "other, or not sure"


class LeadState(Vocabulary):
    """How far a lead has come. Source: interim measures on complaints and reports (2022)."""

    RECEIVED = "received", "已收到", "received"
    TRIAGED = "triaged", "已分类", "triaged"
    TRANSFERRED = "transferred", "已转交", "transferred"
    ACCEPTED = "accepted", "已受理", "accepted"
    NOT_ACCEPTED = "not_accepted", "不予受理", "not accepted"
    MEDIATING = "mediating", "调解中", "in mediation"
    SETTLED = "settled", "达成调解", "settled"
    TERMINATED = "terminated", "终止调解", "mediation ended"
    VERIFIED = "verified", "已核查", "verified"
    FILED = "filed", "已立案", "case filed"
    CLOSED = "closed", "已办结", "closed"
    WITHDRAWN = "withdrawn", "已撤回", "withdrawn"
