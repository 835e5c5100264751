"""Forms that were sent too often: they come back with what was typed, and say how long to wait."""

from __future__ import annotations

import re
from itertools import count

import pytest
from conftest import NOW
from serving import seeded_settings
from starlette.testclient import TestClient

from service.app import create_app
from service.calendar import FixedClock

CODE = "93500114MA0TERT081"
VERIFY = f"/api/v1/verify?code={CODE}"
BATCH = "/api/v1/verify/batch"
OWN = {"sec-fetch-site": "same-origin"}
_addresses = count(1)


@pytest.fixture(scope="module")
def app(registers, tmp_path_factory):
    """A limited site on a register of its own."""
    clock = FixedClock(NOW)
    settings = seeded_settings(
        tmp_path_factory.mktemp("waiting"), registers, "spatialite", clock, limits=True
    )
    made = create_app(settings, clock, works=False)
    with TestClient(made, base_url="http://127.0.0.1:8000"):
        yield made


@pytest.fixture
def visitor(app):
    """A visitor at an address of their own."""
    client = (f"198.51.100.{next(_addresses)}", 50000)
    return TestClient(app, base_url="http://127.0.0.1:8000", client=client)


def fault_of(field, page):
    found = re.search(rf'id="{field}-fault">(?:\s*<p>)?([^<]+)<', page.text)
    assert found is not None, page.text
    return found[1]


def test_the_31st_batch_of_ten_minutes_comes_back_with_what_was_pasted(visitor):
    def sent(address="/verify/batch", **fields):
        return visitor.post(address, files={"rows": (None, ""), **fields}, headers=OWN)

    for _ in range(30):
        assert sent().status_code == 422
    page = sent(rows=(None, f"{CODE},云雾果"))
    assert page.status_code == 429
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["ratelimit-policy"] == '"batch";q=30;w=600'
    assert 1 <= int(page.headers["retry-after"]) <= 600
    assert f"{CODE},云雾果</textarea>" in page.text
    assert "请约 10 分钟后再试" in fault_of("rows", page)
    assert "接口" not in fault_of("rows", page)
    english = sent("/en/verify/batch", file=("x.csv", CODE.encode()))
    assert english.status_code == 429
    assert "Try again in about 10 min." in fault_of("file", english)
    # Whose form it is, is asked all the same, and nothing was counted as verified.
    foreign = visitor.post("/verify/batch", files={"rows": (None, CODE)}, headers={})
    assert foreign.status_code == 403
    assert visitor.post(BATCH, json={"rows": [CODE]}).json()["code"] == "rate_limited"
    assert visitor.get("/verify/batch").status_code == 200


def test_a_verification_that_has_to_wait_keeps_what_was_typed(visitor):
    for _ in range(60):
        visitor.get(VERIFY)
    page = visitor.get("/verify?code=93500114ma0tert081&target=云雾果&on=2023-08-15")
    assert page.status_code == 429
    assert page.headers["cache-control"] == "no-store"
    for typed in ("93500114ma0tert081", "云雾果", "2023-08-15"):
        assert f'value="{typed}"' in page.text
    assert "请约 1 分钟后再试" in fault_of("code", page)
    assert "可以使用专用标志" not in page.text
    assert "Try again in about 1 min." in fault_of("code", visitor.get(f"/en/verify?code={CODE}"))
    person = visitor.get("/verify?code=11010519491231002X")
    assert person.status_code == 429
    assert "11010519491231002X" not in person.text.split("<main")[1]
