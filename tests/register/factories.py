"""Records for tests, published as people publish them: one enters, another approves. Only what matters is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from service.errors import RecordNotFound
from service.identifiers import organisation_check_character, uscc_check_character
from service.register import accounts, editing
from service.register.database import Database
from service.register.payloads import PAYLOADS
from service.vocabulary import RecordKind, Role

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
SOURCE = {"source": "测试用来源", "source_level": "official_document"}
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[108.7, 29.4], [108.8, 29.4], [108.8, 29.5], [108.7, 29.5], [108.7, 29.4]]],
}

NOT_IN_THE_SEED = frozenset(
    {
        *(RecordKind.INDICATOR_VALUE, RecordKind.CREDIT_ASSESSMENT, RecordKind.INSPECTION_PLAN),
        *(RecordKind.INSPECTION, RecordKind.DEMONSTRATION_ZONE, RecordKind.ZONE_EVENT),
    }
)
"""Kinds of record of which the first data have none."""

_numbers = count(1)
_announcements = count(1)  # they have four digits at most, and a long run counts further


def a_uscc(start: str = "91500114", number: int | None = None) -> str:
    """A code that passes both of its checks; no two calls give the same one."""
    body = f"MA{next(_numbers) if number is None else number:06d}"
    seventeen = f"{start}{body}{organisation_check_character(body)}"
    return seventeen + uscc_check_character(seventeen)


def an_account(session, login, *roles, person=None, at=NOW):
    """The account with this login, made if it is new; its person is its own unless said."""
    try:
        return accounts.find_staff(session, login)
    except RecordNotFound:
        return accounts.add_staff(
            session, login=login, display_name=login, person=person or login, roles=roles, at=at
        )


def an_editor(session):
    return an_account(session, "lu-ru", Role.EDITOR, Role.IMPORTER)


def a_reviewer(session):
    return an_account(session, "shen-he", Role.REVIEWER)


def a_payload(kind, **facts):
    return PAYLOADS[RecordKind(kind)].model_validate({**SOURCE, **facts})


def a_draft(session, payload, *, by=None, at=NOW):
    """A draft in review, of the next version where the record was published before."""
    by = by or an_editor(session)
    base = editing.published_bases(session, payload.kind, [payload.key()]).get(payload.key())
    draft = editing.save_draft(session, payload, by=by, at=at, base=base, change_note="测试用变更说明")
    session.flush()
    editing.submit(session, [draft], by=by, at=at)
    return draft


def published(session, kind, *, at=NOW, **facts):
    """Publish one record by two people and return its payload."""
    payload = a_payload(kind, **facts)
    editing.publish(session, [a_draft(session, payload, at=at)], by=a_reviewer(session), at=at)
    session.flush()
    return payload


def an_organisation(session, **facts):
    number = next(_numbers)
    return published(session, "organisation", **{"uscc": a_uscc(), "name": f"测试公司{number}", **facts})


def an_announcement(session, **facts):
    number = next(_announcements)
    defaults = {
        "issuer": "cnipa",
        "number": f"第{number}号",
        "title": f"测试公告{number}",
        "announcement_kind": "user_approval",
        "published_on": date(2020, 1, 1),
    }
    return published(session, "announcement", **{**defaults, **facts})


def a_product(session, **facts):
    number = next(_numbers)
    defaults = {
        "code": f"QJ-GI-{number:04d}",
        "name": f"测试产品{number}",
        "slug": f"ceshi-{number}",
        "home_relation": "in_district",
    }
    return published(session, "gi_product", **{**defaults, **facts})


def a_protection(session, product=None, *, begins=date(2015, 1, 1), event="recognised", at=NOW, **facts):
    """A protection with its beginning on record; `begins=None` leaves it without any event."""
    product = product or a_product(session, at=at)
    protection = published(
        session,
        "protection",
        at=at,
        **{"code": f"QJ-PR-{next(_numbers):04d}", "product": product.code, "track": "gi_product", **facts},
    )
    if begins is not None:
        a_protection_event(session, protection, event=event, happened_on=begins, at=at)
    return protection


def a_protection_event(session, protection, **facts):
    if facts.get("event") == "revoked":
        facts.setdefault(
            "announcement", an_announcement(session, announcement_kind="revocation").parsed_number().code
        )
    return published(session, "protection_event", protection=protection.code, **facts)


def an_authorisation(session, protection=None, organisation=None, *, at=NOW, **facts):
    protection = protection or a_protection(session, at=at)
    organisation = organisation or an_organisation(session, at=at)
    if "announcement" not in facts:
        facts["announcement"] = an_announcement(session, at=at).parsed_number().code
    defaults = {
        "code": f"QJ-AU-{next(_numbers):04d}",
        "protection": protection.code,
        "organisation": organisation.uscc,
        "basis": "approved_producer",
        "effective_on": date(2020, 1, 1),
    }
    return published(session, "authorisation", at=at, **{**defaults, **facts})


def an_authorisation_event(session, authorisation, event="deregistered", **facts):
    if event == "deregistered":
        facts.setdefault("ground", "voluntary")
    return published(session, "authorisation_event", authorisation=authorisation.code, event=event, **facts)


def an_area(session, protection=None, **facts):
    protection = protection or a_protection(session)
    defaults = {
        "version_no": 1,
        "text_original": "东至甲，西至乙",
        "tier": "text_only",
        "confidence": "high",
        "override_note": "测试用说明",
    }
    return published(session, "production_area", protection=protection.code, **{**defaults, **facts})


def a_trademark(session, **facts):
    defaults = {
        "registration_no": f"8{next(_numbers):07d}",
        "nice_class": 31,
        "name": "测试商标",
        "mark_type": "ordinary",
        "registrant_name": "测试注册人",
        "status": "registered",
    }
    return published(session, "trademark", **{**defaults, **facts})


@contextmanager
def counted_statements(asked: Database | Session) -> Iterator[list[str]]:
    """Collect the statements that sessions of a register send while the block runs; or those of one session."""
    statements: list[str] = []
    if isinstance(asked, Session):
        engines = [asked.get_bind()]
    else:  # on PostgreSQL reading is an option of the engine that writes, which hears of both
        engines = [asked.write_engine, *([asked._read_engine] if asked.is_sqlite else [])]

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


@contextmanager
def filled(url: str, fill: Callable[[Session], Any]) -> Iterator[tuple[Database, Any]]:
    """A register with what `fill` puts into it, for many tests that only read, and what `fill` returned."""
    database = Database(url)
    with database.writing() as session:
        told = fill(session)
    yield database, told
    database.dispose()
