"""The keys of a JSON object, read by the type that each must have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import TypeVar

from facetry.domain.errors import SearchError
from facetry.domain.hints import near
from facetry.domain.search.language.documents import checked_text, pointed
from facetry.domain.search.language.syntax import Place

_Choice = TypeVar("_Choice", bound=Enum)


class Keys:
    """One object of a request; a key with null is as if it were not there."""

    def __init__(self, document: object, pointer: str, names: frozenset[str]) -> None:
        """Read an object that may have these keys.

        Raises:
            SearchError: It is no object, or has another key.
        """
        if not isinstance(document, Mapping):
            raise SearchError(pointer, "must be an object")
        for name in document:
            if name not in names:
                text = str(name)[:100]
                raise SearchError(pointed(pointer, text), f"{text!r} is no key here{near(text, names)}")
        self._document = document
        self._pointer = pointer

    def pointer(self, name: str) -> str:
        """Return the JSON pointer of a key."""
        return pointed(self._pointer, name)

    def get(self, name: str) -> object:
        """Return whatever a key has, None without it."""
        return self._document.get(name)

    def has(self, *names: str) -> bool:
        """Return whether any of these keys is there."""
        return any(self._document.get(name) is not None for name in names)

    def names(self) -> list[str]:
        """Return the keys that are there, in their order."""
        return [name for name, value in self._document.items() if value is not None]

    def error(self, name: str, message: str) -> SearchError:
        """Return the error that a key has a wrong value."""
        return SearchError(self.pointer(name), message)

    def integer(self, name: str, default: int, lowest: int, highest: int) -> int:
        """Return a whole number between two, both included.

        Raises:
            SearchError: The value is none.
        """
        value = self.get(name)
        if value is None:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
            raise self.error(name, f"must be an integer from {lowest} to {highest}")
        return value

    def boolean(self, name: str, *, default: bool) -> bool:
        """Return true or false.

        Raises:
            SearchError: The value is neither.
        """
        value = self.get(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.error(name, "must be true or false")
        return value

    def text(self, name: str, default: str, longest: int) -> str:
        """Return a text.

        Raises:
            SearchError: The value is none, or too long.
        """
        value = self.get(name)
        if value is None:
            return default
        return checked(value, self.pointer(name), longest)

    def choice(self, name: str, default: _Choice) -> _Choice:
        """Return one of the values of the default's enumeration.

        Raises:
            SearchError: The value is none of them.
        """
        value = self.get(name)
        if value is None:
            return default
        options: dict[object, _Choice] = {option.value: option for option in type(default)}
        if not isinstance(value, str) or value not in options:
            raise self.error(name, f"must be {' or '.join(str(option) for option in options)}")
        return options[value]

    def several(self, name: str, most: int) -> Sequence[object]:
        """Return the values of an array; a single text or object is an array of one.

        Raises:
            SearchError: The value is neither, or the array is too long.
        """
        value = self.get(name)
        if value is None:
            return ()
        values = [value] if isinstance(value, str | Mapping) else value
        if not isinstance(values, list | tuple):
            raise self.error(name, "must be an array")
        if len(values) > most:
            raise self.error(name, f"must have at most {most} entries")
        return values


def checked(value: object, pointer: str, longest: int) -> str:
    """Return a value that is a text.

    Raises:
        SearchError: It is none, or too long.
    """
    if not isinstance(value, str):
        raise SearchError(pointer, "must be a text")
    if len(value) > longest:
        raise SearchError(pointer, f"must have at most {longest} characters")
    return checked_text(value, Place(pointer))
