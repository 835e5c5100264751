import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import highlights
from search.distance import distance
from search.pinyin import initials, sort_key, suffixes, syllables
from search.plan import plan
from search.splitting import splits
from search.text import code, fold, is_han, terms, tokens


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("獼猴桃", "猕猴桃"),
        ("ＡＧＩ２０１２", "agi2012"),
        ("Café", "cafe"),
        ("猕\u202e猴\u200d桃", "猕猴桃"),
        ("Lü", "lv"),
    ],
)
def test_spellings_of_one_word_fold_to_one(text, folded) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("AGI2012-02-869", "agi201202869"),
        ("9150 0114 MA0T ERT0 87", "91500114ma0tert087"),
        ("第四九八号", "no498"),
        ("第498号", "no498"),
        ("第四百九十八号", "no498"),
        ("第一千零二十号", "no1020"),
        ("第十二号", "no12"),
        ("国家知识产权局公告第四九八号", "no498"),
        ("猕猴桃", ""),
        ("kiwifruit", ""),
        ("7", ""),
    ],
)
def test_numbers_are_recognised_in_every_spelling(text, number) -> None:
    assert code(text) == number


@pytest.mark.parametrize(
    ("word", "reading"),
    [
        ("濯水", "zhuo shui"), ("地牯牛", "di gu niu"), ("重庆", "chong qing"), ("长寿", "chang shou"),
        ("银行", "yin hang"), ("绿茶", "lv cha"), ("黔江", "qian jiang"), ("朝阳", "chao yang"),
    ],
)  # fmt: skip
def test_local_and_many_sounding_characters_read_as_people_say_them(word, reading) -> None:
    assert " ".join(syllables(word)) == reading


def test_readings_start_from_every_character() -> None:
    assert suffixes("黔江猕猴桃") == ["qianjiangmihoutao", "jiangmihoutao", "mihoutao", "houtao", "tao"]
    assert initials("黔江猕猴桃") == ["qjmht", "jmht", "mht", "ht"]


def test_names_sort_as_in_a_dictionary() -> None:
    assert sorted(["石柱黄连", "长寿蜜柚", "黔江猕猴桃", "黔江地牯牛"], key=sort_key) == [
        "长寿蜜柚", "黔江地牯牛", "黔江猕猴桃", "石柱黄连",
    ]  # fmt: skip


def test_a_run_is_cut_at_places_first() -> None:
    assert splits("重庆市黔江区猕猴桃")[0] == ("重庆市", "黔江区", "猕猴桃")
    assert splits("猕猴桃") == ()


@pytest.mark.parametrize(
    ("text", "query", "ranges"),
    [
        ("黔江獼猴桃", "猕猴桃", ((2, 5),)),
        ("黔江猕猴桃", "奇异果", ((2, 5),)),
        ("黔江猕猴桃", "mihou", ((2, 4),)),
        ("黔江猕猴桃", "qjm", ((0, 3),)),
        ("Qianjiang Kiwifruit", "KIWI", ((10, 14),)),
        ("黔江猕猴桃", "黔 江", ((0, 2),)),
        ("<b>猕</b>", "b", ((1, 2), (6, 7))),
        ("黔江猕猴桃", "", ()),
        ("", "桃", ()),
    ],
)
def test_highlights_are_ranges_on_the_original(text, query, ranges) -> None:
    assert highlights(text, query) == ranges


@pytest.mark.parametrize(
    ("left", "right", "steps"),
    [("kiwifruit", "kiwifriut", 1), ("猕猴桃", "弥猴桃", 1), ("abc", "abc", 0), ("abc", "xyz", 3)],
)
def test_distance_counts_slips(left, right, steps) -> None:
    assert distance(left, right, 4) == steps


@given(st.text(max_size=200), st.text(max_size=200))
def test_folding_works_character_by_character(left, right) -> None:
    assert fold(left + right) == fold(left) + fold(right)
    assert fold(fold(left)) == fold(left)


@given(st.text(max_size=150))
def test_no_text_raises_and_nothing_but_letters_digits_and_han_gets_through(text) -> None:
    plan(text)
    found = "".join([*(term.text for term in terms(text)), *tokens(text)])
    assert all(is_han(one) or (one.isascii() and one.isalnum()) for one in found)
    assert code(text).isascii()


@given(st.text(max_size=60), st.text(max_size=20))
def test_highlights_lie_inside_the_text_in_order(text, query) -> None:
    found = highlights(text, query)
    flat = [at for span in found for at in span]
    assert flat == sorted(flat)
    assert all(0 <= start < end <= len(text) for start, end in found)


@given(st.text(alphabet="abcde猕猴桃", max_size=8), st.text(alphabet="abcde猕猴桃", max_size=8))
def test_distance_is_symmetric_and_bounded(left, right) -> None:
    assert distance(left, right, 9) == distance(right, left, 9) <= max(len(left), len(right))
