import hashlib
import json
from collections import Counter
from xml.etree import ElementTree as ET

import pytest

from facetry.application.interchange.values import read_content
from facetry.application.showcase.catalog import demo_products
from facetry.application.showcase.draw import Draw
from facetry.application.showcase.pictures import picture, picture_names
from facetry.domain.product import ProductContent

DIGEST = "0f9451171ffce3ee"
BASE = "http://shop.example"


@pytest.fixture(scope="module")
def products():
    return list(demo_products(BASE))


def test_the_catalog_is_the_same_everywhere(products):
    text = json.dumps(products, ensure_ascii=False).encode()
    assert hashlib.sha256(text).hexdigest()[:16] == DIGEST


def test_there_is_enough_of_it(products):
    groups = Counter(product["groupID"] for product in products)
    assert (len(products), len(groups)) == (3821, 388)
    assert len({product["sku"] for product in products}) == len(products)
    assert {category.split(">")[1] for product in products for category in product["category"]} == {
        "Bracelets",
        "Earrings",
        "Loose Stones",
        "Necklaces",
        "Rings",
    }


def test_every_product_keeps_the_rules(products):
    assert [p["sku"] for p in products if not isinstance(read_content(p), ProductContent)] == []
    assert all(p["promotionPrice"] <= p["regularPrice"] for p in products)


def test_every_group_has_one_main_product(products):
    mains = Counter(product["groupID"] for product in products if product["isMain"])
    assert set(mains.values()) == {1}
    assert len(mains) == 388


def test_groups_have_texts_of_their_own(products):
    for field in ("name", "description"):
        groups = {}
        for product in products:
            groups.setdefault(product[field], set()).add(product["groupID"])
        assert [text for text, ids in groups.items() if len(ids) > 1] == []


def test_some_pieces_rest_and_some_are_reduced(products):
    assert 0 < sum(not product["active"] for product in products) < len(products) // 20
    assert sum(product["promotionPrice"] < product["regularPrice"] for product in products) > len(products) // 10


def test_every_picture_of_the_catalog_is_drawn(products):
    names = {image.removeprefix(f"{BASE}/demo/pictures/") for product in products for image in product["images"]}
    assert len(names) > 200
    assert [name for name in names if picture(name.removesuffix(".svg")) is None] == []


def test_pictures_are_small_whole_and_harmless():
    names = picture_names()
    assert len(names) == len(set(names))
    for name in names[::17]:
        drawn = picture(name)
        root = ET.fromstring(drawn)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert len(drawn) < 7000, name
        for element in root.iter():
            assert "script" not in element.tag
            assert not [key for key in element.attrib if key.startswith("on")]
            assert not [value for value in element.attrib.values() if "//" in value]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "ring",
        "ring-halo",
        "ring-halo-rose-oval",
        "ring-halo-rose-oval-ruby-more",
        "ring-halo-tin-oval-ruby",
        "ring-halo-rose-square-ruby",
        "ring-eternity-white-pearl",
        "../../etc/passwd",
        "stone-round-" + "x" * 100,
    ],
)
def test_a_name_outside_the_grammar_is_no_picture(name):
    assert picture(name) is None


def test_every_kind_of_picture_is_drawn():
    kinds = {"-".join(name.split("-")[:2]): name for name in picture_names()}
    assert all(picture(name).startswith(b"<svg") for name in kinds.values())


def test_chance_is_the_same_everywhere():
    draw = Draw(1)
    assert [draw.below(100) for _ in range(5)] == [74, 53, 96, 70, 34]
