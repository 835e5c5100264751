"""Leads at the desk in words: what an act means and asks for, how long is left, what is wrong with a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from service.register.leads import Step
from service.vocabulary import LeadEventKind, LeadState, Outcome, Reason
from service.web.wording.choosing import entry_of, pick

LEAD_FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    "channel_missing": ("请选择线索是怎么来的。", "Choose how it came."),
    "lead_kind_missing": ("请选择类别。", "Choose the kind."),
    "received_too_long_ago": (
        "这一天在一年多以前，法定期限早已过去。请核对年份。",
        "That is more than a year ago; every period of the law has passed since. Check the year.",
    ),
    "contact_past_its_day": (
        "从这一天起已经满 {most} 天，联系方式和原编号到了删除的日期，不能再登记。请核对日期，或者删去它们。",
        (
            "It is {most} days since then, so the contact and the number there would have to be erased already. Check"
            " the day, or take them out."
        ),
    ),
    "seen_after_received": (
        "看到的日期不能晚于收到的日期。",
        "The day it was seen cannot be later than the day it was received.",
    ),
    "note_missing": ("请写明这一项。", "Say this."),
    "refusal_ground_missing": ("请选择不予受理的情形。", "Choose the ground of the refusal."),
    "body_missing": ("请写明转交给哪个单位。", "Name the body it is routed to."),
    "day_out_of_order": (
        "日期不能早于收到或上一步办理的日期，也不能晚于今天。",
        "The day cannot be before the receipt or the step before, nor after today.",
    ),
    "extended_too_late": (
        "核查期限已经届满，不能再延长：延长要在期限的最后一天以前（含当日）决定。",
        "The period is over and cannot be made longer: that is decided on its last day at the latest.",
    ),
    "lead_act_not_open": (
        "现在不能办这一步：还没有到，或者已经办过了。",
        "This step is not open now: it is too early, or it was taken already.",
    ),
    "lead_seen_other": (
        "您打开这一页以后，别人办过这条线索。请先看看办了什么；您写的还在下面。",
        "Somebody did something about this lead since you opened the page. Look first; what you wrote is still below.",
    ),
}

_STEPS: Final[Mapping[Step, tuple[str, str]]] = {
    Step.ACCEPT: ("决定是否受理", "accept or refuse"),
    Step.MEDIATE: ("终止调解", "end the mediation"),
    Step.VERIFY: ("核查并决定是否立案", "verify and decide"),
    Step.TELL: ("告知实名举报人", "tell the reporter"),
}

_HINTS: Final[Mapping[LeadEventKind, tuple[str, str]]] = {
    LeadEventKind.ACCEPTED: (
        "受理之日起 45 个工作日内终止调解，并要把受理告诉投诉人。",
        "The mediation ends within 45 working days of acceptance; the complainant must be told.",
    ),
    LeadEventKind.REFUSED: (
        "只能因法定情形不予受理，并要告诉投诉人。不予受理以后，这条线索不再办理。",
        "Only the grounds of the law allow it; the complainant must be told. Nothing more is done about the lead.",
    ),
    LeadEventKind.ROUTED: (
        "经营者不在本区，或者不归本机关管的，转交有权处理的单位。单位名称会显示在回执上。",
        "For traders elsewhere, or duties of another body. The body's name is shown on the receipt.",
    ),
    LeadEventKind.MEDIATION_OPENED: (
        "双方都同意调解，从这一天开始。期限仍从受理之日起算。",
        "Both sides agree. The period still runs from acceptance.",
    ),
    LeadEventKind.SETTLED: (
        "双方达成协议，调解结束。",
        "Both sides agree on a settlement; the mediation ends.",
    ),
    LeadEventKind.TERMINATED: (
        "没有达成协议、一方不参加或拒绝、受理后发现不应受理等，终止调解。",
        "No agreement, one side stays away or says no, or it should not have been accepted.",
    ),
    LeadEventKind.BREACH_FOUND: (
        "另立一条举报，从发现之日起 15 个工作日内核查；调解照常进行。投诉人的身份不带过去。",
        (
            "A report of its own is opened and verified within 15 working days of the discovery; the mediation goes on."
            " Who complained is not carried over."
        ),
    ),
    LeadEventKind.EXTENDED: (
        "特殊情况下，核查期限延长 15 个工作日，只能延长一次。",
        "In special cases the period is 15 working days longer, once.",
    ),
    LeadEventKind.VERIFIED: (
        "写明查到了什么。接着决定是否立案。",
        "Say what was found. The decision whether to open a case comes next.",
    ),
    LeadEventKind.FILED: (
        "实名举报的，从这一天起 5 个工作日内告知举报人。",
        "A reporter who gave a name is told within 5 working days.",
    ),
    LeadEventKind.NOT_FILED: (
        "实名举报的，从这一天起 5 个工作日内告知举报人。",
        "A reporter who gave a name is told within 5 working days.",
    ),
    LeadEventKind.TOLD: (
        "先看联系人（会留下记录），告知以后再登记。",
        "Look at the contact first (which is on record), tell, then enter it.",
    ),
    LeadEventKind.WITHDRAWN: ("当事人自己撤回。", "Who brought it takes it back."),
    LeadEventKind.MISTAKEN: (
        "只用于登记错了的线索，例如登记了两次，或者日期、类别登错了；真的线索要另行登记。误登不计期限，回执上会写明。",
        (
            "Only for an entry that is wrong, such as one made twice or under a wrong day or kind; a lead that is real"
            " is entered again. It has no periods, and its receipt says so."
        ),
    ),
    LeadEventKind.CLOSED: ("该办的都办完了。办结以后只能加备注。", "All is done. Only notes can follow."),
    LeadEventKind.NOTED: ("不改变状态和期限。", "Changes neither state nor periods."),
    LeadEventKind.VOIDED: (
        "上一步记错了才用。那一步和撤销都留在经过里，状态和期限回到那一步之前。",
        "For a step entered by mistake. Both stay in the history; state and periods are as before it.",
    ),
}

_NOTES: Final[Mapping[LeadEventKind, tuple[str, str]]] = {
    LeadEventKind.TERMINATED: ("终止的原因", "Why it ended"),
    LeadEventKind.BREACH_FOUND: ("发现了什么", "What was found"),
    LeadEventKind.EXTENDED: ("为什么延长，谁批准", "Why, and who approved it"),
    LeadEventKind.VERIFIED: ("核查结果", "What was found"),
    LeadEventKind.NOT_FILED: ("不立案的理由", "Why no case is opened"),
    LeadEventKind.TOLD: ("怎样告知的", "How the reporter was told"),
    LeadEventKind.MISTAKEN: (
        "登错了什么，另行登记的回执编号",
        "What is wrong, and the receipt of the new entry",
    ),
    LeadEventKind.CLOSED: ("处理结果", "What became of it"),
    LeadEventKind.NOTED: ("备注", "Note"),
    LeadEventKind.VOIDED: ("为什么撤销", "Why it is voided"),
}

# Whoever holds a receipt reads these; what is decided about a case is told to the person, not to the receipt.
_PUBLIC: Final[Mapping[LeadState, tuple[str, str]]] = {
    LeadState.VERIFIED: ("已核查，正在决定是否立案", "verified; whether to open a case is being decided"),
    LeadState.FILED: ("已作出是否立案的决定", "decided whether to open a case"),
    LeadState.NOT_FILED: ("已作出是否立案的决定", "decided whether to open a case"),
}


def step_name(step: Step, lang: str = "zh") -> str:
    """Return in few words what the authority has to do."""
    return pick(_STEPS[step], lang)


def lead_act_hint(act: LeadEventKind, lang: str = "zh") -> str:
    """Return what follows from an act on a lead."""
    return pick(_HINTS[act], lang)


def lead_note_label(act: LeadEventKind, lang: str = "zh") -> str:
    """Return what the note of an act says."""
    return pick(_NOTES.get(act, ("说明", "Remark")), lang)


def public_state(state: LeadState, lang: str = "zh") -> str:
    """Return the state of a lead as its receipt says it."""
    return pick(_PUBLIC.get(state, (state.zh, state.en)), lang)


def outcome_text(outcome: str, reason: str, lang: str = "zh") -> str:
    """Return a verdict that was kept with a lead: its conclusion and its reason; codes as they are, once unknown."""
    entries = (entry_of(Outcome, outcome), entry_of(Reason, reason))
    words = [
        entry.label(lang) if entry else code for entry, code in zip(entries, (outcome, reason), strict=True)
    ]
    return pick(("，", ", "), lang).join(words)


def left_text(left: int | None, lang: str = "zh", *, is_overdue: bool) -> str:
    """Return how long is left until a last day, in working days; empty where it cannot be counted."""
    if is_overdue:
        late = -left if left else 0
        days = "day" if late == 1 else "days"
        words = (f"超期 {late} 个工作日", f"{late} working {days} late") if late else ("已超期", "overdue")
        return pick(words, lang)
    if left is None:
        return ""
    if left == 0:
        return pick(("今天到期", "due today"), lang)
    return pick((f"还剩 {left} 个工作日", f"{left} working {'day' if left == 1 else 'days'} left"), lang)
