"""A form whose reply shows a secret once: sent twice, it makes one thing and shows the same secret, kept nowhere."""

from __future__ import annotations

import hmac
import re
import secrets
from datetime import timedelta
from typing import Final

PRESSED_TWICE: Final = timedelta(minutes=5)
"""For how long a form that comes again was pressed twice; later it is an old page, which is shown nothing."""
_BYTES: Final = 32
_FORM: Final = re.compile(f"[A-Za-z0-9_-]{{{-(-_BYTES * 4 // 3)}}}")  # base64 without padding


def new_form() -> str:
    """Return what such a form is given when it is opened: by it the form is known when it comes twice."""
    return secrets.token_urlsafe(_BYTES)


def is_form(text: str) -> bool:
    """Return whether the text can be what `new_form` gave."""
    return _FORM.fullmatch(text) is not None


def drawn(form: str, said: str) -> bytes:
    """Return the 64 bytes that a form draws for what it says; nobody can guess them without the form."""
    return hmac.digest(form.encode(), said.encode(), "sha512")
