"""How a machine of random steps is let run."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test


def run_machine(machine: type[RuleBasedStateMachine], *, examples: int, steps: int, **world: Any) -> None:
    """Let a machine run; `world` is what it finds of its class: the register that it steps on."""
    run_state_machine_as_test(
        type(f"{machine.__name__}OfThisTest", (machine,), world),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
