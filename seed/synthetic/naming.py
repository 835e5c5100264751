"""Plainly fictional names and codes, each from a running number, so that none comes twice."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from service.identifiers import organisation_check_character, uscc_check_character
from service.vocabulary import Industry

SOURCE = "合成示例数据，为测试而虚构"
NOTE = "（虚构）"

_SIGNS = (
    "鑫源盛泰昌隆丰瑞祥福禄寿喜康宁安和顺达兴旺华荣锦绣山水清泉云雾翠碧红绿金银玉珠凤龙鹤鹿梅兰竹菊"
    "春夏秋冬天地人家乡村田园农夫果蔬禾穗谷仓香味鲜甜美佳优品尚雅韵古今老新大小东南西北中岭坪溪石湾"
)
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# Coprime to the number of signs and of letters: neighbours in number are far apart as words.
_STRIDE = 7_368_787
_TRADES = ("农业发展", "食品", "生态农业", "茶业", "酒业", "商贸", "中药材", "种养殖", "粮油", "果业")
_BODIES = {
    "91": "有限公司",
    "93": "专业合作社",
    "92": "经营部",
    "N2": "股份经济合作联合社",
    "51": "协会",
}


class Thing(NamedTuple):
    """What a product is, before it has a place."""

    zh: str
    en: str
    nice_class: int
    industry: Industry


THINGS = (
    Thing("茶", "Tea", 30, Industry.TEA),
    Thing("红茶", "Black Tea", 30, Industry.TEA),
    Thing("米", "Rice", 30, Industry.GRAIN_AND_OIL),
    Thing("菜籽油", "Rapeseed Oil", 29, Industry.GRAIN_AND_OIL),
    Thing("猕猴桃", "Kiwifruit", 31, Industry.FRUIT),
    Thing("脆李", "Crisp Plum", 31, Industry.FRUIT),
    Thing("柚", "Pomelo", 31, Industry.FRUIT),
    Thing("羊肚菌", "Morel", 31, Industry.FUNGI),
    Thing("香菇", "Shiitake", 31, Industry.FUNGI),
    Thing("黄连", "Gold Thread", 5, Industry.HERBS),
    Thing("天麻", "Gastrodia", 5, Industry.HERBS),
    Thing("桑蚕茧", "Silkworm Cocoon", 22, Industry.SERICULTURE),
    Thing("辣椒", "Chili Pepper", 31, Industry.VEGETABLES),
    Thing("马铃薯", "Potato", 31, Industry.VEGETABLES),
    Thing("黄牛", "Yellow Cattle", 31, Industry.LIVESTOCK),
    Thing("腊肉", "Cured Pork", 29, Industry.LIVESTOCK),
    Thing("蜂蜜", "Honey", 30, Industry.OTHER),
    Thing("苗绣", "Embroidery", 26, Industry.OTHER),
    Thing("陶", "Pottery", 21, Industry.OTHER),
    Thing("酒", "Liquor", 33, Industry.OTHER),
)


def word(number: int, length: int) -> str:
    """Return the word of this number: another one for each number below 94 to the power of the length."""
    return _spelt(number * _STRIDE, _SIGNS, length)


def random_word(random: Random, length: int) -> str:
    """Return some word; words come twice, as the names of trademarks do."""
    return "".join(random.choices(_SIGNS, k=length))


def _spelt(number: int, signs: str, length: int) -> str:
    spelt = ""
    for _ in range(length):
        number, place = divmod(number, len(signs))
        spelt += signs[place]
    return spelt


def uscc(number: int, prefix: str) -> str:
    """Return a code that no firm has, with both check characters right: its organisation code begins TERT."""
    organisation_code = f"TERT{_spelt(number * _STRIDE, _ALPHABET, 4)}"
    body = f"{prefix}500114{organisation_code}{organisation_check_character(organisation_code)}"
    return body + uscc_check_character(body)


def organisation_name(number: int, prefix: str) -> str:
    """Return the name of the organisation of this number; no two are the same."""
    return f"示例{word(number, 3)}{_TRADES[number % len(_TRADES)]}{_BODIES[prefix]}"


def product_name(number: int) -> str:
    """Return the name of the product of this number."""
    return f"示例·{word(number // len(THINGS), 2)}{THINGS[number % len(THINGS)].zh}"


def product_code(number: int) -> str:
    """Return the public code of the product of this number."""
    return f"QJ-GI-99{number:06d}"


def protection_code(number: int, track_no: int = 0) -> str:
    """Return the public code of a product's protection."""
    return f"QJ-PR-99{number:06d}-{track_no + 1}"


def authorisation_code(number: int) -> str:
    """Return the public code of the authorisation of this number."""
    return f"QJ-AU-99{number:06d}"


def trademark_number(number: int, *, protects: bool = False) -> str:
    """Return a registration number far above those that were ever given (about 90 million by 2026)."""
    return str((980_000_001 if protects else 990_000_001) + number)
