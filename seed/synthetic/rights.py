"""Products and their protections: every state a right can be in, in turn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, auto
from functools import cached_property
from random import Random
from typing import NamedTuple

from seed.synthetic import naming, shapes
from seed.synthetic.announcements import Series
from seed.synthetic.naming import NOTE, SOURCE, THINGS
from seed.synthetic.sizes import Sizes
from service.calendar import term_end
from service.register.payloads import (
    GiProductPayload,
    ProductionAreaPayload,
    ProtectionEventPayload,
    ProtectionPayload,
)
from service.vocabulary import (
    AnnouncementKind,
    AreaTier,
    Confidence,
    DatePrecision,
    HomeRelation,
    ProtectionEventKind,
    Track,
    VerificationLevel,
)

_DEMONSTRATION = VerificationLevel.DEMONSTRATION


class Right(Enum):
    """What became of a product's protection."""

    RECOGNISED = auto()
    MARK = auto()
    AGRICULTURAL = auto()
    TWO_TRACKS = auto()
    OUTSIDE = auto()
    REVOKED = auto()
    IN_GRACE = auto()
    EXPIRED = auto()
    PROVISIONAL = auto()
    UNVERIFIED = auto()


_TURNS = (
    *(Right.RECOGNISED, Right.MARK, Right.RECOGNISED, Right.AGRICULTURAL, Right.RECOGNISED, Right.REVOKED),
    *(Right.MARK, Right.RECOGNISED, Right.IN_GRACE, Right.OUTSIDE, Right.RECOGNISED, Right.TWO_TRACKS),
    *(Right.RECOGNISED, Right.EXPIRED, Right.MARK, Right.RECOGNISED, Right.PROVISIONAL, Right.RECOGNISED),
    *(Right.UNVERIFIED, Right.MARK, Right.RECOGNISED, Right.AGRICULTURAL, Right.RECOGNISED, Right.MARK),
)
_MARKS = frozenset({Right.MARK, Right.IN_GRACE, Right.EXPIRED, Right.UNVERIFIED})
SOUND = frozenset({Right.RECOGNISED, Right.MARK, Right.TWO_TRACKS})
"""Rights that are in force and carry the mark."""

_TOWNS = (
    *("正阳街道", "舟白街道", "冯家街道", "城西街道", "阿蓬江镇", "石会镇", "黑溪镇", "黎水镇", "金溪镇"),
    *("马喇镇", "濯水镇", "石家镇", "鹅池镇", "小南海镇", "中塘镇", "沙坝镇", "太极镇", "五里镇", "水田乡"),
)


def right_of(product: int) -> Right:
    """Return what became of the protection of the product of this number."""
    return _TURNS[product % len(_TURNS)]


def track_of(product: int) -> Track:
    """Return the track of a product's first protection."""
    right = right_of(product)
    if right is Right.AGRICULTURAL:
        return Track.AGRI_GI
    return Track.GI_TRADEMARK if right in _MARKS else Track.GI_PRODUCT


