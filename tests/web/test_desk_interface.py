"""Keys and receivers at the desk: a secret shown once, addresses inside refused, pausing without a gap."""

from __future__ import annotations

import re
import sys
from datetime import date
from pathlib import Path

import pytest
from interface_deeds import NOWHERE, PUBLIC, a_key, a_webhook
from receiving import is_signed, receiving
from sqlalchemy import select
from staffing import NOW, MovingClock, a_desk, an_officer, seated

sys.path.append(str(Path(__file__).parents[1] / "register"))  # last: that folder has a conftest of its own
from factories import counted_statements

from service.register import keys, subscribing
from service.register.models import ApiKey, ApiKeyUse, AuditEvent, Webhook
from service.vocabulary import ApiAct, Role, WebhookState

_SECRET = re.compile(r'class="gi-secret"[^>]*>([^<]+)<')


@pytest.fixture(scope="module")
def clock():
    """The clock of the site, which tests move."""
    return MovingClock()


@pytest.fixture(scope="module", params=["spatialite", "postgis"])
def desk(request, registers, tmp_path_factory, clock):
    """A site that may speak to this machine, its register, and an administrator at it."""
    folder = tmp_path_factory.mktemp("desk")
    with a_desk(registers, folder, request.param, "empty", clock=clock, webhooks_allow_loopback=True) as made:
        yield *made, seated(*made, an_officer(made[1], Role.ADMIN))


@pytest.fixture(autouse=True)
def _noon(clock):
    """Each test begins at the same moment, whatever the one before waited for."""
    clock.moment = NOW


def the_acts(database, ulid):
    with database.reading() as session:
        rows = select(AuditEvent).where(AuditEvent.record_ulid == ulid).order_by(AuditEvent.sequence)
        return [(each.act, each.reason) for each in session.scalars(rows)]


def the_webhook(database, ulid):
    with database.reading() as session:
        found = subscribing.find_webhook(session, ulid)
        session.expunge(found)
        return found


# ---- keys


def test_a_key_is_shown_once_works_at_once_and_is_refused_once_revoked(desk):
    client, database, admin = desk
    made = admin.post("/staff/keys", {"holder": "示例电商平台", "scopes": ["verify", "read"]})
    secret = _SECRET.search(made.text)[1]
    prefix = secret.split("_")[1]
    bearer = {"authorization": f"Bearer {secret}"}
    assert client.get("/api/v1/key", headers=bearer).status_code == 200
    for path in ("/staff/keys", f"/staff/keys/{prefix}", f"/en/staff/keys/{prefix}"):
        page = admin.get(path).text
        assert "示例电商平台" in page
        assert secret not in page
    with database.reading() as session:
        ulid = keys.find_by_prefix(session, prefix).ulid
    assert admin.post(f"/staff/keys/{prefix}/revoke", {"reason": " "}).status_code == 422
    assert client.get("/api/v1/key", headers=bearer).status_code == 200
    assert admin.post(f"/staff/keys/{prefix}/revoke", {"reason": "合同到期"}).status_code == 303
    assert client.get("/api/v1/key", headers=bearer).status_code == 401
    assert the_acts(database, ulid) == [("issued", None), ("revoked", "合同到期")]
    assert "合同到期" in admin.get(f"/staff/keys/{prefix}").text
    assert f"/staff/keys/{prefix}/revoke" not in admin.get(f"/staff/keys/{prefix}").text


def test_a_form_sent_twice_makes_one_key_and_shows_its_secret_both_times(desk):
    client, database, admin = desk
    token = re.search(r'name="form" value="([^"]+)"', admin.get("/staff/keys/new").text)[1]
    typed = {"holder": "连按两次的平台", "scopes": ["read"], "form": token}
    first, second, other, nameless, again = (
        _SECRET.search(admin.post("/staff/keys", each).text)[1]
        for each in (
            *(typed, typed, {**typed, "holder": "另一个平台"}),
            *({**typed, "form": "x"}, {**typed, "form": "x"}),
        )
    )
    assert first == second
    assert len({first, other, nameless, again}) == 4
    assert client.get("/api/v1/key", headers={"authorization": f"Bearer {first}"}).status_code == 200
    prefix = first.split("_")[1]
    with database.reading() as session:
        ulid = keys.find_by_prefix(session, prefix).ulid
        assert len(session.scalars(select(ApiKey.id).where(ApiKey.holder == typed["holder"])).all()) == 3
    assert the_acts(database, ulid) == [("issued", None)]
    refused = admin.post("/staff/keys", {**typed, "holder": ""})
    assert (refused.status_code, f'name="form" value="{token}"' in refused.text) == (422, True)


