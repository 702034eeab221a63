"""What is in memory has nothing to mend."""

from __future__ import annotations

import pytest

from facetry.engines.memory.mending import NothingToMend


@pytest.mark.anyio
async def test_nothing_is_found_and_nothing_is_left():
    mending = NothingToMend()
    found = [await mending.faults("t"), await mending.mend("t"), await mending.shared_faults()]
    assert [*found, await mending.mend_shared()] == [()] * 4
