"""The command line of auditors: dibiao audit verify."""

from __future__ import annotations

from itertools import islice

import typer

from service.register import auditing
from service.register.models import RegistryState
from service.terminal import console, fail, open_register

app = typer.Typer(no_args_is_help=True, help="The audit trail.")
_MOST_TOLD = 20


@app.callback()
def _of_the_trail() -> None:
    """Keep `verify` a command of its own, though it is the only one."""


@app.command()
def verify() -> None:
    """Follow the chain of the audit trail from its first row; exit code 1 when it does not hold (I-12)."""
    with open_register() as database, database.reading() as session:
        broken = list(islice(auditing.broken_links(session), _MOST_TOLD))
        state = session.get(RegistryState, 1)
        rows, head = (state.audit_sequence, state.audit_hash) if state else (0, auditing.GENESIS)
    if broken:
        fail(f"审计链断裂 · the chain is broken at: {', '.join(map(str, broken))}")
    console.print(f"审计链完整 · the chain holds: {rows} 行 rows\n{head}", highlight=False)
