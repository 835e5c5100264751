"""The permanent identifier of a record: a ULID, as it stands in addresses and forms."""

from __future__ import annotations

import re
from typing import Final

_ULID: Final = re.compile("[0-7][0-9A-HJKMNP-TV-Z]{25}")


def is_ulid(text: str) -> bool:
    """Return whether the text is written as one: 26 characters of Crockford's alphabet, in capitals."""
    return _ULID.fullmatch(text) is not None
