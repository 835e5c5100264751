"""What only the embedded index must do: survive kills, keep one writer, refuse what it cannot read."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from search import Engine, Query, SearchUnavailable, open_engine
from search.embedded_schema import SETTINGS_HASH, packed, unpacked
from search.shown import Shown
from tests.search.documents import a_document, the_register

_ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def writer(tmp_path) -> Iterator[Engine]:
    engine = open_engine("embedded:", directory=tmp_path / "index", writable=True)
    yield engine
    engine.close()


def a_child(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *arguments],
        cwd=_ROOT,
        env=os.environ | {"PYTHONPATH": str(_ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )


_WRITE_FOREVER = """
    import sys
    from pathlib import Path
    from search import Document, open_engine

    engine = open_engine("embedded:", directory=Path(sys.argv[1]), writable=True)
    def documents():
        for n in range(10**9):
            if n == 200: print("writing", flush=True)
            yield Document(id=f"C{n}", kind="brand", name=f"牌子{n}", version=1)
    if sys.argv[2] == "rebuild":
        engine.rebuild(documents())
    else:
        for one in documents(): engine.upsert([one])
"""


def test_killed_in_a_rebuild_the_old_index_serves_and_the_next_rebuild_works(tmp_path, writer) -> None:
    writer.rebuild(the_register())
    writer.close()
    child = a_child(_WRITE_FOREVER, str(tmp_path / "index"), "rebuild")
    assert child.stdout.readline() == "writing\n"
    child.send_signal(signal.SIGKILL)
    child.communicate()
    assert writer.search(Query(text="黔江猕猴桃")).hits[0].id == "KIWI"
    assert writer.stats().documents == 10
    writer.rebuild(the_register()[:2])
    assert writer.stats().documents == 2
    assert len([path for path in (tmp_path / "index").glob("*-*") if path.is_dir()]) <= 2


def test_killed_between_upserts_what_was_promised_is_there(tmp_path, writer) -> None:
    child = a_child(_WRITE_FOREVER, str(tmp_path / "index"), "upsert")
    assert child.stdout.readline() == "writing\n"
    child.send_signal(signal.SIGKILL)
    child.communicate()
    assert {f"C{n}" for n in range(200)} <= set(writer.fingerprints())
    writer.upsert([a_document("黔江魔芋", id="NEW")])
    assert writer.search(Query(text="魔芋")).hits[0].id == "NEW"


def test_a_second_writing_process_is_refused_while_the_first_lives(tmp_path, writer) -> None:
    writer.upsert([a_document()])
    second = open_engine("embedded:", directory=tmp_path / "index", writable=True)
    with pytest.raises(SearchUnavailable) as refused:
        second.upsert([a_document()])
    assert refused.value.reason == "locked"
    writer.close()
    second.upsert([a_document()])
    second.close()


def test_an_index_of_another_version_is_empty_and_says_so_until_rebuilt(tmp_path, writer) -> None:
    writer.rebuild(the_register())
    writer.close()
    folder = next(path for path in (tmp_path / "index").glob(f"{SETTINGS_HASH}-*"))
    folder.rename(folder.with_name("0ddba11-1"))
    (tmp_path / "index" / "current").write_text("0ddba11-1")
    assert writer.search(Query(text="黔江猕猴桃")).total == 0
    stats = writer.stats()
    assert (stats.settings_hash, stats.documents, stats.is_current) == ("0ddba11", 0, False)
    writer.rebuild(the_register())
    assert (writer.stats().documents, writer.stats().is_current) == (10, True)


@pytest.mark.parametrize("pointer", ["", "../elsewhere", "gone-1", "\x00"])
def test_a_pointer_to_nowhere_is_an_empty_index(tmp_path, writer, pointer) -> None:
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "current").write_text(pointer)
    assert writer.search(Query(text="黔江猕猴桃")).total == 0
    writer.upsert([a_document()])
    assert writer.stats().documents == 1


def test_a_damaged_index_is_unavailable_and_not_a_crash(tmp_path, writer) -> None:
    writer.rebuild(the_register())
    writer.close()
    folder = next(path for path in (tmp_path / "index").glob(f"{SETTINGS_HASH}-*"))
    (folder / "meta.json").write_text("{")
    with pytest.raises(SearchUnavailable) as refused:
        writer.search(Query(text="黔江猕猴桃"))
    assert refused.value.reason == "damaged"
    writer.rebuild(the_register())
    assert writer.stats().documents == 10


def test_a_change_is_found_by_another_process_within_a_second(tmp_path, writer) -> None:
    writer.rebuild(the_register())
    code = """
        import sys, time
        from pathlib import Path
        from search import Query, open_engine

        engine = open_engine("embedded:", directory=Path(sys.argv[1]))
        engine.search(Query(text="x"))
        print("ready", flush=True)
        while not engine.search(Query(text="魔芋")).total: time.sleep(0.005)
        print(time.time(), flush=True)
    """
    child = a_child(code, str(tmp_path / "index"))
    assert child.stdout.readline() == "ready\n"
    began = time.time()
    writer.upsert([a_document("黔江魔芋")])
    assert float(child.communicate(timeout=20)[0]) - began < 1.0


def test_only_allowed_fields_reach_the_index(tmp_path, writer) -> None:
    with pytest.raises(TypeError):
        a_document(internal_note="canary")
    writer.rebuild([a_document(description="公开的说明")])
    writer.close()
    held = b"".join(path.read_bytes() for path in (tmp_path / "index").rglob("*") if path.is_file())
    assert b"canary" not in held


@pytest.mark.parametrize("identity", ["01KAR000010123456789ABCDEF", "7ZZZZZZZZZZZZZZZZZZZZZZZZZ", "KIWI"])
@pytest.mark.parametrize(
    "numbers",
    [(), ("A",), ("91500114MA0TERT087", "12422865"), ("AGI2012-02-869", "第498号"), ("498", "9" * 2000)],
)
def test_what_is_kept_of_a_record_comes_back_whole(identity, numbers) -> None:
    shown = Shown.of(a_document("黔江𠀀猕猴桃", id=identity, names_en=("Kiwi é",), identifiers=numbers))
    assert unpacked(packed(shown)) == shown
