"""docs/settings.md says what `Settings` says; run as a program, this file writes the page anew."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "settings.md"
HEAD = """# Settings

Every setting is an environment variable. None is needed to try the registry: `./run serve` works without any.
Secrets (keys) are read from the environment only and never printed.

This page is made from `service/settings.py`; after a change there, run `.venv/bin/python
tests/architecture/test_settings_page.py`. A test compares the two.

| variable | default | meaning |
|---|---|---|
"""


def settings_page() -> str:
    """The page as it must be."""
    from service.settings import Settings

    prefix = Settings.model_config["env_prefix"]
    rows = [
        f"| `{prefix}{name.upper()}` | {_default(field.default)} | {' '.join((field.description or '').split())} |"
        for name, field in Settings.model_fields.items()
    ]
    return HEAD + "\n".join(rows) + "\n"


def _default(value: object) -> str:
    if value in (None, "", ()):
        return "empty"
    if isinstance(value, bool):
        return f"`{int(value)}`"
    return f"`{value}`"


def test_the_settings_page_says_what_the_settings_say():
    assert PAGE.read_text(encoding="utf-8") == settings_page()


def test_every_setting_says_what_it_is_for():
    from service.settings import Settings

    assert all(field.description for field in Settings.model_fields.values())


def test_no_other_module_reads_a_setting_from_the_environment():
    # Not settings of ours: SPATIALITE_LIBRARY_PATH is the SQLite loader's, a confined child gets the linker's search
    # path, and a process that does an errand all that its parent has.
    allowed = {"service/register/database.py", "service/confining.py", "service/errand_line.py"}
    readers = {
        str(path.relative_to(ROOT))
        for package in ("service", "search", "maps", "seed")
        for path in (ROOT / package).rglob("*.py")
        if "os.environ" in (text := path.read_text(encoding="utf-8")) or "getenv(" in text
    }
    assert readers <= allowed


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    PAGE.write_text(settings_page(), encoding="utf-8")
