"""The conformance suite of the ``KeyUsage`` port."""

from __future__ import annotations

import pytest

from facetry.ports.key_usage import KeyUsage

NOW = 1_600_000_000.0


class KeyUsageConformance:
    """Everything that the contract of ``ports.key_usage`` promises.

    A subclass provides the pytest fixture ``usage``, which knows of no use.
    """

    pytestmark = pytest.mark.anyio

    async def test_what_was_never_used_has_no_time(self, usage: KeyUsage) -> None:
        """Nothing is known of it."""
        assert await usage.last_used("acme", ("main", "other")) == {}
        assert await usage.last_used("acme", ()) == {}

    async def test_the_last_use_is_told(self, usage: KeyUsage) -> None:
        """A use that is a while later takes the place of the one before."""
        usage.used("acme", "main", NOW)
        assert await usage.last_used("acme", ("main",)) == {"main": NOW}
        usage.used("acme", "main", NOW + 3600)
        assert await usage.last_used("acme", ("main",)) == {"main": NOW + 3600}

    async def test_a_use_is_known_to_a_minute_or_so(self, usage: KeyUsage) -> None:
        """However often a key is used, the time told is less than two minutes old."""
        for second in range(0, 600, 7):
            usage.used("acme", "main", NOW + second)
            told = (await usage.last_used("acme", ("main",)))["main"]
            assert NOW + second - 120 < told <= NOW + second

    async def test_a_clock_set_back_is_followed(self, usage: KeyUsage) -> None:
        """The last use is the last one that was noted, not the greatest time."""
        usage.used("acme", "main", NOW)
        usage.used("acme", "main", NOW - 3600)
        assert await usage.last_used("acme", ("main",)) == {"main": NOW - 3600}

    async def test_what_is_forgotten_was_never_used(self, usage: KeyUsage) -> None:
        """Only the keys that are named are forgotten, and may be used again."""
        for name in ("main", "second", "other"):
            usage.used("acme", name, NOW)
        await usage.forget("acme", ("main", "second", "never"))
        await usage.forget("acme", ())
        assert await usage.last_used("acme", ("main", "second", "other")) == {"other": NOW}
        usage.used("acme", "main", NOW + 1)
        assert await usage.last_used("acme", ("main",)) == {"main": NOW + 1}

    async def test_keys_are_apart(self, usage: KeyUsage) -> None:
        """Those of other tenants and others of the same tenant, whatever ids they have."""
        names = [("acme", "main"), ("acme", "k"), ("acm", "emain"), ("../x", "/etc"), ("é💍", "")]
        for at, (tenant, key_id) in enumerate(names):
            usage.used(tenant, key_id, NOW + at)
        found = [await usage.last_used(tenant, (key_id,)) for tenant, key_id in names]
        assert found == [{key_id: NOW + at} for at, (_, key_id) in enumerate(names)]
        assert await usage.last_used("acme", ("emain", "k", "main")) == {"k": NOW + 1, "main": NOW}

    async def test_closing_twice_does_no_harm(self, usage: KeyUsage) -> None:
        """Nor does a use that comes later."""
        usage.used("acme", "main", NOW)
        await usage.close()
        await usage.close()
        usage.used("acme", "main", NOW + 1)
