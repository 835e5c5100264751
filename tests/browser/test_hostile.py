"""Every page of a register whose every text is code, in a real browser: none of it runs, no rule is broken."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from itertools import cycle
from typing import Any
from urllib.parse import quote

import pytest
import uvicorn
from conftest import NOW
from playwright.sync_api import Browser
from serving import seeded_settings
from sqlalchemy import Enum, String, Text, inspect, select, text, update
from walking import examples

from search.engine import open_engine
from service.app import create_app
from service.calendar import FixedClock
from service.register import indexing
from service.register.database import Database
from service.register.models import Base

pytestmark = pytest.mark.browser

_RUN = "window.__ran=(window.__ran||0)+1"
PAYLOADS = (
    f"<script>{_RUN}</script>",
    f'"><script>{_RUN}</script>',
    f"'><script>{_RUN}</script>",
    f"</script><script>{_RUN}</script>",
    f"</title><script>{_RUN}</script>",
    f"</textarea><svg onload={_RUN}>",
    f"<img src=x onerror={_RUN}>",
    f'" onmouseover="{_RUN}" autofocus onfocus="{_RUN}" x="',
    f"' autofocus onfocus='{_RUN}' x='",
    f"<svg><animate onbegin={_RUN} attributeName=x dur=1s>",
    f'<iframe srcdoc="<script>parent.{_RUN}</script>">',
    f"<details open ontoggle={_RUN}>",
    f"<style>@import 'javascript:{_RUN}';</style>",
    f'<link rel=stylesheet href="javascript:{_RUN}">',
    f'<base href="//evil.example/"><script>{_RUN}</script>',
    f'<meta http-equiv=refresh content="0;url=javascript:{_RUN}">',
    f"<form action=javascript:{_RUN}><input type=submit>",
    f"<math><mtext><script>{_RUN}</script>",
    f'<noscript><p title="</noscript><img src=x onerror={_RUN}>">',
    f"<!--><script>{_RUN}</script>-->",
    f"]]><script>{_RUN}</script>",
    f"${{{_RUN}}}",
    f"`${{{_RUN}}}`",
    f"{{{{{_RUN}}}}}{{% raw %}}",
    f"\\u003cscript\\u003e{_RUN}\\u003c/script\\u003e",
    f"&lt;script&gt;{_RUN}&lt;/script&gt;",
    f"\u2028\u2029<script>{_RUN}</script>",
    f"javascript:{_RUN}//",
)
_ADDRESS = f"javascript:{_RUN}"
# Keys, codes and what the machine itself writes: a hostile value there is refused or never shown.
_LEFT_ALONE = frozenset(
    {
        *("ulid", "slug", "code", "uscc", "number", "registration_no", "sha256", "document_sha256", "scheme"),
        *(
            "fingerprint",
            "hash",
            "previous_hash",
            "redirect_ulid",
            "record_ulid",
            "lang",
            "media_type",
            "act",
        ),
        *("login", "password_hash", "token", "international_registration_no", "audit_hash", "last_problem"),
    }
)
_NOT_PUBLIC = frozenset(
    {
        "staff_user",
        "staff_role",
        "staff_scope",
        "staff_session",
        "staff_recovery_code",
        "revision",
        "import_batch",
        "audit_event",
        "outbox",
        "former_slug",
    }
)
_WATCH = """
document.addEventListener('securitypolicyviolation', e =>
  (window.__broken = window.__broken || []).push(e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sourceFile));
