# ruff: noqa: ANN001, ARG001 - every kind of question has the same two arguments
"""Questions drawn from the benchmark's register, with the answers that are right for each.

Right is the intended record, or a record that the typed text describes no worse: the rule of each kind
stands beside it. Wrong characters come from tables of look-alikes and of equal sound.
"""

import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import zhconv_rs

from benchmarks.search_corpus import PRODUCTS, counties
from search import Document
from search.pinyin import syllables

_CLEAR = 4  # in a made-up name of three characters a wrong one leaves dozens of names that are as near
Right = Callable[[Document], bool]
_SYNONYMS = {"猕猴桃": "奇异果", "马铃薯": "洋芋", "番茄": "西红柿", "红薯": "红苕", "玉米": "苞谷", "地牯牛": "甘露子",
             "竹笋": "笋子", "辣椒": "海椒"}  # fmt: skip
LOOKALIKES = Path(__file__).resolve().parents[2] / "shared" / "data" / "form_similar_characters.json"


@dataclass(frozen=True, slots=True)
class Question:
    """What is typed, what was meant, and which records would do."""

    kind: str
    text: str
    target: Document
    right: Right


def questions(documents: list[Document], seed: int, each: int) -> Iterable[Question]:
    """Return `each` questions of every kind; half ask for products, half for brands, where both fit."""
    rng = random.Random(seed)
    halves = [[d for d in documents if d.kind == kind] for kind in ("gi_product", "brand")]
    for kind, make in KINDS.items():
        made, tries = 0, 0
        while made < each and tries < each * 60:
            tries += 1
            target = rng.choice(halves[tries % 2])
            question = make(target, rng)
            if question:
                made += 1
                text, right = question
                yield Question(kind, text, target, right)


Made = tuple[str, Right] | None
KINDS: dict[str, Callable[[Document, random.Random], Made]] = {}


def _kind(make: Callable[[Document, random.Random], Made]) -> Callable[[Document, random.Random], Made]:
    KINDS[make.__name__] = make
    return make


def _same_name(target: Document) -> Right:
    return lambda one: one.name == target.name


def _named(part: str) -> Right:
    return lambda one: part in one.name


def _misspelt(target: Document, typed: str) -> Right:
    # the intended name, or a name in which the text stands as typed: then it was no mistake
    return lambda one: one.name == target.name or typed in one.name


def sound(text: str) -> str:
    return "".join(syllables(text))


def initials_of(text: str) -> str:
    return "".join(one[0] for one in syllables(text))


def place_of(target: Document) -> str:
    """Return the short name of the place of a product."""
    return next(target.name.removesuffix(zh) for zh in (target.goods[0],))


@_kind
def exact_name(target, rng) -> Made:
    return target.name, _same_name(target)


@_kind
def substring_of_two(target, rng) -> Made:
    at = rng.randrange(len(target.name) - 1)
    part = target.name[at : at + 2]
    return part, _named(part)


@_kind
def substring_of_three(target, rng) -> Made:
    if len(target.name) < 4:
        return None
    at = rng.randrange(len(target.name) - 2)
    part = target.name[at : at + 3]
    return part, _named(part)


@_kind
def one_character(target, rng) -> Made:
    part = rng.choice(target.name)
    return part, _named(part)


@_kind
def traditional(target, rng) -> Made:
    typed = str(zhconv_rs.zhconv(target.name, "zh-tw"))
    return (typed, _same_name(target)) if typed != target.name else None


@_kind
def full_pinyin(target, rng) -> Made:
    typed = sound(target.name)
    return typed, lambda one: typed in sound(one.name) or typed in one.names_en[0].lower()


@_kind
def spaced_pinyin(target, rng) -> Made:
    typed = sound(target.name)
    return " ".join(syllables(target.name)), lambda one: typed in sound(one.name)


@_kind
def initials(target, rng) -> Made:
    if len(target.name) < 4:
        return None
    typed = initials_of(target.name)
    return typed, lambda one: typed in initials_of(one.name)


@_kind
def pinyin_prefix(target, rng) -> Made:
    if len(target.name) < 3:
        return None
    whole = sound(target.name)
    typed = whole[: max(4, int(len(whole) * 0.7))]
    return typed, lambda one: typed in sound(one.name) or one.names_en[0].lower().startswith(typed)


@_kind
def pinyin_typo(target, rng) -> Made:
    whole = sound(target.name)
    if len(whole) < 8:
        return None
    typed = _slip(whole, rng)
    return (
        typed,
        lambda one: sound(one.name) == whole or typed in sound(one.name) or typed in one.names_en[0].lower(),
    )


@_kind
def english(target, rng) -> Made:
    wanted = target.names_en[0].lower()
    return target.names_en[0], lambda one: wanted in one.names_en[0].lower()


@_kind
def english_typo(target, rng) -> Made:
    words = target.names_en[0].lower().split()
    at = max(range(len(words)), key=lambda n: len(words[n]))
    if len(words[at]) < 6:
        return None
    wanted = " ".join(words)
    typed = " ".join([*words[:at], _slip(words[at], rng), *words[at + 1 :]])
    return typed, lambda one: one.names_en[0].lower() == wanted or typed in one.names_en[0].lower()


