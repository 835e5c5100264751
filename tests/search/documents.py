"""Made-up documents for the search tests."""

import itertools

from search import Document

_COUNTER = itertools.count(1)


def a_document(name: str = "黔江猕猴桃", **facts) -> Document:
    """Return a document of which only the fact that matters needs to be written."""
    facts.setdefault("id", f"01TEST{next(_COUNTER):020d}")
    facts.setdefault("kind", "gi_product")
    facts.setdefault("version", 1)
    return Document(name=name, **facts)


def the_register() -> list[Document]:
    """Return a small register in which every query of the purpose line has one right answer."""
    home = {"place": "重庆市 黔江区", "place_codes": ("500000", "500114")}
    town = {"place": "重庆市 黔江区 濯水镇", "place_codes": ("500000", "500114", "500114112")}
    return [
        a_document(
            id="KIWI",
            aliases=("黔江金果",),
            names_en=("Qianjiang Kiwifruit",),
            holder="黔江区农业服务中心",
            identifiers=("AGI2012-02-869", "QJ-GI-0001"),
            goods=("猕猴桃",),
            tracks=("agri",),
            states=("valid",),
            category="fruit",
            nice_classes=(31,),
            year=2012,
            has_users=True,
            longitude=108.77,
            latitude=29.53,
            description="果肉细嫩，产于武陵山区。",
            **home,
        ),
        a_document(
            "黔江地牯牛", id="DGN", names_en=("Qianjiang Chinese Artichoke",), tracks=("plan",), **home
        ),
        a_document(
            "黔江脆红李",
            id="PLUM",
            tracks=("mark",),
            states=("valid",),
            category="fruit",
            nice_classes=(31,),
            year=2020,
            **home,
        ),
        a_document(
            "石柱黄连",
            id="COPTIS",
            place="重庆市 石柱土家族自治县",
            place_codes=("500000", "500240"),
            is_home=False,
            tracks=("geo",),
            states=("valid",),
            year=2004,
            category="herb",
        ),
        a_document(
            "长寿蜜柚", id="POMELO", place="重庆市 长寿区", place_codes=("500000", "500115"), is_home=False
        ),
        a_document(
            "黔江区武陵山珍食品有限公司",
            id="FIRM",
            kind="organisation",
            identifiers=("91500114MA0TERT087",),
            longitude=108.60,
            latitude=29.30,
            **home,
        ),
        a_document(
            "濯水古镇",
            id="MARK",
            kind="trademark",
            identifiers=("12422865",),
            nice_classes=(30, 31),
            holder="黔江区濯水文化旅游有限公司",
            year=2014,
            **town,
        ),
        a_document("阿蓬江", id="BRAND", kind="brand", goods=("蜂蜜", "茶叶"), year=2018, **home),
        a_document(
            "国家知识产权局公告（第四九八号）",
            id="NOTICE",
            kind="announcement",
            identifiers=("第498号", "498"),
            year=2022,
        ),
        a_document(
            "濯水知识产权服务站", id="POINT", kind="service_point", longitude=108.78, latitude=29.54, **town
        ),
    ]
