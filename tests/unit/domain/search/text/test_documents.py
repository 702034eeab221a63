from __future__ import annotations

import pytest

from facetry.domain.analysis import LANGUAGES, MAX_TERM_LENGTH, has_digit, stems
from facetry.domain.group import ProductGroup
from facetry.domain.jewelry.openings import NAMES
from facetry.domain.search.slots import WORD
from facetry.domain.search.text.documents import (
    BEGIN_WORDS,
    MAX_LENGTH,
    PAIR_WORDS,
    KnownWord,
    field_tokens,
    group_text,
    known_words,
    unpacked,
)
from facetry.domain.search.text.negation import denied_by_ending, is_sign
from facetry.domain.search.text.variants import VARIANT_WORDS, variant_texts
from facetry.testing.search_samples import group, product, single

NAME, BRAND, CATEGORY, KEYWORDS, VARIANTS, DESCRIPTION = range(6)


def counts(one: ProductGroup, language: str = "en") -> dict[str, tuple[int, ...]]:
    return {key: unpacked(packed) for key, packed in group_text(one, language).counts.items()}


def only(field: int, count: int = 1) -> tuple[int, ...]:
    return tuple(count if place == field else 0 for place in range(6))


def test_every_field_is_counted_by_itself():
    one = single(
        "g",
        name="Rings",
        brand="Ring Co",
        category=("Jewelry>Rings",),
        search_keywords=("ring", "rings"),
        color="ring red",
        description="A ring, the ring: RINGS!",
    )
    found = counts(one)
    assert found["wrings"] == (1, 0, 1, 1, 0, 1)
    assert found["wring"] == (0, 1, 0, 1, 1, 2)
    assert found["sring"] == (1, 1, 1, 2, 1, 3)
    assert group_text(one, "en").lengths == (1, 2, 2, 2, 2, 5)


def test_a_key_counts_fifteen_times_at_most_and_never_spills_into_the_next_field():
    found = counts(single("g", name="ring " * 40, description="ring rings " * 9))
    assert found["wring"] == (15, 0, 0, 0, 0, 9)
    assert found["sring"] == (15, 0, 0, 0, 0, 15)


def test_lengths_are_cut():
    assert group_text(single("g", description="a " * 70_000), "en").lengths[DESCRIPTION] == MAX_LENGTH


def test_a_word_with_a_digit_has_no_stem():
    found = counts(single("g", name="Model 18ks"))
    assert found["w18ks"] == only(NAME)
    assert not any(key.startswith("s18") for key in found)


def test_the_name_knows_pairs_and_the_places_of_its_words():
    found = counts(single("g", name="Gold Rings gold rings"))
    pairs = {key for key in found if key[0] == "p"}
    assert pairs == {"pgold ring", "pring gold"}
    assert {key for key in found if key[0] == "b"} == {"b0gold", "b1ring", "b2gold", "b3ring"}
    assert found["pgold ring"] == found["b2gold"] == only(NAME)


def test_long_names_are_known_by_their_first_words():
    names = [f"w{place:03}" for place in range(PAIR_WORDS + 5)]
    found = counts(single("g", name=" ".join(names)))
    assert sum(key[0] == "p" for key in found) == PAIR_WORDS - 1
    assert sum(key[0] == "b" for key in found) == BEGIN_WORDS
    assert f"w{names[-1]}" in found


def test_terms_of_the_trade_are_keys_of_the_fields_that_name_them():
    found = counts(single("g", name="White gold ring", color="14 kt", description="A ring of white gold, 14k."))
    assert found["cwhite gold"] == (1, 0, 0, 0, 0, 1)
    assert found["cfineness 585"][VARIANTS] == 1
    assert found["cfineness 585"][DESCRIPTION] == 1


def test_structured_parts_are_terms_too():
    parts = {"metals": ({"name": "gold", "color": "white", "purity": 585},), "gemstones": ({"carat": 0.5},)}
    found = counts(single("g", name="Ring", **parts))
    assert found["cwhite gold"] == found["ccarat 0.5"] == found["cfineness 585"] == only(VARIANTS)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("without nickel", "xnickel"),
        ("not any nickel", "xnickel"),
        ("nickel free", "xnickel"),
        ("strapless", "xstrap"),
        ("non-slip", "xslip"),
    ],
)
def test_what_a_text_denies_is_a_key(text, key):
    assert counts(single("g", name="x", description=text))[key][DESCRIPTION] == 1
    assert key in counts(single("g", name=text))
    assert key in counts(single("g", name="x", color=text))


