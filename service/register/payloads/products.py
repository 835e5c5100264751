"""Editable products, their rights, and the areas of those."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints, model_validator

from service.register.payloads.base import Payload, demand, demand_order, demand_together, digest
from service.register.payloads.cells import (
    Amount,
    Code,
    Count,
    Day,
    Line,
    Lines,
    LongText,
    Months,
    NiceClasses,
    Numbers,
    OptionalCode,
    OptionalLine,
    OptionalLine100,
    OptionalLine200,
    OptionalNiceClass,
    OptionalSlug,
    OptionalText,
)
from service.vocabulary import (
    AreaTier,
    AreaUnit,
    Confidence,
    DatePrecision,
    Datum,
    HomeRelation,
    Industry,
    ProtectionEventKind,
    RecordKind,
    Track,
)


class GiProductPayload(Payload):
    """A GI product and its names; rights are protections of their own."""

    kind = RecordKind.GI_PRODUCT
    key_fields = ("code",)
    major_fields = frozenset({"name"})
    once_fields = frozenset({"aliases", "former_names", "trade_names"})
    code: Code = Field(title="登记编号")
    slug: OptionalSlug = Field(None, title="网址标识")
    name: Annotated[Line, StringConstraints(max_length=60)] = Field(title="产品名称")
    name_en: OptionalLine = Field(None, title="英文名")
    aliases: Lines = Field((), title="别名")
    former_names: Lines = Field((), title="曾用名")
    trade_names: Lines = Field((), title="商品名")
    category: OptionalCode = Field(None, title="产品类别")
    industry: Industry | None = Field(None, title="产业")
    nice_classes: NiceClasses = Field((), title="尼斯分类")
    home_relation: HomeRelation = Field(title="与本区关系")
    division: OptionalLine = Field(None, title="所在地区划")
    place_as_printed: OptionalLine200 = Field(None, title="所在地（原文）")
    description: OptionalText = Field(None, title="说明")
    scientific_name: OptionalLine200 = Field(None, title="学名")
    season_months: Months = Field((), title="上市月份")
    conflicts: Lines = Field((), title="来源矛盾")


class ProtectionPayload(Payload):
    """One right of a product. Numbers are given as printed, one per entry; parties by name or USCC."""

    kind = RecordKind.PROTECTION
    key_fields = ("code",)
    # Quality and form of the product stand in its technical requirements.
    major_fields = frozenset({"product", "requirements", "traits", "standards"})
    code: Code = Field(title="保护编号")
    product: Line = Field(title="产品")
    track: Track = Field(title="保护途径")
    instrument: OptionalCode = Field(None, title="法律依据")
    numbers: Numbers = Field((), title="编号")
    nice_class: OptionalNiceClass = Field(None, title="类别")
    applicant: OptionalLine = Field(None, title="申请人")
    registrant: OptionalLine = Field(None, title="注册人")
    holder: OptionalLine = Field(None, title="持有人")
    manager: OptionalLine = Field(None, title="管理人")
    mark_management_body: OptionalLine = Field(None, title="专用标志管理机构")
    requirements: OptionalText = Field(None, title="质量技术要求")
    traits: Lines = Field((), title="品质指标")
    standards: Lines = Field((), title="标准")
    use_rules: OptionalText = Field(None, title="使用管理规则")


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
        "note_digest",
    )
    protection: Code = Field(title="保护编号")
    event: ProtectionEventKind = Field(title="事项")
    happened_on: Day = Field(None, title="日期")
    precision: DatePrecision = Field(DatePrecision.DAY, title="日期精度")
    announcement: OptionalLine = Field(None, title="公告")
    last_day: Day = Field(None, title="专用期止（含当日）")
    voided_sequence: Count = Field(None, title="撤回的事项序号")
    note: OptionalText = Field(None, title="备注")

    @property
    def note_digest(self) -> str:
        """A stand-in for the note: the same event entered again on purpose says so in its note."""
        return digest(self.note)

    @model_validator(mode="after")
    def _day_goes_with_its_precision(self) -> Self:
        is_unknown = self.precision is DatePrecision.UNKNOWN
        holds = is_unknown == (self.happened_on is None)
        demand(
            holds, "fields_go_together", "a day that is not known has the precision unknown, and no other has"
        )
        return self


class ProductionAreaPayload(Payload):
    """A version of a production area: the text verbatim, the divisions it names, and how it is depicted.

    `geometry` is a GeoJSON MultiPolygon, CRS84, or empty; `geometry_crs` and `geometry_datum` say what it came in.
    `override_note` answers for what the checks found (service/register/surveying/checking.py).
    """

    kind = RecordKind.PRODUCTION_AREA
    key_fields = (
        "protection",
        "version_no",
    )
    major_fields = frozenset(
        {
            *(
                "valid_from",
                "valid_to",
                "text_original",
                "divisions",
                "partial_divisions",
                "excluded_divisions",
            ),
            *("stated_area", "stated_unit", "stated_box", "stated_limits", "tier", "geometry"),
        }
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
    stated_box: OptionalLine200 = Field(None, title="所称经纬度")
    stated_limits: OptionalText = Field(None, title="四至")
    confidence: Confidence = Field(title="可信度")
    method_note: OptionalText = Field(None, title="绘制方法")
    change_note: OptionalText = Field(None, title="变更说明")
    override_note: OptionalText = Field(None, title="核对说明")
    geometry_crs: OptionalLine100 = Field(None, title="来件坐标系")
    geometry_datum: Datum | None = Field(None, title="来件坐标基准")
    conflicts: Lines = Field((), title="来源矛盾")
    geometry: dict[str, Any] | None = Field(None, title="图形")

    @model_validator(mode="after")
    def _area_and_period_are_whole(self) -> Self:
        demand_together(self.stated_area, self.stated_unit, "an area needs its unit, and a unit its area")
        demand_order(self.valid_from, self.valid_to)
        return self
