"""Where two documents differ, by JSON pointers."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec


class Difference(msgspec.Struct, frozen=True):
    """A value that another one took the place of.

    Attributes:
        pointer: Where it stands, as a JSON pointer (RFC 6901).
        before: What was there; None for nothing.
        after: What is there now; None for nothing.
    """

    pointer: str
    before: object
    after: object


def differences(before: object, after: object, pointer: str = "") -> Iterator[Difference]:
    """Yield where two documents (as JSON has them) differ; what stands in one only differs from None.

    Entries of objects are compared by name, those of arrays by place.
    """
    if isinstance(before, dict) and isinstance(after, dict):
        for name in [*before, *(name for name in after if name not in before)]:
            yield from differences(before.get(name), after.get(name), f"{pointer}/{_escaped(str(name))}")
    elif isinstance(before, list) and isinstance(after, list):
        for at in range(max(len(before), len(after))):
            yield from differences(_at(before, at), _at(after, at), f"{pointer}/{at}")
    elif type(before) is not type(after) or before != after:
        yield Difference(pointer, before, after)


def _at(values: list[object], at: int) -> object:
    return values[at] if at < len(values) else None


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
