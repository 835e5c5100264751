"""How large a synthetic register is, and the generator of each part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

LAID_AROUND = date(2026, 11, 23)
"""The day whose verdicts the histories are laid out for: what is under correction or in grace is so then."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many records of each kind; announcements, protections, events and brands follow from these."""

    products: int = 10_000
    organisations: int = 30_000
    trademarks: int = 100_000
    areas: int = 5_000
    seed: int = 20_261_123

    def random(self, part: str) -> Random:
        """Return the generator of one part, so that the size of one leaves the others as they are."""
        return Random(f"{self.seed}:{part}")
