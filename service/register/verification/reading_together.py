"""What many verifications read: the questions of `reading`, each asked once for all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from service.register.models import Authorisation, FormerCode, Organisation, Party
from service.register.verification.codes import Code
from service.register.verification.reading import (
    AUTHORISATION_EVENTS,
    HOLDINGS,
    ORGANISATION,
    FoundAuthorisation,
    FoundOrganisation,
    FoundParty,
    authorisations_from,
    organisation_from,
)


def organisations_of(session: Session, codes: Iterable[Code]) -> Mapping[str, FoundOrganisation]:
    """Return the organisations by the codes that stand for them: who carries a USCC now, else who carried it."""
    wanted = list(codes)
    numbers = {code.value for code in wanted if not code.is_authorisation}
    found = _current(session, numbers)
    found |= _former(session, numbers - found.keys())
    return found | _holders(session, {code.value for code in wanted if code.is_authorisation})


def _current(session: Session, numbers: Collection[str]) -> dict[str, FoundOrganisation]:
    statement = (
        select(*ORGANISATION)
        .where(Organisation.uscc.in_(numbers))
        .order_by(Organisation.uscc, Organisation.uscc_state.desc(), Organisation.id.desc())
    )
    found: dict[str, FoundOrganisation] = {}
    for row in session.execute(statement) if numbers else ():
        found.setdefault(str(row.uscc), organisation_from(row, is_former_code=False))
    return found


def _former(session: Session, numbers: Collection[str]) -> dict[str, FoundOrganisation]:
    statement = (
        select(FormerCode.uscc, *ORGANISATION)
        .join(Organisation, Organisation.id == FormerCode.organisation_id)
        .where(FormerCode.uscc.in_(numbers))
        .order_by(Organisation.id)
    )
    found: dict[str, FoundOrganisation] = {}
    for number, *row in session.execute(statement) if numbers else ():
        found.setdefault(number, organisation_from(row, is_former_code=True))
    return found


def _holders(session: Session, numbers: Collection[str]) -> dict[str, FoundOrganisation]:
    statement = (
        select(Authorisation.code, *ORGANISATION)
        .join(Authorisation, Authorisation.organisation_id == Organisation.id)
        .where(Authorisation.code.in_(numbers))
    )
    rows = session.execute(statement) if numbers else ()
    return {number: organisation_from(row, is_former_code=False) for number, *row in rows}


def authorisations_of(
    session: Session, organisation_ids: Collection[int]
) -> Mapping[int, Sequence[FoundAuthorisation]]:
    """Return the authorisations of each organisation with their events, oldest first."""
    if not organisation_ids:
        return {}
    statement = AUTHORISATION_EVENTS.add_columns(Authorisation.organisation_id).where(
        Authorisation.organisation_id.in_(organisation_ids)
    )
    rows: dict[int, list[Sequence[object]]] = defaultdict(list)
    for *row, organisation_id in session.execute(statement):
        rows[organisation_id].append(row)
    return {key: authorisations_from(events) for key, events in rows.items()}


def holdings_of(
    session: Session, organisations: Iterable[FoundOrganisation]
) -> Mapping[int, Sequence[FoundParty]]:
    """Return the products that each organisation is a party to, by link or by exact name."""
    by_id = {each.id: each for each in organisations}
    linked = _parties(session, Party.organisation_id, Party.organisation_id.in_(by_id))
    names = {each.name for each in by_id.values()}
    named = _parties(
        session,
        Party.name_as_announced,
        and_(Party.organisation_id.is_(None), Party.name_as_announced.in_(names)),
    )
    # Two statements: the names have no index, and one condition for both would read all parties for each firm.
    return {
        key: [party for _, _, party in sorted([*linked[key], *named[each.name]], key=itemgetter(0, 1))]
        for key, each in by_id.items()
    }


def _parties(
    session: Session, key: Any, condition: ColumnElement[bool]
) -> Mapping[Any, list[tuple[int, int, FoundParty]]]:
    """Return the parties by the key, each after the numbers of its product and its own, which order them."""
    found: dict[Any, list[tuple[int, int, FoundParty]]] = defaultdict(list)
    for *row, number, value in session.execute(HOLDINGS.add_columns(Party.id, key).where(condition)):
        party = FoundParty(*row)
        found[value].append((party.product_id, number, party))
    return found
