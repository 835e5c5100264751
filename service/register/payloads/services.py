"""Editable service points and indicators."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from service.register.payloads.base import Payload, demand, demand_order, demand_together
from service.register.payloads.cells import (
    Amount,
    Code,
    Day,
    Denominator,
    KnownDay,
    Latitude,
    Line,
    Longitude,
    LongText,
    OptionalCode,
    OptionalLine,
    OptionalLine200,
    OptionalText,
    ShortText,
    Year,
)
from service.vocabulary import IndicatorNature, RecordKind, ServicePointKind


class ServicePointPayload(Payload):
    """A public IP service point."""

    kind = RecordKind.SERVICE_POINT
    key_fields = ("code",)
    code: Code = Field(title="编号")
    name: Line = Field(title="名称")
    point_kind: ServicePointKind = Field(title="类别")
    operator: OptionalLine = Field(None, title="承办单位")
    division: OptionalLine = Field(None, title="所在地")
    address: OptionalLine = Field(None, title="地址")
    longitude: Longitude = Field(None, title="经度")
    latitude: Latitude = Field(None, title="纬度")
    hours: OptionalLine200 = Field(None, title="开放时间")
    telephone: OptionalCode = Field(None, title="电话")
    services: OptionalText = Field(None, title="服务内容")
    opened_on: Day = Field(None, title="设立日期")
    closed_on: Day = Field(None, title="撤销日期")

    @model_validator(mode="after")
    def _point_is_whole(self) -> Self:
        demand_together(self.longitude, self.latitude, "a point needs longitude and latitude")
        demand_order(self.opened_on, self.closed_on)
        return self


class IndicatorPayload(Payload):
    """An indicator with its formula and target."""

    kind = RecordKind.INDICATOR
    key_fields = ("code",)
    code: Code = Field(title="标识")
    name: Line = Field(title="名称")
    name_en: OptionalLine = Field(None, title="英文名")
    formula: LongText = Field(title="公式")
    unit: ShortText = Field(title="单位")
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
    as_of: KnownDay = Field(title="日期")
    value: Amount = Field(None, title="数值")
    numerator: Amount = Field(None, title="分子")
    denominator: Denominator = Field(None, title="分母")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        said = (self.value, self.numerator, self.denominator)
        demand(
            any(each is not None for each in said), "figure_missing", "a value, or what it is counted from"
        )
        return self
