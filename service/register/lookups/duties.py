"""What a firm has to do next, as far as the register knows: orders to correct, licences and marks that run out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from service.addresses import path_of
from service.register.lifecycle import GRACE_MONTHS, add_months
from service.register.lookups.finding import AuthorisationView, OrganisationView
from service.vocabulary import AuthorisationState, MarkStatus


class DutyKind(StrEnum):
    """What is to be done by the day."""

    CORRECT = "correct"
    LICENCE_ENDS = "licence_ends"
    RENEW = "renew"
    RENEW_IN_GRACE = "renew_in_grace"


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing to do, the last day for it, and the record it follows from."""

    kind: DutyKind
    by: date
    name: str
    path: str


def duties_of(view: OrganisationView) -> list[Duty]:
    """Return what the firm has to do, the soonest first; an order that is overdue stays until it is closed.

    A mark may be renewed in the twelve months before its term ends and in the six after.
    Source: Trademark Law 2019 art. 40.
    """
    found = [duty for each in view.authorisations for duty in _of_authorisation(each)]
    for mark, status in view.trademarks:
        if mark.term_to is None or status not in {MarkStatus.EXPIRING, MarkStatus.IN_GRACE}:
            continue
        in_grace = status is MarkStatus.IN_GRACE
        ends = add_months(mark.term_to, GRACE_MONTHS) if in_grace else mark.term_to
        kind = DutyKind.RENEW_IN_GRACE if in_grace else DutyKind.RENEW
        name = f"{mark.name} {mark.registration_no}"
        found.append(Duty(kind, _last_day(ends), name, path_of("trademark", mark.registration_no)))
    return sorted(found, key=lambda duty: (duty.by, duty.name))


def _of_authorisation(view: AuthorisationView) -> Iterator[Duty]:
    one, standing = view.authorisation, view.standing
    path = path_of("authorisation", one.code)
    voided = {event.voided_event_id for event in one.events}
    if standing.state is AuthorisationState.UNDER_CORRECTION:
        for event in one.events:
            if event.id == standing.decided_by and event.deadline_on is not None:
                yield Duty(DutyKind.CORRECT, event.deadline_on, view.product.name, path)
    if standing.is_in_effect:
        stated = [event for event in one.events if event.licence_to is not None and event.id not in voided]
        last = max(stated, key=lambda event: (event.effective_on, event.id), default=None)
        if last is not None and last.licence_to is not None:
            yield Duty(DutyKind.LICENCE_ENDS, _last_day(last.licence_to), view.product.name, path)


def _last_day(first_day_after: date) -> date:
    return first_day_after - timedelta(days=1)
