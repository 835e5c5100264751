"""Pages read a fixed number of statements, however many rows stand behind them."""

from datetime import date

import pytest
from factories import a_trademark, counted_statements
from sqlalchemy import select

from service.register import lookups
from service.register.models import (
    Announcement,
    Authorisation,
    AuthorisationEvent,
    GiProduct,
    Organisation,
    Protection,
)

TODAY = date(2026, 6, 1)


def _count(seed, read, key):
    with seed.reading() as session, counted_statements(seed) as statements:
        read(session, key, TODAY)
    return len(statements)


def _keys(seed, column, *joins):
    statement = select(column).where(column.class_.withdrawal.is_(None)).distinct()
    for target, condition in joins:
        statement = statement.join(target, condition)
    with seed.reading() as session:
        return session.scalars(statement).all()


@pytest.mark.parametrize(
    ("read", "column", "joins", "most"),
    [
        (lookups.find_product, GiProduct.slug, [(Protection, Protection.product_id == GiProduct.id)], 24),
        (
            lookups.find_organisation,
            Organisation.uscc,
            [(Authorisation, Authorisation.organisation_id == Organisation.id)],
            16,
        ),
        (
            lookups.find_announcement,
            Announcement.code,
            [(AuthorisationEvent, AuthorisationEvent.announcement_id == Announcement.id)],
            14,
        ),
        (lookups.find_authorisation, Authorisation.code, [], 10),
    ],
)
def test_a_page_reads_a_fixed_number_of_statements(seed, read, column, joins, most):
    counts = [_count(seed, read, key) for key in _keys(seed, column, *joins) if key]
    assert counts
    assert max(counts) <= most
    assert min(counts) > 0


def test_a_trademark_has_a_page_if_the_public_may_see_one_of_its_classes(session):
    shown, half, gone = (a_trademark(session).registration_no for _ in range(3))
    a_trademark(session, registration_no=half, nice_class=5)
    for number in (half, gone):
        facts = {"withdrawal": "gone", "withdrawal_reason": "录入有误"}
        a_trademark(session, registration_no=number, **facts)
    with counted_statements(session) as statements:
        assert lookups.trademarks_on_view(session, [shown, half, gone, "12498101"]) == {shown, half}
        assert lookups.trademarks_on_view(session, []) == frozenset()
    assert len(statements) == 1
