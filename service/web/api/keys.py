"""What a key is good for and what was done with it, for its holder."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Response, Security
from fastapi.security import HTTPBearer

from service.errors import KeyRefused
from service.register import keys
from service.vocabulary import ApiAct
from service.web.admission import KEY, ROWS_OF_KEY
from service.web.api.shapes import Shape
from service.web.deps import CallerDep, ReadSessionDep, TodayDep

router = APIRouter(tags=["key"])

_SHOWN: Final = timedelta(days=30)
# For the API's description; the gate has looked at the key before.
_bearer = HTTPBearer(
    scheme_name="ApiKey", auto_error=False, description="A key of the interface; it is optional elsewhere."
)


class AllowanceShape(Shape):
    """How much may be asked: so many within so many seconds."""

    act: str
    amount: int
    window_s: int


class UseShape(Shape):
    """What was done on one China day."""

    day: date
    act: str
    requests: int
    rows: int
    refused: int


class KeyShape(Shape):
    """A key as its holder sees it; never its secret."""

    key: str
    holder: str
    scopes: list[str]
    issued_at: datetime
    last_used_at: datetime | None
    limits: list[AllowanceShape]
    use: list[UseShape]


_EXAMPLE: Final = {
    "key": "dbk_demonstration",
    "holder": "示例平台（虚构）",
    "scopes": ["verify", "batch"],
    "issued_at": "2026-11-23T12:00:00+08:00",
    "last_used_at": "2026-11-23T12:05:00+08:00",
    "limits": [{"act": "verify", "amount": 3000, "window_s": 60}],
    "use": [{"day": "2026-11-23", "act": "verify", "requests": 12, "rows": 0, "refused": 0}],
}


@router.get(
    "/key",
    summary="The key of this request: its scopes, its limits, its use in the last 30 days.",
    responses={200: {"content": {"application/json": {"example": _EXAMPLE}}}},
)
def get_key(
    response: Response,
    session: ReadSessionDep,
    today: TodayDep,
    caller: CallerDep,
    bearer: Annotated[Any, Security(_bearer)],
) -> KeyShape:
    """Return what the key's holder may know. What was asked in the last minute is not yet counted."""
    del bearer
    if caller.key is None:
        raise KeyRefused
    response.headers["Cache-Control"] = "no-store"
    found = keys.find_key(session, caller.key.id)
    return KeyShape(
        key=found.prefix,
        holder=found.holder,
        scopes=found.scopes.split(),
        issued_at=found.issued_at,
        last_used_at=found.last_used_at,
        limits=[
            *(AllowanceShape(act=act, amount=KEY[act].amount, window_s=KEY[act].window_s) for act in ApiAct),
            AllowanceShape(act="rows", amount=ROWS_OF_KEY.amount, window_s=ROWS_OF_KEY.window_s),
        ],
        use=[
            UseShape(day=each.day, act=each.act, requests=each.requests, rows=each.rows, refused=each.refused)
            for each in keys.use_of(session, found.id, today - _SHOWN)
        ],
    )
