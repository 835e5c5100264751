"""Tables for tests of annexes, given as rows: previewed, drafted and applied in this process."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

from annex_desk import FACTS, code
from factories import NOW, a_product, a_protection, a_reviewer, an_editor

from service.register import annexes
from service.register.annexes.intake import PASTED, intake_of
from service.register.sent_tables import annexes as reading

APPROVAL = ("企业名称", "统一社会信用代码", "产品名称", "地址", "法定代表人", "商标", "许可期止")
STATED = replace(FACTS, declared_organisations=None)
COUNTED = "示例：未注明数量"


def an_office(session, tmp_path):
    """A register with one product under one protection, and previews of tables given as rows."""
    product = a_product(session, name="示例果", aliases="示例山果")
    protection = a_protection(session, product)

    def look(*rows, header=APPROVAL, facts=STATED, choose=None):
        text = "\n".join("\t".join(map(str, row)) for row in (header, *rows))
        # Read in this process: how files are read in one of their own is tested with the files.
        intake = intake_of(reading.read(text.encode(), {"name": PASTED}), text.encode(), PASTED)
        choices = [annexes.choice_of(*annexes.suggest(table)) for table in intake.tables]
        choices = [choose(each) for each in choices] if choose else choices
        return SimpleNamespace(
            seen=annexes.preview(session, intake, choices, facts),
            intake=intake,
            choices=choices,
            content=text.encode(),
            facts=facts,
        )

    def draft(looked, **decided):
        desk = annexes.Desk(session, an_editor(session), NOW, tmp_path)
        return annexes.draft_batch(
            desk,
            looked.content,
            looked.intake,
            looked.choices,
            looked.facts,
            **{"override_reason": COUNTED, **decided},
        )

    def apply(batch, **how):
        desk = annexes.Desk(session, a_reviewer(session), NOW, tmp_path)
        return annexes.apply_batch(desk, batch.ulid, **how)

    return SimpleNamespace(
        session=session, product=product, protection=protection, look=look, draft=draft, apply=apply
    )


def row(number, product="示例果", name=None, **more):
    cells = {
        "name": name or f"示例{number}号公司",
        "uscc": code(number),
        "product": product,
        "address": f"示例路{number}号",
        "person": "示例人",
        "mark": "示例牌",
        "until": "",
    }
    return tuple({**cells, **more}.values())


def told(looked):
    """Each row's action with the codes of its problems."""
    return [(each.action, [problem.code for problem in each.problems]) for each in looked.seen.rows]
