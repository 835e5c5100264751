"""What is wrong with a record as it was typed, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

RECORD_FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    "missing": ("这一项必须填写。", "This must be filled in."),
    "wrong_value": ("内容有误，请核对。", "This is not right. Check it."),
    "wrong_day": ("日期应写成 2026-01-31。", "Write the day as 2026-01-31."),
    "wrong_days": (
        "每行一天或一段，写成 2026-01-31 或 2026-02-15/2026-02-23。",
        "Write a day or a period a line, as 2026-01-31 or 2026-02-15/2026-02-23.",
    ),
    "out_of_range": ("超出允许的范围。", "Out of the allowed range."),
    "no_number": ("应当是数字。", "This must be a number."),
    "too_long": ("内容过长，请写短一些（最多 {most} 字）。", "Too long: at most {most} characters."),
    "bad_slug": (
        "只用小写字母、数字和单个连字符，如 qianjiang-mihoutao。",
        "Only lower-case letters, digits and single hyphens, as in qianjiang-mihoutao.",
    ),
    "fields_go_together": (
        "相关的几项应同时填写或同时留空。",
        "These go together: fill in all of them or none.",
    ),
    "field_not_for_event": ("这一项与所选事项不符。", "This does not go with what happened."),
    "period_out_of_order": ("止日应晚于起日。", "The end must come after the beginning."),
    "figure_missing": (
        "数值、分子、分母至少写一项。",
        "Give the value, or what it is counted from.",
    ),
    "not_allowed_day_to_come": ("不能是今天以后的日子。", "This day is still to come."),
    "day_of_another_year": ("有不属于这一年的日期。", "There is a day of another year."),
    "day_twice": ("同一天写了两次，或既放假又上班。", "A day stands twice, or is both at rest and worked."),
    "reference_not_found": (
        "登记中没有这条记录，请先登记它，或核对写法。",
        "There is no such record. Enter it first, or check how it is written.",
    ),
    "duplicate": ("已有别的记录用了这个。", "Another record has this already."),
    "key_taken": ("这个编号已登记。", "This number is on record already."),
    "record_taken": ("登记里已有这一条。", "This is on record already."),
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
    "not_allowed_twice": ("“{what}”写了两次，只留一次。", "“{what}” stands twice. Leave it once."),
    "withdrawal_reason_missing": (
        "撤下要写明原因；不撤下就把“撤下方式”留空。",
        "Say why it is withdrawn; leave the way of withdrawing empty if it is not.",
    ),
    "withdrawal_missing": (
        "写了撤下原因，请选择撤下方式；不撤下就把原因删去。",
        "There is a reason to withdraw: choose how, or take the reason out.",
    ),
    "redirect_missing": (
        "并入别的记录的，要写明并入哪一条。",
        "A record merged into another must name that one.",
    ),
    "redirect_without_merging": (
        "写了并入哪条记录，撤下方式就要选“已并入”；不是并入就把它删去。",
        "Only a merged record names another one: choose merging, or take the other one out.",
    ),
    "wrong_division_code": (
        "每行一个，写成 体系:年份:代码，例如 nbs:2023:500114117000。",
        "Write one on a line as scheme:year:code, for example nbs:2023:500114117000.",
    ),
    "not_allowed_not_found": ("没有这个序号的事项。", "There is no entry of this number."),
    "not_allowed_before_grant": (
        "不能早于核准的生效日期：还没有核准，就没有可以变更、改正或注销的。",
        "Not before the grant takes effect: until then there is nothing to change, correct or end.",
    ),
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
    "file_too_large": ("文件太大，最多 {most} MB。", "The file is too large: at most {most} MB."),
    "file_gone": (
        "这份文件等得太久，已经清掉，请重新选择。",
        "The file waited too long and was taken out. Choose it again.",
    ),
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
    "part_of_batch": (
        "这份草稿属于一个导入批次，只能整个批次一起公布或退回，请到批次页面办理。",
        "This draft belongs to an imported batch, which is published or returned as a whole, on the batch's page.",
    ),
    "submission_void": (
        "提交人的账号已停用或不再有这项权限，这次提交作废；请由别人重新提交。",
        "Who handed this over may not do so any more, so it was not handed over. Somebody else must do it.",
    ),
    "wrong_ratios": (
        "每个等级一行，写成 A=5（1 到 100 的整数），并写明 未评级 的比例。",
        "Each grade on a line as A=5 (1 to 100), and the share of 未评级.",
    ),
    "scheme_and_grades": (
        "有等级的比例要写信用分类体系；只有未评级的不写。",
        "Grades need their scheme, and a scheme its grades.",
    ),
    "too_few_inspectors": ("检查人员至少两个，不重复。", "At least two inspectors, each once."),
    "order_and_outcome": (
        "结果是责令改正的，要写责令日期和期限；其他结果不写。",
        "An order to correct has its day and working days, and no other outcome has.",
    ),
    "corrected_after_order": ("改正日期不能早于责令日期。", "A correction cannot come before its order."),
    "term_missing": (
        "对当事人不利的结果，公示期只能是三个月或三年。",
        "What speaks against somebody is public for three months or three years.",
    ),
    "public_too_early": ("公示不能早于检查。", "It cannot be public before the inspection."),
    "condition_for_evidence": (
        "条件佐证要选条件，其他事项不选。",
        "Evidence has a condition, and nothing else has.",
    ),
    "year_for_report": (
        "年度报告要写年份，其他事项不写。",
        "A yearly report has its year, and nothing else has.",
    ),
    "not_allowed_overlaps": (
        "这家单位在同一体系下已有同一时间的等级。",
        "The body has a grade under this scheme for the same time.",
    ),
    "too_short": ("至少写一项。", "At least one."),
    "value_known_already": (
        "数值要在明天或以后公布：现在可能已经有人知道的，不能用来抽取。",
        "The value must become known tomorrow or later: nobody may know it now.",
    ),
    "value_to_come": ("数值还没有到公布的日子。", "The day of the value has not come."),
    "wrong_digits": (
        "数字的位数和冻结时写明的不一样，请核对。",
        "These are not as many digits as were announced. Check the value.",
    ),
    "values_differ": ("两遍不一样，请核对。", "The two values differ. Check them."),
    "hidden_too_long": (
        "公开日不能早于数值公布日，也不能晚于一年以后。",
        "Not before the day of the value, and not later than in a year.",
    ),
    "empty_population": ("没有可以抽取的单位。", "There is nobody to draw from."),
    "draw_waits": (
        "这个计划还有一次抽取在等公开数值，先抽取或作废它。",
        "A draw of this plan still waits for its value. Draw or give it up first.",
    ),
    "draw_ended": ("这次抽取已经结束。", "This draw has ended."),
    "frozen_by_you": (
        "总体是您冻结的，要由另一个人抽取。",
        "You froze the population, so another person must draw.",
    ),
    "bad_title": ("请写一个名称，最多 300 字。", "Give it a title of at most 300 characters."),
    "day_to_come": ("不能是今天以后的日子。", "This day is still to come."),
}
