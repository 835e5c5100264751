"""Passwords: hashing with argon2id, the rules for a new one, and one-time passwords (no database)."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from pwdlib import PasswordHash

from service.register import sent_twice
from service.register.models import StaffUser

SHORTEST: Final = 12
LONGEST: Final = 128
_READABLE: Final = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that is misread on paper or over the telephone
_GROUPS: Final = (4, 5)
_LEAST_GUESSES_LOG10: Final = 10.0
_ESTIMATED: Final = 72  # characters that zxcvbn takes; a longer password is at least as good as its beginning
_SITE_WORDS: Final = ("dibiao", "qianjiang", "chongqing", "地标", "黔江", "重庆")
_SHORTEST_NAME: Final = {True: 3, False: 2}  # ASCII or not: two Chinese characters are a whole name


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


def normalised(password: str) -> str:
    """Return the password as it is hashed: NFC, so that every keyboard types the same one."""
    return unicodedata.normalize("NFC", password)


def hash_of(password: str) -> str:
    """Return the argon2id hash of the password."""
    return _hasher().hash(normalised(password))


@dataclass(frozen=True, slots=True)
class Checked:
    """A password compared with a hash while no transaction was open: worth something as long as that hash is kept."""

    kept: str | None
    is_right: bool

    def holds_for(self, user: StaffUser) -> bool:
        """Return whether it was the password of the account as it is read now."""
        return self.is_right and user.password_hash == self.kept


def check(password: str, kept: str | None) -> Checked:
    """Return how the password compares with a hash. It takes its time: no transaction may be open."""
    return Checked(kept, matches(password, kept))


def matches(password: str, kept: str | None) -> bool:
    """Return whether the password is the one that was hashed; without a hash the same work is done for nothing.

    So an unknown login, a disabled account and a wrong password take the same time (T17).
    """
    nobodys = _nobodys_hash()  # made before either way parts, so that its making tells nothing
    is_right = _hasher().verify(normalised(password)[:LONGEST], kept or nobodys)
    return is_right and kept is not None and len(normalised(password)) <= LONGEST


@cache
def _nobodys_hash() -> str:
    return hash_of(secrets.token_urlsafe(24))


def one_time_password(form: str | None = None, said: str = "") -> str:
    """Return a password to be told to somebody, to be used once: 98 bits, in groups that can be read out.

    With a form (see `sent_twice`) it follows from the form and what it says.
    """
    groups, letters = _GROUPS
    drawn, signs = int.from_bytes(sent_twice.drawn(form or sent_twice.new_form(), said)), []
    for _ in range(groups * letters):
        drawn, place = divmod(drawn, len(_READABLE))
        signs.append(_READABLE[place])
    return "-".join("".join(signs[start : start + letters]) for start in range(0, len(signs), letters))


def fault_of(password: str, names: Iterable[str]) -> str | None:
    """Return the code of what is wrong with a new password, or None; `names` are the account's own.

    Length counts, classes of characters do not; what is guessed easily is refused. Source: OWASP ASVS 5.0 6.2.
    """
    text = normalised(password)
    if len(text) < SHORTEST:
        return "password_short"
    if len(text) > LONGEST:
        return "password_long"
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in text):
        return "bad_characters"
    named = [name for name in map(_folded, names) if len(name) >= _SHORTEST_NAME[name.isascii()]]
    if any(name in _folded(text) for name in named):
        return "password_names_you"
    return "password_common" if _is_guessed(text, [*named, *_SITE_WORDS]) else None


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _is_guessed(text: str, words: list[str]) -> bool:
    from zxcvbn import zxcvbn

    found = zxcvbn(text[:_ESTIMATED], user_inputs=words, max_length=_ESTIMATED)
    return float(found["guesses_log10"]) < _LEAST_GUESSES_LOG10
