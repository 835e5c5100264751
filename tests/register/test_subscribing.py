"""Receivers of changes: told everything they follow, in order, at least once; patience, and its end."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import factories
import pytest
from conftest import NOW
from receiving import is_signed, receiving
from sqlalchemy import select
from staffing import MovingClock
from subscribers import add, courier_on, drain, found, marks, published
from typer.testing import CliRunner

from search.engine import open_engine
from service.cli import app as command_line
from service.courier import Courier
from service.delivering import Poster
from service.register import auditing, subscribing
from service.register.lookups.change_feed import START, Followed, find_followed, list_changes
from service.register.models import AuditEvent
from service.register.open_data import EditionStore
from service.settings import get_settings
from service.vocabulary import ChangeKind, WebhookState
from service.worker import Worker

pytestmark = pytest.mark.usefixtures("out_of_the_browsers_loop")


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock()


@pytest.fixture
def receiver():
    with receiving() as made:
        yield made


@pytest.fixture
def courier(register, clock) -> Courier:
    return courier_on(register, clock)


def test_a_receiver_is_told_everything_once_in_order_and_signed(register, courier, receiver):
    marks(register, 3)
    ulid = add(register, receiver.url)
    drain(courier)
    assert receiver.items() == published(register)
    assert all(is_signed(each, found(register, ulid).secret) for each in receiver.taken)
    (message,) = receiver.taken
    assert message["body"]["type"] == "register.changed"
    assert message["body"]["issuer"] == "http://127.0.0.1:8000"
    assert message["body"]["data"]["next"] == str(message["body"]["data"]["data_version"])
    assert drain(courier) == 0
    marks(register, 2)
    drain(courier)
    assert receiver.items() == published(register)
    assert found(register, ulid).delivered_at == NOW


def test_without_a_cursor_a_receiver_is_told_what_comes_from_now_on(register, courier, receiver):
    marks(register, 2)
    add(register, receiver.url, since=None)
    assert drain(courier) == 0
    before = published(register)
    marks(register, 1)
    drain(courier)
    assert receiver.items() == published(register)[len(before) :]


def test_a_long_stretch_comes_in_several_messages(register, courier, receiver, monkeypatch):
    monkeypatch.setattr(subscribing, "MOST_CHANGES", 4)
    marks(register, 10)
    add(register, receiver.url)
    drain(courier)
    assert receiver.items() == published(register)
    assert [len(each["body"]["data"]["items"]) for each in receiver.taken] == [4, 4, 2]
    names = [each["headers"]["webhook-id"] for each in receiver.taken]
    assert len(set(names)) == 3


def test_each_receiver_is_told_what_it_follows_and_moves_on_past_the_rest(register, courier, receiver):
    with register.writing() as session:
        firm = factories.an_organisation(session)
        factories.an_authorisation(session, organisation=firm)
        followed = find_followed(session, [ChangeKind.AUTHORISATION], None, firm.uscc)
    ulid = add(register, receiver.url, followed)
    marks(register, 3)
    drain(courier)
    assert receiver.items() == published(register, followed) != []
    marks(register, 1)
    assert drain(courier) == 0
    webhook = found(register, ulid)
    with register.reading() as session:
        assert webhook.told_revision == list_changes(session, START, Followed(), 1).data_version
    assert len(receiver.came) == 1


@pytest.mark.parametrize("answer", ["500", "302", "cut", "404", "429"])
def test_what_was_not_taken_is_sent_again_as_it_was_until_it_is(register, courier, clock, receiver, answer):
    marks(register, 2)
    ulid = add(register, receiver.url)
    receiver.answers += [answer] * 3
    assert courier.deliver_next()
    first = published(register)
    marks(register, 2)  # published meanwhile: they wait their turn
    waits = []
    while not receiver.taken:
        webhook = found(register, ulid)
        waits.append((webhook.next_attempt_at - clock.moment).total_seconds())
        clock.moment = webhook.next_attempt_at - timedelta(seconds=1)
        assert drain(courier) == 0  # not before its time
        clock.moment = webhook.next_attempt_at
        assert courier.deliver_next()
    assert waits == [5, 60, 300]
    assert receiver.items() == first
    assert len({each["headers"]["webhook-id"] for each in receiver.came}) == 1
    assert len({each["headers"]["webhook-timestamp"] for each in receiver.came}) == 4
    drain(courier)
    assert receiver.items() == published(register)
    webhook = found(register, ulid)
    assert (webhook.attempts, webhook.failing_since, webhook.last_problem) == (0, None, None)


def test_a_receiver_that_dawdles_fails_within_its_time(register, clock, receiver):
    marks(register, 1)
    ulid = add(register, receiver.url)
    receiver.answers.append("dawdle")
    began = time.monotonic()
    courier_on(register, clock, patience_s=0.3).deliver_next()
    assert time.monotonic() - began < 1.4
    assert found(register, ulid).last_problem == "timed_out"


def test_one_receiver_that_fails_holds_up_no_other(register, courier, receiver):
    with receiving() as other:
        add(register, receiver.url)
        add(register, other.url)
        marks(register, 2)
        receiver.answers += ["500"] * 5
        drain(courier)
        assert other.items() == published(register)
        assert receiver.items() == []


def test_after_five_days_of_failing_it_is_given_up_and_can_be_resumed_without_a_gap(
    register, courier, clock, receiver
):
    marks(register, 1)
    ulid = add(register, receiver.url)
    receiver.answers += ["500"] * 100
    began = clock.moment
    while (webhook := found(register, ulid)).disabled_at is None:
        clock.moment = max(clock.moment, webhook.next_attempt_at)
        drain(courier)
        marks(register, 1)
    lasted = clock.moment - began
    assert timedelta(days=5) <= lasted < timedelta(days=7)
    assert 8 <= len(receiver.came) <= 20
    receiver.answers.clear()
    clock.moment += timedelta(days=30)
    assert drain(courier) == 0
    with register.writing() as session:
        subscribing.resume_webhook(session, ulid, now=clock.moment)
    drain(courier)
    assert receiver.items() == published(register)


def test_a_receiver_that_says_it_is_gone_is_not_asked_again(register, courier, clock, receiver):
    marks(register, 1)
    ulid = add(register, receiver.url)
    receiver.answers.append("410")
    drain(courier)
    clock.moment += timedelta(days=1)
    assert drain(courier) == 0
    assert (found(register, ulid).disabled_at, found(register, ulid).last_problem) == (NOW, "410")


def test_an_address_that_came_to_lead_inside_is_refused_at_each_delivery(register, clock):
    marks(register, 1)
    ulid = add(register, "https://169.254.169.254/latest")
    courier = Courier(register, clock, "http://127.0.0.1:8000", Poster())
    assert courier.deliver_next()
    assert found(register, ulid).last_problem == "not_public"


def test_a_worker_that_dies_with_a_message_in_hand_loses_nothing(register, courier, clock, receiver):
    marks(register, 2)
    add(register, receiver.url)
    with register.writing() as session:
        claimed = subscribing.claim(session, clock.now())  # and then it dies
    assert claimed is not None
    assert drain(courier) == 0  # held for a while, so that two workers do not send the same
    clock.moment += timedelta(minutes=3)
    drain(courier)
    assert receiver.items() == published(register)
    assert receiver.taken[0]["headers"]["webhook-id"] == claimed.name


def test_the_word_of_a_worker_that_was_late_is_not_heeded(register, courier, clock, receiver):
    marks(register, 1)
    ulid = add(register, receiver.url)
    with register.writing() as session:
        late = subscribing.claim(session, clock.now())
    clock.moment += timedelta(minutes=3)
    drain(courier)
    with register.writing() as session:
        assert not subscribing.note_delivery(session, late, "500", clock.now())
    assert found(register, ulid).attempts == 0


def test_two_workers_at_once_send_each_message_once(register, receiver):
    clock = MovingClock()
    marks(register, 3)
    for _ in range(4):
        add(register, receiver.url)
    troubles = []

    def work():
        try:
            drain(courier_on(register, clock))
        except BaseException as error:
            troubles.append(error)
            raise

    threads = [threading.Thread(target=work) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert troubles == []
    names = [each["headers"]["webhook-id"] for each in receiver.taken]
    assert len(names) == len(set(names)) == 4


def test_what_is_withheld_while_a_message_waits_is_not_in_it_any_more(register, courier, clock, receiver):
    with register.writing() as session:
        mark = factories.a_trademark(session, name="将不公开的商标")
    marks(register, 1)
    add(register, receiver.url)
    receiver.answers.append("500")
    drain(courier)
    assert "将不公开的商标" in receiver.came[0]["raw"].decode()
    with register.writing() as session:
        hidden = {**mark.model_dump(), "withdrawal": "withheld", "withdrawal_reason": "测试"}
        factories.published(session, "trademark", **hidden)
    clock.moment += timedelta(hours=1)
    drain(courier)
    assert receiver.items() == published(register)
    assert all("将不公开的商标" not in each["raw"].decode() for each in receiver.came[1:])


def test_a_message_of_which_nothing_is_left_is_not_sent(register, courier, clock, receiver):
    with register.writing() as session:
        mark = factories.a_trademark(session)
    add(register, receiver.url)
    receiver.answers.append("500")
    drain(courier)
    with register.writing() as session:
        hidden = {**mark.model_dump(), "withdrawal": "withheld", "withdrawal_reason": "测试"}
        factories.published(session, "trademark", **hidden)
    clock.moment += timedelta(hours=1)
    drain(courier)
    # Not the message that had failed, but the next one: that the mark was taken from view.
    assert [each["headers"]["webhook-id"] for each in receiver.came[1:]] == [
        each["headers"]["webhook-id"] for each in receiver.taken
    ]
    assert receiver.came[0]["headers"]["webhook-id"] != receiver.taken[0]["headers"]["webhook-id"]
    assert receiver.items() == published(register)
    assert mark.name not in receiver.taken[0]["raw"].decode()
    marks(register, 1)
    drain(courier)
    assert receiver.items() == published(register)


def test_a_receiver_that_was_taken_off_is_told_nothing_more(register, courier, receiver):
    ulid = add(register, receiver.url)
    with register.writing() as session:
        subscribing.remove_webhook(session, ulid, now=NOW)
    marks(register, 1)
    assert drain(courier) == 0
    with register.reading() as session:
        acts = session.scalars(select(AuditEvent.act).where(AuditEvent.record_kind == "webhook")).all()
        text = str(session.execute(select(AuditEvent.changes)).all())
        assert list(auditing.broken_links(session)) == []
    assert sorted(acts) == ["webhook_added", "webhook_removed"]
    assert "whsec_" not in text


def test_the_worker_delivers_beside_its_index(register, tmp_path, receiver):
    clock = MovingClock()
    add(register, receiver.url)
    engine = open_engine("embedded:", directory=tmp_path / "index", writable=True)
    editions = EditionStore(register, tmp_path / "editions", "", "", "")
    worker = Worker(register, engine, clock, editions, courier_on(register, clock))
    worker.start()
    try:
        marks(register, 2)
        deadline = time.monotonic() + 30
        while receiver.items() != published(register) and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        worker.stop()
        engine.close()
    assert receiver.items() == published(register) != []


def test_one_that_is_paused_while_it_is_spoken_to_is_not_waited_for(register, clock):
    ulid = add(register, "https://192.0.2.1/hook")
    marks(register, 1)
    with register.writing() as session:
        message = subscribing.claim(session, clock.now())
    with register.writing() as session:
        subscribing.pause_webhook(session, ulid, now=clock.now())
    with register.writing() as session:
        assert not subscribing.note_delivery(session, message, "timed_out", clock.now())
    assert subscribing.state_of(found(register, ulid)) is WebhookState.PAUSED
    clock.moment += timedelta(days=30)
    with register.reading() as session:
        assert not subscribing.is_due(session, clock.now())
    with register.writing() as session:
        subscribing.resume_webhook(session, ulid, now=clock.now())
    with register.writing() as session:
        assert subscribing.claim(session, clock.now()).name == message.name


def test_the_command_line_adds_lists_tries_and_takes_off(register, receiver, tmp_path, monkeypatch, clock):
    monkeypatch.setenv("DIBIAO_DATABASE_URL", register.url.render_as_string(hide_password=False))
    monkeypatch.setenv("DIBIAO_DATA_DIR", str(tmp_path))
    get_settings.cache_clear()

    def run(*words):
        return CliRunner().invoke(command_line, ["webhooks", *words])

    try:
        assert run("add", "http://127.0.0.1:1/").exit_code == 1
        assert "not_public" in run("add", "https://127.0.0.1/").output
        monkeypatch.setenv("DIBIAO_WEBHOOKS_ALLOW_LOOPBACK", "1")
        get_settings.cache_clear()
        assert run("add", receiver.url, "--product", "nothing").exit_code == 1
        assert run("add", receiver.url, "--since", "999").exit_code == 1
        added = run("add", receiver.url, "--kind", "trademark", "--since", "0")
        assert added.exit_code == 0, added.output
        ulid, secret = added.output.split()[0], added.output.split()[-1]
        listed = run("list").output
        assert ulid in listed.replace("\n", "") or ulid[:10] in listed
        assert "whsec_" not in listed
        assert run("test", ulid).exit_code == 0
        assert receiver.taken[0]["body"]["type"] == "register.ping"
        assert is_signed(receiver.taken[0], secret)
        receiver.answers.append("500")
        assert run("test", ulid).exit_code == 1
        assert run("pause", ulid).exit_code == 0
        assert "paused" in run("list").output.replace("\n", "")
        assert run("resume", ulid).exit_code == 0
        assert run("remove", ulid).exit_code == 0
        for act in ("test", "pause", "resume", "remove"):
            assert run(act, ulid).exit_code == 1
    finally:
        get_settings.cache_clear()
