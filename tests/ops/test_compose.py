"""The compose file, as far as it can be judged without a container engine."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

ONE_SHOT = {"migrate", "seed", "search-keys"}
LASTING = {"app", "worker", "db", "search"}


def test_it_has_exactly_the_services_of_the_manual(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == ONE_SHOT | LASTING


@pytest.mark.parametrize("name", sorted(ONE_SHOT | LASTING))
def test_a_service_is_watched_or_runs_once(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]
    if name in ONE_SHOT:
        assert (service["restart"], service["healthcheck"]) == ("no", {"disable": True})
    else:
        assert service["restart"] == "unless-stopped"
        assert service["healthcheck"]["test"][0] == "CMD"
        assert {"interval", "timeout", "retries"} <= set(service["healthcheck"])


@pytest.mark.parametrize("name", sorted(ONE_SHOT | LASTING))
def test_a_service_cannot_write_its_own_files_nor_gain_rights(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]
    assert service["read_only"] is True
    assert service["security_opt"] == ["no-new-privileges:true"]
    if name != "db":  # its start hands its folder to another user, which takes rights
        assert service["cap_drop"] == ["ALL"]


@pytest.mark.parametrize("name", sorted(ONE_SHOT | LASTING))
def test_what_a_service_waits_for_exists_and_fits(compose: dict[str, Any], name: str) -> None:
    for other, how in compose["services"][name].get("depends_on", {}).items():
        expected = "service_completed_successfully" if other in ONE_SHOT else "service_healthy"
        assert how == {"condition": expected}, other


def test_no_secret_has_a_default_and_none_is_written_down(root: Path) -> None:
    text = (root / "compose.yaml").read_text(encoding="utf-8")
    used = re.findall(r"\$\{(\w+)(:?[-?+]?)([^}]*)\}", text)
    secret = [(name, form) for name, form, _ in used if re.search("PASSWORD|KEY|SECRET|TOKEN", name)]
    assert len({name for name, _ in secret}) == 4
    assert {form for _, form in secret} == {":?"}
    written = re.findall(r"^\s*(\w*(?:PASSWORD|_KEY|SECRET|TOKEN)\w*):\s*(.+)$", text, re.MULTILINE)
    assert written
    assert all(value.startswith("${") for _, value in written)


def test_the_base_address_must_be_told(root: Path) -> None:
    text = (root / "compose.yaml").read_text(encoding="utf-8")
    assert "DIBIAO_BASE_URL: ${DIBIAO_BASE_URL:?" in text


def test_only_the_application_is_reached_and_only_from_this_machine(compose: dict[str, Any]) -> None:
    ports = {name: one["ports"] for name, one in compose["services"].items() if "ports" in one}
    assert list(ports) == ["app"]
    assert all(port.startswith("127.0.0.1:") for port in ports["app"])
    assert compose["networks"]["inside"] == {"internal": True}
    for name, service in compose["services"].items():
        assert "inside" in service["networks"], name


def test_the_key_that_writes_the_index_is_the_workers_alone(compose: dict[str, Any]) -> None:
    holders = {
        name
        for name, one in compose["services"].items()
        if "DIBIAO_INDEXER_KEY" in one.get("environment", {})
    }
    assert holders == {"worker"}


def test_settings_it_sets_exist(compose: dict[str, Any]) -> None:
    from service.settings import Settings

    known = {f"DIBIAO_{name.upper()}" for name in Settings.model_fields} | {
        "FORWARDED_ALLOW_IPS"
    }  # uvicorn's
    for name in ("app", "worker", "migrate", "seed"):
        assert set(compose["services"][name]["environment"]) <= known


def test_meilisearch_is_new_enough_and_tells_nobody(compose: dict[str, Any]) -> None:
    search = compose["services"]["search"]
    version = tuple(int(part) for part in search["image"].rpartition(":v")[2].split("."))
    assert version >= (1, 48, 2)  # two published weaknesses of scoped keys are mended there
    assert search["environment"]["MEILI_NO_ANALYTICS"] == "true"
    assert search["environment"]["MEILI_ENV"] == "production"


def test_the_workers_health_check_asks_columns_that_exist(compose: dict[str, Any]) -> None:
    from service.register.models import Outbox

    program = compose["services"]["worker"]["healthcheck"]["test"][-1]
    compile(program, "health check", "exec")
    assert f"FROM {Outbox.__tablename__} WHERE done_at IS NULL AND created_at <" in program
    assert {"done_at", "created_at"} <= set(Outbox.__table__.columns.keys())


def test_volumes_are_declared(compose: dict[str, Any]) -> None:
    used = {line.split(":")[0] for one in compose["services"].values() for line in one.get("volumes", [])}
    assert used == set(compose["volumes"])


def test_the_manual_makes_the_keys_that_the_one_shot_asks_for(
    compose: dict[str, Any], root: Path, tmp_path: Path
) -> None:
    """The manual's lines that make .env are run; both keys must follow from uid and master key."""
    manual = (root / "docs/operations.md").read_text(encoding="utf-8")
    lines = re.search(r"```sh\n(umask 077\n.*?)```", manual, re.DOTALL)
    assert lines
    subprocess.run(["sh", "-eu", "-c", lines[1]], cwd=tmp_path, check=True)
    values = dict(line.split("=", 1) for line in (tmp_path / ".env").read_text().splitlines() if "=" in line)
    script = compose["services"]["search-keys"]["command"][0]
    asked = {one["name"]: one for one in map(json.loads, re.findall(r"make '(\{.*?\})'", script, re.DOTALL))}
    for name, setting in (("dibiao: search", "DIBIAO_SEARCH_KEY"), ("dibiao: worker", "DIBIAO_INDEXER_KEY")):
        master = values["DIBIAO_SEARCH_MASTER_KEY"].encode()
        assert values[setting] == hmac.new(master, asked[name]["uid"].encode(), hashlib.sha256).hexdigest()
        assert asked[name]["indexes"] == ["registry*"]
    assert asked["dibiao: search"]["actions"] == ["search"]
    text = (root / "compose.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"\$\{(\w+):\?", text)) == set(values)
    assert re.fullmatch(r"[0-9a-f]{32,}", values["DIBIAO_DB_PASSWORD"])  # it stands in an address as it is
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0
