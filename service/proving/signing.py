"""Signing a document, and checking what somebody brings: any file may be brought, and only ours passes."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import orjson
import rfc8785
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from service.errors import BadProof
from service.proving.keys import CURVE

MAX_BYTES: Final = 256 * 1024
"""The largest proof that is read; the largest that is made is a fraction of it."""

_TYPE: Final = "dibiao-proof"
_MEMBERS: Final = {"signature", "signed"}
_SIGNATURE: Final = re.compile(r"[A-Za-z0-9_-]{1,600}\.\.[A-Za-z0-9_-]{86}")
_BOM: Final = b"\xef\xbb\xbf"


class _Sizes(jws.JWSRegistry):
    """The sizes that the library lets through, made to fit ours."""

    max_payload_length = MAX_BYTES * 2


_SIZES: Final = _Sizes(algorithms=[CURVE])


@dataclass(frozen=True, slots=True)
class Proof:
    """What was signed, and the name of the key that signed it."""

    signed: dict[str, Any]
    kid: str


def prove(signed: dict[str, Any], key: OKPKey) -> bytes:
    """Return the document with its signature, as canonical JSON.

    The signature is a JWS with detached content (RFC 7515, appendix F) over the canonical form of `signed`.
    """
    header = {"alg": CURVE, "kid": key.kid, "typ": _TYPE}
    whole = jws.serialize_compact(header, rfc8785.dumps(signed), key, registry=_SIZES)
    return rfc8785.dumps({"signature": jws.detach_content(whole), "signed": signed})


def check(content: bytes, find_key: Callable[[str], OKPKey | None]) -> Proof:
    """Return what was signed; space around the document and between its parts does not matter, all else does.

    Raises:
        BadProof: empty, too_large, not_a_proof, unknown_key, or bad_signature.
    """
    if len(content) > MAX_BYTES:
        raise BadProof("too_large")
    content = content.removeprefix(_BOM).strip()
    if not content:
        raise BadProof("empty")
    signature, signed, payload = _parts(content)
    kid = _key_name(signature)
    key = find_key(kid)
    if key is None:
        raise BadProof("unknown_key")
    try:
        jws.deserialize_compact(signature, key, registry=_SIZES, payload=payload)
    except (JoseError, ValueError) as error:
        raise BadProof("bad_signature") from error
    return Proof(signed, kid)


def _parts(content: bytes) -> tuple[str, dict[str, Any], bytes]:
    """Return the signature, what is said to be signed, and its canonical form."""
    try:
        # Not by orjson: of two members with one name it keeps the last, and says nothing of the first.
        found = json.loads(content.decode(), object_pairs_hook=_object)
        if not isinstance(found, dict) or found.keys() != _MEMBERS or not isinstance(found["signed"], dict):
            raise BadProof("not_a_proof")
        signature, signed = found["signature"], found["signed"]
        if not isinstance(signature, str) or _SIGNATURE.fullmatch(signature) is None:
            raise BadProof("not_a_proof")
        return signature, signed, rfc8785.dumps(signed)
    except (ValueError, RecursionError) as error:  # no UTF-8, no JSON, or without a canonical form
        raise BadProof("not_a_proof") from error


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object; its names must be unique (RFC 7493), since readers differ over which of two counts."""
    found = dict(members)
    if len(found) < len(members):
        raise BadProof("not_a_proof")
    return found


def _key_name(signature: str) -> str:
    """Return the key that the signature names; its header must be one that we write."""
    written, _, last = signature.split(".")
    try:
        header = orjson.loads(_decoded(written))
        _decoded(last)
    except (binascii.Error, orjson.JSONDecodeError, RecursionError) as error:
        raise BadProof("bad_signature") from error
    is_ours = isinstance(header, dict) and header.keys() == {"alg", "kid", "typ"}
    if not is_ours or (header["alg"], header["typ"]) != (CURVE, _TYPE) or not isinstance(header["kid"], str):
        raise BadProof("bad_signature")
    return str(header["kid"])


def _decoded(text: str) -> bytes:
    """Return the bytes of a base64url text, refusing the other spellings of the same bytes.

    The last character of a signature carries two bits that decoders ignore: a changed byte would pass.
    """
    decoded = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64.urlsafe_b64encode(decoded).rstrip(b"=") != text.encode():
        raise binascii.Error
    return decoded
