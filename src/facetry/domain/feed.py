"""What a copy of a catalog needs to follow it: the change log in pages, each with all that it touched as it is now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice

import msgspec

from facetry.domain.change import Change, sorted_records
from facetry.domain.product import Product
from facetry.domain.record import RecordKind
from facetry.domain.records import Record

PART_OF: Mapping[RecordKind, str] = {
    RecordKind.GEMSTONE: "gemstones",
    RecordKind.LISTING: "listings",
    RecordKind.ORDER: "orders",
    RecordKind.CLIENT: "clients",
}
"""The part of a page that each kind of record is in; the other kinds are how the server keeps its books."""
PARTS = frozenset({"products", "groups", *PART_OF.values()})
PAGE_REVISIONS = 5_000
"""So many revisions are in one page at most, so that those that touch nothing of a copy hold nobody up."""


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """All that was touched after one revision up to another, as it was at one moment: ``read_at``.

    A copy that was right at ``since`` and takes it over is right at ``revision``, but for what was touched between
    that and ``read_at``, which later pages bring again. Where there is no later page, both are the same.

    Attributes:
        since: The revision after which it begins.
        revision: The last revision of which it has everything.
        read_at: The revision at which everything was read.
        products: Those that live, ascending by SKU.
        gone_products: SKUs of those that live no more, ascending.
        groups: Ids of those that live, ascending.
        gone_groups: Ids of those that live no more, ascending.
        records: Those that live, of the kinds that are followed, ascending by kind and id.
        gone_records: Kind and id of those that live no more, ascending.
    """

    since: int
    revision: int
    read_at: int
    products: tuple[Product, ...] = ()
    gone_products: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    gone_groups: tuple[str, ...] = ()
    records: tuple[Record, ...] = ()
    gone_records: tuple[tuple[RecordKind, int], ...] = ()

    @property
    def more(self) -> bool:
        """Return whether another page follows."""
        return self.revision < self.read_at

    @property
    def is_empty(self) -> bool:
        """Return whether nothing of a copy was touched."""
        return not (
            self.products or self.gone_products or self.groups or self.gone_groups or self.records or self.gone_records
        )


def chosen(changes: Changes, parts: frozenset[str]) -> Changes:
    """Return of a page what belongs to these parts."""
    products, groups = "products" in parts, "groups" in parts
    return msgspec.structs.replace(
        changes,
        products=changes.products if products else (),
        gone_products=changes.gone_products if products else (),
        groups=changes.groups if groups else (),
        gone_groups=changes.gone_groups if groups else (),
        records=tuple(record for record in changes.records if PART_OF[record.kind] in parts),
        gone_records=tuple(one for one in changes.gone_records if PART_OF[one[0]] in parts),
    )


class Touched(msgspec.Struct, frozen=True):
    """What the revisions of one page touched, and the last one of them; all of it ascending."""

    revision: int
    skus: tuple[str, ...]
    groups: tuple[str, ...]
    records: tuple[tuple[RecordKind, int], ...]


def touched_by(changes: Iterable[Change], since: int, limit: int) -> Touched:
    """Return what the next rows of a change log touched.

    Args:
        changes: The rows after ``since``, ascending by revision; no more of them are read than needed.
        since: The revision before the first one.
        limit: How many products, groups and records at most; a first row that has more comes whole all the same.
    """
    revision, room = since, limit
    skus: set[str] = set()
    groups: set[str] = set()
    records: set[tuple[RecordKind, int]] = set()
    for change in islice(changes, PAGE_REVISIONS):
        kept = {one for one in change.records if one[0] in PART_OF}
        room -= len({*change.skus} - skus) + len({*change.groups} - groups) + len(kept - records)
        if room < 0 and revision > since:
            break
        skus.update(change.skus)
        groups.update(change.groups)
        records.update(kept)
        revision = change.revision
    return Touched(revision, tuple(sorted(skus)), tuple(sorted(groups)), sorted_records(records))
