"""Closed lists of the field, each entry with its code, Chinese label and English label.

One declaration feeds the database, the import, the forms, the facets, the API and the exports. Codes are
stable: they stand in stored records and in other people's programs.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Vocabulary(StrEnum):
    """An entry of a closed list: its value is the code; `zh` and `en` are what people read."""

    zh: str
    en: str

    def __new__(cls, code: str, zh: str = "", en: str = "") -> Self:
        """Keep the code as the string value and the labels beside it."""
        entry = str.__new__(cls, code)
        entry._value_ = code
        entry.zh = zh
        entry.en = en
        return entry

    def label(self, lang: str = "zh") -> str:
        """Return the label in the language of the page."""
        return self.en if lang.startswith("en") else self.zh


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


class AuthorisationBasis(Vocabulary):
    """Why somebody may use the special mark. Source: announcement 354 of 2020, lawful users."""

    APPROVED_PRODUCER = "approved_producer", "经公告核准的生产者", "approved producer"
    COLLECTIVE_MEMBER = "collective_member", "集体商标注册人成员", "collective member"
    CERTIFICATION_LICENSEE = "certification_licensee", "证明商标被许可人", "certification licensee"
    CNIPA_RECORDED = "cnipa_recorded", "经国家知识产权局登记备案的使用人", "recorded by CNIPA"


class AuthorisationEventKind(Vocabulary):
    """What can happen to an authorisation; events are only ever added."""

    GRANTED = "granted", "核准使用", "granted"
    CHANGED = "changed", "变更", "changed"
    PUT_UNDER_CORRECTION = "put_under_correction", "责令限期改正", "put under correction"
    CORRECTION_CLOSED = "correction_closed", "改正完成", "correction closed"
    DEREGISTERED = "deregistered", "注销", "deregistered"
    ENTRY_VOIDED = "entry_voided", "登记更正（撤回误录）", "entry voided"


class AuthorisationState(Vocabulary):
    """The state of an authorisation on a day, as known at a moment."""

    NOT_RECORDED = "not_recorded", "尚无记录", "not recorded"
    NOT_YET_EFFECTIVE = "not_yet_effective", "尚未生效", "not yet effective"
    ACTIVE = "active", "有效", "active"
    UNDER_CORRECTION = "under_correction", "有效（限期改正中）", "active, under correction"
    ENDED = "ended", "已注销", "ended"


class DeregistrationGround(Vocabulary):
    """Why an authorisation ended. The first six are Order 80 art. 31, in its order."""

    BUSINESS_LICENCE_CANCELLED = (
        "business_licence_cancelled_or_revoked",
        "营业执照被注销或者吊销",
        "business licence cancelled or revoked",
    )
    PRODUCTION_PERMIT_CANCELLED = (
        "production_permit_cancelled_or_revoked",
        "相关生产许可证被注销或者吊销",
        "production permit cancelled or revoked",
    )
    MOVED_OUT_OF_AREA = "moved_out_of_area", "已迁出产地范围", "moved out of the area"
    CEASED_PRODUCING = "ceased_producing", "已不再从事该产品的生产", "ceased producing"
    OFF_STANDARD = (
        "off_standard_not_corrected_in_time",
        "未按标准生产且限期未改正",
        "off standard and not corrected in time",
    )
    UNUSED_TWO_YEARS = (
        "unused_two_years_not_corrected_in_time",
        "两年内未使用专用标志且限期未改正",
        "unused for two years and not corrected in time",
    )
    LICENCE_ENDED = "licence_ended", "许可使用期满", "licence ended"
    PROTECTION_ENDED = "protection_ended", "地理标志保护终止", "protection ended"
    HOLDER_CANCELLED = "holder_cancelled", "权利人取消使用资格", "cancelled by the holder"
    VOLUNTARY = "voluntary", "使用人申请注销", "at the user's request"


GROUNDS_AFTER_CORRECTION = frozenset(
    {DeregistrationGround.OFF_STANDARD, DeregistrationGround.UNUSED_TWO_YEARS}
)
"""Grounds that need an earlier correction order whose deadline has passed. Source: Order 80 art. 31(5), (6)."""


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


class AreaTier(Vocabulary):
    """How a drawn area relates to the announced text, which alone is the law."""

    TEXT_ONLY = "text_only", "仅有文字，未绘图", "text only, not drawn"
    APPROXIMATE = "approximate", "大致位置（示意）", "about here (sketch)"
    TOWN_UNION = "town_union", "按乡镇合并", "townships combined"
    DRAWN = "drawn", "按资料绘制", "drawn from records"
    PARCEL = "parcel", "地块", "parcels"


class PointRelation(Vocabulary):
    """What an area is to a point or a township asked about; the announced text and a visit decide."""

    NAMED = "named", "公告文字写到这里", "named in the announced text"
    INSIDE = "inside", "图上在范围内", "inside as drawn"
    ABOUT_HERE = "about_here", "约在此处（示意，不作判断）", "about here (approximate, no verdict)"
    NEARBY = "nearby", "图上在范围外，距离较近", "outside as drawn, nearby"


class Confidence(Vocabulary):
    """How far a depiction can be trusted."""

    HIGH = "high", "高", "high"
    MEDIUM = "medium", "中", "medium"
    LOW = "low", "低", "low"


class DivisionRole(Vocabulary):
    """What an area's text says of a division."""

    INCLUDED = "included", "全部", "included"
    PARTIAL = "partial", "部分", "partly included"
    EXCLUDED = "excluded", "不含", "excluded"


