"""Editable organisations and announcements."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from service.identifiers import AnnouncementNumber, IdentifierError
from service.register.payloads.base import Payload
from service.register.payloads.cells import (
    Count,
    Day,
    Line,
    Line100,
    Lines,
    OptionalLine,
    OptionalLine100,
    UsccText,
)
from service.vocabulary import AnnouncementKind, Issuer, OrganisationKind, OrganisationStatus, RecordKind


class OrganisationPayload(Payload):
    """An organisation. The kind follows from the USCC unless it is given."""

    kind = RecordKind.ORGANISATION
    key_fields = ("uscc", "name")
    major_fields = frozenset({"name"})
    once_fields = frozenset({"short_names", "former_names", "former_codes"})

    @staticmethod
    def told_apart_by(name: str, text: str) -> str:
        """Return a code as it is printed, with capitals; of a name all of it."""
        return text.upper() if name == "former_codes" else text

    def key(self) -> str:
        """Return the code, or the name of a body whose code is not known."""
        return self.uscc or f"name:{self.name}"

    @property
    def key_field(self) -> str:
        """The code, or the name of a body whose code is not known."""
        return "uscc" if self.uscc else "name"

    uscc: UsccText = Field(None, title="统一社会信用代码")
    name: Line = Field(title="名称")
    name_en: OptionalLine = Field(None, title="英文名")
    short_names: Lines = Field((), title="简称")
    former_names: Lines = Field((), title="曾用名")
    former_codes: Lines = Field((), title="历史代码")
    organisation_kind: OrganisationKind | None = Field(None, title="单位类别")
    division: OptionalLine = Field(None, title="所在地")
    address: OptionalLine = Field(None, title="地址")
    legal_representative: OptionalLine100 = Field(None, title="法定代表人")
    is_representative_announced: bool = Field(default=False, title="法定代表人已公告")
    status: OrganisationStatus = Field(OrganisationStatus.UNKNOWN, title="登记状态")
    status_checked_on: Day = Field(None, title="状态核对日期")


class AnnouncementPayload(Payload):
    """An announcement; its number is given as printed and normalised on publication."""

    kind = RecordKind.ANNOUNCEMENT
    key_fields = ("issuer", "number")
    issuer: Issuer = Field(title="发布机关")
    number: Line100 = Field(title="公告号")
    title: Line = Field(title="标题")
    announcement_kind: AnnouncementKind = Field(title="公告类别")
    published_on: Day = Field(None, title="发布日期")
    url: OptionalLine = Field(None, title="网址")
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

    @property
    def key_field(self) -> str:
        """The number; its issuer has many."""
        return "number"

    @model_validator(mode="after")
    def _number_reads(self) -> Self:
        self.parsed_number()
        return self
