"""Where facts come from."""

from __future__ import annotations

from service.vocabulary.entry import Vocabulary


class VerificationLevel(Vocabulary):
    """How well a fact is sourced; everything below an official page shows as 未核实."""

    OFFICIAL_DOCUMENT = "official_document", "官方文件", "official document"
    OFFICIAL_PAGE = "official_page", "官方网页", "official page"
    SECONDARY = "secondary", "二手来源，未核实", "secondary source, not verified"
    CLAIMED = "claimed", "仅有提法，未核实", "claimed, not verified"
    DEMONSTRATION = "demonstration", "示例（虚构）", "demonstration (fictional)"

    @property
    def is_verified(self) -> bool:
        """Whether an official source stands behind the fact."""
        return self in {VerificationLevel.OFFICIAL_DOCUMENT, VerificationLevel.OFFICIAL_PAGE}


class Issuer(Vocabulary):
    """Who issues announcements; a bare number is not unique across issuers."""

    CNIPA = "cnipa", "国家知识产权局", "CNIPA"
    AQSIQ = "aqsiq", "国家质检总局", "AQSIQ"
    SAIC = "saic", "国家工商总局", "SAIC"
    MOA = "moa", "农业农村部（原农业部）", "MARA (formerly MOA)"
    SAMR = "samr", "国家市场监督管理总局", "SAMR"
    CQ_IPO = "cq_ipo", "重庆市知识产权局", "Chongqing IP Office"
    DISTRICT = "district", "黔江区", "Qianjiang District"
    DEMONSTRATION = "demonstration", "示例机关（虚构）", "demonstration office (fictional)"
    OTHER = "other", "其他", "other"


class AnnouncementKind(Vocabulary):
    """What an announcement does."""

    USER_APPROVAL = "user_approval", "核准使用专用标志", "user approval"
    USER_CHANGE = "user_change", "使用人变更", "user change"
    USER_DEREGISTRATION = "user_deregistration", "使用人注销", "user deregistration"
    PRODUCT_RECOGNITION = "product_recognition", "产品认定", "product recognition"
    PROVISIONAL = "provisional", "初步认定", "provisional recognition"
    CHANGE = "change", "变更", "change"
    REVOCATION = "revocation", "撤销", "revocation"
    AGI_REGISTRATION = "agi_registration", "农产品地理标志登记", "AGI registration"
    TRADEMARK_GAZETTE = "trademark_gazette", "商标公告", "trademark gazette"
    OTHER = "other", "其他", "other"


class DocumentKind(Vocabulary):
    """What a kept file is."""

    ANNOUNCEMENT = "announcement", "公告", "announcement"
    ANNEX = "annex", "附件", "annex"
    CERTIFICATE = "certificate", "证书", "certificate"
    RULES = "rules", "使用管理规则", "use rules"
    STANDARD = "standard", "标准", "standard"
    REPORT = "report", "报告", "report"
    MAP = "map", "图件", "map"
    PLAN = "plan", "工作方案", "plan"
    NEWS = "news", "新闻报道", "news"
    OTHER = "other", "其他", "other"


class DatePrecision(Vocabulary):
    """How exactly a date is known."""

    DAY = "day", "日", "day"
    MONTH = "month", "月", "month"
    YEAR = "year", "年", "year"
    UNKNOWN = "unknown", "不详", "unknown"
