"""Templates in two languages: the Chinese source, and English from a catalogue compiled in memory at start."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache, partial
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import orjson
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from maps.page import marked, static_address
from service.addresses import path_of
from service.calendar import china_date
from service.settings import Settings
from service.vocabulary import DatePrecision, VerificationLevel
from service.web import wording
from service.web.compression import Packed
from service.web.linked import Linked, Linking
from service.web.security import is_of_the_desk

_WEB: Final = Path(__file__).parent
STATIC: Final = _WEB / "static"
CATALOGUE: Final = _WEB.parent / "locale" / "en" / "LC_MESSAGES" / "messages.po"
_CSS: Final = STATIC / "css"
_COMMON: Final = ("tokens.css", "base.css")
_ENGLISH: Final = "/en"
_THOUSAND: Final = 1024


def render(
    request: Request,
    template: str,
    /,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    linked: Sequence[Linked] = (),
    **context: Any,
) -> HTMLResponse:
    """Return a page in the language of the request's address; `linked` is what it says, for programs."""
    lang = language_of(request)
    frame = {**_frame(request, lang), "linked": [_script_data(each) for each in linked]}
    html = environment(lang).get_template(template).render(**frame, **context)
    return HTMLResponse(
        html, status, {"Content-Language": "en" if lang == "en" else "zh-CN", **(headers or {})}
    )


def render_error(
    request: Request, status: int, code: str, detail: str, most: int | None = None
) -> HTMLResponse:
    """Return the page of an error: what happened, what to do, and a number to quote.

    `most`: how many bytes are taken, where there were more.
    """
    number = request.scope.get("state", {}).get("request_id", "")
    template = "errors/desk.html" if is_of_the_desk(request.scope.get("path", "/")) else "errors/error.html"
    return render(
        request,
        template,
        status=status,
        code=code,
        detail=detail,
        most=most,
        request_id=number,
        error=status,
        **NOBODY,
    )


NOBODY: Final[Mapping[str, Any]] = {
    "me": None,
    "acts": frozenset(),
    "csrf": "",
    "duty": None,
}
"""What the frame of the staff desk knows of who is not signed in."""


def linking(request: Request) -> Linking:
    """Return what makes the page's documents for programs."""
    settings: Settings = request.app.state.services.settings
    return Linking(settings.base_url.rstrip("/"), language_of(request))


def _script_data(document: Linked) -> Markup:
    """Return JSON that cannot end its script element; it is data, which a browser never runs."""
    text = orjson.dumps(document).decode()
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704  (no sign of HTML is left in it)


def language_of(request: Request) -> str:
    """Return "en" below /en, else "zh"."""
    path: str = request.scope.get("path", "/")
    return "en" if path == _ENGLISH or path.startswith(f"{_ENGLISH}/") else "zh"


def _frame(request: Request, lang: str) -> dict[str, Any]:
    """Return what the layout needs of every request: its own address and that in the other language."""
    path: str = request.scope.get("path", "/")
    plain = path.removeprefix(_ENGLISH) or "/" if lang == "en" else path
    query = request.scope.get("query_string", b"").decode("ascii", "replace")
    other = plain if lang == "en" else f"{_ENGLISH}{plain}"
    app = request.scope.get("app")
    base = app.state.services.settings.base_url.rstrip("/") if app is not None else ""
    return {
        "site": base,
        "path": plain,
        "other_language": f"{other}?{query}" if query else other,
        "canonical": f"{base}{localised(plain, lang)}",
        "canonical_zh": f"{base}{plain}",
        "canonical_en": f"{base}{_ENGLISH}{plain}",
    }


def localised(path: str, lang: str) -> str:
    """Return the path of a page in a language."""
    return f"{_ENGLISH}{path}" if lang == "en" else path


