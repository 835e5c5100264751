"""What every editable record states beside its own fields: its source, and whether it was withdrawn."""

from __future__ import annotations

import hashlib
from collections import Counter
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

    once_fields: ClassVar[frozenset[str]] = frozenset()
    """Lists in which nothing may stand twice."""

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

    def twice(self) -> tuple[str, str] | None:
        """Return the first list in which something stands twice, and what it is."""
        for name in sorted(self.once_fields):
            counts = Counter(self.told_apart_by(name, text) for text in getattr(self, name))
            for text, count in counts.items():
                if count > 1:
                    return name, text
        return None

    @staticmethod
    def told_apart_by(name: str, text: str) -> str:
        """Return what tells an entry of such a list from the others."""
        del name
        return text

    @model_validator(mode="after")
    def _withdrawal_has_its_reason(self) -> Self:
        is_withdrawn, is_merged = self.withdrawal is not None, self.withdrawal is Withdrawal.REDIRECT
        has_reason, has_target = self.withdrawal_reason is not None, self.redirect is not None
        demand(
            has_reason or not is_withdrawn, "withdrawal_reason_missing", "a withdrawal must say its reason"
        )
        demand(
            is_withdrawn or not has_reason,
            "withdrawal_missing",
            "a reason to withdraw goes with a withdrawal",
        )
        demand(
            has_target or not is_merged, "redirect_missing", "a record merged into another must name that one"
        )
        demand(
            is_merged or not has_target, "redirect_without_merging", "only a merged record names another one"
        )
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
