"""The public pages, in both languages, as people get them."""

from __future__ import annotations

import csv
import gzip
import re
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pytest
import segno

_SEED = Path(__file__).parents[2] / "seed" / "data" / "demonstration"
_GOOD = "93500114MA0TERT081"
PAGES = (
    "/",
    "/search",
    "/search?q=黔江",
    "/search?q=qjmht",
    "/search?q=没有这个东西",
    "/search?kind=gi_product&track=gi_trademark&page=1",
    "/gi/qianjiang-mihoutao",
    "/gi/qianjiang-diguniu",
    "/gi/qianjiang-yangdujun",
    "/gi/shili-yunwuguo",
    "/gi/shili-shishangcha",
    "/gi/qianjiang-yangdujun/map",
    "/gi/shili-yunwuguo/areas/1",
    "/map",
    "/where",
    "/where?lon=108.60395&lat=29.32363",
    "/where?place=qianjiang-shihui",
    f"/organisations/{_GOOD}",
    "/organisations/92500114MA0TERT084",
    "/authorisations/QJ-AU-9002",
    "/trademarks/90000001",
    "/brands/shili-shanpin",
    "/brands/shili-laoyao",
    "/places/qianjiang",
    "/service-points",
    "/indicators",
    "/help",
    "/method",
    "/verify",
    f"/verify?code={_GOOD}&target=shili-yunwuguo",
    "/verify?code=91500114MA0TERT087",
    f"/v/{_GOOD}",
    "/report",
    f"/report?code={_GOOD}&target=shili-yunwuguo",
    "/changes",
    "/changes/1",
    "/developers",
    "/privacy",
    "/accessibility",
)
_LOADED = re.compile(
    r'<(?:link(?! rel="(?:canonical|alternate))|script|img|source|iframe)\b[^>]*?(?:href|src|srcset)="([^"]*)"'
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_MOST_BYTES = 15_000


class _Frame(HTMLParser):
    """Collects the words of headings, labels, buttons and navigation that are not marked as Chinese."""

    _OURS = frozenset({"h2", "button", "label", "legend", "summary", "nav", "dt", "title", "caption"})
    _VOID = frozenset({"meta", "link", "img", "input", "br", "source"})

    def __init__(self) -> None:
        super().__init__()
        self._open: list[tuple[str, bool, bool]] = [("", False, False)]
        self.headings = 0
        self.chinese: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "h1":
            self.headings += 1
        if tag in self._VOID:
            return
        _, ours, marked = self._open[-1]
        is_marked = dict(attrs).get("lang") == "zh-CN"
        self._open.append((tag, ours or tag in self._OURS, (marked or is_marked) and tag != "html"))

    def handle_endtag(self, tag: str) -> None:
        while len(self._open) > 1 and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        _, ours, marked = self._open[-1]
        if ours and not marked and _CHINESE.search(data):
            self.chinese.append(data.strip())


def _frame(text: str) -> _Frame:
    frame = _Frame()
    frame.feed(text)
    return frame


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_page_stands_alone_and_is_light(client, path: str, prefix: str) -> None:
    reply = client.get(prefix + path)
    assert reply.status_code == 200
    assert f'<html lang="{"en" if prefix else "zh-CN"}">' in reply.text
    foreign = [url for url in _LOADED.findall(reply.text) if not url.startswith("/") or url.startswith("//")]
    assert foreign == []
    assert len(gzip.compress(reply.content, 5)) <= _MOST_BYTES
    assert _frame(reply.text).headings == 1
    assert "style=" not in reply.text


@pytest.mark.parametrize("path", PAGES)
def test_the_frame_of_an_english_page_is_english(client, path: str) -> None:
    searched = path.startswith("/search?q=")  # the reader's own words stand in the title
    found = [
        words for words in _frame(client.get(f"/en{path}").text).chinese if not searched or "“" not in words
    ]
    named = {"示例", "黔江"}  # titles of records that have no English name
    assert [words for words in found if not any(name in words for name in named)] == []


def test_the_code_of_a_verdict_holds_the_short_link_alone(client) -> None:
    for query, link in (
        (f"code={_GOOD}&target=shili-yunwuguo", "/v/QJ-AU-9002"),
        (f"code={_GOOD}&target=shili-shishangcha", f"/v/{_GOOD}?target=shili-shishangcha"),
        ("code=Y1500114MJTERT0017", "/v/Y1500114MJTERT0017"),
    ):
        page = client.get(f"/verify?{query}").text
        assert f'href="{link}"' in page
        picture = re.search(r'<img class="gi-proof-code" src="([^"]+)"', page)
        assert picture is not None
        reply = client.get(picture[1].replace("&amp;", "&"))
        assert reply.headers["content-type"] == "image/svg+xml"
        assert reply.content == _drawn(f"http://127.0.0.1:8000{link}")
        assert client.get(link).status_code == 200


def _drawn(address: str) -> bytes:
    drawing = BytesIO()
    segno.make(address, micro=False).save(
        drawing, kind="svg", xmldecl=False, nl=False, border=4, light="#fff", omitsize=True
    )
    return drawing.getvalue()


@pytest.mark.parametrize(
    "code", ["11010519491231002X", "黔江猕猴桃", "93500114MA0TERT082%0a", "https:%2F%2Fevil.example"]
)
def test_no_other_address_can_be_had_in_a_code(client, code: str) -> None:
    assert client.get(f"/v/{code}/qr.svg").status_code in {400, 404}
    assert client.get(f"/v/{_GOOD}/qr.svg", params={"target": "//evil.example"}).status_code == 404


def test_every_record_page_says_how_to_cite_it_and_where_to_report_an_error(client) -> None:
    for path in (
        "/gi/shili-yunwuguo",
        f"/organisations/{_GOOD}",
        "/authorisations/QJ-AU-9002",
        "/trademarks/90000001",
        "/brands/shili-laoyao",
        "/places/qianjiang",
    ):
        page = client.get(path).text
        assert re.search(r"版本 \d+（2026年11月23日）", page), path
        assert f"/report?kind=correction&amp;about={quote(path, safe='')}" in page
        permalink = re.search(r'href="(/r/[0-9A-Z]{26})"', page)
        assert permalink is not None, path
        assert client.get(permalink[1], follow_redirects=False).headers["location"] == path


def test_every_link_of_a_product_leads_somewhere(client) -> None:
    """Rights name numbers that are on record nowhere else: those stand as plain text."""
    paths = re.findall(r"<loc>[^<]*?(/gi/[^/<]+)</loc>", client.get("/sitemap.xml").text)
    pages = {path: client.get(path).text for path in paths}
    assert "12498101" in pages["/gi/liangping-shanyang"]
    assert 'href="/trademarks/90000001"' in pages["/gi/shili-shishangcha"]
    links = {link for page in pages.values() for link in re.findall(r'href="(/[a-z]+/[^"#?]+)"', page)}
    ours = {link for link in links if not link.startswith(("/static/", "/en/"))}
    assert len(ours) > 100
    assert [link for link in ours if client.get(link, follow_redirects=False).status_code >= 400] == []


def test_announcements_and_their_files_open(client) -> None:
    page = client.get(f"/verify?code={_GOOD}&target=shili-yunwuguo").text
    announcement = re.search(r'href="(/announcements/[^"]+)"', page)
    file = re.search(r'href="(/files/[0-9a-f]{64})"', page)
    assert announcement is not None
    assert file is not None
    assert client.get(announcement[1]).status_code == 200
    assert client.get(f"/en{announcement[1]}").status_code == 200
    reply = client.get(file[1])
    assert reply.status_code == 200
    assert "sandbox" in reply.headers["content-security-policy"]
    assert reply.headers["x-content-type-options"] == "nosniff"


def _verdicts() -> list[dict[str, str]]:
    with (_SEED / "verdicts.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("row", _verdicts(), ids=lambda row: f"{row['verdict']}-{row['reason']}")
def test_each_verdict_says_its_conclusion_first_and_is_kept_by_nobody(client, row: dict[str, str]) -> None:
    from service.vocabulary import Outcome, Reason

    asked = {key: row[key] for key in ("code", "target", "on") if row[key]}
    for prefix in ("", "/en"):
        reply = client.get(f"{prefix}/verify", params=asked)
        assert reply.status_code == 200
        assert reply.headers["cache-control"] == "no-store"
        heading = re.search(r"<h1[^>]*>(.*?)</h1>", reply.text)
        outcome = Outcome(row["verdict"])
        assert heading is not None
        reason = Reason(row["reason"])
        title = (outcome.zh, outcome.en)
        if reason is Reason.PROTECTION_UNVERIFIED:  # not a thing to come: nobody knows
            title = ("不能确认可以使用专用标志", "cannot be confirmed")
        assert heading[1].lower() == title[bool(prefix)]
        assert (reason.en if prefix else reason.zh).lower() in reply.text.lower().replace("&#39;", "'")
        assert ("legal document" if prefix else "不是法律文书") in reply.text


def test_the_headline_says_day_firm_product_and_announcement(client) -> None:
    page = client.get("/verify", params={"code": _GOOD, "target": "shili-yunwuguo"}).text
    assert (
        "截至2026年11月23日，示例青杠果业专业合作社是“示例·云雾果”地理标志专用标志的公告使用人（第四九八号）。"
        in page
    )
    assert "示例数据：单位、代码和公告均为虚构" in page


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("93500114MA0TERTO82", "第 16 位附近"),
        ("93500114MA0TERT082", "常见误读：0/O、1/I、2/Z"),
        ("500114000012345", "请找 18 位统一社会信用代码"),
        ("9.15E+17", "科学计数法"),
        ("黔江猕猴桃", "改为检索“黔江猕猴桃”"),
        ("9350011", "这不是统一社会信用代码"),
    ],
)
def test_a_wrong_code_comes_back_with_the_fault_beside_it(client, code: str, message: str) -> None:
    reply = client.get("/verify", params={"code": code, "target": "shili-yunwuguo"})
    assert reply.status_code == 422
    assert message in reply.text
    assert f'value="{code}"' in reply.text
    assert 'aria-invalid="true"' in reply.text
    assert client.get("/en/verify", params={"code": code}).status_code == 422


