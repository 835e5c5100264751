"""Picking the words of a language, and entries of closed lists by their code."""

from __future__ import annotations

from service.vocabulary import Vocabulary


def pick(words: tuple[str, str], lang: str) -> str:
    """Return the Chinese or the English of a pair."""
    return words[1] if lang.startswith("en") else words[0]


def entry_of(vocabulary: type[Vocabulary], value: str | None) -> Vocabulary | None:
    """Return the entry with this code, if the list has it."""
    return next((entry for entry in vocabulary if entry.value == value), None)
