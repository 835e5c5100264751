"""Editable reference data: documents, divisions, categories, legal instruments."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from service.register.payloads.base import Payload, demand, demand_order, demand_together
from service.register.payloads.cells import (
    Code,
    Code40,
    Count,
    Day,
    Days,
    Latitude,
    Line,
    Lines,
    Longitude,
    LongText,
    OptionalCode,
    OptionalLine,
    OptionalLine100,
    OptionalLine200,
    Sha256,
    Slug,
)
from service.vocabulary import CodeScheme, DivisionKind, DocumentKind, Issuer, RecordKind

_FIRST_YEAR, _LAST_YEAR = 1949, 2100


class DocumentPayload(Payload):
    """A kept file. `file` is a path beside the imported file; the bytes go to the document store."""

    kind = RecordKind.DOCUMENT
    key_fields = ("sha256",)
    file: OptionalLine = Field(None, title="文件")
    sha256: Sha256 = Field(None, title="SHA-256")
    size: Count = Field(None, title="字节数")
    media_type: OptionalLine100 = Field(None, title="媒体类型")
    title: Line = Field(title="标题")
    document_kind: DocumentKind = Field(title="文件类别")
    issuer: Issuer | None = Field(None, title="发文机关")
    document_number: OptionalCode = Field(None, title="发文字号")
    published_on: Day = Field(None, title="发布日期")
    url: OptionalLine = Field(None, title="网址")
    licence_note: OptionalLine = Field(None, title="许可")
    is_open: bool = Field(default=False, title="公开")


class DivisionPayload(Payload):
    """An administrative division; codes are written `scheme:year:code`, e.g. `nbs:2023:500114117000`."""

    kind = RecordKind.DIVISION
    key_fields = ("slug",)
    once_fields = frozenset({"aliases", "codes"})
    slug: Slug = Field(title="标识")
    name: Line = Field(title="名称")
    division_kind: DivisionKind = Field(title="级别")
    parent: OptionalCode = Field(None, title="上级")
    codes: Lines = Field((), title="区划代码")
    aliases: Lines = Field((), title="别名")
    longitude: Longitude = Field(None, title="经度")
    latitude: Latitude = Field(None, title="纬度")
    point_source: OptionalLine200 = Field(None, title="坐标来源")
    valid_from: Day = Field(None, title="起")
    valid_to: Day = Field(None, title="止")

    def parsed_codes(self) -> list[tuple[CodeScheme, int, str]]:
        """Return (scheme, year, code) of each code."""
        return [
            (CodeScheme(scheme), int(year), code)
            for scheme, year, code in (entry.split(":") for entry in self.codes)
        ]

    @staticmethod
    def told_apart_by(name: str, text: str) -> str:
        """Return scheme and year of a code, of which a division has one in each; of an alias all of it."""
        return text.rpartition(":")[0] if name == "codes" else text

    @model_validator(mode="after")
    def _codes_are_whole(self) -> Self:
        try:
            holds = all(_is_code(year, code) for _, year, code in self.parsed_codes())
        except ValueError:
            holds = False
        demand(holds, "wrong_division_code", "a division code is written scheme:year:code")
        return self

    @model_validator(mode="after")
    def _point_and_period_are_whole(self) -> Self:
        demand_together(self.longitude, self.latitude, "a point needs longitude and latitude")
        demand_order(self.valid_from, self.valid_to)
        return self


class CategoryPayload(Payload):
    """A product category of one scheme."""

    kind = RecordKind.CATEGORY
    key_fields = (
        "scheme",
        "code",
    )
    scheme: Code40 = Field(title="分类体系")
    code: Code = Field(title="代码")
    name: Line = Field(title="名称")
    name_en: OptionalLine = Field(None, title="英文名")
    is_code_official: bool = Field(default=False, title="代码已核实")

    @property
    def key_field(self) -> str:
        """The code; its scheme has many."""
        return "code"


class LegalInstrumentPayload(Payload):
    """A law or rule with the days it is in force, half-open."""

    kind = RecordKind.LEGAL_INSTRUMENT
    key_fields = ("code",)
    code: Code = Field(title="标识")
    name: Line = Field(title="名称")
    name_en: OptionalLine = Field(None, title="英文名")
    number: OptionalLine = Field(None, title="文号")
    in_force_from: Day = Field(None, title="施行日期")
    in_force_to: Day = Field(None, title="失效日期")
    subject: LongText = Field(title="内容")
    opposition_months: Count = Field(None, title="异议期（月）")
    term_years: Count = Field(None, title="有效期（年）")
    grace_months: Count = Field(None, title="宽展期（月）")

    @model_validator(mode="after")
    def _is_in_force_for_a_while(self) -> Self:
        demand_order(self.in_force_from, self.in_force_to)
        return self


class HolidayArrangementPayload(Payload):
    """A year's days of rest and worked weekend days, as the State Council's office announced them, whole.

    A period of rest is written `2026-02-15/2026-02-23`, both days included.
    """

    kind = RecordKind.HOLIDAY_ARRANGEMENT
    key_fields = ("year",)
    year: Annotated[int, Field(ge=_FIRST_YEAR, le=_LAST_YEAR)] = Field(title="年份")
    title: Line = Field(title="标题")
    number: OptionalLine100 = Field(None, title="文号")
    rest_days: Days = Field(title="放假")
    worked_days: Days = Field((), title="上班")

    @model_validator(mode="after")
    def _days_are_of_the_year(self) -> Self:
        days = (*self.rest_days, *self.worked_days)
        demand(bool(self.rest_days), "fields_go_together", "a year without a day of rest is no arrangement")
        demand({day.year for day in days} == {self.year}, "day_of_another_year", "a day of another year")
        demand(
            len(set(days)) == len(days), "day_twice", "a day cannot be at rest and worked, nor stand twice"
        )
        return self


def _is_code(year: int, code: str) -> bool:
    is_code = code.isascii() and code.isdigit() and len(code) in {2, 4, 6, 9, 12}
    return is_code and _FIRST_YEAR <= year <= _LAST_YEAR
