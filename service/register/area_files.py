"""Published area versions as they are written to files."""

from __future__ import annotations

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.register.areas import geojson_of
from service.register.models import (
    GiProduct,
    ProductionAreaGeometry,
    ProductionAreaVersion,
    Protection,
    Source,
)
from service.register.surveying.exporting import Exported


def published_areas(
    session: Session, protection: str | None = None, version_no: int = 0, on: date | None = None
) -> list[Exported]:
    """Return the public area versions with their geometry and facts, by protection and version.

    Each filter may be left open: the protection's code, the version, the day they are valid on.
    """
    area = ProductionAreaVersion
    statement = (
        select(area, Protection.code, GiProduct.name, ProductionAreaGeometry.geometry, Source.citation)
        .join(Protection, Protection.id == area.protection_id)
        .join(GiProduct, GiProduct.id == Protection.product_id)
        .join(Source, Source.id == area.source_id)
        .outerjoin(ProductionAreaGeometry, ProductionAreaGeometry.area_id == area.id)
        .where(area.withdrawal.is_(None), Protection.withdrawal.is_(None), GiProduct.withdrawal.is_(None))
        .order_by(Protection.code, area.version_no)
    )
    if protection is not None:
        statement = statement.where(Protection.code == protection)
    if version_no:
        statement = statement.where(area.version_no == version_no)
    if on is not None:
        statement = statement.where(
            or_(area.valid_from.is_(None), area.valid_from <= on),
            or_(area.valid_to.is_(None), area.valid_to > on),
        )
    return [
        Exported(
            f"{name} {code} v{version.version_no}", geojson_of(shape), _facts(version, code, name, source)
        )
        for version, code, name, shape, source in session.execute(statement)
    ]


def _facts(
    version: ProductionAreaVersion, code: str, product: str, source: str
) -> dict[str, str | int | float | None]:
    return {
        "product": product,
        "protection": code,
        "version_no": version.version_no,
        "valid_from": version.valid_from.isoformat() if version.valid_from else None,
        "valid_to": version.valid_to.isoformat() if version.valid_to else None,
        "tier": version.tier.value,
        "text": version.text_original,
        "computed_area_ha": version.computed_area_ha,
        "method": version.method_note,
        "override_note": version.override_note,
        "geometry_crs": version.geometry_crs,
        "geometry_datum": version.geometry_datum.value if version.geometry_datum else None,
        "is_demonstration": version.is_demonstration,
        "source": source,
    }
