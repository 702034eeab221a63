"""Opening a search index on OpenSearch by a URL."""

from __future__ import annotations

from facetry.engines.lucene.addresses import read_address
from facetry.engines.lucene.opening import opened
from facetry.engines.lucene.placed import PlacedSearchIndex
from facetry.engines.opensearch.driver import OpenSearchDriver


async def open_index(url: str, *, may_be_away: bool = False) -> PlacedSearchIndex:
    """Open the index that a URL names, made where it is not there; whoever opens it closes it.

    Args:
        url: Like ``opensearch://user:password@host:9200,host:9200/facetry?tls=true&ca=FILE&shards=1``.
        may_be_away: Whether it may also be opened while nobody answers there.

    Raises:
        SettingError: The URL says no address.
        IndexFailedError: The cluster cannot be asked.
    """
    address = read_address(url, "opensearch")
    return await opened(
        PlacedSearchIndex(OpenSearchDriver(address), address.prefix, shards=address.shards), may_be_away=may_be_away
    )
