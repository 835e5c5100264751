"""SVG as text: elements with presentation attributes only, so that a strict style-src never objects."""

import re
from html import escape

# XML 1.0 forbids control characters even as references: one would make the whole picture unreadable.
# Direction overrides are left out too: they turn the rest of a line around.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)


def tag(name: str, content: str = "", /, **attributes: str | float | None) -> str:
    """Return one element around `content`, which is markup already.

    Underscores in attribute names become hyphens, one at the end (`in_`) is dropped; an attribute that is
    None is left out.
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items() if value is not None)
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def words(text: str) -> str:
    """Return `text` as markup that shows exactly these characters, without those XML cannot carry."""
    return escape(_UNPRINTABLE.sub("", text))


def number(value: float) -> str:
    """Return a coordinate with at most one decimal and no padding: a tenth of a pixel is enough."""
    return f"{round(value, 1):g}"


def _attribute(key: str, value: str | float) -> str:
    text = words(value) if isinstance(value, str) else f"{round(value, 2):g}"
    return f' {key.rstrip("_").replace("_", "-")}="{text}"'
