"""What documents hold of products and records: their JSON, and the names by which they are found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import msgspec

from facetry.domain.product import Product
from facetry.domain.record import RecordKind
from facetry.domain.records import Record, RecordKey
from facetry.domain.tenant import Tenant
from facetry.domain.variations import parent_of

# A product is kept as its JSON, as bytes: BSON would be larger, would decode to dictionaries that have to be converted
# once more, and has other numbers. Quotas count these bytes, and what a listener hears is the same on every store.
encode_product = msgspec.json.Encoder().encode
encode_record = msgspec.json.Encoder().encode
encode_tenant = msgspec.json.Encoder().encode
decode_product = msgspec.json.Decoder(Product).decode
decode_record: Callable[[bytes], Record] = msgspec.json.Decoder(Record).decode
decode_tenant = msgspec.json.Decoder(Tenant).decode

SKU, ID, MEMBER = "sku:", "id:", "group:"
"""What names of products begin with that every product has, each in a field of its own."""
MAIN, PARENT, STONE = "main:", "parent:", "stone:"
"""What the other names of products begin with, which are in ``l``: flagged in a group, variation of, has a gemstone."""


class Kept(NamedTuple):
    """A product, and the document that it is stored as."""

    product: Product
    document: bytes


def kept(document: bytes) -> Kept:
    """Return the product of a stored document."""
    return Kept(decode_product(document), document)


def product_links(product: Product) -> list[str]:
    """Return the names of a product that it may have or not, each once."""
    # Most have none.
    names = [MAIN + product.group_id] if product.is_main else []
    if parent := parent_of(product):
        names.append(PARENT + parent)
    codes = (part.get("code") for part in product.gemstones or ())
    names += dict.fromkeys(STONE + code for code in codes if isinstance(code, str))
    return names


def product_names(one: Kept) -> Iterator[str]:
    """Yield all names of a product."""
    product = one.product
    yield SKU + product.sku
    yield f"{ID}{product.product_id}"
    yield MEMBER + product.group_id
    yield from product_links(product)


def name_of(kind: RecordKind, key: RecordKey) -> str:
    """Return the name of a record: by its id, or by its code."""
    return f"{kind.value}#{key.id}" if key.id else f"{kind.value}={key.code}"


def link_name(kind: RecordKind, link: str) -> str:
    """Return the name that records of a kind have which name a link."""
    return f"{kind.value}>{link}"


def record_names(record: Record) -> list[str]:
    """Return all names of a record, each once."""
    names = [name_of(record.kind, RecordKey(record.id))]
    if record.unique:
        names.append(name_of(record.kind, RecordKey(code=record.unique)))
    names += dict.fromkeys(link_name(record.kind, link) for link in record.links)
    return names
