"""Makes the files beside it: annexes of made-up announcements in the messy shapes that real ones have.

All firms are fictional: their names begin with 示例 and their codes carry TERT. Run it with the
project's folder on the path; `old.xls` is made only where `xlwt` is installed, which nothing else needs.
"""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from service.identifiers import organisation_check_character, uscc_check_character

FOLDER = Path(__file__).parent
FRUIT, TEA, RICE = "示例·云雾果", "示例·石上茶", "示例·溪畔米"
HEADER = ("序号", "产品名称", "企业名称", "统一社会信用代码", "地址", "法定代表人", "核准商标", "备注")
_WIDE = {code: chr(code + 0xFEE0) for code in range(0x21, 0x7F)}


def code(number: int, start: str = "91500114") -> str:
    """Return the code of the fictional firm with this number."""
    body = f"TERT{number:04d}"
    seventeen = f"{start}{body}{organisation_check_character(body)}"
    return seventeen + uscc_check_character(seventeen)


def wide(text: str) -> str:
    """Return a text in full-width characters."""
    return text.translate(_WIDE)


def firm(number: int) -> str:
    """Return a fictional firm's name."""
    return f"示例附件第{number}果茶有限公司"


def row(serial: int | str, product: str, number: int, written: str | None = None) -> list[object]:
    """Return a row of an annex that approves."""
    written = code(number) if written is None else written
    return [
        serial,
        product,
        firm(number),
        written,
        f"示例村{number}组（虚构）",
        "示例人",
        f"示例牌{number}",
        None,
    ]


def title(sheet: Worksheet, text: str, columns: int = len(HEADER)) -> None:
    """Add a title over all columns."""
    sheet.append([text])
    sheet.merge_cells(start_row=sheet.max_row, end_row=sheet.max_row, start_column=1, end_column=columns)


def declared_48_rows_47() -> Workbook:
    """The text says 48 firms, the table has 47: merged products, full-width codes, a total and notes."""
    book = Workbook()
    sheet = book.active
    sheet.title = "附件"
    title(sheet, "附件")
    title(sheet, "示例机关公告2026年第901号：48家核准使用地理标志专用标志企业名单（虚构）")
    sheet.append([])
    sheet.append(
        ["序号", "产品\n名称", "企业名称", "统一社会\n信用代码", "地址", "法定代表人", "核准商标", "备注"]
    )
    for number in range(1, 48):
        written = code(number)
        if number % 5 == 0:
            written = wide(written)
        if number % 7 == 0:
            written = f" {written[:9]}\n{written[9:]} "
        first = number in {1, 31}
        product = (f"{FRUIT}（示例云果）" if number <= 30 else FRUIT) if first else None
        sheet.append(row(wide(str(number)) if number % 3 == 0 else number, product, number, written))  # type: ignore[arg-type]
    sheet.merge_cells(start_row=5, end_row=34, start_column=2, end_column=2)
    sheet.merge_cells(start_row=35, end_row=51, start_column=2, end_column=2)
    sheet.append(["合计", None, "共48家"])
    sheet.append(["注：本表为演示而虚构，与任何真实单位无关。"])
    book.create_sheet("填报说明").append(["本表由示例机关填报"])
    hidden = book.create_sheet("旧表")
    hidden.append(["企业名称", "产品名称"])
    hidden.sheet_state = "hidden"
    return book


def approvals_beside_changes() -> Workbook:
    """One sheet with two tables: approvals, and changes under a header of two rows."""
    book = Workbook()
    sheet = book.active
    title(sheet, "示例机关公告2026年第902号（虚构）")
    title(sheet, "附件1 3家核准使用专用标志企业名单")
    sheet.append(HEADER)
    for serial, number in enumerate((101, 102, 103), start=1):
        sheet.append(row(serial, FRUIT, number))
    sheet.append(["合计", "", "3家"])
    sheet.append([])
    title(sheet, "附件2 2家企业变更信息")
    line = sheet.max_row + 1
    sheet.append(["序号", "产品名称", "统一社会信用代码", "变更前", None, "变更后", None])
    sheet.append([None, None, None, "企业名称", "地址", "企业名称", "地址"])
    for column in (1, 2, 3):
        sheet.merge_cells(start_row=line, end_row=line + 1, start_column=column, end_column=column)
    sheet.merge_cells(start_row=line, end_row=line, start_column=4, end_column=5)
    sheet.merge_cells(start_row=line, end_row=line, start_column=6, end_column=7)
    sheet.append(
        [
            1,
            FRUIT,
            "91500114MA0TERT087",
            "示例云岭果茶有限公司",
            None,
            "示例云岭果茶集团有限公司",
            "示例路9号（虚构）",
        ]
    )
    sheet.append(
        [
            2,
            FRUIT,
            "93500114MA0TERT081",
            "示例青杠果业专业合作社",
            "示例村1组（虚构）",
            None,
            "示例村8组（虚构）",
        ]
    )
    return book


