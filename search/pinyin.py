"""Readings of Chinese text: syllables, their suffixes and initials, without tones."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib import resources
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from search.text import fold, terms

_MAX_RUN = 40  # characters of one run whose readings are indexed: longer runs are prose, not names
MAX_LETTERS = 24  # of one suffix; longer questions are cut alike
_LONGEST_PHRASE = 4
_FIRST_RANK = 0x100  # letters that sort after ASCII, two bytes each


@lru_cache(maxsize=65536)
def syllables(run: str) -> tuple[str, ...]:
    """Return one toneless syllable for each character of a folded Han run; ü is written v."""
    single, phrases, starters = _single_readings(), _phrase_readings(), _phrase_starters()
    found: list[str] = []
    at = 0
    while at < len(run):
        phrase = _phrase_at(run, at, phrases) if run[at] in starters else None
        if phrase:
            found.extend(phrases[phrase])
            at += len(phrase)
        else:
            found.append(single.get(run[at], run[at]))
            at += 1
    return tuple(found)


def syllables_of(text: str) -> list[str]:
    """Return the readings of every Han run of a text, and its Latin words, in order."""
    found: list[str] = []
    for term in terms(text):
        if term.is_han:
            found.extend(syllables(term.text))
        else:
            found.append(term.text)
    return found


def suffixes(text: str) -> list[str]:
    """Return the reading of the text from each of its characters on: mihoutao, houtao, tao."""
    found: list[str] = []
    for run in _runs(text):
        whole = syllables(run)
        found.extend("".join(whole[at : at + MAX_LETTERS])[:MAX_LETTERS] for at in range(len(whole)))
    return found


def initials(text: str) -> list[str]:
    """Return the initials from each character on, two letters at least: qjmht, jmht, mht, ht."""
    found: list[str] = []
    for run in _runs(text):
        letters = "".join(syllable[0] for syllable in syllables(run))
        found.extend(letters[at : at + 12] for at in range(len(letters) - 1))
    return found


def is_syllable(letters: str) -> bool:
    """Return whether the letters are one whole syllable of Mandarin."""
    return letters in _ranks()


def sort_key(text: str) -> str:
    """Return what sorts Chinese names as a dictionary does: by syllable, then by character."""
    parts = [" ".join(syllables(term.text)) if term.is_han else term.text for term in terms(text)]
    return " ".join(parts)[:120] + "\t" + text[:40]


def short_sort_key(text: str) -> str:
    """Return a sort key with one letter for each syllable, for an index that keeps it in memory."""
    ranks = _ranks()
    letters = "".join(
        chr(_FIRST_RANK + ranks[one]) if one in ranks else one[:4] for one in syllables_of(text)[:16]
    )
    return letters + "\t" + text[:4]


def _runs(text: str) -> Iterable[str]:
    return (term.text[:_MAX_RUN] for term in terms(text) if term.is_han)


def _phrase_at(run: str, at: int, phrases: dict[str, tuple[str, ...]]) -> str | None:
    for size in range(_LONGEST_PHRASE, 0, -1):
        piece = run[at : at + size]
        if len(piece) == size and piece in phrases:
            return piece
    return None


@cache
def _single_readings() -> dict[str, str]:
    readings_of = _dictionary("pinyin_dict")
    return {chr(point): _toneless(readings.split(",", 1)[0]) for point, readings in readings_of.items()}


@cache
def _phrase_readings() -> dict[str, tuple[str, ...]]:
    # Only phrases that read otherwise than their characters one by one are worth keeping: 重庆, 长寿.
    single = _single_readings()
    kept: dict[str, tuple[str, ...]] = {}
    for phrase, readings in _dictionary("phrases_dict").items():
        if len(phrase) <= _LONGEST_PHRASE:
            plain = tuple(_toneless(options[0]) for options in readings)
            if plain != tuple(single.get(c, "") for c in phrase):
                kept[fold(phrase)] = plain
    for line in _lines("readings.txt"):
        phrase, _, reading = line.partition("\t")
        kept[fold(phrase.strip())] = tuple(reading.split())
    return kept


def _dictionary(name: str) -> dict[Any, Any]:
    # Importing the package would keep its dictionaries, and copies of them, for good: 29 MB that nobody reads
    # once the readings above are made (2026-11).
    package = find_spec("pypinyin")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("pypinyin")
    path = Path(package.submodule_search_locations[0]) / f"{name}.py"
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(str(path))
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    found: dict[Any, Any] = getattr(module, name)
    return found


@cache
def _phrase_starters() -> frozenset[str]:
    return frozenset(phrase[0] for phrase in _phrase_readings() if phrase)


@cache
def _ranks() -> dict[str, int]:
    whole = {reading for reading in _single_readings().values() if reading.isalpha()}
    spoken = {one for one in whole if set(one) & set("aeiouv")}
    return {reading: rank for rank, reading in enumerate(sorted(spoken))}


@cache
def _toneless(reading: str) -> str:
    plain = unicodedata.normalize("NFD", reading.replace("ü", "v"))
    plain = re.sub("u\u0308", "v", plain)
    plain = "".join(c for c in plain if unicodedata.category(c) != "Mn")
    return plain.replace("ê", "e").lower()


def _lines(name: str) -> list[str]:
    text = (resources.files("search") / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
