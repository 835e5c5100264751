"""The lock files: hashed, of one mind, and without the address of any index."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

LOCKS = ("requirements.lock", "requirements-test.lock")


def pins(path: Path) -> set[str]:
    """The lines `name==version ; marker` of a lock file."""
    text = path.read_text(encoding="utf-8").replace("\\\n", "")
    return {line.partition(" --hash")[0].strip() for line in text.splitlines()}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_carries_no_address_and_no_option(root: Path, name: str) -> None:
    text = (root / name).read_text(encoding="utf-8")
    assert not re.search(r"://|^-|\bfile:", text, re.MULTILINE)


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_has_a_version_and_hashes(root: Path, name: str) -> None:
    packages = re.split(r"\n(?=\S)", (root / name).read_text(encoding="utf-8").strip())
    for package in packages:
        assert re.match(r"[a-z0-9][a-z0-9._\-\[\],]*==\S+", package)
        assert "--hash=sha256:" in package


def test_the_test_lock_holds_the_runtime_lock(root: Path) -> None:
    runtime, testing = (pins(root / name) for name in LOCKS)
    assert runtime <= testing


def test_the_front_end_lock_carries_no_address(root: Path) -> None:
    lock = json.loads((root / "package-lock.json").read_text(encoding="utf-8"))
    for name, package in lock["packages"].items():
        assert "resolved" not in package, name
        assert not name or package["integrity"].startswith("sha512-")


def test_front_end_versions_are_exact(root: Path) -> None:
    wanted = json.loads((root / "package.json").read_text(encoding="utf-8"))
    for version in [*wanted["dependencies"].values(), *wanted["devDependencies"].values()]:
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)
