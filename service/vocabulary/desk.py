"""The staff's work: records, drafts, roles."""

from __future__ import annotations

from service.vocabulary.entry import Vocabulary


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
    CREDIT_ASSESSMENT = "credit_assessment", "信用等级", "credit grade"
    INSPECTION_PLAN = "inspection_plan", "抽查计划", "inspection plan"
    INSPECTION = "inspection", "检查记录", "inspection"
    DEMONSTRATION_ZONE = "demonstration_zone", "示范区", "demonstration zone"
    ZONE_EVENT = "zone_event", "示范区事项", "event of the zone"


SEARCHABLE_KINDS = (
    RecordKind.GI_PRODUCT,
    RecordKind.ORGANISATION,
    RecordKind.TRADEMARK,
    RecordKind.BRAND,
    RecordKind.ANNOUNCEMENT,
    RecordKind.SERVICE_POINT,
)
"""Kinds that stand in the search index."""


class DraftState(Vocabulary):
    """Where a draft stands between its author and the public."""

    DRAFT = "draft", "草稿", "draft"
    IN_REVIEW = "in_review", "待审核", "in review"
    RETURNED = "returned", "已退回", "returned"
    PUBLISHED = "published", "已发布", "published"
    DISCARDED = "discarded", "已放弃", "discarded"


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


class Severity(Vocabulary):
    """How grave a finding about an area is, the gravest first."""

    ERROR = "error", "错误", "error"
    NOTE = "note", "须说明", "needs a note"
    INFO = "info", "提示", "for information"


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
    SEE_IMPORTS = "see_imports", "看导入批次", "see imports"
    FREEZE_SNAPSHOT = "freeze_snapshot", "冻结指标快照", "freeze the indicators"
    SEE_INSPECTIONS = "see_inspections", "看检查计划和结果", "see inspections"
    FREEZE_DRAW = "freeze_draw", "冻结抽查总体", "freeze the population of a draw"
    DRAW = "draw", "抽取", "draw at random"
    SEE_LEADS = "see_leads", "看线索", "see leads"
    READ_LEAD = "read_lead", "看线索的联系人", "read who brought a lead"
    SEE_ALERTS = "see_alerts", "看停用告警", "see alerts of many stops"
    HANDLE_LEAD = "handle_lead", "办理线索", "handle a lead"
    SEE_LEDGER = "see_ledger", "看工作台账", "see the ledger of service points"
    KEEP_LEDGER = "keep_ledger", "记工作台账", "keep the ledger of service points"
    READ_AUDIT = "read_audit", "看审计记录", "read the audit trail"
    SEE_ACCOUNTS = "see_accounts", "看账号", "see accounts"
    KEEP_ACCOUNTS = "keep_accounts", "管理账号", "keep accounts"
    SEE_KEYS = "see_keys", "看接口密钥和推送地址", "see keys and webhooks"
    KEEP_KEYS = "keep_keys", "管理接口密钥和推送地址", "keep keys and webhooks"


class WorkList(Vocabulary):
    """What waits for somebody at the staff desk, each a list of its own."""

    RETURNED = "returned", "退回给我的", "returned to me"
    MY_DRAFTS = "drafts", "我的草稿", "my drafts"
    TO_REVIEW = "review", "待我审核", "waiting for my review"
    MANY_STOPS = "stops", "一人多次停用", "many stops by one person"
    OVERDUE_CORRECTIONS = "corrections", "逾期未改正", "overdue corrections"
    BATCHES_TO_REVIEW = "batches", "待我审核的导入", "imports waiting for my review"
    IMPORTS_TO_MEND = "imports", "有问题的导入", "imports with problems"
    OVERDUE_LEADS = "leads", "超期线索", "overdue leads"
    ANOMALIES = "anomalies", "登记疑点", "anomalies of the register"
    EXPIRING_MARKS = "marks", "到期商标", "expiring trademarks"
    STALE_CHECKS = "stale", "来源核对过期", "stale source checks"
    INDEX = "index", "检索未跟上", "waiting for the index"


class Anomaly(Vocabulary):
    """What does not go together in the register: nothing is wrong for certain, somebody should look.

    Source: domain reference 1.14 no. 10.
    """

    PROTECTION_ENDED = (
        "protection_ended",
        "保护已终止，核准还开着",
        "authorised under a protection that ended",
    )
    STRUCK_OFF = "struck_off", "单位已注销或吊销，核准还开着", "authorised, its holder struck off"
    MARK_TERM = "mark_term", "商标专用期将满或已满，还有使用人", "mark near or past its term, still used"
    NO_AREA = "no_area", "有使用人，没有产地范围", "used, without a production area"
    OUTSIDE_AREA = "outside_area", "登记地在产地范围之外", "registered outside the production area"
    SHARED_CODE = "shared_code", "一个代码，两个单位", "one code, two organisations"
    SEVERAL_PRODUCTS = "several_products", "一个代码用在几个产品上", "one code on several products"
    COUNT_DIFFERS = "count_differs", "家数与公告写明的不同", "another number than the announcement declares"
