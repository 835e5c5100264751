"""A PostgreSQL cluster of the tests' own, from the packages of the system, as a user that is not root."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_ACCOUNT = "postgres"


def binaries() -> Path | None:
    """Return the folder of the newest server's programs, or None where no server is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


@contextmanager
def cluster() -> Iterator[str]:
    """Yield the address of a fresh cluster (`postgresql+psycopg://…/` without a database name)."""
    programs = binaries()
    if programs is None:
        raise FileNotFoundError("initdb")
    folder = Path(tempfile.mkdtemp(prefix="dibiao-pg-"))
    _give_away(folder)
    data, port = folder / "data", _free_port()
    try:
        _run(
            [
                programs / "initdb",
                "-D",
                data,
                "-U",
                "dibiao",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "-N",
            ]
        )
        # Durability is not what these tests ask about, so the test cluster does not wait for the disk.
        options = (
            f"-h 127.0.0.1 -p {port} -k {folder} -c max_connections=80"
            " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        )
        _run([programs / "pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start"])
        try:
            yield f"postgresql+psycopg://dibiao@127.0.0.1:{port}/"
        finally:
            _run([programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _give_away(folder: Path) -> None:
    if os.geteuid() == 0:
        account = pwd.getpwnam(_ACCOUNT)
        os.chown(folder, account.pw_uid, account.pw_gid)


def _run(command: list[object]) -> None:
    prefix = ["runuser", "-u", _ACCOUNT, "--"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*prefix, *map(str, command)],
        cwd=tempfile.gettempdir(),  # the account may not be able to read the folder of the checkout
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
