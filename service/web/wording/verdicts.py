"""Verdicts in words: the conclusion in one sentence, its tone, and the legal caveat."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from service.register.verification.verdict import FactKind, Verdict
from service.vocabulary import Outcome, Reason
from service.web.wording.choosing import pick
from service.web.wording.days import day_text

_TONES = {
    Outcome.AUTHORISED: "good",
    Outcome.NOT_AUTHORISED: "warn",
    Outcome.NOT_YET_EFFECTIVE: "warn",
    Outcome.ENDED: "bad",
    Outcome.PROTECTION_ENDED: "bad",
    Outcome.CHOOSE_PRODUCT: "info",
    Outcome.AMBIGUOUS: "info",
    Outcome.NOT_ON_RECORD: "neutral",
    Outcome.OUT_OF_SCOPE: "neutral",
    Outcome.WITHHELD: "neutral",
}


def tone_of(verdict: Verdict) -> str:
    """Return the tone a verdict is shown in: good, warn, bad, info or neutral; words and icon say the same."""
    if verdict.outcome is Outcome.AUTHORISED and verdict.caution is not None:
        return "warn"
    return _TONES[verdict.outcome]


def disclaimer(lang: str = "zh") -> str:
    """Return the legal caveat that stands under every verdict."""
    return pick(
        (
            (
                "本结果是登记信息的查询结果，不是法律文书，也不是对产品质量的评价；"
                "以国家知识产权局公告和主管部门的认定为准。"
            ),
            (
                "This is the result of looking up registered information. It is not a legal document and says nothing"
                " about a product's quality; the announcements of CNIPA and the competent authorities decide."
            ),
        ),
        lang,
    )


def verdict_title(verdict: Verdict, lang: str = "zh") -> str:
    """Return the verdict in a few words, as it stands above the sentence."""
    if verdict.reason is Reason.PROTECTION_UNVERIFIED:
        return pick(("不能确认可以使用专用标志", "cannot be confirmed"), lang)
    return verdict.outcome.label(lang)


def headline(verdict: Verdict, lang: str = "zh") -> str:
    """Return the verdict as one sentence, the conclusion with its day and its announcement."""
    return pick(_HEADLINES[verdict.outcome](verdict), lang)


def _names(verdict: Verdict) -> tuple[str, str]:
    name = verdict.subject.name or verdict.subject.code
    return name, verdict.target.name if verdict.target else ""


_ENDS = (FactKind.DEREGISTERED, FactKind.LICENCE_ENDED)


def _day_of(verdict: Verdict, *kinds: FactKind) -> tuple[str, str]:
    day = next((fact.day for fact in verdict.facts if fact.kind in kinds and fact.day), None)
    return day_text(day), day_text(day, "en")


def _by(verdict: Verdict, *kinds: FactKind) -> tuple[str, str]:
    """Return the number of the announcement that says this very thing; another's would credit it to the wrong one."""
    said_by = {fact.source.announcement for fact in verdict.facts if fact.kind in kinds and fact.source}
    number = next((one.number for one in verdict.evidence if one.announcement in said_by), "")
    return (f"（{number}）", f" ({number})") if number else ("", "")


def _authorised(verdict: Verdict) -> tuple[str, str]:
    name, product = _names(verdict)
    by = _by(verdict, FactKind.GRANTED)
    return (
        f"截至{day_text(verdict.as_of)}，{name}是“{product}”地理标志专用标志的公告使用人{by[0]}。",
        (
            f"On {day_text(verdict.as_of, 'en')}, {name} is an announced user of the GI special mark"
            f" for “{product}”{by[1]}."
        ),
    )


def _not_authorised(verdict: Verdict) -> tuple[str, str]:
    name, product = _names(verdict)
    if verdict.reason is Reason.OTHER_PRODUCT:
        others = [fact.name for fact in verdict.facts if fact.kind is FactKind.AUTHORISED_FOR]
        return (
            f"登记中有该单位用于{'、'.join(f'“{other}”' for other in others)}的核准记录，没有用于“{product}”的记录。",
            (
                f"An authorisation for {', '.join(f'“{other}”' for other in others)} is on record for this"
                f" organisation; none for “{product}”."
            ),
        )
    use = (f"使用“{product}”", f" for “{product}”") if product else ("使用", "")
    if verdict.reason is Reason.HOLDER_ONLY:
        held = (f"“{product}”" if product else "", f" of “{product}”" if product else "")
        return (
            f"{name}是{held[0]}权利人一方，登记中没有其{use[0]}地理标志专用标志的核准记录。",
            f"{name} is a party to the right{held[1]}; no authorisation to use the special mark is on record for it.",
        )
    return (
        f"登记中没有{name}{use[0]}地理标志专用标志的核准记录。",
        f"No authorisation to use the GI special mark{use[1]} is on record for {name}.",
    )


