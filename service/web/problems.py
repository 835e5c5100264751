"""Errors as facts for the edge: status, stable code, and what to do; and the RFC 9457 document made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson
from starlette.responses import Response

from service.register.surveying.wording import REFUSED

TITLES: dict[str, tuple[str, str]] = {
    "area_not_sound": ("产地图形没有通过检查", "the area did not pass the checks"),
    "bad_request": ("请求有误", "bad request"),
    "bad_batch": (
        '应为 {"rows": [{"code": …, "target": …, "on": …}]}',
        'expected {"rows": [{"code": …, "target": …, "on": …}]}',
    ),
    "batch_columns": (
        "看不出哪一列是代码，或者有两列说的是一回事：请用列名 代码、产品、日期（或 code、target、on），每个只用一次；"
        "没有列名时依次为这三列",
        "which column holds the codes cannot be told, or two columns hold the same: use the headings code, target, on,"
        " each once, or no headings and these three columns in order",
    ),
    "batch_encoding": (
        "看不出文件的编码；请存为 UTF-8 或 GBK 的 CSV，或 XLSX",
        "the encoding cannot be told; save as CSV in UTF-8 or GBK, or as XLSX",
    ),
    "batch_size": ("一批应为 1 至 10,000 行", "a batch has 1 to 10,000 rows"),
    "batch_twice": (
        "粘贴了代码，又选了文件，一次只能核验一样：要核验这里粘贴的，直接提交；要核验文件，请清空这里，再选一次文件",
        "there are pasted codes and a file, and one of them can be checked at a time: send what is pasted here, or"
        " empty this field and choose the file again",
    ),
    "bad_characters": ("含有不允许的字符", "characters that are not allowed"),
    "bad_encoding": ("编码不是 UTF-8", "not UTF-8"),
    "bad_host": ("主机名不对", "unknown host"),
    "bad_cursor": ("翻页标记无效", "invalid cursor"),
    "bad_date": ("日期有误", "invalid date"),
    "bad_enum": ("不在可选值之内", "not one of the allowed values"),
    "bad_identifier": ("代码有误", "invalid code"),
    "bad_number": ("这不是本站认识的代码或编号", "not a code or number known here"),
    "bbox_order": (
        "bbox 顺序应为 minLon,minLat,maxLon,maxLat，且不跨 180° 经线",
        "bbox must be minLon,minLat,maxLon,maxLat and may not cross the 180th meridian",
    ),
    "cannot_confirm": ("暂时无法核验，请勿据此判断", "cannot be confirmed right now; do not rely on this"),
    "change_note_missing": (
        "重大变更和更正须写明变更说明",
        "a major change or a correction needs a note that says why",
    ),
    "duplicate_parameter": ("参数重复", "duplicate parameter"),
    "files_not_ready": ("文件正在生成，请稍后再取", "the files are being made; try again shortly"),
    "edit_conflict": (
        "别人刚改过这条记录，请合并后再存",
        "somebody changed this meanwhile; merge, then save",
    ),
    "foreign_form": ("表单不是从本站页面提交的", "the form did not come from a page of this site"),
    "formula_or_error": (
        "表里有公式没有存下数值，又看不出在哪一格；请存为数值后再上传",
        "a formula was saved without its value, and where it stands cannot be told; save the sheet as values",
    ),
    "from_row_beyond": ("from_row 超出了这一批的行数", "from_row is beyond the rows of the batch"),
    "four_eyes": (
        "您不能审核自己录入或提交的内容",
        "what you entered or handed over is approved by somebody else",
    ),
    "gone": ("记录已撤下", "withdrawn"),
    "headers_too_large": ("请求头过大", "request headers too large"),
    "internal_error": ("系统出错", "internal error"),
    "invalid_value": ("参数值有误", "invalid value"),
    "key_refused": (
        "密钥无效或已撤销",
        "the key is not valid or was revoked",
    ),
    "legacy_15": (
        "这是旧版 15 位工商注册号，请找 18 位统一社会信用代码",
        "an old 15-digit registration number; look for the 18-character code",
    ),
    "looks_like_id": (
        "这像身份证号码，本站不查询个人",
        "this looks like a personal identity number; persons are not looked up here",
    ),
    "method_not_allowed": ("不支持这种请求方法", "method not allowed"),
    "missing_parameter": ("缺少参数", "missing parameter"),
    "needs_confirmation": ("需要核对说明", "a note must say why"),
    "nothing_to_prove": (
        "这个回答还没有结论，请先选定产品，再保存凭证",
        "this answer states no conclusion yet; choose the product first",
    ),
    "not_acceptable": ("没有这种格式", "no such format"),
    "not_found": ("没有这个页面或记录", "not found"),
    "not_xlsx": ("不是可读的 XLSX 文件", "not a readable XLSX file"),
    "proof_not_offered": (
        "本站没有签名密钥，不提供凭证",
        "this site has no signing key and offers no proofs",
    ),
    "range_not_satisfiable": ("所要的部分不在文件里", "the part asked for lies outside of the file"),
    "not_permitted": ("您的账号没有这项权限", "your account may not do this"),
    "plain_http": (
        "工作台只在加密连接（https）或本机上使用：现在的连接，别人能看到口令",
        "the staff desk works over https or on this machine only: others can read passwords on this connection",
    ),
    "query_too_long": ("查询过长（最多 100 字）", "query too long (100 characters at most)"),
    "rate_limited": (
        "查询太频繁，请在 Retry-After 所示的秒数后再试",
        "too many requests; come back after the seconds in Retry-After",
    ),
    "scope_missing": ("密钥没有这项权限", "the key does not have this scope"),
    "target_too_long": ("产品名称过长", "target too long"),
    "submission_void": (
        "提交人的账号已停用或已无此权限，请由他人重新提交",
        "who handed it over may not do so any more; another person must hand it over again",
    ),
    "too_large": ("请求内容过大", "request body too large"),
    "unknown_field": ("表单里有不认识的栏目", "unknown field in the form"),
    "unknown_parameter": ("不认识的参数", "unknown parameter"),
    "uri_too_long": ("地址过长", "address too long"),
    "unsupported_media_type": ("不支持这种内容类型", "unsupported media type"),
    "uscc_charset": ("统一社会信用代码含有不可能的字符", "characters that no such code has"),
    "uscc_checksum": (
        "代码校验不通过，请核对；常见误读：0/O、1/I、2/Z、5/S",
        "the check character is wrong; often misread: 0/O, 1/I, 2/Z, 5/S",
    ),
    "uscc_length": ("统一社会信用代码应为 18 位", "the code has 18 characters"),
}
"""Short sentences by problem code, Chinese and English."""


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One wrong input: where it is, a pointer to it, and its problem."""

    where: str
    pointer: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, without any of the input; `most`: how many bytes are taken, where there were more."""

    status: int
    code: str
    detail: str = ""
    fields: tuple[FieldProblem, ...] = ()
    hints: tuple[str, ...] = ()
    most: int | None = None


def title(code: str, lang: str = "zh") -> str:
    """Return the short sentence of a problem."""
    zh, en = TITLES.get(code) or REFUSED.get(code) or TITLES["bad_request"]
    return en if lang == "en" else zh


def problem_response(
    problem: Problem,
    *,
    instance: str,
    request_id: str,
    base_url: str,
    headers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
) -> Response:
    """Return the problem as `application/problem+json`. Source: RFC 9457."""
    document: dict[str, object] = {
        "type": f"{base_url}/problems/{problem.code}",
        "title": title(problem.code),
        "status": problem.status,
        "detail": problem.detail or title(problem.code),
        "instance": instance,
        "code": problem.code,
        "request_id": request_id,
    }
    if problem.fields:
        document["errors"] = [
            {"in": each.where, "pointer": each.pointer, "code": each.code, "detail": each.detail}
            for each in problem.fields
        ]
    if problem.hints:
        document["hints"] = list(problem.hints)
    return Response(
        orjson.dumps(document),
        status_code=problem.status,
        media_type="application/problem+json",
        headers={"Cache-Control": "no-store", "Content-Language": "zh-CN", **dict(headers)},
    )
