from __future__ import annotations

import pytest

from facetry.engines.columns.strings import Strings


@pytest.mark.parametrize("items", [[], [b""], [b"a", b"", b"bc"]])
def test_strings_are_read_back_from_arrays_that_may_be_written(items):
    strings = Strings.of(items)
    assert [strings[place] for place in range(len(strings))] == items
    assert strings.blob.tobytes() == b"".join(items)
    assert strings.blob.flags.writeable
