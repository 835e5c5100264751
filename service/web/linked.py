"""What a page says, once more for programs: schema.org documents made from the very objects the page shows.

schema.org knows two states of a certification; ours stands beside them as `legalState`, so that a document
never says more than the page does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from service.addresses import path_of
from service.register.lookups import (
    AuthorisationView,
    OrganisationView,
    PlaceView,
    ProductView,
    ProtectionView,
)
from service.register.lookups.brands import BrandView
from service.register.models import GiProduct, Organisation, ServicePoint, Source
from service.register.open_data import Form
from service.vocabulary import PRIVATE_PERSON_KINDS, ProtectionEventKind, Vocabulary

Linked: TypeAlias = dict[str, Any]

CONTEXT = "https://schema.org"
_ACTIVE = f"{CONTEXT}/CertificationActive"
_INACTIVE = f"{CONTEXT}/CertificationInactive"
_GIVEN = frozenset({ProtectionEventKind.RECOGNISED, ProtectionEventKind.REGISTERED})


@dataclass(frozen=True, slots=True)
class Linking:
    """Makes the documents of one page: in its language, with whole addresses."""

    base: str
    lang: str

    def product(self, view: ProductView) -> Linked:
        """Return the product with each of its rights as a certification in its state."""
        found = view.product
        others = [name.text for name in found.names if name.text != self._name(found)]
        return _document(
            "Product",
            **self._named(found, "gi_product", found.slug),
            alternateName=list(dict.fromkeys(others)),
            identifier=found.code,
            description=found.description,
            category=self._name(found.category) if found.category else None,
            countryOfOrigin={"@type": "Country", "name": "CN"},
            hasCertification=[self._right(found, each) for each in view.protections],
            brand=[{"@type": "Brand", **self._named(brand, "brand", brand.slug)} for brand in view.brands],
            additionalProperty=self._standing(found.source, is_demonstration=found.is_demonstration),
        )

    def _right(self, product: GiProduct, view: ProtectionView) -> Linked:
        found, standing = view.protection, view.standing
        given = [event.happened_on for event in found.events if event.kind in _GIVEN and event.happened_on]
        return _without_empty(
            {
                "@type": "Certification",
                "@id": f"{self._url('gi_product', product.slug)}#{found.code}",
                "name": found.track.label(self.lang),
                "certificationIdentification": [number.as_printed for number in found.identifiers],
                "certificationStatus": _ACTIVE if standing.is_in_force else _INACTIVE,
                "validFrom": standing.since.isoformat() if standing.since and standing.is_in_force else None,
                "expires": standing.until.isoformat() if standing.until else None,
                "datePublished": min(given).isoformat() if given else None,
                "validIn": _places(view),
                "additionalProperty": [
                    self._state(standing.state),
                    *self._standing(found.source, is_demonstration=found.is_demonstration),
                ],
            }
        )

    def organisation(self, view: OrganisationView) -> Linked:
        """Return the organisation with what it may use the mark on; private people's addresses stay inside."""
        found = view.organisation
        is_private = found.kind in PRIVATE_PERSON_KINDS
        return _document(
            "Organization",
            **self._named(found, "organisation", found.uscc or ""),
            alternateName=[name.text for name in found.names],
            identifier=_uscc(found),
            address=None if is_private else found.address,
            hasCertification=[self._permission(each) for each in view.authorisations],
            additionalProperty=[
                self._state(found.status),
                *self._standing(found.source, is_demonstration=found.is_demonstration),
            ],
        )

    def authorisation(self, view: AuthorisationView) -> Linked:
        """Return the permission to use the special mark in its state."""
        return {"@context": CONTEXT, **self._permission(view)}

    def _permission(self, view: AuthorisationView) -> Linked:
        found, firm = view.authorisation, view.authorisation.organisation
        holder = {
            "@type": "Organization",
            "name": self._name(firm),
            "identifier": _uscc(firm),
            "url": self._url("organisation", firm.uscc) if firm.uscc else None,
        }
        granted = [event.effective_on for event in found.events if event.id == view.standing.granted_by]
        product = {"@type": "Product", **self._named(view.product, "gi_product", view.product.slug)}
        return _without_empty(
            {
                "@type": "Certification",
                "name": found.code,
                "url": self._url("authorisation", found.code),
                "certificationIdentification": found.code,
                "certificationStatus": _ACTIVE if view.standing.is_in_effect else _INACTIVE,
                "validFrom": granted[0].isoformat() if granted else None,
                "about": [product, _without_empty(holder)],
                "additionalProperty": [
                    self._state(view.standing.state),
                    *self._standing(found.source, is_demonstration=found.is_demonstration),
                ],
            }
        )

    def brand(self, view: BrandView) -> Linked:
        """Return the brand."""
        found = view.brand
        return _document("Brand", **self._named(found, "brand", found.slug), description=found.description)

    def place(self, view: PlaceView) -> Linked:
        """Return the place with its codes and, where one is known, its point (WGS 84)."""
        found = view.division
        parent = found.parent
        return _document(
            "AdministrativeArea",
            name=found.name,
            url=self._url("division", found.slug),
            alternateName=[alias.text for alias in found.aliases],
            identifier=[
                {
                    "@type": "PropertyValue",
                    "propertyID": f"{code.scheme.value}:{code.year}",
                    "value": code.code,
                }
                for code in found.codes
            ],
            geo=_point(found.longitude, found.latitude),
            containedInPlace={"@type": "AdministrativeArea", "name": parent.name} if parent else None,
        )

    def service_points(self, points: Sequence[ServicePoint]) -> list[Linked]:
        """Return the service points, each as a public service given at a place."""
        return [self._service(point) for point in points]

    def _service(self, point: ServicePoint) -> Linked:
        place = {
            "@type": "Place",
            "name": point.name,
            "address": point.address,
            "telephone": point.telephone,
            "geo": _point(point.longitude, point.latitude),
        }
        return _document(
            "GovernmentService",
            name=point.name,
            identifier=point.code,
            url=self._url("service_point", point.code),
            serviceType=point.kind.label(self.lang),
            description=point.services,
            availableChannel={"@type": "ServiceChannel", "serviceLocation": _without_empty(place)},
            additionalProperty=self._standing(point.source, is_demonstration=point.is_demonstration),
        )

    def dataset(self, files: Sequence[tuple[str, Form]], version: int, on: date, licence: str) -> Linked:
        """Return the open data with each file that can be had."""
        return _document(
            "Dataset",
            name="黔江区地理标志与品牌登记",
            alternateName="GI and brand register of Qianjiang District",
            description="黔江区地理标志、保护、产地范围、单位、使用核准、商标、品牌、公告和服务网点的登记数据。",
            url=f"{self._root}/data",
            version=str(version),
            dateModified=on.isoformat(),
            license=licence,
            isAccessibleForFree=True,
            spatialCoverage={"@type": "AdministrativeArea", "name": "重庆市黔江区"},
            distribution=[
                {
                    "@type": "DataDownload",
                    "name": name,
                    "encodingFormat": form.media_type.partition(";")[0],
                    "contentUrl": f"{self._root}/data/{name}.{form}",
                }
                for name, form in files
            ],
        )

    def site(self, name: str) -> Linked:
        """Return the site with how to search it."""
        target = f"{self._root}/search?q={{search_term_string}}"
        return _document(
            "WebSite",
            name=name,
            url=f"{self._root}/",
            potentialAction={
                "@type": "SearchAction",
                "target": {"@type": "EntryPoint", "urlTemplate": target},
                "query-input": "required name=search_term_string",
            },
        )

    def _named(self, found: Any, kind: str, key: str) -> Linked:
        return {"name": self._name(found), "url": self._url(kind, key)}

    def _name(self, found: Any) -> str:
        return str(found.name_en if self.lang == "en" and found.name_en else found.name)

    def _url(self, kind: str, key: str) -> str:
        return self._root + path_of(kind, key)

    @property
    def _root(self) -> str:
        return f"{self.base}/en" if self.lang == "en" else self.base

    def _state(self, state: Vocabulary) -> Linked:
        return _property("legalState", state.value, state.label(self.lang))

    def _standing(self, source: Source, *, is_demonstration: bool) -> list[Linked]:
        """Return how far it can be relied on: the level of its source, and whether it is fictional."""
        level = source.level
        said = [_property("verificationLevel", level.value, level.label(self.lang))]
        return [*said, _property("isDemonstration", "true", "示例")] if is_demonstration else said


def _uscc(found: Organisation) -> Linked | None:
    return {"@type": "PropertyValue", "propertyID": "USCC", "value": found.uscc} if found.uscc else None


def _places(view: ProtectionView) -> list[Linked]:
    area = view.current_area
    return [
        {"@type": "AdministrativeArea", "name": each.name_as_printed}
        for each in (area.area.divisions if area else ())
    ]


def _point(longitude: float | None, latitude: float | None) -> Linked | None:
    if longitude is None or latitude is None:
        return None
    return {"@type": "GeoCoordinates", "longitude": longitude, "latitude": latitude}


def _property(name: str, value: str, label: str) -> Linked:
    return {"@type": "PropertyValue", "propertyID": name, "value": value, "name": label}


def _document(kind: str, **values: Any) -> Linked:
    return {"@context": CONTEXT, "@type": kind, **_without_empty(values)}


def _without_empty(values: Linked) -> Linked:
    return {key: value for key, value in values.items() if value not in (None, "", [])}
