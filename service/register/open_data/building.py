"""Building an edition: every table is read once in one transaction, then written in each of its kinds."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import orjson
from sqlalchemy.orm import Session

from service.register.open_data.columns import Context, Dataset, Form, Value
from service.register.open_data.datasets import DATASETS
from service.register.open_data.edition import MANIFEST, PACKED, Edition, FileEntry
from service.register.open_data.reading import rows_of, values_of
from service.register.open_data.writing import Note, write

DICTIONARY: Final = "datapackage.json"
DICTIONARY_TYPE: Final = "application/vnd.datapackage+json"
_CAVEATS: Final = (
    "本文件不是法律文书；以国家知识产权局公告和主管部门的认定为准。",
    "Not a legal document; the announcements of CNIPA and the competent offices prevail.",
)
_PIECE: Final = 1024 * 1024
_TYPES: Final[tuple[tuple[type, str], ...]] = (
    (bool, "boolean"),  # before int, which it is to Python
    (int, "integer"),
    (float, "number"),
    (date, "date"),
    (str, "string"),
)


@dataclass(frozen=True, slots=True)
class Imprint:
    """What an edition says of itself besides its rows."""

    key: str
    revision: int
    as_of: date
    built_at: datetime
    base_url: str
    licence: str
    licence_url: str

    def note(self, dataset: Dataset) -> Note:
        """Return what each file of a table says of itself."""
        licence = f"许可：{self.licence or '未声明'} licence: {self.licence or 'not declared'}"
        title = f"{dataset.zh} {dataset.en}"
        return Note(title, self.revision, self.as_of, (licence, *_CAVEATS))


def spool(
    session: Session, folder: Path, imprint: Imprint, still: Callable[[], None]
) -> dict[str, list[str]]:
    """Write the rows of every table into the folder, as they stand in the session's one moment.

    Returns the type of each column by table. `still` is called between tables and may raise to give up.
    """
    context = Context(imprint.as_of, imprint.base_url)
    types = {}
    for dataset in DATASETS.values():
        still()
        seen: list[set[str]] = [set() for _ in dataset.columns]
        with _spooled(folder, dataset).open("wb") as out:
            for row in rows_of(session, dataset, shapes=dataset.geometry is not None):
                values = values_of(dataset, row, context)
                _note_types(seen, values)
                shape = dataset.geometry(row) if dataset.geometry and row.withdrawal is None else None
                out.write(orjson.dumps([values, shape]) + b"\n")
        types[dataset.name] = [_type(each) for each in seen]
    return types


def build(folder: Path, imprint: Imprint, types: dict[str, list[str]], still: Callable[[], None]) -> Edition:
    """Write every file of the edition from the rows in the folder; return what it holds, also as its manifest."""
    files = []
    for dataset in DATASETS.values():
        for form in dataset.forms:
            still()
            path = folder / f"{dataset.name}.{form}"
            with path.open("wb") as out:
                rows = write(form, dataset.columns, _rows(folder, dataset), imprint.note(dataset), out)
            files.append(_entry(path, form.media_type, dataset.name, form, rows))
        _spooled(folder, dataset).unlink()
    dictionary = folder / DICTIONARY
    dictionary.write_bytes(orjson.dumps(_dictionary(imprint, files, types), option=orjson.OPT_INDENT_2))
    files.append(_entry(dictionary, DICTIONARY_TYPE))
    sums = "".join(f"{each.sha256}  {each.name}\n" for each in files)
    sums_file = folder / "SHA256SUMS"
    sums_file.write_text(sums, encoding="utf-8")
    digest = hashlib.sha256(sums.encode()).hexdigest()[:8]
    files.append(_entry(sums_file, "text/plain; charset=utf-8"))
    edition = Edition(
        id=f"{imprint.revision}-{imprint.as_of.isoformat()}-{digest}",
        key=imprint.key,
        revision=imprint.revision,
        as_of=imprint.as_of,
        built_at=imprint.built_at,
        licence=imprint.licence,
        licence_url=imprint.licence_url,
        files=tuple(files),
    )
    (folder / MANIFEST).write_text(edition.model_dump_json(), encoding="utf-8")
    _sync(folder)
    return edition


def _sync(folder: Path) -> None:
    """Wait for the disk: a power cut must not leave half a file under an address that never changes."""
    for path in folder.iterdir():
        with path.open("rb") as found:
            os.fsync(found.fileno())


def _spooled(folder: Path, dataset: Dataset) -> Path:
    return folder / f"{dataset.name}.rows"


def _rows(folder: Path, dataset: Dataset) -> Iterator[tuple[Sequence[Value], Any]]:
    with _spooled(folder, dataset).open("rb") as lines:
        for line in lines:
            values, shape = orjson.loads(line)
            yield values, shape


def _note_types(seen: list[set[str]], values: Sequence[Value]) -> None:
    for types, value in zip(seen, values, strict=True):
        if value is not None:
            types.add(next(name for kind, name in _TYPES if isinstance(value, kind)))


def _type(seen: set[str]) -> str:
    if seen == {"integer", "number"}:
        return "number"
    return seen.pop() if len(seen) == 1 else "any"


def _entry(
    path: Path, media_type: str, dataset: str | None = None, form: Form | None = None, rows: int | None = None
) -> FileEntry:
    packed = _pack(path) if form is not Form.XLSX else None  # which is compressed already
    return FileEntry(
        name=path.name,
        dataset=dataset,
        form=form,
        media_type=media_type,
        rows=rows,
        size=path.stat().st_size,
        sha256=_sha256(path),
        packed_size=packed.stat().st_size if packed else None,
        packed_sha256=_sha256(packed) if packed else None,
    )


def _pack(path: Path) -> Path:
    packed = path.with_name(path.name + PACKED)
    with path.open("rb") as plain, packed.open("wb") as out, gzip.GzipFile("", "wb", 6, out, 0) as packing:
        shutil.copyfileobj(plain, packing, _PIECE)
    return packed


def _sha256(path: Path) -> str:
    with path.open("rb") as found:
        return hashlib.file_digest(found, "sha256").hexdigest()


def _dictionary(imprint: Imprint, files: Sequence[FileEntry], types: dict[str, list[str]]) -> dict[str, Any]:
    """Return what every column means, for people and programs. Source: Frictionless Data Package 1."""
    licence = {"name": imprint.licence, "path": imprint.licence_url or None}
    return {
        "name": "dibiao",
        "title": "黔江区地理标志与品牌登记",
        "description": "GI and brand register of Qianjiang District",
        "version": str(imprint.revision),
        "as_of": imprint.as_of,
        "homepage": f"{imprint.base_url}/data",
        **({"licenses": [{key: each for key, each in licence.items() if each}]} if imprint.licence else {}),
        "resources": [
            _resource(DATASETS[each.dataset], each, types[each.dataset])
            for each in files
            if each.dataset is not None and each.form is Form.CSV
        ],
    }


def _resource(dataset: Dataset, file: FileEntry, types: Sequence[str]) -> dict[str, Any]:
    return {
        "name": dataset.name,
        "title": dataset.zh,
        "description": dataset.en,
        "path": file.name,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
        "rows": file.rows,
        "schema": {
            "fields": [
                {"name": column.name, "title": column.zh, "description": column.en, "type": type_}
                for column, type_ in zip(dataset.columns, types, strict=True)
            ]
        },
    }
