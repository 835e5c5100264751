"""Files that come with a record's form: kept by hash, set aside while the form is refused, swept out, bounded."""

from __future__ import annotations

import hashlib
import io
import os
import re

import pytest
from record_deeds import NOWHERE, a_firm
from staffing import NOW, OWN
from walking import innermost

from service.register.storing import set_aside, stored_path
from service.web.staff.typed import MAX_FILE


def test_the_source_comes_with_its_file_kept_by_hash(desk, editor, reviewer):
    files = {"draft_file": ("证据.pdf", b"%PDF-1.7 shili", "application/pdf")}
    reply = editor.post("/staff/records/organisation/new", a_firm(draft_new="1"), files=files)
    assert reply.status_code == 303
    page = editor.get(reply.headers["location"]).text
    sha256 = re.search(r"/staff/evidence/([0-9a-f]{64})", page)[1]
    folder = innermost(desk[0].app).state.services.settings.documents_dir
    assert stored_path(folder, sha256).read_bytes() == b"%PDF-1.7 shili"
    kept = reviewer.get(f"/staff/evidence/{sha256}")
    assert kept.content == b"%PDF-1.7 shili"
    assert kept.headers["content-disposition"].startswith("attachment")
    assert desk[0].get(f"/files/{sha256}").status_code == 404


def _settings(desk):
    return innermost(desk[0].app).state.services.settings


def _kept(desk) -> set[str]:
    return {each.name for each in _settings(desk).documents_dir.rglob("*") if each.is_file()}


def _waiting(desk) -> set[str]:
    folder = _settings(desk).waiting_dir
    return {each.name for each in folder.iterdir()} if folder.is_dir() else set()


@pytest.mark.parametrize("kind", ["organisation", "document"])
def test_a_scan_of_a_refused_form_is_not_sent_twice_and_kept_only_once_it_is_accepted(desk, editor, kind):
    scan = b"%PDF-1.7 " + kind.encode() * 500_000  # more than any other form may bring
    sha256 = hashlib.sha256(scan).hexdigest()
    files = {"draft_file": ("公告扫描件.pdf", scan, "application/pdf")}
    facts = (
        a_firm() if kind == "organisation" else {"title": "示例公告扫描件", "document_kind": "announcement"}
    )
    facts |= {"source": "示例来源", "source_level": "official_document"}
    before = _kept(desk)
    refused = editor.post(f"/staff/records/{kind}/new", {**facts, "source_level": "nothing"}, files=files)
    assert refused.status_code == 422
    assert "已收到“公告扫描件.pdf”" in refused.text
    assert (_kept(desk), sha256 in _waiting(desk)) == (before, True)
    carried = dict(re.findall(r'name="(draft_kept(?:_name)?)" value="([^"]*)"', refused.text))
    if kind == "organisation":
        carried["source_document"] = sha256
    accepted = editor.post(f"/staff/records/{kind}/new", {**facts, **carried})
    assert accepted.status_code == 303, accepted.text[-3000:]
    assert (_kept(desk) - before, sha256 in _waiting(desk)) == ({sha256}, False)
    assert stored_path(_settings(desk).documents_dir, sha256).read_bytes() == scan


def test_a_file_of_a_form_that_was_given_up_is_swept_out_after_a_day(desk, editor):
    facts = a_firm(name="")
    refused = editor.post(
        "/staff/records/organisation/new", facts, files={"draft_file": ("a.pdf", b"given up")}
    )
    carried = dict(re.findall(r'name="(draft_kept(?:_name)?)" value="([^"]*)"', refused.text))
    old = _settings(desk).waiting_dir / carried["draft_kept"]
    long_ago = NOW.timestamp() - 25 * 3600
    os.utime(old, (long_ago, long_ago))
    editor.post("/staff/records/organisation/new", facts, files={"draft_file": ("b.pdf", b"another")})
    assert not old.exists()
    reply = editor.post("/staff/records/organisation/new", {**a_firm(), **carried})
    assert reply.status_code == 422
    assert "等得太久" in reply.text
    for forged in ("../../register.sqlite", "0" * 63, "x" * 64):
        assert editor.post("/staff/records/organisation/new", a_firm(draft_kept=forged)).status_code == 303


def test_a_large_body_is_read_for_who_is_signed_in_alone_and_by_the_forms_that_take_files_alone(desk, editor):
    def never():
        raise AssertionError("the body was read")
        yield b""

    large = {"content-length": str(MAX_FILE), "content-type": "multipart/form-data; boundary=x", **OWN}
    for address in (
        "/staff/records/organisation/new",
        f"/en/staff/records/document/{NOWHERE}",
        "/staff/areas/QJ-PR-0001/1/checks",
    ):
        reply = desk[0].post(address, content=never(), headers=large, follow_redirects=False)
        assert reply.status_code == 303, address
    for address in ("/staff/users", "/staff/records/organisation/new/more", "/report"):
        assert editor.client.post(address, content=never(), headers=large).status_code == 413, address


def test_a_file_is_set_aside_piece_by_piece(tmp_path):
    class Scan(io.BytesIO):
        def read(self, size=-1):
            assert 0 < size <= 1024 * 1024
            return super().read(size)

    content = os.urandom(3 * 1024 * 1024 + 1)
    sha256 = set_aside(Scan(content), tmp_path, NOW)
    assert {each.name for each in tmp_path.iterdir()} == {sha256}
    assert (tmp_path / sha256).read_bytes() == content


def test_a_file_that_is_too_large_is_told_beside_its_field(editor):
    files = {"draft_file": ("x.bin", b"x" * (MAX_FILE + 1))}
    reply = editor.post("/staff/records/organisation/new", a_firm(), files=files)
    assert reply.status_code == 422
    assert 'id="draft_file-fault"' in reply.text
