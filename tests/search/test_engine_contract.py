"""What every engine must do: order inside a tier and estimated totals may differ, sets and first hits not."""

from collections.abc import Iterator

import pytest

from search import Document, Query, SearchUnavailable
from tests.search.documents import a_document, the_register


def ids(results) -> list[str]:
    return [hit.id for hit in results.hits]


def counts(results, facet: str) -> dict[str, int]:
    return {one.value: one.count for one in results.facets[facet]}


class TestFinding:
    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("黔江猕猴桃", "KIWI"),
            ("猴桃", "KIWI"),
            ("弥猴桃", "KIWI"),
            ("黔江獼猴桃", "KIWI"),
            ("mihoutao", "KIWI"),
            ("qian jiang mi hou tao", "KIWI"),
            ("qjmht", "KIWI"),
            ("kiwifriut", "KIWI"),
            ("Kiwifruit", "KIWI"),
            ("奇异果", "KIWI"),
            ("黔江金果", "KIWI"),
            ("黔江 kiwi", "KIWI"),
            ("黔江区猕猴桃", "KIWI"),
            ("猕猴桃黔江", "KIWI"),
            ("黔猕猴桃", "KIWI"),
            ("黔江猴猕桃", "KIWI"),
            ("91500114MA0TERT087", "FIRM"),
            ("91500114ma0tert087", "FIRM"),
            ("9150 0114 MA0T ERT0 87", "FIRM"),
            ("１２４２２８６５", "MARK"),
            ("12422865", "MARK"),
            ("AGI2012-02-869", "KIWI"),
            ("agi201202869", "KIWI"),
            ("第四九八号", "NOTICE"),
            ("第498号", "NOTICE"),
            ("第四百九十八号", "NOTICE"),
            ("公告第四九八号", "NOTICE"),
            ("zhuoshuiguzhen", "MARK"),
            ("zhuoshuigz", "MARK"),
            ("地牯牛", "DGN"),
            ("地古牛", "DGN"),
            ("甘露子", "DGN"),
            ("chinese artichoke", "DGN"),
            ("長壽蜜柚", "POMELO"),
            ("changshoumiyou", "POMELO"),
            ("武陵山珍", "FIRM"),
        ],
    )
    def test_the_right_record_is_first(self, register, text, wanted) -> None:
        assert ids(register.search(Query(text=text)))[:1] == [wanted]

    def test_the_reading_of_a_township_finds_what_bears_its_name(self, register) -> None:
        assert {"MARK", "POINT"} <= set(ids(register.search(Query(text="zhuoshui"))))

    def test_a_hit_says_which_field_and_tier_matched(self, register) -> None:
        def why(text: str) -> tuple[str, str]:
            hit = register.search(Query(text=text)).hits[0]
            return hit.tier, hit.field

        assert why("猴桃") == ("exact", "name")
        assert why("黔江金果") == ("exact", "alias")
        assert why("Kiwifruit") == ("exact", "name_en")
        assert why("mihoutao") == ("exact", "pinyin")
        assert why("qjmht") == ("exact", "initials")
        assert why("12422865") == ("exact", "identifier")
        assert why("濯水文化旅游") == ("exact", "holder")
        assert why("弥猴桃") == ("similar", "name")

    def test_a_wrong_character_brings_the_spelling_that_was_meant(self, register) -> None:
        assert register.search(Query(text="弥猴桃")).suggestion == "猕猴桃"
        assert register.search(Query(text="猕猴桃")).suggestion is None

    def test_a_number_with_one_wrong_digit_finds_nothing(self, register) -> None:
        assert register.search(Query(text="12422866")).total == 0
        assert register.search(Query(text="91500114MA0TERT088")).total == 0

    def test_the_beginning_of_a_number_finds_it(self, register) -> None:
        assert ids(register.search(Query(text="1242286"))) == ["MARK"]

    @pytest.mark.parametrize("text", ["", "  ", "\u3000"])
    def test_no_words_list_everything(self, register, text) -> None:
        found = register.search(Query(text=text))
        assert (found.total, found.tier, found.hits[0].field) == (10, "all", "")

    def test_words_that_stand_nowhere_find_nothing(self, register) -> None:
        found = register.search(Query(text="龘靐齉", facets=("kind",)))
        assert (found.hits, found.total, found.facets) == ((), 0, {"kind": ()})

    def test_records_of_the_district_come_before_equal_ones_from_outside(self, engine) -> None:
        engine.rebuild([a_document("猕猴桃", id="OUT", is_home=False), a_document("猕猴桃", id="HOME")])
        assert ids(engine.search(Query(text="猕猴桃"))) == ["HOME", "OUT"]

    def test_whoever_types_a_place_is_shown_its_products_before_its_offices(self, engine) -> None:
        customs = a_document("黔江海关", id="CUSTOMS", kind="organisation", place="黔江区")
        engine.rebuild([customs, a_document("黔江猕猴桃", id="KIWI", place="黔江区")])
        assert ids(engine.search(Query(text="黔江"))) == ["KIWI", "CUSTOMS"]
        assert ids(engine.search(Query(text="黔江海关")))[0] == "CUSTOMS"


