"""Kept files, addressed by the SHA-256 of their bytes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi import Path as PathParameter
from fastapi.responses import FileResponse

from service.errors import RecordNotFound
from service.register.lookups import find_document
from service.register.storing import stored_path
from service.web.deps import ReadSessionDep, SettingsDep

router = APIRouter()

Sha256 = Annotated[str, PathParameter(pattern="^[0-9a-f]{64}$")]
# What a browser may show on its own; everything else is a download. Whatever it is, it runs nothing.
_SHOWN = {"text/plain": "text/plain; charset=utf-8", "application/pdf": "application/pdf"}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


@router.get("/files/{sha256}")
def file(session: ReadSessionDep, settings: SettingsDep, sha256: Sha256) -> FileResponse:
    """Return the file's bytes; the address says what they are, so they may be kept for ever."""
    document = find_document(session, sha256)
    path = stored_path(settings.documents_dir, sha256)
    if not path.is_file():
        raise RecordNotFound("document", sha256)
    return FileResponse(
        path,
        media_type=_SHOWN.get(document.media_type, "application/octet-stream"),
        filename=f"{sha256[:16]}{_SUFFIXES.get(document.media_type, '')}",
        content_disposition_type="inline" if document.media_type in _SHOWN else "attachment",
        headers={"Content-Security-Policy": _POLICY, "Cache-Control": "public, max-age=86400"},
    )


_SUFFIXES = {"text/plain": ".txt", "application/pdf": ".pdf", "text/csv": ".csv"}
