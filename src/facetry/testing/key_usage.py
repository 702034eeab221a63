"""The conformance suite of the ``KeyUsage`` port."""

from __future__ import annotations

from facetry.ports.key_usage import KeyUsage

NOW = 1_600_000_000.0


class KeyUsageConformance:
    """Everything that the contract of ``ports.key_usage`` promises.

    A subclass provides the pytest fixture ``usage``, which knows of no use.
    """

    def test_what_was_never_used_has_no_time(self, usage: KeyUsage) -> None:
        """Nothing is known of it."""
        assert usage.last_used("acme", "main") is None

    def test_the_last_use_is_told(self, usage: KeyUsage) -> None:
        """A use that is a while later takes the place of the one before."""
        usage.used("acme", "main", NOW)
        assert usage.last_used("acme", "main") == NOW
        usage.used("acme", "main", NOW + 3600)
        assert usage.last_used("acme", "main") == NOW + 3600

    def test_a_use_is_known_to_a_minute_or_so(self, usage: KeyUsage) -> None:
        """However often a key is used, the time told is less than two minutes old."""
        for second in range(0, 600, 7):
            usage.used("acme", "main", NOW + second)
            told = usage.last_used("acme", "main")
            assert told is not None
            assert NOW + second - 120 < told <= NOW + second

    def test_a_clock_set_back_is_followed(self, usage: KeyUsage) -> None:
        """The last use is the last one that was noted, not the greatest time."""
        usage.used("acme", "main", NOW)
        usage.used("acme", "main", NOW - 3600)
        assert usage.last_used("acme", "main") == NOW - 3600

    def test_what_is_forgotten_was_never_used(self, usage: KeyUsage) -> None:
        """Only the key that is named is forgotten, and may be used again."""
        usage.used("acme", "main", NOW)
        usage.used("acme", "other", NOW)
        usage.forget("acme", "main")
        usage.forget("acme", "never")
        assert (usage.last_used("acme", "main"), usage.last_used("acme", "other")) == (None, NOW)
        usage.used("acme", "main", NOW + 1)
        assert usage.last_used("acme", "main") == NOW + 1

    def test_keys_are_apart(self, usage: KeyUsage) -> None:
        """Those of other tenants and others of the same tenant, whatever ids they have."""
        names = [("acme", "main"), ("acme", "k"), ("acm", "emain"), ("../x", "/etc"), ("é💍", "")]
        for at, (tenant, key_id) in enumerate(names):
            usage.used(tenant, key_id, NOW + at)
        assert [usage.last_used(tenant, key_id) for tenant, key_id in names] == [NOW + at for at in range(5)]
