"""The OpenAPI document is true: schemathesis asks every operation, with good input and bad."""

from __future__ import annotations

import pytest
import schemathesis
from conftest import NOW
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig

from service.app import create_app
from service.calendar import FixedClock
from service.settings import Settings


@pytest.fixture(scope="module")
def schema(registers, tmp_path_factory):
    made = Settings(
        data_dir=tmp_path_factory.mktemp("contract"),
        database_url=registers.make("spatialite", "seeded"),
        allowed_hosts=("testserver",),
        limits=False,
    )
    refusals = [400, 404, 405, 414, 422, 431]
    # A code, cursor or key that is a string but no code is rightly refused; a schema cannot say so.
    answers = [200, 301, 400, 401, 404, 410, 422]
    config = SchemathesisConfig.from_dict(
        {
            "checks": {
                "negative_data_rejection": {"expected-statuses": refusals},
                "positive_data_acceptance": {"expected-statuses": answers},
            }
        }
    )
    app = create_app(made, FixedClock(NOW), works=False)
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", app, config=config)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("examples", [8, pytest.param(40, marks=pytest.mark.long)])
def test_no_request_breaks_the_contract(schema, mode, examples):
    asked = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and not operation.query:
            continue

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(
            max_examples=examples,
            deadline=None,
            derandomize=True,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        def ask(case):
            case.call_and_validate()

        ask()
        asked += 1
    assert asked >= (18 if mode is GenerationMode.POSITIVE else 10)