def test_a_misread_code_is_offered_only_as_a_link(client) -> None:
    reply = client.get("/verify", params={"code": "935OO114MA0TERT081"})
    assert reply.status_code == 422
    assert "公告使用人" not in reply.text


def test_a_personal_number_is_never_shown_again(client) -> None:
    number = "11010519491231002X"
    for reply in (client.get("/verify", params={"code": number}), client.get(f"/v/{number}")):
        assert reply.status_code == 422
        main = reply.text[reply.text.index("<main") :]
        assert number not in main
        assert "本站不查询个人" in main


def test_a_bad_day_stands_beside_its_field(client) -> None:
    reply = client.get("/verify", params={"code": _GOOD, "on": "2026-02-30"})
    assert reply.status_code == 422
    assert 'id="on-fault"' in reply.text
    assert 'id="code-fault"' not in reply.text


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_wrong_day_hides_no_other_fault(client, prefix: str) -> None:
    for asked, wrong in (
        ({"code": "9350O114MA0TERT081", "target": "x"}, {"code", "on"}),
        ({"code": ""}, {"code", "on"}),
        ({"code": "11010519491231002X"}, {"code", "on"}),
    ):
        reply = client.get(f"{prefix}/verify", params={**asked, "on": "2026-2-9"})
        assert set(re.findall(r'id="(\w+)-fault"', reply.text)) == wrong
        main = reply.text[reply.text.index("<main") :]
        assert "11010519491231002X" not in main  # personal: never shown again


