"""From gemstones to what answers say of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence

import msgspec

from facetry.api.client.gemstone_fields import CERTIFICATE_IMAGES, FIELDS, GemstoneField, field_named
from facetry.domain.errors import InvalidValueError
from facetry.domain.gemstone import Gemstone
from facetry.domain.gemstone_filter import DETAILS
from facetry.domain.money import price_to_number
from facetry.domain.trade_terms import numbers
from facetry.domain.trade_terms.plain import entries, unknown_field

Show = Callable[[Gemstone], object]

FEW = ("gemstone_id", "code")
"""What a search tells where it is not asked for more."""
ALL = frozenset({"all", "*"})
_MONEY = frozenset({"cost", "price", "price_per_carat"})
_SLICE = 250
"""So many records are written before other requests get their turn."""


def shown(stone: Gemstone) -> dict[str, object]:
    """Return all of a gemstone; what it does not have is null."""
    return {"id": stone.id, **{name: show(stone) for name, show in _SHOWN.items()}}


def wanted(raw: object) -> Sequence[str]:
    """Return the names of fields that a search asks for: a list, a text with commas, or ``all``.

    Raises:
        InvalidValueError: There is none of a name.
    """
    names = raw.split(",") if isinstance(raw, str) else entries("fields", raw)
    found = [numbers.text("fields", name).lower() for name in names]
    if ALL & set(found):
        return [*_SHOWN]
    for name in found:
        if name not in _SHOWN and name != "id":
            error = unknown_field("fields", name, _SHOWN)
            raise InvalidValueError("fields", f"has no {name[:40]!r}{error.message.removeprefix('is no field here')}")
    return list(dict.fromkeys(found))


async def written(stones: Sequence[Gemstone], names: Sequence[str]) -> msgspec.Raw:
    """Return the named fields of gemstones as a JSON list, without holding up other requests."""
    shows = [(name, _SHOWN.get(name, _id)) for name in names]
    parts: list[bytes] = []
    for start in range(0, len(stones), _SLICE):
        records = [{name: show(stone) for name, show in shows} for stone in stones[start : start + _SLICE]]
        parts.append(msgspec.json.encode(records)[1:-1])
        await asyncio.sleep(0)
    return msgspec.Raw(b"[" + b",".join(parts) + b"]")


def _id(stone: Gemstone) -> object:
    return stone.id


def _show(one: GemstoneField) -> Show:
    name, target = one.name, one.target
    if name in _MONEY:
        return lambda stone: _price(getattr(stone, target))
    if name in CERTIFICATE_IMAGES:
        at = CERTIFICATE_IMAGES.index(name)
        return lambda stone: stone.certificate_images[at] or None if at < len(stone.certificate_images) else None
    if name == "details":
        return _further
    if target.startswith(DETAILS):
        entry = target.removeprefix(DETAILS)
        return lambda stone: stone.details.get(entry)
    return lambda stone: getattr(stone, target)


def _price(minor: int | None) -> float | None:
    return None if minor is None else price_to_number(minor)


def _further(stone: Gemstone) -> object:
    return {name: value for name, value in stone.details.items() if field_named(name) is None}


def _shows(fields: Iterable[GemstoneField]) -> dict[str, Show]:
    return {"gemstone_id": _id, **{one.name: _show(one) for one in fields}}


_SHOWN = _shows(FIELDS)
