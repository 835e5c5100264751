"""The page of results: what is marked, what stays text, and the ways on from it."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote

import pytest

from service.vocabulary import SEARCHABLE_KINDS

_HOSTILE = "<img src=q onerror=alert(1)>"
_HIT = re.compile(r'<li class="gi-hit">.*?<h2><a href="([^"]*)">(.*?)</a>', re.DOTALL)
_CHIP = re.compile(r'<li><a href="([^"]*)"><span class="gi-unseen">')


def _page(client, question: str, more: str = "", prefix: str = "") -> str:
    return str(client.get(f"{prefix}/search?q={quote(question)}{more}").text)


def _names(page: str) -> dict[str, str]:
    return dict(_HIT.findall(page))


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("猕猴", '黔江<mark class="gi-mark">猕猴</mark>桃'),
        ("獼猴桃", '黔江<mark class="gi-mark">猕猴桃</mark>'),
        ("mihoutao", '黔江<mark class="gi-mark">猕猴桃</mark>'),
        ("qjmht", '<mark class="gi-mark">黔江猕猴桃</mark>'),
    ],
)
def test_what_was_asked_for_is_marked_in_the_name(client, question: str, name: str) -> None:
    assert _names(_page(client, question))["/gi/qianjiang-mihoutao"] == name


def test_an_english_page_marks_the_english_name(client) -> None:
    name = _names(_page(client, "kiwifruit", prefix="/en"))["/en/gi/qianjiang-mihoutao"]
    assert name.startswith('Qianjiang <mark class="gi-mark">Kiwifruit</mark> (<span lang="zh-CN">')


def test_marking_changes_no_letter_of_a_name(client) -> None:
    plain = _names(client.get("/search?kind=gi_product").text)
    marked = _names(_page(client, "黔江", "&kind=gi_product"))
    assert marked
    for path, name in marked.items():
        assert re.sub(r"</?mark[^>]*>", "", name) == plain[path]


def test_nothing_is_marked_where_nothing_was_asked(client) -> None:
    assert "<mark" not in client.get("/search?kind=gi_product").text


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("more", ["", "&kind=gi_product", "&kind=" + quote(_HOSTILE)])
def test_a_hostile_question_stays_text(client, prefix: str, more: str) -> None:
    page = _page(client, _HOSTILE, more, prefix)
    assert "<img" not in page
    assert "&lt;img src=q onerror=alert(1)&gt;" in page


def test_every_chosen_value_can_be_taken_away_alone(client) -> None:
    more = "&kind=gi_product&kind=trademark&has_users=true"
    links = [unescape(link) for link in _CHIP.findall(_page(client, "示例", more))]
    start = f"/search?q={quote('示例')}"
    assert sorted(links) == sorted(
        [
            f"{start}&kind=trademark&has_users=true",
            f"{start}&kind=gi_product&has_users=true",
            f"{start}&kind=gi_product&kind=trademark",
        ]
    )
    for link in links:
        assert len(_CHIP.findall(client.get(link).text)) == 2


def test_a_misspelling_is_offered_as_the_register_spells_it(client) -> None:
    page = _page(client, "弥猴桃")
    offered = re.search(r'您是不是要找：<a [^>]*href="([^"]*)"[^>]*>([^<]*)</a>', page)
    assert offered is not None
    assert "猕猴桃" in offered[2]
    assert unescape(offered[1]) == f"/search?q={quote(offered[2])}"
    assert "/gi/qianjiang-mihoutao" in _names(client.get(unescape(offered[1])).text)


@pytest.mark.parametrize("path", ["/", "/search?q=黔江", "/en/"])
def test_a_search_box_brings_its_module_and_a_label_for_every_kind(client, path: str) -> None:
    page = client.get(path).text
    module = re.search(r'<script type="module" src="(/static/js/suggestions\.js\?v=\w+)"></script>', page)
    assert module is not None
    assert client.get(module[1]).headers["content-type"].startswith("text/javascript")
    labels = dict(re.findall(r'data-kind="(\w+)" aria-label="([^"]+)"', page))
    lang = "en" if path.startswith("/en") else "zh"
    wanted = {kind.value: kind.label(lang) for kind in SEARCHABLE_KINDS}
    assert {kind: label.casefold() for kind, label in labels.items()} == {
        kind: label.casefold() for kind, label in wanted.items()
    }


def test_a_page_without_a_search_box_asks_for_no_module(client) -> None:
    assert "suggestions.js" not in client.get("/help").text
