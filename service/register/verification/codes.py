"""What a typed code asks about: a firm, or one very authorisation. Pure: nothing is looked up here."""

from __future__ import annotations

from typing import NamedTuple

from service.errors import BadIdentifier
from service.identifiers import IdentifierError, Kind, Uscc, recognise


class Code(NamedTuple):
    """A code in its normal form.

    `check_fails`: a USCC whose check character is wrong; it is answered only if that very code is on the register.
    """

    value: str
    is_authorisation: bool = False
    check_fails: bool = False


def read_code(text: str) -> Code:
    """Return what a text asks about: a USCC in any spelling people use, or the number of an authorisation.

    Raises:
        BadIdentifier: it can be neither.
    """
    try:
        # Nearly all are good USCCs, and need not be tried as every other number.
        return Code(Uscc.parse(text).value)
    except IdentifierError:
        pass
    recognised = recognise(text)
    problem = recognised.problem
    if recognised.kind is Kind.AUTHORISATION and problem is None:
        return Code(recognised.value, is_authorisation=True)
    if recognised.kind is Kind.USCC and isinstance(recognised.number, Uscc):
        return Code(recognised.number.value, check_fails=problem is not None)
    raise BadIdentifier(
        problem.code if problem else "bad_number",
        problem.position if problem else None,
        tuple(recognised.hints),
    )
