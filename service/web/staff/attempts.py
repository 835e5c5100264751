"""How often somebody may try a password or a code; numbers of the security notes (T17), those of PyPI."""

from __future__ import annotations

import hashlib
import math
from typing import Final

from service.register.accounts.signing_in import login_of
from service.web.forms import Fault
from service.web.limiting import Counted

_SIGN_IN: Final = "10/5minute"
_SIGN_IN_BY_ALL: Final = "1000/5minute"
_CODES: Final = ("5/5minute", "20/hour", "50/day")


def sign_in_counts(login: str, line: str) -> tuple[Counted, ...]:
    """Return the counts of one try to sign in: of the login, whether it exists or not, of the line, of everybody."""
    # A hash: what was typed as a login may be a password, and a shared store keeps it for a while.
    typed = hashlib.sha256(login_of(login).encode("utf-8", "replace")).hexdigest()
    return (
        Counted("sign-in-login", _SIGN_IN, typed),
        Counted("sign-in-line", _SIGN_IN, line),
        Counted("sign-in", _SIGN_IN_BY_ALL, "all"),
    )


def password_counts(account: str) -> tuple[Counted, ...]:
    """Return the counts of one try at the password by somebody who is signed in to the account."""
    return (Counted("own-password", _SIGN_IN, account),)


def code_counts(account: str) -> tuple[Counted, ...]:
    """Return the counts of one try at the second factor of the account."""
    return tuple(Counted("code", rate, account) for rate in _CODES)


def too_often(field: str, wait_s: int) -> Fault:
    """Return what is said beside a field when a count is used up, with the minutes to wait."""
    return Fault(field, "tried_too_often", math.ceil(wait_s / 60))


def retry_after(wait_s: int) -> dict[str, str]:
    """Return the header that tells programs when to come back."""
    return {"Retry-After": str(wait_s)} if wait_s else {}
