"""The port of what hears of each write to products and records, with what it made of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from facetry.domain.actor import Actor
from facetry.domain.touching import Touch


class WriteListener(Protocol):
    """Hears of writes once they are committed, before they are acknowledged, so it must be quick and not fail."""

    def __call__(self, tenant: str, by: Actor, touches: Sequence[Touch]) -> None:
        """Take note of writes to a tenant's products and records, in their order.

        Each write is told that took effect and saved or removed products, or records of the kinds ``touching.TOLD``, in
        whichever process it was asked for.
        """
