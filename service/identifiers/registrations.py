"""Numbers of registered rights, and our own public codes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from service.identifiers.folding import without_spaces
from service.identifiers.problems import IdentifierError


@dataclass(frozen=True, slots=True)
class TrademarkNumber:
    """A trademark's registration number; one number may stand for several classes."""

    value: str

    def __post_init__(self) -> None:
        _demand(_TRADEMARK, self.value)

    def __str__(self) -> str:
        return self.value

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the number from `12422865`, `第12422865号`, `G1234567` or `12422865A`."""
        match = _TRADEMARK_AS_PRINTED.fullmatch(without_spaces(text))
        if match is None:
            raise IdentifierError("bad_number")
        return cls(match["number"])

    @property
    def normal_form(self) -> str:
        """The number without any words around it."""
        return self.value

    @property
    def is_international(self) -> bool:
        """Whether the mark was registered through the Madrid system."""
        return self.value.startswith("G")

    @property
    def sub_letter(self) -> str | None:
        """The letter of a divided registration."""
        return self.value[-1] if self.value[-1].isalpha() else None


@dataclass(frozen=True, slots=True)
class AgiNumber:
    """A number of the agricultural GI register: of a certificate or of its quality specification."""

    value: str

    def __post_init__(self) -> None:
        _demand(_AGI, self.value)

    def __str__(self) -> str:
        return self.value

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the number from `AGI01459` or `AGI2012-02-869`, however spaced."""
        return cls(without_spaces(text))

    @property
    def normal_form(self) -> str:
        """The number in upper case with plain hyphens."""
        return self.value

    @property
    def is_specification(self) -> bool:
        """Whether it numbers the quality control specification (质量控制技术规范), not the certificate."""
        return "-" in self.value


@dataclass(frozen=True, slots=True)
class AuthorisationNumber:
    """Our own public code of an authorisation to use the special mark."""

    value: str

    def __post_init__(self) -> None:
        _demand(_AUTHORISATION, self.value)

    def __str__(self) -> str:
        return self.value

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the code from `QJ-AU-0001`; lower case and full width are accepted."""
        return cls(without_spaces(text))

    @property
    def normal_form(self) -> str:
        """The code in upper case with plain hyphens."""
        return self.value


@dataclass(frozen=True, slots=True)
class ProductCode:
    """Our own public code of a product."""

    value: str

    def __post_init__(self) -> None:
        _demand(_PRODUCT, self.value)

    def __str__(self) -> str:
        return self.value

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the code from `QJ-GI-0001`; lower case and full width are accepted."""
        return cls(without_spaces(text))

    @property
    def normal_form(self) -> str:
        """The code in upper case with plain hyphens."""
        return self.value


_TRADEMARK = re.compile(r"(?:[1-9][0-9]{4,8}|G[0-9]{4,9})[A-Z]?")
_TRADEMARK_AS_PRINTED = re.compile(
    r"(?:商标)?(?:注册)?(?:证)?(?:号)?:?(?:第)?(?P<number>(?:[1-9][0-9]{4,8}|G[0-9]{4,9})[A-Z]?)(?:号)?(?:商标)?"
)
_AGI = re.compile(r"AGI(?:[0-9]{5}|[0-9]{4}-[0-9]{2}-[0-9]{3,5})")
_AUTHORISATION = re.compile(r"QJ-AU-[0-9]{4,12}")
_PRODUCT = re.compile(r"QJ-GI-[0-9]{4,12}")


def _demand(pattern: re.Pattern[str], value: str) -> None:
    if pattern.fullmatch(value) is None:
        raise IdentifierError("bad_number")
