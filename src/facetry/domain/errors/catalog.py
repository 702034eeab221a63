"""Errors about what a tenant's catalog has, has not, or has too few of, and about tenants themselves."""

from __future__ import annotations

from facetry.domain.errors.base import FacetryError


class ProductExistsError(FacetryError):
    """Say that a SKU is taken in its tenant."""

    code = "product_exists"

    def __init__(self, sku: str) -> None:
        """Name the SKU."""
        super().__init__(f"product with SKU {sku} exists already")
        self.sku = sku


class ProductNotFoundError(FacetryError):
    """Say that the tenant has no product with this SKU, or with this id."""

    code = "product_not_found"
    product_id = 0

    def __init__(self, sku: str, product_id: int = 0) -> None:
        """Name the id where the product was asked for by that, else the SKU."""
        super().__init__(f"product {product_id} not found" if product_id else f"product with SKU {sku} not found")
        self.sku = str(product_id) if product_id else sku
        if product_id:
            self.product_id = product_id


class GroupNotFoundError(FacetryError):
    """Say that the tenant has no product group with this id."""

    code = "group_not_found"

    def __init__(self, group_id: str) -> None:
        """Name the group."""
        super().__init__(f"product group with ID {group_id} not found")
        self.group_id = group_id


class GroupFullError(FacetryError):
    """Say that a group has as many products as the search index can hold of one."""

    code = "group_full"

    def __init__(self, group_id: str, limit: int) -> None:
        """Name the group, and how many products it may have at most."""
        super().__init__(f"product group with ID {group_id} may have {limit} products at most")
        self.group_id = group_id
        self.limit = limit


class RecordNotFoundError(FacetryError):
    """Say that the tenant has no record of a kind with this id or code."""

    code = "record_not_found"

    def __init__(self, kind: str, record: str) -> None:
        """Name kind and record."""
        super().__init__(f"{kind} {record} not found")
        self.kind = kind
        self.record = record


class RecordExistsError(FacetryError):
    """Say that a record's code is taken in its tenant."""

    code = "record_exists"

    def __init__(self, kind: str, record: str) -> None:
        """Name kind and code."""
        super().__init__(f"{kind} {record} exists already")
        self.kind = kind
        self.record = record


class RecordInUseError(FacetryError):
    """Say that a record cannot be removed because something else needs it."""

    code = "record_in_use"

    def __init__(self, kind: str, record: str, user: str) -> None:
        """Name kind, record and what needs it."""
        super().__init__(f"{kind} {record} is still used in {user}")
        self.kind = kind
        self.record = record


class InsufficientStockError(FacetryError):
    """Say that there are fewer pieces than somebody wants; nothing was changed."""

    code = "insufficient_stock"

    def __init__(self, sku: str, wanted: int, left: int) -> None:
        """Name the product, how many are wanted and how many there are."""
        super().__init__(f"product with SKU {sku} has {left} in stock, {wanted} are wanted")
        self.sku = sku
        self.left = left


class TenantNotFoundError(FacetryError):
    """Say that no tenant has this id."""

    code = "tenant_not_found"

    def __init__(self, tenant: str) -> None:
        """Name the tenant."""
        super().__init__(f"tenant {tenant} not found")
        self.tenant = tenant


class TenantExistsError(FacetryError):
    """Say that a tenant's id or key is taken."""

    code = "tenant_exists"