def test_nothing_is_denied_without_a_word_for_it():
    texts = ("free nickel", "unless", "less", "a nickel")
    assert not [key for text in texts for key in counts(single("g", name="x", description=text)) if key[0] == "x"]
    assert "xnickel" in counts(single("g", name="Ring ohne Nickel"), "de")
    assert "xnickel" in counts(single("g", name="Nickelfreier Ring"), "de")


def test_a_long_word_is_cut_and_counted_once_with_its_equals():
    long = "x" * MAX_TERM_LENGTH
    found = counts(single("g", name=f"{long}a {long}b"), "none")
    assert found[f"w{long}"] == only(NAME, 2)


def test_variants_are_distinct_words_of_what_tells_products_apart():
    one = group(
        "g",
        product("1", name="Gold ring", color="Red", size="6", attributes={"fit": "loose", "tags": ["a1", "Red"]}),
        product("2", name="Gold ring large", color="Red", size="7", attributes={"fit": "loose", "count": 3}),
    )
    assert variant_texts(one) == (["Red", "6", "7", "loose", "a1", "3"], ["Gold ring large"])
    assert field_tokens(one, "en")[VARIANTS].words == ["red", "6", "7", "loose", "a1", "3", "large"]
    assert group_text(one, "en").lengths[VARIANTS] == 7
    assert counts(one)["wred"] == only(VARIANTS)


def test_truths_decimals_and_identifiers_are_no_variants():
    one = single(
        "g",
        attributes={"ok": True, "depth": 6.54, "none": None, "many": [1.5, None, "x"], "gtin": "0123", "style": "Star"},
        metals=({"name": "gold", "weight": 2.5},),
        gemstones=({"type": "ruby", "certificate_number": "GIA 21"}, {"certificate_number": "none"}),
    )
    assert variant_texts(one)[0] == ["x", "Star", "gold", "ruby", "none"]


def test_a_group_of_many_products_keeps_so_many_words():
    members = [product(str(place), name=f"n{place}", color=f"c{place}") for place in range(3000)]
    assert group_text(group("g", *members), "en").lengths[VARIANTS] == VARIANT_WORDS


def test_words_are_remembered_within_bounds(monkeypatch):
    monkeypatch.setattr("facetry.domain.search.text.documents._WORDS_KEPT", 2)
    known = known_words("zz")
    assert [known[word].keys for word in ("a", "b", "c", "a")] == [
        ("wa", "sa"),
        ("wb", "sb"),
        ("wc", "sc"),
        ("wa", "sa"),
    ]


def test_hebrew_words_have_stems_without_prefixes():
    assert {key for key in counts(single("g", name="הטבעת"), "he") if key[0] == "s"} == {"sהטבעת", "sטבעת"}


@pytest.mark.parametrize(
    "odd",
    [{}, {"style": "Halo"}, {"style": "H21"}, {"style": 7}, {"ok": True}, {"many": ["x", 3]}, {"depth": 1.5}],
)
def test_big_groups_are_looked_at_like_small_ones(odd):
    bags = [{"fit": f"fit{n % 3}", "count": n % 5, "other": str(n % 4), **(odd if n == 9 else {})} for n in range(30)]
    members = [product(str(n), name=f"n{n % 2}", color="Red", attributes=bag) for n, bag in enumerate(bags)]
    alone = [variant_texts(group("g", one))[0] for one in members]
    expected = list(dict.fromkeys(text for texts in alone for text in texts))
    assert variant_texts(group("g", *members)) == (expected, ["n1"])
    stones = [*members, product("s", name="n0", gemstones=({"type": "ruby"},))]
    assert variant_texts(group("g", *stones)) == ([*expected, "ruby"], ["n1"])


@pytest.mark.parametrize("language", [*LANGUAGES, "zz"])
@pytest.mark.parametrize("number", ["7", "14", "925", "1314097207", "9" * (MAX_TERM_LENGTH + 1)])
def test_a_number_is_a_word_without_stems_that_denies_nothing_in_every_language(number, language):
    cut = number[:MAX_TERM_LENGTH]
    assert has_digit(number)
    assert stems(number, language) == (cut,)
    assert denied_by_ending(number, language) is None
    assert not is_sign(number, language)
    signs = NAMES if number == "925" else 0
    assert known_words(language)[number] == KnownWord((f"{WORD}{cut}",), cut, cut, signs)
