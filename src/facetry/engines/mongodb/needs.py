"""What a batch of writes begins with, so that one step reads it for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from facetry.domain.catalog import (
    AllOrNone,
    BulkWrite,
    DeleteGroup,
    DeleteProduct,
    Expecting,
    Guarded,
    Once,
    PatchProduct,
    PutProduct,
    Refused,
    Write,
)
from facetry.domain.patching import ProductKey
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.selling import SellProduct
from facetry.domain.stocking import ChangeStock
from facetry.engines.mongodb.documents import ID, MAIN, MEMBER, SKU, name_of


class Needs(msgspec.Struct):
    """What is to be read: names of products and of records, each with how many, and ids of groups.

    Attributes:
        products: Names, see ``documents``, each with how many are wanted at most, None for all.
        records: Likewise.
        groups: Ids.
    """

    products: dict[str, int | None] = {}
    records: dict[str, int | None] = {}
    groups: dict[str, None] = {}


def needs_of(writes: Iterable[Write], linked: frozenset[str], last_ids: Mapping[str, int]) -> Needs:
    """Return what writes begin with, as far as that can be told without reading anything.

    Args:
        writes: They may ask for more, which is read then.
        linked: As of ``State``: a name that none can have is not asked for.
        last_ids: Likewise.
    """
    needs = Needs()
    for write in writes:
        for part in _parts(write):
            _add(needs, part, linked, last_ids)
    return needs


def _parts(write: Write | Refused) -> Iterator[Write]:
    match write:
        case AllOrNone() | BulkWrite():
            for part in write.writes:
                yield from _parts(part)
        case Guarded() | Expecting():
            yield from _parts(write.write)
        case Once():
            yield write
            yield from _parts(write.write)
        case Refused():
            return
        case _:
            yield write


def _add(needs: Needs, write: Write, linked: frozenset[str], last_ids: Mapping[str, int]) -> None:
    match write:
        case PutProduct():
            content = write.content
            needs.products[SKU + content.sku] = None
            needs.groups[content.group_id] = None
            if content.is_main and MAIN in linked:
                needs.products[MAIN + content.group_id] = None
        case PatchProduct() | DeleteProduct() | SellProduct() | ChangeStock():
            if isinstance(write.key, ProductKey):
                needs.products[f"{ID}{write.key.id}" if write.key.id else SKU + write.key.sku] = None
        case DeleteGroup():
            needs.products[MEMBER + write.group_id] = None
            needs.groups[write.group_id] = None
        case Once() if RecordKind.REPEAT.value in last_ids:
            needs.records[name_of(RecordKind.REPEAT, RecordKey(code=write.key))] = None
