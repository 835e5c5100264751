"""Products and their rights."""

from __future__ import annotations

from service.vocabulary.entry import Vocabulary


class Track(Vocabulary):
    """Which right protects a name: three separate rights and the unified one the 2024 reform reserves."""

    GI_PRODUCT = "gi_product", "地理标志产品", "GI product"
    GI_TRADEMARK = "gi_trademark", "地理标志商标", "GI trademark"
    AGRI_GI = "agri_gi", "农产品地理标志", "agricultural GI"
    UNIFIED = "unified", "统一认定地理标志", "unified GI"


class ProtectionEventKind(Vocabulary):
    """What can happen to a protection. Source: Order 80 arts 11-29; Trademark Law; AGI measures."""

    APPLIED = "applied", "申请", "applied"
    ACCEPTED = "accepted", "受理", "accepted"
    NOT_ACCEPTED = "not_accepted", "不予受理", "not accepted"
    PROVISIONAL_ANNOUNCED = "provisional_announced", "初步认定公告", "provisional recognition announced"
    OPPOSITION_FILED = "opposition_filed", "提出异议", "opposition filed"
    OPPOSITION_DISMISSED = "opposition_dismissed", "异议不成立", "opposition dismissed"
    REFUSED = "refused", "驳回", "refused"
    RECOGNISED = "recognised", "认定公告", "recognition announced"
    REGISTERED = "registered", "注册登记", "registered"
    RENEWED = "renewed", "续展", "renewed"
    CHANGE_MINOR = "change_minor", "一般变更", "minor change"
    CHANGE_MAJOR_PROVISIONAL = "change_major_provisional", "重大变更初步公告", "major change, provisional"
    CHANGE_MAJOR_FINAL = "change_major_final", "重大变更公告", "major change"
    HOLDER_CHANGED = "holder_changed", "持有人变更", "holder changed"
    CERTIFICATE_REISSUED = "certificate_reissued", "换发证书", "certificate reissued"
    REVOCATION_REQUESTED = "revocation_requested", "申请撤销", "revocation requested"
    REVOCATION_DISMISSED = "revocation_dismissed", "撤销请求不成立", "revocation request dismissed"
    REVOKED = "revoked", "撤销公告", "revoked"
    CANCELLED = "cancelled", "注销", "cancelled"
    INVALIDATED = "invalidated", "宣告无效", "invalidated"
    SURRENDERED = "surrendered", "放弃", "surrendered"
    ENTRY_VOIDED = "entry_voided", "登记更正（撤回误录）", "entry voided"


class ProtectionState(Vocabulary):
    """The state of a protection on a day: always computed from its events, never stored."""

    UNKNOWN = "unknown", "状态未核实", "not verified"
    APPLIED = "applied", "审查中", "under examination"
    PROVISIONAL = "provisional", "初步认定公告", "provisionally recognised"
    OPPOSED = "opposed", "异议中", "opposed"
    IN_FORCE = "in_force", "有效", "in force"
    IN_GRACE = "in_grace", "宽展期", "in the grace period"
    REFUSED = "refused", "未予认定", "refused"
    EXPIRED = "expired", "期满失效", "expired"
    REVOKED = "revoked", "已撤销", "revoked"
    CANCELLED = "cancelled", "已注销", "cancelled"
    INVALIDATED = "invalidated", "已宣告无效", "invalidated"
    SURRENDERED = "surrendered", "已放弃", "surrendered"


class NameRole(Vocabulary):
    """What a name is to its record."""

    REGISTERED = "registered", "登记名称", "registered name"
    ALIAS = "alias", "别名", "alias"
    TRADE = "trade", "商品名", "trade name"
    SHORT = "short", "简称", "short name"
    PINYIN = "pinyin", "拼音", "pinyin"
    ENGLISH = "english", "英文名", "English name"
    FORMER = "former", "曾用名", "former name"


class HomeRelation(Vocabulary):
    """How a product relates to this district."""

    IN_DISTRICT = "in_district", "本区", "in this district"
    PARTLY = "partly", "跨区", "partly in this district"
    OUTSIDE = "outside", "区外", "outside this district"


class Industry(Vocabulary):
    """The industries the district plan names. Source: founding plan, task 8."""

    GRAIN_AND_OIL = "grain_and_oil", "特色粮油", "grain and oil"
    VEGETABLES = "vegetables", "特色蔬菜", "vegetables"
    FUNGI = "fungi", "食用菌", "edible fungi"
    SERICULTURE = "sericulture", "蚕桑", "sericulture"
    HERBS = "herbs", "中药材", "medicinal herbs"
    TEA = "tea", "茶叶", "tea"
    FRUIT = "fruit", "特色水果", "fruit"
    LIVESTOCK = "livestock", "畜牧", "livestock"
    OTHER = "other", "其他", "other"


class PartyRole(Vocabulary):
    """What a body is to a protection."""

    APPLICANT = "applicant", "申请人", "applicant"
    REGISTRANT = "registrant", "注册人", "registrant"
    HOLDER = "holder", "持有人", "holder"
    MANAGER = "manager", "管理人", "manager"
    MARK_MANAGEMENT_BODY = "mark_management_body", "专用标志管理机构", "mark management body"
    TESTING_BODY = "testing_body", "检验机构", "testing body"


class IdentifierScheme(Vocabulary):
    """Which series a protection's number belongs to."""

    CNIPA_ANNOUNCEMENT = "cnipa_announcement", "国家知识产权局公告", "CNIPA announcement"
    AQSIQ_ANNOUNCEMENT = "aqsiq_announcement", "质检总局公告", "AQSIQ announcement"
    MOA_ANNOUNCEMENT = "moa_announcement", "农业部公告", "MOA announcement"
    AGI_CERTIFICATE = "agi_certificate", "农产品地理标志证书编号", "AGI certificate"
    AGI_SPECIFICATION = "agi_specification", "质量控制技术规范编号", "AGI specification"
    TRADEMARK_REGISTRATION = "trademark_registration", "商标注册号", "trademark registration"
    TRADEMARK_APPLICATION = "trademark_application", "商标申请号", "trademark application"
    MADRID = "madrid", "国际注册号", "international registration"
    NATIONAL_REGISTER = "national_register", "认定登记簿编号", "national register entry"
    DOCUMENT_NUMBER = "document_number", "发文字号", "document number"
    DEMONSTRATION = "demonstration", "示例编号", "demonstration number"
