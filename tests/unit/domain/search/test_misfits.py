"""Whether values fit types, and which type values seem to have."""

import time

import pytest

from facetry.domain.errors import InvalidValueError
from facetry.domain.search.fields import AttributeDefinition, Kind
from facetry.domain.search.misfits import TypedAttributes, inferred_kind
from facetry.testing.samples import content

DEFINITIONS = [
    AttributeDefinition("carat", Kind.DECIMAL),
    AttributeDefinition("note", Kind.TEXT),
    AttributeDefinition("gemstones.hue", Kind.SCALE, ("faint", "deep")),
    AttributeDefinition("metals.stamp", Kind.INTEGER),
]


def test_only_types_that_not_every_value_fits_are_looked_at():
    assert [field.name for field in TypedAttributes(DEFINITIONS).fields] == [
        "attributes.carat",
        "gemstones.hue",
        "metals.stamp",
    ]


def test_every_value_that_does_not_fit_is_told():
    product = content(
        "S",
        attributes={"carat": [1, "x", "y"], "note": "anything"},
        gemstones=({"hue": "DEEP"}, {"hue": "pale"}, {}),
        metals=({"stamp": 1.5}, {"stamp": None}),
    )
    misfits = [(field.name, value) for field, value in TypedAttributes(DEFINITIONS).misfits(product)]
    assert misfits == [
        ("attributes.carat", "x"),
        ("attributes.carat", "y"),
        ("gemstones.hue", "pale"),
        ("metals.stamp", "1.5"),
    ]
    with pytest.raises(InvalidValueError, match="is a decimal number; 'x' is not one") as caught:
        TypedAttributes(DEFINITIONS).check(product)
    assert caught.value.field == "attributes.carat"


def test_misfits_come_in_the_order_of_the_types():
    typed = TypedAttributes(AttributeDefinition(name, Kind.INTEGER) for name in ("b", "metals.m", "a"))
    product = content("S", attributes={"a": "x", "b": "y"}, metals=({"m": "z"},))
    assert [value for _, value in typed.misfits(product)] == ["y", "z", "x"]


def test_types_that_a_product_has_no_values_of_cost_nothing():
    few, many = ([AttributeDefinition(f"a{n}", Kind.INTEGER) for n in range(size)] for size in (10, 2000))
    product = content("S", attributes={"a1": "x"})

    def seconds(typed):
        began = time.perf_counter()
        for _ in range(200):
            assert len([*typed.misfits(product)]) == 1
        return time.perf_counter() - began

    assert min(seconds(TypedAttributes(many)) for _ in range(5)) < 20 * min(
        seconds(TypedAttributes(few)) for _ in range(5)
    )


def test_a_product_without_values_fits():
    assert list(TypedAttributes(DEFINITIONS).misfits(content("S"))) == []
    TypedAttributes(DEFINITIONS).check(content("S", attributes={"carat": None}, gemstones=(), metals=({},)))


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([], Kind.KEYWORD),
        (["true", "false"], Kind.BOOLEAN),
        (["1", "20240101"], Kind.INTEGER),
        (["1", "1.5"], Kind.DECIMAL),
        (["2024-01-01", "2024-01-01T10:00"], Kind.DATE),
        (["1", "true"], Kind.KEYWORD),
        (["gold"], Kind.KEYWORD),
    ],
)
def test_values_seem_to_have_the_narrowest_type_that_all_fit(values, kind):
    assert inferred_kind(values) is kind
