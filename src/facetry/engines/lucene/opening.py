"""Opening an index whose cluster may be away at the moment."""

from __future__ import annotations

import logging

from facetry.domain.errors import IndexAwayError, SearchTimeoutError
from facetry.engines.lucene.placed import PlacedSearchIndex

_log = logging.getLogger(__name__)


async def opened(index: PlacedSearchIndex, *, may_be_away: bool) -> PlacedSearchIndex:
    """Return an index made ready, where it is not there yet; one that cannot be is closed.

    Args:
        index: Which one.
        may_be_away: Whether one that nobody answers for will do: it is made when it is first asked, and missing.

    Raises:
        IndexFailedError: The cluster cannot be asked.
        SearchTimeoutError: It does not answer in time.
    """
    try:
        await index.ensure()
    except (IndexAwayError, SearchTimeoutError) as error:
        if not may_be_away:
            await index.close()
            raise
        _log.warning("the search index does not answer, all else goes on without it: %s", error.message)
    except BaseException:
        await index.close()
        raise
    return index
