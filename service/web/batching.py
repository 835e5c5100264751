"""A checked batch as people and programs get it: counted by verdict, and as a table of one line for each row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from urllib.parse import quote

from fastapi.responses import StreamingResponse
from sqlalchemy.orm import Session

from service.addresses import path_of
from service.calendar import CHINA, china_date
from service.errors import BatchRefused
from service.register.batches import Answer, Batch, answers
from service.register.open_data import Form, Heading, Note
from service.register.open_data.columns import Value
from service.register.verification.reading import data_version
from service.register.verification.verdict import FactKind, Verdict
from service.vocabulary import Outcome
from service.web import wording
from service.web.deps import Services
from service.web.table_files import table_file

_JOIN: Final = "；"
_LABELS: Final = ("未能核验", "not answered")
_IGNORED: Final = ("没有读这些列：", "columns not read: ")
_MOST_OF_HEADER: Final = 2000
"""Signs of a header's value that every server between here and there lets through."""

_MAX_UPLOAD: Final = 5 * 1024 * 1024
_AROUND_IT: Final = 64 * 1024
UPLOADS: Final = {
    "/api/v1/verify/batch": _MAX_UPLOAD,
    "/verify/batch": _MAX_UPLOAD + _AROUND_IT,
    "/en/verify/batch": _MAX_UPLOAD + _AROUND_IT,
}
"""The paths that take a batch, and how many bytes: a form has something around its file."""

NOT_ANSWERED: Final = "not_answered"
"""What rows that could not be read are counted as."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A batch and how it is asked about: as known when, from which row's number on, in which language it is answered.

    Raises:
        BatchRefused: `from_row_beyond`.
    """

    batch: Batch
    known_at: datetime | None = None
    from_row: int = 1
    lang: str = "zh"

    def __post_init__(self) -> None:
        if not self.count:
            raise BatchRefused("from_row_beyond")

    @property
    def count(self) -> int:
        """The rows that are answered."""
        return sum(row.number >= self.from_row for row in self.batch.rows)


class Checking:
    """One batch being checked at one moment of the register; it counts while its answers are gone through."""

    def __init__(self, session: Session, asked: Asked, now: datetime) -> None:
        self.asked = asked
        self.now = now
        self.data_version = data_version(session)
        self._session = session
        self.verdicts: Counter[tuple[Outcome, str]] = Counter()
        self._not_answered = 0

    def answers(self) -> Iterator[Answer]:
        """Yield the answers in the order of the rows. Raises BadDay for a moment that cannot be answered for."""
        asked = self.asked
        for answer in answers(
            self._session, asked.batch.rows, asked.known_at, from_row=asked.from_row, now=self.now
        ):
            verdict = answer.verdict
            if verdict is None:
                self._not_answered += 1
            else:
                self.verdicts[verdict.outcome, verdict.target.slug if verdict.target else ""] += 1
            yield answer

    @property
    def counts(self) -> dict[str, int]:
        """The rows gone through, by verdict, in the order of verdicts; what none has is left out."""
        by_outcome: Counter[Outcome] = Counter()
        for (outcome, _), count in self.verdicts.items():
            by_outcome[outcome] += count
        found = {outcome.value: by_outcome[outcome] for outcome in Outcome if by_outcome[outcome]}
        return {**found, NOT_ANSWERED: self._not_answered} if self._not_answered else found

    @property
    def headers(self) -> dict[str, str]:
        """The headers of any reply: the version tells who goes on later whether the register has changed."""
        ignored = self.asked.batch.ignored
        return {
            "Cache-Control": "no-store",
            "X-Data-Version": str(self.data_version),
            "X-Row-Count": str(len(self.asked.batch.rows)),
            **({"X-Ignored-Columns": _header_of(ignored)} if ignored else {}),
        }


def _header_of(headings: Iterable[str]) -> str:
    """Return headings as a header holds them: percent-encoded UTF-8, with `...` for those that do not fit."""
    told = ""
    for heading in headings:
        longer = f"{told}, {quote(heading, safe=' ')}" if told else quote(heading, safe=" ")
        if len(longer) > _MOST_OF_HEADER:
            return f"{told}, ..."
        told = longer
    return told


@contextmanager
def checking_of(services: Services, asked: Asked, line: str) -> Iterator[Checking]:
    """Yield the checking of a batch in one reading transaction; its verdicts are counted when the block ends."""
    with services.database.reading() as session:
        checking = Checking(session, asked, services.clock.now())
        yield checking
    services.tally.verified_many(checking.verdicts, checking.now, line)


