"""Proofs in words: why what was brought proves nothing, and in what an answer has changed since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from service.web.wording.choosing import pick

_PROBLEMS: Mapping[str, tuple[str, str]] = {
    "empty": (
        "请选择凭证文件，或者粘贴凭证的全文。",
        "Choose the file of the proof, or paste its whole text.",
    ),
    "too_large": ("这个文件太大，不是本站的凭证。", "This file is too large to be a proof of this site."),
    "not_a_proof": (
        "这不是本站的凭证，或者内容残缺。请用保存下来的原文件，不要用截图、打印件或改过格式的文件。",
        (
            "This is no proof of this site, or part of it is missing. Use the file as it was saved: no picture, no"
            " printout, nothing converted."
        ),
    ),
    "unknown_key": (
        "签名所用的密钥不是本站公布的密钥：凭证来自别处、是伪造的，或者内容被改动过。",
        (
            "The key named is none that this site has published: the proof is from elsewhere, is forged, or was"
            " changed."
        ),
    ),
    "bad_signature": (
        "签名与内容对不上：内容被改动过，哪怕只有一个字，或者是伪造的。",
        "The signature does not fit the content: something was changed, if only one character, or it is forged.",
    ),
    "other_form": (
        "签名是本站的，但这种格式本站现在读不懂。请直接再核验一次。",
        "The signature is ours, but this site no longer reads this form of proof. Please verify again.",
    ),
    "rate_limited": (
        "核对得太频繁，请一分钟后再试。您粘贴的内容还在下面。",
        "Too many checks. Try again in a minute; what you pasted is still below.",
    ),
}
_PARTS: Mapping[str, tuple[str, str]] = {
    "verdict": ("结论", "conclusion"),
    "reason": ("原因", "reason"),
    "caution": ("提示", "caution"),
    "subject": ("单位名称", "name of the firm"),
    "target": ("产品", "product"),
    "evidence": ("依据", "evidence"),
}


def proof_problem(code: str, lang: str = "zh") -> str:
    """Return why what was brought proves nothing, and what to do."""
    return pick(_PROBLEMS[code], lang)


def parts_text(codes: Sequence[str], lang: str = "zh") -> str:
    """Return the parts of an answer by name."""
    return ("、" if lang == "zh" else ", ").join(pick(_PARTS[code], lang) for code in codes)
