"""Columns that many tables share."""

from __future__ import annotations

from typing import Any, Final

from service.addresses import path_of
from service.calendar import china_date
from service.register.models import GiProduct
from service.register.open_data.columns import Column, Context, Value, coded
from service.register.open_data.reading import Row
from service.vocabulary import Withdrawal

_JOIN: Final = "；"


def of(name: str) -> Any:
    """Return what reads an attribute of the record."""
    return lambda row, _context: getattr(row.record, name)


def field(name: str, zh: str, en: str, *, lasts: bool = False, field: str = "") -> Column:
    """Return the column of a record's own value; `field` where the attribute has another name."""
    return Column(name, zh, en, of(field or name), lasts=lasts)


def listed(name: str, zh: str, en: str) -> tuple[Column, Column, Column]:
    """Return the columns of a record's own entry of a closed list."""
    return coded(name, zh, en, of(name))


def joined(values: Any) -> str | None:
    """Return several values in one cell, each once."""
    return _JOIN.join(dict.fromkeys(str(value) for value in values)) or None


def address(kind: str, key: str) -> Column:
    """Return the column of a record's page."""

    def read(row: Row, context: Context) -> Value:
        value = getattr(row.record, key)
        return f"{context.base_url}{path_of(kind, str(value))}" if value else None

    return Column("url", "网页", "page", read, lasts=True)


def _record_state(row: Row, context: Context) -> Value:
    del context
    return row.withdrawal.value if row.withdrawal else "public"


def _reason(row: Row, context: Context) -> Value:
    del context
    return row.record.withdrawal_reason if row.withdrawal in {Withdrawal.GONE, Withdrawal.REDIRECT} else None


BEGIN: Final = (
    Column("id", "永久标识", "permanent identifier", lambda row, _: row.record.ulid, lasts=True),
    Column(
        "record_state",
        "记录状态：public 公开，gone 已撤下，redirect 已并入其他记录，withheld 依法不公开",
        "state of the record: public, gone, redirect (merged into another), withheld",
        _record_state,
        lasts=True,
    ),
    Column("withdrawal_reason", "撤下的原因", "why it was withdrawn", _reason, lasts=True),
)
END: Final = (
    *coded(
        "source_level",
        "来源的可信程度",
        "how far the source can be relied on",
        lambda row, _: row.record.source.level,
    ),
    Column("source", "来源", "source", lambda row, _: row.record.source.citation),
    Column("source_url", "来源网址", "address of the source", lambda row, _: row.record.source.url),
    field("is_demonstration", "是否为虚构的示例", "whether it is a fictional example", lasts=True),
    field("revision", "最后改动的登记版本", "registry revision of the last change", field="revision_number"),
    Column(
        "changed_on",
        "最后改动日（中国）",
        "day of the last change, in China",
        lambda row, _: china_date(row.record.changed_at),
    ),
)


def name_of(found: Any) -> str | None:
    """Return the name of a record that may be missing or withdrawn."""
    return found.name if found is not None and found.is_public else None


def product_of(row: Row) -> GiProduct:
    """Return the product, always the last of the owners."""
    product: GiProduct = row.owners[-1]
    return product


PRODUCT_COLUMNS: Final = (
    Column(
        "product_code", "产品登记编号", "register number of the product", lambda row, _: product_of(row).code
    ),
    Column("product", "产品", "product", lambda row, _: product_of(row).name),
)
