from __future__ import annotations

import numpy as np
import pytest

from facetry.domain.search.slots import WORD, Alternative, Reach, Reading, Slot
from facetry.domain.search.text.fitting import Fitting
from facetry.engines.columns.builder import build_segment
from facetry.engines.columns.dictionary import Dictionaries
from facetry.engines.columns.search import fits
from facetry.testing.search_samples import group, product


@pytest.mark.parametrize("few", [0, fits.FEW])
def test_fits_are_those_of_each_product(monkeypatch, few):
    monkeypatch.setattr(fits, "FEW", few)
    colors, metals = ("Red", "Blue", None, "Red gold"), ("Gold", "White gold", "Silver")
    members = [
        product(str(n), color=colors[n % 4], attributes={"metal": metals[n % 3], **({"note": "red"} if n > 8 else {})})
        for n in range(10)
    ]
    one = group("a", *members)
    reading = Reading(tuple(Slot(word, (Alternative((WORD + word,)),)) for word in ("red", "gold", "silver")))
    fitting = Fitting(reading, frozenset(), "en")
    dictionaries = Dictionaries()
    segment = build_segment([one], "en", dictionaries, 0)
    rows = np.array([0, 2, 3, 4, 7, 9], np.int32)
    found = fits.product_fits(fits.FittingTables(fitting), segment, rows, dictionaries)
    expected = [fitting.product(one.products[row]) for row in rows.tolist()]
    assert found.slots.tolist() == expected == [2, 1, 2, 2, 2, 2]
    assert found.of(np.array([3, 9], np.int32)).tolist() == [2, 2]


@pytest.mark.parametrize("few", [0, fits.FEW])
def test_values_of_gemstones_and_several_of_a_product_fit_together(monkeypatch, few):
    monkeypatch.setattr(fits, "FEW", few)
    members = [
        product("1", search_keywords=("red", "big"), gemstones=({"color": "blue"}, {"color": "green"})),
        product("2", search_keywords=("blue", "red")),
        product("3", gemstones=({"color": "red"},)),
        product("4", search_keywords=("small",)),
    ]
    reading = Reading(
        (
            Slot("red", (Alternative((WORD + "red",)),)),
            Slot("blue green", (Alternative((WORD + "blue", WORD + "green")),)),
            Slot("bi", (Alternative((WORD + "bi",), reach=Reach.BEGINNING),)) if not few else Slot("", ()),
        )
    )
    fitting = Fitting(reading, frozenset(), "en")
    dictionaries = Dictionaries()
    segment = build_segment([group("a", *members)], "en", dictionaries, 0)
    found = fits.product_fits(fits.FittingTables(fitting), segment, np.arange(4, dtype=np.int32), dictionaries)
    expected = [fitting.product(one) for one in members]
    assert found.slots.tolist() == expected == [2 if few else 3, 1, 1, 0]


def test_identifiers_fit_skus_and_fields_that_hold_some():
    members = [
        product("AB-1", attributes={"style": "X 9"}),
        product("CD-2", attributes={"style": "AB1"}),
        product("EF-3", attributes={"metal": "AB1"}),
    ]
    reading = Reading((Slot("ab1", (Alternative(("ab1",), reach=Reach.IDENTIFIER),)),))
    fitting = Fitting(reading, frozenset({"attributes.style"}), "en")
    dictionaries = Dictionaries()
    segment = build_segment([group("a", *members)], "en", dictionaries, 0)
    found = fits.product_fits(fits.FittingTables(fitting), segment, np.arange(3, dtype=np.int32), dictionaries)
    expected = [fitting.product(one) for one in members]
    assert found.slots.tolist() == expected == [1, 1, 0]
