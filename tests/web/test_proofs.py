"""A proof from its link to its check: on the page, on the command line, by somebody else's program, and years later."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import orjson
import pytest
import rfc8785
from conftest import NOW
from independent_verifier import is_genuine
from serving import seeded_settings
from starlette.testclient import TestClient
from typer.testing import CliRunner

from service.app import create_app
from service.calendar import FixedClock
from service.cli import app as command_line
from service.proving import MAX_BYTES, add_key
from service.register.database import Database
from service.settings import Settings, get_settings
from service.web.api.shapes import ProofShape, VerifyShape

sys.path.insert(0, str(Path(__file__).parents[1] / "register"))
import factories

GOOD = "/api/v1/verify/proof?code=93500114MA0TERT081&target=shili-yunwuguo"
ENDED = "/api/v1/verify/proof?code=91500114MA0TERT32P&target=shili-yunwuguo&on=2023-08-14"


def check(client, content: bytes, prefix: str = ""):
    return client.post(f"{prefix}/verify/proof", files={"file": ("proof.json", content, "application/json")})


def signed_of(content: bytes) -> dict:
    return orjson.loads(content)["signed"]


@pytest.fixture
def own(backend, registers, tmp_path):
    """A site whose register, keys and clock a test may change."""
    settings = seeded_settings(tmp_path, registers, backend, FixedClock(NOW))
    return settings, lambda at=NOW: TestClient(
        create_app(settings, FixedClock(at), works=False),
        "http://127.0.0.1:8000",
        raise_server_exceptions=False,
    )


@pytest.fixture(scope="module")
def strict(registers, tmp_path_factory):
    """A site of its own that counts what is asked of it."""
    settings = seeded_settings(tmp_path_factory.mktemp("strict"), registers, "spatialite", FixedClock(NOW))
    app = create_app(settings, FixedClock(NOW), works=False)
    with TestClient(app, "http://127.0.0.1:8000", raise_server_exceptions=False) as client:
        yield client


def test_the_proof_holds_the_very_answer_of_the_plain_route(client):
    reply = client.get(GOOD)
    assert reply.headers["cache-control"] == "no-store"
    assert (
        reply.headers["content-disposition"]
        == 'attachment; filename="dibiao-93500114MA0TERT081-2026-11-23.json"'
    )
    document = orjson.loads(reply.content)
    assert document["signed"]["answer"] == client.get(GOOD.replace("/proof", "")).json()
    assert ProofShape.model_validate(document).signed.question.target == "shili-yunwuguo"
    assert rfc8785.dumps(document) == reply.content
    assert len(reply.content) < MAX_BYTES / 10


def test_a_proof_can_be_had_of_every_answer_that_concludes(client):
    rows = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    addresses = re.findall(r"`(/api/v1/verify\?[^`]+)`", rows)
    seen = set()
    for address in addresses:
        verdict = client.get(address).json()["verdict"]
        reply = client.get(address.replace("/verify?", "/verify/proof?"))
        if verdict in {"choose_product", "ambiguous"}:
            assert (reply.status_code, reply.json()["code"]) == (422, "nothing_to_prove")
            continue
        assert reply.status_code == 200, address
        assert VerifyShape.model_validate(signed_of(reply.content)["answer"]).verdict == verdict
        page = check(client, reply.content)
        assert page.status_code == 200, address
        assert "与凭证相同" in page.text, address
        seen.add(verdict)
    assert len(seen) == 8


@pytest.mark.parametrize(
    ("typed", "signed"),
    [
        ("示例·云雾果", "shili-yunwuguo"),
        ("QJ-GI-9001", "shili-yunwuguo"),
        ("90000001", "90000001"),
        (None, None),
    ],
)
def test_the_question_is_signed_in_the_register_s_words(client, typed, signed):
    params = {"code": "９３５００１１４ma0tert081", **({"target": typed} if typed else {})}
    reply = client.get("/api/v1/verify/proof", params=params)
    assert signed_of(reply.content)["question"] == {
        "code": "93500114MA0TERT081", "target": signed, "on": None, "known_at": None,
    }  # fmt: skip


def test_nobody_gets_words_of_their_own_signed(client):
    words = "本局担保这家单位"
    for code in ("Y1500114MJTERT0017", "91500114MA1TERT42Y", "93500114MA0TERT081"):
        assert words not in client.get("/api/v1/verify/proof", params={"code": code, "target": words}).text


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("code=93500114MA0TERT082", 422, "uscc_checksum"),
        ("code=11010519491231002X", 422, "looks_like_id"),
        ("code=93500114MA0TERT081&known_at=2030-01-01T00:00:00%2B08:00", 422, "bad_date"),
        ("code=93500114MA0TERT081&proof=1", 422, "unknown_parameter"),
        ("", 422, "missing_parameter"),
    ],
)
def test_a_wrong_question_has_the_answer_it_has_without_a_proof(client, query, status, code):
    reply = client.get(f"/api/v1/verify/proof?{query}")
    assert (reply.status_code, reply.json()["code"]) == (status, code)


def test_the_verdict_page_offers_the_proof_of_what_it_shows(client):
    for path in (
        "/verify?code=QJ-AU-9001",
        "/v/93500114MA0TERT081?target=示例·云雾果&on=2022-06-01",
        "/en/v/QJ-AU-9001",
    ):
        page = client.get(path).text
        found = re.search(r'href="(/api/v1/verify/proof\?[^"]+)" download', page)
        assert found is not None
        answer = signed_of(client.get(found[1].replace("&amp;", "&")).content)["answer"]
        assert answer["headline"] in page or path.startswith("/en")
    for path in ("/verify?code=91500114MA0TERT087", "/verify?code=91500114MA1TERT42Y&target=shili-yunwuguo"):
        assert "/verify/proof?" not in client.get(path).text


def test_the_published_keys_hold_nothing_private_and_may_be_read_from_anywhere(client):
    reply = client.get("/.well-known/jwks.json")
    (key,) = reply.json()["keys"]
    assert key.keys() == {"kty", "crv", "x", "alg", "use", "kid"}
    assert reply.headers["access-control-allow-origin"] == "*"
    assert reply.headers["content-type"] == "application/jwk-set+json"


def test_a_program_of_somebody_else_finds_the_same(client, tmp_path):
    proof, keys = client.get(GOOD).content, client.get("/.well-known/jwks.json").content
    assert is_genuine(proof, keys)
    chance = random.Random(27)
    for _ in range(1000):
        changed = bytearray(proof)
        changed[chance.randrange(len(proof))] ^= chance.randrange(1, 256)
        assert not is_genuine(bytes(changed), keys)
    program = Path(__file__).parents[1] / "independent_verifier.py"
    assert len(program.read_text(encoding="utf-8").splitlines()) <= 50
    names = re.findall(r"^(?:from|import) (\w+)", program.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(names) == {"json", "sys", "base64", "pathlib", "cryptography"}
    (tmp_path / "p.json").write_bytes(proof)
    (tmp_path / "k.json").write_bytes(keys)
    done = subprocess.run(
        [sys.executable, "-I", program, tmp_path / "p.json", tmp_path / "k.json"], check=False
    )
    assert done.returncode == 0


def test_the_page_says_what_was_signed_when_and_by_which_key(client):
    proof = client.get(GOOD).content
    kid = client.get("/.well-known/jwks.json").json()["keys"][0]["kid"]
    for prefix, words in (("", "凭证属实，结论没有变"), ("/en", "The proof is genuine and still stands")):
        page = check(client, proof, prefix)
        assert page.status_code == 200
        assert page.headers["cache-control"] == "no-store"
        for said in (words, kid, "示例青杠果业专业合作社", "93500114MA0TERT081", "12:00:00"):
            assert said in page.text
    pasted = client.post("/verify/proof", data={"text": json.dumps(json.loads(proof), indent=2)})
    assert "凭证属实，结论没有变" in pasted.text


def test_a_past_answer_that_has_ended_is_never_green(client):
    page = check(client, client.get(ENDED).content).text
    assert "所查那一天的回答相同，今天的回答不同" in page
    assert "gi-verdict-card-warn" in page
    assert "gi-verdict-card-good" not in page


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_changed_byte_proves_nothing(client, prefix):
    proof = client.get(GOOD).content
    for changed in (
        proof.replace("第四九八号".encode(), "第四九九号".encode(), 1),
        proof.replace(b"authorised", b"authorized", 1),
        proof[:-2],
        proof.replace(b"..", b"..A", 1),
    ):
        page = check(client, changed, prefix)
        assert page.status_code == 422
        assert ("不能作为凭证" if not prefix else "This proves nothing") in page.text
        assert "gi-verdict-card" not in page.text


def test_a_forged_answer_beside_the_real_one_proves_nothing(client, tmp_path):
    """Readers differ over which of two equal names counts: one would show the forged answer, another the real one."""
    proof, keys = client.get(GOOD).content, client.get("/.well-known/jwks.json").content
    forged = proof.replace(b'"answer":{', b'"answer":{"headline":"forged"},"answer":{', 1)
    assert forged != proof
    for prefix, words in (("", "这不是本站的凭证"), ("/en", "This is no proof of this site")):
        page = check(client, forged, prefix)
        assert page.status_code == 422
        assert words in page.text
    assert not is_genuine(forged, keys)
    (tmp_path / "p.json").write_bytes(forged)
    (tmp_path / "k.json").write_bytes(keys)
    words = ["verify-proof", str(tmp_path / "p.json"), "--keys", str(tmp_path / "k.json")]
    assert CliRunner().invoke(command_line, words).exit_code == 1


def test_words_in_a_document_that_is_not_ours_are_never_shown(client):
    forged = json.loads(client.get(GOOD).content)
    forged["signed"]["answer"]["headline"] = "<script>alert(1)</script>可以使用"
    page = check(client, json.dumps(forged).encode())
    assert page.status_code == 422
    assert "可以使用</" not in page.text
    assert "alert(1)" not in page.text
    pasted = client.post("/verify/proof", data={"text": "</textarea><script>alert(1)</script>"})
    assert pasted.text.count("</textarea>") == 1
    assert "<script>alert" not in pasted.text


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"data": {}}, 422),
        ({"data": {"text": " "}}, 422),
        ({"data": {"text": "[" * 5000}}, 422),
        ({"data": {"text": "x" * (MAX_BYTES + 1)}}, 422),
        ({"files": {"file": ("a.json", b"")}}, 422),
        ({"files": {"file": ("a.json", b"y" * (MAX_BYTES + 1))}}, 422),
        ({"files": {"file": ("../../etc/passwd", b"PK\x03\x04" + b"\x00" * 1000)}}, 422),
        ({"files": {"file": ("a.json", b"z" * 2_000_000)}}, 413),
        ({"files": [("file", ("a.json", b"{}")), ("file", ("b.json", b"{}"))]}, 422),
        ({"files": {"text": ("a.json", b"{}")}}, 422),
        ({"content": b"{}", "headers": {"content-type": "application/json"}}, 422),
        ({"content": b"--x", "headers": {"content-type": "multipart/form-data; boundary=x"}}, None),
        (
            {
                "content": b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n\\ud800\r\n--x--\r\n',
                "headers": {"content-type": "multipart/form-data; boundary=x; charset=unicode_escape"},
            },
            422,
        ),
    ],
)
def test_what_is_no_proof_gets_an_answer_and_no_fault_of_ours(strict, sent, status):
    reply = strict.post("/verify/proof", **sent)
    assert 400 <= reply.status_code < 500
    assert reply.status_code == status or status is None
    assert strict.get("/healthz").status_code == 200


def test_the_sixty_first_check_within_a_minute_waits_and_keeps_what_was_pasted(own):
    _, site = own
    with site() as client:
        for _ in range(60):
            assert client.post("/verify/proof", data={"text": "x"}).status_code == 422
        reply = client.post("/verify/proof", data={"text": "something pasted"})
    assert reply.status_code == 429
    assert 0 < int(reply.headers["retry-after"]) <= 60
    assert "something pasted" in reply.text


def test_a_firm_that_is_deregistered_later_is_told_from_its_proof(own):
    settings, site = own
    with site() as client:
        proof = client.get(GOOD).content
        assert "凭证属实，结论没有变" in check(client, proof).text
        database = Database(settings.effective_database_url)
        with database.writing() as session:
            factories.published(
                session,
                "authorisation_event",
                authorisation="QJ-AU-9002",
                event="deregistered",
                effective_on="2026-11-23",
                ground="voluntary",
            )
        database.dispose()
        page = check(client, proof).text
    assert "凭证属实，但结论已经变了" in page
    assert "与凭证不同：结论、原因。" in page
    assert "gi-verdict-card-good" not in page


def test_years_later_the_day_of_the_proof_and_today_are_both_asked(own):
    _, site = own
    with site() as client:
        proof = client.get(GOOD).content
    with site(NOW + timedelta(days=800)) as client:
        page = check(client, proof).text
    assert "今天，2029年1月31日" in page
    assert "所查的那一天，2026年11月23日" in page


def test_a_retired_key_is_still_checked_against_and_named_as_such(own):
    settings, site = own
    with site() as client:
        proof = client.get(GOOD).content
        new = add_key(settings.signing_key_file, NOW)
        page = check(client, proof).text
        assert "凭证属实" in page
        assert "已停止签发" in page
        keys = client.get("/.well-known/jwks.json").content
        assert next(each["kid"] for each in json.loads(keys)["keys"]) == new
        assert is_genuine(proof, keys)
        assert is_genuine(client.get(GOOD).content, keys)


@pytest.mark.parametrize("content", [None, "{}"])
def test_without_a_key_nothing_is_offered_and_the_page_says_so(backend, registers, tmp_path, content):
    path = tmp_path / "missing.json"
    if content is not None:
        path.write_text(content)
    settings = Settings(
        data_dir=tmp_path, database_url=registers.make(backend, "seeded"), signing_key_file=path
    )
    with TestClient(create_app(settings, FixedClock(NOW), works=False), "http://127.0.0.1:8000") as client:
        reply = client.get(GOOD)
        assert (reply.status_code, reply.json()["code"]) == (404, "proof_not_offered")
        page = client.get("/verify?code=QJ-AU-9001").text
        assert "/api/v1/verify/proof" not in page
        assert "本站没有配置签名密钥" in page
        assert "本站没有配置签名密钥" in client.get("/verify/proof").text
        assert client.get("/.well-known/jwks.json").json() == {"keys": []}
    assert path.exists() is (content is not None)  # a key that was named is never made


def test_the_command_checks_offline(client, tmp_path, monkeypatch):
    (tmp_path / "p.json").write_bytes(client.get(GOOD).content)
    (tmp_path / "bad.json").write_bytes(client.get(GOOD).content.replace(b"authorised", b"authorizes", 1))
    (tmp_path / "k.json").write_bytes(client.get("/.well-known/jwks.json").content)

    def run(*words):
        return CliRunner().invoke(command_line, ["verify-proof", *map(str, words)])

    keys = ("--keys", tmp_path / "k.json")
    good = run(tmp_path / "p.json", *keys)
    assert good.exit_code == 0, good.output
    assert "93500114MA0TERT081" in good.output
    assert run(tmp_path / "bad.json", *keys).exit_code == 1
    assert run(tmp_path / "nothing.json", *keys).exit_code == 1
    assert run(tmp_path / "p.json", "--keys", tmp_path / "p.json").exit_code == 1
    monkeypatch.setenv("DIBIAO_DATA_DIR", str(tmp_path))
    get_settings.cache_clear()
    try:
        assert run(tmp_path / "p.json").exit_code == 1  # no keys of this site yet
        made = CliRunner().invoke(command_line, ["signing-key", "new"])
        assert made.exit_code == 0
        assert run(tmp_path / "p.json").exit_code == 1  # another site's proof
        listed = CliRunner().invoke(command_line, ["signing-key", "list"])
        assert "signs" in listed.output
    finally:
        get_settings.cache_clear()


def test_the_moment_of_signing_carries_its_offset(client):
    moment = signed_of(client.get(GOOD).content)["answer"]["checked_at"]
    assert datetime.fromisoformat(moment) == NOW
    assert moment.endswith("+08:00")
