"""What the one search box makes of a pasted text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.identifiers import (
    Hint,
    Kind,
    Uscc,
    recognise,
)

PERSON = "11010519491231002X"  # the example printed in GB 11643

RECOGNISED = (
    ("93500114MA0TERT081", Kind.USCC, "93500114MA0TERT081"),
    (" 93500114 ma0tert-081\u200b", Kind.USCC, "93500114MA0TERT081"),
    ("Ｎ２５００１１４ＭＪＴＥＲＴ００１Ｃ", Kind.USCC, "N2500114MJTERT001C"),
    ("913502115628130384", Kind.USCC, "913502115628130384"),
    ("QJ-AU-0001", Kind.AUTHORISATION, "QJ-AU-0001"),
    ("qj-gi-0007", Kind.PRODUCT_CODE, "QJ-GI-0007"),
    ("12422865", Kind.TRADEMARK, "12422865"),
    ("第12422865号", Kind.TRADEMARK, "12422865"),
    ("G1234567", Kind.TRADEMARK, "G1234567"),
    ("agi01459", Kind.AGI_CERTIFICATE, "AGI01459"),
    ("AGI2016-01-1794", Kind.AGI_SPECIFICATION, "AGI2016-01-1794"),
    ("国家知识产权局公告第四九八号", Kind.ANNOUNCEMENT, "cnipa:498"),
    ("农业部公告第1813号", Kind.ANNOUNCEMENT, "moa:1813"),
    ("cnipa-475", Kind.ANNOUNCEMENT, "cnipa:475"),
    ("国知办发保字[2021]4号", Kind.DOCUMENT_NUMBER, "国知办发保字〔2021〕4号"),
    ("GB/T 17924—2008", Kind.STANDARD, "GB/T 17924-2008"),
    ("T/CQNX 0001.12-2021", Kind.STANDARD, "T/CQNX 0001.12-2021"),
)
TEXTS = (
    *(
        "黔江猕猴桃",
        "弥猴桃",
        "qjmht",
        "kiwi fruit",
        "马喇湖贡米 2024",
        "黔江三号",
        "AGI大米",
        "GB/T",
        "",
        " ",
    ),
    *(
        "geographicalindica",
        "1.5",
        "6901234567892",
        "黔江区农产品地理标志登记产品二〇二四年名单",
        "第３届",
        "²",
        "😀",
    ),
)
FAULTS = (
    ("93500114MA0TERT082", Kind.USCC, "uscc_checksum", ()),
    ("9350011OMA0TERT081", Kind.USCC, "uscc_charset", (Hint.MISREAD_LETTERS,)),
    ("9350011٣MA0TERT081", Kind.USCC, "uscc_charset", ()),
    ("9350011〇MA0TERT08一", Kind.USCC, "uscc_charset", ()),
    ("93500114MA0TERT08", Kind.USCC, "uscc_length", ()),
    ("93500114MA0TERT0811", Kind.USCC, "uscc_length", ()),
    ("500114200012345", Kind.USCC, "legacy_15", (Hint.LEGACY_15,)),
    ("9.35E+17", Kind.USCC, "uscc_charset", (Hint.SCIENTIFIC_NOTATION,)),
    ("9.35001140000000E17", Kind.USCC, "uscc_charset", (Hint.SCIENTIFIC_NOTATION,)),
    ("QJ-AU-12", Kind.AUTHORISATION, "bad_number", ()),
    ("QJ-AU-1234567890123456", Kind.AUTHORISATION, "bad_number", ()),
    ("QJ-GI", Kind.PRODUCT_CODE, "bad_number", ()),
    ("AGI12", Kind.AGI_CERTIFICATE, "bad_number", ()),
    ("黔江\x00猕猴桃", Kind.TEXT, "bad_characters", ()),
    ("猕猴桃\r\n", Kind.TEXT, "bad_characters", ()),
    ("\ud800", Kind.TEXT, "bad_characters", ()),
)


@pytest.mark.parametrize(("text", "kind", "value"), RECOGNISED)
def test_a_good_number_is_recognised_in_its_normal_form(text: str, kind: Kind, value: str) -> None:
    found = recognise(text)
    assert (found.kind, found.value, found.problem) == (kind, value, None)
    assert str(found.number) == value


@pytest.mark.parametrize("text", TEXTS)
def test_anything_else_is_text_without_a_problem(text: str) -> None:
    found = recognise(text)
    assert (found.kind, found.number, found.problem) == (Kind.TEXT, None, None)


@pytest.mark.parametrize(("text", "kind", "code", "hints"), FAULTS)
def test_a_faulty_number_keeps_its_kind_and_names_the_fault(
    text: str, kind: Kind, code: str, hints: tuple[Hint, ...]
) -> None:
    found = recognise(text)
    assert found.problem is not None
    assert (found.kind, found.problem.code, found.hints) == (kind, code, hints)


def test_a_code_with_a_wrong_check_can_still_be_asked_of_the_register() -> None:
    assert recognise("91350203m0001qay9b").number == Uscc("91350203M0001QAY9B")


def test_a_good_code_whose_inner_check_fails_carries_a_warning() -> None:
    found = recognise("N2500114MF0000000G")
    assert found.problem is None
    assert found.hints == (Hint.INNER_CHECK,)


@pytest.mark.parametrize(
    "text",
    [
        PERSON,
        PERSON.lower(),
        "1101 0519 4912 3100 2X",
        "110105-19491231-002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        "IIOIO5I949I23IOO2X",
        f"某某，身份证号{PERSON}",
        f"身份证号：{PERSON[:6]} {PERSON[6:14]} {PERSON[14:]}，请核验",
        "黔江猕猴桃" * 2_000 + PERSON,
    ],
)
def test_v21_an_identity_number_is_refused_and_leaves_no_trace(text: str) -> None:
    found = recognise(text)
    assert found.problem is not None
    assert (found.problem.code, found.value, found.number) == ("looks_like_id", "", None)
    assert "1949" not in repr(found)


def test_an_identity_number_beside_control_characters_leaves_no_trace_either() -> None:
    assert "1949" not in repr(recognise(f"{PERSON}\x00"))


def test_a_bare_announcement_says_that_the_issuer_is_missing() -> None:
    found = recognise("第475号")
    assert (found.kind, found.value, found.hints) == (
        Kind.ANNOUNCEMENT,
        "unknown:475",
        (Hint.ISSUER_MISSING,),
    )


def test_a_few_bare_digits_are_text_that_may_be_an_announcement() -> None:
    found = recognise("475")
    assert (found.kind, found.hints) == (Kind.TEXT, (Hint.MAYBE_ANNOUNCEMENT,))


def test_a_long_text_is_text_and_keeps_its_characters() -> None:
    assert recognise("猕猴桃" * 50).value == "猕猴桃" * 50


@given(st.one_of(st.text(), st.text(alphabet="0123456789XQJAU-G第号公告年/T ", max_size=70)))
def test_nothing_is_ever_raised_and_a_good_number_has_no_problem(text: str) -> None:
    found = recognise(text)
    if found.number is not None and found.kind is not Kind.USCC:
        assert found.problem is None
        assert recognise(found.value).number == found.number


@pytest.mark.parametrize(("text", "kind", "value"), RECOGNISED)
def test_recognising_a_normal_form_gives_the_same(text: str, kind: Kind, value: str) -> None:
    assert recognise(value) == recognise(text) or kind is Kind.DOCUMENT_NUMBER
    assert recognise(value).value == value
