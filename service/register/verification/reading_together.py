"""What many verifications read: the questions of `reading`, each asked once for all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam
from sqlalchemy.orm import Session

from service.register.models import Authorisation, FormerCode, Organisation, Party
from service.register.prepared import Prepared, is_among, json_of
from service.register.verification.codes import Code
from service.register.verification.reading import (
    AUTHORISATION_EVENTS,
    HOLDINGS,
    ORGANISATIONS,
    FoundAuthorisation,
    FoundOrganisation,
    FoundParty,
    authorisations_from,
    organisation_from,
)

_NUMBERS: BindParameter[str] = bindparam("numbers")
_CURRENT = Prepared(
    ORGANISATIONS.where(is_among(Organisation.uscc, _NUMBERS)).order_by(
        Organisation.uscc_state.desc(), Organisation.id.desc()
    )
)
_FORMER = Prepared(
    ORGANISATIONS.add_columns(FormerCode.uscc)
    .join(FormerCode, FormerCode.organisation_id == Organisation.id)
    .where(is_among(FormerCode.uscc, _NUMBERS))
    .order_by(Organisation.id)
)
_HOLDERS = Prepared(
    ORGANISATIONS.add_columns(Authorisation.code)
    .join(Authorisation, Authorisation.organisation_id == Organisation.id)
    .where(is_among(Authorisation.code, _NUMBERS))
)
_UNIQUE_CODE = 1


def organisations_of(session: Session, codes: Iterable[Code]) -> Mapping[str, FoundOrganisation]:
    """Return the organisations by the codes that stand for them: who carries a USCC now, else who carried it."""
    wanted = list(codes)
    found: dict[str, FoundOrganisation] = {}
    if numbers := [code.value for code in wanted if not code.is_authorisation]:
        for row in _CURRENT.rows(session, numbers=json_of(numbers)):
            found.setdefault(row[_UNIQUE_CODE], organisation_from(row, is_former_code=False))
    if missing := [number for number in numbers if number not in found]:
        for *row, number in _FORMER.rows(session, numbers=json_of(missing)):
            found.setdefault(number, organisation_from(row, is_former_code=True))
    if numbers := [code.value for code in wanted if code.is_authorisation]:
        for *row, number in _HOLDERS.rows(session, numbers=json_of(numbers)):
            found[number] = organisation_from(row, is_former_code=False)
    return found


_EVENTS = Prepared(
    AUTHORISATION_EVENTS.add_columns(Authorisation.organisation_id).where(
        is_among(Authorisation.organisation_id, bindparam("ids"))
    )
)


def authorisations_of(
    session: Session, organisation_ids: Collection[int]
) -> Mapping[int, Sequence[FoundAuthorisation]]:
    """Return the authorisations of each organisation with their events, oldest first."""
    if not organisation_ids:
        return {}
    rows: dict[int, list[Sequence[object]]] = defaultdict(list)
    for row in _EVENTS.rows(session, ids=json_of(organisation_ids)):
        rows[row.pop()].append(row)
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
