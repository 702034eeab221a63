"""What indexes are made of: strict mappings, limits, one routing a tenant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from facetry.domain.field_query import NUMBER_FIELDS, VALUE_FIELDS
from facetry.engines.lucene.slots import POOL
from facetry.engines.lucene.texts import TEXT_FIELDS_MAPPING

FORMAT = 1
"""Stands in the names of indexes: a version that writes other documents builds its own while older ones go on."""
DEFAULT_SHARDS = 6
MAX_NESTED = 200_000
"""Products, and products with stones, in one document: far beyond what a group may have."""
_LOOKED_UP: Mapping[str, Any] = {"type": "keyword", "doc_values": False}
_COUNTED: Mapping[str, Any] = {"type": "keyword"}
_SORTED: Mapping[str, Any] = {"type": "keyword", "index": False}
_NUMBER: Mapping[str, Any] = {"type": "long"}
KEPT = ("body", "state")
"""Of the source only these are kept; all else is there to be searched."""


def index_body(alias: str, shards: int = DEFAULT_SHARDS, replicas: int | None = None) -> dict[str, Any]:
    """Return the body that makes an index of groups behind an alias.

    Args:
        alias: The name that everybody uses.
        shards: A tenant lies in one of them.
        replicas: Of each shard; None for one where there is a second node.
    """
    copies = {"auto_expand_replicas": "0-1"} if replicas is None else {"number_of_replicas": replicas}
    return {
        "settings": {
            "index": {
                "number_of_shards": shards,
                "refresh_interval": "-1",
                # What is deleted for good may come back as of any version: what must not has a document of its own.
                "gc_deletes": "0s",
                "max_result_window": 1_000_000,
                "max_terms_count": 1_048_576,
                "mapping": {
                    "total_fields": {"limit": 2 * POOL + 200},
                    "nested_objects": {"limit": MAX_NESTED},
                    "nested_fields": {"limit": 8},
                },
                **copies,
            }
        },
        "mappings": mappings(),
        "aliases": {alias: {}},
    }


def mappings() -> dict[str, Any]:
    """Return the mapping of a group's document; those of states, words and what is gone have few of its fields."""
    return {
        "dynamic": "strict",
        "_routing": {"required": True},
        "_source": {"includes": list(KEPT)},
        "properties": {
            "owner": _COUNTED,
            "tenant": _COUNTED,
            "group": _COUNTED,
            "version": _NUMBER,
            "layout": _NUMBER,
            "gone": _NUMBER,
            "body": {"type": "binary"},
            "state": {"type": "binary"},
            "terms": _LOOKED_UP,
            **dict.fromkeys(VALUE_FIELDS, _COUNTED),
            "currency": _COUNTED,
            **dict.fromkeys(NUMBER_FIELDS, _NUMBER),
            **TEXT_FIELDS_MAPPING,
            "p": {"type": "nested", "properties": _product_properties()},
        },
    }


def _product_properties() -> dict[str, Any]:
    slots = {f"n{number:02}": _NUMBER for number in range(POOL)} | {f"s{number:02}": _SORTED for number in range(POOL)}
    return {
        "sku": _COUNTED,
        "active": {"type": "boolean"},
        "c": {"type": "nested", "properties": {"f": _LOOKED_UP, "v": _COUNTED, **slots}},
    }
