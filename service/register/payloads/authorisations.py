"""Editable grants of the special mark, and what happens to them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Self

from pydantic import Field, model_validator

from service.register.payloads.base import Payload, demand, demand_order, digest
from service.register.payloads.cells import (
    Code,
    Count,
    Day,
    KnownDay,
    Line,
    OptionalLine,
    OptionalLine100,
    OptionalText,
)
from service.vocabulary import AuthorisationBasis, AuthorisationEventKind, DeregistrationGround, RecordKind


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
    effective_on: KnownDay = Field(title="生效日期")
    licence_last_day: Day = Field(None, title="许可期止（含当日）")
    approved_name: OptionalLine = Field(None, title="公告名称")
    approved_address: OptionalLine = Field(None, title="公告地址")
    approved_representative: OptionalLine100 = Field(None, title="公告法定代表人")
    approved_trademark: OptionalLine = Field(None, title="核准商标")

    @model_validator(mode="after")
    def _licence_ends_after_it_begins(self) -> Self:
        demand_order(self.effective_on, _after(self.licence_last_day))
        return self


class AuthorisationEventPayload(Payload):
    """Something that happened to an authorisation after it was granted."""

    kind = RecordKind.AUTHORISATION_EVENT
    key_fields = (
        "authorisation",
        "event",
        "effective_on",
        "announcement",
        "voided_sequence",
        "note_digest",
    )
    authorisation: Code = Field(title="核准编号")
    event: AuthorisationEventKind = Field(title="事项")
    effective_on: KnownDay = Field(title="生效日期")
    announcement: OptionalLine = Field(None, title="公告")
    ground: DeregistrationGround | None = Field(None, title="注销事由")
    deadline_on: Day = Field(None, title="改正期限")
    licence_last_day: Day = Field(None, title="许可期止（含当日）")
    approved_name: OptionalLine = Field(None, title="公告名称")
    approved_address: OptionalLine = Field(None, title="公告地址")
    approved_trademark: OptionalLine = Field(None, title="核准商标")
    voided_sequence: Count = Field(None, title="撤回的事项序号")
    note: OptionalText = Field(None, title="备注")

    @property
    def note_digest(self) -> str:
        """A stand-in for the note: the same event entered again on purpose says so in its note."""
        return digest(self.note)

    @model_validator(mode="after")
    def _fields_go_with_the_event(self) -> Self:
        is_order = self.event is AuthorisationEventKind.PUT_UNDER_CORRECTION
        demand(
            is_order == (self.deadline_on is not None),
            "field_not_for_event",
            "only a correction order has a deadline, and needs it",
        )
        is_end = self.event is AuthorisationEventKind.DEREGISTERED
        demand(is_end or self.ground is None, "field_not_for_event", "only a deregistration has a ground")
        is_change = self.event is AuthorisationEventKind.CHANGED
        demand(
            is_change or self.licence_last_day is None,
            "field_not_for_event",
            "only a change states a licence term",
        )
        demand(
            self.deadline_on is None or self.effective_on < self.deadline_on,
            "period_out_of_order",
            "the deadline must come after the order",
        )
        demand_order(self.effective_on, _after(self.licence_last_day))
        return self


def _after(last_day: date | None) -> date | None:
    return last_day + timedelta(days=1) if last_day else None
