"""The security headers stand on every reply: each route, each method, each kind of answer."""

from __future__ import annotations

import re

import pytest
from walking import examples, patterns

from service.web.security import CONTENT_SECURITY_POLICY, SECURITY_HEADERS

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")
_REFUSED = (405, 404, 413, 415, 422)
_OTHER = (
    "/nowhere",
    "/en/nowhere",
    "/gi/nothing",
    "/en/gi/nothing",
    "/api/v1/nowhere",
    "/api/v1/gi/nothing",
    "/api/v1/gi?limit=nan",
    "/verify?code=1",
    "/search?q=93500114MA0TERT081",
    "/en",
    "/organisations/93500114ma0tert081",
    "/static/icons/favicon.svg",
    "/static/icons/share.png",
    "/static/nowhere.css",
    "/static/maps/map.css",
    "/%ff",
    "/%00",
    "/.well-known/security.txt",
)


def _demand_headers(reply, address: str, method: str = "GET") -> None:
    headers = reply.headers
    for name, value in SECURITY_HEADERS.items():
        if name == "Content-Security-Policy" and re.match(r"(/en)?/files/", address):
            assert headers[name].endswith("frame-ancestors 'none'; sandbox")
        elif name == "Referrer-Policy" and re.match(r"(/en)?/(?:report|staff)\b", address):
            assert headers[name] in {value, "no-referrer"}  # stricter where people's own words are
        else:
            assert headers[name] == value, (address, name)
    is_open = address.startswith("/api/") and method in {"GET", "HEAD", "OPTIONS"}
    assert headers["cross-origin-resource-policy"] == ("cross-origin" if is_open else "same-origin"), address
    is_for_all = is_open or address == "/.well-known/jwks.json"
    assert "access-control-allow-origin" not in headers or is_for_all, address
    assert "access-control-allow-origin" in headers or not is_open, address
    assert len(headers["x-request-id"]) == 26
    assert "set-cookie" not in headers
    assert "server" not in headers
    for name in SECURITY_HEADERS:
        assert len(headers.get_list(name)) == 1, (address, name)


def test_the_policy_allows_nothing_inline_and_nobody_else() -> None:
    assert CONTENT_SECURITY_POLICY.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "*" not in CONTENT_SECURITY_POLICY
    assert "frame-ancestors 'none'" in CONTENT_SECURITY_POLICY
    assert "base-uri 'none'" in CONTENT_SECURITY_POLICY


@pytest.mark.parametrize("method", _METHODS)
def test_security_headers_stand_on_every_route_by_every_method(client, method: str) -> None:
    addresses = examples(client.app)
    assert len(addresses) > 80
    for address in (*addresses, *_OTHER):
        reply = client.request(method, address, follow_redirects=False)
        assert reply.status_code < 500, (method, address)
        _demand_headers(reply, address, method)
        if method == "HEAD":
            assert reply.content == b""
        if address in addresses and method in {"GET", "HEAD"}:
            assert reply.status_code in {200, 303}, (method, address)
        if method in {"PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"}:
            assert reply.status_code in {400, *_REFUSED}, (method, address)


def test_security_headers_stand_on_a_304(client) -> None:
    seen = 0
    for address in examples(client.app):
        tag = client.get(address).headers.get("etag")
        if tag is None:
            continue
        reply = client.get(address, headers={"if-none-match": tag})
        assert reply.status_code == 304, address
        assert reply.content == b""
        _demand_headers(reply, address)
        seen += 1
    assert seen > 40


def test_addresses_that_follow_from_content_have_the_headers_too(client) -> None:
    """Those that tests/walking.py has no fixed example of."""
    found = set()
    for page in ("/", "/gi/shili-yunwuguo/map", "/map", "/gi/shili-yunwuguo", "/en/map"):
        found |= set(re.findall(r'(?:href|src)="(/[^"#]+)"', client.get(page).text))
    announcement = client.get("/api/v1/announcements?limit=100").json()["items"]
    for item in announcement:
        found.add(item["url"])
        found |= {each["url"] for each in item["documents"] if each["url"]}
    assert {path.split("/")[1] for path in found} >= {"files", "r", "assets", "announcements", "map"}
    for address in sorted(found):
        reply = client.get(address.replace("&amp;", "&"), follow_redirects=False)
        assert reply.status_code < 400, address
        _demand_headers(reply, address)


def test_every_route_is_walked(client) -> None:
    assert len(list(patterns(client.app))) > 80


def test_a_verdict_is_never_cached(client):
    for address in (
        "/verify?code=93500114MA0TERT081",
        "/api/v1/verify?code=93500114MA0TERT081",
        "/v/QJ-AU-9001",
    ):
        assert client.get(address).headers["cache-control"] == "no-store"


def test_odd_headers_change_nothing_in_a_verdict(client):
    address = "/api/v1/verify?code=93500114MA0TERT081"
    plain = client.get(address).content
    for name in (
        "x-forwarded-host",
        "x-original-url",
        "x-rewrite-url",
        "x-http-method-override",
        "accept-language",
    ):
        assert client.get(address, headers={name: "evil.example"}).content == plain


_ORIGIN = {"origin": "https://shop.example"}


def test_public_reads_are_open_to_other_sites_and_never_with_credentials(client):
    for address in ("/api/v1/gi", "/api/v1/gi/nothing", "/api/v1/gi?limit=nan"):
        reply = client.get(address, headers=_ORIGIN)
        assert reply.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in reply.headers
        exposed = set(reply.headers["access-control-expose-headers"].split(", "))
        assert {"ETag", "RateLimit", "RateLimit-Policy", "Retry-After"} <= exposed


@pytest.mark.parametrize(
    "address", ["/", "/gi/shili-yunwuguo", "/data/brands.csv", "/staff", "/healthz", "/report"]
)
def test_pages_are_not_open_to_other_sites(client, address):
    for method in ("GET", "OPTIONS"):
        reply = client.request(method, address, headers=_ORIGIN | {"access-control-request-method": "GET"})
        assert not [name for name in reply.headers if name.startswith("access-control-")]


@pytest.mark.parametrize(
    ("address", "asked", "methods"),
    [
        ("/api/v1/gi", "GET", {"GET", "HEAD", "OPTIONS"}),
        ("/api/v1/gi", "DELETE", {"GET", "HEAD", "OPTIONS"}),
        ("/api/v1/verify/batch", "POST", {"GET", "HEAD", "OPTIONS", "POST"}),
    ],
)
def test_a_browser_that_asks_beforehand_is_told_what_it_may_do(client, address, asked, methods):
    reply = client.options(
        address,
        headers=_ORIGIN
        | {"access-control-request-method": asked, "access-control-request-headers": "authorization"},
    )
    assert (reply.status_code, reply.content) == (204, b"")
    assert set(reply.headers["access-control-allow-methods"].split(", ")) == methods
    allowed = reply.headers["access-control-allow-headers"].lower().split(", ")
    assert "if-none-match" in allowed
    assert not {"authorization", "cookie", "*"} & set(allowed)
    assert "access-control-allow-credentials" not in reply.headers
    _demand_headers(reply, address, "OPTIONS")


def test_a_static_file_is_kept_for_ever_only_under_its_version(client) -> None:
    versioned = re.search(r'"(/static/icons/favicon.svg\?v=[0-9a-f]+)"', client.get("/").text)
    assert versioned is not None
    assert client.get(versioned[1]).headers["cache-control"].endswith("immutable")
    assert client.get("/static/icons/favicon.svg").headers["cache-control"] == "no-cache"
