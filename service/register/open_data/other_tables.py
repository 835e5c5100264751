"""Trademarks, brands, announcements and service points."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy.orm import selectinload

from service.register.lifecycle import mark_status
from service.register.models import Announcement, Brand, ServicePoint, TrademarkRecord
from service.register.open_data.columns import Column, Dataset, coded
from service.register.open_data.fields import (
    BEGIN,
    END,
    address,
    field,
    joined,
    listed,
    name_of,
)

TRADEMARKS: Final = Dataset(
    "trademarks",
    "商标（每个类别一行）",
    "Trademarks, a row for each class",
    (
        *BEGIN,
        field("registration_no", "注册号", "registration number", lasts=True),
        field("nice_class", "尼斯分类", "Nice class", lasts=True),
        address("trademark", "registration_no"),
        field("name", "名称", "name", lasts=True),
        field("name_en", "英文名", "English name"),
        *listed("mark_type", "商标类型", "type of mark"),
        *coded(
            "status",
            "在所列日期的状态",
            "status on the day",
            lambda row, context: mark_status(row.record.status, row.record.term_to, context.on),
        ),
        field("goods", "商品", "goods"),
        field("registrant", "注册人", "registrant", field="registrant_name"),
        field("registered_on", "注册日期", "day of registration"),
        field("term_first_day", "专用期限首日", "first day of the term", field="term_from"),
        Column(
            "term_last_day",
            "专用期限末日（含）",
            "last day of the term, inclusive",
            lambda row, _: _day_before(row.record.term_to),
        ),
        *END,
    ),
    TrademarkRecord,
    (selectinload(TrademarkRecord.source),),
)


def _day_before(day: date | None) -> date | None:
    return day - timedelta(days=1) if day else None


BRANDS: Final = Dataset(
    "brands",
    "品牌与老字号",
    "Brands and time-honoured brands",
    (
        *BEGIN,
        field("slug", "网址标识", "slug", lasts=True),
        address("brand", "slug"),
        field("name", "名称", "name", lasts=True),
        field("name_en", "英文名", "English name"),
        *listed("kind", "类型", "kind"),
        field("owner", "所有人", "owner", field="owner_name"),
        Column(
            "honours",
            "老字号级别与状态（代码）",
            "time-honoured lists: level and status, codes",
            lambda row, _: joined(
                f"{each.level.value}:{each.status.value}" for each in row.record.honours if each.is_public
            ),
        ),
        *END,
    ),
    Brand,
    (selectinload(Brand.honours), selectinload(Brand.source)),
)
ANNOUNCEMENTS: Final = Dataset(
    "announcements",
    "公告",
    "Announcements",
    (
        *BEGIN,
        field("code", "公告编码", "code of the announcement", lasts=True),
        address("announcement", "code"),
        *listed("issuer", "发布机关", "issuer"),
        field("number", "公告号（所印）", "number as printed", field="number_as_printed", lasts=True),
        field("title", "标题", "title", lasts=True),
        *listed("kind", "类型", "kind"),
        field("published_on", "发布日期", "day of publication"),
        field("official_url", "官方网址", "official address", field="url"),
        field("declared_organisations", "公告所称单位数", "organisations declared"),
        field("declared_products", "公告所称产品数", "products declared"),
        *END,
    ),
    Announcement,
    (selectinload(Announcement.source),),
)
SERVICE_POINTS: Final = Dataset(
    "service-points",
    "服务网点",
    "Service points",
    (
        *BEGIN,
        field("code", "网点编号", "code", lasts=True),
        field("name", "名称", "name", lasts=True),
        *listed("kind", "类型", "kind"),
        Column("place", "所在地区划", "division", lambda row, _: name_of(row.record.division)),
        field("address", "地址", "address"),
        field("hours", "时间", "hours"),
        field("telephone", "办公电话", "office telephone"),
        field("services", "服务", "services"),
        field("longitude", "经度（WGS 84）", "longitude, WGS 84 degrees"),
        field("latitude", "纬度（WGS 84）", "latitude, WGS 84 degrees"),
        field("opened_on", "启用日", "day of opening"),
        field("closed_on", "停用日", "day of closing"),
        *END,
    ),
    ServicePoint,
    (selectinload(ServicePoint.division), selectinload(ServicePoint.source)),
    geometry=lambda row: _point(row.record),
)


def _point(found: ServicePoint) -> dict[str, Any] | None:
    if found.longitude is None or found.latitude is None:
        return None
    return {"type": "Point", "coordinates": [found.longitude, found.latitude]}
