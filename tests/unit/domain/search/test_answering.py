from __future__ import annotations

from facetry.domain.group import ProductGroup
from facetry.domain.search.answering import answer_from
from facetry.domain.search.query import SearchQuery
from facetry.testing.search_samples import group, product

HOOPS = group("hoops", product("h1", name="Hoop Earrings", attributes={"metal": "White Gold"}))
RING = group("ring", product("r1", name="Rose Gold Band", color="Rose Gold"))
NOSE = group("nose", product("n1", name="Nose Gold Hoop Earrings"))


def test_a_word_of_this_catalog_is_not_taken_for_another_one_while_something_has_most_words():
    result = answer_from(SearchQuery(text="rose gold hoop"), 1, [HOOPS, RING])
    assert (result.words, result.required_words, result.typos) == (2, 1, False)
    assert [read.term for read in result.reads] == ["rose gold"]


def test_it_is_where_that_finds_all_words():
    result = answer_from(SearchQuery(text="rose hoop"), 1, [HOOPS, RING, NOSE])
    assert ([hit.key for hit in result.hits], result.typos) == ([("nose",)], True)


def test_without_what_was_understood_where_no_product_has_it():
    plain = group("plain", product("p1", name="VS1 diamond ring"))
    result = answer_from(SearchQuery(text="VS1 diamond"), 1, [plain])
    assert ([hit.key for hit in result.hits], result.reads, result.words) == ([("plain",)], (), 2)


def test_the_products_that_the_words_fit_come_first():
    ring = group(
        "ring",
        product("R-18Y", name="Halo ring", color="Yellow Gold", metals=({"name": "Gold", "purity": 750},)),
        product("R-14W", name="Halo ring", metals=({"name": "Gold", "color": "White", "purity": 585},)),
        product("R-18W", name="Halo ring", color="White Gold", metals=({"name": "Gold", "purity": 750},)),
    )

    def first(text: str) -> list[str]:
        (hit,) = answer_from(SearchQuery(text=text), 1, [ring]).hits
        return [one.sku for one in hit.matched]

    assert first("halo") == ["R-18Y", "R-14W", "R-18W"]
    assert first("white gold halo") == ["R-14W", "R-18W", "R-18Y"]
    assert first("18k white gold") == ["R-18W", "R-18Y", "R-14W"]
    assert first("r 18w") == first("R-18W") == ["R-18W", "R-18Y", "R-14W"]
    assert first("whit") == ["R-14W", "R-18W", "R-18Y"]


def test_white_beside_gold_is_not_white_gold():
    apart = group("apart", product("a", name="Gold ring with a white sapphire"))
    assert found_by("white gold ring", apart, RING) == ["apart"]
    whole = group("whole", product("w", name="Ring", metals=({"name": "Gold", "color": "White"},)))
    assert found_by("white gold ring", apart, whole) == ["whole"]


def found_by(text: str, *groups: ProductGroup) -> list[str]:
    return [hit.group.group_id for hit in answer_from(SearchQuery(text=text), 1, groups).hits]
