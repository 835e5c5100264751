"""The random draw `dibiao-draw-1`: from a population's bytes and a public value, by anybody, in any language.

With H the SHA-256 of the population's bytes and V the digits of the public value, both as text:

1. of a stratum of n objects with share p (per cent), ceil(n · p ÷ 100) are drawn;
2. objects are ordered by the SHA-256 of `H:V:id`, and the first ones are drawn;
3. for each drawn object the inspectors are ordered by the SHA-256 of `H:V:id:inspector`, and the first ones inspect it.

All texts are UTF-8, all hashes lower-case hexadecimal, ordered as text. Decision 0022 says why nobody can bend it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from pydantic import BaseModel, ConfigDict

ALGORITHM: Final = "dibiao-draw-1"
_ALL: Final = 100


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Candidate(_Kept):
    """A body that may be drawn: its permanent identifier decides, code and name are for people."""

    id: str
    code: str | None
    name: str


class Stratum(_Kept):
    """Bodies that are drawn in the same share, by their credit grade."""

    grade: str
    percent: int
    candidates: tuple[Candidate, ...]

    @property
    def quota(self) -> int:
        """How many are drawn: the share, rounded up."""
        return -(-len(self.candidates) * self.percent // _ALL)


class Population(_Kept):
    """Everything that a draw depends on but the public value; its bytes are published, and their hash long before.

    `nonce` keeps the hash from being guessed while the population is not public yet. `on`: the day whose register
    the population is. `digits`: how many digits the public value has, so that it can be written in one way only.
    """

    format: int = 1
    algorithm: str = ALGORITHM
    plan: str
    title: str
    year: int
    is_demonstration: bool
    on: date
    frozen_at: datetime
    revision_number: int
    nonce: str
    value_source: str
    value_on: date
    digits: int
    published_from: date
    inspectors_each: int
    inspectors: tuple[str, ...]
    strata: tuple[Stratum, ...]


class Assigned(_Kept):
    """A drawn body with the inspectors drawn for it."""

    id: str
    inspectors: tuple[str, ...]


def draw(population: Population, sha256: str, value: str) -> list[Assigned]:
    """Return who is inspected and by whom, stratum by stratum in the order of the hashes."""
    seed = f"{sha256}:{value}"
    found = []
    for stratum in population.strata:
        order = _ordered(seed, [each.id for each in stratum.candidates])
        for drawn in order[: stratum.quota]:
            inspectors = _ordered(f"{seed}:{drawn}", population.inspectors)[: population.inspectors_each]
            found.append(Assigned(id=drawn, inspectors=tuple(inspectors)))
    return found


def _ordered(seed: str, names: Sequence[str]) -> list[str]:
    return sorted(names, key=lambda name: hashlib.sha256(f"{seed}:{name}".encode()).hexdigest())