@_kind
def wrong_by_shape(target, rng) -> Made:
    return _replaced(target, rng, lookalikes())


@_kind
def wrong_by_sound(target, rng) -> Made:
    return _replaced(target, rng, soundalikes())


@_kind
def missing_character(target, rng) -> Made:
    if len(target.name) < _CLEAR:
        return None
    at = rng.randrange(1, len(target.name) - 1)
    typed = target.name[:at] + target.name[at + 1 :]
    return typed, _misspelt(target, typed)


@_kind
def added_character(target, rng) -> Made:
    if len(target.name) < _CLEAR:
        return None
    at = rng.randrange(1, len(target.name))
    typed = target.name[:at] + rng.choice(_common_characters()) + target.name[at:]
    return typed, _misspelt(target, typed)


@_kind
def swapped_characters(target, rng) -> Made:
    if len(target.name) < _CLEAR:
        return None
    at = rng.randrange(len(target.name) - 1)
    name = target.name
    typed = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    return (typed, _misspelt(target, typed)) if typed != name else None


@_kind
def word_order(target, rng) -> Made:
    if target.kind != "gi_product":
        return None
    place, zh = place_of(target), target.goods[0]
    return f"{zh}{place}", lambda one: place in one.name and zh in one.name


@_kind
def with_place(target, rng) -> Made:
    province, county = target.place.split()
    word = target.goods[0] if target.kind == "gi_product" else target.name
    typed = rng.choice(
        (f"{county}{word}", f"{county} {word}", f"{word} {county}", f"{province}{county}{word}")
    )
    return typed, lambda one: word in one.name and county in one.place


@_kind
def with_holder(target, rng) -> Made:
    typed = f"{target.name} {target.holder}"
    return typed, lambda one: one.name == target.name and one.holder == target.holder


@_kind
def holder_alone(target, rng) -> Made:
    return target.holder, lambda one: one.holder == target.holder


@_kind
def code_exact(target, rng) -> Made:
    typed = rng.choice(target.identifiers)
    return typed, lambda one: typed in one.identifiers


@_kind
def code_other_spelling(target, rng) -> Made:
    number = target.identifiers[-1]
    typed = rng.choice(
        (number.lower(), number.replace("-", ""), " ".join([number[:4], number[4:9], number[9:]]).strip())
    )
    return typed, lambda one: number in one.identifiers


@_kind
def code_prefix(target, rng) -> Made:
    number = rng.choice(target.identifiers)
    typed = number[: max(6, int(len(number) * 0.8))]
    return typed, lambda one: any(n.startswith(typed) for n in one.identifiers)


@_kind
def mixed_zh_en(target, rng) -> Made:
    if target.kind != "gi_product":
        return None
    place, zh = place_of(target), target.goods[0]
    return f"{place} {PRODUCTS[zh]}", lambda one: place in one.name and zh in one.name


@_kind
def mixed_pinyin_zh(target, rng) -> Made:
    if target.kind != "gi_product":
        return None
    place, zh = place_of(target), target.goods[0]
    return f"{sound(place)} {zh}", lambda one: sound(place) in sound(one.name) and zh in one.name


@_kind
def synonym(target, rng) -> Made:
    zh = target.goods[0]
    if target.kind != "gi_product" or zh not in _SYNONYMS:
        return None
    return target.name.replace(zh, _SYNONYMS[zh]), _same_name(target)


def _replaced(target: Document, rng: random.Random, table: dict[str, list[str]]) -> Made:
    if len(target.name) < _CLEAR:
        return None
    places = [at for at, c in enumerate(target.name) if table.get(c)]
    if not places:
        return None
    at = rng.choice(places)
    typed = target.name[:at] + rng.choice(table[target.name[at]]) + target.name[at + 1 :]
    return (typed, _misspelt(target, typed)) if typed != target.name else None


def _slip(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    way = rng.randrange(4)
    letter = rng.choice("abcdefghijklmnopqrstuwxyz")
    if way == 0:
        return word[:at] + word[at + 1 :]
    if way == 1:
        return word[:at] + letter + word[at:]
    if way == 2:
        return word[:at] + letter + word[at + 1 :]
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


@cache
def lookalikes() -> dict[str, list[str]]:
    """Return look-alikes of a character, both ways round."""
    found: dict[str, list[str]] = defaultdict(list)
    for wrong, pairs in json.loads(LOOKALIKES.read_text("utf-8"))["table"].items():
        for right, _ in pairs:
            found[right].append(wrong)
            found[wrong].append(right)
    return dict(found)


@cache
def soundalikes() -> dict[str, list[str]]:
    """Return common characters of the same sound."""
    by_sound: dict[str, list[str]] = defaultdict(list)
    for c in _common_characters():
        by_sound[syllables(c)[0]].append(c)
    return {c: [other for other in group if other != c] for group in by_sound.values() for c in group}


@cache
def _common_characters() -> list[str]:
    names = "".join(place.name for place in counties()) + "".join(PRODUCTS)
    table = json.loads(LOOKALIKES.read_text("utf-8"))["table"]
    return sorted({c for c in names if "\u4e00" <= c <= "\u9fff"} | set(table))
