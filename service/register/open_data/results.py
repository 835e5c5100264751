"""The table of a search's results: the same records as its page, every word from the database."""

from __future__ import annotations

from typing import Any, Final

from service.register.lookups import Found
from service.register.open_data.columns import Column, Context, Dataset, coded


def _of(name: str) -> Any:
    return lambda row, _context: getattr(row, name)


def _url(row: Found, context: Context) -> str:
    return f"{context.base_url}{row.path}"


RESULTS: Final = Dataset(
    "search",
    "查询结果",
    "search results",
    (
        Column("id", "永久标识", "permanent identifier", _of("id")),
        *coded("kind", "类型", "kind", _of("kind")),
        Column("name", "名称", "name", _of("name")),
        Column("name_en", "英文名", "English name", _of("name_en")),
        Column("url", "网页", "page", _url),
        *coded("state", "状态", "state", _of("state")),
        Column("numbers", "编号", "numbers", lambda row, _: "；".join(row.numbers) or None),
        Column("place", "地方", "place", _of("place")),
        Column("detail", "说明", "detail", _of("detail")),
        Column(
            "is_verified", "是否有官方来源", "whether an official source stands behind it", _of("is_verified")
        ),
        Column(
            "is_demonstration",
            "是否为虚构的示例",
            "whether it is a fictional example",
            _of("is_demonstration"),
        ),
    ),
)
