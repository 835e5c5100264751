"""Every row of bad_inputs.yaml against the running site: the status it names, never a 5xx, nothing echoed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

_ROWS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "bad_inputs.yaml").read_text(encoding="utf-8")
)
_REPEAT = re.compile(r"\$\{(.+?)\*(\d+)\}")


def _written(text: str) -> str:
    return _REPEAT.sub(lambda found: found[1] * int(found[2]), text) if _REPEAT.search(text) else text


@pytest.mark.parametrize("row", _ROWS, ids=[row["id"] for row in _ROWS])
def test_bad_input_gets_its_answer(client, row):
    headers = {name: _written(value) for name, value in row.get("headers", {}).items()}
    reply = client.request(row.get("method", "GET"), _written(row["path"]), headers=headers)
    assert reply.status_code == row["status"], reply.text[:300]
    if reply.status_code >= 400 and row["path"].startswith("/api/"):
        _assert_is_a_problem(reply, row)
    if "verdict" in row:
        assert reply.json()["verdict"] == row["verdict"]
    assert client.get("/healthz").status_code == 200


def _assert_is_a_problem(reply, row):
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.headers["cache-control"] == "no-store"
    assert "content-security-policy" in reply.headers
    if reply.request.method == "HEAD":
        return
    problem = reply.json()
    assert problem["status"] == row["status"]
    assert {"type", "title", "detail", "instance", "code", "request_id"} <= problem.keys()
    assert "Traceback" not in reply.text
    if "code" in row:
        assert problem["code"] == row["code"]
    if "absent" in row:
        assert row["absent"] not in reply.text
