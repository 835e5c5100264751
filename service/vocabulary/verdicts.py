"""Verdicts."""

from __future__ import annotations

from service.vocabulary.entry import Vocabulary


class Outcome(Vocabulary):
    """The verdict of a verification. Source: decision table of the domain reference, 7.4."""

    AUTHORISED = "authorised", "可以使用专用标志", "authorised"
    NOT_AUTHORISED = "not_authorised", "没有使用核准记录", "not authorised"
    ENDED = "ended", "使用资格已终止", "ended"
    NOT_YET_EFFECTIVE = "not_yet_effective", "使用核准尚未生效", "not yet effective"
    PROTECTION_ENDED = "protection_ended", "地理标志保护已终止", "protection ended"
    CHOOSE_PRODUCT = "choose_product", "请选择产品", "choose a product"
    AMBIGUOUS = "ambiguous", "产品名称不明确", "product name not clear"
    NOT_ON_RECORD = "not_on_record", "本站登记中未查到", "not on record"
    OUT_OF_SCOPE = "out_of_scope", "不在本站登记范围", "out of scope"
    WITHHELD = "withheld", "依法不公开", "withheld"


class Reason(Vocabulary):
    """Why the verdict is what it is."""

    IN_FORCE = "in_force", "核准在所查日期有效", "in force on the day asked"
    UNDER_CORRECTION = "under_correction", "核准有效，正在限期改正", "in force, under correction"
    PROTECTION_IN_GRACE = "protection_in_grace", "商标处于续展宽展期", "the mark is in its grace period"
    NEVER = "never", "登记中没有该单位的使用核准", "no authorisation was ever recorded"
    OTHER_PRODUCT = "other_product", "该单位获准用于其他产品", "authorised for another product"
    HOLDER_ONLY = (
        "holder_only",
        "该单位是权利人，登记中没有其使用核准",
        "a holder, with no authorisation recorded",
    )
    DEREGISTERED = "deregistered", "使用资格已注销", "deregistered"
    LICENCE_ENDED = "licence_ended", "许可使用期满", "the licence ended"
    ORGANISATION_STRUCK_OFF = (
        "organisation_struck_off",
        "该单位已注销或被吊销营业执照",
        "the organisation was dissolved or lost its licence",
    )
    EFFECTIVE_LATER = "effective_later", "核准在所查日期之后生效", "effective after the day asked"
    PROTECTION_NOT_IN_FORCE = (
        "protection_not_in_force",
        "地理标志保护在所查日期已终止",
        "the protection had ended",
    )
    PROTECTION_NOT_YET = (
        "protection_not_yet",
        "地理标志保护在所查日期尚未生效",
        "the protection had not begun",
    )
    PROTECTION_UNVERIFIED = (
        "protection_unverified",
        "地理标志保护状态未核实",
        "the protection's state is not verified",
    )
    SEVERAL_PRODUCTS = "several_products", "该单位涉及多个产品", "several products"
    SEVERAL_MATCHES = "several_matches", "名称对应多个产品", "the name matches several products"
    TARGET_UNKNOWN = "target_unknown", "登记中没有这个产品名称或编号", "no such product or number on record"
    WELL_FORMED_UNKNOWN = "well_formed_unknown", "代码格式正确，登记中未查到", "well formed, not on record"
    OTHER_DISTRICT = "other_district", "该产品属于其他地区", "the product belongs to another district"
    WITHDRAWN_RECORD = "withdrawn_record", "该记录依法不公开", "the record is withheld"


class Caution(Vocabulary):
    """A warning that stands beside a verdict."""

    UNDER_CORRECTION = "under_correction", "已被责令限期改正", "under correction"
    PROTECTION_IN_GRACE = (
        "protection_in_grace",
        "商标专用期已满，处于宽展期",
        "the mark is in its grace period",
    )
    FUTURE_DATE = "future_date", "所查日期在将来，按今天所知回答", "a future day, answered as known today"
    CODE_FAILS_CHECK = (
        "code_fails_check",
        "代码校验位不符，但与登记一致",
        "the code fails its check but is on record",
    )
    DEMONSTRATION = "demonstration", "示例数据（虚构）", "demonstration data (fictional)"
    ORGANISATION_STRUCK_OFF = (
        "organisation_struck_off",
        "该单位现已注销或被吊销",
        "the organisation has since been dissolved or lost its licence",
    )
    HISTORICAL_CODE = "historical_code", "这是该单位的历史代码", "a former code of the organisation"


class Spelling(Vocabulary):
    """What was put right in a code before it was read."""

    FULL_WIDTH = "full_width", "含全角字符", "full-width characters"
    SEPARATORS = "separators", "含空格或连字符", "spaces or hyphens"
    LOWER_CASE = "lower_case", "含小写字母", "lower-case letters"
