"""One field as two people have it, for the error that tells them so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class MergedField:
    """One field as it was, as they have it and as it was typed; None where it says nothing."""

    name: str
    base: Any
    theirs: Any
    mine: Any

    @property
    def is_clash(self) -> bool:
        """Whether both sides changed it, to different values: somebody must choose."""
        return self.mine != self.theirs and self.base not in (self.mine, self.theirs)

    @property
    def joined(self) -> Any:
        """What it says when both changes are kept; mine where they clash."""
        return self.theirs if self.mine == self.base else self.mine
