"""Reading named members of a zip archive into memory; nothing is ever unpacked to disk."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import PurePosixPath

from service.errors import UploadRefused

MAX_MEMBERS = 64
MAX_UNPACKED = 64 * 1024 * 1024
_ENCRYPTED = 0x1
_UTF8_NAME = 0x800
_ARCHIVES = frozenset({".zip", ".kmz", ".rar", ".7z", ".gz", ".tar", ".bz2", ".xz"})


class Archive:
    """A zip archive whose directory was found harmless; members are read one by one, each within the limit.

    Raises:
        UploadRefused: damaged, encrypted, too many or too large members, names that lead elsewhere, links,
            doubled names, an archive in the archive.
    """

    def __init__(self, content: bytes, *, members: int = MAX_MEMBERS, unpacked: int = MAX_UNPACKED) -> None:
        self._unpacked = unpacked
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, OSError, RuntimeError, ValueError) as error:
            raise UploadRefused("bad_archive") from error
        found = self._zip.infolist()
        _demand_harmless(found, members, unpacked)
        self._members = {_name(member): member for member in found if not member.is_dir()}

    def names(self, suffixes: Iterable[str]) -> list[str]:
        """Return the names that end so, in lower case or not; what a Mac adds of its own is left out."""
        return [
            name
            for name in self._members
            if PurePosixPath(name).suffix.lower() in suffixes and not name.startswith("__MACOSX/")
        ]

    @property
    def is_over_packed(self) -> bool:
        """Whether it claims to unpack to more than a hundred times its size: no honest table does."""
        members = self._members.values()
        return sum(each.file_size for each in members) > 100 * max(
            sum(each.compress_size for each in members), 10_000
        )

    def read(self, name: str) -> bytes:
        """Return the bytes of a member; what its directory claims of its size is not believed."""
        try:
            with self._zip.open(self._members[name]) as member:
                content = member.read(self._unpacked + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
            raise UploadRefused("bad_archive", name) from error
        if len(content) > self._unpacked:
            raise UploadRefused("too_large_unpacked", name)
        return content


def _demand_harmless(members: list[zipfile.ZipInfo], most: int, unpacked: int) -> None:
    if len(members) > most:
        raise UploadRefused("too_many_members", str(len(members)))
    if sum(member.file_size for member in members) > unpacked:
        raise UploadRefused("too_large_unpacked")
    names = [_name(member).casefold() for member in members]
    if len(set(names)) != len(names):
        raise UploadRefused("doubled_member")
    for member in members:
        _demand_harmless_member(member)


def _demand_harmless_member(member: zipfile.ZipInfo) -> None:
    name = _name(member)
    parts = name.split("/")
    is_odd = any(sign in member.orig_filename for sign in ("\\", ":", "\x00"))
    if is_odd or name.startswith("/") or ".." in parts:
        raise UploadRefused("path_outside", name[:80])
    if stat.S_ISLNK(member.external_attr >> 16):
        raise UploadRefused("link_in_archive", name[:80])
    if member.flag_bits & _ENCRYPTED:
        raise UploadRefused("encrypted", name[:80])
    if PurePosixPath(name).suffix.lower() in _ARCHIVES:
        raise UploadRefused("nested_archive", name[:80])


def _name(member: zipfile.ZipInfo) -> str:
    """Return the name as people meant it: older Windows programs write GBK bytes where zip says cp437."""
    if member.flag_bits & _UTF8_NAME:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename
