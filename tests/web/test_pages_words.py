"""The words of the pages: every text has its English, every code its sentence, and style keeps to its tokens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract
from jinja2.ext import babel_extract

from service.identifiers import Hint
from service.register.leads import Step
from service.register.verification.verdict import Fact, FactKind
from service.vocabulary import (
    AuthorisationState,
    Caution,
    MarkStatus,
    OrganisationStatus,
    Outcome,
    ProtectionState,
)
from service.web import wording
from service.web.templating import CATALOGUE, STATIC, english, environment
from service.web.wording.faults import TABLES

_WEB = STATIC.parent
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_PLACE = re.compile(r"%\((\w+)\)s")
_LOOSE = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(|(?<![\w-])\d*\.?\d+(?:px|rem)\b|!important")


def _messages() -> set[str]:
    found: set[str] = set()
    for path in (_WEB / "templates").rglob("*.html"):
        with path.open("rb") as lines:
            texts = babel_extract(lines, ["_"], [], {"trim_blocks": "true"})
            found |= {text[0] if isinstance(text, tuple) else text for _, _, text, _ in texts}
    for path in (*(_WEB / "public").glob("*.py"), _WEB / "ground.py"):
        with path.open("rb") as lines:
            found |= {str(text) for _, text, _, _ in extract("python", lines, {"say": None})}
    return found


def test_every_text_has_its_english() -> None:
    words = english()
    missing = [text for text in _messages() if words.gettext(text) == text]
    assert missing == []
    assert [text for text in _messages() if _CHINESE.search(words.gettext(text))] == []


def test_translations_keep_their_places() -> None:
    words = english()
    wrong = [
        text for text in _messages() if set(_PLACE.findall(text)) != set(_PLACE.findall(words.gettext(text)))
    ]
    assert wrong == []


def test_the_catalogue_holds_nothing_that_no_page_says() -> None:
    known = set(re.findall(r'^msgid "(.+)"$', CATALOGUE.read_text(encoding="utf-8"), re.MULTILINE))
    assert {text.replace('\\"', '"') for text in known} - _messages() == set()


def test_no_text_outside_gettext_marks() -> None:
    for path in (_WEB / "templates").rglob("*.html"):
        rest = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        rest = re.sub(r'_\(\s*"[^"]*"', "", rest)
        loose = [line for line in rest.splitlines() if _CHINESE.search(line)]
        allowed = [
            line
            for line in loose
            if 'lang="zh-CN">中文</a>' in line or "one.unit in" in line or "detail not in" in line
        ]
        assert loose == allowed, path.name


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_code_has_its_sentence(lang: str) -> None:
    for caution in Caution:
        assert wording.caution_text(caution, lang)
    for hint in Hint:
        assert wording.hint_text(hint.value, lang)
    for kind in FactKind:
        assert wording.fact_text(Fact(kind, "示例·云雾果"), lang)
    for code in (
        "uscc_charset",
        "uscc_length",
        "uscc_checksum",
        "looks_like_id",
        "legacy_15",
        "bad_number",
        "bad_date",
    ):
        assert wording.problem_text(code, lang) != wording.problem_text("bad_request", lang)
        assert "{" not in wording.problem_text(code, lang, position=3)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_state_is_called_as_its_own_list_calls_it(lang: str) -> None:
    """Codes of two lists may be the same word: `active` is 存续 of a firm and 有效 of an authorisation."""
    tag = environment(lang).get_template("components/status_tag.html").module.status_tag
    lists = (OrganisationStatus, AuthorisationState, ProtectionState, MarkStatus, Outcome)
    for state in (state for each in lists for state in each):
        assert state.label(lang).lower() in str(tag(state)).lower(), repr(state)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_fault_and_every_step_of_a_report_has_its_sentence(lang: str) -> None:
    for code in (
        "kind_missing",
        "description_missing",
        "too_long",
        "bad_characters",
        "rate_limited",
        "not_kept",
    ):
        words = wording.fault_text(code, lang, most=60, minutes=5, what="示例")
        assert words
        assert "{" not in words
    assert len({wording.step_text(step, lang) for step in Step}) == len(Step)


def test_only_tokens_hold_colours_and_sizes() -> None:
    for path in sorted((STATIC / "css").rglob("*.css")):
        if path.name == "tokens.css":
            continue
        rules = [
            line
            for line in path.read_text(encoding="utf-8").splitlines()
            if not line.lstrip().startswith("@")
        ]
        assert [line for line in rules if _LOOSE.search(line)] == [], path.name


def test_a_component_shares_its_name_with_its_class() -> None:
    for path in sorted((STATIC / "css" / "components").glob("*.css")):
        name = path.stem.replace("_", "-")
        assert f".gi-{name}" in path.read_text(encoding="utf-8"), path.name


def test_templates_trust_nothing() -> None:
    for path in (_WEB / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "|safe" not in re.sub(r"\s", "", text), path.name
        assert "autoescape" not in text, path.name
    assert isinstance(CATALOGUE, Path)


def test_no_two_tables_of_faults_share_a_code() -> None:
    codes = [code for table in TABLES for code in table]
    assert sorted(codes) == sorted(set(codes))
