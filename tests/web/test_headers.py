"""The security headers stand on every reply, whatever its status."""

from __future__ import annotations

import pytest

from service.web.security import CONTENT_SECURITY_POLICY

_ADDRESSES = [
    "/",
    "/en/",
    "/search?q=a",
    "/gi/qianjiang-mihoutao",
    "/verify?code=93500114MA0TERT081",
    "/report",
    "/v/QJ-AU-9002/qr.svg",
    "/nowhere",
    "/api/v1/gi",
    "/api/v1/gi/nowhere",
    "/api/v1/verify?code=93500114MA0TERT081",
    "/healthz",
    "/static/nowhere.css",
]


@pytest.mark.parametrize("address", _ADDRESSES)
def test_security_headers_stand_on_every_reply(client, address):
    headers = client.get(address).headers
    assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"]
    assert headers["permissions-policy"]
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["strict-transport-security"]
    assert headers["x-request-id"]
    assert "set-cookie" not in headers


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


def test_only_public_reads_are_open_to_other_sites_and_never_with_credentials(client):
    reply = client.get("/api/v1/gi", headers={"origin": "https://shop.example"})
    assert reply.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in reply.headers
    assert "access-control-allow-origin" not in client.get("/healthz").headers
