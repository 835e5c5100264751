"""The whole register as sections of payloads, in an order in which records only refer to earlier ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from seed.synthetic import announcements, marks, permissions
from seed.synthetic.announcements import Series
from seed.synthetic.permissions import Permissions
from seed.synthetic.rights import Rights
from seed.synthetic.sizes import Sizes
from service.register.payloads import Payload
from service.vocabulary import RecordKind


@dataclass(frozen=True, slots=True)
class Section:
    """All records of one kind: how many, and the payloads, made as they are asked for."""

    kind: RecordKind
    count: int
    payloads: Callable[[], Iterator[Payload]]


@dataclass(frozen=True, slots=True)
class Stream:
    """The sections of a register, and the bytes of the files they cite."""

    sections: tuple[Section, ...]
    series: tuple[Series, ...]

    def contents(self) -> Iterator[bytes]:
        """Yield the files to be kept."""
        return announcements.contents(self.series)


def sections(sizes: Sizes) -> Stream:
    """Return the register of these sizes; equal sizes and seeds are equal streams."""
    rights = Rights(sizes, permissions.holders(sizes))
    permitted = Permissions(sizes)
    series = (rights.recognitions, rights.revocations, permitted.approvals, permitted.ends)
    notices = sum(each.count for each in series)
    return Stream(
        (
            Section(RecordKind.DOCUMENT, notices, lambda: announcements.documents(series)),
            Section(RecordKind.ORGANISATION, sizes.organisations, lambda: permissions.organisations(sizes)),
            Section(RecordKind.ANNOUNCEMENT, notices, lambda: announcements.announcements(series)),
            Section(RecordKind.GI_PRODUCT, sizes.products, rights.products),
            Section(RecordKind.PROTECTION, rights.protection_count, rights.protections),
            Section(RecordKind.PROTECTION_EVENT, rights.event_count, rights.events),
            Section(RecordKind.PRODUCTION_AREA, rights.area_count, rights.areas),
            Section(RecordKind.AUTHORISATION, len(permitted.grants), permitted.authorisations),
            Section(RecordKind.AUTHORISATION_EVENT, permitted.event_count, permitted.events),
            Section(RecordKind.TRADEMARK, sizes.trademarks, lambda: marks.trademarks(sizes)),
            Section(RecordKind.BRAND, marks.brand_count(sizes), lambda: marks.brands(sizes)),
        ),
        series,
    )
