"""Where events go, and what one looks like there."""

from __future__ import annotations

import io
import json
import sys

import pytest
import structlog

from service.logs import configure_logs


@pytest.fixture(autouse=True)
def as_before():
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def test_an_event_is_one_line_of_json_whatever_people_typed(capsys):
    configure_logs()
    structlog.get_logger("a").warning("odd", typed="黔江\n\x1b[31m{}")
    (line,) = capsys.readouterr().err.splitlines()
    event = json.loads(line)
    assert (event["event"], event["level"], event["typed"]) == ("odd", "warning", "黔江\n\x1b[31m{}")
    assert "\x1b" not in line
    assert "黔江" in line


def test_events_go_on_when_the_stream_of_the_configuration_is_closed(monkeypatch):
    log = structlog.get_logger("b")
    first, second = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", first)
    configure_logs()
    log.info("one")
    monkeypatch.setattr(sys, "stderr", second)
    first_text = first.getvalue()
    first.close()
    log.info("two")
    assert "one" in first_text
    assert [json.loads(line)["event"] for line in second.getvalue().splitlines()] == ["two"]
