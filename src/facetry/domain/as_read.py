"""Products written by who writes them as they are read: as a whole, and with what is derived."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from facetry.domain.errors import ReadOnlyError
from facetry.domain.money import price_to_number
from facetry.domain.product import Product, ProductContent
from facetry.domain.trade import Trade


class AsRead(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What stands in a document of a product beside its content.

    Attributes:
        currency: The tenant's, in which a product that names none is shown.
        id: Its number, where the document tells it.
        price: Its price in ten-thousandths.
        in_stock: Whether there are any.
        is_storable: Whether the content was decoded from JSON as it is, so that all of it can be stored.
    """

    currency: str = ""
    id: int | UnsetType = UNSET
    price: int | UnsetType = UNSET
    in_stock: bool | UnsetType = UNSET
    is_storable: bool = False


def as_before(old: Product | None, content: ProductContent, as_read: AsRead) -> ProductContent:
    """Return a product's content with all that a reader could not tell from what is there as it is there.

    So a document that is written back as it was read changes nothing. What the content does not speak of is emptied,
    and not kept as a writer means who does not know of it.
    """
    if old is None:
        return content
    fields: dict[str, object] = {}
    if content.currency is not None and content.currency == (old.currency or as_read.currency):
        fields["currency"] = old.currency
    for name in ("metals", "gemstones"):
        if not getattr(content, name):
            fields[name] = () if getattr(old, name) else getattr(old, name)
    if not content.attributes:
        fields["attributes"] = None if old.attributes else old.attributes
    trade = content.trade or Trade()
    fields["trade"] = old.trade if trade == (old.trade or Trade()) else trade
    return msgspec.structs.replace(content, **fields)


def check_as_read(old: Product | None, product: Product, as_read: AsRead) -> None:
    """Check that what a document tells beside the content of a product is what it is by now, or was before.

    Who changes some of what was read need not change what follows from it.

    Raises:
        ReadOnlyError: It is another number, price or truth.
    """
    if as_read.id is not UNSET and as_read.id != product.product_id:
        raise ReadOnlyError("id", f"is {product.product_id} for good: leave it out")
    known = (product,) if old is None else (product, old)
    if as_read.price is not UNSET and as_read.price not in [one.promotion_price for one in known]:
        is_now = "none" if product.promotion_price is None else price_to_number(product.promotion_price)
        raise ReadOnlyError("price", f"would be {is_now}: write regular_price or promotion_price")
    if as_read.in_stock is not UNSET and as_read.in_stock not in [one.quantity > 0 for one in known]:
        raise ReadOnlyError("in_stock", "says whether quantity is more than 0: write that")
