"""Signing and checking: known answers, every kind of change, keys that come and go."""

from __future__ import annotations

import base64
import json
import random
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import orjson
import pytest
import rfc8785
from conftest import NOW
from hypothesis import given, settings
from hypothesis import strategies as st
from independent_verifier import is_genuine

from service.errors import BadKeyFile, BadProof
from service.proving import MAX_BYTES, SigningKeys, add_key, check, ensure_key, prove, read_keys
from service.settings import Settings

_DOCUMENT = {
    "answer": {"verdict": "authorised", "name": "示例果园", "version": 24, "known_at": None},
    "issuer": "x",
}


@pytest.fixture
def keys(tmp_path) -> SigningKeys:
    add_key(tmp_path / "keys.json", NOW)
    return SigningKeys(tmp_path / "keys.json")


@pytest.fixture
def proof(keys) -> bytes:
    return prove(_DOCUMENT, keys.newest().key)


def problem_of(content: bytes, keys: SigningKeys) -> str:
    with pytest.raises(BadProof) as refused:
        check(content, keys.find)
    return refused.value.problem


# RFC 8785, 3.2.2 to 3.2.4: the example, its canonical form, and the order of names by UTF-16.
def test_the_canonical_form_is_that_of_the_standard():
    given_text = r"""{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }"""
    canonical = (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    assert rfc8785.dumps(json.loads(given_text)).decode() == canonical
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    ordered = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert list(json.loads(rfc8785.dumps(dict.fromkeys(names, 0)))) == ordered


# RFC 8785, appendix B: doubles by their bits.
@pytest.mark.parametrize(
    ("bits", "text"),
    [
        ("0000000000000000", "0"),
        ("8000000000000000", "0"),
        ("0000000000000001", "5e-324"),
        ("7fefffffffffffff", "1.7976931348623157e+308"),
        ("4340000000000001", "9007199254740994"),
        ("44b52d02c7e14af6", "1e+23"),
        ("444b1ae4d6e2ef50", "1e+21"),
        ("3eb0c6f7a0b5ed8d", "0.000001"),
        ("41b3de4355555555", "333333333.3333333"),
        ("becbf647612f3696", "-0.0000033333333333333333"),
    ],
)
def test_numbers_are_written_as_the_standard_says(bits, text):
    import struct

    assert rfc8785.dumps(struct.unpack(">d", bytes.fromhex(bits))[0]).decode() == text


def test_what_was_signed_comes_back(keys, proof):
    found = check(proof, keys.find)
    assert (found.signed, found.kid) == (_DOCUMENT, keys.newest().kid)
    assert rfc8785.dumps(orjson.loads(proof)) == proof


def test_every_change_of_a_single_byte_fails(keys, proof):
    chance = random.Random(8785)
    at = range(len(proof))
    changes = [(place, chance.randrange(1, 256)) for place in at] + [
        (chance.choice(at), chance.randrange(1, 256)) for _ in range(1000)
    ]
    assert len(changes) > 1000
    for place, by in changes:
        changed = bytearray(proof)
        changed[place] ^= by
        with pytest.raises(BadProof):
            check(bytes(changed), keys.find)


def test_every_other_last_letter_of_the_signature_fails(keys, proof):
    """Decoders ignore its last bits: three other letters stand for the same 64 bytes."""
    end = proof.index(b'","signed"') - 1
    for letter in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_":
        if letter != proof[end]:
            assert problem_of(proof[:end] + bytes([letter]) + proof[end + 1 :], keys) == "bad_signature"


@pytest.mark.parametrize(
    "shape",
    [
        lambda proof: b"\xef\xbb\xbf" + proof + b"\r\n",
        lambda proof: json.dumps(json.loads(proof), indent=4, ensure_ascii=True).encode(),
        lambda proof: json.dumps(dict(reversed(json.loads(proof).items()))).encode(),
    ],
)
def test_a_viewer_that_writes_the_same_document_otherwise_changes_nothing(keys, proof, shape):
    assert check(shape(proof), keys.find).signed == _DOCUMENT


def _doubled(document: dict, forged: object) -> Iterator[str]:
    """Every text of the document in which one member, anywhere, stands twice: forged before or after the real one."""
    for name, value in document.items():
        spelled = "".join(f"\\u{ord(letter):04x}" for letter in name)
        for twice in (f'"{name}"', f'"{spelled}"'):
            for pair in ({"*": forged, name: value}, {name: value, "*": forged}):
                text = json.dumps({**{other: document[other] for other in document if other != name}, **pair})
                yield text.replace('"*"', twice)
        for at, part in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(part, dict):
                for text in _doubled(part, forged):
                    whole = [*value[:at], "*", *value[at + 1 :]] if isinstance(value, list) else "*"
                    yield json.dumps({**document, name: whole}).replace('"*"', text)


def test_a_member_that_stands_twice_anywhere_proves_nothing(keys):
    document = {**_DOCUMENT, "evidence": [{"number": "498"}, {"number": "501", "held": {"by": "x"}}]}
    signed = json.loads(prove(document, keys.newest().key))
    known = json.dumps(keys.public()).encode()
    assert is_genuine(json.dumps(signed).encode(), known)
    for forged in ({"verdict": "authorised"}, "x", None):
        texts = list(_doubled(signed, forged))
        assert len(texts) == 4 * 13
        texts.append(json.dumps(signed).replace("null", '{"a": 1, "a": 1}', 1))
        for text in texts:
            assert problem_of(text.encode(), keys) == "not_a_proof", text
            assert not is_genuine(text.encode(), known), text


def _with(proof: bytes, **parts) -> bytes:
    return json.dumps({**json.loads(proof), **parts}).encode()


def _header(**facts) -> str:
    return base64.urlsafe_b64encode(json.dumps(facts).encode()).rstrip(b"=").decode()


def test_other_documents_are_told_from_broken_ones(keys, proof):
    signature = json.loads(proof)["signature"]
    tail = signature.rpartition(".")[2]
    kid = keys.newest().kid
    good = {"alg": "Ed25519", "kid": kid, "typ": "dibiao-proof"}
    for content, problem in (
        (b"", "empty"),
        (b" \n", "empty"),
        (b"x" * (MAX_BYTES + 1), "too_large"),
        (b"[" * 100_000, "not_a_proof"),
        (b'{"signed":' + b'{"a":' * 900 + b"1" + b"}" * 900 + b',"signature":"a..' + b"a" * 86 + b'"}', None),
        (b"\xff\xfe{}", "not_a_proof"),
        (b"PK\x03\x04", "not_a_proof"),
        (b"null", "not_a_proof"),
        (b"{}", "not_a_proof"),
        (_with(proof, more=1), "not_a_proof"),
        (_with(proof, signed=[]), "not_a_proof"),
        (_with(proof, signed={"a": float("1e308") * 10}), "not_a_proof"),
        (_with(proof, signature=1), "not_a_proof"),
        (_with(proof, signature=signature.replace("..", ".e30.")), "not_a_proof"),
        (_with(proof, signature=f"{_header(**good)}..{tail}"), "bad_signature"),
        (_with(proof, signature=f"{_header(**{**good, 'alg': 'none'})}..{tail}"), "bad_signature"),
        (_with(proof, signature=f"{_header(**{**good, 'alg': 'HS256'})}..{tail}"), "bad_signature"),
        (_with(proof, signature=f"{_header(**{**good, 'typ': 'JWT'})}..{tail}"), "bad_signature"),
        (_with(proof, signature=f"{_header(**good, crit=['b64'], b64=False)}..{tail}"), "bad_signature"),
        (_with(proof, signature=f"{_header(**{**good, 'kid': 'other'})}..{tail}"), "unknown_key"),
    ):
        found = problem_of(content, keys)
        assert found == problem or problem is None, content[:80]


@given(
    st.binary(max_size=300)
    | st.recursive(st.none() | st.text() | st.floats(), st.lists).map(repr).map(str.encode)
)
@settings(max_examples=300, deadline=None)
def test_nothing_that_is_brought_breaks_the_check(content):
    with pytest.raises(BadProof):
        check(content, {}.get)


def test_after_a_rotation_new_and_old_proofs_pass_and_only_the_new_key_can_sign(tmp_path, keys, proof):
    path = tmp_path / "keys.json"
    first = keys.newest().kid
    second = add_key(path, NOW + timedelta(days=1))
    third = add_key(path, NOW + timedelta(days=2))
    assert [each.kid for each in keys.all()] == [third, second, first]  # without a restart
    assert [each.signs for each in keys.all()] == [True, False, False]
    assert check(proof, keys.find).kid == first
    assert check(prove(_DOCUMENT, keys.newest().key), keys.find).kid == third
    assert all("d" not in each for each in keys.public()["keys"])
    assert path.read_text().count('"d"') == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_key_that_was_taken_out_of_the_file_proves_nothing_any_more(tmp_path, keys, proof):
    path = tmp_path / "keys.json"
    add_key(path, NOW)
    held = orjson.loads(path.read_bytes())
    path.write_bytes(orjson.dumps({"keys": held["keys"][:1]}))
    assert problem_of(proof, keys) == "unknown_key"


def test_a_proof_of_another_site_is_not_ours(tmp_path, keys):
    add_key(tmp_path / "theirs.json", NOW)
    theirs = SigningKeys(tmp_path / "theirs.json").newest().key
    assert problem_of(prove(_DOCUMENT, theirs), keys) == "unknown_key"
    theirs._dict_value["kid"] = keys.newest().kid  # who names our key does not have it
    forged = prove(_DOCUMENT, theirs)
    assert problem_of(forged, keys) in {"bad_signature", "unknown_key"}


def test_of_many_processes_that_start_at_once_one_makes_the_key(tmp_path):
    path = tmp_path / "data" / "keys.json"
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: ensure_key(path, NOW), range(64)))
    (key,) = read_keys(path)
    assert key.signs
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["keys.json"]
    ensure_key(path, NOW)
    assert read_keys(path)[0].kid == key.kid


