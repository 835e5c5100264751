"""A bounded place for what is costly to make and never changes: the least used goes first."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

from cachetools import LRUCache

T = TypeVar("T")


class Shelf(Generic[T]):
    """Values by key, together never heavier than the capacity; safe to use from several threads.

    A key must name one value for ever (a record with its version, a revision): nothing is ever put right here.
    """

    def __init__(self, capacity: int, weigh: Callable[[T], int]) -> None:
        self._held: LRUCache[Hashable, T] = LRUCache(capacity, getsizeof=weigh)
        self._weigh = weigh
        self._lock = Lock()

    def get(self, key: Hashable) -> T | None:
        """Return the value of the key, or None."""
        with self._lock:
            return self._held.get(key)

    def put(self, key: Hashable, value: T) -> T:
        """Keep the value, unless it alone is too heavy, and return it."""
        with self._lock:
            if self._weigh(value) <= self._held.maxsize:
                self._held[key] = value
        return value

    @property
    def weight(self) -> int:
        """The weight of all that is held."""
        return int(self._held.currsize)
