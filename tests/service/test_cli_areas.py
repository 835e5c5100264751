"""The story of an area on the command line: looked at, entered by one person, published by another, written out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from service.settings import get_settings

sys.path.append(
    str(Path(__file__).parent.parent / "register")
)  # last: other folders have a conftest of their own

import area_uploads as made
from area_uploads import RING, polygon, square
from typer.testing import CliRunner

from service.cli import app

FIRST = [
    *("--text", "产地范围为甲地。", "--source", "测试文件", "--source-level", "official_document"),
    *("--confidence", "high"),
]


@pytest.fixture
def desk(seeded, monkeypatch):
    """The command line on a register with the first data and two people, on each database."""
    yield from a_desk(seeded.url.render_as_string(hide_password=False), monkeypatch)


@pytest.fixture
def lite_desk(registers, monkeypatch):
    """The same on one database, for what does not depend on it."""
    yield from a_desk(registers.make("spatialite", "seeded"), monkeypatch)


def a_desk(url, monkeypatch):
    monkeypatch.setenv("DIBIAO_DATABASE_URL", url)
    monkeypatch.setenv("COLUMNS", "200")
    get_settings.cache_clear()
    runner = CliRunner()

    def say(*words, code=0):
        result = runner.invoke(app, [str(word) for word in words])
        assert result.exit_code == code, result.output
        return result.output

    say("user", "add", "lu-ru", "--name", "甲", "--person", "甲", "--role", "editor")
    say("user", "add", "shen-he", "--name", "乙", "--person", "乙", "--role", "reviewer")
    say("user", "add", "jia-2", "--name", "甲二", "--person", "甲", "--role", "reviewer")
    yield say
    get_settings.cache_clear()


def a_file(folder, content, name="产地.geojson"):
    file = folder / name
    file.write_bytes(content)
    return file


def test_one_enters_and_another_publishes(desk, tmp_path):
    file = a_file(tmp_path, polygon(square(108.765, 29.495, 0.02)))
    # Looked at first: the drawing is smaller than the one that stands.
    told = desk("areas", "check", file, "--for", "QJ-PR-9001", "--version", "1", code=3)
    assert "上一版" in told
    assert "--override" in told
    # Without a note nothing is handed over.
    enter = ("areas", "import", file, "--for", "QJ-PR-9001", "--version", "1", "--as", "lu-ru")
    desk(*enter, code=3)
    # Nor without saying why the area changes.
    assert "变更说明" in desk(*enter, "--override", "按新图核减", code=3)
    assert "没有待审核" in desk("areas", "publish", "--as", "shen-he")
    desk(*enter, "--override", "按新图核减", "--note", "重测")
    assert "QJ-PR-9001:1" in desk("areas", "publish", "--as", "shen-he")
    # The same person under another name may not publish it, nor one without the role.
    assert "提交人不能审核" in desk("areas", "publish", "QJ-PR-9001", "--as", "jia-2", code=1)
    desk("areas", "publish", "QJ-PR-9001", "--as", "lu-ru", code=1)
    assert "已发布" in desk("areas", "publish", "QJ-PR-9001", "--as", "shen-he")
    out = tmp_path / "out.geojson"
    desk("areas", "export", "--for", "QJ-PR-9001", "--version", "1", "--out", out)
    (feature,) = json.loads(out.read_bytes())["features"]
    assert feature["geometry"]["coordinates"] == [[square(108.765, 29.495, 0.02)]]
    assert feature["properties"]["override_note"] == "按新图核减"


def test_a_draft_is_given_back_with_its_reason(desk, tmp_path):
    file = a_file(tmp_path, polygon(RING))
    desk(
        "areas", "import", file, "--for", "QJ-PR-9001", "--as", "lu-ru", "--override", "试", "--note", "重测"
    )
    again = desk(
        "areas",
        "import",
        file,
        "--for",
        "QJ-PR-9001",
        "--as",
        "lu-ru",
        "--override",
        "试",
        "--note",
        "重测",
        code=1,
    )
    assert "QJ-PR-9001:2" in again
    assert "已退回" in desk("areas", "publish", "QJ-PR-9001", "--as", "shen-he", "--return", "图不清")
    assert "没有待审核" in desk("areas", "publish", "QJ-PR-9001", "--as", "shen-he", code=1)


def test_a_new_version_is_opened_and_the_old_one_ended(desk, tmp_path):
    file = a_file(tmp_path, made.kml(made.placemark(square(108.76, 29.49, 0.03))), "产地.kml")
    entered = desk(
        *("areas", "import", file, "--for", "QJ-PR-9001", "--from", "2025-01-01", "--as", "lu-ru"),
        *("--override", "公告调整", "--note", "调整", *FIRST),
    )
    assert "QJ-PR-9001:2" in entered
    assert "QJ-PR-9001:3" in entered
    desk("areas", "publish", "QJ-PR-9001", "--as", "shen-he")
    out = tmp_path / "out.geojson"
    desk("areas", "export", "--for", "QJ-PR-9001", "--on", "2026-01-01", "--out", out)
    assert [each["properties"]["version_no"] for each in json.loads(out.read_bytes())["features"]] == [3]


def test_townships_stand_for_a_file(desk, tmp_path, monkeypatch):
    enter = (
        "areas",
        "import",
        "--townships",
        "五里镇；石会镇",
        "--for",
        "QJ-PR-9003",
        "--as",
        "lu-ru",
        "--note",
        "重测",
        "--override",  # the text on record names other townships
        "示例界线",
    )
    desk(*enter)
    desk("areas", "publish", "QJ-PR-9003", "--as", "shen-he")
    parts = made.shape_parts(
        [[square(108.7, 29.4)[::-1]], [square(108.71, 29.4)[::-1]]], names=["五里乡", "石会镇"]
    )
    file = a_file(tmp_path, made.zipped_shape(parts), "乡镇.zip")
    monkeypatch.setenv("DIBIAO_MAP_TOWNSHIPS_FILE", str(file))
    get_settings.cache_clear()
    desk(*enter)
    desk("areas", "publish", "QJ-PR-9003", "--as", "shen-he")
    out = tmp_path / "out.csv"
    desk("areas", "export", "--for", "QJ-PR-9003", "--format", "csv", "--out", out)
    assert made.surveyed(out.read_bytes(), "out.csv").area.bounds == (108.7, 29.4, 108.72, 29.41)


WRONG = [
    (b"", "a.geojson", "文件是空的"),
    (polygon([[y, x] for x, y in RING]), "a.geojson", "次序颠倒"),
    (polygon([RING[0], RING[2], RING[1], RING[3], RING[0]]), "a.geojson", "自相交"),
    (made.bomb(), "a.zip", "解压后过大"),
    (b"\x00\x01\x02", "a.bin", "JSON"),
]


def test_what_is_wrong_is_said_and_nothing_is_kept(lite_desk, tmp_path):
    for content, name, told in WRONG:
        file = a_file(tmp_path, content, name)
        enter = (
            "areas",
            "import",
            file,
            "--for",
            "QJ-PR-9001",
            "--as",
            "lu-ru",
            "--override",
            "x",
            "--note",
            "重测",
        )
        assert told in lite_desk(*enter, code=1)
    assert "没有待审核" in lite_desk("areas", "publish", "--as", "shen-he")


def test_wrong_words_are_answered_with_words(lite_desk):
    for words, told in (
        (("check",), "请给出文件"),
        (("check", "no-such-file.geojson"), "读不到文件"),
        (("check", "--for", "QJ-PR-0000"), "没有这条记录"),
        (("import", "--for", "QJ-PR-9001", "--as", "lu-ru"), "之一"),
        (("import", "--townships", "没有这个镇", "--for", "QJ-PR-9001", "--as", "lu-ru"), "没有这条记录"),
        (("publish", "--as", "nobody"), "没有这条记录"),
        (("export", "--for", "没有这个产品"), "没有这条记录"),
    ):
        assert told in lite_desk("areas", *words, code=1)


def test_names_in_a_file_are_no_commands_to_the_terminal(lite_desk, tmp_path):
    file = a_file(tmp_path, polygon(RING), "[red]x[bold].geojson")
    assert "[red]x[bold].geojson" in lite_desk("areas", "check", file)


def test_geometry_goes_to_standard_output_untouched(registers):
    """What a pipe gets is the file itself: no colours, no words."""
    url = registers.make("spatialite", "empty")
    done = subprocess.run(
        [sys.executable, "-m", "service.cli", "areas", "export"],
        env={**os.environ, "DIBIAO_DATABASE_URL": url, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout) == {"type": "FeatureCollection", "features": []}


def test_a_file_is_checked_against_the_district_alone_when_no_right_is_named(lite_desk, tmp_path):
    across = a_file(tmp_path, polygon([[x + 0.2, y] for x, y in RING]))
    assert "超出本区" in lite_desk("areas", "check", across, code=3)
    assert "跨区产品" in lite_desk("areas", "check", across, "--anywhere")
    beyond = a_file(tmp_path, polygon([[x + 2, y] for x, y in RING]))
    assert "全部在本区之外" in lite_desk("areas", "check", beyond, code=1)
