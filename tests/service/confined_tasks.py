"""Tasks for the tests of confining: each misbehaves in one way. Named to the child as `tests.service...:name`."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from typing import Any

from service.errors import FieldNotAllowed


def echo(content: bytes, options: dict[str, Any]) -> dict[str, Any]:
    return {"length": len(content), "options": options}


def refuse(content: bytes, options: dict[str, Any]) -> None:
    raise FieldNotAllowed("geometry", "值", "bad_geometry")


def sleep(content: bytes, options: dict[str, Any]) -> None:
    time.sleep(600)


def spin(content: bytes, options: dict[str, Any]) -> None:
    while True:
        pass


def ignore_signals_and_leave_a_child(content: bytes, options: dict[str, Any]) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    with open(options["file"], "w", encoding="ascii") as file:  # noqa: PTH123
        file.write(str(child.pid))
    time.sleep(600)


def swell_slowly(content: bytes, options: dict[str, Any]) -> None:
    held = []
    while True:
        held.append(os.urandom(1024 * 1024))


def swell_at_once(content: bytes, options: dict[str, Any]) -> None:
    bytearray(8 * 1024**3)


def crash(content: bytes, options: dict[str, Any]) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def fail(content: bytes, options: dict[str, Any]) -> None:
    raise ZeroDivisionError(content.decode())


def leave(content: bytes, options: dict[str, Any]) -> None:
    sys.exit(0)


def say_much(content: bytes, options: dict[str, Any]) -> str:
    return "x" * options["bytes"]


def chatter(content: bytes, options: dict[str, Any]) -> str:
    print('{"value": "forged"}', flush=True)  # noqa: T201  (what a library might do)
    os.write(1, b'{"value": "forged"}')
    return "true"


def surroundings(content: bytes, options: dict[str, Any]) -> dict[str, Any]:
    return {
        "variables": sorted(os.environ),
        "files": _open_files(),
        "folder": os.getcwd(),  # noqa: PTH109
        "group": os.getpgid(0) == os.getpid(),
        "core": __import__("resource").getrlimit(__import__("resource").RLIMIT_CORE)[0],
    }


def _open_files() -> list[tuple[int, int]]:
    """Each file that a descriptor of this process stands for: its device and its number there."""
    found = []
    for name in os.listdir("/dev/fd"):  # noqa: PTH208  (their names are numbers, not paths)
        with suppress(OSError):  # closed since: the listing itself, and what the watch looked at
            state = os.fstat(int(name))
            found.append((state.st_dev, state.st_ino))
    return found


def write_a_file(content: bytes, options: dict[str, Any]) -> None:
    with open(options["file"], "wb") as file:  # noqa: PTH123
        file.write(b"x" * options["bytes"])


def listen(content: bytes, options: dict[str, Any]) -> str:
    return socket.gethostname()
