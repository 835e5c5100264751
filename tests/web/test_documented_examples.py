"""Every example of docs/api.md, README.md and /developers runs as it stands, against a served site."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import missing
from serving import served

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = "http://127.0.0.1:8000"
_BLOCK = re.compile(r"```(sh|python)\n(.*?)```", re.DOTALL)
_SHOWN = re.compile(r'<pre class="gi-example-code"[^>]*><code>(.*?)</code></pre>', re.DOTALL)


@pytest.fixture(scope="module")
def site(registers, tmp_path_factory):
    with served(registers, tmp_path_factory.mktemp("site")) as address:
        yield address


@pytest.fixture
def workplace(tmp_path):
    """A folder in which curl takes an error status for a failure."""
    if shutil.which("curl") is None:
        missing("curl")
    (tmp_path / ".curlrc").write_text("fail\nsilent\nshow-error\n", encoding="utf-8")
    return tmp_path


def written() -> list:
    found = _BLOCK.findall((ROOT / "docs/api.md").read_text(encoding="utf-8"))
    blocks = [(language, text) for language, text in found if WRITTEN in text]
    readme = _BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    lines = [line for _, text in readme for line in text.splitlines() if line.startswith("curl ")]
    blocks += [("sh", line) for line in lines]
    return [pytest.param(*each, id=f"{number}-{each[0]}") for number, each in enumerate(blocks)]


def run(language: str, text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = ["sh", "-eu", "-c", text] if language == "sh" else [sys.executable, "-c", text]
    environment = {"HOME": str(folder), "CURL_HOME": str(folder), "PATH": "/usr/local/bin:/usr/bin:/bin"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(("language", "text"), written())
def test_every_example_of_the_documentation_runs(site, workplace, language, text):
    done = run(language, text.replace(WRITTEN, site), workplace)
    assert done.returncode == 0, done.stderr
    assert done.stdout or list(workplace.glob("*.csv"))


def test_asking_again_is_answered_304(site, workplace):
    text = next(each.values[1] for each in written() if "If-None-Match" in each.values[1])
    assert run("sh", text.replace(WRITTEN, site), workplace).stdout == "304"


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_example_of_the_developers_page_runs(site, workplace, prefix):
    page = run("sh", f"curl '{site}{prefix}/developers'", workplace).stdout
    shown = [html.unescape(text) for text in _SHOWN.findall(page)]
    assert len(shown) >= 6
    for text in shown:
        assert site in text
        done = run("python" if text.startswith("import ") else "sh", text, workplace)
        assert done.returncode == 0, (text, done.stderr)


def test_an_example_that_does_not_work_is_noticed(site, workplace):
    assert run("sh", f"curl '{site}/api/v1/gi/nothing'", workplace).returncode != 0