class TestNarrowing:
    def test_codes_of_one_facet_are_alternatives_and_facets_add_up(self, register) -> None:
        both = register.search(Query(filters={"track": ("agri", "mark")}))
        assert set(ids(both)) == {"KIWI", "PLUM"}
        one = register.search(Query(filters={"track": ("agri", "mark"), "year": ("2020",)}))
        assert ids(one) == ["PLUM"]

    @pytest.mark.parametrize(
        ("facet", "value", "wanted"),
        [
            ("kind", "organisation", {"FIRM"}),
            ("state", "valid", {"KIWI", "PLUM", "COPTIS"}),
            ("category", "fruit", {"KIWI", "PLUM"}),
            ("place", "500240", {"COPTIS"}),
            ("nice_class", "30", {"MARK"}),
            ("has_users", "true", {"KIWI"}),
        ],
    )
    def test_every_facet_filters(self, register, facet, value, wanted) -> None:
        assert set(ids(register.search(Query(filters={facet: (value,)})))) == wanted

    def test_facet_counts_are_exact(self, register) -> None:
        found = register.search(Query(text="黔江", facets=("kind", "nice_class")))
        assert counts(found, "kind")["gi_product"] == 3
        assert counts(found, "nice_class") == {"31": 3, "30": 1}

    def test_a_facet_is_counted_as_if_nothing_were_chosen_in_it(self, register) -> None:
        found = register.search(
            Query(filters={"track": ("agri",), "category": ("fruit",)}, facets=("track", "category"))
        )
        assert counts(found, "track") == {"agri": 1, "mark": 1}
        assert counts(found, "category") == {"fruit": 1}

    def test_a_facet_is_counted_under_words_too(self, register) -> None:
        found = register.search(Query(text="黔江", filters={"kind": ("brand",)}, facets=("kind",)))
        assert counts(found, "kind")["gi_product"] == 3

    def test_a_parent_place_holds_its_children(self, register) -> None:
        assert "MARK" in ids(register.search(Query(filters={"place": ("500114",)})))

    def test_within_this_box(self, register) -> None:
        found = register.search(Query(bbox=(108.7, 29.5, 108.9, 29.6)))
        assert set(ids(found)) == {"KIWI", "POINT"}

    def test_near_here_is_a_circle_and_sorts_by_distance(self, register) -> None:
        found = register.search(Query(near=(108.78, 29.54, 2_000.0), facets=("kind",)))
        assert ids(found) == ["POINT", "KIWI"]
        assert counts(found, "kind") == {"gi_product": 1, "service_point": 1}

    def test_an_unknown_facet_is_refused(self) -> None:
        with pytest.raises(ValueError, match="unknown facet"):
            Query(filters={"secret": ("x",)})


class TestOrderAndPages:
    def test_names_sort_by_pinyin(self, register) -> None:
        found = ids(register.search(Query(sort="name", filters={"kind": ("gi_product",)})))
        assert found == ["POMELO", "PLUM", "DGN", "KIWI", "COPTIS"]

    def test_dates_sort_newest_first(self, register) -> None:
        assert ids(register.search(Query(sort="date")))[:4] == ["NOTICE", "PLUM", "BRAND", "MARK"]

    def test_pages_are_the_whole_without_overlap(self, register) -> None:
        pages = [register.search(Query(text="黔江", sort="name", page=n, limit=3)) for n in (1, 2, 3, 4)]
        together = [one for page in pages for one in ids(page)]
        assert len(together) == len(set(together)) == pages[0].total
        assert {page.total for page in pages} == {pages[0].total}

    def test_totals_and_counts_are_honest_beyond_the_deepest_page(self, engine) -> None:
        engine.rebuild(a_document("黔江蜂蜜", id=f"B{n}", kind="brand") for n in range(1_200))
        found = engine.search(Query(text="蜂蜜", facets=("kind",), page=11, limit=100))
        assert (found.total, counts(found, "kind"), found.hits) == (1_200, {"brand": 1_200}, ())
        assert len(engine.search(Query(text="蜂蜜", page=10, limit=100)).hits) == 100


class TestSuggesting:
    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("黔", "黔江猕猴桃"),
            ("mih", "黔江猕猴桃"),
            ("qjm", "黔江猕猴桃"),
            ("Qianj", "Qianjiang Kiwifruit"),
            ("1242", "12422865"),
            ("AGI2012", "AGI2012-02-869"),
        ],
    )
    def test_completions_appear_while_typing(self, register, text, wanted) -> None:
        assert wanted in [one.text for one in register.suggest(text)]

    def test_at_most_the_limit_and_grouped_by_kind(self, register) -> None:
        found = register.suggest("黔江", limit=4)
        kinds = [one.kind for one in found]
        assert len(found) == 4
        assert kinds == sorted(kinds, key=kinds.index)

    def test_nothing_typed_suggests_nothing(self, register) -> None:
        assert register.suggest("") == ()