class DivisionKind(Vocabulary):
    """Kinds of administrative division."""

    PROVINCE = "province", "省级", "province"
    PREFECTURE = "prefecture", "地级", "prefecture"
    COUNTY = "county", "县级", "county"
    SUBDISTRICT = "subdistrict", "街道", "subdistrict"
    TOWN = "town", "镇", "town"
    TOWNSHIP = "township", "乡", "township"
    VILLAGE = "village", "村级", "village"


class CodeScheme(Vocabulary):
    """Who issued a division code: the two offices give one township different codes."""

    NBS = "nbs", "统计用区划代码", "statistical code"
    MCA = "mca", "民政区划代码", "civil-affairs code"


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


class RecordKind(Vocabulary):
    """Kinds of record that can be edited, reviewed and published."""

    GI_PRODUCT = "gi_product", "地理标志", "geographical indication"
    ORGANISATION = "organisation", "单位", "organisation"
    TRADEMARK = "trademark", "商标", "trademark"
    BRAND = "brand", "品牌", "brand"
    ANNOUNCEMENT = "announcement", "公告", "announcement"
    SERVICE_POINT = "service_point", "服务网点", "service point"
    PROTECTION = "protection", "保护", "protection"
    PROTECTION_EVENT = "protection_event", "保护事项", "protection event"
    PRODUCTION_AREA = "production_area", "产地范围", "production area"
    AUTHORISATION = "authorisation", "专用标志使用核准", "authorisation"
    AUTHORISATION_EVENT = "authorisation_event", "使用核准事项", "authorisation event"
    TIME_HONOURED_BRAND = "time_honoured_brand", "老字号", "time-honoured brand"
    DOCUMENT = "document", "文件", "document"
    DIVISION = "division", "行政区划", "division"
    CATEGORY = "category", "产品类别", "category"
    LEGAL_INSTRUMENT = "legal_instrument", "法律依据", "legal instrument"
    INDICATOR = "indicator", "指标", "indicator"
    INDICATOR_VALUE = "indicator_value", "指标数值", "indicator value"
    HOLIDAY_ARRANGEMENT = "holiday_arrangement", "节假日安排", "holiday arrangement"


SEARCHABLE_KINDS = (
    RecordKind.GI_PRODUCT,
    RecordKind.ORGANISATION,
    RecordKind.TRADEMARK,
    RecordKind.BRAND,
    RecordKind.ANNOUNCEMENT,
    RecordKind.SERVICE_POINT,
)
"""Kinds that stand in the search index."""


class ChangeKind(Vocabulary):
    """What a published change is about: one entry for a record and all that happens to it."""

    AUTHORISATION = "authorisation", "使用核准", "authorisation"
    PROTECTION = "protection", "保护", "protection"
    AREA = "area", "产地范围", "production area"
    TRADEMARK = "trademark", "商标", "trademark"
    ORGANISATION = "organisation", "单位", "organisation"
    PRODUCT = "product", "地理标志", "geographical indication"


class ChangeAct(Vocabulary):
    """What a publication did to a record."""

    CREATED = "created", "新增", "new"
    CHANGED = "changed", "变更", "changed"
    WITHDRAWN = "withdrawn", "撤下", "withdrawn"


class DraftState(Vocabulary):
    """Where a draft stands between its author and the public."""

    DRAFT = "draft", "草稿", "draft"
    IN_REVIEW = "in_review", "待审核", "in review"
    RETURNED = "returned", "已退回", "returned"
    PUBLISHED = "published", "已发布", "published"
    DISCARDED = "discarded", "已放弃", "discarded"