def test_a_day_that_is_none_stays_as_it_was_typed(client) -> None:
    """A box for days drops what is none: a bad day would come back as an empty box."""
    for path in (f"/verify?code={_GOOD}", "/where?q=108.7,29.5", "/gi/shili-yunwuguo/map?"):
        for day, box in (("2026-2-9", "text"), ("9.2.2026", "text"), ("2200-01-01", "date")):
            reply = client.get(f"{path}&on={day}")
            typed = re.search(f'<input[^>]*value="{re.escape(day)}"[^>]*>', reply.text)
            assert reply.status_code == 422
            assert typed is not None, (path, day)
            assert f'type="{box}"' in typed[0]
            assert ("max=" in typed[0]) is (box == "date")


def test_a_code_in_the_search_box_goes_to_its_verdict(client) -> None:
    for prefix in ("", "/en"):
        reply = client.get(f"{prefix}/search", params={"q": f" {_GOOD.lower()} "}, follow_redirects=False)
        assert reply.status_code == 303
        assert reply.headers["location"].startswith(f"{prefix}/verify?code=")
    assert client.get("/search", params={"q": "黔江猕猴桃"}, follow_redirects=False).status_code == 200


def test_chips_take_one_filter_away_and_foreign_parameters_are_let_be(client) -> None:
    page = client.get("/search?q=示例&kind=gi_product&track=gi_trademark&from=wechat").text
    assert 'href="/search?q=%E7%A4%BA%E4%BE%8B&amp;track=gi_trademark"' in page
    assert 'href="/search?q=%E7%A4%BA%E4%BE%8B&amp;kind=gi_product"' in page
    assert re.search(r'name="kind" value="gi_product" checked', page)


