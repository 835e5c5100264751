"""The editable record of each kind: one model for the form, the spreadsheet row, the stored draft and the API.

A field's title is its Chinese column heading; its name is the English one. Lists stand in one cell, parted by
`；` or a line break. References are made by what people know: a code, a USCC, a number, a name.
"""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from service.identifiers import AnnouncementNumber, IdentifierError, TrademarkNumber, Uscc
from service.vocabulary import (
    AnnouncementKind,
    AreaTier,
    AreaUnit,
    AuthorisationBasis,
    AuthorisationEventKind,
    BrandKind,
    CodeScheme,
    Confidence,
    DatePrecision,
    DeregistrationGround,
    DivisionKind,
    DocumentKind,
    HomeRelation,
    IndicatorNature,
    Industry,
    Issuer,
    MarkStatus,
    MarkType,
    OrganisationKind,
    OrganisationStatus,
    ProtectionEventKind,
    RecordKind,
    ServicePointKind,
    TimeHonouredLevel,
    TimeHonouredStatus,
    Track,
    VerificationLevel,
    Withdrawal,
)

_INVISIBLE = dict.fromkeys(
    map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
)


def _clean(value: object) -> object:
    """Return text in NFC without invisible characters and outer space; empty text is no value."""
    if not isinstance(value, str):
        return value
    text = unicodedata.normalize("NFC", value).translate(_INVISIBLE).strip().strip("\u3000")
    if any(unicodedata.category(letter) == "Cc" and letter not in "\n\t" for letter in text):
        raise ValueError("control characters are not allowed")
    return text or None


def _uscc(value: object) -> object:
    """Return a USCC in normal form; a wrong check character may stand, since a few real codes have one."""
    cleaned = _clean(value)
    try:
        return Uscc.parse_unchecked(cleaned).value if isinstance(cleaned, str) else cleaned
    except IdentifierError as error:
        raise ValueError(error.code) from error


def _trademark_number(value: object) -> object:
    cleaned = _clean(value)
    try:
        return TrademarkNumber.parse(cleaned).normal_form if isinstance(cleaned, str) else cleaned
    except IdentifierError as error:
        raise ValueError(error.code) from error


def _listed(value: object) -> object:
    if isinstance(value, str):
        parts = value.replace("\n", "；").replace(";", "；").split("；")
        return tuple(part.strip() for part in parts if part.strip())
    return () if value is None else value


