"""The stored form of products, records and tenants: JSON, so that an operator can read it with any SQLite tool."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from facetry.domain.errors import StoreDamagedError
from facetry.domain.product import Product
from facetry.domain.record import RecordKind
from facetry.domain.records import Record
from facetry.domain.tenant import Tenant

_encode = msgspec.json.Encoder().encode
_decode_product = msgspec.json.Decoder(Product).decode
_decode_record: Callable[[bytes], Record] = msgspec.json.Decoder(Record).decode
_decode_tenant = msgspec.json.Decoder(Tenant).decode
_decode_record_ids = msgspec.json.Decoder(list[list[tuple[RecordKind, int]]]).decode
_decode_texts = msgspec.json.Decoder(list[list[str]]).decode


def encode_product(product: Product) -> bytes:
    """Return the stored form of a product."""
    return _encode(product)


def decode_product(doc: bytes) -> Product:
    """Return the product of a stored form."""
    return _decode_product(doc)


def encode_record(record: Record) -> bytes:
    """Return the stored form of a record."""
    return _encode(record)


def decode_record(doc: bytes) -> Record:
    """Return the record of a stored form."""
    return _decode_record(doc)


def encode_tenant(tenant: Tenant) -> bytes:
    """Return the stored form of a tenant's record."""
    return _encode(tenant)


def decode_tenant(doc: bytes) -> Tenant:
    """Return the record of a stored form.

    Raises:
        StoreDamagedError: It is none.
    """
    try:
        return _decode_tenant(doc)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StoreDamagedError(f"the record of a tenant is damaged: {error}") from error


def encode_texts(texts: Iterable[str]) -> bytes:
    """Return the stored form of a list of SKUs or group ids."""
    return _encode(tuple(texts))


def decode_text_lists(docs: Iterable[bytes]) -> list[list[str]]:
    """Return many lists of texts at once."""
    return _decode_texts(b"[" + b",".join(docs) + b"]")


def encode_record_ids(ids: Iterable[tuple[str, int]]) -> bytes:
    """Return the stored form of kinds and ids of records."""
    return _encode(tuple(ids))


def decode_record_ids(docs: Iterable[bytes]) -> list[list[tuple[RecordKind, int]]]:
    """Return many lists of kinds and ids at once."""
    return _decode_record_ids(b"[" + b",".join(docs) + b"]")
