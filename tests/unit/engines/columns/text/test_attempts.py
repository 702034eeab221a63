from __future__ import annotations

import pytest

from tests.unit.engines.columns.text.catalogs import changed


@pytest.mark.parametrize("seed", range(25))
def test_a_text_finds_what_the_definition_finds(seed: int):
    catalog, drawn = changed(seed)
    for _ in range(12):
        catalog.check(drawn.query())