class TestChanging:
    def test_an_index_that_was_never_built_is_empty(self, make_engine) -> None:
        engine = make_engine()
        assert engine.search(Query(text="猕猴桃", facets=("kind",))).total == 0
        assert engine.search(Query()).hits == ()
        assert engine.suggest("猕") == ()
        assert engine.fingerprints() == {}
        assert (engine.stats().documents, engine.stats().is_current) == (0, False)

    def test_a_change_is_visible_when_upsert_returns_also_to_others(self, make_engine) -> None:
        writer, reader = make_engine(writable=True), make_engine()
        writer.upsert([a_document("黔江羊肚菌", id="A")])
        assert ids(reader.search(Query(text="羊肚菌"))) == ["A"]
        writer.upsert([a_document("黔江魔芋", id="A", version=2)])
        assert ids(reader.search(Query(text="羊肚菌"))) == []
        assert ids(reader.search(Query(text="魔芋"))) == ["A"]

    def test_deleting_is_visible_at_once_and_may_be_repeated(self, register) -> None:
        register.delete(["KIWI"])
        register.delete(["KIWI", "NEVER"])
        assert ids(register.search(Query(text="猕猴桃"))) == []
        assert register.stats().documents == 9

    def test_the_last_change_of_a_batch_counts(self, engine) -> None:
        engine.upsert([a_document("甲", id="A"), a_document("乙", id="A", version=2)])
        assert (ids(engine.search(Query(text="甲"))), ids(engine.search(Query(text="乙")))) == ([], ["A"])

    def test_a_rebuild_replaces_everything(self, register) -> None:
        register.rebuild([a_document("新", id="NEW")])
        assert list(register.fingerprints()) == ["NEW"]
        assert register.stats().is_current

    def test_a_rebuild_that_fails_leaves_the_old_index_serving(self, register) -> None:
        def broken() -> Iterator[Document]:
            yield a_document("新", id="NEW")
            raise RuntimeError("the database went away")

        with pytest.raises(RuntimeError):
            register.rebuild(broken())
        assert ids(register.search(Query(text="黔江猕猴桃")))[:1] == ["KIWI"]
        register.upsert([a_document("黔江魔芋", id="B")])
        assert register.stats().documents == 11

    def test_changes_made_during_a_rebuild_are_not_lost(self, make_engine) -> None:
        engine = make_engine(writable=True)
        engine.rebuild(the_register())

        def snapshot() -> Iterator[Document]:
            yield from the_register()
            engine.upsert([a_document("黔江魔芋", id="LATE")])
            engine.delete(["DGN"])
            assert ids(engine.search(Query(text="魔芋"))) == ["LATE"]

        engine.rebuild(snapshot())
        assert set(engine.fingerprints()) == {one.id for one in the_register()} - {"DGN"} | {"LATE"}

    def test_fingerprints_tell_drift(self, register) -> None:
        wanted = {one.id: one.fingerprint for one in the_register()}
        assert dict(register.fingerprints()) == wanted
        register.upsert([a_document("黔江猕猴桃", id="KIWI", version=9)])
        assert register.fingerprints()["KIWI"] != wanted["KIWI"]

    def test_a_process_that_may_not_write_is_refused(self, make_engine) -> None:
        with pytest.raises(SearchUnavailable) as refused:
            make_engine().upsert([a_document()])
        assert refused.value.reason == "not_writable"


class TestStrangeInput:
    @pytest.mark.parametrize(
        "text",
        [
            '"',
            "*",
            "AND",
            "OR NOT",
            "NEAR(",
            "' OR 1=1--",
            "${7*7}",
            "{{7*7}}",
            "%{x}",
            "-黔江",
            "\\",
            "\x00",
            "\ud800",
            "name:猕",
            "猕^9",
            "猕~2",
            "[a TO b]",
            'x" OR id = "KIWI',
            "第号",
            "第" + "九" * 90 + "号",
            "1" * 100,
            "a" * 5000,
            "猕" + "\u0301" * 99,
            "\u202e猕猴桃",
            "a b c d e f g h i j k l",
        ],
    )
    def test_no_character_raises(self, register, text) -> None:
        register.search(Query(text=text, facets=("kind",)))
        register.suggest(text)

    @pytest.mark.parametrize(
        "text", ['"猕猴桃', "猕猴桃*", "-猕猴桃", "猕\u200d猴\u202e桃", "猕猴桃\x00", "《猕猴桃》"]
    )
    def test_signs_around_words_change_nothing(self, register, text) -> None:
        assert set(ids(register.search(Query(text=text)))) == set(ids(register.search(Query(text="猕猴桃"))))

    def test_codes_from_outside_cannot_break_a_filter(self, register) -> None:
        for code in ['" OR id EXISTS', "\\", "x' OR 'a'='a", "]", "*"]:
            assert register.search(Query(filters={"kind": (code,)}, facets=("kind", "year"))).total == 0