def codes_as_numbers() -> Workbook:
    """What spreadsheets do to codes: numbers, scientific text, letters for digits, formulas, identity numbers."""
    book = Workbook()
    sheet = book.active
    title(sheet, "示例机关公告2026年第903号：8家（虚构）")
    sheet.append(HEADER)
    written: list[object] = [
        code(201),
        9.15001140000000e17,
        "9.15E+17",
        code(204).replace("0", "O"),
        "500114000012345",
        '="91500114"&"X"',
        "11010519491231002X",
        code(208)[:-1] + ("0" if code(208)[-1] != "0" else "1"),
    ]
    for serial, cell in enumerate(written, start=1):
        sheet.append(
            [serial, FRUIT, firm(200 + serial), cell, "示例村（虚构）", "示例人", f"示例牌{serial}", None]
        )
    return book


def deregistrations() -> Workbook:
    """A table that ends authorisations, with the grounds in the words of the rules."""
    book = Workbook()
    sheet = book.active
    title(sheet, "示例机关公告2026年第904号：注销3家企业专用标志使用资格（虚构）", 5)
    sheet.append(["序号", "企业名称", "统一社会信用代码", "产品名称", "注销原因"])
    sheet.append([1, firm(1), code(1), FRUIT, "已不再从事该产品的生产"])
    sheet.append([2, firm(2), code(2), FRUIT, "使用人申请注销。"])
    sheet.append([3, firm(3), code(3), FRUIT, "其他原因"])
    return book


def gbk_csv() -> bytes:
    """A csv as Chinese Excel saves it: GBK, no byte-order mark."""
    lines = [("序号", "企业名称", "统一社会信用代码", "产品名称", "使用商标")]
    lines += [
        (str(n), firm(300 + n), code(300 + n), FRUIT if n == 1 else "", f"示例牌{n}") for n in (1, 2, 3)
    ]
    return "".join(",".join(line) + "\r\n" for line in lines).encode("gbk")


def pasted_text() -> str:
    """A table pasted from a web page: tabs, a title, and a total."""
    lines = ["示例机关公告2026年第905号 2家企业（虚构）", "序号\t生产者名称\t信用代码\t地理标志产品名称"]
    lines += [f"{n}\t{firm(400 + n)}\t{code(400 + n)}\t{FRUIT}" for n in (1, 2)]
    return "\n".join([*lines, "合计\t2家", ""])


def old_xls(target: Path) -> None:
    """Write an old binary workbook, if a library that can is installed."""
    try:
        import xlwt
    except ImportError:
        return
    book = xlwt.Workbook()
    sheet = book.add_sheet("附件1")
    sheet.write_merge(0, 0, 0, 4, "示例机关公告2017年第21号 附件1：4家企业名单（虚构）")
    for column, heading in enumerate(("序号", "申请人", "社会信用代码", "产品名称", "商标")):
        sheet.write(1, column, heading)
    for n in range(1, 5):
        for column, cell in enumerate((float(n), firm(500 + n), code(500 + n), FRUIT, f"示例牌{n}")):
            if column != 3:
                sheet.write(1 + n, column, cell)
    sheet.write_merge(2, 5, 3, 3, FRUIT)
    book.save(str(target))


def main() -> None:
    """Write every file."""
    for name, book in {
        "48-declared-47-rows.xlsx": declared_48_rows_47(),
        "approvals-beside-changes.xlsx": approvals_beside_changes(),
        "codes-as-numbers.xlsx": codes_as_numbers(),
        "deregistrations.xlsx": deregistrations(),
    }.items():
        book.save(FOLDER / name)
        book.close()
    (FOLDER / "gbk.csv").write_bytes(gbk_csv())
    (FOLDER / "pasted.txt").write_text(pasted_text(), encoding="utf-8")
    old_xls(FOLDER / "old.xls")


if __name__ == "__main__":
    main()