Line = Annotated[str, BeforeValidator(_clean), StringConstraints(min_length=1, max_length=300)]
Code = Annotated[str, BeforeValidator(_clean), StringConstraints(min_length=1, max_length=60)]
LongText = Annotated[str, BeforeValidator(_clean), StringConstraints(min_length=1, max_length=20_000)]
Optional_ = BeforeValidator(_clean)
Day = Annotated[date | None, BeforeValidator(_clean)]
Lines = Annotated[tuple[Line, ...], BeforeValidator(_listed), Field(max_length=200)]
NiceClass = Annotated[int, Field(ge=1, le=45)]
Month = Annotated[int, Field(ge=1, le=12)]
Longitude = Annotated[float | None, BeforeValidator(_clean), Field(ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float | None, BeforeValidator(_clean), Field(ge=-90, le=90, allow_inf_nan=False)]
Amount = Annotated[float | None, BeforeValidator(_clean), Field(ge=0, allow_inf_nan=False)]
Count = Annotated[int | None, BeforeValidator(_clean), Field(ge=0, le=10_000_000)]
Year = Annotated[int | None, BeforeValidator(_clean), Field(ge=1949, le=2100)]


class Payload(BaseModel):
    """What every editable record states beside its own fields: the source of its facts (I-11)."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_max_length=20_000)
    kind: ClassVar[RecordKind]
    key_fields: ClassVar[tuple[str, ...]]

    source: LongText = Field(title="来源")
    source_level: VerificationLevel = Field(title="来源级别")
    source_url: Annotated[Line | None, Optional_] = Field(None, title="来源网址")
    source_locator: Annotated[Line | None, Optional_] = Field(None, title="来源位置")
    source_document: Annotated[Code | None, Optional_] = Field(None, title="来源文件")
    source_checked_on: Day = Field(None, title="来源核对日期")
    is_demonstration: bool = Field(default=False, title="示例")
    withdrawal: Withdrawal | None = Field(None, title="撤下方式")
    withdrawal_reason: Annotated[LongText | None, Optional_] = Field(None, title="撤下原因")
    redirect: Annotated[Code | None, Optional_] = Field(None, title="并入记录")

    def key(self) -> str:
        """Return what tells this record from the others of its kind; the same key again is the same record."""
        return ":".join(str(getattr(self, name) or "") for name in self.key_fields)

    @model_validator(mode="after")
    def _withdrawal_has_its_reason(self) -> Self:
        if (self.withdrawal is None) != (self.withdrawal_reason is None):
            raise ValueError("a withdrawal needs its reason, and a reason its withdrawal")
        return self

    @model_validator(mode="before")
    @classmethod
    def _empty_cells_are_absent(cls, data: Any) -> Any:
        """Let an empty spreadsheet cell or form field mean the field's default."""
        if not isinstance(data, dict):
            return data
        return {
            key: value for key, value in data.items() if not (isinstance(value, str) and not value.strip())
        }


class DocumentPayload(Payload):
    """A kept file. `file` is a path beside the imported file; the bytes go to the document store."""

    kind = RecordKind.DOCUMENT
    key_fields = ("sha256",)
    file: Annotated[Line | None, Optional_] = Field(None, title="文件")
    sha256: Annotated[str | None, Optional_, StringConstraints(pattern=r"^[0-9a-f]{64}$")] = Field(
        None, title="SHA-256"
    )
    size: Count = Field(None, title="字节数")
    media_type: Annotated[Line | None, Optional_] = Field(None, title="媒体类型")
    title: Line = Field(title="标题")
    document_kind: DocumentKind = Field(title="文件类别")
    issuer: Issuer | None = Field(None, title="发文机关")
    document_number: Annotated[Code | None, Optional_] = Field(None, title="发文字号")
    published_on: Day = Field(None, title="发布日期")
    url: Annotated[Line | None, Optional_] = Field(None, title="网址")
    licence_note: Annotated[Line | None, Optional_] = Field(None, title="许可")
    is_open: bool = Field(default=False, title="公开")


class DivisionPayload(Payload):
    """An administrative division; codes are written `scheme:year:code`, e.g. `nbs:2023:500114117000`."""

    kind = RecordKind.DIVISION
    key_fields = ("slug",)
    slug: Code = Field(title="标识")
    name: Line = Field(title="名称")
    division_kind: DivisionKind = Field(title="级别")
    parent: Annotated[Code | None, Optional_] = Field(None, title="上级")
    codes: Lines = Field((), title="区划代码")
    aliases: Lines = Field((), title="别名")
    longitude: Longitude = Field(None, title="经度")
    latitude: Latitude = Field(None, title="纬度")
    point_source: Annotated[Line | None, Optional_] = Field(None, title="坐标来源")
    valid_from: Day = Field(None, title="起")
    valid_to: Day = Field(None, title="止")

    def parsed_codes(self) -> list[tuple[CodeScheme, int, str]]:
        """Return (scheme, year, code) of each code."""
        return [
            (CodeScheme(scheme), int(year), code)
            for scheme, year, code in (entry.split(":") for entry in self.codes)
        ]

    @model_validator(mode="after")
    def _codes_are_whole(self) -> Self:
        for scheme, year, code in self.parsed_codes():
            if not (code.isascii() and code.isdigit() and len(code) in {2, 4, 6, 9, 12}) or not year:
                raise ValueError(f"not a division code of {scheme.value}")
        return self


class CategoryPayload(Payload):
    """A product category of one scheme."""

    kind = RecordKind.CATEGORY
    key_fields = (
        "scheme",
        "code",
    )
    scheme: Code = Field(title="分类体系")
    code: Code = Field(title="代码")
    name: Line = Field(title="名称")
    name_en: Annotated[Line | None, Optional_] = Field(None, title="英文名")
    is_code_official: bool = Field(default=False, title="代码已核实")


class LegalInstrumentPayload(Payload):
    """A law or rule with the days it is in force, half-open."""

    kind = RecordKind.LEGAL_INSTRUMENT
    key_fields = ("code",)
    code: Code = Field(title="标识")
    name: Line = Field(title="名称")
    name_en: Annotated[Line | None, Optional_] = Field(None, title="英文名")
    number: Annotated[Line | None, Optional_] = Field(None, title="文号")
    in_force_from: Day = Field(None, title="施行日期")
    in_force_to: Day = Field(None, title="失效日期")
    subject: LongText = Field(title="内容")
    opposition_months: Count = Field(None, title="异议期（月）")
    term_years: Count = Field(None, title="有效期（年）")
    grace_months: Count = Field(None, title="宽展期（月）")


class OrganisationPayload(Payload):
    """An organisation. The kind follows from the USCC unless it is given."""

    kind = RecordKind.ORGANISATION
    key_fields = ("uscc", "name")

    def key(self) -> str:
        """Return the code, or the name of a body whose code is not known."""
        return self.uscc or f"name:{self.name}"

    uscc: Annotated[str | None, BeforeValidator(_uscc)] = Field(None, title="统一社会信用代码")
    name: Line = Field(title="名称")
    name_en: Annotated[Line | None, Optional_] = Field(None, title="英文名")
    short_names: Lines = Field((), title="简称")
    former_names: Lines = Field((), title="曾用名")
    former_codes: Lines = Field((), title="历史代码")
    organisation_kind: OrganisationKind | None = Field(None, title="单位类别")
    division: Annotated[Line | None, Optional_] = Field(None, title="所在地")
    address: Annotated[Line | None, Optional_] = Field(None, title="地址")
    legal_representative: Annotated[Line | None, Optional_] = Field(None, title="法定代表人")
    is_representative_announced: bool = Field(default=False, title="法定代表人已公告")
    status: OrganisationStatus = Field(OrganisationStatus.UNKNOWN, title="登记状态")
    status_checked_on: Day = Field(None, title="状态核对日期")


class AnnouncementPayload(Payload):
    """An announcement; its number is given as printed and normalised on publication."""

    kind = RecordKind.ANNOUNCEMENT
    key_fields = ("issuer", "number")
    issuer: Issuer = Field(title="发布机关")
    number: Line = Field(title="公告号")
    title: Line = Field(title="标题")
    announcement_kind: AnnouncementKind = Field(title="公告类别")
    published_on: Day = Field(None, title="发布日期")
    url: Annotated[Line | None, Optional_] = Field(None, title="网址")
    declared_organisations: Count = Field(None, title="公告所称企业数")
    declared_products: Count = Field(None, title="公告所称产品数")
    documents: Lines = Field((), title="附件")

    def parsed_number(self) -> AnnouncementNumber:
        """Return the number in normal form, under the issuer that the record states.

        Raises:
            IdentifierError: the text is no announcement number, or names another issuer.
        """
        found = AnnouncementNumber.parse(self.number)
        if found.issuer not in {None, self.issuer.value}:
            raise IdentifierError("bad_number")
        return AnnouncementNumber(issuer=self.issuer.value, year=found.year, serial=found.serial)

    def key(self) -> str:
        """Return issuer and number: 第四九八号 and 第498号 are one announcement."""
        return self.parsed_number().normal_form

    @model_validator(mode="after")
    def _number_reads(self) -> Self:
        self.parsed_number()
        return self


class GiProductPayload(Payload):
    """A GI product and its names; rights are protections of their own."""

    kind = RecordKind.GI_PRODUCT
    key_fields = ("code",)
    code: Code = Field(title="登记编号")
    slug: Annotated[Code | None, Optional_] = Field(None, title="网址标识")
    name: Annotated[Line, StringConstraints(max_length=60)] = Field(title="产品名称")
    name_en: Annotated[Line | None, Optional_] = Field(None, title="英文名")
    aliases: Lines = Field((), title="别名")
    former_names: Lines = Field((), title="曾用名")
    trade_names: Lines = Field((), title="商品名")
    category: Annotated[Code | None, Optional_] = Field(None, title="产品类别")
    industry: Industry | None = Field(None, title="产业")
    nice_classes: Annotated[tuple[NiceClass, ...], BeforeValidator(_listed)] = Field((), title="尼斯分类")
    home_relation: HomeRelation = Field(title="与本区关系")
    division: Annotated[Line | None, Optional_] = Field(None, title="所在地区划")
    place_as_printed: Annotated[Line | None, Optional_] = Field(None, title="所在地（原文）")
    description: Annotated[LongText | None, Optional_] = Field(None, title="说明")
    scientific_name: Annotated[Line | None, Optional_] = Field(None, title="学名")
    season_months: Annotated[tuple[Month, ...], BeforeValidator(_listed)] = Field((), title="上市月份")
    conflicts: Lines = Field((), title="来源矛盾")


class ProtectionPayload(Payload):
    """One right of a product. Numbers are given as printed, one per entry; parties by name or USCC."""

    kind = RecordKind.PROTECTION
    key_fields = ("code",)
    code: Code = Field(title="保护编号")
    product: Line = Field(title="产品")
    track: Track = Field(title="保护途径")
    instrument: Annotated[Code | None, Optional_] = Field(None, title="法律依据")
    numbers: Lines = Field((), title="编号")
    nice_class: Annotated[NiceClass | None, Optional_] = Field(None, title="类别")
    applicant: Annotated[Line | None, Optional_] = Field(None, title="申请人")
    registrant: Annotated[Line | None, Optional_] = Field(None, title="注册人")
    holder: Annotated[Line | None, Optional_] = Field(None, title="持有人")
    manager: Annotated[Line | None, Optional_] = Field(None, title="管理人")
    mark_management_body: Annotated[Line | None, Optional_] = Field(None, title="专用标志管理机构")
    requirements: Annotated[LongText | None, Optional_] = Field(None, title="质量技术要求")
    traits: Lines = Field((), title="品质指标")
    standards: Lines = Field((), title="标准")
    use_rules: Annotated[LongText | None, Optional_] = Field(None, title="使用管理规则")


class ProtectionEventPayload(Payload):
    """Something that happened to a protection; events are only added."""

    kind = RecordKind.PROTECTION_EVENT
    key_fields = (
        "protection",
        "event",
        "happened_on",
        "announcement",
        "last_day",
        "voided_sequence",
    )
    protection: Code = Field(title="保护编号")
    event: ProtectionEventKind = Field(title="事项")
    happened_on: Day = Field(None, title="日期")
    precision: DatePrecision = Field(DatePrecision.DAY, title="日期精度")
    announcement: Annotated[Line | None, Optional_] = Field(None, title="公告")
    last_day: Day = Field(None, title="专用期止（含当日）")
    voided_sequence: Count = Field(None, title="撤回的事项序号")
    note: Annotated[LongText | None, Optional_] = Field(None, title="备注")


class ProductionAreaPayload(Payload):
    """A version of a production area: the text verbatim, the divisions it names, and how it is depicted.

    `geometry` is a GeoJSON MultiPolygon, CRS84, or empty.
    """

    kind = RecordKind.PRODUCTION_AREA
    key_fields = (
        "protection",
        "version_no",
    )
    protection: Code = Field(title="保护编号")
    version_no: Annotated[int, Field(ge=1, le=1000)] = Field(title="版本")
    valid_from: Day = Field(None, title="起")
    valid_to: Day = Field(None, title="止")
    text_original: LongText = Field(title="产地范围原文")
    text_as_of: Day = Field(None, title="原文所指日期")
    tier: AreaTier = Field(title="图示层级")
    divisions: Lines = Field((), title="乡镇")
    partial_divisions: Lines = Field((), title="部分乡镇")
    excluded_divisions: Lines = Field((), title="不含乡镇")
    stated_area: Amount = Field(None, title="所称面积")
    stated_unit: AreaUnit | None = Field(None, title="面积单位")
    stated_box: Annotated[Line | None, Optional_] = Field(None, title="所称经纬度")
    stated_limits: Annotated[LongText | None, Optional_] = Field(None, title="四至")
    confidence: Confidence = Field(title="可信度")
    method_note: Annotated[LongText | None, Optional_] = Field(None, title="绘制方法")
    change_note: Annotated[LongText | None, Optional_] = Field(None, title="变更说明")
    conflicts: Lines = Field((), title="来源矛盾")
    geometry: dict[str, Any] | None = Field(None, title="图形")


class AuthorisationPayload(Payload):
    """A grant of the special mark, as announced; later events are records of their own."""

    kind = RecordKind.AUTHORISATION
    key_fields = ("code",)
    code: Code = Field(title="核准编号")
    protection: Code = Field(title="保护编号")
    organisation: Line = Field(title="统一社会信用代码")
    basis: AuthorisationBasis = Field(title="使用依据")
    announcement: Line = Field(title="公告")
    announced_row: Count = Field(None, title="附件行号")
    effective_on: date = Field(title="生效日期")
    licence_last_day: Day = Field(None, title="许可期止（含当日）")
    approved_name: Annotated[Line | None, Optional_] = Field(None, title="公告名称")
    approved_address: Annotated[Line | None, Optional_] = Field(None, title="公告地址")
    approved_representative: Annotated[Line | None, Optional_] = Field(None, title="公告法定代表人")
    approved_trademark: Annotated[Line | None, Optional_] = Field(None, title="核准商标")


class AuthorisationEventPayload(Payload):
    """Something that happened to an authorisation after it was granted."""

    kind = RecordKind.AUTHORISATION_EVENT
    key_fields = (
        "authorisation",
        "event",
        "effective_on",
        "announcement",
        "voided_sequence",
    )
    authorisation: Code = Field(title="核准编号")
    event: AuthorisationEventKind = Field(title="事项")
    effective_on: date = Field(title="生效日期")
    announcement: Annotated[Line | None, Optional_] = Field(None, title="公告")
    ground: DeregistrationGround | None = Field(None, title="注销事由")
    deadline_on: Day = Field(None, title="改正期限")
    licence_last_day: Day = Field(None, title="许可期止（含当日）")
    approved_name: Annotated[Line | None, Optional_] = Field(None, title="公告名称")
    approved_address: Annotated[Line | None, Optional_] = Field(None, title="公告地址")
    approved_trademark: Annotated[Line | None, Optional_] = Field(None, title="核准商标")
    voided_sequence: Count = Field(None, title="撤回的事项序号")
    note: Annotated[LongText | None, Optional_] = Field(None, title="备注")


class TrademarkPayload(Payload):
    """A trademark, one row per registration number and Nice class."""

    kind = RecordKind.TRADEMARK
    key_fields = (
        "registration_no",
        "nice_class",
    )
    registration_no: Annotated[str, BeforeValidator(_trademark_number)] = Field(title="注册号")
    nice_class: Annotated[int, Field(ge=0, le=45)] = Field(title="类别")
    name: Line = Field(title="商标名称")
    name_en: Annotated[Line | None, Optional_] = Field(None, title="英文名")
    mark_type: MarkType = Field(title="商标类型")
    goods: Annotated[LongText | None, Optional_] = Field(None, title="商品或服务")
    registrant_name: Line = Field(title="注册人")
    registrant: Annotated[Line | None, Optional_] = Field(None, title="注册人代码")
    division: Annotated[Line | None, Optional_] = Field(None, title="所在地")
    status: MarkStatus = Field(title="状态")
    applied_on: Day = Field(None, title="申请日期")
    preliminary_published_on: Day = Field(None, title="初审公告日期")
    registered_on: Day = Field(None, title="注册日期")
    term_first_day: Day = Field(None, title="专用期起")
    term_last_day: Day = Field(None, title="专用期止（含当日）")
    international_registration_no: Annotated[Code | None, Optional_] = Field(None, title="国际注册号")


class BrandPayload(Payload):
    """A brand with the marks and products it stands on."""

    kind = RecordKind.BRAND
    key_fields = ("slug",)
    slug: Code = Field(title="网址标识")
    name: Line = Field(title="品牌名称")
    name_en: Annotated[Line | None, Optional_] = Field(None, title="英文名")
    brand_kind: BrandKind = Field(title="品牌类别")
    owner_name: Annotated[Line | None, Optional_] = Field(None, title="所有人")
    owner: Annotated[Line | None, Optional_] = Field(None, title="所有人代码")
    description: Annotated[LongText | None, Optional_] = Field(None, title="说明")
    trademarks: Lines = Field((), title="商标")
    products: Lines = Field((), title="产品")


class TimeHonouredBrandPayload(Payload):
    """A brand's place on a time-honoured list."""

    kind = RecordKind.TIME_HONOURED_BRAND
    key_fields = (
        "brand",
        "level",
    )
    brand: Code = Field(title="品牌")
    level: TimeHonouredLevel = Field(title="级别")
    batch: Annotated[Code | None, Optional_] = Field(None, title="批次")
    founded_on: Day = Field(None, title="创立")
    founded_precision: DatePrecision = Field(DatePrecision.UNKNOWN, title="创立日期精度")
    recognised_on: Day = Field(None, title="认定日期")
    status: TimeHonouredStatus = Field(title="状态")


class ServicePointPayload(Payload):
    """A public IP service point."""

    kind = RecordKind.SERVICE_POINT
    key_fields = ("code",)
    code: Code = Field(title="编号")
    name: Line = Field(title="名称")
    point_kind: ServicePointKind = Field(title="类别")
    operator: Annotated[Line | None, Optional_] = Field(None, title="承办单位")
    division: Annotated[Line | None, Optional_] = Field(None, title="所在地")
    address: Annotated[Line | None, Optional_] = Field(None, title="地址")
    longitude: Longitude = Field(None, title="经度")
    latitude: Latitude = Field(None, title="纬度")
    hours: Annotated[Line | None, Optional_] = Field(None, title="开放时间")
    telephone: Annotated[Code | None, Optional_] = Field(None, title="电话")
    services: Annotated[LongText | None, Optional_] = Field(None, title="服务内容")
    opened_on: Day = Field(None, title="设立日期")
    closed_on: Day = Field(None, title="撤销日期")


class IndicatorPayload(Payload):
    """An indicator with its formula and target."""

    kind = RecordKind.INDICATOR
    key_fields = ("code",)
    code: Code = Field(title="标识")
    name: Line = Field(title="名称")
    name_en: Annotated[Line | None, Optional_] = Field(None, title="英文名")
    formula: LongText = Field(title="公式")
    unit: Annotated[str, BeforeValidator(_clean), StringConstraints(min_length=1, max_length=30)] = Field(
        title="单位"
    )
    nature: IndicatorNature = Field(title="性质")
    target: Amount = Field(None, title="目标")
    target_year: Year = Field(None, title="目标年份")


class IndicatorValuePayload(Payload):
    """A value of an indicator on a day; with no denominator there is no value."""

    kind = RecordKind.INDICATOR_VALUE
    key_fields = (
        "indicator",
        "as_of",
    )
    indicator: Code = Field(title="指标")
    as_of: date = Field(title="日期")
    value: Amount = Field(None, title="数值")
    numerator: Amount = Field(None, title="分子")
    denominator: Annotated[float | None, BeforeValidator(_clean), Field(gt=0, allow_inf_nan=False)] = Field(
        None, title="分母"
    )


PAYLOADS: dict[RecordKind, type[Payload]] = {
    model.kind: model
    for model in (
        DocumentPayload,
        DivisionPayload,
        CategoryPayload,
        LegalInstrumentPayload,
        OrganisationPayload,
        AnnouncementPayload,
        GiProductPayload,
        ProtectionPayload,
        ProtectionEventPayload,
        ProductionAreaPayload,
        AuthorisationPayload,
        AuthorisationEventPayload,
        TrademarkPayload,
        BrandPayload,
        TimeHonouredBrandPayload,
        ServicePointPayload,
        IndicatorPayload,
        IndicatorValuePayload,
    )
}
"""The editable model of each kind, in the order in which records can refer to earlier ones."""
