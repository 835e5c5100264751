"""English names on record, for pages in English."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, select, union_all
from sqlalchemy.orm import Session

from service.register.models import GiProduct, Organisation
from service.register.prepared import is_among, json_of

_NAMES = union_all(
    *(
        select(model.name, model.name_en).where(
            is_among(model.name, bindparam("names")),
            model.name_en.is_not(None),
            model.withdrawal.is_(None),
        )
        for model in (GiProduct, Organisation)
    )
)


def english_names(session: Session, names: Iterable[str]) -> dict[str, str]:
    """Return the English names of firms and products that are on view, by their Chinese ones.

    A Chinese name that stands for several English ones is left out: nothing is guessed.
    """
    found: dict[str, set[str]] = {}
    for name, english in session.execute(_NAMES, {"names": json_of(sorted(set(names)))}):
        found.setdefault(name, set()).add(str(english))
    return {name: english.pop() for name, english in found.items() if len(english) == 1}
