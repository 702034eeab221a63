"""The files of a tenant's dictionaries: each holds the values that were new when it was written.

A file that is not much bigger than what is new is written anew together with it, so that there are few files and a
value is written a few times only, however often the index is saved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from weakref import ref

from facetry.domain.errors import IndexDamagedError
from facetry.engines.columns.dictionary import Dictionaries, ValueDictionary
from facetry.engines.columns.files import Values, open_values, save_values

_GROWTH = 2
"""A file is replaced where what is new has at least one of so many parts of its values."""


@dataclass(frozen=True, slots=True)
class _File:
    """A file, how many values stand in it, and how many each dictionary has with it."""

    name: str
    size: int
    sizes: Mapping[str, int]


class ValueFiles:
    """The files of one tenant's dictionaries in a folder."""

    def __init__(self, folder: Path) -> None:
        """Know of none yet."""
        self._folder = folder
        self._files: list[_File] = []
        # Codes of other dictionaries mean other values, even where there are as many of them.
        self._dictionaries: ref[Dictionaries] | None = None

    def save(self, dictionaries: Dictionaries) -> tuple[str, ...]:
        """Save what is not saved yet, durable on return, and return the names of the files that hold it all."""
        sizes = dictionaries.sizes()
        is_known = self._dictionaries is not None and self._dictionaries() is dictionaries
        files = [*self._files] if is_known else []
        new = _count(sizes) - (_count(files[-1].sizes) if files else 0)
        while new and files and files[-1].size <= new * _GROWTH:
            new += files.pop().size
        if new:
            before = files[-1].sizes if files else {}
            first = {field: before.get(field, 0) for field, size in sizes.items() if size > before.get(field, 0)}
            values = {field: dictionaries[field].values_by_code[start : sizes[field]] for field, start in first.items()}
            files.append(_File(save_values(self._folder, Values(first, values)), new, sizes))
        self._files, self._dictionaries = files, ref(dictionaries)
        return tuple(file.name for file in files)

    def open(self, names: Sequence[str]) -> Dictionaries:
        """Return the dictionaries that these files hold.

        Raises:
            IndexDamagedError: A file cannot be read, or the files do not belong together.
        """
        listed: dict[str, list[str]] = {}
        files: list[_File] = []
        for name in names:
            found = open_values(self._folder, name)
            for field, values in found.values.items():
                before = listed.setdefault(field, [])
                if len(before) != found.first.get(field):
                    raise IndexDamagedError(f"values of {field} are missing before {name}")
                before += values
            sizes = {field: len(values) for field, values in listed.items()}
            files.append(_File(name, _count(sizes) - (_count(files[-1].sizes) if files else 0), sizes))
        dictionaries = Dictionaries()
        dictionaries.update({field: ValueDictionary(values) for field, values in listed.items()})
        self._files, self._dictionaries = files, ref(dictionaries)
        return dictionaries


def _count(sizes: Mapping[str, int]) -> int:
    return sum(sizes.values())
