"""Products, their rights, and the areas of those."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy.orm import selectinload

from service.register.lookups.standings import protection_on
from service.register.models import GiProduct, ProductionAreaVersion, Protection
from service.register.open_data.columns import Column, Context, Dataset, coded
from service.register.open_data.fields import (
    BEGIN,
    END,
    PRODUCT_COLUMNS,
    address,
    field,
    joined,
    listed,
    name_of,
)
from service.register.open_data.reading import Row
from service.vocabulary import NameRole, PartyRole

_HOLDERS: Final = frozenset({PartyRole.HOLDER, PartyRole.REGISTRANT, PartyRole.APPLICANT})


def _standing(row: Row, context: Context) -> Any:
    return protection_on(row.record.track, row.record.events, context.on)


def _names(row: Row, roles: set[NameRole]) -> str | None:
    return joined(name.text for name in row.record.names if name.role in roles)


def _rights(row: Row, context: Context, what: str) -> str | None:
    """Return the tracks or states of the product's public rights, in their order."""
    rights = [right for right in row.record.protections if right.is_public]
    if what == "track":
        return joined(right.track.value for right in rights)
    states = [protection_on(right.track, right.events, context.on).state.value for right in rights]
    return "；".join(states) or None


PRODUCTS: Final = Dataset(
    "gi-products",
    "地理标志产品",
    "GI products",
    (
        *BEGIN,
        field("code", "登记编号", "register number", lasts=True),
        address("gi_product", "slug"),
        field("name", "名称", "name", lasts=True),
        field("name_en", "英文名", "English name", lasts=True),
        Column(
            "aliases",
            "别名、商品名",
            "aliases and trade names",
            lambda row, _: _names(row, {NameRole.ALIAS, NameRole.TRADE}),
        ),
        Column("former_names", "曾用名", "former names", lambda row, _: _names(row, {NameRole.FORMER})),
        Column(
            "tracks",
            "保护途径（代码，按顺序）",
            "tracks of protection, codes in order",
            lambda row, context: _rights(row, context, "track"),
        ),
        Column(
            "states",
            "各项权利在所列日期的状态（同一顺序）",
            "states of the rights on the day, in that order",
            lambda row, context: _rights(row, context, "state"),
        ),
        *listed("home_relation", "与本区关系", "relation to the district"),
        *listed("industry", "产业", "industry"),
        Column(
            "category",
            "产品类别",
            "category",
            lambda row, _: row.record.category.name if row.record.category else None,
        ),
        Column("place", "所在地区划", "division", lambda row, _: name_of(row.record.division)),
        field("place_as_printed", "所印地名", "place as printed"),
        field("scientific_name", "学名", "scientific name"),
        *END,
    ),
    GiProduct,
    (
        selectinload(GiProduct.names),
        selectinload(GiProduct.category),
        selectinload(GiProduct.division),
        selectinload(GiProduct.source),
        selectinload(GiProduct.protections).selectinload(Protection.events),
    ),
)


PROTECTIONS: Final = Dataset(
    "protections",
    "各项保护",
    "Protections",
    (
        *BEGIN,
        field("code", "保护编号", "number of the protection", lasts=True),
        *PRODUCT_COLUMNS,
        *listed("track", "保护途径", "track"),
        *coded(
            "state",
            "在所列日期的状态",
            "state on the day",
            lambda row, context: _standing(row, context).state,
        ),
        Column("since", "状态起始日", "state since", lambda row, context: _standing(row, context).since),
        Column(
            "until",
            "终止日（不含）",
            "first day out of force",
            lambda row, context: _standing(row, context).until,
        ),
        Column(
            "numbers",
            "证书、公告或注册编号（所印）",
            "numbers as printed",
            lambda row, _: joined(each.as_printed for each in row.record.identifiers),
        ),
        Column(
            "holders",
            "权利人（公告所载）",
            "holders as announced",
            lambda row, _: joined(
                each.name_as_announced for each in row.record.parties if each.role in _HOLDERS
            ),
        ),
        *END,
    ),
    Protection,
    (
        selectinload(Protection.events),
        selectinload(Protection.identifiers),
        selectinload(Protection.parties),
        selectinload(Protection.source),
    ),
)


AREAS: Final = Dataset(
    "areas",
    "产地范围（各个版本）",
    "Production areas, every version",
    (
        *BEGIN,
        *PRODUCT_COLUMNS,
        Column("protection_code", "保护编号", "number of the protection", lambda row, _: row.owners[0].code),
        field("version_no", "版本号", "version number"),
        field("valid_from", "起始日", "valid from"),
        field("valid_to", "终止日（不含）", "first day no longer valid"),
        field("text", "范围文字（原文）", "text of the area, original", field="text_original"),
        *listed("tier", "图形画到什么程度", "how the shape was drawn"),
        *listed("confidence", "把握", "confidence"),
        field("computed_area_ha", "图形面积（公顷，计算）", "area of the shape in hectares, computed"),
        *END,
    ),
    ProductionAreaVersion,
    (selectinload(ProductionAreaVersion.source),),
    geometry=lambda row: row.geometry,
)
