"""What shoppers type into the demo catalog, through ``/v2/search`` with the key of a shop front."""

from __future__ import annotations

import re

import pytest

from bench.typos import FIRST, GOAL, cases, tried
from facetry.application.demo.catalog import demo_products
from tests.program import Program, wait_until

pytestmark = pytest.mark.slow

TYPED_NAMES = 60
AT_LEAST_VS1 = {"FL", "IF", "VVS1", "VVS2", "VS1"}


class Found:
    """The answer to one search."""

    def __init__(self, answer):
        self.answer = answer
        self.total = answer["total"]
        self.hits = answer["hits"]
        self.reads = {read["text"]: read.get("term") or read["filter"] for read in answer["reads"]}

    def names(self, first=None):
        return [hit["group"]["name"] for hit in self.hits[:first]]

    def ids(self):
        return {hit["group"]["group_id"] for hit in self.hits}

    def shown(self, first=None):
        """Return the first product of each hit."""
        return [hit["products"][0] for hit in self.hits[:first]]


@pytest.fixture(scope="module")
def search(tmp_path_factory):
    with Program(tmp_path_factory.mktemp("demo") / "data", "--demo") as server:
        wait_until(lambda: "x-access-token" in server.output)
        key = re.search(r"^  search key +(\S+)$", server.output, re.MULTILINE)[1]
        with server.connect() as connection:

            def ask(text, **options):
                body = {"q": text, "limit": 1000, "matched_products": 100} | options
                reply = connection("POST", "/v2/search", body, {"authorization": f"Bearer {key}"})
                assert reply.status == 200, reply.body
                return Found(reply.json)

            yield ask


@pytest.fixture(scope="module")
def certified():
    return next(product for product in demo_products() if "certificateNumber" in product["attributes"])


def test_all_of_a_ring_stand_for_one_thing_each(search):
    found = search("14kt white gold ring")
    assert found.reads == {"14kt": "fineness 585", "white gold": "white gold"}
    assert all(name.endswith("Ring") for name in found.names(20))
    assert {(one["color"], one["attributes"]["fineness"]) for one in found.shown(20)} == {("White Gold", 585)}
    assert found.ids() == search("white gold ring 14 karat").ids()
    assert search("14k weissgold ring").ids() <= found.ids()


def test_a_price_in_the_text_is_a_condition(search):
    found = search("ring under $500")
    assert found.reads == {"under $500": "price < 500"}
    assert found.total > 10
    assert all(product["price"] < 500 for hit in found.hits for product in hit["products"])
    between = search("anniversary ring $1000-$2000")
    assert between.total > 10
    assert all(1000 <= product["price"] <= 2000 for hit in between.hits for product in hit["products"])


@pytest.mark.parametrize("text", ["VS1+ 1ct", "1ct VS1 or better", "1 carat vs1 and up"])
def test_a_grade_and_above_with_a_weight(search, text):
    found = search(text)
    assert found.total > 3
    stones = [stone for one in found.shown() for stone in one["gemstones"] if "clarity" in stone]
    assert {stone["carat"] for stone in stones} == {1.0}
    assert {stone["clarity"] for stone in stones} <= AT_LEAST_VS1


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("neck lace", "necklace"),
        ("saphire", "sapphire"),
        ("emrald", "emerald"),
        ("earings", "earrings"),
        ("engagment ring", "engagement ring"),
        ("tennis braclet", "tennis bracelet"),
        ("ruby pendent", "ruby pendant"),
        ("soiree", "Soirée"),
        ("aurel finch", "Aurel & Finch"),
        ("lab grown diamond", "lab diamond"),
        (".5ct diamond", "1/2 carat diamond"),
        ("0.50 ct diamond", "1/2 carat diamond"),
        ("925 silver chain", "sterling silver chain"),
        ("size 6 1/2 platinum band", "size 6.5 platinum band"),
    ],
)
def test_the_same_is_found_however_it_is_typed(search, text, same):
    meant = search(same)
    assert meant.total > 1
    assert search(text).ids() == meant.ids()


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("saphire", "sapphire"),
        ("pearl earings", "pearl earrings"),
        ("tennis braclet", "tennis bracelet"),
        ("sapphire", None),
        ("asdfgh", None),
    ],
)
def test_what_was_meant_is_offered(search, text, better):
    assert search(text).answer["did_you_mean"] == better


