"""Records of a kind in a list: what it is narrowed to, sorted by, and its page all stand in the address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import StreamingResponse

from service.register.browsing import NEWEST, SHELVES, Narrowing, Shelf, all_records, list_page
from service.register.verification.reading import data_version
from service.vocabulary import RecordKind, StaffAct
from service.web import wording
from service.web.deps import LanguageDep, ReadSessionDep
from service.web.forms import clean
from service.web.staff.desk import Desk, reads
from service.web.staff.listing import ROWS, Page, SearchText, Text, address, last_page
from service.web.staff.reaching import open_kind, open_kinds
from service.web.staff.tables import TableForm, list_file
from service.web.staff.typed import KindName
from service.web.templating import localised

router = APIRouter()
_SHOWN: Final = ("", "public", "withdrawn")
_READ: Final = StaffAct.READ_RECORDS


@dataclass(frozen=True, slots=True)
class Asked:
    """A list as its address asks for it."""

    kind: RecordKind
    shelf: Shelf
    narrowing: Narrowing
    page: int
    lang: str

    def address(self, *, form: str = "", **changes: str | int) -> str:
        """Return the address of the same list with something changed; another order begins at its first page."""
        narrowing = self.narrowing
        sort = f"{'-' if narrowing.descending else ''}{narrowing.sort}"
        facts: dict[str, str | int] = {
            "q": narrowing.q,
            "shown": narrowing.shown,
            **narrowing.facets,
            "sort": "" if sort == f"-{NEWEST}" else sort,
            **changes,
        }
        return address(f"/staff/records/{self.kind.value}", self.lang, facts, form=form)

    def sorted_by(self, name: str) -> str:
        """Return the address of the list sorted by the column, the other way round if it is so already."""
        is_down = self.narrowing.sort == name and not self.narrowing.descending
        return self.address(sort=f"{'-' if is_down else ''}{name}")


@router.get("/staff/records")
def first_records(desk: Annotated[Desk, reads(_READ)], lang: LanguageDep) -> RedirectResponse:
    """Go to the first kind of record that is open to who asks."""
    first = next(iter(open_kinds(desk)), None)
    return RedirectResponse(localised(f"/staff/records/{first.value}" if first else "/staff", lang), 303)


@router.get("/staff/records/{kind}.{form}")
def record_table(
    request: Request,
    desk: Annotated[Desk, reads(_READ)],
    session: ReadSessionDep,
    lang: LanguageDep,
    kind: Annotated[str, Path(pattern="^[a-z_]{1,40}$")],
    form: TableForm,
    q: SearchText = "",
    shown: Text = "",
    sort: Text = "",
) -> StreamingResponse:
    """Return the whole list as a file: as many rows as the screen counts."""
    asked = _asked(request, open_kind(desk, kind), lang, q, shown, sort, 1)
    names = list(asked.shelf.columns)
    headings = {name: wording.column_label(asked.kind, name, lang) for name in names}
    rows = ((record.ulid, *record.values) for record in all_records(session, asked.kind, asked.narrowing))
    return list_file(desk, form, kind, {"id": "id", **headings}, rows, data_version(session))


@router.get("/staff/records/{kind}")
def records(
    request: Request,
    desk: Annotated[Desk, reads(_READ)],
    session: ReadSessionDep,
    lang: LanguageDep,
    kind: KindName,
    q: SearchText = "",
    shown: Text = "",
    sort: Text = "",
    page: Page = 1,
) -> HTMLResponse:
    """Return a page of the records of a kind."""
    asked = _asked(request, open_kind(desk, kind), lang, q, shown, sort, page)
    found = list_page(session, asked.kind, asked.narrowing, start=(page - 1) * ROWS, limit=ROWS)
    return desk.show(
        "staff/records.html",
        asked=asked,
        kind=asked.kind,
        kinds=open_kinds(desk),
        found=found,
        page=page,
        last=last_page(found.total),
        newest=NEWEST,
        may_draft=desk.who.held.may(StaffAct.DRAFT, asked.kind),
    )


def _asked(request: Request, kind: RecordKind, lang: str, q: str, shown: str, sort: str, page: int) -> Asked:
    shelf = SHELVES[kind]
    named = sort.removeprefix("-")
    is_known = named in shelf.sorts or named == NEWEST
    facets = {
        name: code
        for name, (_, vocabulary) in (shelf.facets or {}).items()
        if (code := request.query_params.get(name, "")) in set(vocabulary)
    }
    narrowing = Narrowing(
        q=clean(q),
        facets=facets,
        shown=shown if shown in _SHOWN else "",
        sort=named if is_known else NEWEST,
        descending=sort.startswith("-") if is_known else True,
    )
    return Asked(kind, shelf, narrowing, page, lang)
