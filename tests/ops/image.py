"""Build the container image with buildah, start it as it would start anywhere, and ask whether it is well.

No container engine is needed: buildah runs each step and the finished image in a chroot. As that shares the
machine's network, the check serves on a free port.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[2]
_IMAGE = "localhost/dibiao"
_OWN_BASE = "localhost/dibiao-base"
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_PORT_IN_IMAGE = 8000
_START_S = 180


def main(arguments: Sequence[str]) -> int:
    """Build, start, ask; return the exit status."""
    told = _told(arguments)
    needed = ["buildah", "debootstrap"] if told.own_base else ["buildah"]
    absent = [name for name in needed if not shutil.which(name)]
    if absent:
        _say(f"install first: {' '.join(absent)} (and crun)")
        return 1
    try:
        with _storage() as buildah:
            base = buildah.make_base(told.suite) if told.own_base else told.base
            began = time.monotonic()
            buildah.build(base, told.more)
            _say(f"built in {time.monotonic() - began:.0f} s")
            return buildah.start_and_ask(_port())
    except subprocess.CalledProcessError as failed:
        _say(f"failed: {' '.join(failed.cmd)}")
        return 1


def _told(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run image", description=__doc__)
    parser.add_argument("--base", help="base image to build on (default: the one the Dockerfile names)")
    parser.add_argument(
        "--own-base",
        action="store_true",
        help="make the base with debootstrap, as root, where no image can be pulled",
    )
    parser.add_argument("--suite", default="bookworm", help="release of the own base (default: %(default)s)")
    parser.add_argument("more", nargs="*", metavar="-- MORE", help="further arguments for `buildah build`")
    return parser.parse_args(arguments)


class _Buildah:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._store = ["--root", folder / "storage", "--runroot", folder / "state", "--storage-driver", "vfs"]

    def make_base(self, suite: str) -> str:
        """Make a base image of the release: its python3 and nothing more than that needs."""
        tree = self._folder / "base"
        packages = "ca-certificates,python3,python3-venv"
        _run(["debootstrap", "--variant=minbase", f"--include={packages}", suite, tree], quiet=True)
        container = self._read("from", "scratch")
        self._do("add", container, tree, "/")
        self._do(
            "config", "--env", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", container
        )
        self._do("commit", "--rm", container, _OWN_BASE)
        shutil.rmtree(tree)
        return _OWN_BASE

    def build(self, base: str | None, more: Sequence[str]) -> None:
        """Build the Dockerfile of this checkout."""
        choice = ["--build-arg", f"BASE={base}", "--pull=never"] if base == _OWN_BASE else []
        choice = choice or (["--build-arg", f"BASE={base}"] if base else [])
        options = ["--isolation", "chroot", "--network", "host", "--format", "docker", *choice, *more]
        self._do("build", *options, "--tag", _IMAGE, _ROOT)

    def start_and_ask(self, port: int) -> int:
        """Start the image's command and repeat the image's health check; return 0 when it passes."""
        about = json.loads(self._read("inspect", "--type", "image", _IMAGE))["Docker"]["config"]
        _say(f"user {about['User']}, command {about['Cmd']}")
        container = self._read("from", "--pull=never", _IMAGE)
        inside = ["buildah", *self._store, "run", "--isolation", "chroot", container, "--"]
        _run([*inside, "id"])
        command = [*inside, *about["Cmd"], "--port", port]
        server = subprocess.Popen([str(word) for word in command], start_new_session=True)
        try:
            status = self._wait(server, [*inside, *_health_command(about, port)])
            return status or _ask_whether_ready(port)
        finally:
            _end(server)

    def _wait(self, server: subprocess.Popen[bytes], check: list[object]) -> int:
        began = time.monotonic()
        while time.monotonic() - began < _START_S:
            if server.poll() is not None:
                _say(f"the program ended with {server.returncode}")
                return 1
            if _run(check, quiet=True, must=False) == 0:
                _say(f"the image's health check passes, {time.monotonic() - began:.1f} s after the start")
                return 0
            time.sleep(1)
        _say(f"not well after {_START_S} s")
        return 1

    def _do(self, *arguments: object) -> None:
        _run(["buildah", *self._store, *arguments])

    def _read(self, *arguments: object) -> str:
        command = [str(word) for word in ("buildah", *self._store, *arguments)]
        return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout.strip()


@contextmanager
def _storage() -> Iterator[_Buildah]:
    folder = Path(tempfile.mkdtemp(prefix="dibiao-image-"))
    try:
        yield _Buildah(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _health_command(about: dict[str, Any], port: int) -> list[str]:
    words: list[str] = about["Healthcheck"]["Test"]
    if words[0] != "CMD":
        raise ValueError(words)
    return [word.replace(f":{_PORT_IN_IMAGE}/", f":{port}/") for word in words[1:]]


def _ask_whether_ready(port: int) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
        _say(f"/readyz: {answer.status} {answer.read().decode()}")
        return 0 if answer.status == HTTPStatus.OK else 1


def _end(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        os.killpg(server.pid, signal.SIGTERM)
    try:
        server.wait(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _run(command: Sequence[object], *, quiet: bool = False, must: bool = True) -> int:
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=quiet, check=False)
    if must and done.returncode:
        if quiet:
            sys.stderr.write(done.stderr.decode(errors="replace"))
        raise subprocess.CalledProcessError(done.returncode, words)
    return done.returncode


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _say(text: str) -> None:
    sys.stdout.write(f"image: {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
