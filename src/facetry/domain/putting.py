"""How products come to be stored as a write says: put, put as a variation, or patched."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from facetry.domain.as_read import as_before, check_as_read
from facetry.domain.catalog import IfExists, PatchProduct, PutProduct, Stored
from facetry.domain.errors import GroupFullError, ProductExistsError
from facetry.domain.listing_rules import refill
from facetry.domain.mounting import mounted
from facetry.domain.part_reading import check_grades
from facetry.domain.patching import ArrayAction, ProductPatch, patched
from facetry.domain.product import Product, ProductContent, completed, new_object_id, stored
from facetry.domain.selling import product_of
from facetry.domain.variations import PutVariation, followed, settled, variation_content
from facetry.domain.view import CatalogView


def put_product(view: CatalogView, write: PutProduct) -> Stored:
    """Store a product, new or in the place of the one with its SKU.

    Raises:
        ProductExistsError: The SKU is taken, and is not to be.
        InvalidValueError: The content breaks a rule of the domain.
        GroupFullError: Its group has as many products as it may.
        QuotaExceededError: The tenant's quotas have no room for it.
    """
    if write.as_read is None:
        content = completed(write.content)
        return _put(view, mounted(view, content) if write.mounts else content, write.if_exists)
    content = completed(write.content, is_storable=write.as_read.is_storable)
    return _put_as_read(view, write, view.product(content.sku), content)


def _put_as_read(
    view: CatalogView, write: PutProduct | PatchProduct, old: Product | None, content: ProductContent
) -> Stored:
    """Store a product that was written as it is read; the caller has completed the content."""
    assert write.as_read is not None  # noqa: S101 - narrows it for the type checker
    content = as_before(old, content, write.as_read)
    # Stones that are written back as they are need not be looked for again.
    if write.mounts and (old is None or content.gemstones != old.gemstones):
        content = mounted(view, content)
    done = _put(view, content, write.if_exists if isinstance(write, PutProduct) else IfExists.REPLACE)
    check_as_read(old, done.product, write.as_read)
    return done


def put_variation(view: CatalogView, write: PutVariation) -> Stored:
    """Store a variation of a product; raises what ``put_product`` does, and where its parent is not there."""
    return _put(view, completed(variation_content(view, write)), IfExists.REPLACE)


def _put(view: CatalogView, content: ProductContent, if_exists: IfExists) -> Stored:
    old = view.product(content.sku)
    if old is not None and if_exists is IfExists.REFUSE:
        raise ProductExistsError(content.sku)
    if old is not None:
        content = _with_parts_of(old, content)
    content = settled(view, content)
    stays = old is not None and old.group_id == content.group_id
    if not stays:
        _check_room(view, content.group_id)
    joined = old.joined if old is not None and stays else view.next_joined()
    product = stored(content, old.object_id if old else new_object_id(), joined, old.product_id if old else 0)
    saved = [*(_unflagged(view, product) if product.is_main else ()), product]
    # A refusal costs least where nothing has been changed before.
    view.admit(saved)
    for one in saved:
        view.save(one)
    if old is not None and (old.quantity != product.quantity or old.trade != product.trade):
        refill(view, product, product.quantity)
    return Stored(product, created=old is None)


def _check_room(view: CatalogView, group_id: str) -> None:
    limit = view.max_group_products
    if limit and view.count_members(group_id) >= limit:
        raise GroupFullError(group_id, limit)


def _unflagged(view: CatalogView, product: Product) -> Iterator[Product]:
    """Yield the other products of a flagged product's group that are flagged, without their flag."""
    for neighbour in view.flagged(product.group_id):
        if neighbour.sku != product.sku:
            yield msgspec.structs.replace(neighbour, is_main=False)


def patch_product(view: CatalogView, write: PatchProduct) -> Stored:
    """Change a product and what follows it; raises what ``put_product`` does, and where it is not there."""
    old = product_of(view, write.key)
    content = completed(patched(old, write.patch))
    _check_stones(write.patch, content)
    if write.as_read is None:
        done = _put(view, mounted(view, content) if write.mounts else content, IfExists.REPLACE)
    else:
        done = _put_as_read(view, write, old, content)
    for variation in [*followed(view, old, done.product)]:
        _put(view, completed(variation), IfExists.REPLACE)
    return done


def _check_stones(patch: ProductPatch, content: ProductContent) -> None:
    """Refuse grades that no diamond has, where a patch did not say that its stones are diamonds."""
    if isinstance(patch.gemstones, tuple) and patch.actions.get("gemstones") is ArrayAction.UPDATE:
        check_grades(patch.gemstones, content.gemstones or ())


def _with_parts_of(old: Product, content: ProductContent) -> ProductContent:
    """Return the content with what it does not speak of as the product has it that it replaces."""
    kept = {name: getattr(old, name) for name in ("metals", "gemstones", "trade") if getattr(content, name) is None}
    return msgspec.structs.replace(content, **kept)
