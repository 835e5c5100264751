"""How a question is read: tiers from the letter to the loose, in words that every engine can compile.

A tier is a choice of variants; a variant asks for all of its clauses; a clause is a choice of nodes.
Engines try the tiers in order and stop at the first with hits, so each is made only when it is reached.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from search import analysis as a
from search.misspelling import MAX_RUN, MIN_RUN
from search.pinyin import MAX_LETTERS, is_syllable, syllables
from search.query import MAX_CHARACTERS, MAX_TERMS
from search.splitting import splits
from search.synonyms import near_words, other_words
from search.text import Term, code, terms, tokens

ALL, EXACT, PARTS, SIMILAR, CHARACTERS = "all", "exact", "parts", "similar", "characters"

_MIN_PREFIX = 2
_MIN_FUZZY = 4
_TWO_TYPOS_FROM = 9
_MIN_LOOSE = 3


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens side by side in one of the fields."""

    tokens: tuple[str, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Misspelt:
    """A name, or a stretch of one, of which one character is wrong, missing, added or swapped."""

    run: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Prefix:
    """A word beginning so."""

    text: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """A word within so many slips of the finger."""

    text: str
    distance: int
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number, whole or its beginning; never a similar one."""

    text: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Bag:
    """So many of the characters, in any order."""

    tokens: tuple[str, ...]
    minimum: int
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Together:
    """All of these phrases, wherever they stand."""

    phrases: tuple[Phrase, ...]


Node: TypeAlias = Phrase | Misspelt | Prefix | Fuzzy | Identifier | Bag | Together
Clause: TypeAlias = tuple[Node, ...]
Variant: TypeAlias = tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Tier:
    """One way of reading the question."""

    name: str
    variants: tuple[Variant, ...]


def plan(text: str) -> Iterator[Tier]:
    """Yield the tiers of a question, the strictest first; none when nothing in it can be looked up."""
    text = text[:MAX_CHARACTERS]
    asked = terms(text)[:MAX_TERMS]
    if not asked:
        return
    number = code(text)
    if number:
        yield from _numbers(asked, number)
        return  # a similar number is another number
    yield Tier(EXACT, _exact_variants(asked))
    before = _variant(asked, _literal)
    tried = set(before[0])
    for name, read in _LOOSER:
        variant = _variant(asked, read)
        if len(asked) == 1:  # what an earlier tier did not find by itself need not be asked again
            variant = (tuple(node for node in variant[0] if node not in tried),)
            tried.update(variant[0])
        if variant != before and all(variant):
            yield Tier(name, (variant,))
        before = variant


def _variant(asked: tuple[Term, ...], read: Callable[[Term], Clause]) -> Variant:
    return tuple(read(term) for term in asked)


def _numbers(asked: tuple[Term, ...], number: str) -> Iterator[Tier]:
    whole: Variant = ((Identifier(number, is_whole=True), Identifier(number, is_whole=False)),)
    if len(asked) == 1:
        yield Tier(EXACT, (whole, _variant(asked, _literal)))
        return
    yield Tier(EXACT, (whole, _as_written(asked)))
    # Its parts begin a hundred thousand other numbers: they are asked only when the whole is nobody's.
    yield Tier(EXACT, (_variant(asked, _literal),))


def _as_written(asked: tuple[Term, ...]) -> Variant:
    return ((Phrase(tuple(token for term in asked for token in tokens(term.text)), a.WORD_FIELDS),),)


def _exact_variants(asked: tuple[Term, ...]) -> tuple[Variant, ...]:
    variants = [_as_written(asked)] if len(asked) > 1 else []
    if len(asked) > 1 and all(is_syllable(term.text) for term in asked):
        joined = "".join(term.text for term in asked)  # qian jiang mi hou tao
        heard = Phrase(tuple(term.text for term in asked), (a.SYLLABLES,))
        variants.append(((Prefix(joined[:MAX_LETTERS], (a.PINYIN, a.PLACE_PINYIN)), heard),))
    else:
        variants.append(_variant(asked, _literal))
    return tuple(variants)


def _literal(term: Term) -> Clause:
    if term.is_han:
        return (Phrase(tuple(term.text), a.HAN_FIELDS), *_synonyms(other_words(term.text)))
    words: list[Node] = [Phrase((term.text,), a.WORD_FIELDS)]
    if term.is_code:
        number = code(term.text)
        return (*((Identifier(number, is_whole=False),) if number else ()), *words)
    if len(term.text) >= _MIN_PREFIX:
        words.append(Prefix(term.text[:MAX_LETTERS], (a.ENGLISH, a.PINYIN, a.INITIALS, a.PLACE_PINYIN)))
    return (*words, *_synonyms(other_words(term.text)))


def _synonyms(words: tuple[str, ...]) -> Clause:
    return tuple(
        Phrase(tokens(word), (a.ENGLISH,) if word.isascii() else (a.NAME, a.ALIAS, a.GOODS)) for word in words
    )


def _parts(term: Term, slips: int = 1) -> Clause:
    if not term.is_han:
        return (*_literal(term), *_typos(term, slips))
    together = (
        Together(tuple(Phrase(tuple(part), a.HAN_FIELDS) for part in parts)) for parts in splits(term.text)
    )
    is_name = MIN_RUN < len(term.text) <= MAX_RUN
    misspelt = (Misspelt(term.text, is_whole=True),) if is_name else ()
    return (*_literal(term), *together, *misspelt)


def _two_slips(term: Term) -> Clause:
    return _parts(term, 2)


def _typos(term: Term, slips: int) -> Clause:
    if term.is_code or len(term.text) < _MIN_FUZZY:
        return ()
    most = slips if len(term.text) >= _TWO_TYPOS_FROM else 1
    fuzzy = (Fuzzy(term.text, distance, (a.ENGLISH, a.PINYIN)) for distance in range(1, most + 1))
    return (*fuzzy, *_synonyms(near_words(term.text)))


def _similar(term: Term) -> Clause:
    clause = _two_slips(term)
    if not term.is_han or len(term.text) < _MIN_PREFIX:
        return clause
    heard = Phrase(syllables(term.text), (a.SYLLABLES,))
    if not MIN_RUN <= len(term.text) <= MAX_RUN:
        return (*clause, heard)
    whole = () if len(term.text) > MIN_RUN else (Misspelt(term.text, is_whole=True),)
    return (*clause, heard, *whole, Misspelt(term.text, is_whole=False))


def _characters(term: Term) -> Clause:
    if not term.is_han or len(term.text) < _MIN_LOOSE:
        return _similar(term)
    size = len(term.text)
    minimum = size if size == _MIN_LOOSE else max(size - 1 - size // 5, 3)
    return (Bag(tuple(term.text), minimum, (a.NAME, a.ALIAS)),)


# Two slips cost ten times one: they are asked only when one explains nothing (2026-11).
_LOOSER = ((PARTS, _parts), (PARTS, _two_slips), (SIMILAR, _similar), (CHARACTERS, _characters))
