"""The routes of the indicators and the demonstration zone, and for each that changes something how it is reached."""

from __future__ import annotations

from typing import Any

from staffing import an_officer, seated

from service.vocabulary import Role, StaffAct

_READ = StaffAct.READ_RECORDS
ROUTES: dict[tuple[str, str], StaffAct | None] = {
    ("GET", "/staff/indicators"): _READ,
    ("POST", "/staff/indicators/snapshots"): StaffAct.FREEZE_SNAPSHOT,
    ("GET", "/staff/indicators/snapshots/{ulid}"): _READ,
    ("GET", "/staff/indicators/snapshots/{ulid}/compare"): _READ,
    ("GET", "/staff/indicators/snapshots/{ulid}.{form}"): _READ,
    ("GET", "/staff/zone"): _READ,
    ("GET", "/staff/zone/{ulid}"): _READ,
    ("GET", "/staff/zone/{ulid}.{form}"): _READ,
}


def _freeze(client: Any, database: Any, admin: Any) -> Any:
    seat = seated(client, database, an_officer(database, Role.INDICATOR_OFFICER))
    return lambda: seat.post("/staff/indicators/snapshots", {"title": "年度报送"})


DEEDS = {"/staff/indicators/snapshots": _freeze}