@lru_cache(maxsize=2)
def environment(lang: str) -> Environment:
    """Return the templates of a language: undefined names are errors, everything is escaped."""
    made = Environment(
        loader=FileSystemLoader(_WEB / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,  # asking for the time of ten files cost a page 50 µs (2026-11)
        trim_blocks=True,
        lstrip_blocks=True,
    )
    say = translator(english() if lang == "en" else NullTranslations())
    made.globals.update(
        gettext=say,
        _=say,
        # By type too: codes of two lists may be equal words (active: 存续 of a firm, 有效 of an authorisation).
        kept=lru_cache(maxsize=512, typed=True),
        lang=lang,
        url=partial(localised, lang=lang),
        record=lambda kind, key: localised(path_of(kind, key), lang),
        link=lambda path, **query: f"{localised(path, lang)}?{urlencode(query)}",
        static_url=static_url,
        stylesheet_url=stylesheet_url,
        map_static=static_address,
        wording=wording,
    )
    made.filters.update(
        day=lambda value, precision=DatePrecision.DAY: wording.day_text(value, lang, precision),
        moment=lambda value: wording.moment_text(value, lang),
        china_day=lambda value: wording.day_text(china_date(value), lang),
        label=lambda value: _capital(value.label(lang)),
        word=lambda value: value.label(lang),
        capital=_capital,
        marked=lambda text: Markup(marked(str(escape(text)), lang)),  # noqa: S704  (it was escaped)
        figure=_figure,
        degrees=_degrees,
        size=_size,
        web_address=web_address,
        iso=lambda value: value.isoformat() if isinstance(value, date | datetime) else "",
    )
    made.tests["confirmed"] = lambda level: level.is_verified or level is VerificationLevel.DEMONSTRATION
    return made


def translator(words: NullTranslations) -> Callable[..., Markup]:
    """Return what says a text in a language as markup; values are put into it, escaped.

    A page says a hundred texts, nearly all without values: those are made once.
    """
    plain = lru_cache(maxsize=4096)(lambda text: Markup(words.gettext(text)) % ())  # noqa: S704  (our own texts)

    def say(text: str, /, **values: object) -> Markup:
        return Markup(words.gettext(text)) % values if values else plain(text)  # noqa: S704

    return say


@lru_cache(maxsize=1)
def english() -> GNUTranslations:
    """Return the English catalogue, compiled from its text."""
    with CATALOGUE.open("rb") as lines:
        catalogue = read_po(lines, locale="en")
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def static_url(path: str) -> str:
    """Return the address of a static file with its version, so that it may be kept for ever."""
    return f"/static/{path}?v={_version(path)}"


@lru_cache(maxsize=64)
def _version(path: str) -> str:
    return hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:10]


@lru_cache(maxsize=1)
def stylesheet() -> tuple[str, bytes]:
    """Return the site's style sheet in one piece (one request on a slow phone) and its version."""
    parts = [_CSS / name for name in _COMMON] + sorted((_CSS / "components").glob("*.css"))
    content = b"\n".join(part.read_bytes() for part in parts)
    return hashlib.sha256(content).hexdigest()[:10], content


@lru_cache(maxsize=1)
def stylesheet_packed() -> Packed:
    """Return the style sheet with its compressed forms."""
    return Packed(stylesheet()[1])


def stylesheet_url() -> str:
    """Return the address of the site's style sheet."""
    return f"/assets/site-{stylesheet()[0]}.css"


def web_address(value: str | None) -> str | None:
    """Return the address if it is one people may be sent to (http, https), else None."""
    if not value or urlsplit(value).scheme not in {"http", "https"}:
        return None
    return value


def _figure(value: float | None) -> str:
    """Return a number with grouped thousands and without idle zeros."""
    if value is None:
        return ""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}".rstrip("0").rstrip(".")


def _degrees(value: float) -> str:
    """Return an angle as degrees and minutes, the form that announcements use: 108°28.4′."""
    minutes = round(abs(value) * 60, 1)
    return f"{'-' if value < 0 else ''}{int(minutes // 60)}°{minutes % 60:04.1f}′"


def _capital(text: str) -> str:
    """Return an English label as it stands on its own; Chinese has no capitals."""
    return text[:1].upper() + text[1:]


def _size(value: int) -> str:
    """Return a file's size for people."""
    return f"{value} B" if value < _THOUSAND else f"{value / _THOUSAND:,.0f} kB"
