"""What every editable record states beside its own fields: its source, and whether it was withdrawn."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any, ClassVar, LiteralString, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from service.register.payloads.cells import Day, LongText, OptionalCode, OptionalLine, OptionalText, Sha256
from service.vocabulary import RecordKind, VerificationLevel, Withdrawal


def demand(holds: bool, code: LiteralString, message: LiteralString) -> None:  # noqa: FBT001
    """Refuse a record whose fields do not go together; the table's reader words the code in Chinese too."""
    if not holds:
        raise PydanticCustomError(code, message)


def demand_together(first: object, second: object, message: LiteralString) -> None:
    """Refuse a record that states only one of two fields that mean nothing alone."""
    demand((first is None) == (second is None), "fields_go_together", message)


def demand_order(first: date | None, second: date | None) -> None:
    """Refuse a period whose end (the first day after it) is not after its beginning."""
    holds = first is None or second is None or first < second
    demand(holds, "period_out_of_order", "the end must come after the beginning")


def digest(text: str | None) -> str:
    """Return a short stand-in for a long text in a record's key; nothing for no text."""
    return hashlib.sha256(text.encode()).hexdigest()[:12] if text else ""


class Payload(BaseModel):
    """What every editable record states beside its own fields: the source of its facts (I-11)."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_max_length=20_000)
    kind: ClassVar[RecordKind]
    key_fields: ClassVar[tuple[str, ...]]
    major_fields: ClassVar[frozenset[str]] = frozenset()
    """Fields whose change is a major one, and says why. Source: Order 80 art. 26 (name, area, quality, form of the
    product). By the same measure a user of the mark and a brand are not renamed without a reason."""

    source: LongText = Field(title="来源")
    source_level: VerificationLevel = Field(title="来源级别")
    source_url: OptionalLine = Field(None, title="来源网址")
    source_locator: OptionalLine = Field(None, title="来源位置")
    source_document: Sha256 = Field(None, title="来源文件")
    source_checked_on: Day = Field(None, title="来源核对日期")
    is_demonstration: bool = Field(default=False, title="示例")
    withdrawal: Withdrawal | None = Field(None, title="撤下方式")
    withdrawal_reason: OptionalText = Field(None, title="撤下原因")
    redirect: OptionalCode = Field(None, title="并入记录")

    def key(self) -> str:
        """Return what tells this record from the others of its kind; the same key again is the same record."""
        return ":".join(str(getattr(self, name) or "") for name in self.key_fields)

    @property
    def key_field(self) -> str:
        """The field in which people see which record this is."""
        return self.key_fields[0]

    @model_validator(mode="after")
    def _withdrawal_has_its_reason(self) -> Self:
        if (self.withdrawal is None) != (self.withdrawal_reason is None):
            raise ValueError("a withdrawal needs its reason, and a reason its withdrawal")
        if (self.withdrawal is Withdrawal.REDIRECT) != (self.redirect is not None):
            raise ValueError("a record merged into another names it, and no other record does")
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
