"""What is wrong with a number, as facts; the page, the API and the command line word them."""

from __future__ import annotations

from enum import StrEnum


class Hint(StrEnum):
    """What may help the person who typed the number."""

    MISREAD_LETTERS = "misread_letters"  # I, O, S, Z are never printed in a USCC: read 1, 0, 5, 2
    LEGACY_15 = "legacy_15"  # a business registration number from before 2015
    SCIENTIFIC_NOTATION = "scientific_notation"  # a spreadsheet rewrote the code as 9.15E+17
    INNER_CHECK = "inner_check"  # the organisation code inside a good USCC fails its own check
    ISSUER_MISSING = "issuer_missing"  # 第475号 alone: several issuers have one
    MAYBE_ANNOUNCEMENT = "maybe_announcement"  # up to four bare digits: an announcement's serial?


class IdentifierError(ValueError):
    """A text that is not the number it should be.

    Never carries the text itself: it may be a person's identity number, and errors are logged.

    Attributes:
        code: bad_characters, uscc_charset, uscc_length, uscc_checksum, looks_like_id, legacy_15 or
            bad_number.
        position: the offending character, counted from 1 without separators, when one is known.
        hint: a `Hint`, when there is one.
    """

    def __init__(self, code: str, *, position: int | None = None, hint: Hint | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.position = position
        self.hint = hint

    def __repr__(self) -> str:
        hint = self.hint.value if self.hint else None
        return f"IdentifierError({self.code!r}, position={self.position!r}, hint={hint!r})"
