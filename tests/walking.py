"""Every route of the application with addresses that reach it: a route that is not named here fails its tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

# A route's pattern → addresses of it that answer 200 on the seeded register. A route without parameters is its own
# example; a pattern whose address follows from content (a version in it) has none and is named with ().
EXAMPLES: dict[str, tuple[str, ...]] = {
    "/search": (
        "/search",
        "/search?q=示例",
        "/search?kind=gi_product&track=gi_trademark",
        "/search?q=没有这个东西",
    ),
    "/verify": (
        "/verify",
        "/verify?code=93500114MA0TERT081&target=shili-yunwuguo",
        "/verify?code=91500114MA0TERT087",
    ),
    "/v/{code}": ("/v/93500114MA0TERT081", "/v/QJ-AU-9001"),
    "/gi/{slug}": ("/gi/shili-yunwuguo", "/gi/qianjiang-mihoutao", "/gi/qianjiang-yangdujun"),
    "/gi/{slug}/areas/{version_no}": ("/gi/shili-yunwuguo/areas/1",),
    "/gi/{slug}/map": ("/gi/shili-yunwuguo/map",),
    "/gi/{slug}/map/{version}.js": (),
    "/gi/{slug}/map/townships.geojson": (),
    "/gi/{slug}/outline.png": ("/gi/shili-yunwuguo/outline.png",),
    "/where": ("/where", "/where?q=108.7,29.5"),
    "/changes.atom": ("/changes.atom?product=shili-yunwuguo&kind=authorisation",),
    "/changes/{number}": ("/changes/18",),
    "/report": ("/report", "/report?kind=report"),
    "/report/{receipt}": (),
    "/v/{code}/qr.svg": ("/v/QJ-AU-9001/qr.svg",),
    "/service-points/outline.svg": ("/service-points/outline.svg?size=narrow",),
    "/gi/{slug}/outline.svg": ("/gi/shili-yunwuguo/outline.svg?size=narrow",),
    "/map/{version}.js": (),
    "/organisations/{uscc}": ("/organisations/93500114MA0TERT081", "/organisations/92500114MA0TERT084"),
    "/authorisations/{code}": ("/authorisations/QJ-AU-9002",),
    "/trademarks/{registration_no}": ("/trademarks/90000001",),
    "/brands/{slug}": ("/brands/shili-shanpin", "/brands/shili-laoyao"),
    "/announcements/{code}": (),
    "/places/{slug}": ("/places/qianjiang",),
    "/files/{sha256}": (),
    "/r/{ulid}": (),
    "/data/{name}.{form}": ("/data/gi-products.csv?bom=1", "/data/areas.geojsons", "/data/brands.xlsx"),
    "/search.{form}": ("/search.csv?q=示例", "/search.xlsx"),
    "/assets/site-{version}.css": (),
    "/en": (),
    "/sitemap/{kind}-{part}.xml": ("/sitemap/pages-0.xml", "/sitemap/gi_product-0.xml"),
    "/.well-known/security.txt": (),
    "/api/v1/files/{edition}/{name}": (),
    # Behind the sign-in, so 303 here; what only takes forms has no address of its own. More: test_desk_rights.py.
    "/staff/logout": (),
    "/staff/account/sessions": (),
    "/staff/account/sessions/end": (),
    "/staff/account/second-factor/confirm": (),
    "/staff/records": (),
    "/staff/records/{kind}": ("/staff/records/trademark?q=示例&sort=-name",),
    "/staff/records/{kind}.{form}": ("/staff/records/organisation.csv",),
    "/staff/records/{kind}/new/similar": ("/staff/records/gi_product/new/similar?name=示例",),
    "/staff/records/{kind}/new": ("/staff/records/gi_product/new",),
    "/staff/records/{kind}/{ulid}": (),
    "/staff/records/{kind}/{ulid}/edit": (),
    "/staff/records/authorisation/{ulid}/acts/{act}": (),
    "/staff/areas/{code}/{number}": ("/staff/areas/QJ-PR-9001/3",),
    "/staff/areas/{code}/{number}/checks": (),
    "/staff/areas/{code}/{number}/ground.geojson": (),
    "/staff/evidence/{sha256}": (),
    "/staff/reviews/{draft}": (),
    "/staff/reviews/{draft}/submit": (),
    "/staff/reviews/{draft}/publish": (),
    "/staff/reviews/{draft}/return": (),
    "/staff/reviews/{draft}/reopen": (),
    "/staff/reviews/{draft}/discard": (),
    "/staff/history/{kind}/{ulid}": (),
    "/staff/leads.{form}": ("/staff/leads.csv?due=overdue",),
    "/staff/leads/{receipt}": (),
    "/staff/leads/{receipt}/contact": (),
    "/staff/leads/{receipt}/contact/erasure": (),
    "/staff/leads/{receipt}/acts/{act}": (),
    "/staff/ledger.{form}": ("/staff/ledger.xlsx",),
    "/staff/ledger/{entry}": (),
    "/staff/ledger/{entry}/correction": (),
    "/staff/ledger/{entry}/void": (),
    "/staff/reference": (),
    "/staff/imports/errands/{errand}": (),
    "/staff/imports/{annex}": (),
    "/staff/imports/{annex}/columns": (),
    "/staff/imports/{annex}/try": (),
    "/staff/imports/{annex}/draft": (),
    "/staff/imports/{annex}/discard": (),
    "/staff/imports/batches/{batch}": (),
    "/staff/imports/batches/{batch}/apply": (),
    "/staff/imports/batches/{batch}/return": (),
    "/staff/imports/batches/{batch}/undo": (),
    "/staff/audit.{form}": ("/staff/audit.csv?act=signed_in",),
    "/staff/indicators": ("/staff/indicators?day=2026-06-30",),
    "/staff/indicators/snapshots": (),
    "/staff/indicators/snapshots/{ulid}": (),
    "/staff/indicators/snapshots/{ulid}/compare": (),
    "/staff/indicators/snapshots/{ulid}.{form}": (),
    "/staff/inspections/{ulid}": (),
    "/staff/inspections/{ulid}/draws": (),
    "/staff/inspections/draws/{draw}": (),
    "/staff/inspections/draws/{draw}.{form}": (),
    "/staff/inspections/draws/{draw}/draw": (),
    "/staff/inspections/draws/{draw}/abandon": (),
    "/inspections/draws/{ulid}": (),
    "/inspections/draws/{ulid}.json": (),
    "/staff/zone/{ulid}": (),
    "/staff/zone/{ulid}.{form}": (),
    "/staff/users/{login}": ("/staff/users/seed-entry",),
    "/staff/users/{login}/roles": (),
    "/staff/users/{login}/state": (),
    "/staff/users/{login}/password": (),
    "/staff/users/{login}/second-factor": (),
    "/staff/users/{login}/sessions": (),
    "/staff/keys/{prefix}": (),
    "/staff/keys/{prefix}/revoke": (),
    "/staff/webhooks/{ulid}": (),
    "/staff/webhooks/{ulid}/test": (),
    "/staff/webhooks/{ulid}/state": (),
    "/staff/webhooks/{ulid}/remove": (),
    "/api/v1/gi/{slug}": ("/api/v1/gi/shili-yunwuguo",),
    "/api/v1/gi/{slug}/areas": ("/api/v1/gi/shili-yunwuguo/areas",),
    "/api/v1/areas/at": ("/api/v1/areas/at?lon=108.6&lat=29.3",),
    "/api/v1/suggest": ("/api/v1/suggest?q=qj",),
    "/api/v1/changes": ("/api/v1/changes?since=3&limit=5", "/api/v1/changes?organisation=93500114MA0TERT081"),
    "/api/v1/verify/proof": ("/api/v1/verify/proof?code=93500114MA0TERT081",),
    "/api/v1/verify": ("/api/v1/verify?code=93500114MA0TERT081",),
    "/api/v1/verify/batch": (),
    "/api/v1/key": (),
    "/api/v1/organisations/{uscc}": ("/api/v1/organisations/93500114MA0TERT081",),
    "/api/v1/authorisations/{code}": ("/api/v1/authorisations/QJ-AU-9002",),
    "/api/v1/trademarks/{registration_no}": ("/api/v1/trademarks/90000001",),
}


def patterns(app: Any) -> Iterator[str]:
    """Yield the pattern of every route of the application, through its outer layers."""
    yield from (pattern for pattern, _ in routes(app))


def routes(app: Any) -> Iterator[tuple[str, Any]]:
    """Yield every route of the application with its pattern, through its outer layers."""
    yield from _routes(innermost(app).routes, "")


def innermost(app: Any) -> Any:
    """Return the application within its outer layers."""
    while not hasattr(app, "routes"):
        app = app._app
    return app


def _routes(found: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for route in found:
        if (inner := getattr(route, "original_router", None)) is not None:
            yield from _routes(inner.routes, prefix + route.include_context.prefix)
        elif hasattr(route, "endpoint"):
            yield prefix + route.path, route


def examples(app: Any) -> list[str]:
    """Return addresses that reach every route of the application and answer 200."""
    found = []
    for pattern in patterns(app):
        before = "/en" if pattern.startswith("/en/") else ""
        plain = pattern.removeprefix("/en") if before else pattern
        named = EXAMPLES.get(plain)
        assert named is not None or "{" not in plain, f"tests/walking.py has no example of {plain}"
        found += [before + address for address in (named if named is not None else (plain,))]
    return list(dict.fromkeys(found))
