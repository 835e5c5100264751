"""Keys and receivers of the interface in words: what is wrong with their forms, and why a message was not taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from service.web.wording.choosing import pick

_REFUSED: Final[Mapping[str, tuple[str, str]]] = {
    "bad_url": (
        "这不是可用的地址：要写完整，不带用户名、口令和 # 后面的部分。",
        "This is no address that can be used: write all of it, without user, password or fragment.",
    ),
    "not_https": ("地址要以 https:// 开头。", "The address must begin with https://."),
    "unresolved": ("现在查不到这个域名，请核对。", "This name cannot be resolved now. Check it."),
    "not_public": (
        "这个地址指向内部网络或本机，不能推送。",
        "This address leads inside a network or to this machine; nothing is sent there.",
    ),
}
INTERFACE_FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    **_REFUSED,
    "no_scope": ("请至少选一项用途。", "Choose at least one use."),
}
_PROBLEMS: Final[Mapping[str, tuple[str, str]]] = {
    **_REFUSED,
    "timed_out": ("10 秒内没有答复。", "No answer within ten seconds."),
    "unreachable": ("连接不上。", "It cannot be connected to."),
    "bad_certificate": ("证书不对，或已经过期。", "Its certificate is wrong or out of date."),
    "410": ("对方说这个地址已经停用（410）。", "The receiver says that it is gone (410)."),
}


def delivery_text(problem: str, lang: str) -> str:
    """Return why a message was not taken: a code of ours, or the status that came back."""
    answered = (f"对方答复 {problem}，不是 2xx。", f"The receiver answered {problem}, not 2xx.")
    return pick(_PROBLEMS.get(problem, answered), lang)
