"""What the headings of announced tables mean: the synonyms that offices use, and which of them count how much."""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.identifiers.folding import half_width
from service.vocabulary import AnnexField

EXACT, CONTAINED = 1.0, 0.8
_LONGEST = 40
_SYNONYMS: dict[AnnexField, tuple[str, ...]] = {
    AnnexField.SERIAL: ("序号", "编号", "序", "no", "no."),
    AnnexField.USCC: (
        *("统一社会信用代码", "社会信用代码", "信用代码", "统一信用代码", "企业代码", "组织机构代码", "uscc"),
        *("统一社会信用代码证号", "营业执照注册号"),
    ),
    AnnexField.PRODUCT: (
        *("产品名称", "地理标志名称", "地理标志产品名称", "地理标志产品", "地理标志", "产品", "使用产品"),
        *("核准产品", "地理标志产品名", "产品名"),
    ),
    AnnexField.TRADEMARK: ("使用商标", "核准商标", "商标名称", "商标", "注册商标", "产品商标"),
    AnnexField.ADDRESS: (
        *("地址", "住所", "生产地址", "企业地址", "注册地址", "单位地址", "经营场所", "住所地址", "详细地址"),
    ),
    AnnexField.REPRESENTATIVE: ("法定代表人", "法人代表", "负责人", "法人", "经营者", "法定代表人姓名"),
    AnnexField.EFFECTIVE_ON: ("生效日期", "核准日期", "日期", "公告日期", "批准日期", "注销日期", "变更日期"),
    AnnexField.LICENCE_LAST_DAY: (
        "许可期止",
        "许可截止日期",
        "有效期至",
        "有效期止",
        "许可期限至",
        "使用期限",
    ),
    AnnexField.GROUND: ("注销事由", "注销原因", "注销理由", "终止原因", "原因"),
    AnnexField.CHANGED_ITEM: ("变更事项", "变更项目", "变更内容"),
    AnnexField.ANNOUNCEMENT: ("公告编号", "公告号", "核准公告号", "原公告号", "核准公告"),
    AnnexField.NOTE: ("备注", "说明"),
    # Last, so that 地理标志名称 and 商标名称 are found before the bare 名称.
    AnnexField.NAME: (
        *("企业名称", "生产者名称", "生产者", "使用人", "使用人名称", "申请人", "申请人名称", "单位名称"),
        *("生产企业", "企业", "用标企业", "核准企业", "名称", "申请人全称", "企业全称", "专用标志使用人"),
    ),
}
_TURNED = {
    AnnexField.NAME: (AnnexField.NAME_BEFORE, AnnexField.NAME_AFTER),
    AnnexField.ADDRESS: (AnnexField.ADDRESS_BEFORE, AnnexField.ADDRESS_AFTER),
    AnnexField.REPRESENTATIVE: (AnnexField.REPRESENTATIVE_BEFORE, AnnexField.REPRESENTATIVE_AFTER),
    AnnexField.TRADEMARK: (AnnexField.TRADEMARK_BEFORE, AnnexField.TRADEMARK_AFTER),
}
_BEFORE = re.compile("变更前|更名前|原(?!因|公告)")
_AFTER = re.compile("变更后|更名后|现(?=企业|名称|地址|法|商标)|新(?=企业|名称|地址|法|商标)")
_BRACKETED = re.compile(r"\([^()]{0,30}\)")
_SUBJECTS = frozenset(
    {AnnexField.NAME, AnnexField.USCC, AnnexField.PRODUCT, AnnexField.NAME_BEFORE, AnnexField.VALUE_BEFORE}
)


def clean_heading(text: str) -> str:
    """Return a heading without spaces, line breaks and what stands in brackets, in half width and lower case."""
    plain = "".join(half_width(text.replace("\n", " ").replace("\r", " ")).split()).lower()
    return _BRACKETED.sub("", plain).strip("*:：、.")


def recognise(text: str) -> tuple[AnnexField, float] | None:
    """Return what a heading means and how sure that is (0 to 1), or None when it is not known."""
    heading = clean_heading(text)
    if not heading or len(heading) > _LONGEST:
        return None
    for pattern, turn in ((_BEFORE, 0), (_AFTER, 1)):
        if pattern.search(heading):
            return _turned(pattern.sub("", heading), turn)
    return _plain(heading)


def _turned(rest: str, turn: int) -> tuple[AnnexField, float] | None:
    if rest in {"", "内容", "信息", "情况"}:
        return (AnnexField.VALUE_BEFORE, AnnexField.VALUE_AFTER)[turn], EXACT
    found = _plain(rest)
    if found is None:
        return None
    field, score = found
    # The code and the product stay themselves through a change.
    return (_TURNED[field][turn], score) if field in _TURNED else (found if turn == 0 else None)


def _plain(heading: str) -> tuple[AnnexField, float] | None:
    for field, synonyms in _SYNONYMS.items():
        if heading in synonyms:
            return field, EXACT
    for field, synonyms in _SYNONYMS.items():
        if any(len(synonym) > 1 and synonym in heading for synonym in synonyms):
            return field, CONTAINED
    return None


def is_header(cells: Sequence[str]) -> bool:
    """Return whether a row reads like the header of a table: most of its cells are headings, one of them of a firm."""
    filled = [cell for cell in cells if cell.strip()]
    if any(len(cell) > _LONGEST for cell in filled):
        return False
    found = [known[0] for known in map(recognise, filled) if known is not None]
    fields = set(found)
    return len(fields) > 1 and 2 * len(found) >= len(filled) and bool(fields & _SUBJECTS)