class ChangeWeight(Vocabulary):
    """What a publication does to a record. Source: Order 80 art. 26 (major: name, area, quality, form)."""

    NEW = "new", "新登记", "new record"
    MINOR = "minor", "一般变更", "minor change"
    MAJOR = "major", "重大变更", "major change"
    CORRECTION = "correction", "更正", "correction"
    WITHDRAWN = "withdrawn", "撤下", "withdrawal"
    RESTORED = "restored", "恢复公开", "restored"


class PageEffect(Vocabulary):
    """What a publication does to a page of the public site."""

    APPEARS = "appears", "新增公开", "appears"
    CHANGES = "changes", "内容变化", "changes"
    DISAPPEARS = "disappears", "不再公开", "disappears"


class Withdrawal(Vocabulary):
    """How a record left the public site."""

    GONE = "gone", "已撤下", "gone"
    REDIRECT = "redirect", "已并入其他记录", "merged into another record"
    WITHHELD = "withheld", "依法不公开", "withheld"


class Role(Vocabulary):
    """What a member of staff may do."""

    EDITOR = "editor", "录入", "editor"
    REVIEWER = "reviewer", "审核", "reviewer"
    IMPORTER = "importer", "导入", "importer"
    GIS_EDITOR = "gis_editor", "制图", "map editor"
    INDICATOR_OFFICER = "indicator_officer", "指标", "indicator officer"
    AUDITOR = "auditor", "审计", "auditor"
    LEAD_OFFICER = "lead_officer", "线索处理", "lead officer"
    ADMIN = "admin", "管理", "administrator"
    PARTNER = "partner", "协作单位", "partner agency"


class ApiAct(Vocabulary):
    """What is counted and limited apart, by address and by key."""

    VERIFY = "verify", "核验", "verification"
    BATCH = "batch", "批量核验", "batch verification"
    SEARCH = "search", "检索", "search"
    READ = "read", "其他读取", "other reads"
    FILES = "files", "文件下载", "file downloads"
    KEY = "key", "查看密钥", "looking at the key"


class ApiScope(Vocabulary):
    """What a key is good for."""

    VERIFY = "verify", "核验", "verification"
    BATCH = "batch", "批量核验", "batch verification"
    READ = "read", "检索、读取和下载", "search, reads and downloads"


class StaffAct(Vocabulary):
    """What is done at the staff desk; the table of roles and acts says who may."""

    KEEP_OWN_ACCOUNT = "keep_own_account", "自己的账号", "one's own account"
    SEE_DESK = "see_desk", "看工作台", "see the work list"
    READ_RECORDS = "read_records", "看登记和草稿", "read records and drafts"
    DRAFT = "draft", "起草", "write drafts"
    SUBMIT = "submit", "提交审核", "hand over for review"
    RETURN = "return", "退回", "return a draft"
    PUBLISH = "publish", "公布", "publish"
    STOP_A_WRONG = "stop_a_wrong", "限期改正、注销", "put under correction, deregister"
    IMPORT = "import", "批量导入", "import a table"
    SEE_LEADS = "see_leads", "看线索清单", "see the list of leads"
    READ_LEAD = "read_lead", "看线索和联系人", "read a lead with its contact"
    READ_AUDIT = "read_audit", "看审计记录", "read the audit trail"
    SEE_ACCOUNTS = "see_accounts", "看账号", "see accounts"
    KEEP_ACCOUNTS = "keep_accounts", "管理账号", "keep accounts"
    KEEP_KEYS = "keep_keys", "管理接口密钥和接收方", "keep keys and receivers of the interface"


class WorkList(Vocabulary):
    """What waits for somebody at the staff desk, each a list of its own."""

    RETURNED = "returned", "退回给我的", "returned to me"
    MY_DRAFTS = "drafts", "我的草稿", "my drafts"
    TO_REVIEW = "review", "待我审核", "waiting for my review"
    OVERDUE_LEADS = "leads", "超期线索", "overdue leads"
    EXPIRING_MARKS = "marks", "到期商标", "expiring trademarks"
    STALE_CHECKS = "stale", "来源核对过期", "stale source checks"
    INDEX = "index", "检索未跟上", "waiting for the index"


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


