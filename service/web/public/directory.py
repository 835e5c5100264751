"""What machines look for first: sitemap, robots, search description, manifest, and whom to tell of a weakness."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Request
from fastapi import Path as PathParameter
from fastapi.responses import PlainTextResponse, Response
from starlette.responses import JSONResponse

from service.calendar import china_date
from service.errors import RecordNotFound
from service.register.lookups.directory import KINDS, count_entries, list_entries
from service.web.deps import ClockDep, LanguageDep, ReadSessionDep, SettingsDep
from service.web.templating import english, environment, language_of, localised, static_url

router = APIRouter()
"""What each language has of its own."""
root_router = APIRouter(include_in_schema=False)
"""What a site has once."""

PART: Final = 10_000
"""Records in one sitemap; each is two addresses, and a sitemap may hold 50,000."""

_PAGES: Final = (
    "/",
    "/search",
    "/map",
    "/where",
    "/verify",
    "/verify/proof",
    "/verify/batch",
    "/service-points",
    "/indicators",
    "/inspections",
    "/data",
    "/help",
    "/method",
)
_XML: Final = "application/xml"
_AN_HOUR: Final = {"Cache-Control": "public, max-age=3600"}
_GOOD_FOR: Final = timedelta(days=180)
_SECURITY: Final = "/.well-known/security.txt"


@root_router.get("/robots.txt")
def robots(settings: SettingsDep) -> PlainTextResponse:
    """Return what crawlers may read: everything but searches without end and verdicts, which are never old."""
    lines = [
        "User-agent: *",
        "Disallow: /staff",
        *(
            f"Disallow: {prefix}{path}"
            for prefix in ("", "/en")
            for path in ("/search?", "/verify?", "/where?", "/v/")
        ),
        "",
        f"Sitemap: {_base(settings.base_url)}/sitemap.xml",
    ]
    return PlainTextResponse("\n".join(lines) + "\n", headers=_AN_HOUR)


@root_router.get("/sitemap.xml")
def sitemap(session: ReadSessionDep, settings: SettingsDep) -> Response:
    """Return every public page in both languages, or an index of such lists when they are many."""
    counts = count_entries(session)
    if sum(counts.values()) <= PART:
        entries = [entry for kind in KINDS for entry in list_entries(session, kind, 0, PART)]
        return _xml("sitemap.xml", settings.base_url, pages=_PAGES, entries=entries)
    parts = [(kind, part) for kind in KINDS for part in range(-(-counts[kind] // PART))]
    return _xml("sitemap_index.xml", settings.base_url, parts=parts)


@root_router.get("/sitemap/{kind}-{part}.xml")
def sitemap_part(
    session: ReadSessionDep,
    settings: SettingsDep,
    kind: Annotated[str, PathParameter(pattern="^[a-z_]{1,20}$")],
    part: Annotated[str, PathParameter(pattern="^[0-9]{1,6}$")],
) -> Response:
    """Return one part of the sitemap; "pages" are those that are no record's."""
    if kind == "pages" and part == "0":
        return _xml("sitemap.xml", settings.base_url, pages=_PAGES, entries=[])
    entries = list_entries(session, kind, int(part) * PART, PART) if kind in KINDS else []
    if not entries:
        raise RecordNotFound("sitemap", kind)
    return _xml("sitemap.xml", settings.base_url, pages=(), entries=entries)


@root_router.get(_SECURITY)
def security_txt(settings: SettingsDep, clock: ClockDep) -> PlainTextResponse:
    """Return where to report a weakness; without a contact set there is no such file. Source: RFC 9116."""
    if not settings.security_contact:
        raise RecordNotFound("setting", "security_contact")
    # A whole day, so that the file is the same all day long.
    expires = datetime.combine(china_date(clock.now()) + _GOOD_FOR, datetime.min.time())
    lines = [
        f"Contact: {settings.security_contact}",
        f"Expires: {expires.isoformat()}Z",
        "Preferred-Languages: zh, en",
        f"Canonical: {_base(settings.base_url)}{_SECURITY}",
    ]
    return PlainTextResponse("\n".join(lines) + "\n", headers=_AN_HOUR)


@router.get("/opensearch.xml")
def opensearch(request: Request, settings: SettingsDep) -> Response:
    """Return how a browser searches the site from its address bar. Source: OpenSearch 1.1."""
    reply = _xml("opensearch.xml", settings.base_url, lang=language_of(request))
    reply.headers["Content-Type"] = "application/opensearchdescription+xml"
    return reply


@router.get("/site.webmanifest")
def manifest(lang: LanguageDep) -> JSONResponse:
    """Return how the site looks on a home screen."""
    words = english().gettext if lang == "en" else str
    document = {
        "name": words("黔江区地理标志与品牌登记"),
        "short_name": words("黔江地标"),
        "lang": "en" if lang == "en" else "zh-CN",
        "start_url": localised("/", lang),
        "scope": "/",
        "display": "browser",
        "theme_color": "#0a4331",
        "background_color": "#f8f6f0",
        "icons": [
            {"src": static_url(f"icons/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
            for size in (192, 512)
        ],
    }
    return JSONResponse(document, headers=_AN_HOUR, media_type="application/manifest+json")


def _xml(template: str, base_url: str, *, lang: str = "zh", **context: object) -> Response:
    text = environment(lang).get_template(f"machines/{template}").render(base=_base(base_url), **context)
    return Response(text, media_type=_XML, headers=_AN_HOUR)


def _base(base_url: str) -> str:
    return base_url.rstrip("/")
