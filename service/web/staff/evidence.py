"""Files that stand behind drafts and records, for those who check them; the public sees only what is published open."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import FileResponse

from service.errors import RecordNotFound
from service.register.storing import stored_path
from service.vocabulary import StaffAct
from service.web.staff.desk import Desk, reads

router = APIRouter()


@router.get("/staff/evidence/{sha256}")
def evidence(
    desk: Annotated[Desk, reads(StaffAct.READ_RECORDS)],
    sha256: Annotated[str, Path(pattern="^[0-9a-f]{64}$")],
) -> FileResponse:
    """Return the kept file to be saved; nothing of it is ever shown as a page of ours."""
    path = stored_path(desk.services.settings.documents_dir, sha256)
    if not path.is_file():
        raise RecordNotFound("document", sha256)
    return FileResponse(path, media_type="application/octet-stream", filename=sha256)
