"""Editable trademarks, brands and time-honoured brands."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from service.register.payloads.base import Payload, demand
from service.register.payloads.cells import (
    Code,
    Day,
    Line,
    Lines,
    OptionalCode,
    OptionalCode20,
    OptionalLine,
    OptionalText,
    Slug,
    TrademarkText,
)
from service.vocabulary import (
    BrandKind,
    DatePrecision,
    MarkStatus,
    MarkType,
    RecordKind,
    TimeHonouredLevel,
    TimeHonouredStatus,
)


class TrademarkPayload(Payload):
    """A trademark, one row per registration number and Nice class."""

    kind = RecordKind.TRADEMARK
    key_fields = (
        "registration_no",
        "nice_class",
    )
    registration_no: TrademarkText = Field(title="注册号")
    nice_class: Annotated[int, Field(ge=0, le=45)] = Field(title="类别")
    name: Line = Field(title="商标名称")
    name_en: OptionalLine = Field(None, title="英文名")
    mark_type: MarkType = Field(title="商标类型")
    goods: OptionalText = Field(None, title="商品或服务")
    registrant_name: Line = Field(title="注册人")
    registrant: OptionalLine = Field(None, title="注册人代码")
    division: OptionalLine = Field(None, title="所在地")
    status: MarkStatus = Field(title="状态")
    applied_on: Day = Field(None, title="申请日期")
    preliminary_published_on: Day = Field(None, title="初审公告日期")
    registered_on: Day = Field(None, title="注册日期")
    term_first_day: Day = Field(None, title="专用期起")
    term_last_day: Day = Field(None, title="专用期止（含当日）")
    international_registration_no: OptionalCode20 = Field(None, title="国际注册号")

    @model_validator(mode="after")
    def _term_ends_after_it_begins(self) -> Self:
        first, last = self.term_first_day, self.term_last_day
        holds = first is None or last is None or first <= last
        demand(holds, "period_out_of_order", "the end must come after the beginning")
        return self


class BrandPayload(Payload):
    """A brand with the marks and products it stands on."""

    kind = RecordKind.BRAND
    key_fields = ("slug",)
    major_fields = frozenset({"name"})
    slug: Slug = Field(title="网址标识")
    name: Line = Field(title="品牌名称")
    name_en: OptionalLine = Field(None, title="英文名")
    brand_kind: BrandKind = Field(title="品牌类别")
    owner_name: OptionalLine = Field(None, title="所有人")
    owner: OptionalLine = Field(None, title="所有人代码")
    description: OptionalText = Field(None, title="说明")
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
    batch: OptionalCode = Field(None, title="批次")
    founded_on: Day = Field(None, title="创立")
    founded_precision: DatePrecision = Field(DatePrecision.UNKNOWN, title="创立日期精度")
    recognised_on: Day = Field(None, title="认定日期")
    status: TimeHonouredStatus = Field(title="状态")
