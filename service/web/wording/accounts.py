"""What is wrong with a form about an account, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ACCOUNT_FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    "sign_in_wrong": (
        "登录名或口令不对，或者这个账号不能使用。",
        "Wrong login or password, or the account is not open.",
    ),
    "tried_too_often": (
        "试的次数太多，请约 {most} 分钟后再试。",
        "Too many tries. Try again in about {most} minutes.",
    ),
    "code_wrong": (
        "验证码不对，或者已经用过。请等验证器显示下一个再填。",
        "The code is wrong or was used already. Wait for the next one.",
    ),
    "nothing_begun": ("请先生成密钥。", "Make a secret first."),
    "password_wrong": ("现在的口令不对。", "This is not the present password."),
    "passwords_differ": ("两遍新口令不一样。", "The two new passwords differ."),
    "password_short": ("新口令至少 12 个字符。", "The new password needs at least 12 characters."),
    "password_long": ("新口令最多 128 个字符。", "The new password may have at most 128 characters."),
    "password_names_you": (
        "新口令里有您的姓名、本人标识或登录名，请换一个。",
        "The new password holds your name or login. Choose another.",
    ),
    "password_common": (
        "这个口令太容易被猜到。用几个不相干的词连起来，或让口令管理器生成一个。",
        "This password is guessed too easily. Join some unrelated words, or let a password manager make one.",
    ),
    "password_same": ("新口令和现在的一样。", "The new password is the present one."),
    "bad_login": (
        "登录名是 2 到 40 个小写字母、数字、点或短横，以字母或数字开头。",
        "A login is 2 to 40 lower-case letters, digits, dots or hyphens, beginning with a letter or digit.",
    ),
    "login_taken": ("这个登录名已经有人用了。", "This login is taken."),
    "bad_name": ("请填写，不要太长。", "Fill this in, and not too long."),
    "no_role": ("请至少选一个角色。", "Choose at least one role."),
    "kinds_of_a_partner": (
        "记录种类和“协作单位”要一起选。",
        "Kinds of record go with the role “partner agency”, and it with them.",
    ),
    "roles_quarrel": (
        "这些角色不能放在一个账号上：管理和审计不能录入、审核和公布。",
        "These roles cannot be one account's: administrators and auditors neither draft, review nor publish.",
    ),
    "last_admin": (
        "这是最后一个管理账号，请先给别人管理权限。",
        "This is the last administrator. Make somebody else one first.",
    ),
    "choice_missing": ("请选择。", "Choose one."),
}