class Outcome(Vocabulary):
    """The verdict of a verification. Source: decision table of the domain reference, 7.4."""

    AUTHORISED = "authorised", "可以使用专用标志", "authorised"
    NOT_AUTHORISED = "not_authorised", "没有使用核准记录", "not authorised"
    ENDED = "ended", "使用资格已终止", "ended"
    NOT_YET_EFFECTIVE = "not_yet_effective", "使用核准尚未生效", "not yet effective"
    PROTECTION_ENDED = "protection_ended", "地理标志保护已终止", "protection ended"
    CHOOSE_PRODUCT = "choose_product", "请选择产品", "choose a product"
    AMBIGUOUS = "ambiguous", "产品名称不明确", "product name not clear"
    NOT_ON_RECORD = "not_on_record", "本站登记中未查到", "not on record"
    OUT_OF_SCOPE = "out_of_scope", "不在本站登记范围", "out of scope"
    WITHHELD = "withheld", "依法不公开", "withheld"


class Reason(Vocabulary):
    """Why the verdict is what it is."""

    IN_FORCE = "in_force", "核准在所查日期有效", "in force on the day asked"
    UNDER_CORRECTION = "under_correction", "核准有效，正在限期改正", "in force, under correction"
    PROTECTION_IN_GRACE = "protection_in_grace", "商标处于续展宽展期", "the mark is in its grace period"
    NEVER = "never", "登记中没有该单位的使用核准", "no authorisation was ever recorded"
    OTHER_PRODUCT = "other_product", "该单位获准用于其他产品", "authorised for another product"
    HOLDER_ONLY = (
        "holder_only",
        "该单位是权利人，登记中没有其使用核准",
        "a holder, with no authorisation recorded",
    )
    DEREGISTERED = "deregistered", "使用资格已注销", "deregistered"
    LICENCE_ENDED = "licence_ended", "许可使用期满", "the licence ended"
    ORGANISATION_STRUCK_OFF = (
        "organisation_struck_off",
        "该单位已注销或被吊销营业执照",
        "the organisation was dissolved or lost its licence",
    )
    EFFECTIVE_LATER = "effective_later", "核准在所查日期之后生效", "effective after the day asked"
    PROTECTION_NOT_IN_FORCE = (
        "protection_not_in_force",
        "地理标志保护在所查日期之前已终止",
        "the protection had ended",
    )
    PROTECTION_NOT_YET = (
        "protection_not_yet",
        "地理标志保护在所查日期尚未生效",
        "the protection had not begun",
    )
    PROTECTION_UNVERIFIED = (
        "protection_unverified",
        "地理标志保护状态未核实",
        "the protection's state is not verified",
    )
    SEVERAL_PRODUCTS = "several_products", "该单位涉及多个产品", "several products"
    SEVERAL_MATCHES = "several_matches", "名称对应多个产品", "the name matches several products"
    TARGET_UNKNOWN = "target_unknown", "登记中没有这个产品名称或编号", "no such product or number on record"
    WELL_FORMED_UNKNOWN = "well_formed_unknown", "代码格式正确，登记中未查到", "well formed, not on record"
    OTHER_DISTRICT = "other_district", "该产品属于其他地区", "the product belongs to another district"
    WITHDRAWN_RECORD = "withdrawn_record", "该记录依法不公开", "the record is withheld"


class Spelling(Vocabulary):
    """What was put right in a code before it was read."""

    FULL_WIDTH = "full_width", "含全角字符", "full-width characters"
    SEPARATORS = "separators", "含空格或连字符", "spaces or hyphens"
    LOWER_CASE = "lower_case", "含小写字母", "lower-case letters"


class Caution(Vocabulary):
    """A warning that stands beside a verdict."""

    UNDER_CORRECTION = "under_correction", "已被责令限期改正", "under correction"
    PROTECTION_IN_GRACE = (
        "protection_in_grace",
        "商标专用期已满，处于宽展期",
        "the mark is in its grace period",
    )
    FUTURE_DATE = "future_date", "所查日期在将来，按今天所知回答", "a future day, answered as known today"
    CODE_FAILS_CHECK = (
        "code_fails_check",
        "代码校验位不符，但与登记一致",
        "the code fails its check but is on record",
    )
    DEMONSTRATION = "demonstration", "示例数据（虚构）", "demonstration data (fictional)"
    ORGANISATION_STRUCK_OFF = (
        "organisation_struck_off",
        "该单位现已注销或被吊销",
        "the organisation has since been dissolved or lost its licence",
    )
    HISTORICAL_CODE = "historical_code", "这是该单位的历史代码", "a former code of the organisation"