def _ended(verdict: Verdict) -> tuple[str, str]:
    name, product = _names(verdict)
    if verdict.reason is Reason.ORGANISATION_STRUCK_OFF:
        return (
            f"{name}已注销或被吊销营业执照，不再使用“{product}”专用标志。此前出厂的产品另行判断。",
            (
                f"{name} was dissolved or lost its licence and no longer uses the mark for “{product}”."
                " Goods made before that are judged on their own."
            ),
        )
    day, by = _day_of(verdict, *_ENDS), _by(verdict, *_ENDS)
    how = ("期满", "ended") if verdict.reason is Reason.LICENCE_ENDED else ("注销", "was deregistered")
    return (
        f"{name}使用“{product}”专用标志的资格已于{day[0]}{how[0]}{by[0]}。此日期之前出厂的产品另行判断。",
        (
            f"The authorisation of {name} for “{product}” {how[1]} on {day[1]}{by[1]}."
            " Goods made before that day are judged on their own."
        ),
    )


def _not_yet(verdict: Verdict) -> tuple[str, str]:
    name, product = _names(verdict)
    if verdict.reason is Reason.EFFECTIVE_LATER:
        day = _day_of(verdict, FactKind.GRANTED)
        return (
            f"{name}使用“{product}”专用标志的核准自{day[0]}起生效，在{day_text(verdict.as_of)}还不能使用。",
            (
                f"The authorisation of {name} for “{product}” takes effect on {day[1]}; on"
                f" {day_text(verdict.as_of, 'en')} the mark may not be used yet."
            ),
        )
    if verdict.reason is Reason.PROTECTION_UNVERIFIED:
        return (
            f"“{product}”的地理标志保护状态未核实，本站不能确认{name}可以使用专用标志。",
            f"The protection of “{product}” is not verified, so it cannot be confirmed that {name} may use the mark.",
        )
    return (
        f"“{product}”的地理标志保护在{day_text(verdict.as_of)}尚未生效，{name}还不能使用专用标志。",
        (
            f"The protection of “{product}” had not begun on {day_text(verdict.as_of, 'en')}; {name} may not use"
            " the mark yet."
        ),
    )


def _protection_ended(verdict: Verdict) -> tuple[str, str]:
    name, product = _names(verdict)
    since = next((fact.day for fact in verdict.facts if fact.kind is FactKind.PROTECTION_ENDED), None)
    day = (
        (f"自{day_text(since)}起已终止", f"ended on {day_text(since, 'en')}")
        if since
        else ("已终止", "has ended")
    )
    return (
        f"“{product}”的地理标志保护{day[0]}，{name}的使用核准不能再作为依据。",
        f"The protection of “{product}” {day[1]}; the authorisation of {name} no longer carries the mark.",
    )


def _choose(verdict: Verdict) -> tuple[str, str]:
    name, _ = _names(verdict)
    count = len(verdict.choices)
    return (
        f"{name}涉及{count}个产品，请选择包装上印的产品。",
        f"{name} is on record for {count} products. Choose the one on the pack.",
    )


def _ambiguous(verdict: Verdict) -> tuple[str, str]:
    if verdict.reason is Reason.SEVERAL_MATCHES:
        return (
            "这个名称对应多个产品，请选择其中一个。",
            "The name matches several products. Choose one of them.",
        )
    return (
        "登记中没有叫这个名称或编号的产品。本站不猜测；请从下面选择，或核对包装上的产品名称。",
        "No product of this name or number is on record. Nothing is guessed: choose below, or check the pack.",
    )


def _not_on_record(verdict: Verdict) -> tuple[str, str]:
    del verdict
    return (
        "本站登记中未查到该代码的使用记录。本站仅收录与黔江区有关的产品；其他产品请查国家知识产权局公告。",
        (
            "No use by this code is on record here. Only products connected with Qianjiang District are registered;"
            " for others see the announcements of CNIPA."
        ),
    )


def _out_of_scope(verdict: Verdict) -> tuple[str, str]:
    _, product = _names(verdict)
    place = next((fact.detail for fact in verdict.facts if fact.kind is FactKind.OUTSIDE), None)
    return (
        f"“{product}”属于{place or '其他地区'}，不在黔江区登记范围，本站不作判断；请查国家知识产权局公告。",
        (
            f"“{product}” belongs to {place or 'another district'} and is outside this register; no judgement is made"
            " here. See the announcements of CNIPA."
        ),
    )


def _withheld(verdict: Verdict) -> tuple[str, str]:
    del verdict
    return "该记录依法不公开，本站不作回答。", "The record is withheld by law; no answer is given here."


_HEADLINES: Mapping[Outcome, Callable[[Verdict], tuple[str, str]]] = {
    Outcome.AUTHORISED: _authorised,
    Outcome.NOT_AUTHORISED: _not_authorised,
    Outcome.ENDED: _ended,
    Outcome.NOT_YET_EFFECTIVE: _not_yet,
    Outcome.PROTECTION_ENDED: _protection_ended,
    Outcome.CHOOSE_PRODUCT: _choose,
    Outcome.AMBIGUOUS: _ambiguous,
    Outcome.NOT_ON_RECORD: _not_on_record,
    Outcome.OUT_OF_SCOPE: _out_of_scope,
    Outcome.WITHHELD: _withheld,
}