@dataclass(frozen=True)
class Rights:
    """The products of a synthetic register; `holders` are the codes of associations."""

    sizes: Sizes
    holders: tuple[str, ...]

    @cached_property
    def recognitions(self) -> Series:
        """The announcements that recognise products, one row for each product."""
        return Series(AnnouncementKind.PRODUCT_RECOGNITION, 1001, 2005, 10, self.sizes.products)

    @cached_property
    def revocations(self) -> Series:
        """The announcements that revoke them."""
        revoked = sum(right is Right.REVOKED for right in map(right_of, range(self.sizes.products)))
        return Series(AnnouncementKind.REVOCATION, 7001, 2022, 3, revoked)

    def products(self) -> Iterator[GiProductPayload]:
        """Yield the products; half of them share an alias with others, so that a name can be ambiguous."""
        for number in range(self.sizes.products):
            thing = THINGS[number % len(THINGS)]
            is_outside = right_of(number) is Right.OUTSIDE
            yield GiProductPayload(
                code=naming.product_code(number),
                slug=f"shili-{number:06d}",
                name=naming.product_name(number),
                name_en=f"Demonstration {thing.en} {number} (fictional)",
                aliases=(f"示例{thing.zh}",) if number // len(THINGS) % 2 == 0 else (),
                industry=thing.industry,
                nice_classes=(thing.nice_class,),
                home_relation=HomeRelation.OUTSIDE if is_outside else HomeRelation.IN_DISTRICT,
                division=None if is_outside else "qianjiang",
                place_as_printed=f"示例外县{NOTE}" if is_outside else None,
                description=f"示例产品第{number}号，为测试而虚构，与任何真实产品无关。",
                season_months=(number % 12 + 1,),
                is_demonstration=True,
                source=SOURCE,
                source_level=_DEMONSTRATION,
            )

    @property
    def protection_count(self) -> int:
        """How many protections the products have."""
        return sum(1 + (right_of(number) is Right.TWO_TRACKS) for number in range(self.sizes.products))

    def protections(self) -> Iterator[ProtectionPayload]:
        """Yield the protections, each under its product's first holder."""
        for number in range(self.sizes.products):
            track = track_of(number)
            yield self._protection(number, 0, track)
            if right_of(number) is Right.TWO_TRACKS:
                yield self._protection(number, 1, Track.GI_TRADEMARK)

    def _protection(self, number: int, track_no: int, track: Track) -> ProtectionPayload:
        is_mark = track is Track.GI_TRADEMARK
        holder = self.holders[number % len(self.holders)] if self.holders else f"示例协会{NOTE}"
        return ProtectionPayload(
            code=naming.protection_code(number, track_no),
            product=naming.product_code(number),
            track=track,
            numbers=(self._number(number, track),),
            nice_class=THINGS[number % len(THINGS)].nice_class if is_mark else None,
            registrant=holder if is_mark else None,
            applicant=None if is_mark else holder,
            requirements=None if is_mark else f"示例：第{number}号产品的保护要求为测试而虚构。",
            is_demonstration=True,
            source=SOURCE,
            source_level=_DEMONSTRATION,
        )

    def _number(self, number: int, track: Track) -> str:
        if track is Track.GI_TRADEMARK:
            return naming.trademark_number(number, protects=True)
        if track is Track.AGRI_GI:
            return f"AGI2099-{number // 100_000 + 1:02d}-{number % 100_000:05d}"
        return self.recognitions.of_row(number).code

    @property
    def event_count(self) -> int:
        """How many events the protections have."""
        return sum(len(self._told(number, 0)) for number in range(self.sizes.products))

    def events(self) -> Iterator[ProtectionEventPayload]:
        """Yield what happened to the protections."""
        revoked = 0
        for number in range(self.sizes.products):
            for told in self._told(number, revoked):
                yield _event(number, told)
            revoked += right_of(number) is Right.REVOKED

    def _told(self, number: int, revoked: int) -> list[_Told]:
        right = right_of(number)
        if right in _MARKS:
            return _told_of_mark(right, number)
        notice = self.recognitions.of_row(number)
        if right is Right.AGRICULTURAL:
            return [_Told(ProtectionEventKind.REGISTERED, notice.day)]
        if right is Right.PROVISIONAL:
            return [_Told(ProtectionEventKind.PROVISIONAL_ANNOUNCED, notice.day, notice.code)]
        told = [_Told(ProtectionEventKind.RECOGNISED, notice.day, notice.code)]
        if right is Right.TWO_TRACKS:
            told.append(_registered(date(2018, 5, 4), track_no=1))
        if right is Right.REVOKED:
            end = self.revocations.of_row(revoked)
            told.append(_Told(ProtectionEventKind.REVOKED, end.day, end.code))
        return told

    @property
    def area_count(self) -> int:
        """How many area versions there are."""
        return self.sizes.areas if self.sizes.products else 0

    def areas(self) -> Iterator[ProductionAreaPayload]:
        """Yield area versions; one area in nine has a second version, more when products are few."""
        random = self.sizes.random("areas")
        owners = [n for n in range(self.sizes.products) if right_of(n) is not Right.OUTSIDE]
        wanted = sorted(owners[row * 9 // 10 % len(owners)] for row in range(self.area_count))
        versions, seen = Counter(wanted), Counter[int]()
        for number in wanted:
            seen[number] += 1
            yield _area(random, number, seen[number], versions[number])


class _Told(NamedTuple):
    """An event, before it is a payload."""

    kind: ProtectionEventKind
    day: date
    announcement: str | None = None
    last_day: date | None = None
    track_no: int = 0


def _told_of_mark(right: Right, number: int) -> list[_Told]:
    match right:
        case Right.IN_GRACE:
            return [_registered(date(2016, 10, 1) + timedelta(days=number % 50))]
        case Right.EXPIRED:
            return [_registered(date(2012, 1, 1) + timedelta(days=number % 900))]
        case Right.UNVERIFIED:
            return []
    return [_registered(date(2017, 3, 1) + timedelta(days=number % 700))]


def _registered(day: date, track_no: int = 0) -> _Told:
    return _Told(ProtectionEventKind.REGISTERED, day, last_day=term_end(day), track_no=track_no)


def _event(number: int, told: _Told) -> ProtectionEventPayload:
    return ProtectionEventPayload(
        protection=naming.protection_code(number, told.track_no),
        event=told.kind,
        happened_on=told.day,
        precision=DatePrecision.DAY,
        announcement=told.announcement,
        last_day=told.last_day,
        is_demonstration=True,
        source=SOURCE,
        source_level=_DEMONSTRATION,
    )


def _area(random: Random, number: int, version: int, versions: int) -> ProductionAreaPayload:
    town = random.randrange(len(_TOWNS))
    named = (_TOWNS[town], _TOWNS[(town + 1) % len(_TOWNS)])
    text = f"示例：“{naming.product_name(number)}”产地范围为{'、'.join(named)}的一部分。{NOTE}"
    return ProductionAreaPayload(
        protection=naming.protection_code(number),
        version_no=version,
        valid_from=_since(versions - version),
        valid_to=None if version == versions else _since(versions - version - 1),
        text_original=text,
        text_as_of=_since(versions - version),
        tier=AreaTier.PARCEL if number % 5 == 0 else AreaTier.DRAWN,
        partial_divisions=named,
        confidence=Confidence.LOW,
        method_note=f"示例图形，由程序随意生成{NOTE}",
        override_note=f"示例图形与所列乡镇、上一版无关{NOTE}",
        geometry=shapes.area(random),
        is_demonstration=True,
        source=SOURCE,
        source_level=_DEMONSTRATION,
    )


def _since(versions_later: int) -> date:
    return date(2020, 1, 1) - timedelta(days=365 * versions_later)
