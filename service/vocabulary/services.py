"""Service points with what they are asked for, and indicators."""

from __future__ import annotations

from service.vocabulary.entry import Vocabulary


class ServicePointKind(Vocabulary):
    """Kinds of public IP service point. Source: founding plan, tasks 5, 8 and 12."""

    GUIDANCE_STATION = "guidance_station", "商标品牌指导站", "trademark and brand guidance station"
    INFO_OUTLET = "info_outlet", "知识产权信息服务网点", "IP information outlet"
    PROTECTION_CONTACT = "protection_contact", "知识产权综合保护联系点", "IP protection contact point"
    RIGHTS_AID = "rights_aid", "维权援助工作站", "rights-protection aid station"


class ServiceTopic(Vocabulary):
    """What somebody came to a service point for. Source: domain reference 2.15 (duties of a guidance station)."""

    TRADEMARK_FILING = "trademark_filing", "商标注册", "filing a trademark"
    TRADEMARK_KEEPING = "trademark_keeping", "商标续展、变更、转让", "renewing or changing a trademark"
    GI_FILING = "gi_filing", "地理标志申报", "applying for a geographical indication"
    SPECIAL_MARK = "special_mark", "专用标志使用", "using the special mark"
    BRAND_BUILDING = "brand_building", "品牌培育", "building a brand"
    SEARCH = "search", "检索查询", "searches"
    RIGHTS_PROTECTION = "rights_protection", "维权援助", "protecting rights"
    TRAINING = "training", "培训宣传", "training"
    OTHER = "other", "其他", "other"


class WalkInKind(Vocabulary):
    """Who came to a service point, where no organisation is named; a person's name is never kept."""

    PERSON = "person", "个人", "private person"
    SOLE_TRADER = "sole_trader", "个体工商户", "sole trader"
    FARM = "farm", "农户、家庭农场", "farmer or family farm"
    AGENCY = "agency", "代理机构", "agency"
    OTHER = "other", "其他来访", "other visitor"


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
