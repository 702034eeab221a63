"""Upkeep of accounts: sessions that have ended go."""

from __future__ import annotations

import asyncio
import logging

from facetry.application.sign_ins import SignIns

_log = logging.getLogger(__name__)

PAUSE_SECONDS = 3_600.0


class SessionUpkeep:
    """Look after the sessions of all users."""

    def __init__(self, sign_ins: SignIns) -> None:
        """Trim what these use cases begin."""
        self._sign_ins = sign_ins

    async def run(self, pause_seconds: float = PAUSE_SECONDS) -> None:
        """Look again and again, until cancelled."""
        while True:
            await asyncio.sleep(pause_seconds)
            try:
                await self._sign_ins.trim()
            except Exception:  # noqa: BLE001 - a full disk, say: the next look tries again
                _log.exception("upkeep of sessions failed")
