"""Lines of a bulk, and what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from facetry.client.types.product import Product, ProductChanges


class Upsert(msgspec.Struct, frozen=True, tag_field="op", tag="upsert"):
    """Creates a product, or replaces it as a whole; a ``Product`` by itself means the same."""

    product: Product


class Patch(msgspec.Struct, frozen=True, tag_field="op", tag="patch"):
    """Changes a product where the changes speak of it."""

    sku: str
    changes: ProductChanges


class Delete(msgspec.Struct, frozen=True, tag_field="op", tag="delete"):
    """Removes a product."""

    sku: str


Line = Product | Upsert | Patch | Delete | Mapping[str, Any]
"""A line of a bulk; a mapping is sent as it is."""


class LineResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a line.

    Attributes:
        line: Its place, from 1.
        status: 201 created, 200 replaced or changed, 204 deleted; 400 and above refused.
        code: Why it was refused, for programs; empty where it was not.
        detail: Likewise, for people.
        pointer: JSON pointer of the part of the product that it is about.
    """

    line: int
    status: int
    sku: str = ""
    id: int = 0
    code: str = ""
    detail: str = ""
    pointer: str = ""

    @property
    def is_done(self) -> bool:
        """Return whether it is stored, changed or deleted."""
        return not self.code


class BulkSummary(msgspec.Struct, kw_only=True):
    """How far a bulk is.

    Attributes:
        lines: So many lines have their result.
        failed: So many of them were refused.
        revision: That holds all of them.
        failures: The first ``MOST_FAILURES`` that were refused.
    """

    lines: int = 0
    failed: int = 0
    revision: int = 0
    failures: list[LineResult] = []


MOST_FAILURES = 1_000
