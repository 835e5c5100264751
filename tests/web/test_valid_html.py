"""Every page is valid HTML by the Nu checker, in both languages."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import missing
from walking import examples

_CHECKER = Path(__file__).parents[2] / "var/tools/vnu/node_modules/vnu-jar/build/dist/vnu.jar"
_ERRORS = ("/gi/nothing", "/en/gi/nothing", "/verify?code=1", "/en/verify?code=1")


@pytest.mark.long
@pytest.mark.timeout(300)
def test_no_page_has_a_fault_that_the_checker_can_find(client, tmp_path: Path) -> None:
    if shutil.which("java") is None or not _CHECKER.is_file():
        missing("vnu-jar with Java (./run test --all sets them up)")
    addresses = {}
    listed = re.findall(r"<loc>http://127.0.0.1:8000([^<]*)</loc>", client.get("/sitemap.xml").text)
    for address in dict.fromkeys((*examples(client.app), *listed, *_ERRORS)):
        reply = client.get(address)
        if not reply.headers["content-type"].startswith("text/html"):
            continue
        name = re.sub(r"[^\w-]+", "_", address) + ".html"
        addresses[name] = address
        (tmp_path / name).write_bytes(reply.content)
    assert len(addresses) > 200
    done = subprocess.run(
        ["java", "-jar", str(_CHECKER), "--format", "json", "--exit-zero-always", str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    messages = json.loads(done.stderr)["messages"]
    found = [
        (addresses[each["url"].rsplit("/", 1)[1]], each["type"], each["message"], each.get("extract", ""))
        for each in messages
    ]
    assert found == []


@pytest.mark.long
def test_the_checker_finds_a_fault_where_there_is_one(tmp_path: Path) -> None:
    if shutil.which("java") is None or not _CHECKER.is_file():
        missing("vnu-jar with Java (./run test --all sets them up)")
    (tmp_path / "bad.html").write_text("<!doctype html><p><div></span>", encoding="utf-8")
    done = subprocess.run(
        ["java", "-jar", str(_CHECKER), "--format", "json", "--exit-zero-always", str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stderr)["messages"]