"""


def _poison(database: Database) -> int:
    """Write payloads into every text of every public table, each row and column another; return how many."""
    count = 0
    with database.writing() as session:
        triggers = session.scalars(
            text(
                "SELECT name FROM sqlite_master WHERE type='trigger' AND (name LIKE '%_no_update' OR name LIKE 'rev%')"
            )
        ).all()
        for trigger in triggers:
            session.execute(text(f"DROP TRIGGER {trigger}"))
        for mapper in Base.registry.mappers:
            table: Any = mapper.local_table
            columns = [each for each in inspect(mapper.class_).columns if _is_text(each)]
            if table.name in _NOT_PUBLIC or not columns or "id" not in table.c:
                continue
            for key in session.scalars(select(table.c.id)).all():
                values = {}
                for at, column in enumerate(columns):
                    payload = PAYLOADS[(key * 7 + at * 3 + count) % len(PAYLOADS)]
                    is_address = "url" in column.name
                    values[column.key] = _ADDRESS if is_address else payload[: column.type.length or None]
                    count += 1
                session.execute(update(table).where(table.c.id == key).values(values))
    return count


def _is_text(column: Any) -> bool:
    kind = column.type
    return (
        isinstance(kind, String | Text)
        and not isinstance(kind, Enum)
        and column.name not in _LEFT_ALONE
        and not column.foreign_keys
    )


@pytest.fixture(scope="module")
def hostile(registers: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Any]]:
    """The address of a site in which every text is a payload, and its application."""
    taken = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{taken.getsockname()[1]}"
    clock = FixedClock(NOW)
    folder = tmp_path_factory.mktemp("hostile")
    settings = seeded_settings(folder, registers, "spatialite", clock, base_url=address)
    database = Database(settings.effective_database_url)
    assert _poison(database) > 1000
    engine = open_engine("embedded:", directory=settings.index_dir, writable=True)
    indexing.rebuild(database, engine, clock)
    engine.close()
    database.dispose()
    app = create_app(settings, clock, works=False)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield address, app
    server.should_exit = True
    thread.join(10)
    taken.close()


def test_no_text_of_the_register_runs_on_any_page(hostile: tuple[str, Any], browser: Browser) -> None:
    site, app = hostile
    asked = zip(PAYLOADS, cycle(("/search?q", "/verify?code")), strict=False)
    questions = [f"{path}={quote(payload)}" for payload, path in asked]
    paths = [
        path
        for path in (*examples(app), *questions, "/gi/nothing", "/en/gi/nothing")
        if not path.startswith(("/api/", "/static", "/healthz", "/readyz")) and _is_page(path)
    ]
    assert len(paths) > 100
    context = browser.new_context(viewport={"width": 390, "height": 844})
    context.add_init_script(_WATCH)
    page = context.new_page()
    faults: list[str] = []
    page.on("dialog", lambda dialog: (faults.append(f"dialog {page.url}"), dialog.dismiss()))
    page.on(
        "request", lambda asked: None if asked.url.startswith((site, "data:")) else faults.append(asked.url)
    )
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    for path in paths:
        reply = page.goto(site + path)
        assert reply is not None
        assert reply.status in {200, 404, 422}, path
        if path.endswith("/map"):
            page.wait_for_selector("html[data-map=loaded]")
        ran, broken, elements = page.evaluate(
            "() => [window.__ran || 0, window.__broken || [],"
            ' [...document.querySelectorAll(\'main script:not([src^="/static/"]), main iframe, main base, main meta,'
            " main style,"
            ' [onload], [onerror], [onfocus], [onmouseover], a[href^="javascript:" i]\')]'
            ".map(found => found.outerHTML.slice(0, 150))]"
        )
        if ran or broken or elements:
            faults.append(f"{path}: ran {ran}, reports {broken}, elements {elements}")
    context.close()
    assert faults == []


def _is_page(path: str) -> bool:
    plain = path.partition("?")[0]
    return plain.endswith(("/", ".svg")) or "." not in plain.rsplit("/", 1)[1]


def test_the_watch_sees_what_it_should(site: str, browser: Browser) -> None:
    """The control: a page that does run a payload, and one that breaks the policy, are noticed."""
    context = browser.new_context()
    context.add_init_script(_WATCH)
    page = context.new_page()
    page.goto(f"{site}/help")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.__ran=1\">')")
    page.wait_for_function("(window.__broken || []).length > 0")
    page.goto("data:text/html,<script>window.__ran=1</script>")
    assert page.evaluate("window.__ran") == 1
    context.close()
