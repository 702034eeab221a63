import hashlib
import json
import re
from collections import Counter, defaultdict
from itertools import pairwise

import pytest

from facetry.application.demo.catalog import demo_products
from facetry.application.demo.pictures import picture
from facetry.application.interchange.values import read_content
from facetry.domain.product import ProductContent

BASE = "https://shop.example"
DIGEST = "72c3cba29e6987de"
KEYS = [
    "images", "searchKeywords", "category", "isMain", "sku", "name", "description", "groupID", "regularPrice",
    "promotionPrice", "quantity", "color", "brand", "size", "active", "currency", "attributes",
    "metals", "gemstones",
]  # fmt: skip


@pytest.fixture(scope="module")
def products():
    return list(demo_products(BASE))


@pytest.fixture(scope="module")
def groups(products):
    collected = defaultdict(list)
    for product in products:
        collected[product["groupID"]].append(product)
    return collected


def test_it_is_the_same_everywhere(products):
    text = json.dumps(products, ensure_ascii=False).encode()
    assert hashlib.sha256(text).hexdigest()[:16] == DIGEST


def test_it_is_large_enough(products, groups):
    assert (len(products), len(groups)) == (2750, 398)
    assert len({product["sku"] for product in products}) == 2750


def test_its_pictures_are_at_this_machine_unless_told_otherwise():
    assert next(demo_products())["images"][0].startswith("http://127.0.0.1:8080/demo/pictures/solitaire-")
    assert next(demo_products("https://a.example/"))["images"][0].startswith("https://a.example/demo/pictures/soli")


def test_keys_stand_in_the_order_of_the_api(products):
    for product in products:
        assert list(product) == [key for key in KEYS if key in product], product["sku"]
        assert set(KEYS) - set(product) <= {"brand", "size", "metals", "gemstones"}


def test_every_product_keeps_the_rules(products):
    assert [product["sku"] for product in products if not isinstance(read_content(product), ProductContent)] == []


def test_every_product_keeps_the_rules_of_the_form(products):
    for product in products:
        assert re.fullmatch(r"[A-Z0-9-]{3,50}", product["sku"])
        assert re.fullmatch(r"[A-Z0-9]{3,50}", product["groupID"])
        assert 1 <= len(product["name"]) <= 250
        assert 1 <= len(product["description"]) <= 2048
        assert 0 < product["promotionPrice"] <= product["regularPrice"]
        assert {product["regularPrice"], product["promotionPrice"]} == {
            round(product["regularPrice"], 2),
            round(product["promotionPrice"], 2),
        }
        assert product["quantity"] > 0
        assert product["currency"] == "USD"


def test_attributes_are_scalars_or_lists_of_text(products):
    for product in products:
        for value in product["attributes"].values():
            assert isinstance(value, str | int | float) or all(isinstance(item, str) for item in value)


def test_every_group_has_one_main_product(groups):
    assert {sum(product["isMain"] for product in members) for members in groups.values()} == {1}
    assert all(members[0]["isMain"] for members in groups.values())


def test_a_group_has_one_name_and_no_two_share_it(groups):
    for field in ("name", "description"):
        texts = {product[field] for members in groups.values() for product in members}
        assert len(texts) == len(groups)


def test_descriptions_hardly_repeat_each_other(groups):
    sentences = Counter(
        sentence for members in groups.values() for sentence in re.split(r"(?<=[.]) ", members[0]["description"])
    )
    assert max(sentences.values()) <= 6
    assert len(sentences) / sentences.total() > 0.92


def test_descriptions_are_well_formed(groups):
    for members in groups.values():
        text = members[0]["description"]
        assert text[0].isupper() or text[0].isdigit()
        assert text.endswith(".")
        assert not re.search(r"[{}]|\b[Aa] [aeio]|\s\s|, ,", text.replace("a one", "")), text
        assert text.count(". ") <= 3, text


def test_it_has_what_a_jeweler_has(products):
    categories = Counter(product["category"][0].rsplit(">", 1)[0] for product in products)
    assert categories == {
        "Jewelry>Rings": 1475,
        "Jewelry>Necklaces": 407,
        "Jewelry>Earrings": 454,
        "Jewelry>Bracelets": 246,
        "Loose Stones": 104,
        "Loose Stones>Diamonds": 64,
    }
    assert len({product["brand"] for product in products if "brand" in product}) == 12
    assert {product["attributes"].get("fineness") for product in products} == {None, 417, 585, 750, 925, 950}


def test_finer_metal_and_larger_stones_cost_more(groups):
    for members in groups.values():
        by_metal = defaultdict(dict)
        for product in members:
            if product["attributes"].get("metal") == "Gold" and product["color"] == "Yellow Gold":
                by_metal[product.get("size")][product["attributes"]["fineness"]] = product["regularPrice"]
        for prices in by_metal.values():
            ordered = [prices[fineness] for fineness in sorted(prices)]
            assert all(cheaper <= dearer for cheaper, dearer in pairwise(ordered))
    studs = [product for product in groups["ST1007"] if product["color"] == "Yellow Gold"]
    assert [product["size"] for product in studs] == ["0.50 ctw", "0.75 ctw", "1.00 ctw"]
    assert [product["regularPrice"] for product in studs] == sorted(product["regularPrice"] for product in studs)


def test_some_are_withdrawn_some_reduced_some_nearly_gone(products):
    assert sum(not product["active"] for product in products) == 97
    assert sum(product["promotionPrice"] < product["regularPrice"] for product in products) == 1000
    assert sum(product["quantity"] <= 2 for product in products) == 370


def test_loose_stones_have_reports_of_their_own(products):
    singles = [product for product in products if product["groupID"][:2] in {"LD", "LS"}]
    assert len({product["attributes"]["certificateNumber"] for product in singles}) == len(singles) == 118


def test_every_picture_is_drawn(products):
    names = {image.removeprefix(f"{BASE}/demo/pictures/") for product in products for image in product["images"]}
    assert len(names) == 529
    assert all(name.endswith(".svg") for name in names)
    assert [name for name in names if picture(name.removesuffix(".svg")) is None] == []