class DatePrecision(Vocabulary):
    """How exactly a date is known."""

    DAY = "day", "日", "day"
    MONTH = "month", "月", "month"
    YEAR = "year", "年", "year"
    UNKNOWN = "unknown", "不详", "unknown"


class AreaUnit(Vocabulary):
    """Units in which areas are announced; 1 mu is 1/15 hectare."""

    MU = "mu", "亩", "mu"
    HECTARE = "hectare", "公顷", "ha"
    SQUARE_KILOMETRE = "square_kilometre", "平方千米", "km²"

    @property
    def hectares(self) -> float:
        """How many hectares one of this unit is."""
        return {AreaUnit.MU: 1 / 15, AreaUnit.HECTARE: 1.0, AreaUnit.SQUARE_KILOMETRE: 100.0}[self]


class Datum(Vocabulary):
    """What the coordinates of an area referred to when they came in; stored ones are WGS 84 (equal to CGCS2000)."""

    WGS84 = "wgs84", "WGS 84", "WGS 84"
    CGCS2000 = "cgcs2000", "2000 国家大地坐标系", "CGCS2000"
    GCJ02 = "gcj02", "GCJ-02（已换算）", "GCJ-02 (converted)"
    BD09 = "bd09", "BD-09（已换算）", "BD-09 (converted)"
    NOT_STATED = "not_stated", "来件未说明，按 WGS 84 读入", "not stated, read as WGS 84"


class Severity(Vocabulary):
    """How grave a finding about an area is, the gravest first."""

    ERROR = "error", "错误", "error"
    NOTE = "note", "须说明", "needs a note"
    INFO = "info", "提示", "for information"


class AnnexKind(Vocabulary):
    """What a table in an announcement's annex does to the register."""

    APPROVAL = "approval", "核准使用", "approval"
    CHANGE = "change", "变更", "change"
    DEREGISTRATION = "deregistration", "注销", "deregistration"


class AnnexField(Vocabulary):
    """What a column of an announcement's table says."""

    SERIAL = "serial", "序号", "serial number"
    NAME = "name", "企业名称", "name"
    USCC = "uscc", "统一社会信用代码", "unified social credit code"
    PRODUCT = "product", "产品名称", "product"
    TRADEMARK = "trademark", "核准商标", "trademark"
    ADDRESS = "address", "地址", "address"
    REPRESENTATIVE = "representative", "法定代表人", "legal representative"
    EFFECTIVE_ON = "effective_on", "生效日期", "effective on"
    LICENCE_LAST_DAY = "licence_last_day", "许可期止（含当日）", "last day of the licence"
    GROUND = "ground", "注销事由", "ground"
    CHANGED_ITEM = "changed_item", "变更事项", "what changes"
    VALUE_BEFORE = "value_before", "变更前", "before"
    VALUE_AFTER = "value_after", "变更后", "after"
    NAME_BEFORE = "name_before", "变更前企业名称", "name before"
    NAME_AFTER = "name_after", "变更后企业名称", "name after"
    ADDRESS_BEFORE = "address_before", "变更前地址", "address before"
    ADDRESS_AFTER = "address_after", "变更后地址", "address after"
    REPRESENTATIVE_BEFORE = "representative_before", "变更前法定代表人", "legal representative before"
    REPRESENTATIVE_AFTER = "representative_after", "变更后法定代表人", "legal representative after"
    TRADEMARK_BEFORE = "trademark_before", "变更前商标", "trademark before"
    TRADEMARK_AFTER = "trademark_after", "变更后商标", "trademark after"
    ANNOUNCEMENT = "announcement", "公告编号", "announcement number"
    NOTE = "note", "备注", "note"


class RowAction(Vocabulary):
    """What an announced row would do to the register."""

    CREATE = "create", "新增", "create"
    UPDATE = "update", "变更", "update"
    CLOSE = "close", "注销", "close"
    NO_OP = "no_op", "无变化", "no change"
    SKIP = "skip", "不属本登记，略过", "not ours, left out"
    CONFLICT = "conflict", "与登记冲突", "conflict"
    ERROR = "error", "内容有误", "error"


class BatchState(Vocabulary):
    """Where a batch stands; it follows from its drafts and from the batch that undoes it."""

    IN_REVIEW = "in_review", "待审核", "in review"
    APPLIED = "applied", "已生效", "applied"
    PARTLY_APPLIED = "partly_applied", "部分生效", "partly applied"
    RETURNED = "returned", "已退回", "returned"
    UNDONE = "undone", "已撤销", "undone"
