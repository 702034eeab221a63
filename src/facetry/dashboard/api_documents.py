"""Products and groups as each API answers them, for pages that show that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from facetry.domain.group import ProductGroup
from facetry.domain.product import Product

MAX_SHOWN = 100_000
"""So many characters of one document are shown."""


class ApiDocument(msgspec.Struct, frozen=True):
    """A thing as one API answers it.

    Attributes:
        api: Name of the API.
        request: What asks for it: method and path, or the action with its data.
        document: The body, before it is encoded.
    """

    api: str
    request: str
    document: object

    @property
    def text(self) -> str:
        """Return the body as JSON in lines; of a long one the beginning, with an ellipsis behind it."""
        text = msgspec.json.format(msgspec.json.encode(self.document), indent=2).decode()
        return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}\n\u2026"


@dataclass(frozen=True)
class ApiDocuments:
    """What tells how the APIs answer; handed in, because a page may not know the APIs beside it.

    Attributes:
        of_product: Gets a product and the tenant's currency.
        of_group: Gets a group and the tenant's currency.
    """

    of_product: Callable[[Product, str], Sequence[ApiDocument]]
    of_group: Callable[[ProductGroup, str], Sequence[ApiDocument]]
