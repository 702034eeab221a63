"""Things that are found by their names, of which some were read ahead, as writes change them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from facetry.engines.mongodb.undoing import Undo

_Key = TypeVar("_Key", bound=Any)
_Thing = TypeVar("_Thing")


class Named(NamedTuple):
    """The numbers of the things with one name, ascending; where they are not whole, only the first ones."""

    numbers: tuple[Any, ...]
    is_whole: bool


class Ahead(Generic[_Key, _Thing]):
    """What was read ahead: things by number, and for each name that was asked for, which have it."""

    def __init__(self) -> None:
        self.things: dict[_Key, _Thing] = {}
        self.named: dict[str, Named] = {}

    def add(
        self, names: Iterable[str], things: Mapping[_Key, _Thing], names_of: Callable[[_Thing], Iterable[str]]
    ) -> None:
        """Add all things that have one of these names."""
        found: dict[str, list[_Key]] = {name: [] for name in names}
        self.things.update(things)
        for number in sorted(things):
            for name in names_of(things[number]):
                if name in found:
                    found[name].append(number)
        self.named.update({name: Named(tuple(numbers), is_whole=True) for name, numbers in found.items()})

    def add_first(self, name: str, things: Mapping[_Key, _Thing], limit: int) -> None:
        """Add the first things that have a name, up to a limit."""
        self.things.update(things)
        self.named[name] = Named(tuple(sorted(things)), is_whole=len(things) < limit)


class Shelf(Generic[_Key, _Thing]):
    """Things as writes change them, over what was read ahead.

    A name that was not read is noted as missing, and answered as if nothing had it: whoever sees that something is
    missing must not use what came of it.

    Attributes:
        missing: The names, each with how many things are wanted, None for all.
        changed: What became of things that were changed, by number; None for one that is gone.
    """

    def __init__(
        self,
        ahead: Ahead[_Key, _Thing],
        undo: Undo,
        names_of: Callable[[_Thing], Iterable[str]],
        is_unused: Callable[[str], bool],
    ) -> None:
        """Begin with what was read ahead.

        Args:
            ahead: Not changed by what happens here.
            undo: Takes back what happens here.
            names_of: Returns all names of a thing.
            is_unused: Returns whether no stored thing can have a name, so that nothing need be read.
        """
        self.missing: dict[str, int | None] = {}
        self.changed: dict[_Key, _Thing | None] = {}
        self._ahead = ahead
        self._undo = undo
        self._names_of = names_of
        self._is_unused = is_unused
        self._renamed: dict[str, dict[_Key, bool]] = {}

    def first(self, name: str) -> _Thing | None:
        """Return the thing with a name that one may have, or None."""
        return next(iter(self.find(name)), None)

    def find(self, name: str, limit: int | None = None) -> list[_Thing]:
        """Return the things with a name, ascending by number; the first ones up to a limit."""
        renamed = self._renamed.get(name)
        numbers = self._read(name, limit, renamed or {})
        if renamed:
            kept = {number for number in numbers if renamed.get(number, True)}
            numbers = sorted(kept.union(number for number, has in renamed.items() if has))
        found = (self.now(number) for number in numbers[:limit])
        return [thing for thing in found if thing is not None]

    def now(self, number: _Key) -> _Thing | None:
        """Return a thing that was read or saved, as it is now."""
        return self.changed[number] if number in self.changed else self._ahead.things.get(number)

    def before(self, number: _Key) -> _Thing | None:
        """Return a thing as it was read."""
        return self._ahead.things.get(number)

    def put(self, number: _Key, thing: _Thing | None) -> None:
        """Have a thing be another one, or gone."""
        old = self.now(number)
        names = set() if old is None else set(self._names_of(old))
        wanted = set() if thing is None else set(self._names_of(thing))
        for name in names - wanted:
            self._undo.put(self._renamed.setdefault(name, {}), number, value=False)
        for name in wanted - names:
            self._undo.put(self._renamed.setdefault(name, {}), number, value=True)
        self._undo.put(self.changed, number, thing)

    def _read(self, name: str, limit: int | None, renamed: Mapping[_Key, bool]) -> Sequence[_Key]:
        """Return the numbers of the things that had a name when it was read."""
        named = self._ahead.named.get(name)
        if named is None:
            if self._is_unused(name):
                return ()
            self._miss(name, limit)
            return ()
        if not named.is_whole:
            left = sum(renamed.get(number, True) for number in named.numbers)
            if limit is None or left < limit:
                # Those that lost the name stand in the way of others.
                self._miss(name, None if limit is None else limit + len(named.numbers) - left)
        return named.numbers

    def _miss(self, name: str, limit: int | None) -> None:
        before = self.missing.get(name, 0)
        self.missing[name] = None if limit is None or before is None else max(limit, before)
