"""From what the register holds to the shapes of the API. Every public field is named here; no other leaves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from service.addresses import path_of
from service.register.lookups import (
    AreaView,
    AuthorisationView,
    OrganisationView,
    ProductView,
    ProtectionView,
)
from service.register.models import (
    Announcement,
    Division,
    GiProduct,
    Organisation,
    ProtectionEvent,
    ServicePoint,
    Source,
    TrademarkRecord,
)
from service.vocabulary import PRIVATE_PERSON_KINDS, MarkStatus, Vocabulary
from service.web.api import shapes


def labelled(entry: Vocabulary) -> shapes.Labelled:
    """Return a code with its labels."""
    return shapes.Labelled(code=entry.value, label=entry.zh, label_en=entry.en)


def _maybe(entry: Vocabulary | None) -> shapes.Labelled | None:
    return labelled(entry) if entry is not None else None


def source(found: Source) -> shapes.SourceShape:
    """Return where a fact comes from."""
    return shapes.SourceShape(
        citation=found.citation,
        level=labelled(found.level),
        is_verified=found.level.is_verified,
        url=found.url,
        locator=found.locator,
        checked_on=found.checked_on,
    )


def product_summary(product: GiProduct) -> dict[str, Any]:
    """Return the fields of a product in a list."""
    return {
        "id": product.ulid,
        "code": product.code,
        "slug": product.slug,
        "name": product.name,
        "name_en": product.name_en,
        "url": path_of("gi_product", product.slug),
        "industry": _maybe(product.industry),
        "home_relation": labelled(product.home_relation),
        "is_demonstration": product.is_demonstration,
    }


def product(view: ProductView, on: date, data_version: int) -> shapes.ProductShape:
    """Return a product with its rights."""
    found = view.product
    return shapes.ProductShape(
        **product_summary(found),
        as_of=on,
        names=[
            shapes.NameShape(text=name.text, lang=name.lang, role=labelled(name.role)) for name in found.names
        ],
        place=found.place_as_printed or (found.division.name if found.division else None),
        description=found.description,
        scientific_name=found.scientific_name,
        nice_classes=found.nice_classes,
        season_months=found.season_months,
        protections=[protection(each) for each in view.protections],
        conflicts=[conflict.statement for conflict in view.conflicts],
        source=source(found.source),
        data_version=data_version,
    )


def protection(view: ProtectionView) -> shapes.ProtectionShape:
    """Return one right with its state on the day."""
    found = view.protection
    return shapes.ProtectionShape(
        id=found.ulid,
        code=found.code,
        track=labelled(found.track),
        state=labelled(view.standing.state),
        since=view.standing.since,
        until=view.standing.until,
        numbers=[
            shapes.NumberShape(scheme=labelled(each.scheme), as_printed=each.as_printed, number=each.number)
            for each in found.identifiers
        ],
        parties=[
            shapes.PartyShape(role=labelled(each.role), name=each.name_as_announced) for each in found.parties
        ],
        events=[_event(each) for each in found.events],
        areas=[_area(each) for each in view.areas],
        traits=[
            shapes.TraitShape(
                name=each.name, text=each.text, minimum=each.minimum, maximum=each.maximum, unit=each.unit
            )
            for each in found.traits
        ],
        standards=[each.number for each in found.standards],
        users=[authorisation_summary(each) for each in view.authorisations],
        source=source(found.source),
    )


def _event(event: ProtectionEvent) -> shapes.EventShape:
    return shapes.EventShape(
        kind=labelled(event.kind),
        on=event.happened_on,
        precision=event.precision.value,
        announcement=event.announcement.code if event.announcement else None,
        note=event.note,
        recorded_at=event.recorded_at,
        source=source(event.source),
    )


def _area(view: AreaView) -> shapes.AreaShape:
    area = view.area
    return shapes.AreaShape(
        id=area.ulid,
        version_no=area.version_no,
        is_current=view.is_current,
        valid_from=area.valid_from,
        valid_to=area.valid_to,
        text=area.text_original,
        text_as_of=area.text_as_of,
        tier=labelled(area.tier),
        confidence=labelled(area.confidence),
        divisions=[each.name_as_printed for each in area.divisions],
        stated_area=area.stated_area,
        stated_unit=_maybe(area.stated_unit),
        stated_box=area.stated_box,
        stated_limits=area.stated_limits,
        computed_area_ha=area.computed_area_ha,
        conflicts=[conflict.statement for conflict in view.conflicts],
        source=source(area.source),
    )


def authorisation_summary(view: AuthorisationView) -> shapes.AuthorisationSummary:
    """Return an authorisation with its state on the day."""
    return shapes.AuthorisationSummary(**_authorisation_fields(view))


def _authorisation_fields(view: AuthorisationView) -> dict[str, Any]:
    found = view.authorisation
    return {
        "id": found.ulid,
        "code": found.code,
        "url": path_of("authorisation", found.code),
        "product": shapes.LinkShape(name=view.product.name, url=path_of("gi_product", view.product.slug)),
        "organisation": shapes.LinkShape(
            name=found.organisation.name, url=organisation_path(found.organisation)
        ),
        "uscc": found.organisation.uscc,
        "basis": labelled(found.basis),
        "state": labelled(view.standing.state),
        "since": view.standing.since,
        "ground": _maybe(view.standing.ground),
        "is_demonstration": found.is_demonstration,
    }


def authorisation(view: AuthorisationView, on: date, data_version: int) -> shapes.AuthorisationShape:
    """Return an authorisation with its history."""
    return shapes.AuthorisationShape(
        **_authorisation_fields(view),
        as_of=on,
        events=[
            shapes.AuthorisationEventShape(
                kind=labelled(event.kind),
                effective_on=event.effective_on,
                recorded_at=event.recorded_at,
                announcement=event.announcement.code if event.announcement else None,
                ground=_maybe(event.ground),
                deadline_on=event.deadline_on,
                source=source(event.source),
            )
            for event in view.authorisation.events
        ],
        data_version=data_version,
    )


def organisation_path(found: Organisation) -> str:
    """Return the path of an organisation's page; one without a code has its permanent address."""
    return path_of("organisation", found.uscc) if found.uscc else path_of("permalink", found.ulid)


