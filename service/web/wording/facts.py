"""The facts of a verdict and the warnings beside it, as sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from service.register.verification.verdict import Fact, FactKind
from service.vocabulary import Caution, DeregistrationGround, OrganisationStatus, PartyRole, ProtectionState
from service.web.wording.choosing import entry_of, pick
from service.web.wording.days import day_text


def fact_text(fact: Fact, lang: str = "zh") -> str:
    """Return a fact of a verdict as a sentence."""
    return pick(_FACTS[fact.kind](fact), lang)


def _granted(fact: Fact) -> tuple[str, str]:
    by = (f"（{fact.detail}）", f" ({fact.detail})") if fact.detail else ("", "")
    return (
        f"自{day_text(fact.day)}起核准用于“{fact.name}”{by[0]}。",
        f"Authorised for “{fact.name}” from {day_text(fact.day, 'en')}{by[1]}.",
    )


def _deregistered(fact: Fact) -> tuple[str, str]:
    ground = entry_of(DeregistrationGround, fact.detail)
    why = (f"，依据：{ground.zh}", f"; ground: {ground.en}") if ground else ("", "")
    return f"自{day_text(fact.day)}起注销{why[0]}。", f"Deregistered from {day_text(fact.day, 'en')}{why[1]}."


def _licence_ended(fact: Fact) -> tuple[str, str]:
    return (
        f"许可期满，自{day_text(fact.day)}起不再有效。",
        f"The licence ended; it no longer holds from {day_text(fact.day, 'en')}.",
    )


def _under_correction(fact: Fact) -> tuple[str, str]:
    deadline = date.fromisoformat(fact.detail) if fact.detail else None
    until = (f"，期限至{day_text(deadline)}", f", until {day_text(deadline, 'en')}") if deadline else ("", "")
    return (
        f"自{day_text(fact.day)}起被责令限期改正{until[0]}；注销之前资格仍然有效。",
        f"Under a correction order from {day_text(fact.day, 'en')}{until[1]}; valid until deregistered.",
    )


def _began(fact: Fact) -> tuple[str, str]:
    return (
        f"“{fact.name}”的地理标志保护自{day_text(fact.day)}起有效。",
        f"“{fact.name}” has been protected from {day_text(fact.day, 'en')}.",
    )


def _protection_state(fact: Fact) -> tuple[str, str]:
    state = entry_of(ProtectionState, fact.detail) or ProtectionState.UNKNOWN
    since = (f"（{day_text(fact.day)}起）", f" (since {day_text(fact.day, 'en')})") if fact.day else ("", "")
    return (
        f"“{fact.name}”的地理标志保护状态：{state.zh}{since[0]}。",
        f"The protection of “{fact.name}”: {state.en}{since[1]}.",
    )


def _in_grace(fact: Fact) -> tuple[str, str]:
    return (
        f"“{fact.name}”的商标专用期已满，自{day_text(fact.day)}起处于六个月的续展宽展期。",
        f"The mark's term for “{fact.name}” ended; it is in its six months of grace from {day_text(fact.day, 'en')}.",
    )


def _holder(fact: Fact) -> tuple[str, str]:
    role = entry_of(PartyRole, fact.detail) or PartyRole.HOLDER
    return f"是“{fact.name}”的{role.zh}。", f"Is the {role.en} of “{fact.name}”."


def _authorised_for(fact: Fact) -> tuple[str, str]:
    return (
        f"登记中有用于“{fact.name}”的核准记录，是否有效请另行核验。",
        f"An authorisation for “{fact.name}” is on record; check separately whether it holds.",
    )


def _outside(fact: Fact) -> tuple[str, str]:
    return (
        f"“{fact.name}”的产地在{fact.detail or '其他地区'}。",
        f"“{fact.name}” comes from {fact.detail or 'another district'}.",
    )


def _agricultural_only(fact: Fact) -> tuple[str, str]:
    return (
        f"“{fact.name}”只登记为农产品地理标志；仅凭这一登记不能使用红色的地理标志专用标志。",
        f"“{fact.name}” is registered as an agricultural GI only; that alone does not carry the red special mark.",
    )


def _struck_off(fact: Fact) -> tuple[str, str]:
    status = entry_of(OrganisationStatus, fact.detail) or OrganisationStatus.UNKNOWN
    seen = (f"{day_text(fact.day)}查得", f"seen on {day_text(fact.day, 'en')}") if fact.day else ("", "")
    since = ("从哪一天起没有记录", "from which day is not on record")
    return (
        f"{fact.name}的登记状态：{status.zh}（{'，'.join(filter(None, (seen[0], since[0])))}）。",
        f"{fact.name}: {status.en} ({'; '.join(filter(None, (seen[1], since[1])))}).",
    )


_FACTS: Mapping[FactKind, Callable[[Fact], tuple[str, str]]] = {
    FactKind.GRANTED: _granted,
    FactKind.DEREGISTERED: _deregistered,
    FactKind.LICENCE_ENDED: _licence_ended,
    FactKind.UNDER_CORRECTION: _under_correction,
    FactKind.PROTECTION_BEGAN: _began,
    FactKind.PROTECTION_ENDED: _protection_state,
    FactKind.PROTECTION_IN_GRACE: _in_grace,
    FactKind.HOLDER: _holder,
    FactKind.AUTHORISED_FOR: _authorised_for,
    FactKind.OUTSIDE: _outside,
    FactKind.AGRICULTURAL_ONLY: _agricultural_only,
    FactKind.ORGANISATION_STRUCK_OFF: _struck_off,
}

_CAUTIONS: Mapping[Caution, tuple[str, str]] = {
    Caution.UNDER_CORRECTION: (
        "该单位已被责令限期改正。注销之前，使用资格在法律上仍然有效。",
        "The organisation is under a correction order. Until deregistered, the authorisation is valid in law.",
    ),
    Caution.PROTECTION_IN_GRACE: (
        "商标专用期已满，处于续展宽展期；期满未续展的，保护视为在专用期届满时终止。",
        "The mark is in its grace period. If it is not renewed, the protection ended when its term did.",
    ),
    Caution.FUTURE_DATE: (
        "所查日期在将来，本结果按今天的登记回答，到时可能不同。",
        "The day is in the future: this is answered as known today and may differ by then.",
    ),
    Caution.CODE_FAILS_CHECK: (
        "这个代码的校验位不符，但登记中正是这个代码。请与包装仔细核对。",
        "The code fails its own check character, yet exactly this code is on record. Compare it with the pack.",
    ),
    Caution.DEMONSTRATION: (
        "示例数据：单位、代码和公告均为虚构，只用于演示。",
        "Demonstration data: the organisation, code and announcement are fictional.",
    ),
    Caution.ORGANISATION_STRUCK_OFF: (
        "后来查得该单位已注销或被吊销营业执照，从哪一天起没有记录；所查日期在查得之前。",
        (
            "The organisation was later seen to be dissolved or without its licence, from which day is not on record;"
            " the day asked about lies before that."
        ),
    ),
    Caution.HISTORICAL_CODE: (
        "这是该单位以前使用的代码，现行代码见单位页面。",
        "This is a former code of the organisation; its page shows the current one.",
    ),
}


def caution_text(caution: Caution, lang: str = "zh") -> str:
    """Return a warning as a sentence."""
    return pick(_CAUTIONS[caution], lang)
