"""Rules made ready once: kept as long as the very same object comes back."""

from __future__ import annotations

from typing import Generic, TypeVar

_T = TypeVar("_T")


class Same(Generic[_T]):
    """Compares by identity, because comparing thousands of rules at every search would cost more than the search.

    Attributes:
        value: Held, so that no other object can take its identity.
    """

    def __init__(self, value: _T) -> None:
        """Stand for an object."""
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.value is self.value