def test_the_beginning_of_a_word_is_enough_while_somebody_types(search):
    assert search("sapph").ids() == search("sapphire").ids()
    assert search("sapph", prefix=False).total == 0
    assert search("tanzanit").ids() == search("tanzanite").ids()


def test_a_certificate_goes_straight_to_its_stone(search, certified):
    number = certified["attributes"]["certificateNumber"]
    typed = [number, number.lower(), number.replace("-", " "), number.split("-")[1], number.split("-")[1][:6]]
    for text in typed:
        found = search(text)
        assert [one["sku"] for one in found.shown()] == [certified["sku"]], text


def test_a_sku_goes_straight_to_its_product(search):
    assert [one["sku"] for one in search("sr1049 14w 060").shown()] == ["SR1049-14W-060"]
    assert search("SR1049").ids() == {"SR1049"}


def test_a_cut_is_no_gemstone(search):
    cut = search("emerald cut diamond")
    assert cut.reads == {"emerald cut": "emerald cut"}
    assert {(stone["type"], stone["shape"]) for one in cut.shown(10) for stone in one["gemstones"][:1]} == {
        ("Diamond", "Emerald")
    }
    assert all("Emerald" in name.replace("Emerald-Cut", "") for name in search("emerald ring").names(3))


def test_a_grown_diamond_is_not_a_natural_one(search):
    found = search("lab diamond")
    assert found.total > 10
    assert {one["attributes"]["creation"] for one in found.shown()} == {"Laboratory-Grown"}


def test_a_size_is_the_size_of_the_product_shown(search):
    found = search("platinum band size 6 1/2")
    assert found.total > 3
    assert {one["size"] for hit in found.hits for one in hit["products"]} == {"6.5"}
    assert {one["color"] for one in found.shown(2)} == {"Platinum"}


def test_the_metal_asked_for_is_shown(search):
    assert {one["color"] for one in search("rose gold hoops").shown(5)} == {"Rose Gold"}
    assert {one["color"] for one in search("sterling silver chain").shown(10)} == {"Silver"}
    assert all("Hoop" in name for name in search("hoop ear rings").names(5))


def test_a_brand_is_found_by_its_name(search):
    found = search("Aurel & Finch")
    assert {one["brand"] for one in found.shown()} == {"Aurel & Finch"}


def test_words_run_together_are_found(search):
    found = search("goldring")
    assert found.total > 50
    assert all("Ring" in name for name in found.names(10))


def test_what_is_not_wanted_raises_nothing(search):
    found = search("diamond ring without halo")
    assert found.ids() == search("diamond ring ").ids()
    assert not any("Halo" in name for name in found.names(5))
    assert "Halo" in search("diamond ring with halo").names(1)[0]


def test_words_that_are_not_there_are_left_out_visibly(search):
    found = search("purple unicorn ring")
    assert found.answer["relaxed"] == {"words": 3, "required": 2}
    assert found.total > 0
    assert all("Amethyst" in name for name in found.names())
    assert search("purple ring").answer["relaxed"] is None


def test_names_with_a_typo_find_their_group(search):
    visible = [product for product in demo_products() if product["active"]]
    chosen = cases(visible, TYPED_NAMES)
    found = tried(chosen, lambda text: [hit["group"]["group_id"] for hit in search(text, limit=FIRST).hits])
    assert len(chosen) == TYPED_NAMES
    assert found.as_written.count(None) == 0
    assert found.edited.count(None) <= TYPED_NAMES * (1 - GOAL)


def test_nothing_is_found_for_nothing_that_is_there(search):
    found = search("asdfgh")
    assert (found.total, found.hits, found.answer["typos"]) == (0, [], False)
