"""Chinese on an English page is marked as Chinese, so that it is spoken, hyphenated and set as such."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from walking import EXAMPLES

_CHINESE = re.compile(r"[\u4e00-\u9fff·]*[\u4e00-\u9fff]")
_VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "source"})
_SAID = frozenset({"alt", "aria-label", "aria-description", "content", "label", "placeholder", "title"})
_MAY_HAVE_ENGLISH = tuple(f"/en/{kind}/" for kind in ("gi", "organisations", "trademarks", "brands"))
_NOT_READ = frozenset({"script", "style"})


class _Page(HTMLParser):
    """Collects the Chinese that is marked as nothing: in `texts` that of elements, in `names` what cannot be marked.

    A title and an attribute hold no elements. The letters in a picture are none either: who hears it hears its title.
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self._open: list[tuple[str, bool, bool]] = [("", False, False)]
        self.heading = self.marked = ""
        self.texts: list[str] = []
        self.names: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        _, is_chinese, is_picture = self._open[-1]
        if "lang" in facts:
            is_chinese = str(facts["lang"]).startswith("zh")
        is_picture = is_picture or (tag == "svg" and facts.get("role") == "img")
        if not is_chinese:
            for name in _SAID & facts.keys():
                self.names += _CHINESE.findall(facts[name] or "")
        if tag not in _VOID:
            self._open.append((tag, is_chinese, is_picture))

    def handle_endtag(self, tag: str) -> None:
        while len(self._open) > 1 and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        tag, is_chinese, is_picture = self._open[-1]
        if any(each == "h1" for each, *_ in self._open):
            self.heading += data
        self.marked += data if is_chinese else ""
        if is_chinese or tag in _NOT_READ or (is_picture and tag == "text"):
            return
        (self.names if tag in {"title", "desc"} else self.texts).extend(_CHINESE.findall(data))


def test_chinese_on_an_english_page_is_marked_or_a_name_that_has_no_english(client) -> None:
    paths = set(re.findall(r"<loc>[^<]*?(/en/[^<]*)</loc>", client.get("/sitemap.xml").text))
    examples = {path for each in EXAMPLES.values() for path in each if "." not in path and "?q=" not in path}
    paths |= {f"/en{path}" for path in examples if not path.startswith(("/staff", "/api"))}
    assert len(paths) > 200
    wrong = {}
    for path in sorted(paths):
        page = _Page(client.get(path).text)
        known = page.heading if path.startswith(_MAY_HAVE_ENGLISH) else page.marked
        found = page.texts + [name for name in page.names if name not in known]
        if found:
            wrong[path] = found
    assert wrong == {}
    assert "猕猴桃" not in str(_Page(client.get("/en/gi/qianjiang-mihoutao").text).names)
