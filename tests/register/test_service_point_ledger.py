"""The ledger of the service points: what counts, how it is put right, and that nothing is changed in silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from factories import NOW, TODAY, an_account, an_organisation, published
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from service.errors import FieldNotAllowed, NotPermitted, RecordNotFound, ReferenceNotFound, StaleVersion
from service.register import rights
from service.register import service_point_ledger as ledger
from service.register.models import AuditEvent, ServiceLedgerEntry, StaffScope
from service.vocabulary import RecordKind, Role, ServiceTopic, StaffAct, WalkInKind

WALKED_IN = ledger.Service(
    point="SP-1",
    day=date(2026, 10, 9),
    topic=ServiceTopic.TRADEMARK_FILING,
    minutes=30,
    result="当场答复",
    walk_in=WalkInKind.PERSON,
)


@pytest.fixture
def keeper(session):
    return an_account(session, "lu-ru", Role.EDITOR, Role.IMPORTER)


@pytest.fixture
def point(session):
    return published(
        session,
        "service_point",
        code="SP-1",
        name="指导站",
        point_kind="guidance_station",
        opened_on=date(2026, 1, 1),
        closed_on=date(2026, 11, 20),
    )


@pytest.fixture
def entry(session, point, keeper):
    return ledger.enter(session, WALKED_IN, by=keeper, at=NOW)


def of(session, **facts):
    return ledger.list_entries(session, ledger.LedgerQuery(**facts), start=0, limit=9)


def audited(session):
    return session.scalar(select(func.count()).select_from(AuditEvent))


def test_an_entry_is_counted_once_it_is_made_and_is_one_row_of_the_trail(session, point, keeper):
    before = audited(session)
    entry = ledger.enter(session, WALKED_IN, by=keeper, at=NOW)
    assert audited(session) == before + 1
    found = of(session)
    assert (found.total, found.minutes, [each.ulid for each in found.entries]) == (1, 30, [entry.ulid])
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.sequence.desc())).first()
    assert (event.act, event.record_kind, event.changes) == ("ledger_entered", "service_ledger_entry", {})


@pytest.mark.parametrize("by_code", [True, False])
def test_an_organisation_on_the_register_is_found_by_code_and_by_name(session, point, keeper, by_code):
    firm = an_organisation(session, name="示例果茶有限公司")
    service = replace(WALKED_IN, walk_in=None, organisation=firm.uscc if by_code else firm.name)
    ledger.enter(session, service, by=keeper, at=NOW)
    (found,) = of(session).entries
    assert (found.organisation_name, found.organisation.uscc) == (firm.name, firm.uscc)


def test_an_organisation_that_is_not_on_the_register_stands_as_it_was_typed(session, point, keeper):
    ledger.enter(session, replace(WALKED_IN, walk_in=None, organisation="别处的公司"), by=keeper, at=NOW)
    (found,) = of(session).entries
    assert (found.organisation_name, found.organisation) == ("别处的公司", None)


def test_a_correction_replaces_the_entry_and_both_stay(session, entry, keeper):
    right = replace(WALKED_IN, minutes=45)
    made = ledger.correct(session, entry.ulid, right, "写错了", by=keeper, at=NOW)
    assert [each.ulid for each in of(session).entries] == [made.ulid]
    assert of(session).minutes == 45
    for ulid in (entry.ulid, made.ulid):
        assert [each.minutes for each in ledger.find_versions(session, ulid)] == [30, 45]
    again = ledger.correct(session, made.ulid, replace(right, minutes=50), "又错了", by=keeper, at=NOW)
    assert [each.ulid for each in ledger.find_versions(session, made.ulid)] == [
        entry.ulid,
        made.ulid,
        again.ulid,
    ]
    assert ledger.count_entries(session, date(2026, 10, 1), date(2026, 11, 1)) == 1


def test_a_voided_entry_counts_nothing_and_is_the_end(session, entry, keeper):
    gone = ledger.void(session, entry.ulid, "没有这回事", by=keeper, at=NOW)
    assert of(session).total == 0
    assert ledger.count_entries(session, date(2026, 1, 1), date(2027, 1, 1)) == 0
    with pytest.raises(StaleVersion):
        ledger.correct(session, gone.ulid, WALKED_IN, "再改", by=keeper, at=NOW)


def test_an_entry_that_was_replaced_is_not_replaced_again(session, entry, keeper):
    ledger.correct(session, entry.ulid, WALKED_IN, "写错了", by=keeper, at=NOW)
    for act in (
        lambda: ledger.correct(session, entry.ulid, WALKED_IN, "也来改", by=keeper, at=NOW),
        lambda: ledger.void(session, entry.ulid, "也来撤", by=keeper, at=NOW),
    ):
        with pytest.raises(StaleVersion):
            act()


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"organisation": "公司"}, "walk_in"),
        ({"walk_in": None}, "walk_in"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 1441}, "minutes"),
        ({"result": ""}, "result"),
        ({"result": "长" * 201}, "result"),
        ({"result": "身份证 11010519491231002X"}, "result"),
        ({"day": date(2026, 11, 24)}, "day"),
        ({"day": date(2025, 12, 31)}, "day"),
        ({"day": date(2026, 11, 20)}, "day"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing_behind(session, point, keeper, facts, field):
    before = audited(session)
    with pytest.raises(FieldNotAllowed) as refused:
        ledger.enter(session, replace(WALKED_IN, **facts), by=keeper, at=NOW)
    assert refused.value.field == field
    assert (of(session).total, audited(session)) == (0, before)


def test_a_point_that_is_none_and_an_entry_that_is_none_are_told(session, point, keeper):
    with pytest.raises(ReferenceNotFound):
        ledger.enter(session, replace(WALKED_IN, point="SP-9"), by=keeper, at=NOW)
    with pytest.raises(RecordNotFound):
        ledger.find_versions(session, "01ARZ3NDEKTSV4RRFFQ69G5FAV")


def test_a_correction_says_why(session, entry, keeper):
    for reason in ("", "长" * 201):
        with pytest.raises(FieldNotAllowed):
            ledger.correct(session, entry.ulid, WALKED_IN, reason, by=keeper, at=NOW)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMIN, Role.REVIEWER, Role.LEAD_OFFICER])
def test_who_only_looks_enters_nothing(session, point, role):
    with pytest.raises(NotPermitted):
        ledger.enter(session, WALKED_IN, by=an_account(session, "looks", role), at=NOW)


def test_a_partner_keeps_the_ledger_only_if_service_points_are_its_kind(session, point):
    partner = an_account(session, "xie-zuo", Role.PARTNER)
    session.add(StaffScope(user_id=partner.id, record_kind=RecordKind.ORGANISATION))
    session.flush()
    with pytest.raises(NotPermitted):
        ledger.enter(session, WALKED_IN, by=partner, at=NOW)
    session.add(StaffScope(user_id=partner.id, record_kind=RecordKind.SERVICE_POINT))
    session.flush()
    assert ledger.enter(session, WALKED_IN, by=partner, at=NOW).ulid
    assert not rights.held_by(session, partner.id).may(StaffAct.KEEP_LEDGER, RecordKind.GI_PRODUCT)


def test_the_list_is_narrowed_and_its_days_are_half_open(session, entry, keeper):
    other = replace(WALKED_IN, day=date(2026, 10, 31), topic=ServiceTopic.TRAINING)
    ledger.enter(session, other, by=keeper, at=NOW)
    assert of(session, topic=ServiceTopic.TRAINING).total == 1
    assert of(session, point="SP-1").total == 2
    assert of(session, point="SP-2").total == 0
    assert of(session, first_day=date(2026, 10, 9), last_day=date(2026, 10, 31)).total == 1
    assert ledger.count_entries(session, date(2026, 10, 9), date(2026, 10, 31)) == 1
    assert ledger.count_entries(session, date(2026, 10, 10), date(2026, 11, 1)) == 1
    assert len(list(ledger.all_entries(session, ledger.LedgerQuery()))) == 2


def test_the_services_of_a_fictional_point_count_in_no_indicator(session, keeper):
    published(
        session,
        "service_point",
        code="SP-1",
        name="示例站",
        point_kind="guidance_station",
        is_demonstration=True,
    )
    ledger.enter(session, WALKED_IN, by=keeper, at=NOW)
    assert of(session).total == 1
    assert ledger.count_entries(session, date(2026, 1, 1), TODAY) == 0


def test_the_months_of_a_year_stand_beside_their_points(session, entry, keeper):
    for day in (date(2026, 10, 1), date(2026, 3, 31)):
        ledger.enter(session, replace(WALKED_IN, day=day), by=keeper, at=NOW)
    (row,) = ledger.monthly_counts(session, 2026)
    assert (row.point.code, row.total) == ("SP-1", 3)
    assert {number: count for number, count in enumerate(row.months, 1) if count} == {3: 1, 10: 2}
    assert ledger.monthly_counts(session, 2025)[0].total == 0


@pytest.mark.parametrize("change", [update(ServiceLedgerEntry).values(minutes=1), delete(ServiceLedgerEntry)])
def test_the_database_itself_keeps_an_entry(session, entry, change):
    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(change)


def test_the_database_itself_refuses_an_entry_of_nobody(session, entry):
    values = {name: getattr(entry, name) for name in ("point_id", "day", "topic", "minutes", "result")}
    with pytest.raises(IntegrityError):
        session.execute(
            ServiceLedgerEntry.__table__.insert().values(
                **values, ulid="X" * 26, entered_by_id=entry.entered_by_id, entered_at=NOW, is_void=False
            )
        )
