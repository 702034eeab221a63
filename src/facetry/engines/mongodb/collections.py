"""The collections, what their documents must have, and the indexes by which each question is answered.

Every index begins with ``t``, the catalog of a tenant, so that a collection can be sharded by it. Names are short
because every document carries them:

- ``tenants``: a document a tenant, named by the digest of its id, so that one which was deleted leaves no name behind.
  It has the record and all counters; of a deleted one ``revision`` and ``mark`` remain, above which a new one begins.
- ``keys``: the digest of each key and the name of each token key, with the tenant to which it belongs.
- ``products``: ``s`` SKU, ``i`` id, ``g`` group id, ``j`` place in the order of joining, ``u`` Unix time of the last
  write, ``l`` what it can be found by beside these (see ``documents``), ``d`` the product.
- ``groups``: ``g`` group id, ``o`` object id, ``r`` revision of the last write, ``n`` how many products.
- ``records``: ``k`` kind, ``i`` id, ``q`` what it can be found by, ``d`` the record.
- ``changes``: ``r`` revision, ``s`` SKUs, ``g`` group ids, ``k`` kinds and ids of records that it touched.
- ``purges``: catalogs whose tenant was deleted and whose documents are still to be removed; with ``until``, the Unix
  time up to which they may still become those of a tenant that is copied.
- ``writers``: the id of each session in which a process writes, and ``until`` when, in milliseconds by the server's
  clock, that process has said that it lives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

TENANTS, KEYS, PRODUCTS, GROUPS = "tenants", "keys", "products", "groups"
RECORDS, CHANGES, PURGES, SCHEMA = "records", "changes", "purges", "schema"
WRITERS = "writers"
CATALOG_COLLECTIONS = (PRODUCTS, GROUPS, RECORDS, CHANGES)
"""Those whose documents belong to a catalog, and go with it."""
SCHEMA_VERSION = 3
"""Raised with every change of a layout: a database that has this one is taken as it is."""


class Index(NamedTuple):
    """An index: its name, its fields, whether ascending values are unique, and the field that a document must have."""

    name: str
    fields: Sequence[str]
    unique: bool = False
    only_with: str = ""


class Layout(NamedTuple):
    """A collection: its name, the BSON types of fields that a document must have, and its indexes."""

    name: str
    types: Mapping[str, str | Sequence[str]]
    indexes: Sequence[Index] = ()

    @property
    def validator(self) -> dict[str, Any]:
        """Return what the server refuses documents by."""
        properties = {field: {"bsonType": kind} for field, kind in self.types.items()}
        return {"$jsonSchema": {"bsonType": "object", "required": list(self.types), "properties": properties}}


_WHOLE = ("int", "long")
_TEXTS = "array"
LAYOUTS: tuple[Layout, ...] = (
    Layout(SCHEMA, {"version": _WHOLE}),
    Layout(
        TENANTS,
        {"_id": "string", "revision": _WHOLE, "mark": _WHOLE},
        (Index("by_id", ("id",), unique=True, only_with="id"),),
    ),
    Layout(KEYS, {"_id": ("binData", "string"), "tenant": "string"}, (Index("by_tenant", ("tenant",)),)),
    Layout(
        PRODUCTS,
        {"t": "objectId", "s": "string", "i": _WHOLE, "g": "string", "j": _WHOLE, "u": "double", "d": "binData"},
        (
            Index("by_sku", ("t", "s"), unique=True),
            Index("by_number", ("t", "i"), unique=True),
            Index("by_group", ("t", "g", "j")),
            Index("by_link", ("t", "l", "i"), only_with="l"),
        ),
    ),
    Layout(
        GROUPS,
        {"t": "objectId", "g": "string", "o": "string", "r": _WHOLE, "n": _WHOLE},
        (Index("by_group", ("t", "g"), unique=True),),
    ),
    Layout(
        RECORDS,
        {"t": "objectId", "k": "string", "i": _WHOLE, "q": _TEXTS, "d": "binData"},
        (Index("by_number", ("t", "k", "i"), unique=True), Index("by_name", ("t", "q", "i"))),
    ),
    Layout(
        CHANGES,
        {"t": "objectId", "r": _WHOLE, "s": _TEXTS, "g": _TEXTS, "k": _TEXTS},
        (Index("by_revision", ("t", "r"), unique=True),),
    ),
    Layout(PURGES, {"_id": "objectId"}),
    Layout(WRITERS, {"_id": "binData", "process": "string", "until": _WHOLE}),
)