@pytest.mark.parametrize("since", ["an_hour", "revoked"])
def test_a_form_sent_again_later_shows_no_secret(desk, clock, since):
    client, database, admin = desk
    token = re.search(r'name="form" value="([^"]+)"', admin.get("/staff/keys/new").text)[1]
    typed = {"holder": "回到旧页面的平台", "scopes": ["read"], "form": token}
    secret = _SECRET.search(admin.post("/staff/keys", typed).text)[1]
    prefix = secret.split("_")[1]
    clock.forward(minutes=4)
    if since == "revoked":
        admin.post(f"/staff/keys/{prefix}/revoke", {"reason": "试验"})
    else:
        assert _SECRET.search(admin.post("/staff/keys", typed).text)[1] == secret
        clock.forward(minutes=2)
    for place in ("", "/en"):
        reply = admin.post(f"{place}/staff/keys", typed)
        assert (reply.status_code, reply.headers["location"]) == (303, f"{place}/staff/keys/{prefix}")
        assert secret not in reply.text
    bearer = {"authorization": f"Bearer {secret}"}
    assert (client.get("/api/v1/key", headers=bearer).status_code == 200) is (since != "revoked")
    with database.reading() as session:
        assert len(session.scalars(select(ApiKey.id).where(ApiKey.prefix == prefix)).all()) == 1


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({"holder": " ", "scopes": ["read"]}, "请填写，不要太长"),
        ({"holder": "x" * 301, "scopes": ["read"]}, "请填写，不要太长"),
        ({"holder": "甲\x00", "scopes": ["read"]}, "有不能使用的字符"),
        ({"holder": "甲"}, "至少选一项用途"),
        ({"holder": "甲", "scopes": ["admin"]}, "至少选一项用途"),
    ],
)
def test_a_key_for_nobody_or_nothing_is_not_issued(desk, typed, fault):
    _, database, admin = desk
    with database.reading() as session:
        before = len(session.scalars(select(ApiKey.id)).all())
    reply = admin.post("/staff/keys", typed)
    assert reply.status_code == 422
    assert fault in reply.text
    assert admin.post("/en/staff/keys", typed).status_code == 422
    with database.reading() as session:
        assert len(session.scalars(select(ApiKey.id)).all()) == before


def test_use_is_counted_by_month_and_a_month_without_use_is_not_left_out(desk):
    _, database, admin = desk
    prefix = a_key(database)
    with database.writing() as session:
        key_id = keys.find_by_prefix(session, prefix).id
        for day, act, requests in (
            (date(2025, 11, 30), ApiAct.READ, 999),  # a year ago: not told any more
            (date(2025, 12, 1), ApiAct.READ, 7),
            (date(2026, 11, 1), ApiAct.VERIFY, 20),
            (date(2026, 11, 23), ApiAct.READ, 22),
        ):
            session.add(ApiKeyUse(key_id=key_id, day=day, act=act, requests=requests, rows=0, refused=1))
    with database.reading() as session:
        months = keys.use_by_month(session, 12, date(2026, 11, 23))[key_id]
    assert [each.requests for each in months] == [7, *[0] * 10, 42]
    assert (months[0].first_day, months[-1].refused) == (date(2025, 12, 1), 2)
    assert "近 12 个月共 49 次；最多的是2026年11月，42 次" in admin.get("/staff/keys").text


def test_an_auditor_sees_keys_and_receivers_and_no_button(desk):
    client, database, _ = desk
    auditor = seated(client, database, an_officer(database, Role.AUDITOR))
    for path in (f"/staff/keys/{a_key(database)}", f"/staff/webhooks/{a_webhook(database)}"):
        page = auditor.get(path)
        assert page.status_code == 200
        assert page.text.count('method="post"') == 1  # to sign out
    assert auditor.get("/staff/keys/nothing").status_code == 404
    assert auditor.get("/staff/webhooks/01ARZ3NDEKTSV4RRFFQ69G5FAV").status_code == 404


