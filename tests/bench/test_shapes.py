import itertools

import msgspec
import pytest

from bench.rivals.documents import facts, fields
from bench.rivals.rival import Rival
from bench.rivals.sqlite_index import Sqlite
from bench.shapes.catalog import SIZES, shape
from bench.shapes.lines import lines
from bench.shapes.question import Among, Condition, Question, ValueCounts
from bench.shapes.shape import Shape
from facetry.domain.group import ProductGroup
from facetry.domain.product import Product

SHARES = {"J1": 0.01, "J2": 0.0005, "J2P": 0.002, "J4": 1.0, "G": 0.002}
SMALL = {"J1": (29, 2750), "J2": (500, 500), "J2P": (400, 400), "J4": (1, 5000), "G": (500, 2000)}


@pytest.fixture(params=list(SIZES))
def small(request) -> Shape:
    return shape(request.param, SHARES[request.param])


def test_a_shape_has_as_many_groups_and_products_as_it_says(small):
    groups = [group for page in small.pages() for group in page]
    products = [product for group in groups for product in group.products]
    assert (len(groups), len(products)) == SMALL[small.name]
    assert len({group.group_id for group in groups}) == len(groups)
    assert len({product.sku for product in products}) == len(products)
    assert [product.joined for product in products] == list(range(len(products)))


def test_a_shape_is_drawn_the_same_again(small):
    assert list(itertools.islice(small.groups(), 5)) == list(itertools.islice(small.groups(), 5))
    assert next(small.groups(1)) != next(small.groups(2))
    for kind in small.asks:
        assert small.questions(5, kind) == small.questions(5, kind)


def test_questions_ask_of_fields_that_are_counted(small):
    known = fields(small)
    for kind in small.asks:
        asked = {c.field for question in small.questions(50, kind) for c in question.conditions}
        assert asked <= {*known.texts, *known.numbers}


@pytest.mark.parametrize(("name", "facets", "conditions"), [("J1", 12, 3), ("J2", 25, 3), ("G", 12, None)])
def test_faceted_questions_are_as_wide_as_the_goals_say(name, facets, conditions):
    for question in shape(name, SHARES[name]).questions(50):
        assert len(question.facets) == facets
        assert conditions in {None, len(question.conditions)}


def test_products_of_a_group_of_many_differ():
    group = next(shape("J4").groups())
    made = {(p.color, p.size, *(p.attributes or {}).values()) for p in group.products}
    assert len(made) == 5000


def test_a_stone_has_twenty_five_attributes():
    product = next(shape("J2", SHARES["J2"]).groups()).products[0]
    assert len(product.attributes or {}) == 25


def test_stones_can_be_gemstones_of_their_products():
    product = next(shape("J2P", SHARES["J2P"]).groups()).products[0]
    (stone,) = product.gemstones or ()
    assert stone["type"] == "Diamond"
    assert not set(stone) & set(product.attributes or {})


def test_a_line_names_fields_as_the_catalog_api_does():
    value = msgspec.json.decode(next(lines(shape("J1", SHARES["J1"]))))
    product = next(shape("J1", SHARES["J1"]).groups()).products[0]
    assert value["sku"] == product.sku
    assert value["promotionPrice"] * 10_000 == pytest.approx(product.promotion_price)
    assert "gemstones" not in value


@pytest.fixture
def sqlite() -> Rival:
    rival = Sqlite()
    yield rival
    rival.close()


@pytest.mark.parametrize(("name", "kind"), [("J1", "faceted"), ("J2", "all"), ("G", "broad")])
def test_an_engine_counts_what_a_look_at_every_product_counts(sqlite, name, kind):
    catalog = shape(name, SHARES[name])
    sqlite.load(catalog)
    groups = list(catalog.groups())
    for question in catalog.questions(5, kind):
        # Words are the engine's own affair; what they find is taken as it is.
        asked = Question("", question.conditions, question.facets)
        answer = sqlite.ask(asked)
        assert answer.total == len(matching(groups, asked.conditions))
        for facet in asked.facets:
            if isinstance(facet, ValueCounts):
                assert answer.counts[facet.field] == counted(groups, asked, facet)


def counted(groups: list[ProductGroup], question: Question, facet: ValueCounts) -> dict[str, int]:
    counts: dict[str, int] = {}
    for products in matching(groups, question.others(facet)):
        for value in {str(facts(product)[facet.field]) for product in products}:
            counts[value] = counts.get(value, 0) + 1
    return counts


def matching(groups: list[ProductGroup], conditions: tuple[Condition, ...]) -> list[list[Product]]:
    kept = ([p for p in group.products if all(holds(c, p) for c in conditions)] for group in groups)
    return [products for products in kept if products]


def holds(condition: Condition, product: Product) -> bool:
    value = facts(product)[condition.field]
    if isinstance(condition, Among):
        return str(value) in condition.values
    return condition.low <= float(str(value)) <= condition.high