def test_a_place_that_cannot_be_written_leaves_the_site_without_a_key(tmp_path):
    (tmp_path / "file").touch()
    ensure_key(tmp_path / "file" / "keys.json", NOW)
    assert SigningKeys(tmp_path / "file" / "keys.json").newest() is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b'{"keys": 1}',
        b'{"keys": [1]}',
        b'{"keys": [{}]}',
        b'{"keys": [{"kty": "oct", "k": "AAAA"}]}',
        b'{"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "AAAA", "kid": "a"}]}',
        b'{"keys": [{"kty": "OKP", "crv": "X25519", "x": "nQRaeJjPD-ZJ1mqXs5KY67r0MwSrqo5_1_VWjCqm2X4", "kid": "a"}]}',
        b'{"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "nQRaeJjPD-ZJ1mqXs5KY67r0MwSrqo5_1_VWjCqm2X4", "kid": "a"}]}',
        b"\xff" * 300_000,
    ],
)
def test_a_file_that_holds_no_keys_is_refused_and_never_overwritten(tmp_path, content):
    path = tmp_path / "keys.json"
    path.write_bytes(content)
    with pytest.raises(BadKeyFile):
        read_keys(path)
    assert SigningKeys(path).newest() is None
    with pytest.raises(BadKeyFile):
        add_key(path, NOW)
    assert path.read_bytes() == content


def test_only_the_embedded_set_up_makes_a_key_by_itself(tmp_path):
    here = {"data_dir": tmp_path}
    assert Settings(**here).signing_keys_path == tmp_path / "signing-keys.json"
    far = "postgresql+psycopg://registry@db/registry"
    assert Settings(**here, database_url=far).signing_keys_path is None
    assert Settings(**here, signing_key_file="").signing_keys_path == tmp_path / "signing-keys.json"
    named = Settings(**here, signing_key_file=tmp_path / "named.json")
    assert (named.signing_keys_path, named.own_signing_key_file) == (tmp_path / "named.json", None)
