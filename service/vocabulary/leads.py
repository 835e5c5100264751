"""What people report, and what is done about it."""

from __future__ import annotations

from service.vocabulary.entry import Vocabulary


class LeadKind(Vocabulary):
    """What a person brings: a tip about a breach, a dispute of their own, or an error in this register.

    Source: interim measures on complaints and reports (2022) art. 3 keeps complaint and report apart.
    """

    REPORT = "report", "举报", "report of a breach"
    COMPLAINT = "complaint", "投诉", "complaint"
    CORRECTION = "correction", "登记纠错", "error in the register"


class LeadChannel(Vocabulary):
    """The way a lead came. Source: interim measures on complaints and reports (2022); domain reference 7, Lead."""

    WEB = "web", "本站网页", "this site"
    PLATFORM_12315 = "platform_12315", "全国 12315 平台", "12315 platform"
    TELEPHONE = "telephone", "电话", "telephone"
    WALK_IN = "walk_in", "来访", "visit to the counter"
    LETTER = "letter", "来信", "letter"


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
    TRANSFERRED = "transferred", "已转交", "transferred"
    ACCEPTED = "accepted", "已受理", "accepted"
    NOT_ACCEPTED = "not_accepted", "不予受理", "not accepted"
    MEDIATING = "mediating", "调解中", "in mediation"
    SETTLED = "settled", "达成调解", "settled"
    TERMINATED = "terminated", "终止调解", "mediation ended"
    VERIFIED = "verified", "已核查", "verified"
    FILED = "filed", "已立案", "case filed"
    NOT_FILED = "not_filed", "不予立案", "no case filed"
    CLOSED = "closed", "已办结", "closed"
    WITHDRAWN = "withdrawn", "已撤回", "withdrawn"
    MISTAKEN = "mistaken", "误登", "entered by mistake"


class LeadEventKind(Vocabulary):
    """What is done about a lead, or happens to it. Source: interim measures (2022); domain reference 2.16."""

    ACCEPTED = "accepted", "受理", "accepted"
    REFUSED = "refused", "不予受理", "refused"
    ROUTED = "routed", "转交其他单位", "routed to another body"
    MEDIATION_OPENED = "mediation_opened", "开始调解", "mediation opened"
    SETTLED = "settled", "达成调解协议", "settled"
    TERMINATED = "terminated", "终止调解", "mediation ended without agreement"
    BREACH_FOUND = "breach_found", "调解中发现违法线索", "breach found in mediation"
    EXTENDED = "extended", "延长核查期限", "verification extended"
    VERIFIED = "verified", "核查完毕", "verified"
    FILED = "filed", "决定立案", "case filed"
    NOT_FILED = "not_filed", "决定不予立案", "decided not to file"
    TOLD = "told", "告知实名举报人", "reporter told"
    WITHDRAWN = "withdrawn", "当事人撤回", "withdrawn by who brought it"
    MISTAKEN = "mistaken", "误登", "entered by mistake"
    CLOSED = "closed", "办结", "closed"
    NOTED = "noted", "备注", "note"
    VOIDED = "voided", "撤销误记的一步", "entry made by mistake voided"


class RefusalGround(Vocabulary):
    """Why a complaint is not accepted. Source: interim measures on complaints and reports (2022) art. 15."""

    NOT_OUR_DUTY = "not_our_duty", "不属于本机关职责，或没有处理权限", "not this authority's duty"
    HANDLED_ALREADY = (
        "handled_already",
        "同一争议已由法院、仲裁、其他机关或者调解组织受理、处理",
        "the same dispute is or was handled elsewhere",
    )
    NO_CONSUMER_DISPUTE = (
        "no_consumer_dispute",
        "不是为生活消费需要，或不能证明存在消费者权益争议",
        "not bought for daily life, or no consumer dispute shown",
    )
    TOO_LATE = "too_late", "知道权益受侵害之日起超过三年", "more than three years after the harm was known"
    MATERIALS_MISSING = "materials_missing", "没有提供规定的材料", "required particulars missing"
    OTHER_RULE = (
        "other_rule",
        "法律、法规、规章规定的其他情形",
        "another case that a law or rule provides for",
    )
