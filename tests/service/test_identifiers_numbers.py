"""Announcements, documents, standards, marks and our own codes: many spellings, one normal form."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.identifiers import (
    ISSUERS,
    AgiNumber,
    AnnouncementNumber,
    AuthorisationNumber,
    DocumentNumber,
    IdentifierError,
    Number,
    ProductCode,
    StandardCode,
    TrademarkNumber,
)
from service.identifiers.numerals import read_numeral, spell_numeral

ANNOUNCEMENTS = (
    ("第475号公告", "unknown:475"),
    ("475号", "unknown:475"),
    ("公告第四九八号", "unknown:498"),
    ("第五○八号", "unknown:508"),
    ("第五〇八号", "unknown:508"),
    ("第五零八号公告", "unknown:508"),
    ("第一百二十号", "unknown:120"),
    ("2017年第21号", "unknown:2017-21"),
    ("（2017年第21号）", "unknown:2017-21"),
    ("二〇一七年第二十一号", "unknown:2017-21"),
    ("农业部公告第1813号", "moa:1813"),
    ("农业部公告 1813", "moa:1813"),
    ("农业部公告第一千八百一十三号", "moa:1813"),
    ("中华人民共和国农业部公告第2384号", "moa:2384"),
    ("农业农村部公告第15号", "moa:15"),
    ("国家知识产权局公告第四九八号", "cnipa:498"),
    ("国家知识产权局第475号公告", "cnipa:475"),
    ("国家知识产权局 公告\u3000第 ４７５ 号", "cnipa:475"),
    ("国知局公告第640号", "cnipa:640"),
    ("质检总局公告2012年第111号", "aqsiq:2012-111"),
    ("质检总局2017年第21号公告", "aqsiq:2017-21"),
    ("质检总局公告〔2017〕第21号", "aqsiq:2017-21"),
    ("国家质量监督检验检疫总局公告2014年第96号", "aqsiq:2014-96"),
    ("国家工商总局公告第7号", "saic:7"),
    ("市场监管总局公告2020年第3号", "samr:2020-3"),
    ("重庆市知识产权局公告2024年第2号", "cq_ipo:2024-2"),
    ("重庆市黔江区知识产权局公告2025年第3号", "district:2025-3"),
    ("示例机关公告第1号", "demonstration:1"),
    ("贵州省知识产权局公告第9号", "other:9"),
    ("cnipa-475", "cnipa:475"),
    ("AQSIQ:2017-21", "aqsiq:2017-21"),
    ("unknown-475", "unknown:475"),
)
NOT_ANNOUNCEMENTS = (
    *(
        "",
        "475",
        "2017",
        "黔江三号",
        "三号",
        "四九八号",
        "第号",
        "第0号",
        "第〇号",
        "第12345号",
        "第一百二号",
    ),
    *(
        "第十百号",
        "公告",
        "公告公告第3号",
        "黔江区第3号",
        "贵州省知识产权局第9号",
        "国知发保函字〔2025〕173号",
    ),
    *(
        "国家知识产权局〔2025〕173号",
        "3017年第21号",
        "nobody-475",
        "第٣号",
        "第²号",
        "第475号\n",
        "第" + "一" * 70,
    ),
)
STANDARDS = (
    ("GB/T 17924-2008", "GB/T 17924-2008"),
    ("gb/t17924—2008", "GB/T 17924-2008"),
    ("ＧＢ／Ｔ　１７９２４－２００８", "GB/T 17924-2008"),
    ("GB / T 17924 – 2008", "GB/T 17924-2008"),
    ("GB 2762-2022", "GB 2762-2022"),
    ("GB/T 1.1-2020", "GB/T 1.1-2020"),
    ("GB/T 17924", "GB/T 17924"),
    ("DB50/T1234.1-2022", "DB50/T 1234.1-2022"),
    ("DB 50/T 86-2019", "DB50/T 86-2019"),
    ("DB5001/T 3-2023", "DB5001/T 3-2023"),
    ("DB50 123-2020", "DB50 123-2020"),
    ("NY/T 1234-2006", "NY/T 1234-2006"),
    ("T/CQNX 001-2021", "T/CQNX 001-2021"),
    ("T/CQ2 001-2021", "T/CQ2 001-2021"),
    ("Q/ABC 0001S-2020", "Q/ABC 0001S-2020"),
)
TRADEMARKS = (
    ("12422865", "12422865"),
    ("１２４２２８６５", "12422865"),
    ("第12422865号", "12422865"),
    ("注册号：12422865", "12422865"),
    ("商标注册证第 12422865 号", "12422865"),
    ("g1234567", "G1234567"),
    ("12422865a", "12422865A"),
    ("12345", "12345"),
)
OWN = (("qj-au-0001", "QJ-AU-0001"), ("ＱＪ－ＡＵ－０００１", "QJ-AU-0001"), ("QJ–AU–12345", "QJ-AU-12345"))
AGI = (("agi01459", "AGI01459"), ("AGI 00423", "AGI00423"), ("AGI2012–02-869", "AGI2012-02-869"))
DOCUMENTS = (
    "国知发保函字〔2025〕173号",
    "国知发保函字[2025]173号",
    "国知发保函字【2025】第173号",
    "国知发保函字（2025）173 号",
    "国知发保函字［2025］0173号",
    "国知发保函字〈二〇二五〉173号",
)
PARSERS: tuple[Callable[[str], Number], ...] = (
    AgiNumber.parse,
    AnnouncementNumber.parse,
    AuthorisationNumber.parse,
    DocumentNumber.parse,
    ProductCode.parse,
    StandardCode.parse,
    TrademarkNumber.parse,
)


def refuses(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except IdentifierError as problem:
        return problem.code in {"bad_number", "bad_characters"}
    return False


@pytest.mark.parametrize(("printed", "normal_form"), ANNOUNCEMENTS)
def test_every_spelling_of_an_announcement_has_one_normal_form(printed: str, normal_form: str) -> None:
    number = AnnouncementNumber.parse(printed)
    assert number.normal_form == str(number) == normal_form
    assert number.code == normal_form.replace(":", "-")


@pytest.mark.parametrize("text", NOT_ANNOUNCEMENTS)
def test_what_is_not_surely_an_announcement_is_refused(text: str) -> None:
    assert refuses(AnnouncementNumber.parse, text)


def test_a_bare_number_names_no_issuer() -> None:
    assert AnnouncementNumber.parse("第475号") == AnnouncementNumber(None, None, 475)


@given(st.sampled_from([None, *ISSUERS]), st.none() | st.integers(1900, 2100), st.integers(1, 9999))
def test_an_announcement_survives_printing(issuer: str | None, year: int | None, serial: int) -> None:
    number = AnnouncementNumber(issuer, year, serial)
    assert AnnouncementNumber.parse(number.normal_form) == number
    assert AnnouncementNumber.parse(number.code) == number
    assert AnnouncementNumber.parse(f"第{spell_numeral(serial)}号").serial == serial
    assert AnnouncementNumber.parse(number.printed) == AnnouncementNumber(None, year, serial)


@pytest.mark.parametrize(
    "facts", [("nobody", None, 1), ("cnipa", 1899, 1), ("cnipa", None, 0), (None, None, 10_000)]
)
def test_an_impossible_announcement_cannot_be_made(facts: tuple[str | None, int | None, int]) -> None:
    with pytest.raises(IdentifierError):
        AnnouncementNumber(*facts)


def test_every_number_up_to_9999_is_read_as_it_is_spelt() -> None:
    assert all(read_numeral(spell_numeral(number)) == number for number in range(1, 10_000))


@pytest.mark.parametrize(
    ("numeral", "number"),
    [
        ("十二", 12),
        ("一十二", 12),
        ("一百十二", 112),
        ("一千零八", 1008),
        ("五○八", 508),
        ("二O一七", 2017),
        ("021", 21),
    ],
)
def test_numerals_are_read_as_people_write_them(numeral: str, number: int) -> None:
    assert read_numeral(numeral) == number


@pytest.mark.parametrize(
    "numeral", ["", "一百二", "百", "一百零", "十一百", "零十", "两百", "1百", "一二十", "廿一", "٣"]
)
def test_a_doubtful_numeral_is_refused(numeral: str) -> None:
    with pytest.raises(IdentifierError):
        read_numeral(numeral)


@pytest.mark.parametrize("typed", DOCUMENTS)
def test_any_brackets_give_one_document_number_and_the_raw_text_stays(typed: str) -> None:
    number = DocumentNumber.parse(typed)
    assert number == DocumentNumber("国知发保函字", 2025, 173)
    assert number.normal_form == "国知发保函字〔2025〕173号"
    assert number.raw == typed


@pytest.mark.parametrize(
    "text",
    ["国知发〔25〕173号", "〔2025〕173号", "国知发〔2025〕号", "国知发〔3025〕1号", "国知发〔2025〕0号"],
)
def test_a_broken_document_number_is_refused(text: str) -> None:
    assert refuses(DocumentNumber.parse, text)


@pytest.mark.parametrize(("typed", "normal_form"), STANDARDS)
def test_a_standard_gets_one_space_and_a_plain_hyphen(typed: str, normal_form: str) -> None:
    code = StandardCode.parse(typed)
    assert str(code) == code.normal_form == normal_form
    assert code.year is None or normal_form.endswith(f"-{code.year}")


@pytest.mark.parametrize(
    "text", ["GB/T", "GB/T 猕猴桃", "GB/T 17924-20", "DB5/T 1-2020", "T/ 1-2020", "17924-2008"]
)
def test_what_is_no_standard_is_refused(text: str) -> None:
    assert refuses(StandardCode.parse, text)


def test_an_impossible_standard_cannot_be_made() -> None:
    with pytest.raises(IdentifierError):
        StandardCode("GB/T", "x", 2008)


@pytest.mark.parametrize(("typed", "normal_form"), TRADEMARKS)
def test_a_trademark_number_loses_the_words_around_it(typed: str, normal_form: str) -> None:
    number = TrademarkNumber.parse(typed)
    assert str(number) == number.normal_form == normal_form


def test_a_trademark_number_tells_madrid_marks_and_sub_letters() -> None:
    assert TrademarkNumber("G1234567").is_international
    assert TrademarkNumber("12422865A").sub_letter == "A"
    assert TrademarkNumber("12422865").sub_letter is None


@pytest.mark.parametrize(
    "text", ["1234", "1234567890", "01234567", "G12", "12422865AB", "１２²４５", "1242286٣"]
)
def test_what_is_no_trademark_number_is_refused(text: str) -> None:
    assert refuses(TrademarkNumber.parse, text)


@pytest.mark.parametrize(("typed", "normal_form"), AGI)
def test_an_agi_number_is_of_a_certificate_or_of_a_specification(typed: str, normal_form: str) -> None:
    number = AgiNumber.parse(typed)
    assert number.normal_form == normal_form
    assert number.is_specification == (len(normal_form) > 8)


@pytest.mark.parametrize("text", ["AGI1", "AGI014599", "AGI2012-2-869", "AGı01459", "AGI01459x"])
def test_what_is_no_agi_number_is_refused(text: str) -> None:
    assert refuses(AgiNumber.parse, text)


@pytest.mark.parametrize(("typed", "normal_form"), OWN)
def test_our_own_codes_are_folded(typed: str, normal_form: str) -> None:
    assert AuthorisationNumber.parse(typed).normal_form == normal_form
    product = ProductCode.parse(typed.lower().replace("au", "gi").replace("ａｕ", "ｇｉ"))
    assert product.normal_form == normal_form.replace("AU", "GI")


@pytest.mark.parametrize("text", ["QJ-AU-12", "QJ-AU-", "QJ-XX-0001", "QJAU0001", "QJ-AU-000x"])
def test_v27_an_authorisation_number_of_unknown_format_is_a_bad_number(text: str) -> None:
    assert refuses(AuthorisationNumber.parse, text)


@pytest.mark.parametrize("parse", PARSERS)
@given(
    text=st.one_of(
        st.text(max_size=80),
        st.text(alphabet="第号公告年〔〕[0一百十〇AGI-QJU/TB农业部局 ", max_size=24),
        st.from_regex(
            r"(GB/T|DB50/T|T/AB|AGI|QJ-AU-|G|农业部公告第|国知发〔) ?[0-9]{1,6}[-〕]?[0-9]{0,4}号?",
            fullmatch=True,
        ),
    )
)
def test_a_number_is_refused_or_survives_printing(parse: Callable[[str], Number], text: str) -> None:
    try:
        number = parse(text)
    except IdentifierError:
        return
    assert parse(number.normal_form) == number
    assert parse(str(number)) == number
