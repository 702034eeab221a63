"""The rules of writing: what one write changes in a catalog, as pure code over a view of it.

Every store hands its transaction in as a ``CatalogView``; the rules are the same on each of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Protocol

import msgspec

from facetry.domain.errors import FacetryError, GroupNotFoundError, ProductExistsError, ProductNotFoundError
from facetry.domain.product import Product, ProductContent, completed, new_object_id, stored


class CatalogView(Protocol):
    """One tenant's catalog as an open transaction sees it."""

    def product(self, sku: str) -> Product | None:
        """Return the product with this SKU, exact in case, or None."""

    def members(self, group_id: str) -> Sequence[Product]:
        """Return the products of a group in the order in which they joined; none where there is no such group."""

    def flagged(self, group_id: str) -> Sequence[Product]:
        """Return the products of a group whose ``is_main`` is set."""

    def has_members(self, group_id: str) -> bool:
        """Return whether any product has this group id."""

    def next_joined(self) -> int:
        """Return the next position in the order of joining: larger than every earlier one of this tenant."""

    def save(self, product: Product) -> None:
        """Insert or replace the product with this SKU; its old group, if another, counts as touched too."""

    def remove(self, product: Product) -> None:
        """Remove the product with this SKU."""


class IfExists(Enum):
    """What to do with a SKU that is taken."""

    REFUSE = "refuse"
    REPLACE = "replace"


class PutProduct(msgspec.Struct, frozen=True, tag="put"):
    """Store a product.

    With ``REPLACE`` an existing one keeps its object id, its place while it stays in its group, and the metals and
    gemstones that the content does not speak of.
    """

    content: ProductContent
    if_exists: IfExists = IfExists.REPLACE


class DeleteProduct(msgspec.Struct, frozen=True, tag="delete_product"):
    """Remove one product; the last one takes its group with it."""

    sku: str


class DeleteGroup(msgspec.Struct, frozen=True, tag="delete_group"):
    """Remove a group and all its products."""

    group_id: str


Write = PutProduct | DeleteProduct | DeleteGroup


class Stored(msgspec.Struct, frozen=True, tag="stored"):
    """Answer of ``PutProduct``: the product as sent, with its object id, and whether it is new."""

    product: Product
    created: bool


class Deleted(msgspec.Struct, frozen=True, tag="deleted"):
    """Answer of a deletion: the SKUs that went and whether their group went with them."""

    skus: tuple[str, ...]
    group_gone: bool


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """Answer of a write that broke a rule and changed nothing.

    Attributes:
        code: The error's stable code.
        subject: The SKU, group id or field it is about.
    """

    code: str
    message: str
    subject: str = ""


Outcome = Stored | Deleted | Refused


def perform(view: CatalogView, write: Write) -> Stored | Deleted:
    """Do one write on a view.

    Raises:
        ProductExistsError: A product to insert is there already.
        ProductNotFoundError, GroupNotFoundError: What to delete is not there.
        InvalidValueError: The content breaks a rule of the domain.
    """
    match write:
        case PutProduct():
            return _put(view, completed(write.content), write.if_exists)
        case DeleteProduct():
            return _delete_product(view, write.sku)
        case DeleteGroup():
            return _delete_group(view, write.group_id)


def refusal(error: FacetryError) -> Refused:
    """Return the outcome that stands for an error of ``perform``."""
    subject = next((str(getattr(error, name)) for name in ("sku", "group_id", "field") if hasattr(error, name)), "")
    return Refused(error.code, error.message, subject)


def _put(view: CatalogView, content: ProductContent, if_exists: IfExists) -> Stored:
    old = view.product(content.sku)
    if old is not None and if_exists is IfExists.REFUSE:
        raise ProductExistsError(content.sku)
    if old is not None:
        content = _with_parts_of(old, content)
    if content.is_main:
        for neighbour in view.flagged(content.group_id):
            if neighbour.sku != content.sku:
                view.save(msgspec.structs.replace(neighbour, is_main=False))
    stays = old is not None and old.group_id == content.group_id
    joined = old.joined if old is not None and stays else view.next_joined()
    product = stored(content, old.object_id if old else new_object_id(), joined)
    view.save(product)
    return Stored(product, created=old is None)


def _with_parts_of(old: Product, content: ProductContent) -> ProductContent:
    """Return the content with the metals and gemstones of the product it replaces where it names none."""
    kept = {name: getattr(old, name) for name in ("metals", "gemstones") if getattr(content, name) is None}
    return msgspec.structs.replace(content, **kept)


def _delete_product(view: CatalogView, sku: str) -> Deleted:
    product = view.product(sku)
    if product is None:
        raise ProductNotFoundError(sku)
    view.remove(product)
    return Deleted((sku,), group_gone=not view.has_members(product.group_id))


def _delete_group(view: CatalogView, group_id: str) -> Deleted:
    members = view.members(group_id)
    if not members:
        raise GroupNotFoundError(group_id)
    for product in members:
        view.remove(product)
    return Deleted(tuple(p.sku for p in members), group_gone=True)
