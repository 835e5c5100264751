"""What changed, for feed readers: Atom, the newest first."""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import urlencode
from uuid import NAMESPACE_URL, uuid5

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from service.register.lookups.change_feed import Change, Cursor, find_followed, newest_changes
from service.register.verification.reading import data_version
from service.web import revalidating, wording
from service.web.deps import ClockDep, LanguageDep, ReadSessionDep, SettingsDep
from service.web.parameters import FollowedKinds, FollowedOrganisation, FollowedProduct
from service.web.templating import environment, localised

router = APIRouter()

_ENTRIES: Final = 50
_PATH: Final = "/changes.atom"
_TYPE: Final = "application/atom+xml"


@router.get(_PATH)
def change_feed(
    request: Request,
    session: ReadSessionDep,
    settings: SettingsDep,
    clock: ClockDep,
    lang: LanguageDep,
    kind: FollowedKinds = (),
    product: FollowedProduct = None,
    organisation: FollowedOrganisation = None,
    before: Annotated[str | None, Query(max_length=30, description="翻页标记")] = None,
) -> Response:
    """Return the newest changes as an Atom feed with the address of the older ones. Source: RFC 4287, RFC 5005."""
    version = data_version(session)
    asked = [("kind", each.value) for each in kind]
    asked += [(name, text) for name, text in (("product", product), ("organisation", organisation)) if text]
    tag = revalidating.tag_of(version, lang, asked, before)
    if revalidating.is_known(request, tag):
        return revalidating.not_modified(tag)
    followed = find_followed(session, kind, product, organisation)
    found = newest_changes(session, Cursor.parse(before) if before else None, followed, _ENTRIES)
    base = settings.base_url.rstrip("/")
    own = f"{base}{localised(_PATH, lang)}"
    pages = [("before", before)] if before else []
    text = (
        environment(lang)
        .get_template("machines/changes.xml")
        .render(
            base=base,
            feed=_with(own, asked),
            own=_with(own, [*asked, *pages]),
            older=_with(own, [*asked, ("before", str(found.next))]) if found.has_more else None,
            updated=found.changes[0].published_at if found.changes else clock.now(),
            entries=[_entry(each, base, lang) for each in found.changes],
        )
    )
    return Response(text, media_type=_TYPE, headers=revalidating.headers_of(tag))


def _with(address: str, query: list[tuple[str, str]]) -> str:
    return f"{address}?{urlencode(query)}" if query else address


def _entry(change: Change, base: str, lang: str) -> dict[str, object]:
    # What has no page of its own, or none any more, is found in the publication that changed it.
    path = (change.details.path if change.details else None) or f"/changes/{change.cursor.revision}"
    return {
        # The same for ever, whatever the site's address: from what never changes about it.
        "id": uuid5(NAMESPACE_URL, f"{change.record_ulid}/{change.cursor.revision}").urn,
        "title": wording.change_title(change, lang),
        "summary": wording.change_sentence(change, lang),
        "updated": change.published_at,
        "kind": change.kind,
        "address": f"{base}{localised(path, lang)}",
    }
