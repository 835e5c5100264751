"""What a confined task may do, and that what it does wrong ends with it."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from service.confining import Limits, confined
from service.errors import FieldNotAllowed, WorkStopped

TASKS = "tests.service.confined_tasks"


def run(name, content=b"", limits=None, **options):
    return confined(f"{TASKS}:{name}", options, content, limits)


def stopped(name, limits, **options):
    began = time.monotonic()
    with pytest.raises(WorkStopped) as caught:
        run(name, limits=limits, **options)
    return caught.value.problem, time.monotonic() - began


def test_content_and_options_go_in_and_the_value_comes_back():
    content = bytes(range(256)) * 20_000  # far more than a pipe holds
    assert run("echo", content, file="黔江.zip") == {
        "length": len(content),
        "options": {"file": "黔江.zip"},
    }


def test_a_refusal_is_the_same_error_on_this_side():
    with pytest.raises(FieldNotAllowed) as caught:
        run("refuse")
    assert vars(caught.value) == {"field": "geometry", "value": "值", "problem": "bad_geometry"}


@pytest.mark.parametrize("name", ["sleep", "spin"])
def test_it_is_killed_on_time(name):
    problem, seconds = stopped(name, Limits(seconds=1.5))
    assert problem == "timed_out"
    assert seconds < 60  # it would have gone on for ten minutes


def test_what_it_started_is_killed_with_it(tmp_path):
    file = tmp_path / "child"
    problem, _ = stopped("ignore_signals_and_leave_a_child", Limits(seconds=2), file=str(file))
    assert problem == "timed_out"
    child = int(file.read_text())
    for _ in range(100):
        if not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text().split()[2]:
            return
        time.sleep(0.02)
    pytest.fail("the child's child lives on")


@pytest.mark.parametrize("name", ["swell_slowly", "swell_at_once"])
def test_it_is_ended_when_it_swells(name):
    problem, seconds = stopped(name, Limits(seconds=20, memory_mib=100))
    assert problem == "out_of_memory"
    assert seconds < 19


@pytest.mark.parametrize("name", ["crash", "fail", "leave"])
def test_a_crash_is_told_and_nothing_else_happens(name, capfd):
    assert stopped(name, Limits())[0] == "crashed"
    assert capfd.readouterr() == ("", "")


def test_a_result_larger_than_agreed_is_refused():
    limits = Limits(result_bytes=100_000)
    assert stopped("say_much", limits, bytes=200_000)[0] == "result_too_large"
    assert len(run("say_much", limits=limits, bytes=50_000)) == 50_000


def test_what_a_library_prints_cannot_forge_the_result():
    assert run("chatter") == "true"


def file_of(path):
    return [path.stat().st_dev, path.stat().st_ino]


def test_it_sees_no_secrets_no_files_and_no_folder_of_ours(monkeypatch, tmp_path):
    monkeypatch.setenv("DIBIAO_SIGNING_KEY_FILE", "/secret")
    monkeypatch.setenv("DIBIAO_DATABASE_URL", "postgresql+psycopg://user:password@host/name")
    ours = tmp_path / "ours"
    with ours.open("w") as held:
        os.set_inheritable(held.fileno(), True)  # noqa: FBT003
        seen = run("surroundings")
    assert not [name for name in seen["variables"] if name.startswith("DIBIAO_")]
    assert file_of(Path(os.devnull)) in seen["files"]  # where its third descriptor leads: it does tell them
    assert file_of(ours) not in seen["files"]
    assert (seen["folder"], seen["group"], seen["core"]) == ("/", True, 0)


def test_it_cannot_fill_the_disk(tmp_path):
    file = tmp_path / "large"
    stopped("write_a_file", Limits(result_bytes=10_000), file=str(file), bytes=1_000_000)
    assert file.stat().st_size <= 10_000


def test_no_file_stays_open_whatever_happens():
    run("echo")
    before = sum(1 for _ in Path("/dev/fd").iterdir())
    for name in ("echo", "crash", "fail"):
        try:
            run(name)
        except WorkStopped:
            continue
    assert sum(1 for _ in Path("/dev/fd").iterdir()) == before


def test_many_threads_may_use_it_at_once():
    found = []
    threads = [threading.Thread(target=lambda: found.append(run("echo", b"x"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each["length"] for each in found] == [1] * 4


def test_the_watch_ends_a_process_where_the_system_sets_no_limit(tmp_path):
    """MacOS does not hold a process to its address space; the watch does everywhere."""
    import subprocess
    import sys

    program = (
        "import threading, time, os\nfrom service import confining\n"
        "threading.Thread(target=confining._watch, args=(50 * 1024 * 1024,), daemon=True).start()\n"
        "held = []\nwhile True:\n    held.append(os.urandom(1024 * 1024))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], timeout=30, check=False)
    assert done.returncode == 97
