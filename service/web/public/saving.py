"""How a visitor takes an answer along: the address of its proof."""

from __future__ import annotations

from urllib.parse import urlencode


def proof_path(code: str, target: str, on: str) -> str:
    """Return the address of the signed answer to this question, which is asked anew when it is opened.

    The question stays as it was typed: an authorisation's number with a product beside it asks something else.
    """
    asked = {"code": code, "target": target, "on": on}
    return f"/api/v1/verify/proof?{urlencode({name: value for name, value in asked.items() if value})}"
