"""Lists under edits: whoever walks one misses no record that nobody touched, and meets none twice."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from conftest import NOW
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from service.app import create_app
from service.calendar import FixedClock
from service.register.database import Database
from service.settings import Settings

sys.path.append(str(Path(__file__).parents[1] / "register"))  # last: that folder has a conftest of its own
import factories

_ACTS = ("edit", "add", "withdraw", "bring back")


class Kind:
    """How records of one list are made, and which field of theirs an editor changes."""

    def __init__(self, path, make, field, key):
        self.path, self.make, self.field, self.key = path, make, field, key


def _a_service_point(session):
    number = next(factories._numbers)
    return factories.published(
        session, "service_point", code=f"SP-{number}", name=f"网点{number}", point_kind="guidance_station"
    )


def _a_division(session):
    number = next(factories._numbers)
    return factories.published(
        session, "division", slug=f"qu-{number}", name=f"区划{number}", division_kind="town"
    )


KINDS = {
    each.path: each
    for each in (
        Kind("gi", factories.a_product, "name", "code"),
        Kind("organisations", factories.an_organisation, "name", "uscc"),
        Kind("authorisations", factories.an_authorisation, "source", "code"),
        Kind("trademarks", factories.a_trademark, "name", "registration_no"),
        Kind("announcements", factories.an_announcement, "title", "number"),
        Kind("divisions", _a_division, "name", "slug"),
        Kind("service-points", _a_service_point, "name", "code"),
    )
}


class Register:
    """A small register, a client of its API, and who edits it meanwhile."""

    def __init__(self, url, folder):
        self.database = Database(url)
        app = create_app(
            Settings(data_dir=folder, database_url=url, limits=False), FixedClock(NOW), works=False
        )
        self.client = TestClient(app, base_url="http://127.0.0.1:8000")
        self.payloads: dict[str, list] = {}

    def fill(self, kind: Kind):
        if kind.path not in self.payloads:
            self.payloads[kind.path] = []
            for _ in range(9):
                self.add(kind)

    def add(self, kind: Kind):
        with self.database.writing() as session:
            self.payloads[kind.path].append(kind.make(session))

    def change(self, kind: Kind, number: int, **facts):
        before = self.payloads[kind.path][number]
        facts = before.model_dump(mode="json", exclude={"kind"}, exclude_none=True) | facts
        with self.database.writing() as session:
            after = factories.published(session, before.kind, **facts)
        self.payloads[kind.path][number] = after

    def act(self, kind: Kind, act: str, number: int) -> int | None:
        """Do it; return the number of the record that was touched."""
        number %= len(self.payloads[kind.path])
        match act:
            case "add":
                self.add(kind)
                return None
            case "edit":
                self.change(kind, number, **{kind.field: f"改{next(factories._numbers)}"})
            case "withdraw":
                self.change(kind, number, withdrawal="gone", withdrawal_reason="误录")
            case "bring back":
                facts = self.payloads[kind.path][number]
                if facts.withdrawal is not None:
                    self.change(kind, number, withdrawal=None, withdrawal_reason=None)
        return number

    def page(self, kind: Kind, limit: int, cursor: str | None):
        query = {"limit": limit, **({"cursor": cursor} if cursor else {})}
        reply = self.client.get(f"/api/v1/{kind.path}", params=query)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def walk(self, kind: Kind, limit: int, meanwhile=lambda: None):
        """Every item from the first page to the last, and what the last one says of how many there are."""
        found, cursor = [], None
        while True:
            page = self.page(kind, limit, cursor)
            found += page["items"]
            assert len(page["items"]) == limit or page["next"] is None
            if (cursor := page["next"]) is None:
                return found, page["total"]
            meanwhile()

    def public_keys(self, kind: Kind) -> set[str]:
        payloads = self.payloads[kind.path]
        return {self.key(kind, number) for number, one in enumerate(payloads) if one.withdrawal is None}

    def key(self, kind: Kind, number: int):
        payload = self.payloads[kind.path][number]
        return payload.parsed_number().code if kind.path == "announcements" else getattr(payload, kind.key)


@pytest.fixture(scope="module", params=["spatialite", "postgis"])
def register_(request, registers, tmp_path_factory):
    made = Register(registers.make(request.param, "empty"), tmp_path_factory.mktemp("paging"))
    yield made
    made.client.close()
    made.database.dispose()


def _lane(path: str):
    return (
        path
        if path in {"gi", "organisations", "authorisations"}
        else pytest.param(path, marks=pytest.mark.long)
    )


# Which kind it is makes no difference to paging; three of them, and all in `--all`.
@pytest.mark.parametrize("path", [_lane(path) for path in KINDS])
def test_no_untouched_record_is_missed_or_met_twice_while_others_change(register_, path):
    kind = KINDS[path]
    register_.fill(kind)
    shown = "code" if path == "announcements" else kind.key

    @given(
        limit=st.integers(1, 5),
        acts=st.lists(
            st.lists(st.tuples(st.sampled_from(_ACTS), st.integers(0, 60)), max_size=2), max_size=4
        ),
    )
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    def walk(limit, acts):
        before = register_.public_keys(kind)
        touched, waiting = set(), list(acts)

        def others_work():
            for act, number in waiting.pop(0) if waiting else ():
                done = register_.act(kind, act, number)
                touched.update({register_.key(kind, done)} if done is not None else ())

        items, _ = register_.walk(kind, limit, others_work)
        seen = [each[shown] for each in items]
        assert len(seen) == len(set(seen))
        assert before - touched <= set(seen)
        others_work()
        items, total = register_.walk(kind, 100)
        assert total == len(items)
        assert register_.public_keys(kind) <= {each[shown] for each in items}

    walk()


def test_a_list_counts_what_it_shows_when_what_its_records_hang_on_is_withdrawn(register_):
    """An authorisation of a firm that was taken down is not shown, so it is not counted either."""
    kind = KINDS["authorisations"]
    register_.fill(kind)
    with register_.database.writing() as session:
        for what in ("organisation", "product"):
            firm, product = factories.an_organisation(session), factories.a_product(session)
            right = factories.a_protection(session, product)
            factories.an_authorisation(session, right, firm)
            payload = firm if what == "organisation" else product
            facts = payload.model_dump(mode="json", exclude={"kind"}, exclude_none=True)
            factories.published(
                session, payload.kind, **facts | {"withdrawal": "gone", "withdrawal_reason": "误录"}
            )
    items, total = register_.walk(kind, 5)
    assert total == len(items)
