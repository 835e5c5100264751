"""Anomalies of the register: each kind is found where it was put, and nothing is found where all is well."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from factories import (
    NOW,
    TODAY,
    a_product,
    a_protection,
    a_protection_event,
    a_uscc,
    an_account,
    an_announcement,
    an_area,
    an_authorisation,
    an_authorisation_event,
    an_organisation,
    counted_statements,
    published,
)

from service.register.anomalies import find_anomalies
from service.register.lifecycle import add_months
from service.register.rights import held_by
from service.register.work_list import Asker, Narrowed, read_list
from service.vocabulary import Anomaly, Role, WorkList


def found(session, anomaly, today=TODAY):
    return [each for each in find_anomalies(session, today) if each.anomaly is anomaly]


def a_use(session, protection=None, **firm):
    """An authorisation of a firm under a protection with an area: nothing about it is odd."""
    if protection is None:
        protection = a_protection(session)
        an_area(session, protection)
    organisation = an_organisation(session, **firm)
    return an_authorisation(session, protection, organisation), protection, organisation


def a_place(session, slug, kind="township", **facts):
    return published(session, "division", slug=slug, name=f"名叫{slug}", division_kind=kind, **facts)


def test_where_all_is_well_nothing_is_found(session):
    a_use(session)
    assert find_anomalies(session, TODAY) == []


def test_an_authorisation_that_outlives_its_protection_is_found_until_it_ends(session):
    authorisation, protection, firm = a_use(session)
    a_protection_event(session, protection, event="revoked", happened_on=date(2026, 6, 1))
    (finding,) = found(session, Anomaly.PROTECTION_ENDED)
    assert (finding.name, finding.day) == (firm.name, date(2026, 6, 1))
    assert authorisation.code in finding.note
    assert found(session, Anomaly.PROTECTION_ENDED, date(2026, 5, 31)) == []
    an_authorisation_event(session, authorisation, effective_on=date(2026, 7, 1), ground="protection_ended")
    assert found(session, Anomaly.PROTECTION_ENDED) == []


def test_a_use_by_a_body_that_is_struck_off_is_found(session):
    _, _, firm = a_use(session, status="revoked", status_checked_on=date(2026, 10, 1))
    assert [each.name for each in found(session, Anomaly.STRUCK_OFF)] == [firm.name]


@pytest.mark.parametrize(
    ("term_to", "is_found"),
    [
        (add_months(TODAY, 6), True),
        (date(2027, 6, 1), False),
        (date(2026, 11, 1), True),  # in its grace
        (date(2026, 1, 1), True),  # and after it
    ],
)
def test_a_mark_near_or_past_its_term_is_found_while_it_is_used(session, term_to, is_found):

    protection = a_protection(session, track="gi_trademark", begins=None)
    an_area(session, protection)
    last_day = term_to - timedelta(days=1)
    a_protection_event(
        session, protection, event="registered", happened_on=date(2016, 1, 1), last_day=last_day
    )
    assert found(session, Anomaly.MARK_TERM) == []  # nobody uses it
    an_authorisation(session, protection, basis="collective_member")
    assert [each.day for each in found(session, Anomaly.MARK_TERM)] == [last_day] * is_found


def test_users_without_an_area_are_counted_by_right(session):
    protection = a_protection(session)
    authorisation, _, _ = a_use(session, protection)
    a_use(session, protection)
    (finding,) = found(session, Anomaly.NO_AREA)
    assert (finding.note, finding.counts) == (protection.code, (0, 2))
    an_authorisation_event(session, authorisation, effective_on=date(2026, 7, 1))
    assert found(session, Anomaly.NO_AREA)[0].counts == (0, 1)
    an_area(session, protection)
    assert found(session, Anomaly.NO_AREA) == []


def test_a_body_registered_outside_the_area_is_found_and_one_that_may_be_inside_is_not(session):
    a_place(session, "qu", "county")
    for name in ("jia", "yi"):
        a_place(session, name, parent="qu")
    protection = a_protection(session)
    an_area(session, protection, divisions=["jia"])
    for place in ("jia", "yi", "qu", None):
        a_use(session, protection, name=f"在{place}", **({"division": place} if place else {}))
    assert [each.name for each in found(session, Anomaly.OUTSIDE_AREA)] == ["在yi"]


def test_two_bodies_of_one_code_are_found_from_both_sides(session):
    code = a_uscc()
    an_organisation(session, name="新", uscc=code)
    an_organisation(session, name="旧", former_codes=[code])
    assert [(each.name, each.note) for each in found(session, Anomaly.SHARED_CODE)] == [
        ("新", f"{code} · 旧")
    ]


def test_one_body_with_several_products_is_found_once(session):
    firm = an_organisation(session)
    products = [a_product(session, name=name) for name in ("甲", "乙")]
    for product in products:
        protection = a_protection(session, product)
        an_area(session, protection)
        an_authorisation(session, protection, firm)
    (finding,) = found(session, Anomaly.SEVERAL_PRODUCTS)
    assert (finding.name, set(finding.note.split(" · "))) == (firm.name, {"甲", "乙"})


def test_an_announcement_that_declares_another_number_is_found(session):
    protection = a_protection(session)
    an_area(session, protection)
    announcements = [an_announcement(session, declared_organisations=n) for n in (2, 1)]
    for announcement in announcements:
        an_authorisation(session, protection, announcement=announcement.parsed_number().code)
    (finding,) = found(session, Anomaly.COUNT_DIFFERS)
    assert (finding.name, finding.counts) == (announcements[0].title, (2, 1))


def test_a_licence_that_ran_out_is_no_use(session):
    protection = a_protection(session)
    an_authorisation(session, protection, licence_last_day=date(2026, 1, 31))
    assert found(session, Anomaly.NO_AREA) == []
    assert len(found(session, Anomaly.NO_AREA, date(2026, 1, 31))) == 1


def test_the_list_is_narrowed_and_costs_as_many_statements_however_much_is_found(register):
    with register.writing() as session:
        user = an_account(session, "shen-ji", Role.AUDITOR, at=NOW)
        held = held_by(session, user.id)
    costs = []
    for total in (3, 6):
        with register.writing() as session:
            for _ in range(3):
                a_use(session, a_protection(session), status="revoked")
        with counted_statements(register) as statements, register.reading() as reading:
            narrowed = Narrowed(anomaly=Anomaly.STRUCK_OFF)
            asker = Asker(user, held, TODAY)
            page = read_list(reading, WorkList.ANOMALIES, asker, narrowed, start=0, limit=2)
        assert (page.total, len(page.items)) == (total, 2)
        costs.append(len(statements))
    assert costs[0] == costs[1] <= 12