def test_what_is_not_verified_says_so_wherever_it_stands(client) -> None:
    for path in ("/gi/qianjiang-mihoutao", "/search?q=黔江猕猴桃", "/gi/qianjiang-yangdujun/map"):
        assert "未核实" in client.get(path).text
    page = client.get("/gi/qianjiang-yangdujun").text
    assert "来源有矛盾：" in page
    assert "鹅池镇" in page
    assert "（今 太极镇）" in page


def test_an_indicator_without_denominator_says_so(client) -> None:
    for path in ("/", "/indicators"):
        assert "分母缺失，不能计算" in client.get(path).text


def test_a_map_script_lives_at_the_address_of_its_content(client) -> None:
    for path in ("/gi/qianjiang-yangdujun/map", "/map", "/en/map"):
        script = re.search(r'src="([^"]*/map/[0-9a-f]{32}\.js)"', client.get(path).text)
        assert script is not None
        reply = client.get(script[1])
        assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert reply.headers["content-type"].startswith("text/javascript")
        assert client.get(script[1].replace(".js", "0.js")).status_code == 404


def test_still_pictures_and_grounds_are_served(client) -> None:
    for path in (
        "/gi/qianjiang-yangdujun/outline.svg",
        "/map/outline.svg?size=narrow",
        "/en/map/outline.svg",
    ):
        reply = client.get(path)
        assert reply.headers["content-type"].startswith("image/svg+xml")
        assert "示意图" in reply.text or "Sketch" in reply.text
    towns = client.get("/static-data/townships.geojson").json()
    assert len(towns["features"]) == 28
    assert client.get("/static-data/outline.geojson").json()["geometry"]["type"] == "MultiPolygon"


def test_errors_are_pages_with_a_way_on(client) -> None:
    for path, words in (
        ("/gi/nothing", "没有找到"),
        ("/en/gi/nothing", "Not found"),
        ("/nowhere", "没有找到"),
    ):
        reply = client.get(path)
        assert reply.status_code == 404
        assert words in reply.text
        assert 'role="search"' in reply.text


def test_english_home_without_its_slash_finds_its_way(client) -> None:
    assert client.get("/en", follow_redirects=False).headers["location"] == "/en/"


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "%(x)s %s"]
)
def test_hostile_words_come_back_as_words(client, text: str) -> None:
    for path, name in (("/search", "q"), ("/verify", "code"), ("/en/search", "q"), ("/search", "kind")):
        page = client.get(path, params={name: text}).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert ">49<" not in page
