"""Trademarks, brands and time-honoured brands."""

from __future__ import annotations

from service.vocabulary.entry import Vocabulary


class MarkType(Vocabulary):
    """Types of trademark."""

    ORDINARY = "ordinary", "普通商标", "ordinary mark"
    COLLECTIVE = "collective", "集体商标", "collective mark"
    CERTIFICATION = "certification", "证明商标", "certification mark"
    GI_COLLECTIVE = "gi_collective", "地理标志集体商标", "GI collective mark"
    GI_CERTIFICATION = "gi_certification", "地理标志证明商标", "GI certification mark"


class MarkStatus(Vocabulary):
    """The status of a trademark; expiring, in grace and expired are computed from its term, never stored."""

    APPLIED = "applied", "申请中", "applied"
    PUBLISHED = "published", "初审公告", "published"
    OPPOSED = "opposed", "异议中", "opposed"
    REGISTERED = "registered", "已注册", "registered"
    EXPIRING = "expiring", "临近期满", "expiring"
    IN_GRACE = "in_grace", "宽展期", "in the grace period"
    EXPIRED = "expired", "期满未续展", "expired"
    CANCELLED = "cancelled", "已撤销", "cancelled"
    INVALIDATED = "invalidated", "已宣告无效", "invalidated"
    SURRENDERED = "surrendered", "已注销", "surrendered"
    UNKNOWN = "unknown", "未核实", "not verified"


class BrandKind(Vocabulary):
    """Kinds of brand."""

    ENTERPRISE = "enterprise", "企业品牌", "enterprise brand"
    REGIONAL_PUBLIC = "regional_public", "区域公用品牌", "regional public brand"
    TRADITIONAL = "traditional", "传统品牌", "traditional brand"


class TimeHonouredLevel(Vocabulary):
    """Who listed a time-honoured brand."""

    NATIONAL = "national", "中华老字号", "China time-honoured brand"
    MUNICIPAL = "municipal", "重庆老字号", "Chongqing time-honoured brand"
    DISTRICT = "district", "区级老字号", "district time-honoured brand"


class TimeHonouredStatus(Vocabulary):
    """Whether a time-honoured brand is still listed."""

    LISTED = "listed", "在册", "listed"
    CONDITIONAL = "conditional", "附条件通过", "conditional"
    REMOVED = "removed", "已移出", "removed"
