"""What changed in a catalog between two revisions."""

from __future__ import annotations

import msgspec

from facetry.domain.catalog import Outcome
from facetry.domain.group import ProductGroup


class Change(msgspec.Struct, frozen=True):
    """One row of the change log: which products and groups the write of a revision touched."""

    revision: int
    skus: tuple[str, ...]
    groups: tuple[str, ...]


class Delta(msgspec.Struct, frozen=True, kw_only=True):
    """All that changed after one revision up to another, read in one transaction.

    Attributes:
        revision: The revision that the groups were read at.
        groups: Each touched group that lives, whole.
        gone: Ids of touched groups that live no more.
        skus: Every touched SKU.
    """

    revision: int
    groups: tuple[ProductGroup, ...] = ()
    gone: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()


class Receipt(msgspec.Struct, frozen=True):
    """Answer of a committed unit of work: its revision and one outcome a write, in the order of the writes.

    The revision is the tenant's current one where every write was refused.
    """

    revision: int
    outcomes: tuple[Outcome, ...]
