"""Changes that can be taken back, as a write that is refused half-way needs."""

from __future__ import annotations

from collections.abc import Hashable, MutableMapping
from typing import Any, Final, TypeVar

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")
_ABSENT: Final = object()


class Undo:
    """Remembers what entries of dictionaries were before they were replaced."""

    def __init__(self) -> None:
        self._before: list[tuple[MutableMapping[Any, Any], Hashable, object]] = []

    @property
    def place(self) -> int:
        """Return where ``back_to`` can lead."""
        return len(self._before)

    def put(self, entries: MutableMapping[_Key, _Value], key: _Key, value: _Value) -> None:
        """Replace an entry."""
        self._before.append((entries, key, entries.get(key, _ABSENT)))
        entries[key] = value

    def back_to(self, place: int) -> None:
        """Take back what was done since a place, last first."""
        while len(self._before) > place:
            entries, key, value = self._before.pop()
            if value is _ABSENT:
                del entries[key]
            else:
                entries[key] = value