def table_reply(
    services: Services, asked: Asked, form: Form, line: str, *, bom: bool = False
) -> StreamingResponse:
    """Return the answers as a CSV or XLSX file, which no spreadsheet computes and whose codes are text."""
    with checking_of(services, asked, line) as checking:
        today = china_date(checking.now)
        title = "batch verification" if asked.lang == "en" else "批量核验结果"
        note = Note(title, checking.data_version, today, (wording.disclaimer(asked.lang),))
        lines = _lines(checking, services.settings.base_url.rstrip("/"))
        name = f"dibiao-verify-v{checking.data_version}-{today.isoformat()}"
        return table_file(form, COLUMNS, lines, note, name, checking.headers, bom=bom)


def _lines(checking: Checking, site: str) -> Iterator[tuple[list[Value], None]]:
    """Yield the cells under `COLUMNS`."""
    lang = checking.asked.lang
    last = (checking.data_version, checking.now.astimezone(CHINA).isoformat(timespec="seconds"))
    # A table has no room for what holds of all rows: its first row tells it.
    of_all = _ignored_text(checking.asked)
    for answer in checking.answers():
        row, verdict = answer.row, answer.verdict
        cells = _verdict_cells(verdict, lang, site) if verdict else _problem_cells(answer, lang)
        remarks = _JOIN.join((*of_all, *cells.remarks, *(each.label(lang) for each in answer.spellings)))
        of_all = ()
        asked = (row.number, row.code, row.target, row.on)
        yield [*asked, *cells.conclusion, remarks, *cells.basis, answer.same_as, *last], None


def _ignored_text(asked: Asked) -> tuple[str, ...]:
    if not asked.batch.ignored:
        return ()
    is_english = asked.lang == "en"
    return (_IGNORED[is_english] + (", " if is_english else "、").join(asked.batch.ignored),)


class _Cells(NamedTuple):
    conclusion: tuple[Value, ...]
    remarks: list[str]
    basis: tuple[Value, ...]


def _problem_cells(answer: Answer, lang: str) -> _Cells:
    problem = answer.problem or ""
    conclusion = ("", _LABELS[lang == "en"], problem, wording.problem_text(problem, lang))
    return _Cells(conclusion, [], (None,) * 9)


def _verdict_cells(verdict: Verdict, lang: str, site: str) -> _Cells:
    outcome, reason, target, evidence = verdict.outcome, verdict.reason, verdict.target, verdict.evidence
    cautions = (verdict.caution, *verdict.warnings) if verdict.caution else verdict.warnings
    first = evidence[0] if evidence else None
    return _Cells(
        (outcome.value, outcome.label(lang), reason.value, reason.label(lang)),
        [each.label(lang) for each in cautions],
        (
            verdict.subject.code,
            verdict.subject.name,
            target.name if target else None,
            target.slug if target else None,
            first.authorisation if first else None,
            next((fact.day for fact in verdict.facts if fact.kind is FactKind.GRANTED), None),
            _JOIN.join([each.number for each in evidence]),
            f"{site}{path_of('announcement', first.announcement)}" if first else None,
            verdict.as_of,
        ),
    )


COLUMNS: Final = (
    Heading("row", "行号", "row"),
    Heading("code", "代码（原样）", "code as sent"),
    Heading("target", "产品（原样）", "product as sent"),
    Heading("on", "日期（原样）", "day as sent"),
    Heading("verdict", "结论（代码）", "verdict, code"),
    Heading("verdict_label", "结论", "verdict"),
    Heading("reason", "原因（代码）", "reason, code"),
    Heading("reason_label", "原因", "reason"),
    Heading("remarks", "注意", "remarks"),
    Heading("read_as", "读作代码", "code as read"),
    Heading("organisation", "单位", "organisation"),
    Heading("product", "产品", "product"),
    Heading("product_slug", "产品地址名", "product slug"),
    Heading("authorisation", "使用核准编号", "authorisation number"),
    Heading("granted_on", "核准生效日", "authorised from"),
    Heading("evidence", "依据的公告", "announcements behind it"),
    Heading("evidence_url", "首份公告的网页", "page of the first"),
    Heading("as_of", "所查日期", "day asked about"),
    Heading("same_as_row", "与第几行相同", "asks the same as row"),
    Heading("data_version", "登记版本", "registry revision"),
    Heading("checked_at", "核验时间（中国）", "time of checking, in China"),
)
"""The columns of a checked batch."""
