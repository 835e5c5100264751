"""The fields of records in words: their groups as people think of them, their English names, and help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from service.register.payloads import PAYLOADS
from service.vocabulary import RecordKind
from service.web.wording.choosing import pick


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together, in the order in which they are asked."""

    code: str
    words: tuple[str, str]
    fields: Sequence[str]

    def label(self, lang: str) -> str:
        """Return the heading."""
        return pick(self.words, lang)


GROUPS: Final[tuple[Group, ...]] = (
    Group(
        "identity",
        ("标识", "Identity"),
        (
            *("authorisation", "event", "voided_sequence", "code", "slug", "uscc", "registration_no"),
            *("international_registration_no", "issuer", "number", "document_number", "scheme", "year"),
            *("indicator", "brand", "level", "batch", "as_of", "file", "sha256", "size", "media_type"),
            *("zone", "plan"),
            *("announcement_kind", "document_kind", "division_kind", "organisation_kind", "point_kind"),
            *("brand_kind", "mark_type", "nature", "category", "industry", "former_codes", "codes"),
            "is_code_official",
        ),
    ),
    Group(
        "names",
        ("名称", "Names"),
        (
            *("name", "title", "name_en", "aliases", "former_names", "short_names", "trade_names"),
            "scientific_name",
        ),
    ),
    Group(
        "right",
        ("权利", "Right"),
        (
            *("protection", "version_no", "product", "track", "instrument", "basis", "numbers", "nice_class"),
            *("nice_classes", "goods", "announcement", "announced_row", "ground", "status"),
            *("status_checked_on", "requirements", "traits", "standards", "use_rules", "trademarks"),
            "products",
        ),
    ),
    Group(
        "people",
        ("单位和人", "Bodies and people"),
        (
            *("organisation", "applicant", "registrant_name", "registrant", "holder", "manager"),
            *("mark_management_body", "owner_name", "owner", "operator", "approved_name"),
            *("approved_address", "approved_representative", "approved_trademark", "legal_representative"),
            *("is_representative_announced", "telephone", "hours", "services", "inspectors"),
        ),
    ),
    Group(
        "place",
        ("地点", "Place"),
        (
            *("home_relation", "division", "place_as_printed", "address", "parent", "longitude", "latitude"),
            *("point_source", "text_original", "text_as_of", "tier", "divisions", "partial_divisions"),
            *(
                "excluded_divisions",
                "stated_area",
                "stated_unit",
                "stated_box",
                "stated_limits",
                "confidence",
            ),
            *("method_note", "geometry", "geometry_crs", "geometry_datum"),
        ),
    ),
    Group(
        "days",
        ("日期", "Dates"),
        (
            *("effective_on", "happened_on", "inspected_on", "ordered_on", "order_working_days"),
            *("corrected_on", "published_from", "publication_term", "precision", "deadline_on"),
            *("licence_last_day", "last_day"),
            *("applied_on", "preliminary_published_on", "registered_on", "term_first_day", "term_last_day"),
            *("published_on", "founded_on", "founded_precision", "recognised_on", "opened_on", "closed_on"),
            *("valid_from", "valid_to", "in_force_from", "in_force_to", "opposition_months", "term_years"),
            *("grace_months", "season_months", "rest_days", "worked_days"),
        ),
    ),
    Group(
        "content",
        ("内容和说明", "Content and notes"),
        (
            *("grade", "outcome", "condition", "credit_scheme", "ratios", "scope", "checklist", "answers"),
            *("findings", "description", "subject", "formula", "unit", "target", "target_year", "value"),
            "numerator",
            *("denominator", "declared_organisations", "declared_products", "documents", "url"),
            *("licence_note", "is_open", "note", "change_note", "override_note", "conflicts"),
        ),
    ),
    Group(
        "source",
        ("来源", "Source"),
        (
            *("source_level", "source", "source_url", "source_locator", "source_checked_on"),
            *("source_document", "is_demonstration"),
        ),
    ),
    Group("withdrawal", ("撤下", "Withdrawal"), ("withdrawal", "withdrawal_reason", "redirect")),
)
"""Which field stands where, whatever kind of record it is of; a test keeps every field in exactly one group."""

