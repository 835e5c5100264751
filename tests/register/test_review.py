"""What a reviewer once got wrong answers for, kept right."""

from __future__ import annotations

from datetime import date

import openpyxl
import pytest
from factories import (
    NOW,
    a_payload,
    a_protection,
    a_protection_event,
    an_announcement,
    an_authorisation,
    an_authorisation_event,
    an_organisation,
    published,
)
from sqlalchemy import select, update

from service.errors import FieldNotAllowed, ImportRefused
from service.register import lookups, tabular
from service.register.models import Party, Protection
from service.register.verification import verify

TODAY = date(2026, 11, 23)


def _shown(session, authorisation):
    return lookups.find_authorisation(session, authorisation.code, TODAY).standing


def test_an_open_authorisation_of_a_revoked_right_is_shown_as_ended_everywhere(session):
    """I-2 and I-22."""
    protection = a_protection(session)
    authorisation = an_authorisation(session, protection)
    assert _shown(session, authorisation).state == "active"
    a_protection_event(session, protection, event="revoked", happened_on=date(2024, 1, 1))
    assert verify(session, authorisation.organisation, now=NOW).outcome == "protection_ended"
    assert _shown(session, authorisation).state == "ended"
    view = lookups.find_organisation(session, authorisation.organisation, TODAY)
    assert view.authorisations[0].standing.state == "ended"


def test_an_authorisation_of_a_body_that_was_struck_off_is_shown_as_ended(session):
    organisation = an_organisation(session, status="revoked")
    assert _shown(session, an_authorisation(session, organisation=organisation)).state == "ended"


@pytest.mark.parametrize(
    "change",
    [{"licence_last_day": date(2025, 12, 31)}, {"effective_on": date(2027, 1, 1)}, {"approved_name": "乙"}],
)
def test_a_grant_on_record_is_not_changed_by_a_new_version_of_its_row(session, change):
    authorisation = an_authorisation(session)
    with pytest.raises(FieldNotAllowed):
        published(session, "authorisation", **{**authorisation.model_dump(exclude_defaults=True), **change})


def test_an_authorisation_is_not_moved_to_another_firm(session):
    authorisation = an_authorisation(session)
    other = an_organisation(session)
    with pytest.raises(FieldNotAllowed):
        published(
            session,
            "authorisation",
            **{**authorisation.model_dump(exclude_defaults=True), "organisation": other.uscc},
        )


def test_what_surrounds_a_grant_can_be_corrected(session):
    authorisation = an_authorisation(session)
    again = {**authorisation.model_dump(exclude_defaults=True), "announced_row": 7}
    assert published(session, "authorisation", **again).announced_row == 7


def test_the_number_of_an_ended_authorisation_never_answers_for_a_later_one(session):
    protection = a_protection(session)
    organisation = an_organisation(session)
    old = an_authorisation(session, protection, organisation)
    an_authorisation_event(session, old, effective_on=date(2024, 1, 1))
    new = an_authorisation(session, protection, organisation, effective_on=date(2025, 1, 1))
    asked = verify(session, old.code, now=NOW)
    assert asked.outcome == "ended"
    assert [choice.outcome for choice in asked.choices] == ["authorised"]
    assert verify(session, new.code, now=NOW).outcome == "authorised"
    assert verify(session, organisation.uscc, now=NOW).outcome == "authorised"


def test_an_end_that_is_still_ahead_does_not_keep_out_an_earlier_one(session):
    authorisation = an_authorisation(session)
    an_authorisation_event(session, authorisation, effective_on=date(2027, 12, 31))
    an_authorisation_event(session, authorisation, effective_on=date(2026, 11, 20))
    assert verify(session, authorisation.organisation, now=NOW).outcome == "ended"


def test_a_withheld_authorisation_shows_nowhere(session):
    authorisation = an_authorisation(session)
    hidden = {"withdrawal": "withheld", "withdrawal_reason": "依法"}
    published(session, "authorisation", **{**authorisation.model_dump(exclude_defaults=True), **hidden})
    other = a_protection(session)
    for target in (other.product, "没有这个产品"):
        verdict = verify(session, authorisation.organisation, target, now=NOW)
        assert verdict.facts == ()
        assert verdict.choices == ()


def test_spreadsheets_with_cells_that_would_be_read_as_empty_are_refused(tmp_path):
    for name, spoil in (
        ("merged", lambda sheet: sheet.merge_cells("A2:A3")),
        ("formula", lambda sheet: sheet.__setitem__("B2", "=1+1")),
        ("error", lambda sheet: sheet.__setitem__("B2", "#N/A")),
    ):
        book = openpyxl.Workbook()
        book.active.append(["code", "name"])
        book.active.append(["a", "b"])
        spoil(book.active)
        path = tmp_path / f"{name}.xlsx"
        book.save(path)
        with pytest.raises(ImportRefused):
            tabular.read(path)


def test_an_explicit_nothing_is_an_empty_cell():
    facts = {"issuer": "cnipa", "number": "第9号", "title": "甲", "announcement_kind": "other"}
    assert a_payload("announcement", **facts, declared_products=None).declared_products is None


def test_a_withheld_right_shows_on_no_page_of_an_announcement_or_a_holder(session):
    firm, announcement = an_organisation(session), an_announcement(session)
    right = a_protection(session, begins=None, holder=firm.name)
    code = announcement.parsed_number().code
    a_protection_event(session, right, event="recognised", happened_on=date(2020, 1, 1), announcement=code)

    def shown() -> tuple[int, int]:
        found = lookups.find_announcement(session, code, TODAY)
        return len(found.products), len(lookups.find_organisation(session, firm.uscc, TODAY).holdings)

    assert shown() == (1, 1)
    session.execute(update(Protection).where(Protection.code == right.code).values(withdrawal="withheld"))
    assert shown() == (0, 0)


def test_a_namesake_holds_nothing_that_is_linked_to_another(session):
    holder = an_organisation(session, name="同名示例社")
    a_protection(session, holder=holder.uscc)
    namesake = an_organisation(session, name="同名示例社")
    session.execute(update(Party).values(name_as_announced="同名示例社"))
    assert session.scalars(select(Party.organisation_id)).one() is not None
    assert len(lookups.find_organisation(session, holder.uscc, TODAY).holdings) == 1
    assert lookups.find_organisation(session, namesake.uscc, TODAY).holdings == ()
