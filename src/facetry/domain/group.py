"""Derivation of a product group from its products; groups are never edited."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from operator import attrgetter
from typing import cast

import msgspec

from facetry.domain.money import DEFAULT_CURRENCY
from facetry.domain.product import Product

# Groups may have thousands of products, and each write derives its group anew.
_COLOR, _BRAND, _SIZE = attrgetter("color"), attrgetter("brand"), attrgetter("size")
_KEYWORDS, _ACTIVE, _JOINED = attrgetter("search_keywords"), attrgetter("active"), attrgetter("joined")


class GroupIdentity(msgspec.Struct, frozen=True):
    """What the store keeps of a group beside its products.

    Attributes:
        group_id: The id that its products share.
        object_id: 24 hexadecimal digits, kept while the group lives.
        revision: The tenant's revision of the last write that touched it.
    """

    group_id: str
    object_id: str
    revision: int


# Like a product, a group is never part of a cycle.
class ProductGroup(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a shopper sees: the derivation of all products with one group id.

    Lists hold distinct values in the order in which their products joined. Prices are ten-thousandths and None
    where no product in the main product's currency has one; ``currency`` None means the tenant's default.
    """

    group_id: str
    object_id: str
    revision: int
    main_sku: str
    product_skus: tuple[str, ...]
    colors: tuple[str, ...]
    brands: tuple[str, ...]
    sizes: tuple[str, ...]
    images: tuple[str, ...]
    search_keywords: tuple[str, ...]
    category: tuple[str, ...]
    name: str
    description: str
    currency: str | None
    regular_price_min: int | None
    regular_price_max: int | None
    promotion_price_min: int | None
    promotion_price_max: int | None
    active: bool
    products: tuple[Product, ...]


def main_product(products: Sequence[Product]) -> Product:
    """Return the group's main product: the flagged one, else the one that joined first.

    Writing a flagged product clears the flag of its neighbours, so at most one carries it.
    """
    return next((p for p in products if p.is_main), products[0])


def derive_group(
    identity: GroupIdentity, products: Iterable[Product], default_currency: str = DEFAULT_CURRENCY
) -> ProductGroup:
    """Return the group that these products form.

    Args:
        identity: Id, object id and revision of the group.
        products: All its products, at least one, in any order.
        default_currency: The tenant's currency, in which products without one are priced.
    """
    members = tuple(sorted(products, key=_JOINED))
    if len(members) == 1:
        return _group_of_one(identity, members[0])
    main = main_product(members)
    currency = main.currency or default_currency
    priced = [p for p in members if (p.currency or default_currency) == currency]
    regular = [p.regular_price for p in priced if p.regular_price is not None]
    promotion = [p.promotion_price for p in priced if p.promotion_price is not None]
    return ProductGroup(
        group_id=identity.group_id,
        object_id=identity.object_id,
        revision=identity.revision,
        main_sku=main.sku,
        product_skus=tuple(p.sku for p in members),
        colors=_distinct(map(_COLOR, members)),
        brands=_distinct(map(_BRAND, members)),
        sizes=_distinct(map(_SIZE, members)),
        images=main.images,
        search_keywords=_distinct(chain.from_iterable(map(_KEYWORDS, members))),
        category=main.category,
        name=main.name,
        description=main.description,
        currency=main.currency,
        regular_price_min=min(regular, default=None),
        regular_price_max=max(regular, default=None),
        promotion_price_min=min(promotion, default=None),
        promotion_price_max=max(promotion, default=None),
        active=any(map(_ACTIVE, members)),
        products=members,
    )


def _group_of_one(identity: GroupIdentity, product: Product) -> ProductGroup:
    """Return the group that one product forms, as most products do where a whole catalog is brought in."""
    regular, promotion = product.regular_price, product.promotion_price
    return ProductGroup(
        group_id=identity.group_id,
        object_id=identity.object_id,
        revision=identity.revision,
        main_sku=product.sku,
        product_skus=(product.sku,),
        colors=() if product.color is None else (product.color,),
        brands=() if product.brand is None else (product.brand,),
        sizes=() if product.size is None else (product.size,),
        images=product.images,
        search_keywords=_distinct(product.search_keywords),
        category=product.category,
        name=product.name,
        description=product.description,
        currency=product.currency,
        regular_price_min=regular,
        regular_price_max=regular,
        promotion_price_min=promotion,
        promotion_price_max=promotion,
        active=product.active,
        products=(product,),
    )


def active_part(group: ProductGroup, default_currency: str = DEFAULT_CURRENCY) -> ProductGroup | None:
    """Return a group as if it had no other products than its active ones; None where it has none of these.

    One that comes without products stays as it is.
    """
    active = [product for product in group.products if product.active]
    if len(active) == len(group.products):
        return group
    identity = GroupIdentity(group.group_id, group.object_id, group.revision)
    return derive_group(identity, active, default_currency) if active else None


def _distinct(values: Iterable[str | None]) -> tuple[str, ...]:
    found = dict.fromkeys(values)
    found.pop(None, None)
    return tuple(cast("dict[str, None]", found))
