"""The routes of imports at the desk, and for each that changes something how it is reached."""

from __future__ import annotations

import re
import sys
from itertools import count
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parent / "register"))
from factories import a_product, a_protection, a_uscc
from staffing import NOW, an_officer, seated
from walking import innermost

from service.calendar import FixedClock
from service.register import accounts, annexes
from service.vocabulary import Issuer, Role, StaffAct

FOLDER = Path(__file__).parent / "data" / "announcements"
sys.path.append(str(FOLDER))
from make_announcements import code  # noqa: E402

__all__ = ["DEEDS", "FOLDER", "ROUTES", "code"]
_READ, _IMPORT = StaffAct.SEE_IMPORTS, StaffAct.IMPORT
_ANNEX, _BATCH = "/staff/imports/{annex}", "/staff/imports/batches/{batch}"
ROUTES: dict[tuple[str, str], StaffAct | None] = {
    ("GET", "/staff/imports"): _READ,
    ("GET", "/staff/imports/new"): _IMPORT,
    ("POST", "/staff/imports/new"): _IMPORT,
    ("GET", "/staff/imports/errands/{errand}"): _READ,
    ("GET", _ANNEX): _IMPORT,
    ("GET", f"{_ANNEX}/columns"): _IMPORT,
    ("POST", f"{_ANNEX}/columns"): _IMPORT,
    ("POST", f"{_ANNEX}/try"): _IMPORT,
    ("POST", f"{_ANNEX}/draft"): _IMPORT,
    ("POST", f"{_ANNEX}/discard"): _IMPORT,
    ("GET", _BATCH): _READ,
    ("POST", f"{_BATCH}/apply"): StaffAct.PUBLISH,
    ("POST", f"{_BATCH}/return"): StaffAct.RETURN,
    ("POST", f"{_BATCH}/undo"): _IMPORT,
}


def stated(number: int, firms: int = 2, **more: str) -> dict[str, str]:
    """What is stated of an announcement of the demonstration office."""
    return {
        "issuer": "demonstration",
        "number": f"2026年第{number}号",
        "published_on": "2026-10-01",
        "declared_organisations": str(firms),
        **more,
    }


def pasted(number: int) -> dict[str, str]:
    """A form with a pasted table of two firms."""
    return stated(number, pasted=(FOLDER / "pasted.txt").read_text(encoding="utf-8"))


def columns_of(seat: Any, annex: str) -> dict[str, str]:
    """The form of an annex's columns as it stands on the page."""
    page = seat.get(f"{annex}/columns").text
    names = re.findall(r'<select id="(column-[0-9]+-[0-9]+)".*?</select>', page, re.DOTALL)
    chosen = {
        name: (
            re.search(rf'id="{name}".*?value="(\w*)" selected', _select(page, name), re.DOTALL) or ["", ""]
        )[1]
        for name in names
    }
    used = dict.fromkeys(re.findall(r'name="(use-[0-9]+)" value="1" checked', page), "1")
    kinds = {
        name: re.search(r'value="(\w+)" selected', _select(page, name))[1]
        for name in re.findall(r'<select id="(kind-[0-9]+)"', page)
    }
    return {**chosen, **used, **kinds}


def _select(page: str, name: str) -> str:
    return re.search(rf'<select id="{name}".*?</select>', page, re.DOTALL)[0]


def brought(seat: Any, number: int = 907) -> str:
    """Bring a pasted table and return the address of its import."""
    reply = seat.post("/staff/imports/new", pasted(number))
    return str(reply.headers["location"]).removesuffix("/columns")


def looked(seat: Any, number: int = 907) -> str:
    """Bring a pasted table, have it previewed, and return the address of its import."""
    annex = brought(seat, number)
    seat.post(f"{annex}/columns", {**stated(number), **columns_of(seat, annex)})
    do_errands(seat.client)
    return annex


def do_errands(client: Any) -> None:
    """Do what was asked of the worker, in this process."""
    services = innermost(client.app).state.services
    while True:
        with services.database.reading() as session:
            errand = annexes.errands.next_errand(session)
        if errand is None:
            return
        annexes.Doer(services.database, FixedClock(NOW), services.settings.documents_dir).do(errand)


def seen(seat: Any, batch: str) -> dict[str, str]:
    """What the page of a batch says was looked at, for the form that publishes it."""
    return {"editions": re.search(r'name="editions" value="([0-9a-f]{64})"', seat.get(batch).text)[1]}


def a_batch(client: Any, database: Any) -> str:
    """The address of a batch of one firm that waits for review."""
    importer = an_officer(database, Role.IMPORTER)
    with database.writing() as session:
        product = a_product(session, name=f"示例导入产品{next(_NUMBERS)}")
        a_protection(session, product)
    table = f"企业名称\t统一社会信用代码\t产品名称\n示例导入单位{next(_NUMBERS)}\t{a_uscc()}\t{product.name}".encode()
    intake = annexes.take_in(table, annexes.PASTED)
    choices = [annexes.choice_of(*annexes.suggest(each)) for each in intake.tables]
    facts = annexes.Facts(Issuer.DEMONSTRATION, f"2026年第{next(_NUMBERS)}号", "示例公告", NOW.date(), 1)
    documents = innermost(client.app).state.services.settings.documents_dir
    with database.writing() as session:
        desk = annexes.Desk(session, accounts.find_staff(session, importer.login), NOW, documents)
        batch = annexes.draft_batch(desk, table, intake, choices, facts)
        return f"/staff/imports/batches/{batch.ulid}"


_NUMBERS = count(1)


def _bring(client, database, admin):
    seat = seated(client, database, an_officer(database, Role.IMPORTER))
    return lambda: seat.post("/staff/imports/new", pasted(907))


def _say_columns(client, database, admin):
    seat = seated(client, database, an_officer(database, Role.IMPORTER))
    annex = brought(seat)
    said = {**stated(907), **columns_of(seat, annex)}
    return lambda: seat.post(f"{annex}/columns", said)


def _on_annex(step: str, **facts: str):
    def arrange(client, database, admin):
        seat = seated(client, database, an_officer(database, Role.IMPORTER))
        annex = looked(seat)
        return lambda: seat.post(f"{annex}/{step}", facts)

    return arrange


def _on_batch(step: str, role: Role, **facts: str):
    def arrange(client, database, admin):
        batch = a_batch(client, database)
        seat = seated(client, database, an_officer(database, role))
        looked_at = seen(seat, batch) if step == "apply" else {}
        return lambda: seat.post(f"{batch}/{step}", {**facts, **looked_at})

    return arrange


DEEDS = {
    "/staff/imports/new": _bring,
    f"{_ANNEX}/columns": _say_columns,
    f"{_ANNEX}/try": _on_annex("try"),
    f"{_ANNEX}/draft": _on_annex("draft", only_valid="1", reason="示例"),
    f"{_ANNEX}/discard": _on_annex("discard"),
    f"{_BATCH}/apply": _on_batch("apply", Role.REVIEWER),
    f"{_BATCH}/return": _on_batch("return", Role.REVIEWER, reason="请更正"),
    f"{_BATCH}/undo": _on_batch("undo", Role.IMPORTER, reason="误导"),
}
