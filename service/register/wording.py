"""Problems of imported rows in words: which cell, what is wrong, in Chinese and English."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from service.errors import RegisterError, RowProblem
from service.register.payloads import Payload
from service.register.surveying.wording import finding_words

_WORDS: dict[str, tuple[str, str]] = {
    "missing": ("必填项为空", "a required value is missing"),
    "enum": ("不在可选值之内", "not one of the allowed values"),
    "extra_forbidden": ("不认识的列", "unknown column"),
    "string_too_long": ("内容过长", "too long"),
    "too_long": ("内容过长", "too long"),
    "too_short": ("内容为空", "empty"),
    "string_too_short": ("内容为空", "empty"),
    "date_from_datetime_parsing": ("日期应写成 2026-01-31", "dates are written 2026-01-31"),
    "date_parsing": ("日期应写成 2026-01-31", "dates are written 2026-01-31"),
    "bool_parsing": ("应为 是/否（true/false）", "must be true or false"),
    "int_parsing": ("应为整数", "must be a whole number"),
    "float_parsing": ("应为数字", "must be a number"),
    "not_found": ("登记中没有这条记录", "there is no such record"),
    "reference_not_found": ("登记中没有这条记录", "there is no such record"),
    "duplicate": ("与已有记录重复", "another record has this already"),
    "field_not_allowed": ("与本记录其他内容不符", "does not go with the rest of the record"),
    "period_out_of_order": ("止日应晚于起日", "the end must come after the beginning"),
    "bad_slug": ("只用小写字母、数字和单个连字符", "lower-case letters, digits and single hyphens only"),
    "day_to_come": ("不能是今天以后的日子", "this day is still to come"),
    "before_grant": ("不能早于核准的生效日期", "not before the grant takes effect"),
    "too_many_cells": ("本行单元格多于列名", "the row has more cells than there are headings"),
    "bad_json": ("不是可读的 GeoJSON", "not readable as GeoJSON"),
    "broken_rule": ("与登记的约束不符", "breaks a rule of the register"),
    "bad_transition": ("当前状态不允许这一步", "the record's state does not allow this"),
    "stale_version": ("记录已被他人修改", "the record changed meanwhile"),
    "edit_conflict": ("记录已被他人修改", "the record changed meanwhile"),
    "change_note_missing": (
        "重大变更和更正须写明变更说明",
        "a major change or a correction needs a note that says why",
    ),
    "submission_void": (
        "提交人的账号已停用或已无此权限，提交无效，请由他人重新提交",
        "who handed it over may not do so any more; another person must hand it over again",
    ),
    "area_not_sound": ("产地图形没有通过检查", "the area did not pass the checks"),
    "needs_confirmation": ("请在“核对说明”中说明", "say why in the override note"),
    "four_eyes": ("提交人不能审核自己的内容", "the submitter may not approve"),
    "not_permitted": ("没有这项权限", "not permitted"),
    "correction_order_missing": (
        "该注销依据需要先有期限已过的限期改正记录",
        "this ground needs an earlier correction order whose deadline has passed",
    ),
}

_GENERAL = {
    "fields_go_together": "相关的列应同时填写或同时留空",
    "field_not_for_event": "该列与所填事项不符",
    "day_of_another_year": "有不属于这一年的日期",
    "withdrawal_reason_missing": "撤下要写明原因",
    "withdrawal_missing": "写了撤下原因，要写撤下方式",
    "redirect_missing": "并入别的记录的，要写明并入哪一条",
    "redirect_without_merging": "只有并入别的记录的，才写并入记录",
    "wrong_division_code": "区划代码应写成 体系:年份:代码",
    "figure_missing": "数值、分子、分母至少写一项",
    "day_twice": "同一天写了两次，或既放假又上班",
}
"""Chinese words of problems whose English ones come with the problem."""


def problems_of(line: int, error: ValidationError, model: type[Payload]) -> list[RowProblem]:
    """Return a row's validation errors in words."""
    return [_validation_problem(line, dict(found), model) for found in error.errors(include_url=False)]


def _validation_problem(line: int, found: dict[str, Any], model: type[Payload]) -> RowProblem:
    name = str(found["loc"][0]) if found["loc"] else ""
    code = str(found["type"])
    zh, en = _WORDS.get(code, (_GENERAL.get(code, "内容有误"), str(found["msg"])))
    value = "" if code == "missing" else str(found.get("input", ""))[:80]
    return RowProblem(line, _heading(model, name), code, value, zh, en)


def problem_of(line: int, error: RegisterError) -> RowProblem:
    """Return what the register refused, at its line."""
    facts = vars(error)
    zh, en = _WORDS.get(error.code, ("登记不接受", "refused by the register"))
    for finding in facts.get("findings", ()):
        more_zh, more_en = finding_words(finding)
        zh, en = f"{zh}\n{more_zh}", f"{en}\n{more_en}"
    detail = str(facts.get("problem", ""))
    if detail in _WORDS:
        (zh, en), detail = _WORDS[detail], ""
    value = str(facts.get("value", facts.get("authorisation", "")))[:80]
    return RowProblem(
        line,
        str(facts.get("field", "")),
        error.code,
        value,
        f"{zh} {detail}".strip(),
        f"{en} {detail}".strip(),
    )


def lost_digits(line: int, column: str, cell: float) -> RowProblem:
    """Return the problem of a code that a spreadsheet turned into a number."""
    return RowProblem(
        line,
        column,
        "number_lost_digits",
        f"{cell:.3E}",
        "疑似被表格软件改写为科学计数法，请以文本格式填写",
        "a spreadsheet turned this into a number; enter it as text",
    )


def missing_file(line: int, column: str, name: str) -> RowProblem:
    """Return the problem of a row that names a file which is not beside the table."""
    return RowProblem(
        line, column, "missing_file", name[:80], "找不到所列文件", "the file named is not there"
    )


def plain_problem(line: int, column: str, code: str, value: str = "") -> RowProblem:
    """Return a problem that its code alone words."""
    zh, en = _WORDS[code]
    return RowProblem(line, column, code, value[:80], zh, en)


def duplicate_row(line: int, first: int, payload: Payload) -> RowProblem:
    """Return the problem of a record that stands twice in one file."""
    return RowProblem(
        line,
        "",
        "duplicate_row",
        payload.key()[:80],
        f"与第 {first} 行重复",
        f"the same record as line {first}",
    )


def _heading(model: type[Payload], name: str) -> str:
    field = model.model_fields.get(name)
    return f"{field.title} ({name})" if field and field.title else name
