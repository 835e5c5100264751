"""A brand with the marks and products it stands on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from service.register.lifecycle import mark_status
from service.register.lookups.addressing import on_view
from service.register.models import Brand, GiProduct, TimeHonouredBrand, TrademarkRecord
from service.vocabulary import MarkStatus


@dataclass(frozen=True, slots=True)
class BrandView:
    """A brand with its public marks (each with its status on the day), products and honours."""

    brand: Brand
    trademarks: tuple[tuple[TrademarkRecord, MarkStatus], ...]
    products: tuple[GiProduct, ...]
    honours: tuple[TimeHonouredBrand, ...]


def find_brand(session: Session, slug: str, on: date) -> BrandView:
    """Return the brand with this slug as it stands on the day.

    Raises:
        RecordNotFound, RecordGone.
    """
    statement = (
        select(Brand)
        .where(Brand.slug == slug)
        .options(
            selectinload(Brand.trademarks),
            selectinload(Brand.products),
            selectinload(Brand.owner),
            selectinload(Brand.source),
            selectinload(Brand.honours).selectinload(TimeHonouredBrand.source),
        )
    )
    brand = on_view(session, session.scalar(statement), "brand", slug)
    return BrandView(
        brand,
        tuple(
            (mark, mark_status(mark.status, mark.term_to, on)) for mark in brand.trademarks if mark.is_public
        ),
        tuple(product for product in brand.products if product.is_public),
        tuple(honour for honour in brand.honours if honour.is_public),
    )
