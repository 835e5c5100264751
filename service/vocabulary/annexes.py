"""Tables of announcements: what they do, what their columns say, what becomes of their rows."""

from __future__ import annotations

from service.vocabulary.entry import Vocabulary


class AnnexKind(Vocabulary):
    """What a table in an announcement's annex does to the register."""

    APPROVAL = "approval", "核准使用", "approval"
    CHANGE = "change", "变更", "change"
    DEREGISTRATION = "deregistration", "注销", "deregistration"


class AnnexField(Vocabulary):
    """What a column of an announcement's table says."""

    SERIAL = "serial", "序号", "serial number"
    NAME = "name", "企业名称", "name"
    USCC = "uscc", "统一社会信用代码", "unified social credit code"
    PRODUCT = "product", "产品名称", "product"
    TRADEMARK = "trademark", "核准商标", "trademark"
    ADDRESS = "address", "地址", "address"
    REPRESENTATIVE = "representative", "法定代表人", "legal representative"
    EFFECTIVE_ON = "effective_on", "生效日期", "effective on"
    LICENCE_LAST_DAY = "licence_last_day", "许可期止（含当日）", "last day of the licence"
    GROUND = "ground", "注销事由", "ground"
    CHANGED_ITEM = "changed_item", "变更事项", "what changes"
    VALUE_BEFORE = "value_before", "变更前", "before"
    VALUE_AFTER = "value_after", "变更后", "after"
    NAME_BEFORE = "name_before", "变更前企业名称", "name before"
    NAME_AFTER = "name_after", "变更后企业名称", "name after"
    ADDRESS_BEFORE = "address_before", "变更前地址", "address before"
    ADDRESS_AFTER = "address_after", "变更后地址", "address after"
    REPRESENTATIVE_BEFORE = "representative_before", "变更前法定代表人", "legal representative before"
    REPRESENTATIVE_AFTER = "representative_after", "变更后法定代表人", "legal representative after"
    TRADEMARK_BEFORE = "trademark_before", "变更前商标", "trademark before"
    TRADEMARK_AFTER = "trademark_after", "变更后商标", "trademark after"
    ANNOUNCEMENT = "announcement", "公告编号", "announcement number"
    NOTE = "note", "备注", "note"


class RowAction(Vocabulary):
    """What an announced row would do to the register."""

    CREATE = "create", "新增", "create"
    UPDATE = "update", "变更", "update"
    CLOSE = "close", "注销", "close"
    NO_OP = "no_op", "无变化", "no change"
    SKIP = "skip", "不属本登记，略过", "not ours, left out"
    CONFLICT = "conflict", "与登记冲突", "conflict"
    ERROR = "error", "内容有误", "error"


class BatchState(Vocabulary):
    """Where a batch stands; it follows from its drafts and from the batch that undoes it."""

    IN_REVIEW = "in_review", "待审核", "in review"
    APPLIED = "applied", "已生效", "applied"
    PARTLY_APPLIED = "partly_applied", "部分生效", "partly applied"
    RETURNED = "returned", "已退回", "returned"
    UNDONE = "undone", "已撤销", "undone"


class ErrandKind(Vocabulary):
    """What the worker does with an annex because somebody asked."""

    LOOK = "look", "预览", "preview"
    TRY = "try", "试运行", "dry run"
    DRAFT = "draft", "提交审核", "hand over for review"
    APPLY = "apply", "公布批次", "apply the batch"
    RETURN = "return", "退回批次", "return the batch"
    UNDO = "undo", "撤销批次", "undo the batch"
