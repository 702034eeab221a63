"""When to leave a server alone that does not answer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic

_log = logging.getLogger(__name__)

_QUIET_SECONDS = 10.0
"""A server that comes and goes is not told of more often."""


class Breaker:
    """Lets one call a while through to a server that failed, until one succeeds; else a dead one delays everybody.

    Attributes:
        is_open: Whether the last call that was heard of failed.
    """

    def __init__(self, rest_seconds: float, now: Callable[[], float] = monotonic) -> None:
        """Leave a server that failed alone for a while; ``now`` tells seconds."""
        self.is_open = False
        self._rest_seconds = rest_seconds
        self._now = now
        self._next = 0.0
        self._quiet_until = -_QUIET_SECONDS

    def lets_pass(self) -> bool:
        """Return whether to try; who is told so is the only one for a while, unless all is well."""
        if not self.is_open:
            return True
        now = self._now()
        if now < self._next:
            return False
        self._next = now + self._rest_seconds
        return True

    def failed(self, reason: str) -> None:
        """Note that a call failed, and say so if the one before did not."""
        self._next = self._now() + self._rest_seconds
        if not self.is_open:
            self.is_open = True
            self._say(f"the cache server cannot be used, all goes on without it: {reason}")

    def succeeded(self) -> None:
        """Note that a call succeeded, and say so if the one before did not."""
        if self.is_open:
            self.is_open = False
            self._say("the cache server is used again")

    def _say(self, text: str) -> None:
        """Tell the log; what the first of two messages says that come soon is followed by the second one later."""
        now = self._now()
        if now >= self._quiet_until:
            _log.warning(text)
            self._quiet_until = now + _QUIET_SECONDS
