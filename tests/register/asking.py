"""How tests ask whether a firm may use a mark, and read the answer."""

from __future__ import annotations

from factories import NOW

from service.register.verification import verify


def asked(session, organisation, target=None, *, on=None, known_at=None, now=NOW):
    code = organisation if isinstance(organisation, str) else organisation.uscc
    return verify(session, code, target, on, known_at, now=now)


def said(verdict):
    return verdict.outcome.value, verdict.reason.value
