"""Does errands in processes that a test may kill: one forked for each line of JSON on standard input.

Prints the process's number at once, and how it ended when it has. Everything is imported before the first fork, so
that a killed process dies while it works, not while it starts.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import datetime
from pathlib import Path

from service.calendar import FixedClock
from service.register import annexes
from service.register.database import Database


def main() -> None:
    for line in sys.stdin:
        task = json.loads(line)
        child = os.fork()
        if child == 0:
            work(task)
            os._exit(0)
        tell(child)
        _, status = os.waitpid(child, 0)
        tell(status)


def tell(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def work(task: dict[str, str]) -> None:
    clock = FixedClock(datetime.fromisoformat(task["at"]))
    annexes.Doer(Database(task["url"]), clock, Path(task["folder"])).do(task["errand"])


if __name__ == "__main__":
    main()
