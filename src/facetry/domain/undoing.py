"""Taking one change of a product back: what it changed gets the values of before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
from msgspec import UNSET

from facetry.domain.errors import ChangedSinceError
from facetry.domain.patching import ProductPatch, TradePatch
from facetry.domain.product import Product, ProductContent
from facetry.domain.trade import Trade

WHOLE = ""
"""The pointer of all of a product."""
_FLAT = tuple(name for name in ProductContent.__struct_fields__ if name not in {"sku", "attributes", "trade"})
_Place = tuple[str, ...]
"""A field, or an attribute with its name."""


class UndoChange(msgspec.Struct, frozen=True, tag="undo"):
    """Take back a change of a product.

    Attributes:
        sku: Of the product.
        change: The revision of the change, for the history.
        before: The product before it; None where it was created.
        after: The product after it; None where it was removed, or where nobody knows.
        is_forced: Whether what was changed again since then is taken back too.
    """

    sku: str
    change: int
    before: Product | None
    after: Product | None
    is_forced: bool = False


def check_creation(write: UndoChange, now: Product) -> None:
    """Check that a created product is still as it was created.

    Raises:
        ChangedSinceError: It is not.
    """
    after = write.after
    if write.is_forced:
        return
    if after is None or after.object_id != now.object_id:
        raise ChangedSinceError((WHOLE,))
    changed = [_pointer(place) for place in _differing(_values(after), _values(now))]
    if changed:
        raise ChangedSinceError(tuple(changed))


def restoring_patch(write: UndoChange, now: Product) -> ProductPatch:
    """Return what gives a product the values of before, where a change has changed them.

    Raises:
        ChangedSinceError: Some of them are neither as after the change nor as before it.
    """
    assert write.before is not None  # noqa: S101 - the caller has seen that the product was changed
    assert write.after is not None  # noqa: S101 - likewise
    before, after, current = _values(write.before), _values(write.after), _values(now)
    places = [*_differing(before, after)]
    moved = [one for one in places if all(_differ(current.get(one), known.get(one)) for known in (before, after))]
    if moved and not write.is_forced:
        raise ChangedSinceError(tuple(_pointer(place) for place in moved))
    return _patch({place: before.get(place) for place in places})


def whole(product: Product) -> ProductContent:
    """Return all that a product is, so that nothing of one in its place is kept."""
    fields = {name: getattr(product, name) for name in ProductContent.__struct_fields__}
    empty = {"metals": (), "gemstones": (), "trade": Trade()}
    return ProductContent(**fields | {name: fields[name] or nothing for name, nothing in empty.items()})


def _patch(values: Mapping[_Place, object]) -> ProductPatch:
    fields = {place[0]: value for place, value in values.items() if place[0] in _FLAT}
    trade = {place[0]: value for place, value in values.items() if place[0] in TradePatch.__struct_fields__}
    attributes = {place[1]: value for place, value in values.items() if place[0] == "attributes"}
    return ProductPatch(
        attributes=attributes or UNSET,  # type: ignore[arg-type]  # values of attributes
        trade_changes=TradePatch(**trade) if trade else UNSET,  # type: ignore[arg-type]  # fields of it
        **fields,  # type: ignore[arg-type]  # likewise
    )


def _values(product: Product) -> dict[_Place, object]:
    """Return what a product has, by place."""
    found: dict[_Place, object] = {(name,): getattr(product, name) for name in _FLAT}
    for name in ("metals", "gemstones"):
        found[name,] = found[name,] or ()
    found |= {("attributes", name): value for name, value in (product.attributes or {}).items()}
    trade = product.trade or Trade()
    return found | {(name,): getattr(trade, name) for name in trade.__struct_fields__}


def _differing(before: Mapping[_Place, object], after: Mapping[_Place, object]) -> Iterator[_Place]:
    for place in [*before, *(place for place in after if place not in before)]:
        if _differ(before.get(place), after.get(place)):
            yield place


def _differ(one: object, other: object) -> bool:
    # As JSON, in which 1 is another value than 1.0 and true.
    return one is not other and msgspec.json.encode(one) != msgspec.json.encode(other)


def _pointer(place: _Place) -> str:
    return "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in place)
