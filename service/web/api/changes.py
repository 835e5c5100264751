"""What changed in the register, for programs that follow it: in order, from a cursor on."""

from __future__ import annotations

from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Response

from service.register.lookups.change_documents import stretch_document
from service.register.lookups.change_feed import START, Cursor, find_followed, list_changes
from service.web.api.shapes import ChangesShape
from service.web.deps import ReadSessionDep
from service.web.parameters import FollowedKinds, FollowedOrganisation, FollowedProduct, Many

router = APIRouter(tags=["changes"])

Since = Annotated[
    str,
    Query(
        max_length=30,
        description="`next` of the answer before, or the `data_version` of any answer; without it, the beginning.",
        examples=["0"],
    ),
]


@router.get(
    "/changes",
    response_model=ChangesShape,
    summary="Published changes after a cursor, the oldest first; none twice, none left out.",
)
def get_changes(
    session: ReadSessionDep,
    since: Since = str(START),
    kind: FollowedKinds = (),
    product: FollowedProduct = None,
    organisation: FollowedOrganisation = None,
    limit: Many = 100,
) -> Response:
    """Return the changes; `next` is where to go on, at once when `has_more`, else whenever one likes."""
    followed = find_followed(session, kind, product, organisation)
    found = list_changes(session, Cursor.parse(since), followed, limit)
    return Response(
        orjson.dumps(stretch_document(found)),
        media_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
