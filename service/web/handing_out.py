"""The register's files: the edition of this moment, built when it is not there yet, and its files as replies."""

from __future__ import annotations

import asyncio
import re
from base64 import b64encode
from typing import Final

import structlog
from fastapi import HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, Response

from service.errors import FilesNotReady, RecordGone, RecordNotFound
from service.register.open_data import PACKED, Edition, FileEntry, revision_of
from service.web.deps import Services
from service.web.revalidating import is_known

_log = structlog.get_logger(__name__)
_RANGE: Final = re.compile(r"bytes=([0-9]{1,15})-([0-9]{0,15})")
_LOOK_EVERY_S: Final = 0.2
_PATIENCE: Final = 100
# Whoever keeps a copy asks again after a day: the law may have withheld a record meanwhile.
_FOR_EVER: Final = "public, max-age=86400, immutable"


async def newest_edition(services: Services) -> Edition:
    """Return the edition of the register as it stands now; the first who asks for it builds it.

    Who waits for another's building holds no thread.

    Raises:
        FilesNotReady: another request or process took longer than one may wait, or the disk refuses.
    """
    for _ in range(_PATIENCE):
        edition = await run_in_threadpool(_found_or_built, services)
        if edition is not None:
            return edition
        await asyncio.sleep(_LOOK_EVERY_S)
    raise FilesNotReady


def _found_or_built(services: Services) -> Edition | None:
    store, now = services.editions, services.clock.now()
    with services.database.reading() as session:
        found = store.find(store.wanted(session, now))
    if found is not None:
        return found
    try:
        built = store.build(now)
    except OSError as error:
        _log.warning("files_not_made", reason=type(error).__name__)
        raise FilesNotReady from error
    # Something may have been withheld while it was being built.
    return built and _kept(services, built.id)


def kept_edition(services: Services, edition_id: str) -> Edition:
    """Return an edition by its id.

    Raises:
        RecordNotFound: there can be none with this id.
        RecordGone: it was taken away, or it is older than a record's being withheld.
    """
    if revision_of(edition_id) is None:
        raise RecordNotFound("edition", "")
    found = _kept(services, edition_id)
    if found is None:
        raise RecordGone("edition", "", "这个版本的文件已不保存；现在的文件见 /api/v1/files。", "gone")
    return found


def _kept(services: Services, edition_id: str) -> Edition | None:
    with services.database.reading() as session:
        return services.editions.find_kept(edition_id, session, services.clock.now())


def address_of(edition: Edition, file: FileEntry) -> str:
    """Return the path below which the file never changes."""
    return f"/api/v1/files/{edition.id}/{file.name}"


def file_reply(
    request: Request, services: Services, edition: Edition, file: FileEntry, *, is_lasting: bool
) -> Response:
    """Return a file of an edition, packed where the client takes that; or 304.

    `is_lasting`: asked for by the address that names the edition; by another the client must ask again each time.
    """
    # The same test as that of the layer above, which would otherwise pack it anew on every request.
    is_packed = file.packed_sha256 is not None and "gzip" in request.headers.get("accept-encoding", "")
    digest = (file.packed_sha256 if is_packed else None) or file.sha256
    tag = f'"{digest[:32]}"'
    sum_ = f"sha-256=:{b64encode(bytes.fromhex(digest)).decode()}:"
    headers = {
        "ETag": tag,
        "Cache-Control": _FOR_EVER if is_lasting else "public, no-cache",
        "Vary": "Accept-Encoding",
        "Content-Location": address_of(edition, file),
        "X-Data-Version": str(edition.revision),
        "X-As-Of": edition.as_of.isoformat(),
    }
    if is_known(request, tag):
        return Response(status_code=304, headers=headers)
    is_part = _asks_for_part(request, file.packed_size if is_packed and file.packed_size else file.size)
    headers |= {
        # Source: RFC 9530. The second speaks of the whole file, also on a reply that holds a part of it.
        **({} if is_part else {"Content-Digest": sum_}),
        "Repr-Digest": sum_,
        **({"Content-Encoding": "gzip"} if is_packed else {}),
        **({"X-Row-Count": str(file.rows)} if file.rows is not None else {}),
    }
    path = services.editions.path(edition, file.name + PACKED if is_packed else file.name)
    return FileResponse(
        path, headers=headers, media_type=file.media_type, filename=f"dibiao-v{edition.id}-{file.name}"
    )


def _asks_for_part(request: Request, size: int) -> bool:
    """Return whether one part of the file is asked for; a request for several, or one that cannot be read, is for all.

    Source: RFC 9110 §14.2: a server may ignore `Range`.

    Raises:
        HTTPException: 416, the part lies outside of the file.
    """
    asked = request.headers.get("range")
    found = _RANGE.fullmatch(asked) if asked else None
    if found is None or (found[2] and int(found[2]) < int(found[1])):
        request.scope["headers"] = [each for each in request.scope["headers"] if each[0] != b"range"]
        return False
    if int(found[1]) >= size:
        raise HTTPException(416, headers={"Content-Range": f"bytes */{size}"})
    return True
