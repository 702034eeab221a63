"""The conformance suite of the ``Cache`` port."""

from __future__ import annotations

from facetry.ports.cache import Cache, CacheEntry

TENANT = "acme"
OTHER = "zenith"


def kept(cache: Cache, key: str, *tags: str, tenant: str = TENANT, size: int = 100, revision: int = 1) -> CacheEntry:
    """Put an answer, whose value is its key."""
    return cache.put(tenant, key, f"answer {key}", size=size, tags=tags, revision=revision)


def found(cache: Cache, key: str, tenant: str = TENANT) -> object:
    """Return the value of the entry of a key, None where there is none."""
    entry = cache.get(tenant, key)
    return entry.value if entry else None


class CacheConformance:
    """Everything that the contract of ``ports.cache`` promises.

    A subclass provides the pytest fixture ``cache``, an empty cache that holds at least 10,000 bytes and at most
    1,000,000.
    """

    def test_an_unknown_key_has_no_entry(self, cache: Cache) -> None:
        """Nothing is found before it is put."""
        assert cache.get(TENANT, "a") is None
        assert (len(cache), cache.used_bytes) == (0, 0)

    def test_what_was_put_is_found(self, cache: Cache) -> None:
        """An entry is kept as it is, and fresh."""
        entry = kept(cache, "a", "product:a")
        assert cache.get(TENANT, "a") is entry
        assert (entry.value, entry.fresh) == ("answer a", True)
        assert (len(cache), cache.used_bytes >= 100) == (1, True)

    def test_tenants_do_not_share_keys(self, cache: Cache) -> None:
        """The same key of another tenant is another entry."""
        kept(cache, "a")
        assert cache.get(OTHER, "a") is None
        kept(cache, "a", tenant=OTHER)
        cache.forget(TENANT)
        assert (found(cache, "a"), found(cache, "a", OTHER)) == (None, "answer a")

    def test_a_tag_drops_exactly_its_entries(self, cache: Cache) -> None:
        """Other entries stay, those of other tenants with the same tag too."""
        product, group, other = kept(cache, "a", "product:a", "group:g"), kept(cache, "g", "group:g"), kept(cache, "b")
        foreign = kept(cache, "a", "product:a", tenant=OTHER)
        cache.invalidate(TENANT, ["product:a"], 2)
        assert [entry.fresh for entry in (product, group, other, foreign)] == [False, True, True, True]
        assert (found(cache, "a"), found(cache, "g"), found(cache, "a", OTHER)) == (None, "answer g", "answer a")

    def test_any_of_several_tags_drops_an_entry_once(self, cache: Cache) -> None:
        """Tags that lead to the same entry do no harm, unknown ones neither."""
        entry = kept(cache, "a", "product:a", "group:g")
        cache.invalidate(TENANT, ["group:g", "nothing", "product:a"], 2)
        cache.invalidate(TENANT, ["group:g"], 3)
        assert not entry.fresh
        assert cache.get(TENANT, "a") is None

    def test_a_dropped_entry_gives_up_its_value(self, cache: Cache) -> None:
        """Whoever still holds the entry does not hold the bytes."""
        entry = kept(cache, "a", "t")
        cache.invalidate(TENANT, ["t"], 2)
        assert entry.value is None

    def test_a_new_answer_replaces_the_old(self, cache: Cache) -> None:
        """The old entry is not fresh any more, and its tags lead nowhere."""
        old = kept(cache, "a", "old")
        new = cache.put(TENANT, "a", "newer", size=10, tags=["new"], revision=1)
        assert (old.fresh, new.fresh, found(cache, "a")) == (False, True, "newer")
        cache.invalidate(TENANT, ["old"], 1)
        assert found(cache, "a") == "newer"
        cache.invalidate(TENANT, ["new"], 1)
        assert found(cache, "a") is None

    def test_an_answer_begun_before_a_change_is_not_kept(self, cache: Cache) -> None:
        """It may have been made of what is gone; the one who made it still has it."""
        cache.invalidate(TENANT, ["product:b"], 5)
        entry = kept(cache, "a", "product:a", revision=4)
        assert (entry.fresh, entry.value) == (False, "answer a")
        assert cache.get(TENANT, "a") is None
        assert kept(cache, "a", "product:a", revision=5).fresh
        assert kept(cache, "a", tenant=OTHER, revision=0).fresh

    def test_an_older_change_does_not_lower_the_bar(self, cache: Cache) -> None:
        """Invalidations may come late and twice."""
        cache.invalidate(TENANT, [], 5)
        cache.invalidate(TENANT, [], 3)
        assert not kept(cache, "a", revision=4).fresh

    def test_forgetting_drops_everything_of_a_tenant(self, cache: Cache) -> None:
        """Revisions begin anew: the tenant may be another one of the same name."""
        cache.invalidate(TENANT, [], 9)
        entry = kept(cache, "a", revision=9)
        cache.forget(TENANT)
        cache.forget("nobody")
        assert (entry.fresh, cache.get(TENANT, "a")) == (False, None)
        assert kept(cache, "a", revision=0).fresh

    def test_it_stays_within_its_limit(self, cache: Cache) -> None:
        """What was not used goes first, what is used all the time stays."""
        wanted = kept(cache, "wanted", "t", size=1000)
        entries = []
        for number in range(2000):
            entries.append(kept(cache, f"k{number}", "t", size=1000))
            assert cache.get(TENANT, "wanted") is wanted
        fresh = [entry.fresh for entry in entries]
        assert 5 <= sum(fresh) <= 1000
        # The first that is kept is followed by kept ones only: they went in the order in which they came.
        assert all(fresh[fresh.index(True) :])
        assert {entry.value is None for entry in entries if not entry.fresh} == {True}

    def test_an_entry_marked_as_used_gets_another_round(self, cache: Cache) -> None:
        """Whoever serves an entry without asking the cache says so on the entry."""
        wanted, neighbour = kept(cache, "wanted", size=1000), kept(cache, "neighbour", size=1000)
        wanted.used = True
        number = 0
        while neighbour.fresh:
            kept(cache, f"k{number}", size=1000)
            number += 1
        assert wanted.fresh

    def test_an_answer_larger_than_the_cache_is_not_kept(self, cache: Cache) -> None:
        """It pushes nothing else out either."""
        small = kept(cache, "a")
        large = kept(cache, "b", size=2_000_000)
        assert (large.fresh, large.value, small.fresh) == (False, "answer b", True)
        assert cache.get(TENANT, "b") is None