# ---- receivers


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("", "https://"),
        ("ftp://example.com/", "https://"),
        ("https://user@192.0.2.1/", "不是可用的地址"),
        ("https://[::1", "不是可用的地址"),
        ("https://例子.cn/钩子", "不是可用的地址"),
        ("https://10.0.0.8/hook", "内部网络或本机"),
        ("https://169.254.169.254/latest/meta-data/", "内部网络或本机"),
        ("https://[fd00::1]/", "内部网络或本机"),
        (NOWHERE, "内部网络或本机"),
        ("https://nowhere.invalid/", "查不到这个域名"),
    ],
)
def test_an_address_inside_is_refused_as_on_the_command_line(desk, url, fault):
    _, database, admin = desk
    with database.reading() as session:
        before = len(session.scalars(select(Webhook.id)).all())
    reply = admin.post("/staff/webhooks", {"url": url})
    assert (reply.status_code, fault in reply.text) == (422, True), reply.text[-3000:]
    with database.reading() as session:
        assert len(session.scalars(select(Webhook.id)).all()) == before


@pytest.mark.parametrize("field", ["product", "organisation"])
def test_what_is_not_on_the_register_cannot_be_followed(desk, field):
    reply = desk[2].post("/staff/webhooks", {"url": PUBLIC, field: "没有这个"})
    assert reply.status_code == 422
    assert f'id="{field}-fault"' in reply.text
    assert PUBLIC in reply.text


def test_a_receiver_is_tried_paused_resumed_and_ended_each_on_the_trail(desk):
    _, database, admin = desk
    with receiving() as receiver:
        made = admin.post("/staff/webhooks", {"url": receiver.url, "kinds": ["trademark"], "from_start": "1"})
        secret = _SECRET.search(made.text)[1]
        page = re.search(r"/staff/webhooks/([0-9A-Z]{26})", made.text)
        address, ulid = page[0], page[1]
        assert secret not in admin.get(address).text
        assert "收下了" in admin.post(f"{address}/test").text
        assert is_signed(receiver.taken[0], secret)
        receiver.answers.append("503")
        assert "对方答复 503" in admin.post(f"{address}/test").text
    assert the_webhook(database, ulid).told_revision == 0
    assert admin.post(f"{address}/state", {"state": "paused"}).status_code == 303
    assert subscribing.state_of(the_webhook(database, ulid)) is WebhookState.PAUSED
    assert "接着送" in admin.get(f"{address}?done=paused").text
    assert admin.post(f"{address}/state", {"state": "paused"}).status_code == 303  # again: nothing happens
    assert admin.post(f"{address}/state", {"state": "x"}).status_code == 422
    assert admin.post(f"{address}/state", {"state": "resumed"}).status_code == 303
    assert subscribing.state_of(the_webhook(database, ulid)) is WebhookState.NEW
    assert admin.post(f"{address}/remove").status_code == 303
    assert admin.get(address).status_code == 404
    acts = ["webhook_added", "webhook_tested", "webhook_tested", "webhook_paused", "webhook_resumed"]
    assert [act for act, _ in the_acts(database, ulid)] == [*acts, "webhook_removed"]
    assert the_acts(database, ulid)[2][1] == "503"


def test_one_that_was_given_up_is_told_from_one_that_somebody_paused(desk):
    _, database, admin = desk
    ulid = a_webhook(database)
    with database.writing() as session:
        found = subscribing.find_webhook(session, ulid)
        found.attempts, found.failing_since, found.disabled_at = 9, NOW, NOW
        found.last_problem = "timed_out"
    assert "多次送不到，已停止" in admin.get("/staff/webhooks").text
    page = admin.get(f"/staff/webhooks/{ulid}").text
    assert "10 秒内没有答复" in page
    assert 'value="resumed"' in page
    assert 'value="paused"' not in page


@pytest.mark.parametrize("path", ["/staff/keys", "/staff/webhooks"])
def test_a_list_costs_as_many_statements_however_long_it_is(desk, path):
    _, database, admin = desk
    counts = []
    for _ in range(2):
        with counted_statements(database) as statements:
            admin.get(path)
        counts.append(len(statements))
        for _ in range(5):
            a_key(database)
            a_webhook(database)
    assert counts[0] == counts[1] <= 8
