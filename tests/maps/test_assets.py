"""Front-end files: what is listed is copied, what is locked is exact and names no address."""

import json
from pathlib import Path

import pytest

from service.web import assets

_ROOT = Path(__file__).parents[2]


@pytest.fixture
def node_modules(tmp_path: Path) -> Path:
    """A folder with every listed file, each holding its own name."""
    for package, (_, files) in assets._FILES.items():
        for file in files:
            path = tmp_path / "node_modules" / package / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{package}/{file}", encoding="utf-8")
    return tmp_path / "node_modules"


def test_listed_files_are_copied_and_old_ones_go(node_modules: Path, tmp_path: Path) -> None:
    vendor = tmp_path / "vendor"
    (vendor / "old").mkdir(parents=True)
    assets.install(node_modules, vendor)
    assert assets.missing(vendor) == []
    assert not (vendor / "old").exists()
    assert (vendor / "leaflet" / "leaflet.js").read_text(encoding="utf-8") == "leaflet/dist/leaflet.js"


def test_missing_files_are_named(tmp_path: Path) -> None:
    assert "leaflet/leaflet.js" in assets.missing(tmp_path)


def test_an_incomplete_source_leaves_what_was_there(node_modules: Path, tmp_path: Path) -> None:
    vendor = tmp_path / "vendor"
    assets.install(node_modules, vendor)
    (node_modules / "htmx.org" / "dist" / "htmx.min.js").unlink()
    with pytest.raises(FileNotFoundError):
        assets.install(node_modules, vendor)
    assert assets.missing(vendor) == []


def test_versions_are_exact_and_the_lock_names_no_address() -> None:
    asked = json.loads((_ROOT / "package.json").read_text(encoding="utf-8"))
    lock = (_ROOT / "package-lock.json").read_text(encoding="utf-8")
    packages = json.loads(lock)["packages"]
    exact = {**asked["dependencies"], **asked["devDependencies"]}
    assert {name: packages[f"node_modules/{name}"]["version"] for name in exact} == exact
    assert all("integrity" in entry for name, entry in packages.items() if name)
    assert "resolved" not in lock
    assert "://" not in lock
