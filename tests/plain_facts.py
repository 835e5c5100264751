"""One record, one truth (I-22): pages, files and answers read into the same few plain facts."""

from __future__ import annotations

import html
import json
import re
from datetime import date

from service.register.open_data import Form

BASE = "http://127.0.0.1:8000"
_FACT = re.compile(r"<div><dt[^>]*>(.*?)</dt>((?:\s*<dd[^>]*>.*?</dd>)+)</div>", re.DOTALL)
_SAID = re.compile(r"<dd[^>]*>(.*?)</dd>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_LINKED = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
_BADGE = re.compile(r'<span class="gi-badge[^>]*>.*?</span>', re.DOTALL)


def tables_of(client) -> dict[str, list[dict]]:
    """The rows of every table, as its JSON Lines file has them."""
    files = client.get("/api/v1/files").json()["items"]
    return {
        each["dataset"]: [json.loads(line) for line in client.get(each["url"]).content.splitlines()]
        for each in files
        if each["format"] == Form.JSON_LINES
    }


def public(rows: list[dict]) -> list[dict]:
    found = [row for row in rows if row["record_state"] == "public"]
    assert found
    return found


def said(text: str) -> str:
    """The words of a piece of a page."""
    return " ".join(html.unescape(_TAG.sub("", _BADGE.sub("", text))).split())


def facts(text: str) -> dict[str, list[str]]:
    """The lists of facts of a page or a part of it: everything said under each name."""
    found: dict[str, list[str]] = {}
    for name, values in _FACT.findall(text):
        found.setdefault(said(name), []).extend(said(value) for value in _SAID.findall(values))
    return found


def linked(page: str) -> list[dict]:
    found = [json.loads(html.unescape(text)) for text in _LINKED.findall(page)]
    assert found
    return [each for one in found for each in (one if isinstance(one, list) else [one])]


def properties(document: dict) -> dict[str, str]:
    return {each["propertyID"]: each["value"] for each in document["additionalProperty"]}


def day(text: str | None) -> str | None:
    """A day as pages write it."""
    if text is None:
        return None
    found = date.fromisoformat(text)
    return f"{found.year}年{found.month}月{found.day}日"


def parts(cell: str | None) -> list[str]:
    return cell.split("；") if cell else []


def every(client, path):
    found, cursor = [], None
    while True:
        page = client.get(path, params={"limit": 100, **({"cursor": cursor} if cursor else {})}).json()
        found += page["items"]
        if (cursor := page["next"]) is None:
            assert len({each["id"] for each in found}) == len(found) == page["total"]
            return found
