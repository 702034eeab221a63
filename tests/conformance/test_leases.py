"""The conformance suite of leases over the engines that need no server."""

from __future__ import annotations

import pytest

from facetry.engines.memory.leases import Held, MemoryLeases
from facetry.testing.leases import LeasesConformance


class TestMemory(LeasesConformance):
    @pytest.fixture
    def held(self) -> dict[str, Held]:
        return {}

    @pytest.fixture
    def leases(self, held: dict[str, Held]) -> MemoryLeases:
        return MemoryLeases(held)

    @pytest.fixture
    def peer(self, held: dict[str, Held]) -> MemoryLeases:
        return MemoryLeases(held)


@pytest.mark.anyio
async def test_a_lease_ends_at_its_very_moment() -> None:
    now = [100.0]
    held: dict[str, Held] = {}
    leases, peer = MemoryLeases(held, lambda: now[0]), MemoryLeases(held, lambda: now[0])
    assert await leases.take("relay", 5.0)
    now[0] = 104.999
    assert not await peer.take("relay", 5.0)
    now[0] = 105.0
    assert await peer.take("relay", 5.0)
