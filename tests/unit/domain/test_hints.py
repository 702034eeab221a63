"""What may have been meant."""

from __future__ import annotations

import pytest

from facetry.domain.hints import near


@pytest.mark.parametrize(
    ("name", "found", "hint"),
    [
        ("BRAND", (), "; did you mean brand?"),
        ("carrat", (), "; did you mean gemstones.carat?"),
        ("gemstone.carat", (), "; did you mean gemstones.carat?"),
        ("zzz", (), ""),
        ("", (), ""),
        ("x" * 100_000, (), ""),
        ("finish", ["a.finish", "b.finish"], "; did you mean a.finish or b.finish?"),
    ],
)
def test_the_nearest_name_is_asked_for(name, found, hint):
    assert near(name, ["brand", "gemstones.carat"], found) == hint
