"""Rules of the house that a program can check."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.orm import configure_mappers

from service.register.models import Base

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("service", "search", "maps", "seed")


def sources(*packages: str, ending: str = "py") -> list[Path]:
    found = [path for name in packages for path in sorted((ROOT / name).rglob(f"*.{ending}"))]
    return [path for path in found if "vendor" not in path.parts and "versions" not in path.parts]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def calls(path: Path) -> list[ast.Call]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def called(node: ast.Call) -> str:
    return ast.unparse(node.func)


def test_there_is_something_to_check():
    assert len(sources(*PACKAGES)) > 100


def relationships():
    configure_mappers()
    found = {
        f"{mapper.class_.__name__}.{each.key}": each
        for mapper in Base.registry.mappers
        for each in mapper.relationships
    }
    return [
        pytest.param(found[name], id=name) for name in sorted(found)
    ]  # mappers come in no order of their own


@pytest.mark.parametrize("relation", relationships())
def test_a_relationship_is_loaded_on_purpose_or_not_at_all(relation):
    assert relation.lazy == "raise"


def test_only_the_edge_of_a_transaction_commits():
    allowed = {"service/register/database.py", "service/worker.py", "service/migrations/env.py"}
    committing = {
        name_of(path)
        for path in sources("service", "seed")
        for node in calls(path)
        if called(node).endswith(".commit")
    }
    assert committing <= allowed


def test_a_map_never_takes_words_as_markup():
    """Folium's popups and tooltips put a record's name into the page unescaped."""
    forbidden = {"Popup", "Tooltip", "GeoJsonPopup", "GeoJsonTooltip", "DivIcon"}
    for path in sources("maps", "service"):
        for node in calls(path):
            assert called(node).rpartition(".")[2] not in forbidden, name_of(path)


def test_a_legal_boundary_is_never_repaired():
    for path in sources(*PACKAGES):
        for node in calls(path):
            last = called(node).rpartition(".")[2]
            assert (
                last not in {"make_valid", "buffer", "simplify", "ST_MakeValid", "set_precision"}
                or "register" not in path.parts
            ), name_of(path)


def test_the_present_moment_comes_from_the_clock():
    # The library of the limits has a clock of its own; a wait is told by it.
    allowed = {"service/calendar.py", "service/web/limiting.py"}
    forbidden = re.compile(r"(datetime\.(now|utcnow|today|fromtimestamp)|date\.today|time\.time|localtime)$")
    found = {
        name_of(path)
        for path in sources("service", "seed")
        for node in calls(path)
        if forbidden.search(called(node))
    }
    assert found <= allowed


def test_no_moment_is_taken_without_a_zone():
    for path in sources(*PACKAGES):
        for node in calls(path):
            if called(node) in {"datetime.now", "datetime.datetime.now"}:
                assert node.args or node.keywords, name_of(path)


def test_the_standard_sqlite_is_imported_only_where_the_driver_is_chosen():
    for path in sources(*PACKAGES):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert "sqlite3" not in names, name_of(path)


def test_no_template_marks_text_as_safe():
    for path in sources("service", "maps", ending="html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\|\s*safe\b|autoescape\s+false", text), name_of(path)


def test_the_register_knows_no_http():
    for path in sources("service"):
        if "web" not in path.relative_to(ROOT).parts:
            assert "HTTPException" not in path.read_text(encoding="utf-8"), name_of(path)


def test_a_broad_except_stands_only_where_everything_ends():
    """At the top of the worker and of the minute's counts, and where the error goes on or is met again."""
    allowed = {
        "service/app.py",
        "service/worker.py",
        "service/register/database.py",
        "service/register/editing/publishing.py",
        "service/web/api/hot_reads.py",
    }
    for path in sources("service", "seed"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler) and (
                node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"}
            ):
                assert name_of(path) in allowed, name_of(path)


def test_no_file_grows_past_what_can_be_read():
    long = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources(*PACKAGES)}
    assert {name: lines for name, lines in long.items() if lines > 400} == {}


def test_no_catch_all_module_names():
    names = {path.stem for path in sources(*PACKAGES)}
    assert not names & {"utils", "util", "helpers", "helper", "common", "misc", "shared"}


def test_no_tests_folder_is_a_package():
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_the_layers_hold():
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_lower_layer_loads_nothing_of_a_higher_one():
    """Measured, not read: importing the library brings in no web framework and no database."""
    program = (
        "import sys; import search.engine, maps;"
        " higher = {'fastapi', 'starlette', 'sqlalchemy', 'geoalchemy2', 'service', 'seed'};"
        " print(sorted({name.split('.')[0] for name in sys.modules} & higher))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
