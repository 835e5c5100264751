"""A table sent as a file: written whole while the register is read, named after what it holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fastapi.responses import StreamingResponse

from service.register.open_data import Form, Heading, Note, write
from service.web.spooling import FileReply, spooled

Rows = Iterable[tuple[Sequence[Any], Any]]


def table_file(
    form: Form,
    columns: Sequence[Heading],
    rows: Rows,
    note: Note,
    name: str,
    headers: Mapping[str, str] | None = None,
    *,
    bom: bool = False,
) -> StreamingResponse:
    """Return the rows as a file that is saved as `name` with the ending of its form.

    `bom`: whether CSV begins with one, by which Excel knows UTF-8. The number of rows is a header.
    """
    written = Form.EXCEL_CSV if bom and form is Form.CSV else form
    kept, count = spooled(lambda out: write(written, columns, rows, note, out))  # type: ignore[arg-type]
    own = {"Content-Disposition": f'attachment; filename="{name}.{form.value}"', "X-Row-Count": str(count)}
    return FileReply(kept, form.media_type, {**own, **(headers or {})}, head=b"")
