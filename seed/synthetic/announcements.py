"""The announcements of the demonstration office, in four series, with the files they stand in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from seed.synthetic.naming import NOTE, SOURCE
from service.register.payloads import AnnouncementPayload, DocumentPayload
from service.vocabulary import AnnouncementKind, DocumentKind, Issuer, VerificationLevel

_ROWS = 25
_SERIALS = 2_000


@dataclass(frozen=True, slots=True)
class Series:
    """Announcements of one kind: each carries so many rows, on days spread over the years."""

    kind: AnnouncementKind
    first_serial: int
    first_year: int
    years: int
    rows: int

    @property
    def rows_each(self) -> int:
        """How many rows an announcement carries; serials have four digits, so many rows share one."""
        return max(_ROWS, -(-self.rows // (_SERIALS * self.years)))

    @property
    def count(self) -> int:
        """How many announcements there are."""
        return -(-self.rows // self.rows_each)

    def of_row(self, row: int) -> Notice:
        """Return the announcement that carries the row."""
        return self.notice(row // self.rows_each)

    def notice(self, number: int) -> Notice:
        """Return the announcement of this number in the series."""
        year = self.first_year + number % self.years
        day = date(year, 1, 1) + timedelta(days=number * 7 % 360)
        rows = min(self.rows_each, self.rows - number * self.rows_each)
        return Notice(self.kind, year, self.first_serial + number // self.years, day, rows)

    def place(self, row: int) -> int:
        """Return the place of the row in its announcement, from 1."""
        return row % self.rows_each + 1


@dataclass(frozen=True, slots=True)
class Notice:
    """One announcement."""

    kind: AnnouncementKind
    year: int
    serial: int
    day: date
    rows: int

    @property
    def code(self) -> str:
        """The code by which other records name it."""
        return f"demonstration-{self.year}-{self.serial}"

    @property
    def printed(self) -> str:
        """The number as printed."""
        return f"{self.year}年第{self.serial}号"

    @property
    def title(self) -> str:
        """The title, which its file carries too."""
        return f"示例机关公告{self.printed}：{self.kind.zh}{NOTE}"

    @property
    def content(self) -> bytes:
        """The bytes of its file."""
        return f"{self.title}\n\n{SOURCE}。本件共{self.rows}行。\n".encode()

    @property
    def sha256(self) -> str:
        """The address of its file."""
        return hashlib.sha256(self.content).hexdigest()


def documents(series: tuple[Series, ...]) -> Iterator[DocumentPayload]:
    """Yield the files of the announcements."""
    for notice in _notices(series):
        yield DocumentPayload(
            sha256=notice.sha256,
            size=len(notice.content),
            media_type="text/plain",
            title=notice.title,
            document_kind=DocumentKind.ANNOUNCEMENT,
            issuer=Issuer.DEMONSTRATION,
            document_number=f"示例机关公告{notice.printed}",
            published_on=notice.day,
            licence_note="示例文件，随程序生成",
            is_open=True,
            is_demonstration=True,
            source=SOURCE,
            source_level=VerificationLevel.DEMONSTRATION,
        )


def announcements(series: tuple[Series, ...]) -> Iterator[AnnouncementPayload]:
    """Yield the announcements."""
    for notice in _notices(series):
        yield AnnouncementPayload(
            issuer=Issuer.DEMONSTRATION,
            number=notice.printed,
            title=notice.title,
            announcement_kind=notice.kind,
            published_on=notice.day,
            declared_organisations=notice.rows,
            documents=(notice.sha256,),
            is_demonstration=True,
            source=SOURCE,
            source_level=VerificationLevel.DEMONSTRATION,
        )


def contents(series: tuple[Series, ...]) -> Iterator[bytes]:
    """Yield the bytes of the files, to be kept in the document store."""
    for notice in _notices(series):
        yield notice.content


def _notices(series: tuple[Series, ...]) -> Iterator[Notice]:
    for each in series:
        for number in range(each.count):
            yield each.notice(number)
