"""The Dockerfile: linted here on every run; `./run image` builds it and asks it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def text(root: Path) -> str:
    return (root / "Dockerfile").read_text(encoding="utf-8")


def test_hadolint_finds_nothing(root: Path) -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([hadolint, "Dockerfile"], cwd=root, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("", 0)


def test_it_runs_as_an_ordinary_user_with_its_data_in_one_folder(text: str) -> None:
    last = text.rpartition("FROM ")[2]
    assert "USER 10001:10001" in last
    assert "VOLUME /data" in last
    assert "DIBIAO_DATA_DIR=/data" in last
    assert re.search(r'^CMD \["dibiao", "serve", ', last, re.MULTILINE)
    assert re.search(r"^HEALTHCHECK .*\\\n  CMD \[.*/healthz", last, re.MULTILINE)


def test_the_packages_it_takes_are_those_of_the_lock(text: str) -> None:
    assert "--require-hashes --only-binary :all: -r requirements.lock" in text
    assert "npm ci " in text


def test_tools_have_the_versions_of_the_commands(text: str, root: Path) -> None:
    wheel = re.search(r"^node_wheel=(\S+)$", (root / "run").read_text(encoding="utf-8"), re.MULTILINE)
    assert wheel
    assert f" {wheel[1]}" in text


def test_everything_it_copies_is_let_through(text: str, root: Path) -> None:
    let_through = {
        line[1:] for line in (root / ".dockerignore").read_text().splitlines() if line.startswith("!")
    }
    copied = {
        word for line in re.findall(r"^COPY (?!--from)(.*) \S+$", text, re.MULTILINE) for word in line.split()
    }
    assert copied == let_through
    assert all((root / name).exists() for name in copied)
