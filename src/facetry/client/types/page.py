"""Pages of lists."""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class Page(msgspec.Struct, Generic[T], frozen=True):
    """A page of a list.

    Attributes:
        next: Begins the next page as ``after``; None on the last one.
    """

    items: tuple[T, ...]
    next: str | None = None
