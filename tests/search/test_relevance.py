"""Names of the district, every one of them misspelt in every single way: on both engines the right one is first."""

import pytest

from search import Engine, Query
from search.pinyin import syllables
from tests.search.documents import a_document

NAMES = (
    "黔江猕猴桃", "黔江地牯牛", "黔江脆红李", "黔江羊肚菌", "黔江桑蚕茧", "黔江马铃薯", "石柱黄连", "涪陵榨菜",
    "奉节脐橙", "长寿蜜柚", "江津花椒", "武隆高山白菜", "濯水绿豆粉", "阿蓬江红心柚",
)  # fmt: skip


@pytest.fixture
def district(engine: Engine) -> Engine:
    engine.rebuild([a_document(name, id=f"N{n}") for n, name in enumerate(NAMES)])
    return engine


def misspellings(name: str) -> list[str]:
    swapped = [name[:k] + name[k + 1] + name[k] + name[k + 2 :] for k in range(len(name) - 1)]
    missing = [name[:k] + name[k + 1 :] for k in range(len(name))]
    added = [name[:k] + "好" + name[k:] for k in range(1, len(name))]
    replaced = [name[:k] + "某" + name[k + 1 :] for k in range(len(name))]
    return [*swapped, *missing, *added, *replaced]


@pytest.mark.parametrize("name", NAMES)
def test_every_single_slip_in_a_name_still_finds_it_first(district, name) -> None:
    wrong = [text for text in misspellings(name) if first(district, text) != name]
    assert wrong == []


@pytest.mark.parametrize("name", NAMES)
def test_readings_initials_and_pieces_of_a_name_find_it(district, name) -> None:
    spoken = syllables(name)
    for text in (
        "".join(spoken),
        " ".join(spoken),
        "".join(one[0] for one in spoken),
        name[-3:],
        f"{name[2:]} {name[:2]}",
    ):
        assert first(district, text) == name, text


def first(engine: Engine, text: str) -> str:
    hits = engine.search(Query(text=text)).hits
    return NAMES[int(hits[0].id[1:])] if hits else ""