_ENGLISH: Final[Mapping[str, str]] = {
    "announced_row": "Row in the annex",
    "announcement_kind": "Kind of announcement",
    "applied_on": "Applied on",
    "approved_address": "Address as announced",
    "approved_name": "Name as announced",
    "approved_representative": "Legal representative as announced",
    "approved_trademark": "Approved trademark",
    "as_of": "Day",
    "authorisation": "Authorisation",
    "basis": "Basis of use",
    "answers": "What was found of each item",
    "closed_on": "Closed on",
    "corrected_on": "Corrected on",
    "credit_scheme": "Credit scheme",
    "findings": "Findings (public)",
    "inspected_on": "Inspected on",
    "inspectors": "Numbers of the inspectors",
    "order_working_days": "Working days to correct",
    "ordered_on": "Ordered on",
    "publication_term": "Public for",
    "published_from": "Public from",
    "ratios": "Shares by grade",
    "codes": "Division codes",
    "confidence": "Confidence",
    "conflicts": "Contradictions between sources",
    "deadline_on": "Deadline for correction",
    "declared_organisations": "Firms, as the announcement counts",
    "declared_products": "Products, as the announcement counts",
    "divisions": "Townships",
    "document_kind": "Kind of document",
    "document_number": "Document number",
    "documents": "Annexes",
    "effective_on": "Effective on",
    "event": "What happened",
    "excluded_divisions": "Townships excluded",
    "former_codes": "Former codes",
    "former_names": "Former names",
    "founded_on": "Founded",
    "founded_precision": "How exactly the foundation is known",
    "geometry": "Shape",
    "geometry_crs": "Reference system as sent",
    "geometry_datum": "Datum as sent",
    "grace_months": "Grace period, months",
    "happened_on": "Day",
    "home_relation": "Relation to this district",
    "hours": "Opening hours",
    "in_force_from": "In force from",
    "in_force_to": "In force until",
    "instrument": "Legal basis",
    "international_registration_no": "International registration",
    "is_code_official": "Code verified",
    "is_demonstration": "Demonstration (fictional)",
    "is_open": "Open to the public",
    "is_representative_announced": "Representative is announced",
    "issuer": "Issuer",
    "last_day": "Term to, inclusive",
    "legal_representative": "Legal representative",
    "licence_last_day": "Licensed to, inclusive",
    "licence_note": "Licence",
    "mark_management_body": "Body that manages the special mark",
    "mark_type": "Type of mark",
    "media_type": "Media type",
    "method_note": "How it was drawn",
    "nice_class": "Nice class",
    "nice_classes": "Nice classes",
    "opened_on": "Opened on",
    "opposition_months": "Opposition, months",
    "organisation": "Organisation",
    "organisation_kind": "Kind of organisation",
    "override_note": "Override note",
    "partial_divisions": "Townships, in part",
    "place_as_printed": "Place as printed",
    "point_source": "Source of the point",
    "precision": "How exactly the day is known",
    "preliminary_published_on": "Preliminary publication",
    "published_on": "Published on",
    "recognised_on": "Recognised on",
    "redirect": "Merged into",
    "registered_on": "Registered on",
    "registrant_name": "Registrant",
    "registration_no": "Registration number",
    "rest_days": "Days of rest",
    "scientific_name": "Scientific name",
    "season_months": "Months on the market",
    "sha256": "SHA-256",
    "short_names": "Short names",
    "size": "Bytes",
    "source_checked_on": "Source checked on",
    "source_document": "Kept file",
    "source_level": "Level of the source",
    "source_locator": "Place in the source",
    "source_url": "Address of the source",
    "stated_area": "Area as stated",
    "stated_box": "Coordinates as stated",
    "stated_limits": "Limits on four sides",
    "stated_unit": "Unit of area",
    "status_checked_on": "Status checked on",
    "target_year": "Year of the target",
    "term_first_day": "Term from",
    "term_last_day": "Term to, inclusive",
    "term_years": "Term, years",
    "text_as_of": "Day of the text",
    "text_original": "Area, in the words of the announcement",
    "tier": "How it is drawn",
    "trade_names": "Trade names",
    "traits": "Quality traits",
    "use_rules": "Rules of use",
    "uscc": "Unified social credit code",
    "valid_from": "Valid from",
    "valid_to": "Valid until",
    "version_no": "Version",
    "voided_sequence": "Number of the entry withdrawn",
    "withdrawal": "Withdrawn as",
    "withdrawal_reason": "Reason of the withdrawal",
    "worked_days": "Days worked",
    "name_en": "English name",
    "owner": "Owner's code",
    "registrant": "Registrant's code",
    "brand_kind": "Kind of brand",
    "division_kind": "Kind of division",
    "point_kind": "Kind of service point",
    "owner_name": "Owner",
    "parent": "Division above",
}
"""Names that the field's own does not say; the others are their field's name in words."""

