"""What a change of a catalog makes stale among the cached answers."""

from __future__ import annotations

from facetry.domain.change import Delta
from facetry.http.answer import EVERYTHING, group_tag, product_tag
from facetry.ports.cache import Cache


class CacheInvalidation:
    """Drop from a cache the answers that were made of what changed.

    Attributes:
        generation: Raised whenever all answers of a tenant were dropped.
    """

    def __init__(self, cache: Cache) -> None:
        """Listen for a cache."""
        self._cache = cache
        self.generation = 0
        self._forgotten: dict[str, int] = {}

    def changed(self, tenant: str, delta: Delta) -> None:
        """Drop answers made of a touched product or group, and those that any change of products makes stale."""
        if not delta.touches_products:
            return
        tags = [EVERYTHING]
        tags += map(product_tag, delta.skus)
        tags += (group_tag(group.group_id) for group in delta.groups)
        tags += map(group_tag, delta.gone)
        self._cache.invalidate(tenant, tags, delta.revision)

    def forget(self, tenant: str) -> None:
        """Drop every answer of a tenant."""
        self.generation += 1
        self._forgotten[tenant] = self.generation
        self._cache.forget(tenant)

    def was_forgotten(self, tenant: str, since: int) -> bool:
        """Return whether a tenant's answers were all dropped after a generation.

        One that was begun before that must not be put into the cache: no revision tells what it missed.
        """
        return self._forgotten.get(tenant, 0) > since
