"""What any search index must find, and how it must score it."""

from __future__ import annotations

from facetry.domain.field_query import GROUP_FIELDS
from facetry.domain.field_ranking import group_score, idf, text_weight
from facetry.domain.money import SCALE
from facetry.ports.search_index import SearchIndex
from facetry.testing.search_samples import OTHER, find, found, group, hold, product, single

ODD_QUERIES = ("", " ", "---", "💍", "\x00", "\ud800", "constructor", "__proto__", "*", "name:*", "a" * 1024)


class MatchesConformance:
    """Which groups a query finds."""

    async def test_an_empty_index_finds_nothing(self, index: SearchIndex) -> None:
        result = await find(index, "ring")
        assert (result.total, result.max_score, result.hits, result.revision) == (0, None, (), 0)

    async def test_any_word_is_enough(self, index: SearchIndex) -> None:
        await hold(index, single("1", name="gold ring"), single("2", name="silver chain"), single("3", name="pearl"))
        assert sorted(await found(index, "gold chain")) == ["1", "2"]

    async def test_all_words_in_one_field_come_first(self, index: SearchIndex) -> None:
        await hold(
            index,
            single("1", name="platinum", search_keywords=("ring",)),
            single("2", name="ring platinum ring of gold and of many more words that make the name long"),
            *(single(f"x{n}", name="ring") for n in range(5)),
        )
        assert (await found(index, "platinum ring"))[:2] == ["2", "1"]

    async def test_text_is_folded_and_stemmed(self, index: SearchIndex) -> None:
        await hold(index, single("1", name="Élégantes Boucles"), single("2", name="Wedding RINGS"))
        assert await found(index, "elegantes") == ["1"]
        assert await found(index, "ring") == ["2"]
        assert await found(index, "Ringing") == ["2"]

    async def test_the_language_is_the_one_of_the_tenant(self, index: SearchIndex) -> None:
        await hold(index, single("1", name="Goldene Ketten"), language="de")
        assert await found(index, "Kette", language="de") == ["1"]
        await hold(index, single("2", name="goldenes"), language="en")
        assert await found(index, "Kette", language="en") == []
        assert await found(index, "Ketten", language="en") == ["1"]

    async def test_every_text_field_is_found_where_it_is_asked_for(self, index: SearchIndex) -> None:
        await hold(index, single("1", name="a", description="fine pearls", category=("Jewelry", "Rings > Gold")))
        assert await found(index, "pearl", "description") == ["1"]
        assert await found(index, "ring", "category") == ["1"]
        assert await found(index, "jewelry gold", "name", "category") == ["1"]
        assert await found(index, "pearl") == []

    async def test_keywords_match_whole_and_caseless(self, index: SearchIndex) -> None:
        await hold(index, single("Group-A", search_keywords=("White Gold", "Straße"), brand="Löwe & Söhne"))
        assert await found(index, "group-a") == ["Group-A"]
        assert await found(index, "GROUP-A-1") == ["Group-A"]
        assert await found(index, "  white gold ") == ["Group-A"]
        assert await found(index, "STRASSE") == ["Group-A"]
        assert await found(index, "lo\u0308we & so\u0308hne", "brands") == ["Group-A"]
        assert await found(index, "white") == []
        assert await found(index, "group", "group_id") == []

    async def test_every_keyword_field_is_found_where_it_is_asked_for(self, index: SearchIndex) -> None:
        await hold(index, single("1", color="Rose", size="7", brand="Acme", images=("https://x.example/1.jpg",)))
        fields = {"colors": "rose", "sizes": "7", "brands": "ACME", "images": "https://x.example/1.jpg"}
        for field, word in fields.items():
            assert await found(index, word, field) == ["1"]
            assert await found(index, word) == []

    async def test_every_product_of_a_group_is_found(self, index: SearchIndex) -> None:
        await hold(index, group("1", product("A-1", color="red"), product("A-2", color="blue")))
        assert await found(index, "a-2") == ["1"]
        assert await found(index, "blue", "colors") == ["1"]

    async def test_an_unknown_field_finds_nothing(self, index: SearchIndex) -> None:
        await hold(index, single("1", name="ring"))
        assert await found(index, "ring", "nonsense") == []
        assert await found(index, "ring", "nonsense", "name") == ["1"]

    async def test_prices_and_flags_match_by_value(self, index: SearchIndex) -> None:
        await hold(
            index,
            single("1", regular_price=5 * SCALE, active=False),
            single("2", regular_price=5 * SCALE + 1, promotion_price=5 * SCALE),
            single("3"),
        )
        assert await found(index, "5.00", "regular_price_min") == ["1"]
        assert await found(index, "+5 five", "promotion_price_max", "regular_price_max") == ["1", "2"]
        assert await found(index, "TRUE", "active") == ["2", "3"]
        assert await found(index, "false", "active") == ["1"]
        assert await found(index, "0 1 yes", "active", "regular_price_min") == []

    async def test_inactive_groups_are_found(self, index: SearchIndex) -> None:
        await hold(index, single("1", name="ring", active=False))
        assert await found(index, "ring") == ["1"]

    async def test_odd_queries_find_nothing_and_break_nothing(self, index: SearchIndex) -> None:
        await hold(index, single("1", name="ring"))
        for text in ODD_QUERIES:
            assert await found(index, text, *GROUP_FIELDS) == [], text

    async def test_any_script_is_found(self, index: SearchIndex) -> None:
        names = {
            "1": "золотое кольцо",
            "2": "金の指輪",
            "3": "हीरे की अंगूठी",
            "4": "خاتم ذهب",
            "5": "\U0001d50aold 💍 ring",
        }
        await hold(index, *(single(group_id, name=name) for group_id, name in names.items()))
        for group_id, word in {"1": "КОЛЬЦО", "2": "金の指輪", "3": "अंगूठी", "4": "خاتم", "5": "gold"}.items():
            assert await found(index, word, "name") == [group_id]

    async def test_a_huge_group_is_found_by_each_product(self, index: SearchIndex) -> None:
        many = [product(f"S-{n}", color=f"color {n}", description="word " * 400) for n in range(1500)]
        await hold(index, group("huge", *many), single("small"))
        assert await found(index, "s-1499") == ["huge"]
        result = await find(index, "color 3", "colors", "description")
        assert result.hits[0].group == group("huge", *many)


