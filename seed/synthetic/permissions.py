"""Firms and their authorisations with every kind of history, in turn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, auto
from functools import cached_property
from typing import NamedTuple

from seed.synthetic import naming
from seed.synthetic.announcements import Notice, Series
from seed.synthetic.naming import NOTE, SOURCE
from seed.synthetic.rights import SOUND, Right, right_of, track_of
from seed.synthetic.sizes import LAID_AROUND, Sizes
from service.register.payloads import (
    AuthorisationEventPayload,
    AuthorisationPayload,
    OrganisationPayload,
)
from service.vocabulary import (
    AnnouncementKind,
    AuthorisationBasis,
    AuthorisationEventKind,
    DeregistrationGround,
    OrganisationStatus,
    Track,
    VerificationLevel,
    Withdrawal,
)

_DEMONSTRATION = VerificationLevel.DEMONSTRATION
_HOLDER_EVERY = 40
_WITHHELD_EVERY = 400
_FORMER_CODE_EVERY = 50
# Former codes are drawn from the far end of the numbers, so that none is anybody's present code.
_FORMER_CODES_FROM = 900_000
_PREFIXES = ("91", "91", "93", "91", "92", "91", "93", "91", "N2", "91")
_FAR_AHEAD = date(2099, 1, 1)


class History(Enum):
    """What happened to a firm and its authorisation."""

    HOLDER = auto()
    NONE = auto()
    ACTIVE = auto()
    TWO_PRODUCTS = auto()
    CHANGED = auto()
    UNDER_CORRECTION = auto()
    CORRECTED = auto()
    DEREGISTERED = auto()
    OFF_STANDARD = auto()
    LICENCE_ENDED = auto()
    LATER = auto()
    VOIDED = auto()
    STRUCK_OFF = auto()


_TURNS = (
    *(History.ACTIVE, History.CHANGED, History.ACTIVE, History.DEREGISTERED, History.ACTIVE, History.NONE),
    *(History.TWO_PRODUCTS, History.ACTIVE, History.UNDER_CORRECTION, History.ACTIVE, History.CORRECTED),
    *(History.ACTIVE, History.LICENCE_ENDED, History.ACTIVE, History.OFF_STANDARD, History.ACTIVE),
    *(History.LATER, History.ACTIVE, History.VOIDED, History.ACTIVE, History.STRUCK_OFF, History.ACTIVE),
    *(History.NONE, History.DEREGISTERED, History.ACTIVE, History.TWO_PRODUCTS, History.ACTIVE),
)
_ENDED_BY_NOTICE = frozenset({History.CHANGED, History.DEREGISTERED, History.OFF_STANDARD})


class Grant(NamedTuple):
    """One authorisation, before it is a payload; `end_row` is its row in the announcements of changes and ends."""

    organisation: int
    product: int
    history: History
    end_row: int | None


def history_of(organisation: int) -> History:
    """Return what happened to the organisation of this number; every fortieth is an association of holders."""
    if organisation % _HOLDER_EVERY == 0:
        return History.HOLDER
    return _TURNS[organisation % len(_TURNS)]


def code_of(organisation: int) -> str:
    """Return the credit code of the organisation of this number."""
    return naming.uscc(organisation, _prefix(organisation))


def _prefix(organisation: int) -> str:
    if history_of(organisation) is History.HOLDER:
        return "51"
    return _PREFIXES[organisation % len(_PREFIXES)]


def holders(sizes: Sizes) -> tuple[str, ...]:
    """Return the codes of the associations that hold protections."""
    return tuple(code_of(number) for number in range(0, sizes.organisations, _HOLDER_EVERY))


def organisations(sizes: Sizes) -> Iterator[OrganisationPayload]:
    """Yield the organisations."""
    for number in range(sizes.organisations):
        history = history_of(number)
        is_withheld = number % _WITHHELD_EVERY == _WITHHELD_EVERY // 2 + 1
        name = naming.organisation_name(number, _prefix(number))
        former = naming.uscc(_FORMER_CODES_FROM + number // _FORMER_CODE_EVERY, "91")
        yield OrganisationPayload(
            uscc=code_of(number),
            name=name,
            short_names=(name[:5],),
            former_names=(f"{name}{NOTE}",) if number % 9 == 0 else (),
            former_codes=(former,) if number % _FORMER_CODE_EVERY == 3 else (),  # noqa: PLR2004  (no holder)
            division="qianjiang",
            address=f"示例路{number + 1}号{NOTE}",
            legal_representative=f"示例人{number % 97}",
            status=OrganisationStatus.DEREGISTERED
            if history is History.STRUCK_OFF
            else OrganisationStatus.ACTIVE,
            status_checked_on=date(2026, 6, 30),
            withdrawal=Withdrawal.WITHHELD if is_withheld else None,
            withdrawal_reason=f"示例：依法不公开{NOTE}" if is_withheld else None,
            is_demonstration=True,
            source=SOURCE,
            source_level=_DEMONSTRATION,
        )


@dataclass(frozen=True)
class Permissions:
    """The authorisations of a synthetic register."""

    sizes: Sizes

    @cached_property
    def grants(self) -> tuple[Grant, ...]:
        """The authorisations; each firm with a history has one on a right in force, others on any right."""
        return tuple(self._grants())

    def _grants(self) -> Iterator[Grant]:
        random = self.sizes.random("grants")
        usable = [n for n in range(self.sizes.products) if right_of(n) is not Right.AGRICULTURAL]
        sound = [n for n in usable if right_of(n) in SOUND]
        marks = [n for n in sound if track_of(n) is Track.GI_TRADEMARK]
        active = ended = 0
        for organisation in range(self.sizes.organisations if marks else 0):
            history = history_of(organisation)
            if history in {History.HOLDER, History.NONE}:
                continue
            pool = marks if history is History.LICENCE_ENDED else sound
            if history is History.ACTIVE:
                pool, active = usable, active + 1
            # Every right gets a firm first; from then on a few products have many and most have few.
            place = (
                active
                if history is History.ACTIVE and active < len(usable)
                else int(len(pool) * random.random() ** 2)
            )
            yield Grant(organisation, pool[place], history, ended if history in _ENDED_BY_NOTICE else None)
            ended += history in _ENDED_BY_NOTICE
            if history is History.TWO_PRODUCTS:
                yield Grant(organisation, pool[(place + 1) % len(pool)], history, None)

    @cached_property
    def approvals(self) -> Series:
        """The announcements that approve users."""
        return Series(AnnouncementKind.USER_APPROVAL, 3001, 2020, 2, len(self.grants))

    @cached_property
    def ends(self) -> Series:
        """The announcements that change or end approvals."""
        rows = sum(grant.end_row is not None for grant in self.grants)
        return Series(AnnouncementKind.USER_DEREGISTRATION, 5001, 2022, 4, rows)

    def authorisations(self) -> Iterator[AuthorisationPayload]:
        """Yield the grants as announced."""
        approvals = self.approvals
        for number, grant in enumerate(self.grants):
            notice = approvals.of_row(number)
            is_mark = track_of(grant.product) is Track.GI_TRADEMARK
            basis = (
                AuthorisationBasis.CERTIFICATION_LICENSEE if is_mark else AuthorisationBasis.APPROVED_PRODUCER
            )
            has_licence = grant.history is History.LICENCE_ENDED
            name = naming.organisation_name(grant.organisation, _prefix(grant.organisation))
            yield AuthorisationPayload(
                code=naming.authorisation_code(number),
                protection=naming.protection_code(grant.product),
                organisation=code_of(grant.organisation),
                basis=basis,
                announcement=notice.code,
                announced_row=approvals.place(number),
                effective_on=_FAR_AHEAD if grant.history is History.LATER else notice.day,
                licence_last_day=notice.day + timedelta(days=3 * 365) if has_licence else None,
                approved_name=name,
                approved_address=f"示例路{grant.organisation + 1}号{NOTE}",
                approved_trademark=name[:5],
                is_demonstration=True,
                source=SOURCE,
                source_level=_DEMONSTRATION,
                source_locator=f"附件第{approvals.place(number)}行",
            )

    @property
    def event_count(self) -> int:
        """How many events followed the grants."""
        found = Counter(grant.history for grant in self.grants)
        return sum(_EVENTS.get(history, 0) * count for history, count in found.items())

    def events(self) -> Iterator[AuthorisationEventPayload]:
        """Yield what happened after the grants, in the order in which it was recorded."""
        approvals, ends = self.approvals, self.ends
        for number, grant in enumerate(self.grants):
            end = ends.of_row(grant.end_row) if grant.end_row is not None else None
            for told in _told(grant.history, approvals.of_row(number).day, end):
                yield AuthorisationEventPayload(
                    authorisation=naming.authorisation_code(number),
                    event=told.kind,
                    effective_on=told.day,
                    announcement=told.announcement,
                    ground=told.ground,
                    deadline_on=told.deadline_on,
                    **({"voided_sequence": told.voided} if told.voided else {}),
                    approved_name=f"示例新名{number}{NOTE}"
                    if told.kind is AuthorisationEventKind.CHANGED
                    else None,
                    note=f"示例{NOTE}",
                    is_demonstration=True,
                    source=SOURCE,
                    source_level=_DEMONSTRATION,
                )


class _Told(NamedTuple):
    """An event, before it is a payload."""

    kind: AuthorisationEventKind
    day: date
    announcement: str | None = None
    ground: DeregistrationGround | None = None
    deadline_on: date | None = None
    voided: int | None = None


_EVENTS = {
    History.CHANGED: 1,
    History.UNDER_CORRECTION: 1,
    History.CORRECTED: 2,
    History.DEREGISTERED: 1,
    History.OFF_STANDARD: 2,
    History.VOIDED: 2,
}
_ORDERED = AuthorisationEventKind.PUT_UNDER_CORRECTION
_ENDED = AuthorisationEventKind.DEREGISTERED


def _told(history: History, granted_on: date, end: Notice | None) -> list[_Told]:
    if end is not None:
        return _told_by_notice(history, granted_on, end)
    match history:
        case History.UNDER_CORRECTION:
            day = LAID_AROUND - timedelta(days=44)
            return [_Told(_ORDERED, day, deadline_on=day + timedelta(days=3650))]
        case History.CORRECTED:
            closed = AuthorisationEventKind.CORRECTION_CLOSED
            ordered = _Told(_ORDERED, date(2023, 2, 1), deadline_on=date(2023, 5, 1))
            return [ordered, _Told(closed, date(2023, 4, 20))]
        case History.VOIDED:
            wrong = _Told(_ENDED, date(2023, 3, 1), ground=DeregistrationGround.VOLUNTARY)
            return [wrong, _Told(AuthorisationEventKind.ENTRY_VOIDED, date(2023, 3, 8), voided=2)]
    return []


def _told_by_notice(history: History, granted_on: date, end: Notice) -> list[_Told]:
    if history is History.CHANGED:
        return [_Told(AuthorisationEventKind.CHANGED, end.day, end.code)]
    if history is History.DEREGISTERED:
        return [_Told(_ENDED, end.day, end.code, DeregistrationGround.CEASED_PRODUCING)]
    # The first ends come soon after the last grants; nothing is ordered before its grant.
    day = max(end.day - timedelta(days=120), granted_on)
    deadline = max(end.day - timedelta(days=30), day + timedelta(days=1))
    ordered = _Told(_ORDERED, day, deadline_on=deadline)
    return [ordered, _Told(_ENDED, end.day, end.code, DeregistrationGround.OFF_STANDARD)]
