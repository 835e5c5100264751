"""The product of a question in the register's own words, so that it can be asked again, and signed."""

from __future__ import annotations

from sqlalchemy.orm import Session

from service.identifiers import recognise
from service.register.verification.targeting import find_target


def restate_target(session: Session, text: str) -> str | None:
    """Return the slug of the product that the text means, or the number that names its right.

    None where the register knows no single such product: a visitor's own words are never signed.

    Raises:
        BadIdentifier: the text is too long, or must not be processed.
    """
    found = find_target(session, text)
    if not found.is_exact:
        return None
    if found.protections is not None:
        # A number narrows the question to single rights, which a slug would not. Numbers are read as a whole.
        number = recognise(text.strip()).value
        return number if find_target(session, number) == found else text.strip()
    return found.products[0].slug if len(found.products) == 1 else None
