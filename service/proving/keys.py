"""The keys of the register: a file of JSON Web Keys, the newest first.

The newest signs. The older ones stay without their private part, so that what they signed can still be checked.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import orjson
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import KeyParameters, OKPKey

from service.errors import BadKeyFile

_log = structlog.get_logger(__name__)
CURVE: Final = "Ed25519"
_MAX_FILE: Final = 256 * 1024
_MADE_AT: Final = "made_at"
_FACTS: Final[KeyParameters] = {"alg": CURVE, "use": "sig"}


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A key of the file and the moment it was made, as written there."""

    key: OKPKey
    made_at: str

    @property
    def kid(self) -> str:
        """The key's name: its thumbprint. Source: RFC 7638."""
        return str(self.key.kid)

    @property
    def signs(self) -> bool:
        """Whether the private part is here."""
        return self.key.is_private

    def public(self) -> dict[str, Any]:
        """Return the public part, for anybody."""
        return self.key.as_dict(private=False)

    def written(self, *, private: bool) -> dict[str, Any]:
        """Return the key as the file holds it."""
        return {**self.key.as_dict(private=private), _MADE_AT: self.made_at}


class SigningKeys:
    """The keys in a file, read again whenever the file was replaced: a rotation needs no restart.

    Where there is no file, or none that can be read, there are no keys and nothing is signed.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._seen: tuple[int, int, int] | None = None
        self._held: tuple[HeldKey, ...] = ()

    def all(self) -> tuple[HeldKey, ...]:
        """Return the keys, the newest first."""
        seen = _identity(self._path) if self._path else None
        if seen != self._seen:
            self._held = self._read(self._path) if self._path and seen else ()
            self._seen = seen
        return self._held

    def newest(self) -> HeldKey | None:
        """Return the key that signs, or None where nothing can be signed."""
        held = self.all()
        return held[0] if held and held[0].signs else None

    def public(self) -> dict[str, list[dict[str, Any]]]:
        """Return the public parts as a JSON Web Key Set. Source: RFC 7517."""
        return {"keys": [each.public() for each in self.all()]}

    def find(self, kid: str) -> OKPKey | None:
        """Return the key of this name."""
        return next((each.key for each in self.all() if each.kid == kid), None)

    @staticmethod
    def _read(path: Path) -> tuple[HeldKey, ...]:
        try:
            return read_keys(path)
        except BadKeyFile as error:
            _log.error("signing_keys_unreadable", problem=error.problem)
            return ()


def _identity(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def read_keys(path: Path) -> tuple[HeldKey, ...]:
    """Return the keys of a file.

    Raises:
        BadKeyFile: it cannot be read, is too large, or is no set of Ed25519 keys.
    """
    try:
        if path.stat().st_size > _MAX_FILE:
            raise BadKeyFile("too_large")
        return _parsed(path.read_bytes())
    except OSError as error:
        raise BadKeyFile("unreadable") from error


def _parsed(content: bytes) -> tuple[HeldKey, ...]:
    try:
        written = orjson.loads(content)["keys"]
        held = tuple(_key(each) for each in written)
    except (orjson.JSONDecodeError, JoseError, KeyError, TypeError, ValueError) as error:
        raise BadKeyFile("not_a_key_set") from error
    if any(each.key.curve_name != CURVE or each.kid != each.key.thumbprint() for each in held):
        raise BadKeyFile("not_a_key_set")
    return held


def _key(written: dict[str, Any]) -> HeldKey:
    facts = {**written}
    made_at = str(facts.pop(_MADE_AT, ""))
    return HeldKey(OKPKey.import_key(facts), made_at)


def add_key(path: Path, now: datetime) -> str:
    """Put a new key before those in the file and return its name; the older ones lose their private part.

    Raises:
        BadKeyFile: what stands there is no file of keys; it is left as it is.
    """
    older = read_keys(path) if path.exists() else ()
    made = _new(now)
    keys = [made.written(private=True), *(each.written(private=False) for each in older)]
    with _beside(path, keys) as written:
        Path(written).replace(path)
    return made.kid


def ensure_key(path: Path, now: datetime) -> None:
    """Make the first key where there is no file yet; when two processes do so at once, one file stays."""
    if path.exists():
        return
    try:
        with _beside(path, [_new(now).written(private=True)]) as written:
            os.link(written, path)
    except FileExistsError:
        return
    except OSError as error:
        # Nothing is signed then, and pages say so; the site itself does not need a key.
        _log.warning("signing_key_not_made", problem=type(error).__name__)


def _new(now: datetime) -> HeldKey:
    key = OKPKey.generate_key(CURVE, _FACTS, auto_kid=True)
    return HeldKey(key, now.isoformat(timespec="seconds"))


@contextmanager
def _beside(path: Path, keys: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield a whole file of the keys beside the path, for its owner alone, to be put in its place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".keys-")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(orjson.dumps({"keys": keys}, option=orjson.OPT_INDENT_2) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        yield name
    finally:
        Path(name).unlink(missing_ok=True)