class ScoresConformance:
    """How what is found is scored and explained."""

    async def test_scores_follow_the_definition(self, index: SearchIndex) -> None:
        await hold(
            index,
            single("1", name="ring ring gold"),
            single("2", name="ring"),
            single("3", name="chain", search_keywords=("gold",)),
        )
        result = await find(index, "gold ring", "name", "search_keywords")
        average = 5 / 3
        gold = text_weight(idf(3, 1), 1.0, 3.0, average)
        first = gold + text_weight(idf(3, 2), 2.0, 3.0, average)
        second = text_weight(idf(3, 2), 1.0, 1.0, average)
        scores = {hit.group.group_id: hit.score for hit in result.hits}
        assert scores.keys() == {"1", "2", "3"}
        assert result.max_score == max(scores.values()) == scores["1"]
        exact = {
            "1": group_score(first, complete=True),
            "2": group_score(second, complete=False),
            "3": group_score(idf(3, 1), complete=False),
        }
        assert not index.capabilities.exact_relevance or scores == exact

    async def test_the_whole_text_as_one_keyword_is_every_word(self, index: SearchIndex) -> None:
        await hold(index, single("1", search_keywords=("white gold",)), single("2", search_keywords=("white", "x")))
        assert await found(index, "white gold", "search_keywords") == ["1", "2"]
        scores = [hit.score for hit in (await find(index, "white gold", "search_keywords")).hits]
        assert scores[0] > 1.0 > scores[1] > 0.0

    async def test_equal_scores_are_ordered_by_id(self, index: SearchIndex) -> None:
        ids = ["b", "a", "Z", "é", "\U0001f48d", "\ufb01", "10", "9", "a-", "a a"]
        for group_id in ids:
            await hold(index, single(group_id, name="ring"))
        assert await found(index, "ring") == sorted(ids)

    async def test_the_parts_of_a_score_are_explained(self, index: SearchIndex) -> None:
        await hold(
            index,
            single("1", name="gold ring", search_keywords=("ring", "gold ring"), regular_price=7 * SCALE),
            single("2", name="ring 7"),
        )
        result = await find(index, "gold ring 7", *GROUP_FIELDS, explain=True)
        assert {hit.group.group_id for hit in result.hits} == {"1", "2"}
        for hit in result.hits:
            best = max(field.score for field in hit.explanation)
            complete = any(field.complete for field in hit.explanation)
            assert hit.score == group_score(best, complete=complete)
            for field in hit.explanation:
                total = 0.0
                for term in field.terms:
                    total += term.weight
                assert field.score == total
        explained = {hit.group.group_id: hit.explanation for hit in result.hits}
        assert [field.field for field in explained["2"]] == ["name"]
        assert [(t.term, t.frequency, t.document_frequency) for t in explained["2"][0].terms] == [
            ("ring", 1, 2),
            ("7", 1, 1),
        ]
        numbers = [field.field for field in explained["1"] if field.field.endswith(("_min", "_max"))]
        assert numbers == ["regular_price_min", "regular_price_max"]

    async def test_nothing_is_explained_unasked(self, index: SearchIndex) -> None:
        await hold(index, single("1", name="ring"))
        result = await find(index, "Rings ring")
        assert result.hits[0].explanation == ()
        assert result.terms == ("ring", "rings", "rings ring")

    async def test_statistics_are_of_live_groups_of_one_tenant(self, index: SearchIndex) -> None:
        names = {"1": "gold ring", "2": "ring", "3": "chain of gold"}
        await hold(index, *(single(group_id, name=name) for group_id, name in names.items()))
        before = await find(index, "gold ring")
        await hold(index, *(single(str(n), name="gold gold gold") for n in range(10, 40)))
        await hold(index, *(single(str(n), name="gold") for n in range(50)), tenant=OTHER)
        await hold(index, gone=[str(n) for n in range(10, 40)])
        after = await find(index, "gold ring")
        assert [(hit.group.group_id, hit.score) for hit in after.hits] == [
            (hit.group.group_id, hit.score) for hit in before.hits
        ]
