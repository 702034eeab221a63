"""When a call is tried again, and how long it waits before that."""

from __future__ import annotations

import random
from typing import Any

import msgspec

from facetry.client.errors import NoAnswerError, RefusedError
from facetry.client.exchange import Request

_NOT_DONE = frozenset({429})
_UNKNOWN = frozenset({502, 503, 504})


class Retries(msgspec.Struct, frozen=True, kw_only=True):
    """How often a call is tried again, and how long it waits: any time up to a bound that doubles with each try.

    Attributes:
        attempts: So often at most it is sent, the first time included.
        first_seconds: The bound before the second attempt.
        longest_seconds: The bound that is never passed.
        patience_seconds: A server that says when to come again is waited for so long at most.
    """

    attempts: int = 6
    first_seconds: float = 0.25
    longest_seconds: float = 10.0
    patience_seconds: float = 120.0

    def pause(self, attempt: int, error: NoAnswerError | RefusedError) -> float | None:
        """Return after how many seconds to try again, None for no more.

        Args:
            attempt: How often it was sent already.
            error: What the last attempt ended in, which may be repeated.
        """
        if attempt >= self.attempts:
            return None
        bound = min(self.longest_seconds, self.first_seconds * 2 ** (attempt - 1))
        # Nobody is to guess it: it only keeps those apart who failed at the same moment.
        jitter = random.uniform(0, bound)  # noqa: S311
        wanted = error.retry_after if isinstance(error, RefusedError) else None
        if wanted is None:
            return jitter
        return wanted + jitter if wanted <= self.patience_seconds else None


def may_repeat(error: NoAnswerError | RefusedError, request: Request[Any]) -> bool:
    """Return whether a request that ended so may be sent again without being done twice."""
    if isinstance(error, NoAnswerError):
        return request.is_repeatable or not error.may_have_happened
    return error.status in _NOT_DONE or (error.status in _UNKNOWN and request.is_repeatable)
