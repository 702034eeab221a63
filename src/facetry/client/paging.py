"""Lists, page by page and as one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from facetry.client.core import Core
from facetry.client.exchange import Answer, Item, Parameters, Stream, get
from facetry.client.types.page import Page

T = TypeVar("T")


def items(core: Core, path: str, read: Callable[[Answer], Page[T]], parameters: Parameters) -> Stream[T]:
    """Give all items of a list, fetching a page when the one before is used up."""
    after: str | None = None
    while True:
        page = yield from core.performed(get(path, read, {**parameters, "after": after}))
        for item in page.items:
            yield Item(item)
        if page.next is None:
            return
        after = page.next