def organisation_summary(found: Organisation) -> dict[str, Any]:
    """Return the fields of an organisation in a list."""
    return {
        "id": found.ulid,
        "uscc": found.uscc,
        "name": found.name,
        "name_en": found.name_en,
        "url": organisation_path(found),
        "kind": labelled(found.kind),
        "status": labelled(found.status),
        "is_demonstration": found.is_demonstration,
    }


def organisation(view: OrganisationView, on: date, data_version: int) -> shapes.OrganisationShape:
    """Return an organisation; the address of a person's own business is not public (I-10)."""
    found = view.organisation
    return shapes.OrganisationShape(
        **organisation_summary(found),
        as_of=on,
        other_names=[name.text for name in found.names],
        former_codes=[code.uscc for code in found.former_codes],
        place=found.division.name if found.division else None,
        address=None if found.kind in PRIVATE_PERSON_KINDS else found.address,
        authorisations=[authorisation_summary(each) for each in view.authorisations],
        source=source(found.source),
        data_version=data_version,
    )


def trademark(mark: TrademarkRecord, status: MarkStatus) -> shapes.TrademarkShape:
    """Return a trademark; the last day of its term is printed inclusive."""
    return shapes.TrademarkShape(
        id=mark.ulid,
        registration_no=mark.registration_no,
        nice_class=mark.nice_class,
        name=mark.name,
        name_en=mark.name_en,
        url=path_of("trademark", mark.registration_no),
        mark_type=labelled(mark.mark_type),
        status=labelled(status),
        goods=mark.goods,
        registrant=mark.registrant_name,
        registered_on=mark.registered_on,
        term_first_day=mark.term_from,
        term_last_day=mark.term_to - timedelta(days=1) if mark.term_to else None,
        source_checked_on=mark.source_checked_on,
        is_demonstration=mark.is_demonstration,
    )


def announcement(found: Announcement) -> shapes.AnnouncementShape:
    """Return an announcement with its files; a file that is not open has no address."""
    return shapes.AnnouncementShape(
        id=found.ulid,
        code=found.code,
        url=path_of("announcement", found.code),
        issuer=labelled(found.issuer),
        number_as_printed=found.number_as_printed,
        title=found.title,
        kind=labelled(found.kind),
        published_on=found.published_on,
        declared_organisations=found.declared_organisations,
        declared_products=found.declared_products,
        documents=[
            shapes.DocumentShape(
                title=each.document.title,
                sha256=each.document.sha256,
                size=each.document.size,
                media_type=each.document.media_type,
                url=path_of("document", each.document.sha256) if each.document.is_open else None,
            )
            for each in found.documents
        ],
        is_demonstration=found.is_demonstration,
    )


def division(found: Division) -> shapes.DivisionShape:
    """Return a division with its codes."""
    return shapes.DivisionShape(
        id=found.ulid,
        slug=found.slug,
        name=found.name,
        url=path_of("division", found.slug),
        kind=labelled(found.kind),
        codes=[
            shapes.DivisionCodeShape(scheme=labelled(each.scheme), year=each.year, code=each.code)
            for each in found.codes
        ],
        aliases=[alias.text for alias in found.aliases],
        longitude=found.longitude,
        latitude=found.latitude,
    )


def service_point(found: ServicePoint) -> shapes.ServicePointShape:
    """Return a service point."""
    return shapes.ServicePointShape(
        id=found.ulid,
        code=found.code,
        name=found.name,
        kind=labelled(found.kind),
        place=found.division.name if found.division else None,
        address=found.address,
        hours=found.hours,
        telephone=found.telephone,
        longitude=found.longitude,
        latitude=found.latitude,
        is_demonstration=found.is_demonstration,
    )
