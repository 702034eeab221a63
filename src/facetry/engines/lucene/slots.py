"""Slots: a fixed pool of mapped fields for numbers and sort keys, given to the fields of each tenant one by one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec

from facetry.domain.analysis import keyword
from facetry.domain.search.fields import Field, Kind, Schema
from facetry.domain.search.ordering import sortable
from facetry.domain.search.values import LOWEST
from facetry.engines.lucene.facts import LONGEST_VALUE

POOL = 400
"""So many fields of a tenant have slots; what asks about further ones is answered without the engine's help."""
_NUMBER_MARK, _TEXT_MARK = "0", "1"
_SIGNS = 16


class Slot(msgspec.Struct, frozen=True):
    """A place for the number keys and the sort keys of one field, compared as one kind.

    Attributes:
        key: See ``slot_key``.
        number: Its position in the pool.
        is_filled: Whether every document has it; else it is being filled, and no query may use it.
    """

    key: str
    number: int
    is_filled: bool = True

    @property
    def numbers(self) -> str:
        """Return the path of the number keys."""
        return f"p.c.n{self.number:02}"

    @property
    def sort_keys(self) -> str:
        """Return the path of the sort keys."""
        return f"p.c.s{self.number:02}"


class Slots:
    """The slots of a tenant by their keys; a value that is never changed."""

    def __init__(self, slots: Iterable[Slot] = ()) -> None:
        """Know these slots."""
        self._slots = {slot.key: slot for slot in slots}

    def all(self) -> tuple[Slot, ...]:
        """Return all slots, those that are being filled too."""
        return tuple(self._slots.values())

    def keys(self) -> frozenset[str]:
        """Return the keys of all slots."""
        return frozenset(self._slots)

    def at(self, key: str) -> Slot | None:
        """Return the slot with this key, filled or not."""
        return self._slots.get(key)

    def of(self, field: Field) -> Slot | None:
        """Return the filled slot of a field, None where it has none.

        Where a field has none, no product has a number in it (but it may have texts), unless its key is among those
        that found no room. That of a price holds it in whatever currency the product has.
        """
        slot = self._slots.get(slot_key(field))
        return slot if slot and slot.is_filled else None

    def filled(self) -> Slots:
        """Return the same slots, all of them filled."""
        return Slots(msgspec.structs.replace(slot, is_filled=True) for slot in self._slots.values())

    def with_keys(
        self, keys: Iterable[str], *, is_filled: bool = True, retired: Iterable[int] = ()
    ) -> tuple[Slots, frozenset[str]]:
        """Return the slots with further ones for these keys, and the keys for which there is no room.

        Retired numbers are not given to any.
        """
        taken = {slot.number for slot in self._slots.values()}.union(retired)
        free = iter([number for number in range(POOL) if number not in taken])
        found, beyond = dict(self._slots), set[str]()
        for key in sorted(set(keys) - found.keys()):
            number = next(free, None)
            if number is None:
                beyond.add(key)
            else:
                found[key] = Slot(key, number, is_filled)
        return Slots(found.values()), frozenset(beyond)


def slot_key(field: Field) -> str:
    """Return the key of a field's slot: its name and how it compares; another kind of field needs another slot."""
    return f"{field.name}:{_comparison(field)}"


def slot_field(key: str, schema: Schema) -> Field | None:
    """Return the field of a slot, None where the schema compares the field in another way now."""
    field = schema.field(key.rpartition(":")[0])
    return field if slot_key(field) == key else None


def sort_text(field: Field, text: str) -> str:
    """Return the sort key of a value of a field, see ``ordering.sortable``."""
    return sort_key(sortable(field, text))


def sort_key(value: int | str) -> str:
    """Return a text whose order by code points is that of numbers and, above them, texts."""
    if isinstance(value, str):
        return _TEXT_MARK + value[:LONGEST_VALUE]
    return f"{_NUMBER_MARK}{value - LOWEST:0{_SIGNS}x}"


def sorted_value(key: str) -> int | str:
    """Return what a sort key stands for."""
    return key[1:] if key[0] == _TEXT_MARK else int(key[1:], 16) + LOWEST


def _comparison(field: Field) -> str:
    """Return how a field compares; what nobody has typed compares as decimals do, where it is a number."""
    if field.kind is not Kind.SCALE:
        return "decimal" if field.kind in {Kind.ANY, Kind.KEYWORD} else field.kind.value
    scale = "\x1f".join(map(keyword, field.scale))
    return f"scale {hashlib.sha256(scale.encode()).hexdigest()[:12]}"
