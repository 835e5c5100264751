"""Problems of announced tables and rows in words, Chinese and English."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy.exc import IntegrityError

from service.errors import (
    ImportRefused,
    RegisterError,
    RowProblem,
    UndoRefused,
    UploadRefused,
    WorkStopped,
)
from service.register import wording

_FILES: dict[str, tuple[str, str]] = {
    "unsupported_type": (
        "只接受 xlsx、xls、csv 或粘贴的文字表格",
        "only xlsx, xls, csv and pasted tables are accepted",
    ),
    "not_xlsx": ("不是可读的工作簿", "not a readable workbook"),
    "bad_archive": ("不是可读的工作簿", "not a readable workbook"),
    "macro": ("文件含有宏，请另存为不带宏的文件", "the file holds macros; save it without them"),
    "external_link": ("文件引用了其他文件，请改为数值", "the file refers to other files; paste plain values"),
    "entities_forbidden": ("文件含有实体声明", "the file declares entities"),
    "too_large": ("文件超过 5 MiB", "the file exceeds 5 MiB"),
    "too_large_unpacked": ("解压后超过 50 MiB", "more than 50 MiB when unpacked"),
    "too_many_members": ("文件内部件过多", "too many parts in the file"),
    "too_many_rows": ("超过 20000 行", "more than 20,000 rows"),
    "too_many_columns": ("超过 60 列", "more than 60 columns"),
    "too_many_cells": ("单元格过多", "too many cells"),
    "formula_not_allowed": ("表中有公式，请改为数值", "formulas: paste them as plain values"),
    "error_value": ("表中有错误值", "the table holds error values"),
    "bad_encoding": ("编码与所选不符，请注明编码", "not in the declared encoding; declare it"),
    "bad_characters": ("文件含有空字符", "the file holds NUL characters"),
    "bad_csv": ("表格格式有误", "malformed table"),
    "delimiter": ("应以逗号分隔", "cells must be parted by commas"),
    "no_header": ("没有找到表头", "no header was found"),
    "missing_column": ("缺少必需的列", "a column that is needed is missing"),
    "duplicate_column": ("两列说的是同一项", "two columns say the same"),
    "no_tables": ("没有选择任何表", "no table was chosen"),
    "bad_announcement": (
        "公告的发布机关、公告号或标题有误",
        "issuer, number or title of the announcement is wrong",
    ),
    "counts_differ": (
        "行数与公告所称数量不符，请核对；确认无误须写明理由",
        "the rows are not as many as the announcement says: check, or say why",
    ),
    "rows_not_valid": (
        "有的行不能导入，请更正或只导入其余各行",
        "some rows cannot be imported: mend them or leave them out",
    ),
    "already_waiting": ("同一文件已有批次待审核", "a batch of this very file waits for review"),
    "taken_apart": (
        "这一批次有草稿被重新打开，还没有再提交；先提交，或连同本行其他草稿一起放弃",
        "drafts of this batch were opened again and not handed over since; do that, or discard all of their rows",
    ),
    "undo_taken_apart": (
        "撤销只能整批公布，而有的草稿不在待审核：请再提交；已放弃的，请把这一批次退回，重新起草撤销",
        "an undoing is published whole: hand all of it over again; once any is discarded, return it and undo anew",
    ),
    "edited_since": (
        "看过以后这一批次有草稿改过或办过，没有公布；请重新看过再公布",
        "drafts of this batch were changed since it was looked at: look again before you publish it",
    ),
    "look_not_noted": (
        "没有记下看过的是哪些稿次，没有公布；请看过再提出一次",
        "it was not noted which editions were looked at: please look and ask again",
    ),
    "not_waiting": ("这一批次不在待审核状态", "this batch does not wait for review"),
    "not_applied": ("这一批次没有生效的内容", "nothing of this batch is applied"),
    "already_undone": ("这一批次已撤销或正在撤销", "this batch is undone, or about to be"),
    "errand_waiting": ("正在后台办理，请等办完", "the worker is still busy with it"),
    "errand_crashed": (
        "后台办理三次中断，已停止；请联系系统管理员",
        "broke off three times and was given up",
    ),
    "errand_put_off": (
        "登记一直写不进去，已停止；请稍后再办，或联系系统管理员",
        "the register could not be written for a long time; ask for it again later",
    ),
    "closed": ("这次导入已提交或已放弃", "this import was handed over or given up"),
    "import_refused": (
        "有的行登记不接受，一条也没有生效",
        "the register refused some rows; nothing was done",
    ),
    "undo_refused": ("之后的登记以这一批次为依据，不能撤销", "later entries rest on this batch"),
    "timed_out": ("读取超时", "reading took too long"),
    "out_of_memory": ("读取所需内存过大", "reading took too much memory"),
    "result_too_large": ("内容过多", "too much content"),
    "crashed": ("文件无法读取", "the file could not be read"),
}
_ROWS: dict[str, tuple[str, str]] = {
    "formula_not_allowed": ("是公式，请改为数值", "a formula: paste it as a plain value"),
    "error_value": ("是错误值", "an error value"),
    "number_lost_digits": (
        "疑似被表格软件改写为科学计数法，请以文本格式填写",
        "a spreadsheet turned this into a number; enter it as text",
    ),
    "too_long": ("内容过长", "too long"),
    "bad_date": ("不是有效的日期", "not a valid date"),
    "missing": ("必填项为空", "a required value is missing"),
    "too_many_cells": ("本行单元格多于列名", "the row has more cells than there are headings"),
    "uscc_checksum": ("统一社会信用代码校验不符", "the check character of the code is wrong"),
    "bad_code": ("不是统一社会信用代码", "not a unified social credit code"),
    "legacy_code": (
        "是旧的注册号或机构代码，不是统一社会信用代码",
        "an old number, not a unified social credit code",
    ),
    "looks_like_id": ("像是个人身份号码，未予保存", "looks like a person's identity number; not kept"),
    "unknown_product": ("登记中没有这个产品", "no such product on the register"),
    "unknown_organisation": ("登记中没有这家单位", "no such organisation on the register"),
    "ambiguous_name": ("同名单位不止一家，请补充代码", "several organisations carry this name; add the code"),
    "ambiguous_protection": ("该产品有多项保护，请指明", "the product has several protections; say which"),
    "no_protection": (
        "该产品没有可授权使用专用标志的保护",
        "the product has no protection that carries the special mark",
    ),
    "protection_not_in_force": ("该日产品保护未生效或已终止", "the protection is not in force on that day"),
    "same_code_other_name": ("登记中该代码属于另一名称", "on the register this code belongs to another name"),
    "same_name_other_code": ("登记中该名称属于另一代码", "on the register this name belongs to another code"),
    "holder_revoked": ("该使用人的授权或登记已终止", "this holder's authorisation or registration has ended"),
    "differs_from_record": (
        "与同一公告已登记的内容不同",
        "differs from what is on record from the same announcement",
    ),
    "duplicate_row": ("与另一行重复", "the same as another row"),
    "code_with_two_names": ("同一代码在文件中有两个名称", "one code with two names in the file"),
    "no_authorisation": ("登记中没有这项授权", "no such authorisation on the register"),
    "before_grant": ("该日尚未核准", "nothing was granted by that day"),
    "already_ended": ("该授权已终止", "the authorisation has already ended"),
    "before_differs": ("变更前内容与登记不符", "what it was before differs from the register"),
    "nothing_changes": ("没有写明变更后的内容", "nothing is said to change"),
    "unknown_item": ("不认识的变更事项", "an item of change that is not known"),
    "rename_needs_code": ("没有代码的单位更名须逐条办理", "a body without a code is renamed by hand"),
    "unknown_ground": ("不是法定的注销事由", "not one of the grounds"),
    "product_from_above": ("产品名称取自上一行", "the product is the row above's"),
    "later_than_published": ("生效日期早于公告发布日期", "takes effect before it was announced"),
    "row_taken_apart": (
        "本行只有一部分草稿待审核，其余已退回或放弃；请一起提交或一起放弃",
        "only part of this row waits, the rest was returned or discarded: hand over or discard all of it",
    ),
    "already_active": ("授权已经有效", "the authorisation is already in force"),
}


def problem(line: int, column: str, code: str, value: str = "") -> RowProblem:
    """Return one thing wrong with a cell, in words."""
    zh, en = _ROWS[code]
    return RowProblem(line, column, code, value[:80], zh, en)


def refusal_words(error: UploadRefused | WorkStopped) -> tuple[str, str]:
    """Return why a file or a batch is refused, in Chinese and English, with its place and hint."""
    zh, en = _FILES.get(error.problem) or ("不能接受", "not accepted")
    facts = [fact for fact in (getattr(error, "place", ""), getattr(error, "hint", "")) if fact]
    tail = f"（{'；'.join(facts)}）" if facts else ""
    return f"{zh}{tail}", f"{en}{f' ({chr(44).join(facts)})' if facts else ''}"


def refusal_facts(error: RegisterError) -> dict[str, Any]:
    """Return what the register refused, to be kept and told later: its code, its words, the rows or what depends."""
    rows: list[dict[str, Any]] = []
    dependents: list[dict[str, Any]] = []
    match error:
        case UploadRefused() | WorkStopped():
            zh, en = refusal_words(error)
            return {"code": error.problem, "zh": zh, "en": en, "rows": rows, "dependents": dependents}
        case ImportRefused():
            rows = [asdict(each) for each in error.problems]
        case UndoRefused():
            dependents = [asdict(each) for each in error.dependents]
    found = wording.problem_of(0, error)
    zh, en = _FILES.get(error.code, (found.zh, found.en))
    return {"code": error.code, "zh": zh, "en": en, "rows": rows, "dependents": dependents}


def broken_rule(error: IntegrityError) -> RowProblem:
    """Return that a rule of the database was broken, which knows the rule and not the line."""
    return wording.plain_problem(0, "", "broken_rule", str(error.orig).splitlines()[0])


problem_of = wording.problem_of
problems_of = wording.problems_of
