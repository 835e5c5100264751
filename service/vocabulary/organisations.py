"""Organisations."""

from __future__ import annotations

from service.vocabulary.entry import Vocabulary


class OrganisationKind(Vocabulary):
    """Kinds of organisation as the first two characters of a USCC tell them. Source: GB 32100-2015."""

    ENTERPRISE = "enterprise", "企业", "enterprise"
    SOLE_TRADER = "sole_trader", "个体工商户", "individual business"
    COOPERATIVE = "cooperative", "农民专业合作社", "farmers' cooperative"
    PUBLIC_INSTITUTION = "public_institution", "事业单位", "public institution"
    GOVERNMENT = "government", "机关", "government body"
    ASSOCIATION = "association", "社会团体", "association"
    NGO = "ngo", "民办非企业单位", "private non-enterprise unit"
    FOUNDATION = "foundation", "基金会", "foundation"
    VILLAGE_COLLECTIVE = "village_collective", "村级集体经济组织", "village collective"
    TOWN_COLLECTIVE = "town_collective", "乡镇级集体经济组织", "township collective"
    GROUP_COLLECTIVE = "group_collective", "组级集体经济组织", "group collective"
    MILITARY = "military", "军队单位", "military unit"
    FOREIGN = "foreign", "境外机构", "foreign body"
    PERSON = "person", "自然人", "natural person"
    OTHER = "other", "其他", "other"


PRIVATE_PERSON_KINDS = frozenset(
    {
        OrganisationKind.SOLE_TRADER,
        OrganisationKind.VILLAGE_COLLECTIVE,
        OrganisationKind.TOWN_COLLECTIVE,
        OrganisationKind.GROUP_COLLECTIVE,
        OrganisationKind.PERSON,
    }
)
"""Kinds whose address and representative are a person's own data and never public (I-10)."""


class OrganisationStatus(Vocabulary):
    """Whether an organisation exists, as last checked."""

    ACTIVE = "active", "存续", "active"
    DEREGISTERED = "deregistered", "已注销", "deregistered"
    REVOKED = "revoked", "已吊销", "licence revoked"
    MOVED = "moved", "已迁出", "moved away"
    UNKNOWN = "unknown", "未核实", "not verified"


STRUCK_OFF = frozenset({OrganisationStatus.DEREGISTERED, OrganisationStatus.REVOKED})
"""Bodies that no longer exist: they use nothing, whatever is still open on the register."""


class CodeState(Vocabulary):
    """Whether a USCC is the organisation's current one."""

    VALID = "valid", "现行", "current"
    HISTORICAL = "historical", "历史代码", "historical"
    UNKNOWN = "unknown", "未知", "unknown"
