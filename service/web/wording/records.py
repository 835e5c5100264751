"""What is wrong with a record as it was typed, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

RECORD_FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    "missing": ("这一项必须填写。", "This must be filled in."),
    "wrong_value": ("内容有误，请核对。", "This is not right. Check it."),
    "wrong_day": ("日期应写成 2026-01-31。", "Write the day as 2026-01-31."),
    "out_of_range": ("超出允许的范围。", "Out of the allowed range."),
    "no_number": ("应当是数字。", "This must be a number."),
    "too_long": ("内容过长，请写短一些（最多 {most} 字）。", "Too long: at most {most} characters."),
    "fields_go_together": (
        "相关的几项应同时填写或同时留空。",
        "These go together: fill in all of them or none.",
    ),
    "field_not_for_event": ("这一项与所选事项不符。", "This does not go with what happened."),
    "period_out_of_order": ("止日应晚于起日。", "The end must come after the beginning."),
    "day_of_another_year": ("有不属于这一年的日期。", "There is a day of another year."),
    "day_twice": ("同一天写了两次，或既放假又上班。", "A day stands twice, or is both at rest and worked."),
    "reference_not_found": (
        "登记中没有这条记录，请先登记它，或核对写法。",
        "There is no such record. Enter it first, or check how it is written.",
    ),
    "duplicate": ("已有别的记录用了这个。", "Another record has this already."),
    "field_not_allowed": ("与这条记录的其他内容不符。", "This does not go with the rest of the record."),
    "not_allowed_ambiguous": (
        "登记中有几条记录都叫这个，请写编号或代码。",
        "Several records are called so. Write the code.",
    ),
    "not_allowed_computed_from_term": (
        "这个状态由专用期推算，不能直接填写。",
        "This status follows from the term and cannot be entered.",
    ),
    "not_allowed_recorded_as_event": (
        "核准的内容已经登记；有变化请登记一条“变更”事项。",
        "The grant is on record. Enter what changed as an event.",
    ),
    "not_allowed_required": ("这一项必须填写。", "This must be filled in."),
    "not_allowed_not_found": ("没有这个序号的事项。", "There is no entry of this number."),
    "correction_order_missing": (
        "该注销依据需要先有期限已过的限期改正记录。",
        "This ground needs an earlier correction order whose deadline has passed.",
    ),
    "change_note_missing": (
        "名称、产地范围、品质、形态的变更是重大变更，请写明原因和依据；更正也要写明。",
        "A major change (name, area, quality, form) and a correction must say why, and on what ground.",
    ),
    "area_not_sound": ("产地图形没有通过检查。", "The area did not pass the checks."),
    "needs_confirmation": (
        "检查发现了要说明的问题，请在“核对说明”里说明。",
        "The checks found what must be answered for. Say why in the answer to the checks.",
    ),
    "ground_missing": (
        "还没有图形：请在图上画、上传文件或填坐标，或选“只有文字”。",
        "There is no ground yet: draw it, send a file or coordinates, or choose text only.",
    ),
    "ground_refused": ("图形没有收下。", "The ground was not taken."),
    "townships_missing": ("请至少勾选一个乡镇、街道。", "Tick one township at least."),
    "township_twice": ("同一个乡镇、街道只能勾一栏。", "A township can be ticked in one column only."),
    "area_draft_open": (
        "这一版已有别人的草稿，请打开那份草稿再改。",
        "Somebody else's draft of this version is open. Open that one.",
    ),
    "no_identifier": (
        "永久标识是 26 位数字和大写字母。",
        "A permanent identifier has 26 digits and capital letters.",
    ),
    "reason_missing": ("请写明原因。", "Say why."),
    "file_too_large": ("文件太大，最多 {most} KB。", "The file is too large: at most {most} kB."),
    "file_missing": ("请选择文件。", "Choose a file."),
    "uscc_length": ("统一社会信用代码应为 18 位。", "A unified social credit code has 18 characters."),
    "uscc_charset": (
        "代码里有不会出现的字符；字母 I、O、S、V、Z 不用在代码里。",
        "The code holds characters it cannot have; the letters I, O, S, V and Z are never used.",
    ),
    "uscc_checksum": ("代码校验不通过，请核对。", "The code fails its check."),
    "looks_like_id": ("这像是居民身份证号码，不能登记。", "This looks like a personal identity number."),
    "bad_number": (
        "这个编号读不出来，或写了别的机关。",
        "This number cannot be read, or names another issuer.",
    ),
    "four_eyes": (
        "您录入或提交了这份内容，不能由您审核；请由另一个人审核。",
        "You wrote or handed over this draft, so another person must approve it.",
    ),
    "stale_version": (
        "您看过以后，这份草稿或记录又改过了。请看清现在的内容再决定。",
        "The draft or its record changed since you looked. Look at it as it is now, then decide.",
    ),
    "edit_conflict": (
        "这条记录在草稿开始以后又公布了新版本，请先修改草稿，并入新内容。",
        "The record was published anew since the draft was begun. Edit the draft to join both.",
    ),
    "bad_transition": (
        "现在不能走这一步：草稿的状态已经变了，或这条记录不能再这样改。",
        "This step is not possible now: the draft's state changed, or the record cannot be changed so.",
    ),
    "submission_void": (
        "提交人的账号已停用或不再有这项权限，这次提交作废；请由别人重新提交。",
        "Who handed this over may not do so any more, so it was not handed over. Somebody else must do it.",
    ),
    "already_ended": ("这项核准已经注销，不能再登记这一事项。", "The authorisation has ended already."),
}
