"""What is wrong with an input, and what to do."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from service.identifiers import Hint
from service.web.wording.choosing import pick

_MIB: Final = 1024 * 1024
_PROBLEMS: Mapping[str, tuple[str, str]] = {
    "batch_limited": (
        "核验的次数或行数太多，请约 {minutes} 分钟后再试。粘贴的内容还在这里；文件请到时重新选择。",
        "Too many checks or rows. Try again in about {minutes} min. What you pasted is still here; a file must be"
        " chosen again.",
    ),
    "bad_characters": (
        "输入里有不能使用的字符，请重新输入。",
        "The input holds characters that cannot be used. Type it again.",
    ),
    "bad_date": (
        "日期应写成 2026-01-31，且在 1949 至 2100 年之间。",
        "Write the day as 2026-01-31, between 1949 and 2100.",
    ),
    "bad_identifier": ("这个代码不正确，请核对。", "This code is not right. Check it."),
    "bad_number": (
        "这不是统一社会信用代码或使用核准编号。专用标志下方印的是 18 位数字和大写字母。",
        (
            "This is neither a unified social credit code nor an authorisation number. Under the special mark stand 18"
            " digits and capital letters."
        ),
    ),
    "bad_row": (
        "这一行不是代码、产品、日期的文字。",
        "This row is not made of the text of a code, a product and a day.",
    ),
    "bad_request": ("请求有误，请从首页重新开始。", "The request was wrong. Start again from the home page."),
    "cannot_confirm": (
        "暂时无法核验，请勿据此判断。",
        "This cannot be verified right now. Do not rely on it.",
    ),
    "cell_too_long": (
        "单元格超过 300 个字，不会是代码、产品名称或日期。",
        "A cell of more than 300 characters is no code, product or day.",
    ),
    "coordinates_missing": (
        "请填写坐标，或者选择一个乡镇、街道。",
        "Enter coordinates, or choose a township.",
    ),
    "coordinates_one_number": (
        "只看到一个数。请同时填写经度和纬度，例如 108.77，29.53。",
        "There is only one number. Enter longitude and latitude, for example 108.77, 29.53.",
    ),
    "coordinates_order": (
        "看不出哪个是经度、哪个是纬度，请写明，例如 东经108.77，北纬29.53。",
        "It cannot be told which is longitude and which latitude. Say so, for example 108.77E, 29.53N.",
    ),
    "coordinates_out_of_range": (
        "坐标超出范围：经度不超过 180，纬度不超过 90，分和秒都小于 60。",
        "Out of range: longitude is at most 180, latitude at most 90, minutes and seconds are below 60.",
    ),
    "coordinates_range": (
        "这像是一个范围。请只填一个点；公告里的经纬度范围请看产品的产地范围页。",
        "This looks like a range. Enter one point; the ranges of announcements stand on the products' area pages.",
    ),
    "coordinates_unreadable": (
        "没能读懂这个坐标。可以写成 108.77，29.53，或北纬29°32′15″，东经108°46′12″。",
        "These coordinates could not be read. Write 108.77, 29.53 or 29°32′15″N, 108°46′12″E.",
    ),
    "foreign_form": (
        "这份表单不是从本站页面提交的，没有接收。请从本站打开表单后再提交。",
        "The form did not come from a page of this site and was not taken. Open it here and send it again.",
    ),
    "four_eyes": (
        "您录入或提交的内容要由别人审核。",
        "What you entered or handed over is for somebody else to review.",
    ),
    "gone": ("这条记录已经撤下。", "This record was withdrawn."),
    "internal_error": (
        "系统出错了，不是您的问题。请稍后再试。",
        "Something went wrong on our side. Try again later.",
    ),
    "legacy_15": (
        "这是旧版工商注册号，请找 18 位统一社会信用代码。",
        "This is an old business registration number. Look for the 18-character unified social credit code.",
    ),
    "looks_like_id": (
        "这像是居民身份证号码。本站不查询个人，也没有保存您的输入。请找包装上的 18 位统一社会信用代码。",
        (
            "This looks like a personal identity number. Persons are not looked up here and your input was not kept."
            " Look for the 18-character code on the pack."
        ),
    ),
    "formula_or_error": (
        "这一行有公式没有存下数值，或者是错误值（如 #N/A）。请存为数值后再上传。",
        "This row holds a formula saved without its value, or an error such as #N/A. Save the sheet as values.",
    ),
    "method_not_allowed": ("这个地址不支持这种操作。", "This address does not support that."),
    "missing_code": ("请输入包装上的代码。", "Enter the code on the pack."),
    "not_found": ("没有这个页面，或登记中没有这条记录。", "There is no such page or record."),
    "number_lost_digits": (
        "代码疑似被表格软件改写为数字，末尾几位已丢失（如 9.15E+17）。请把该列设为文本，从包装上重新抄录。",
        "A spreadsheet seems to have turned the code into a number and lost its last digits (9.15E+17). Make the column"
        " text and copy the code again.",
    ),
    "not_permitted": (
        "您的账号没有这项权限。需要的话，请找本单位的系统管理员。",
        "Your account may not do this. If you need it, ask your administrator.",
    ),
    "place_unknown": (
        "名单里没有这个乡镇、街道，请重新选择。",
        "There is no such township on the list. Choose again.",
    ),
    "plain_http": (
        "现在的连接没有加密，别人能看到口令，所以工作台不打开。请用 https:// 开头的地址。",
        "This connection is not encrypted and others could read your password. Use the address with https://.",
    ),
    "query_too_long": ("查询不能超过 100 个字。", "A query has at most 100 characters."),
    "rate_limited": (
        "查询太频繁，请稍后再试。需要成批核验的，请使用开放接口。",
        "Too many requests. Try again later; to check many codes, use the open API.",
    ),
    "target_too_long": (
        "产品名称过长，请输入包装上的产品名称。",
        "The product's name is too long. Enter the name on the pack.",
    ),
    "too_large": (
        "发来的文件或内容太大{over}，没有收下。请换小一些的文件，或者分成几份再发。",
        "What was sent is too large{over} and was not taken. Send a smaller file, or several parts one after another.",
    ),
    "unknown_field": (
        "这一行有不认识的字段；只用 code、target、on。",
        "This row has an unknown field; use code, target and on.",
    ),
    "verify_limited": (
        "查询太频繁，请约 {minutes} 分钟后再试。您输入的内容还在这里。",
        "Too many requests. Try again in about {minutes} min. What you typed is still here.",
    ),
    "uscc_charset": (
        "代码里有不应出现的字符，请核对{where}。统一社会信用代码只含数字和大写字母，没有 I、O、S、V、Z。",
        "The code holds a character no such code has{where}. It consists of digits and capitals without I, O, S, V, Z.",
    ),
    "uscc_checksum": (
        "代码校验不通过，请核对{where}，常见误读：0/O、1/I、2/Z、5/S。",
        "The code does not pass its check. Compare it{where}; often misread: 0/O, 1/I, 2/Z, 5/S.",
    ),
    "uscc_length": (
        "统一社会信用代码应为 18 位，请核对是否多输或少输。",
        "The code has 18 characters. Check whether one is missing or too many.",
    ),
}
_HINTS: Mapping[Hint, tuple[str, str]] = {
    Hint.MISREAD_LETTERS: (
        "常见误读：1 看成 I、0 看成 O、5 看成 S、2 看成 Z。",
        "Often misread: 1 as I, 0 as O, 5 as S, 2 as Z.",
    ),
    Hint.LEGACY_15: _PROBLEMS["legacy_15"],
    Hint.SCIENTIFIC_NOTATION: (
        "代码疑似被表格软件改写为科学计数法，请从包装上重新抄录。",
        "A spreadsheet seems to have rewritten the code as a number. Copy it from the pack again.",
    ),
    Hint.INNER_CHECK: (
        "代码内部的组织机构代码校验不符。",
        "The organisation code inside fails its own check.",
    ),
    Hint.ISSUER_MISSING: (
        "只有公告号不能确定发文机关，请从检索结果中选择。",
        "The number alone does not tell the issuer. Choose from the results.",
    ),
    Hint.MAYBE_ANNOUNCEMENT: (
        "如果是公告号，请写成“第475号公告”。",
        "If this is an announcement, write 第475号公告.",
    ),
}


def problem_text(code: str, lang: str = "zh", position: int | None = None, most: int | None = None) -> str:
    """Return what is wrong with an input and what to do.

    `position` counts from 1; `most`: how many bytes are taken, where there were more.
    """
    zh, en = _PROBLEMS.get(code, _PROBLEMS["bad_request"])
    where = (f"第 {position} 位附近", f" near character {position}") if position else ("", "")
    size = f"{most // _MIB} MiB" if most else ""
    over = (f"（超过 {size}）", f" (more than {size})") if size else ("", "")
    return pick(
        (
            zh.replace("{where}", where[0]).replace("{over}", over[0]),
            en.replace("{where}", where[1]).replace("{over}", over[1]),
        ),
        lang,
    )


def limited_text(code: str, wait_s: int, lang: str = "zh") -> str:
    """Return that it was too much, and when to come back."""
    zh, en = _PROBLEMS[code]
    minutes = str(math.ceil(wait_s / 60))
    return pick((zh.replace("{minutes}", minutes), en.replace("{minutes}", minutes)), lang)


def hint_text(hint: str, lang: str = "zh") -> str:
    """Return a hint as a sentence; empty when it is none of ours (a corrected code)."""
    found = next((each for each in Hint if each.value == hint), None)
    return pick(_HINTS[found], lang) if found else ""
