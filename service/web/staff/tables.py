"""Lists of the desk as files: the rows of the screen, all pages of them, with nothing a spreadsheet would compute."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Literal

from fastapi import Path
from starlette.responses import StreamingResponse

from service.register.open_data import Form, Heading, Note
from service.vocabulary import Vocabulary
from service.web.staff.desk import Desk
from service.web.table_files import table_file
from service.web.templating import language_of

TableForm = Annotated[Literal[Form.CSV, Form.XLSX], Path()]


def list_file(
    desk: Desk,
    form: Form,
    name: str,
    headings: Mapping[str, str],
    rows: Iterable[Sequence[object]],
    version: int,
) -> StreamingResponse:
    """Return the rows as a file, headed as on the page and in its language; CSV begins so that Excel reads UTF-8."""
    lang = language_of(desk.request)
    columns = [
        Heading(heading if form is Form.CSV else key, heading, "") for key, heading in headings.items()
    ]
    plain = (([_plain(value, lang) for value in row], None) for row in rows)
    return table_file(form, columns, plain, Note(name, version, desk.today), f"{name}-v{version}", bom=True)


def _plain(value: object, lang: str) -> object:
    return value.label(lang) if isinstance(value, Vocabulary) else value
