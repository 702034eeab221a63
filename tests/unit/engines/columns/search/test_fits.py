from __future__ import annotations

import numpy as np
import pytest

from facetry.domain.search.slots import WORD, Alternative, Reading, Slot
from facetry.domain.search.text.fitting import Fitting
from facetry.engines.columns.builder import build_segment
from facetry.engines.columns.dictionary import Dictionaries
from facetry.engines.columns.search import fits
from facetry.testing.search_samples import group, product


@pytest.mark.parametrize("few", [-1000, fits._FEW])
def test_fits_are_those_of_each_product(monkeypatch, few):
    monkeypatch.setattr(fits, "_FEW", few)
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
    found = fits.product_fits(fitting, segment, rows, dictionaries)
    expected = [fitting.product(one.products[row]) for row in rows.tolist()]
    assert found.slots.tolist() == expected == [2, 1, 2, 2, 2, 2]
    assert found.of(np.array([3, 9], np.int32)).tolist() == [2, 2]
