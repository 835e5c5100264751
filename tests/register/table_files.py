"""Tables for tests of importing: as a csv, as a workbook, and what is told of one that is refused."""

from __future__ import annotations

import openpyxl
import pytest
from sqlalchemy import func, select

from service.errors import ImportRefused
from service.register.models import Revision

SOURCED = {"source": "测试", "source_level": "official_page"}


def a_table(folder, rows, name="table.csv", encoding="utf-8"):
    """A csv of these rows (dicts); the first row's keys are the header."""
    header = list(rows[0])
    lines = [header, *[[str(row.get(key, "")) for key in header] for row in rows]]
    path = folder / name
    path.write_text("\n".join(",".join(line) for line in lines) + "\n", encoding=encoding)
    return path


def a_workbook(folder, rows, name="table.xlsx"):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / name)
    book.close()
    return folder / name


def refused(desk, path, kind=None, *, publish=True):
    """The problems for which a file was refused, and nothing of it was kept."""
    before = desk.session.scalar(select(func.count()).select_from(Revision))
    with pytest.raises(ImportRefused) as error:
        desk.import_(path, kind, publish=publish)
    if not publish:
        assert desk.session.scalar(select(func.count()).select_from(Revision)) == before
    return error.value.problems
