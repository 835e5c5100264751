"""Answers that can be checked anywhere: canonical JSON (RFC 8785) under an Ed25519 signature (decision 0013)."""

from service.proving.keys import SigningKeys, add_key, ensure_key, read_keys
from service.proving.signing import MAX_BYTES, Proof, check, prove

__all__ = [
    "MAX_BYTES",
    "Proof",
    "SigningKeys",
    "add_key",
    "check",
    "ensure_key",
    "prove",
    "read_keys",
]
