"""Organisations and their authorisations."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy.orm import selectinload

from service.register.lookups.standings import authorisation_in_effect, authorisation_on, protection_on
from service.register.models import Authorisation, Organisation, Protection
from service.register.open_data.columns import Column, Context, Dataset, Value, coded
from service.register.open_data.fields import (
    BEGIN,
    END,
    PRODUCT_COLUMNS,
    address,
    field,
    listed,
    name_of,
)
from service.register.open_data.reading import Row
from service.vocabulary import PRIVATE_PERSON_KINDS


def _public_address(row: Row, context: Context) -> Value:
    """Return the address of a body; that of a private person is personal data."""
    del context
    return None if row.record.kind in PRIVATE_PERSON_KINDS else row.record.address


ORGANISATIONS: Final = Dataset(
    "organisations",
    "单位",
    "Organisations",
    (
        *BEGIN,
        field("uscc", "统一社会信用代码", "unified social credit code", lasts=True),
        address("organisation", "uscc"),
        field("name", "名称", "name", lasts=True),
        field("name_en", "英文名", "English name"),
        *listed("kind", "类型", "kind"),
        *listed("status", "登记状态", "status"),
        field("status_checked_on", "状态查看日", "day on which the status was looked at"),
        Column("place", "所在地区划", "division", lambda row, _: name_of(row.record.division)),
        Column(
            "address",
            "地址（个人经营者的不公开）",
            "address (private persons' are not public)",
            _public_address,
        ),
        *END,
    ),
    Organisation,
    (selectinload(Organisation.division), selectinload(Organisation.source)),
)


def _permitted(row: Row, context: Context) -> Any:
    found = row.record
    protected = protection_on(found.protection.track, found.protection.events, context.on)
    own = authorisation_on(found.events, context.on)
    return authorisation_in_effect(own, protected, found.organisation, context.on)


AUTHORISATIONS: Final = Dataset(
    "authorisations",
    "专用标志使用核准",
    "Authorisations to use the special mark",
    (
        *BEGIN,
        field("code", "核准编号", "number of the authorisation", lasts=True),
        address("authorisation", "code"),
        *PRODUCT_COLUMNS,
        Column("organisation", "使用人", "user", lambda row, _: row.record.organisation.name),
        Column(
            "uscc",
            "统一社会信用代码",
            "unified social credit code",
            lambda row, _: row.record.organisation.uscc,
        ),
        *listed("basis", "使用依据", "basis"),
        *coded(
            "state",
            "在所列日期的状态",
            "state on the day",
            lambda row, context: _permitted(row, context).state,
        ),
        Column("since", "状态起始日", "state since", lambda row, context: _permitted(row, context).since),
        *coded(
            "ground", "终止的依据", "ground of the end", lambda row, context: _permitted(row, context).ground
        ),
        *END,
    ),
    Authorisation,
    (
        selectinload(Authorisation.organisation),
        selectinload(Authorisation.protection).selectinload(Protection.events),
        selectinload(Authorisation.events),
        selectinload(Authorisation.source),
    ),
    lambda found: (found.protection, found.organisation),
)
