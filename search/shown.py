"""What an index gives back of a document: enough to say why it matched, to rank and to complete."""

from typing import NamedTuple, Self

from search.analysis import squashed
from search.distance import distance
from search.document import Document
from search.pinyin import syllables_of
from search.synonyms import other_words
from search.text import code, fold, terms

_FIELD, _ITEM = "\x1f", "\x1e"
_SLIPS = 2
ELSEWHERE = ""  # none of the fields that are kept: the place, holder, goods or description


class Shown(NamedTuple):
    """The names and numbers of one record; lists are joined by U+001E.

    A tuple, since every hit makes one: a frozen dataclass takes four times as long to fill.
    """

    id: str
    fingerprint: str
    kind: str
    name: str
    aliases: str = ""
    names_en: str = ""
    identifiers: str = ""

    @classmethod
    def of(cls, document: Document) -> Self:
        """Return what is shown of a document."""
        return cls(
            document.id,
            document.fingerprint,
            document.kind,
            _clean(document.name),
            _ITEM.join(map(_clean, document.aliases)),
            _ITEM.join(map(_clean, document.names_en)),
            _ITEM.join(map(_clean, document.identifiers)),
        )

    def packed(self) -> str:
        """Return the record as one string."""
        return _FIELD.join(self)

    @classmethod
    def unpacked(cls, text: str) -> Self:
        """Return the record that `packed` wrote."""
        return cls(*text.split(_FIELD))

    @property
    def names(self) -> tuple[str, ...]:
        """Return the Chinese names, the preferred one first."""
        return (self.name, *self.aliases.split(_ITEM)) if self.aliases else (self.name,)

    @property
    def english(self) -> tuple[str, ...]:
        """Return the English names."""
        return tuple(self.names_en.split(_ITEM)) if self.names_en else ()

    @property
    def numbers(self) -> tuple[str, ...]:
        """Return the identifiers."""
        return tuple(self.identifiers.split(_ITEM)) if self.identifiers else ()


class Reasons:
    """Why records answer one text: which of their fields explains it best."""

    def __init__(self, text: str) -> None:
        asked = terms(text)
        self._number = code(text)
        self.longest = max((term.text for term in asked), key=len, default="")
        self._words = (self.longest, *other_words(self.longest))
        self._is_latin = bool(asked) and not asked[0].is_han
        self._letters = "".join(term.text for term in asked)

    def field(self, shown: Shown) -> str:
        """Return the field of a record that explains why it answers, or `ELSEWHERE`."""
        if not self.longest:
            return ""
        if self.longest in shown.name:
            return "name"
        if self._number and any(self._number in (code(n) or squashed(n)) for n in shown.numbers):
            return "identifier"
        return self._by_letter(shown) or self._by_sound(shown)

    def guess(self, shown: Shown) -> str:
        """Return the name that is most like the text although no field holds it, or `ELSEWHERE`."""
        if self._is_latin:
            english = (term.text for name in shown.english for term in terms(name))
            near = any(distance(self.longest, one, _SLIPS) <= _SLIPS for one in english)
            return "name_en" if near else "pinyin"
        wanted = set(self.longest)
        for name, text in (("name", shown.name), ("alias", shown.aliases)):
            if len(wanted & set(fold(text))) * 2 >= len(wanted):
                return name
        return ELSEWHERE

    def _by_letter(self, shown: Shown) -> str:
        held = (("name", shown.name), ("alias", shown.aliases), ("name_en", shown.names_en))
        folded = [(name, fold(text)) for name, text in held if text]
        return next((name for word in self._words for name, text in folded if word in text), "")

    def _by_sound(self, shown: Shown) -> str:
        if not self._is_latin:
            return ""
        for name in shown.names:
            spoken = syllables_of(name)
            if self._letters in "".join(spoken):
                return "pinyin"
            if self._letters in "".join(one[0] for one in spoken):
                return "initials"
        return ""


def _clean(text: str) -> str:
    return text.replace(_FIELD, " ").replace(_ITEM, " ")