_HELP: Final[Mapping[str, tuple[str, str]]] = {
    "ratios": (
        "每行一个：等级=百分比，如 A=5；没有等级的写 未评级=10，必须有这一行。依据写在来源里。",
        "One a line, grade=per cent (A=5). The ungraded stand under 未评级 and must. The source says who fixed them.",
    ),
    "inspectors": (
        "执法证号或单位内编号，每行一个，至少两个。会随抽取结果公开，不要写姓名。",
        "Numbers, one a line, at least two. They become public with the draw: no names.",
    ),
    "findings": (
        "公示期内对公众显示，不要写个人信息。",
        "Shown to the public during its term. No personal data.",
    ),
    "plan": (
        "抽查计划的编号；不是随机抽查的留空。",
        "The plan's code; empty for an inspection that was not drawn.",
    ),
    "credit_scheme": (
        "按信用等级定比例的，写信用等级用的分类体系。",
        "The scheme of the grades, where shares follow grades.",
    ),
    "zone": ("示范区的编号。", "The zone's code."),
    "condition": ("登记条件佐证时选择，其他事项不选。", "For evidence, and for nothing else."),
    "announcement": (
        "公告编号，如 cnipa-475，或写明机关的公告号。公告要先登记。",
        "The announcement's code, such as cnipa-475. It must be on the register.",
    ),
    "organisation": ("统一社会信用代码，或登记中的准确名称。", "The code, or exactly the registered name."),
    "product": ("产品的登记编号或名称。", "The product's code or name."),
    "protection": ("保护编号，如 QJ-PR-0001。", "The protection's code, such as QJ-PR-0001."),
    "authorisation": ("核准编号，如 QJ-AU-0001。", "The authorisation's code, such as QJ-AU-0001."),
    "slug": (
        "网页地址里的名字，小写拼音和短横。改了以后旧地址仍然可用。",
        "The name in the address: pinyin and hyphens. The old address goes on working.",
    ),
    "uscc": ("18 位；没有代码的单位留空。", "18 characters; empty for a body without one."),
    "source": ("写明文件、公告或网页的名称，别人能照着找到。", "Name it so that somebody else can find it."),
    "source_level": (
        "二手来源和仅有提法的内容，公众页面会标“未核实”。",
        "Secondary and claimed facts are shown as not verified.",
    ),
    "source_locator": ("第几页、附件第几行。", "Page, or row of the annex."),
    "source_document": (
        "存档文件的 SHA-256。上传文件后自动填写。",
        "SHA-256 of the kept file; filled in when a file is sent.",
    ),
    "withdrawal": (
        "撤下后公众页面显示“已撤下”和原因；已并入的转到另一条记录。",
        "The public page then says so with the reason; a merged record leads to the other one.",
    ),
    "redirect": (
        "另一条记录的永久标识（26 位）。",
        "The other record's permanent identifier (26 characters).",
    ),
    "division": ("乡镇、街道名称或区划代码。", "Name or code of the township."),
    "category": ("类别代码或名称。", "Code or name of the category."),
    "season_months": ("1 到 12，每行一个。", "1 to 12, one a line."),
    "rest_days": (
        "全年的放假日子，含放假期间的周末。每行一天或一段，段写成 2026-02-15/2026-02-23，头尾两天都算。",
        "All days of rest of the year, weekends within them too. A day or a period a line: 2026-02-15/2026-02-23.",
    ),
    "worked_days": (
        "要上班的周末，每行一天或一段。",
        "Weekend days that are worked, a day or a period a line.",
    ),
    "numbers": ("照公告或证书原样填写，每行一个。", "As printed, one a line."),
    "voided_sequence": ("要撤回的事项是第几条。", "Which entry is withdrawn, by its number."),
    "note": ("同一事项再登记一次，要在这里说明原因。", "Say here why the same event is entered again."),
    "ground": ("注销时必填，其他事项不填。", "For a deregistration, and for nothing else."),
    "deadline_on": ("责令限期改正时必填，其他事项不填。", "For a correction order, and for nothing else."),
    "precision": (
        "日期不详的，选“不详”并把日期留空。",
        "If it is not known, choose unknown and leave the day empty.",
    ),
}


def field_label(kind: RecordKind, name: str, lang: str) -> str:
    """Return what a field of a kind of record is called; the Chinese name is the heading of its column in a table."""
    if lang.startswith("en"):
        return _ENGLISH.get(name) or name.replace("_", " ").capitalize()
    field = PAYLOADS[kind].model_fields.get(name)
    return (field.title if field else None) or name


_COLUMNS: Final[Mapping[tuple[RecordKind, str], tuple[str, str]]] = {
    (RecordKind.AUTHORISATION, "organisation"): ("单位", "Organisation"),
    (RecordKind.AUTHORISATION, "uscc"): ("统一社会信用代码", "Unified social credit code"),
}


def column_label(kind: RecordKind, name: str, lang: str) -> str:
    """Return what stands over a column of a list: what it shows, which may be a name where the field has a code."""
    words = _COLUMNS.get((kind, name))
    return pick(words, lang) if words else field_label(kind, name, lang)


def field_help(name: str, lang: str) -> str | None:
    """Return what helps to fill a field in, if anything needs to be said."""
    words = _HELP.get(name)
    return pick(words, lang) if words else None
