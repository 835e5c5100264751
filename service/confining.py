"""Running a task on hostile input in a process of its own, with limits on time, memory and size of the result.

What strangers send is read by `module:function` in a fresh interpreter that holds no secrets and no connections:
when it hangs, swells or crashes, that process ends and nothing else. It is spawned, never forked, so a threaded
server may call this. Input and result are plain files, so that no pipe can fill up and no thread is needed.
"""

from __future__ import annotations

import errno
import importlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from service import errors

_OUT_OF_MEMORY = 97
_RESULT_TOO_LARGE = 98
_PROBLEMS = {
    _OUT_OF_MEMORY: "out_of_memory",
    _RESULT_TOO_LARGE: "result_too_large",
    -signal.SIGXCPU: "timed_out",
}
_MIB = 1024 * 1024
_ADDRESSES_MIB = 512
"""Room in the address space beside the memory in use: libraries reserve more than they touch."""

_ROOT = Path(__file__).resolve().parent.parent
_POLL_S = 0.02


@dataclass(frozen=True, slots=True)
class Limits:
    """What a task may take: seconds by the clock, memory beyond what its libraries need, bytes of result."""

    seconds: float = 5.0
    memory_mib: int = 200
    result_bytes: int = 16 * _MIB


def confined(task: str, options: Mapping[str, Any], content: bytes, limits: Limits | None = None) -> Any:
    """Return what `module:function(content, options)` returns, run in a process of its own.

    Options and result are JSON values. The function's own `RegisterError`s are raised here as they were there.

    Raises:
        WorkStopped: it took too long, too much memory or gave too large a result, or it crashed.
    """
    limits = limits or Limits()
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as result:
        given.write(json.dumps(dict(options)).encode() + b"\n" + content)
        given.seek(0)
        _run(task, given, result, limits)
        result.seek(0)
        written = result.read(limits.result_bytes + 1)
    return _value_of(written)


def _run(task: str, given: IO[bytes], result: IO[bytes], limits: Limits) -> None:
    figures = [str(limits.seconds), str(limits.memory_mib), str(limits.result_bytes)]
    process = subprocess.Popen(  # noqa: S603  (our own interpreter and module; the task is named by our own code)
        [sys.executable, "-P", "-s", "-m", "service.confining", task, *figures],
        stdin=given,
        stdout=result,
        stderr=subprocess.DEVNULL,
        env=_environment(),
        cwd="/",
        start_new_session=True,  # its own process group: what it starts ends with it
    )
    try:
        code = process.wait(timeout=limits.seconds)
    except subprocess.TimeoutExpired:
        raise errors.WorkStopped("timed_out") from None
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if code:
        raise errors.WorkStopped(_PROBLEMS.get(code, "crashed"))


def _environment() -> dict[str, str]:
    """Return an environment without settings and secrets of the service."""
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH") if name in os.environ}
    single = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
    return {**kept, **single, "PYTHONPATH": str(_ROOT), "LC_ALL": "C.UTF-8", "PROJ_NETWORK": "OFF"}


def _value_of(written: bytes) -> Any:
    """Return the value in what the child wrote, which is believed no more than anything else it says."""
    try:
        answer = json.loads(written)
        if "refused" not in answer:
            return answer["value"]
        error = _error_of(answer["refused"])
    except (ValueError, LookupError, TypeError, RecursionError):
        error = errors.WorkStopped("crashed")
    raise error


def _error_of(refused: Mapping[str, Any]) -> errors.RegisterError:
    kind = getattr(errors, str(refused["kind"]), None)
    if not (isinstance(kind, type) and issubclass(kind, errors.RegisterError)):
        return errors.WorkStopped("crashed")
    return kind(**refused["facts"])


# ---- in the child


def main() -> None:
    """Run the task named on the command line on what stands on standard input; the process ends here."""
    task, seconds, memory_mib, result_bytes = sys.argv[1:]
    # Whatever a library prints must not mix with the result.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    module, _, function = task.partition(":")
    run = getattr(importlib.import_module(module), function)
    _limit(float(seconds), int(memory_mib), int(result_bytes))
    try:
        options = json.loads(sys.stdin.buffer.readline())
        answer = _answer(run, sys.stdin.buffer.read(), options)
        out.write(json.dumps(answer).encode())
        out.flush()
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)
    except OSError as error:
        os._exit(_RESULT_TOO_LARGE if error.errno == errno.EFBIG else 1)
    os._exit(0)  # nothing of the task's may run on


def _answer(run: Any, content: bytes, options: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"value": run(content, options)}
    except errors.RegisterError as error:
        return {"refused": {"kind": type(error).__name__, "facts": vars(error)}}


def _limit(seconds: float, memory_mib: int, result_bytes: int) -> None:
    """Set the limits once the libraries are loaded, so that they bind the task and not its imports."""
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_CPU, int(seconds) + 1)
    _lower(resource.RLIMIT_FSIZE, result_bytes)
    _lower(resource.RLIMIT_NOFILE, 64)
    addresses, _ = _memory_in_use()
    if addresses:
        _lower(resource.RLIMIT_AS, addresses + (memory_mib + _ADDRESSES_MIB) * _MIB)
    threading.Thread(target=_watch, args=(memory_mib * _MIB,), daemon=True).start()


def _lower(kind: int, wanted: int) -> None:
    _, most = resource.getrlimit(kind)
    limit = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    with suppress(
        ValueError, OSError
    ):  # macOS knows some limits by name only; the clock and the watch remain
        resource.setrlimit(kind, (limit, limit))


def _watch(allowance: int) -> None:
    """End the process when it holds more memory than it may."""
    _, before = _memory_in_use()
    while True:
        time.sleep(_POLL_S)
        if _memory_in_use()[1] - before > allowance:
            os._exit(_OUT_OF_MEMORY)


def _memory_in_use() -> tuple[int, int]:
    """Return the bytes of address space and of memory in use; the first is 0 where the system does not tell."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()
    except OSError:
        # macOS: the most ever held, in bytes
        return 0, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    size = resource.getpagesize()
    return int(pages[0]) * size, int(pages[1]) * size


if __name__ == "__main__":
    main()
