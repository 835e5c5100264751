"""The report form in words: what is wrong with a field, and what the law sets for whom."""

from __future__ import annotations

from collections.abc import Mapping

from service.register.leads import Step
from service.web.wording.choosing import pick

REPORT_FAULTS: Mapping[str, tuple[str, str]] = {
    "kind_missing": ("请选择要做什么。", "Choose what this is about."),
    "description_missing": (
        "请写明情况：看到了什么，在哪里，哪里不对。",
        "Say what happened: what you saw, where, and what is wrong with it.",
    ),
    "description_short": ("请写得具体一些，至少 10 个字。", "Say a little more: at least 10 characters."),
    "bad_characters": (
        "有不能使用的字符，请删去。",
        "There are characters that cannot be used. Remove them.",
    ),
    "personal_number": (
        "这里像是写了居民身份证号码。处理举报用不着它，请删去。",
        "This looks like a personal identity number. It is not needed here. Remove it.",
    ),
    "bad_date": (
        "日期应写成 2026-01-31，并且不晚于今天。",
        "Write the day as 2026-01-31, not later than today.",
    ),
    "name_missing": (
        "投诉要写姓名和电话，否则不能受理；只想提供线索的，请选“举报”。",
        "A complaint needs your name and telephone to be accepted. To give a tip only, choose “report”.",
    ),
    "telephone_missing": (
        "投诉要写姓名和电话，否则不能受理；只想提供线索的，请选“举报”。",
        "A complaint needs your name and telephone to be accepted. To give a tip only, choose “report”.",
    ),
    "bad_telephone": (
        "电话只写数字、空格、加号、减号和括号。",
        "Write the telephone with digits, spaces, plus, minus and brackets only.",
    ),
    "telephone_short": (
        "这个电话太短，至少 {most} 位；座机请带区号。",
        "This telephone is too short: at least {most} digits, with the area code.",
    ),
    "bad_email": ("邮箱应像 name@example.cn。", "Write the address like name@example.cn."),
    "trap": ("这一栏请留空：它用来识别自动程序。", "Leave this field empty: it tells programs from people."),
    "rate_limited": (
        "这个网络地址一小时内提交得太多，请约 {minutes} 分钟后再提交。您填写的内容还在下面。",
        (
            "Too many reports from this network address within the hour. Send it again in about {minutes} minutes;"
            " what you wrote is still below."
        ),
    ),
    "not_kept": (
        "现在不能保存，您填写的内容还在下面。请稍后再提交；要紧的请直接拨打 12315。",
        "This cannot be kept right now; what you wrote is still below. Send it later, or call 12315 if it is urgent.",
    ),
}
_STEPS: Mapping[Step, tuple[str, str]] = {
    Step.ACCEPT: ("决定是否受理并告知投诉人", "decide whether to accept the complaint, and say so"),
    Step.MEDIATE: ("自受理之日起终止调解", "end the mediation, counted from acceptance"),
    Step.VERIFY: (
        "核查并决定是否立案；特殊情况可再延长 15 个工作日",
        "verify and decide whether to open a case; in special cases 15 working days more",
    ),
    Step.TELL: (
        "自作出决定之日起，告知实名举报人是否立案",
        "tell a reporter who gave a name of the decision, counted from it",
    ),
}


def step_text(step: Step, lang: str = "zh") -> str:
    """Return what the authority has to do within the period."""
    return pick(_STEPS[step], lang)
