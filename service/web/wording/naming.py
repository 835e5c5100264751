"""What a record is called in a language: on its own page, and in a verdict, the Chinese names beside the English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from service.register.verification.verdict import Verdict


class _Named(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def name_en(self) -> str | None: ...


def called(record: _Named, lang: str) -> str:
    """Return the name of a record in a language; the Chinese one where there is no other."""
    return record.name_en if lang == "en" and record.name_en else record.name


def names_in(verdict: Verdict) -> set[str]:
    """Return the names of firms and products that the verdict says."""
    known = (verdict.subject.name, verdict.target.name if verdict.target else None)
    said = {fact.name for fact in verdict.facts} | {choice.name for choice in verdict.choices}
    return said | {name for name in known if name is not None}


def in_english(verdict: Verdict, names: Mapping[str, str]) -> Verdict:
    """Return the verdict to be worded in English; a name without an English one stays as it is."""

    def said(name: str) -> str:
        return f"{names[name]} ({name})" if name in names else name

    subject, target = verdict.subject, verdict.target
    return verdict._replace(
        subject=subject._replace(name=said(subject.name)) if subject.name else subject,
        target=target._replace(name=said(target.name)) if target else None,
        facts=tuple(fact._replace(name=said(fact.name)) for fact in verdict.facts),
    )
