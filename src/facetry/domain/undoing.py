"""Taking one change of a product back: what it changed gets the values of before."""

from __future__ import annotations

import msgspec

from facetry.domain.errors import ChangedSinceError
from facetry.domain.patching import ProductPatch
from facetry.domain.product import Product, ProductContent
from facetry.domain.product_differences import Place, differ, differing, patch_of, values_of
from facetry.domain.trade import Trade

WHOLE = ""
"""The pointer of all of a product."""


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
    changed = [_pointer(place) for place in differing(values_of(after), values_of(now))]
    if changed:
        raise ChangedSinceError(tuple(changed))


def restoring_patch(write: UndoChange, now: Product) -> ProductPatch:
    """Return what gives a product the values of before, where a change has changed them.

    Raises:
        ChangedSinceError: Some of them are neither as after the change nor as before it.
    """
    assert write.before is not None  # noqa: S101 - the caller has seen that the product was changed
    assert write.after is not None  # noqa: S101 - likewise
    before, after, current = values_of(write.before), values_of(write.after), values_of(now)
    places = [*differing(before, after)]
    moved = [one for one in places if all(differ(current.get(one), known.get(one)) for known in (before, after))]
    if moved and not write.is_forced:
        raise ChangedSinceError(tuple(_pointer(place) for place in moved))
    return patch_of({place: before.get(place) for place in places})


def whole(product: Product) -> ProductContent:
    """Return all that a product is, so that nothing of one in its place is kept."""
    fields = {name: getattr(product, name) for name in ProductContent.__struct_fields__}
    empty = {"metals": (), "gemstones": (), "trade": Trade()}
    return ProductContent(**fields | {name: fields[name] or nothing for name, nothing in empty.items()})


def _pointer(place: Place) -> str:
    return "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in place)
