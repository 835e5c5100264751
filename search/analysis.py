"""What is derived from a document for searching: the same fields in every engine."""

import hashlib
import json
from dataclasses import dataclass
from importlib import metadata, resources

from search.document import Document
from search.pinyin import initials, suffixes, syllables_of
from search.text import code, spaced, terms, tokens

# Raise when the meaning of a derived field changes: every index built before is then rebuilt.
ANALYSIS_VERSION = 1

NAME, ALIAS, ENGLISH, PINYIN, INITIALS = "name", "alias", "english", "pinyin", "initials"
SYLLABLES, PLACE, PLACE_PINYIN = "syllables", "place", "place_pinyin"
HOLDER, GOODS, DESCRIPTION, IDENTIFIER, EXACT = "holder", "goods", "description", "identifier", "exact"

SPACED_FIELDS = (NAME, ALIAS, ENGLISH, PLACE, HOLDER, GOODS, DESCRIPTION, SYLLABLES)
LISTED_FIELDS = (PINYIN, INITIALS, PLACE_PINYIN, IDENTIFIER, EXACT)
HAN_FIELDS = (NAME, ALIAS, PLACE, HOLDER, GOODS, DESCRIPTION)
WORD_FIELDS = (NAME, ALIAS, ENGLISH, HOLDER, GOODS, DESCRIPTION)

_GAP = "|"  # stands between the members of a list, so that no phrase reaches from one into the next


@dataclass(frozen=True, slots=True)
class Derived:
    """Searchable text of one document: `spaced` holds words with positions, `listed` holds whole terms."""

    spaced: dict[str, str]
    listed: dict[str, list[str]]


def derive(document: Document) -> Derived:
    """Return what engines index for a document."""
    names = (document.name, *document.aliases)
    places = document.place.split()
    return Derived(
        spaced={
            NAME: spaced(document.name),
            ALIAS: _joined(document.aliases),
            ENGLISH: _joined(document.names_en),
            PLACE: _joined(tuple(places)),
            HOLDER: spaced(document.holder),
            GOODS: _joined(document.goods),
            DESCRIPTION: spaced(document.description),
            SYLLABLES: f" {_GAP} ".join(" ".join(syllables_of(name)) for name in names),
        },
        listed={
            PINYIN: _distinct([suffix for name in names for suffix in suffixes(name)]),
            INITIALS: _distinct([letters for name in names for letters in initials(name)]),
            PLACE_PINYIN: _distinct(["".join(syllables_of(place)) for place in places]),
            IDENTIFIER: identifier_terms(document.identifiers),
            EXACT: _distinct([squashed(name) for name in (*names, *filter(_has_space, document.names_en))]),
        },
    )


def squashed(text: str) -> str:
    """Return the tokens of a text without any space: two names are the same when these are."""
    return "".join(tokens(text))


def identifier_terms(identifiers: tuple[str, ...]) -> list[str]:
    """Return the spellings under which a number is found."""
    found: list[str] = []
    for identifier in identifiers:
        found.append(code(identifier) or squashed(identifier))
        if " " in identifier or "/" in identifier:
            found.extend(code(term.text) for term in terms(identifier))
    return _distinct(found)


def settings_hash(settings: object) -> str:
    """Return eight hexadecimal digits naming an engine's settings together with this analysis.

    The readings and the libraries that derive them are part of it: a new version may read a name otherwise.
    """
    readings = (resources.files("search") / "readings.txt").read_bytes()
    libraries = [metadata.version(name) for name in ("pypinyin", "zhconv-rs")]
    plain = [ANALYSIS_VERSION, hashlib.sha256(readings).hexdigest(), libraries, settings]
    return hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:8]


def _has_space(name: str) -> bool:
    return " " in name  # a name of one word is found whole as a word


def _joined(texts: tuple[str, ...]) -> str:
    return f" {_GAP} ".join(spaced(text) for text in texts)


def _distinct(values: list[str]) -> list[str]:
    return list(dict.fromkeys(value for value in values if value))
