"""Lists of the desk as files: the rows of the screen, all pages of them, with nothing a spreadsheet would compute."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from tempfile import SpooledTemporaryFile
from typing import IO, Annotated, Final, Literal

from fastapi import Path
from starlette.responses import StreamingResponse

from service.register.open_data import Column, Form, Note, write
from service.vocabulary import Vocabulary
from service.web.staff.desk import Desk
from service.web.templating import language_of

TableForm = Annotated[Literal[Form.CSV, Form.XLSX], Path()]
_IN_MEMORY: Final = 4 * 1024 * 1024
_PIECE: Final = 64 * 1024


def table_file(
    desk: Desk,
    form: Form,
    name: str,
    headings: Mapping[str, str],
    rows: Iterable[Sequence[object]],
    version: int,
) -> StreamingResponse:
    """Return the rows as a file, headed by the names of their columns; CSV begins so that Excel reads it as UTF-8."""
    lang = language_of(desk.request)
    columns = [
        Column(key, heading, heading, lambda _row, _context: None) for key, heading in headings.items()
    ]
    note = Note(name, version, desk.today, lang)
    out: IO[bytes] = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  (the reply closes it)
    plain = (([_plain(value, lang) for value in row], None) for row in rows)
    write(form, columns, plain, note, out, bom=True)  # type: ignore[arg-type]
    size = out.tell()
    out.seek(0)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}-v{version}.{form.value}"',
        "Content-Length": str(size),
    }
    return StreamingResponse(_pieces(out), media_type=form.media_type, headers=headers)


def _plain(value: object, lang: str) -> object:
    return value.label(lang) if isinstance(value, Vocabulary) else value


def _pieces(out: IO[bytes]) -> Iterator[bytes]:
    with out:
        while piece := out.read(_PIECE):
            yield piece
