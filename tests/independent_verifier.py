"""Checks a proof with nothing of ours: the standard library and `cryptography`.

python independent_verifier.py PROOF.json JWKS.json
"""

import json
import sys
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def plain(text):
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def coded(content):
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def unique(members):
    if len(dict(members)) < len(members):
        raise ValueError("a name stands twice")
    return dict(members)


def is_genuine(proof: bytes, key_set: bytes) -> bool:
    try:
        document = json.loads(proof.decode(), object_pairs_hook=unique)
        header, nothing, signature = document["signature"].split(".")
        facts = json.loads(plain(header))
        key = next(each for each in json.loads(key_set)["keys"] if each["kid"] == facts["kid"])
        # RFC 8785 for what a proof holds: names in ASCII, texts, whole numbers.
        canonical = json.dumps(
            document["signed"], sort_keys=True, ensure_ascii=False, separators=(",", ":")
        ).encode()
        is_ours = facts["alg"] == "Ed25519" and facts["typ"] == "dibiao-proof" and nothing == ""
        is_strict = document.keys() == {"signature", "signed"} and coded(plain(signature)) == signature
        Ed25519PublicKey.from_public_bytes(plain(key["x"])).verify(
            plain(signature), f"{header}.{coded(canonical)}".encode()
        )
    except (InvalidSignature, KeyError, StopIteration, TypeError, ValueError, AttributeError):
        return False
    return is_ours and is_strict


if __name__ == "__main__":
    sys.exit(0 if is_genuine(*(Path(name).read_bytes() for name in sys.argv[1:])) else "NOT GENUINE")
