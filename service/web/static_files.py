"""Static files: one whose address carries its version never changes, any other is asked about again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope


class VersionedFiles(StaticFiles):
    """Files of a folder; `?v=` in the address, which pages put there, lets a browser keep them for ever.

    `is_versioned`: every address of the folder carries a version, in its path.
    """

    def __init__(self, *, directory: Path, is_versioned: bool = False) -> None:
        super().__init__(directory=directory)
        self._is_versioned = is_versioned

    def file_response(
        self, full_path: Any, stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Return the file, or that it has not changed."""
        reply = super().file_response(full_path, stat_result, scope, status_code)
        is_versioned = self._is_versioned or scope["query_string"].startswith(b"v=")
        lasting = "public, max-age=31536000, immutable" if is_versioned else "no-cache"
        reply.headers["Cache-Control"] = lasting
        return reply
