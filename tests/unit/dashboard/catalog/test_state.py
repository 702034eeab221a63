"""What a URL says of the catalog's page."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facetry.dashboard.catalog.state import (
    MAX_PAGE,
    MAX_QUERY_LENGTH,
    SORTS,
    CatalogState,
    View,
    read_state,
    short_name,
    state_of,
)
from facetry.dashboard.values import Values
from facetry.domain.errors import BadParameterError
from facetry.domain.money import MAX_PRICE
from facetry.domain.search.fields import full_name

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
STRIPPED = TEXTS.map(str.strip).filter(bool)
FIELDS = st.one_of(
    st.sampled_from(["brand", "price", "category", "attributes.brand", "gemstones.carat", "f.", "attributes.f.x"]),
    TEXTS,
).map(full_name)
PRICES = st.none() | st.integers(0, MAX_PRICE)


def unique(pairs):
    return tuple(dict(pairs).items())


STATES = st.builds(
    CatalogState,
    text=st.just("") | STRIPPED,
    filters=st.lists(
        st.tuples(FIELDS, st.lists(TEXTS, min_size=1, max_size=3, unique=True).map(tuple)), max_size=4
    ).map(unique),
    lowest=PRICES,
    highest=PRICES,
    sort=st.sampled_from(SORTS),
    view=st.sampled_from(View),
    page=st.integers(1, MAX_PAGE),
    more=st.lists(FIELDS, max_size=3, unique=True).map(tuple),
    finds=st.lists(st.tuples(FIELDS, STRIPPED), max_size=3).map(unique),
)
PAIRS = st.lists(
    st.tuples(
        st.sampled_from(
            ["q", "f.brand", "f.", "f.a b", "price", "price_from", "price_to", "sort", "view", "page", "more"]
        )
        | TEXTS,
        st.sampled_from(["10..50", "..", "..x", "-1", "grid", "table", "price:asc", "0", "99999999999"]) | TEXTS,
    ),
    max_size=8,
)


def read(query_string):
    return read_state(Values(parse_qsl(query_string, keep_blank_values=True, strict_parsing=bool(query_string))))


@given(STATES)
def test_a_url_says_all_of_a_state(state):
    assert read(state.query_string) == state
    assert state_of(state.query_string) == state
    assert state.query_string.isascii()


@given(PAIRS)
def test_whatever_is_sent_means_a_state_that_has_one_url(pairs):
    state = read_state(Values(pairs))
    assert read(state.query_string) == state
    assert read(state.query_string).query_string == state.query_string


def test_urls_can_be_read():
    state = CatalogState(
        text="gold ring",
        filters=(
            ("attributes.ring_style", ("Halo",)),
            ("category", ("Jewelry > Rings",)),
            ("attributes.brand", ("x",)),
        ),
        lowest=100_000,
        highest=495_000,
        sort="price:asc",
        view=View.TABLE,
        page=2,
    )
    assert state.url == (
        "/dashboard/catalog?q=gold%20ring&f.ring_style=Halo&f.category=Jewelry%20%3E%20Rings&f.attributes.brand=x"
        "&price=10..49.5&sort=price:asc&view=table&page=2"
    )
    assert CatalogState().url == "/dashboard/catalog"


@pytest.mark.parametrize(
    ("sent", "lowest", "highest"),
    [
        ("price=10..50", 100_000, 500_000),
        ("price=10..", 100_000, None),
        ("price=..50", None, 500_000),
        ("price=10", None, None),
        ("price=-5..x", None, None),
        ("price_from=10&price_to=", 100_000, None),
        ("price=1..2&price_from=&price_to=3", 10_000, 30_000),
        ("price=1e3..1e4", None, None),
    ],
)
def test_prices(sent, lowest, highest):
    state = read(sent)
    assert (state.lowest, state.highest) == (lowest, highest)


def test_what_nobody_can_mean_is_left_out():
    state = read("sort=sku:asc&view=cards&page=0&f.=x&f.brand=&find.size=&more=&q=%20")
    assert state == CatalogState()
    assert read("page=999999999999").page == 1
    assert read("q=" + "x" * 600).text == "x" * 512


def test_values_of_one_field_stand_together_each_once():
    state = read("f.color=Red&f.metal=gold&f.color=Blue&f.color=Red&f.attributes.metal=silver")
    assert state.filters == (("color", ("Red", "Blue")), ("attributes.metal", ("gold", "silver")))
    assert state.with_values("color", ()).filters == (("attributes.metal", ("gold", "silver")),)
    assert state.but(page=3).with_values("color", ("Green",)).page == 1


def test_what_forms_carry_is_not_longer_than_a_url():
    with pytest.raises(BadParameterError):
        state_of("q=" + "x" * MAX_QUERY_LENGTH)


def test_a_selection_has_no_order_no_view_and_no_page():
    state = read("q=a&f.color=Red&price=1..&sort=price:asc&view=table&page=3&more=color&find.color=r")
    assert state.selection.query_string == "q=a&f.color=Red&price=1.."


@pytest.mark.parametrize(
    ("field", "name"),
    [("brand", "brand"), ("attributes.metal", "metal"), ("attributes.brand", "attributes.brand"), ("metals.name",) * 2],
)
def test_names_in_urls_are_short_where_that_is_clear(field, name):
    assert short_name(field) == name
