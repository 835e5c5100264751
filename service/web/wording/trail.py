"""The acts of the audit trail in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from service.vocabulary import LeadEventKind, RecordKind
from service.web.wording.choosing import entry_of, pick

ACTS: Final[Mapping[str, tuple[str, str]]] = {
    "drafted": ("起草", "drafted"),
    "edited": ("修改草稿", "edited a draft"),
    "submitted": ("提交审核", "handed over"),
    "returned": ("退回", "returned"),
    "reopened": ("撤回提交", "took back"),
    "discarded": ("放弃草稿", "gave up"),
    "created": ("新登记并公布", "published, new"),
    "changed": ("变更并公布", "published a change"),
    "corrected": ("更正并公布", "published a correction"),
    "withdrawn": ("撤下", "withdrew"),
    "restored": ("恢复公开", "restored"),
    "signed_in": ("登录", "signed in"),
    "signed_out": ("退出", "signed out"),
    "sign_in_refused": ("登录被拒绝", "sign-in refused"),
    "password_accepted": ("口令正确，等验证码", "password accepted"),
    "code_refused": ("验证码被拒绝", "code refused"),
    "password_changed": ("改口令", "changed the password"),
    "password_refused": ("口令被拒绝", "password refused"),
    "password_reset": ("重置口令", "reset the password"),
    "second_factor_begun": ("开始设置第二因素", "began a second factor"),
    "second_factor_set": ("设好第二因素", "set a second factor"),
    "second_factor_reset": ("取消第二因素", "reset the second factor"),
    "session_ended": ("结束会话", "ended a session"),
    "sessions_ended": ("结束全部会话", "ended all sessions"),
    "roles_changed": ("改角色", "changed roles"),
    "enabled": ("启用账号", "enabled an account"),
    "disabled": ("停用账号", "disabled an account"),
    "snapshot_frozen": ("冻结指标快照", "froze the indicators"),
    "population_frozen": ("冻结抽查总体", "froze a population"),
    "drawn": ("随机抽取", "drew at random"),
    "draw_abandoned": ("作废抽取", "gave up a draw"),
    "lead_received": ("收到线索", "received a lead"),
    "lead_read": ("查看线索联系人", "read a lead's contact"),
    "lead_contact_erased": ("删除线索联系人", "erased a lead's contact"),
    **{f"lead_{kind.value}": (f"线索：{kind.zh}", f"lead: {kind.en}") for kind in LeadEventKind},
    "ledger_entered": ("记工作台账", "entered in the ledger"),
    "ledger_corrected": ("更正工作台账", "corrected the ledger"),
    "ledger_voided": ("撤销工作台账一条", "voided an entry of the ledger"),
    "issued": ("签发密钥", "issued a key"),
    "revoked": ("撤销密钥", "revoked a key"),
    "webhook_added": ("增加推送地址", "added a webhook"),
    "webhook_paused": ("暂停推送", "paused a webhook"),
    "webhook_resumed": ("恢复推送", "resumed a webhook"),
    "webhook_tested": ("试送推送", "tested a webhook"),
    "webhook_removed": ("删除推送地址", "removed a webhook"),
    "import_begun": ("上传附件", "brought an annex"),
    "import_mapped": ("选定附件的列", "said what its columns mean"),
    "import_given_up": ("放弃导入", "gave up an import"),
    "asked_look": ("要求预览附件", "asked for a preview"),
    "asked_try": ("要求试运行", "asked for a dry run"),
    "asked_draft": ("附件提交审核", "handed an annex over"),
    "asked_apply": ("审核公布批次", "asked to apply a batch"),
    "asked_return": ("退回批次", "returned a batch"),
    "asked_undo": ("要求撤销批次", "asked to undo a batch"),
}
"""Every act of the trail; a new one is shown by its code until it stands here."""

KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "draft": ("草稿", "draft"),
    "staff_user": ("账号", "account"),
    "lead": ("线索", "lead"),
    "service_ledger_entry": ("工作台账", "ledger entry"),
    "inspection_draw": ("随机抽取", "random draw"),
    "snapshot": ("指标快照", "snapshot"),
    "api_key": ("接口密钥", "key of the interface"),
    "webhook": ("推送地址", "webhook"),
    "annex": ("公告附件", "annex"),
    "batch": ("批次", "batch"),
}
"""What the trail is about beside records."""


_OPENED: Final = ("开账号", "opened an account")


def act_text(act: str, lang: str, kind: str = "") -> str:
    """Return an act in words; opening an account is not publishing a record."""
    if (kind, act) == ("staff_user", "created"):
        return pick(_OPENED, lang)
    return pick(ACTS.get(act, (act, act)), lang)


def subject_text(kind: str, lang: str) -> str:
    """Return in words what an act was done to."""
    entry = entry_of(RecordKind, kind)
    return entry.label(lang) if entry is not None else pick(KINDS.get(kind, (kind, kind)), lang)
