"""The register's records for programs: lists with cursors, single records, all as of a day."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.orm import selectinload

from service.identifiers import IdentifierError, Uscc
from service.register import lookups
from service.register.lookups.finding import (
    AUTHORISATION_ON_VIEW,
    AUTHORISATIONS,
    authorisation_views,
)
from service.register.models import (
    Announcement,
    AnnouncementDocument,
    Authorisation,
    Division,
    GiProduct,
    Organisation,
    ServicePoint,
    TrademarkRecord,
)
from service.register.verification.reading import data_version
from service.web.api import shapes, shaping
from service.web.deps import ReadSessionDep, TodayDep
from service.web.parameters import AuthorisationCode, Cursor, Day, Limit, RegistrationNo, Slug, UsccPath
from service.web.revalidating import Unchanged, headers_of, is_known, tag_of


def _revalidate(request: Request, session: ReadSessionDep, today: TodayDep, response: Response) -> None:
    """Tag the answer: what these routes say follows from the revision, the day and the address alone.

    Raises:
        Unchanged: the client has it.
    """
    tag = tag_of(data_version(session), today, request.url.path, request.url.query)
    if is_known(request, tag):
        raise Unchanged(tag)
    response.headers.update(headers_of(tag))


router = APIRouter(
    dependencies=[Depends(_revalidate)],
    responses={304: {"description": "Unchanged since the answer whose ETag was sent as If-None-Match."}},
)


@router.get("/gi", response_model=shapes.ListShape[shapes.ProductSummary], tags=["products"])
def list_products(session: ReadSessionDep, limit: Limit = 20, cursor: Cursor = None) -> Any:
    """Return the GI products in the order in which they were recorded."""
    page = lookups.list_records(session, GiProduct, limit=limit, cursor=cursor, name="gi")
    items = [shapes.ProductSummary(**shaping.product_summary(each)) for each in page.items]
    return _list(session, page, items)


@router.get("/gi/{slug}", response_model=shapes.ProductShape, tags=["products"])
def get_product(session: ReadSessionDep, today: TodayDep, slug: Slug, on: Day = None) -> Any:
    """Return a product with its rights, areas and users as they stand on a day."""
    day = on or today
    return shaping.product(
        lookups.find_product(session, slug, day, known_on=today), day, data_version(session)
    )


@router.get(
    "/organisations", response_model=shapes.ListShape[shapes.OrganisationSummary], tags=["organisations"]
)
def list_organisations(session: ReadSessionDep, limit: Limit = 20, cursor: Cursor = None) -> Any:
    """Return the organisations in the order in which they were recorded."""
    page = lookups.list_records(session, Organisation, limit=limit, cursor=cursor, name="organisations")
    items = [shapes.OrganisationSummary(**shaping.organisation_summary(each)) for each in page.items]
    return _list(session, page, items)


@router.get("/organisations/{uscc}", response_model=shapes.OrganisationShape, tags=["organisations"])
def get_organisation(session: ReadSessionDep, today: TodayDep, uscc: UsccPath, on: Day = None) -> Any:
    """Return an organisation with its authorisations as they stand on a day."""
    day = on or today
    view = lookups.find_organisation(session, as_typed(uscc), day)
    return shaping.organisation(view, day, data_version(session))


@router.get(
    "/authorisations", response_model=shapes.ListShape[shapes.AuthorisationSummary], tags=["authorisations"]
)
def list_authorisations(
    session: ReadSessionDep, today: TodayDep, on: Day = None, limit: Limit = 20, cursor: Cursor = None
) -> Any:
    """Return the authorisations with their states on a day."""
    page = lookups.list_records(
        session,
        Authorisation,
        limit=limit,
        cursor=cursor,
        name="authorisations",
        filters=AUTHORISATION_ON_VIEW,
    )
    ids = [each.id for each in page.items]
    views = authorisation_views(session, AUTHORISATIONS, ids, on or today)
    views.sort(key=lambda view: view.authorisation.ulid)
    return _list(session, page, [shaping.authorisation_summary(view) for view in views])


@router.get("/authorisations/{code}", response_model=shapes.AuthorisationShape, tags=["authorisations"])
def get_authorisation(
    session: ReadSessionDep, today: TodayDep, code: AuthorisationCode, on: Day = None
) -> Any:
    """Return an authorisation with its history."""
    day = on or today
    return shaping.authorisation(lookups.find_authorisation(session, code, day), day, data_version(session))


@router.get("/trademarks", response_model=shapes.ListShape[shapes.TrademarkShape], tags=["trademarks"])
def list_trademarks(
    session: ReadSessionDep, today: TodayDep, limit: Limit = 20, cursor: Cursor = None
) -> Any:
    """Return the trademarks, one item per registration number and class."""
    page = lookups.list_records(session, TrademarkRecord, limit=limit, cursor=cursor, name="trademarks")
    items = [shaping.trademark(mark, lookups.status_of(mark, today)) for mark in page.items]
    return _list(session, page, items)


@router.get("/trademarks/{registration_no}", response_model=shapes.TrademarkAnswer, tags=["trademarks"])
def get_trademark(
    session: ReadSessionDep, today: TodayDep, registration_no: RegistrationNo, on: Day = None
) -> Any:
    """Return the records of a registration number, one per class."""
    marks = lookups.find_trademarks(session, registration_no, on or today)
    items = [shaping.trademark(mark, status) for mark, status in marks]
    return shapes.TrademarkAnswer(items=items, data_version=data_version(session))


@router.get(
    "/announcements", response_model=shapes.ListShape[shapes.AnnouncementShape], tags=["announcements"]
)
def list_announcements(session: ReadSessionDep, limit: Limit = 20, cursor: Cursor = None) -> Any:
    """Return the announcements with their files."""
    parts = (selectinload(Announcement.documents).selectinload(AnnouncementDocument.document),)
    page = lookups.list_records(
        session, Announcement, limit=limit, cursor=cursor, name="announcements", parts=parts
    )
    return _list(session, page, [shaping.announcement(each) for each in page.items])


@router.get("/divisions", response_model=shapes.ListShape[shapes.DivisionShape], tags=["divisions"])
def list_divisions(session: ReadSessionDep, limit: Limit = 20, cursor: Cursor = None) -> Any:
    """Return the administrative divisions with their codes by scheme and year."""
    parts = (selectinload(Division.codes), selectinload(Division.aliases))
    page = lookups.list_records(session, Division, limit=limit, cursor=cursor, name="divisions", parts=parts)
    return _list(session, page, [shaping.division(each) for each in page.items])


@router.get(
    "/service-points", response_model=shapes.ListShape[shapes.ServicePointShape], tags=["service points"]
)
def list_service_points(session: ReadSessionDep, limit: Limit = 20, cursor: Cursor = None) -> Any:
    """Return the open service points."""
    page = lookups.list_records(
        session,
        ServicePoint,
        limit=limit,
        cursor=cursor,
        name="service-points",
        filters=[ServicePoint.closed_on.is_(None)],
        parts=(selectinload(ServicePoint.division),),
    )
    return _list(session, page, [shaping.service_point(each) for each in page.items])


@router.get("/indicators", response_model=shapes.ListShape[shapes.IndicatorShape], tags=["indicators"])
def list_indicators(session: ReadSessionDep) -> Any:
    """Return the indicators with their newest values; a value that cannot be given says why."""
    items = [
        shapes.IndicatorShape(
            code=row.indicator.code,
            name=row.indicator.name,
            name_en=row.indicator.name_en,
            formula=row.indicator.formula,
            unit=row.indicator.unit,
            nature=shaping.labelled(row.indicator.nature),
            target=row.indicator.target,
            target_year=row.indicator.target_year,
            value=row.value.value if row.value else None,
            as_of=row.value.as_of if row.value else None,
            problem=None if row.value and row.value.value is not None else "no_value_recorded",
        )
        for row in lookups.indicator_rows(session)
    ]
    return shapes.ListShape[shapes.IndicatorShape](
        items=items, next=None, total=len(items), data_version=data_version(session)
    )


def as_typed(text: str) -> str:
    """Return a USCC typed in lower case or with spaces in normal form; other text stays and is not found."""
    try:
        return Uscc.parse_unchecked(text).value
    except IdentifierError:
        return text


def _list(session: ReadSessionDep, page: lookups.Page[Any], items: list[Any]) -> dict[str, Any]:
    return {"items": items, "next": page.next, "total": page.total, "data_version": data_version(session)}
