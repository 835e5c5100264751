"""The whole register as files: what there is, and each file under an address that never changes."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from service.errors import RecordNotFound
from service.register.open_data import DATASETS, DICTIONARY_TYPE, Edition, FileEntry, Form
from service.web.api import shapes
from service.web.api.describing import problem
from service.web.deps import ServicesDep
from service.web.handing_out import address_of, file_reply, kept_edition, newest_edition
from service.web.revalidating import headers_of, is_known, not_modified, tag_of

router = APIRouter(tags=["files"])

EditionId = Annotated[
    str,
    Path(
        max_length=40,
        description="`edition` of the list of files: revision, China day and a hash.",
        examples=["23-2026-11-23-0f1e2d3c"],
    ),
]
FileName = Annotated[
    str, Path(max_length=80, description="`name` of the list of files.", examples=["gi-products.csv"])
]
_MEDIA_TYPES: Final = sorted(
    {form.media_type.partition(";")[0] for form in Form} | {DICTIONARY_TYPE, "text/plain"}
)
_ANY_FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The file.",
        "content": {
            **{media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in _MEDIA_TYPES},
            Form.GEOJSON.media_type: {
                "schema": {"type": "object"},
                "example": {
                    "type": "FeatureCollection",
                    "data_version": 23,
                    "as_of": "2026-11-23",
                    "features": [],
                },
            },
        },
    },
    206: {"description": "A part of the file, where `Range` asks for one."},
    304: {"description": "Unchanged since the answer whose ETag was sent as If-None-Match."},
    416: problem(416, "The part asked for lies outside of the file.", "range_not_satisfiable"),
}


@router.get("/files", response_model=shapes.FilesShape, summary="The whole register as files")
async def list_files(request: Request, services: ServicesDep) -> Any:
    """Return every file of the register as it stands now, with rows, bytes and SHA-256."""
    edition = await newest_edition(services)
    tag = tag_of(edition.revision, "files", edition.id)
    if is_known(request, tag):
        return not_modified(tag)
    shape = shapes.FilesShape(
        items=[_shape(edition, each) for each in edition.files],
        next=None,
        total=len(edition.files),
        edition=edition.id,
        as_of=edition.as_of,
        data_version=edition.revision,
    )
    return Response(shape.model_dump_json(), media_type="application/json", headers=headers_of(tag))


@router.get("/files/{edition}/{name}", response_class=Response, responses=_ANY_FILE, summary="A file")
async def get_file(request: Request, services: ServicesDep, edition: EditionId, name: FileName) -> Response:
    """Return a file of an edition; the bytes under this address never change."""
    found = await run_in_threadpool(kept_edition, services, edition)
    file = found.file(name)
    if file is None:
        raise RecordNotFound("file", "")
    return file_reply(request, services, found, file, is_lasting=True)


def _shape(edition: Edition, file: FileEntry) -> shapes.FileShape:
    dataset = DATASETS[file.dataset] if file.dataset else None
    return shapes.FileShape(
        name=file.name,
        dataset=file.dataset,
        title=dataset.zh if dataset else None,
        title_en=dataset.en if dataset else None,
        format=file.form.value if file.form else None,
        media_type=file.media_type,
        rows=file.rows,
        bytes=file.size,
        sha256=file.sha256,
        url=address_of(edition, file),
        newest_url=_newest(file),
        as_of=edition.as_of,
        built_at=edition.built_at,
        licence=edition.licence or None,
        licence_url=edition.licence_url or None,
        data_version=edition.revision,
    )


def _newest(file: FileEntry) -> str | None:
    if file.form is None:
        return None
    if file.form is Form.EXCEL_CSV:
        return f"/data/{file.dataset}.csv?bom=1"
    return f"/data/{file.name}"
