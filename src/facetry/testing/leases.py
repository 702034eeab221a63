"""The conformance suite of the ``Leases`` port."""

from __future__ import annotations

import asyncio

import pytest

from facetry.ports.leases import Leases

LONG = 60.0
SHORT = 0.3
"""Seconds that a lease lasts which is to run out; enough for a slow machine to see it held."""


class LeasesConformance:
    """Everything that the contract of ``ports.leases`` promises.

    A subclass provides two pytest fixtures: ``leases``, of which nobody holds any, and ``peer``, the same leases as
    another process sees them.
    """

    pytestmark = pytest.mark.anyio

    async def test_one_process_holds_a_lease(self, leases: Leases, peer: Leases) -> None:
        assert await leases.take("relay", LONG)
        assert not await peer.take("relay", LONG)
        assert not await peer.take("relay", SHORT)
        assert await leases.take("relay", LONG)

    async def test_leases_are_apart_by_their_names(self, leases: Leases, peer: Leases) -> None:
        assert await leases.take("relay a", LONG)
        for name in ("relay", "relay A", "relay a ", "", "é💍", "relay.a$"):
            assert await peer.take(name, LONG)
            assert not await leases.take(name, LONG)

    async def test_who_asks_at_once_has_it_or_not(self, leases: Leases, peer: Leases) -> None:
        """Exactly one of two, and that one whenever it asks."""
        for number in range(5):
            took = await asyncio.gather(*(one.take(f"relay {number}", LONG) for one in (leases, peer) * 5))
            assert took in ([True, False] * 5, [False, True] * 5)

    async def test_a_lease_runs_out(self, leases: Leases, peer: Leases) -> None:
        """Who holds it and is stopped loses it to another, and does not get it back by renewing."""
        assert await leases.take("relay", SHORT)
        assert not await peer.take("relay", LONG)
        await asyncio.sleep(SHORT * 1.2)
        assert await peer.take("relay", LONG)
        assert not await leases.take("relay", LONG)

    async def test_a_lease_that_is_renewed_lasts(self, leases: Leases, peer: Leases) -> None:
        for _ in range(4):
            assert await leases.take("relay", 2 * SHORT)
            await asyncio.sleep(SHORT)
            assert not await peer.take("relay", LONG)

    async def test_the_last_length_counts(self, leases: Leases, peer: Leases) -> None:
        """A lease may be shortened by who holds it."""
        assert await leases.take("relay", LONG)
        assert await leases.take("relay", SHORT)
        await asyncio.sleep(SHORT * 1.2)
        assert await peer.take("relay", LONG)

    async def test_a_lease_that_is_given_back_is_free(self, leases: Leases, peer: Leases) -> None:
        await leases.take("relay", LONG)
        await leases.give_back("relay")
        await leases.give_back("relay")
        assert await peer.take("relay", LONG)

    async def test_nobody_gives_back_what_another_holds(self, leases: Leases, peer: Leases) -> None:
        await leases.take("relay", LONG)
        await peer.give_back("relay")
        await peer.give_back("never")
        assert not await peer.take("relay", LONG)

    async def test_closing_gives_back_all_and_nothing_else(self, leases: Leases, peer: Leases) -> None:
        await leases.take("a", LONG)
        await leases.take("b", LONG)
        await peer.take("c", LONG)
        await leases.close()
        await leases.close()
        assert [await peer.take(name, LONG) for name in "abc"] == [True, True, True]
        assert not await leases.take("c", LONG)
