"""What a document of a group holds of its texts: keys, identifiers, and what is offered to someone who is typing.

Every term begins with the mark of its tenant, so that terms of many tenants in one index neither meet nor slow each
other down: ranges of terms (beginnings of words, words that are near) are of one tenant alone. Two tenants may have
one mark, so queries name the tenant too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from facetry.domain.analysis import has_digit
from facetry.domain.group import ProductGroup, active_part
from facetry.domain.search.fields import BUILT_IN, Attributes, Schema
from facetry.domain.search.slots import WORD
from facetry.domain.search.suggestions import name_key
from facetry.domain.search.text.documents import HIDDEN, NAME, group_text, unpacked
from facetry.domain.search.text.identifiers import SHORTEST_PART, group_identifiers, normalised
from facetry.domain.search.text.silencing import heard
from facetry.domain.search.values import product_texts

LONGEST_END = 32
"""Ends of identifiers are cut after so many letters and digits."""
LONGEST_NAME = 2_000
"""Names are told apart by so many leading characters where they are offered."""
LONGEST_VALUE = 8_000
"""Longer brands and categories are not offered."""
LEAST_WORD = 3
"""Shorter words are not near any word that may be misspelt: see ``spelling.ONE_TYPO_FROM``."""
_LOOKED_UP = {"type": "keyword", "doc_values": False}
_COUNTED = {"type": "keyword"}
TEXT_FIELDS_MAPPING: Mapping[str, Mapping[str, Any]] = {
    "keys": _COUNTED,
    "shown": _COUNTED,
    "name_keys": _LOOKED_UP,
    "ids": _LOOKED_UP,
    "shown_ids": _LOOKED_UP,
    "id_ends": _LOOKED_UP,
    "shown_id_ends": _LOOKED_UP,
    "named": _COUNTED,
    "shown_named": _COUNTED,
    "brands": _COUNTED,
    "shown_brands": _COUNTED,
    "categories": _COUNTED,
    "shown_categories": _COUNTED,
    "word": _COUNTED,
    "word_of": _LOOKED_UP,
}
"""The properties of the fields that ``text_fields`` and ``word_documents`` give; they belong in the group's index."""


@lru_cache(maxsize=4096)
def tenant_mark(tenant: str) -> str:
    """Return the six hexadecimal digits that a tenant's terms begin with."""
    return hashlib.sha256(tenant.encode()).hexdigest()[:6]


def text_fields(tenant: str, group: ProductGroup, language: str, attributes: Attributes) -> dict[str, Any]:
    """Return the fields of a group's document that texts are found by.

    ``keys`` are all keys of its texts (see ``domain.search.slots``), ``name_keys`` those that its name has, ``ids``
    its normalised identifiers and ``id_ends`` what these end with; ``named`` is its name as suggestions compare it,
    ``brands`` and ``categories`` are values of its products. What begins with ``shown`` is the same of what searches
    for active products only see. Empty fields are left out.

    Args:
        tenant: Whose group.
        group: With all its products.
        language: Stems its words.
        attributes: What the tenant has said of its attributes: some hold no words, some identifiers.
    """
    schema, mark = Schema(attributes), tenant_mark(tenant)
    counts = group_text(heard(group, schema.silent), language).counts
    fields: dict[str, list[str]] = {
        "keys": [mark + key for key in counts],
        "shown": [mark + key for key, count in counts.items() if count < HIDDEN],
        "name_keys": [mark + key for key, count in counts.items() if unpacked(count)[NAME]],
    }
    fields |= _seen_fields(mark, group, schema, "")
    visible = active_part(group)
    if visible:
        fields |= _seen_fields(mark, visible, schema, "shown_")
    return {name: values for name, values in fields.items() if values}


def word_documents(tenant: str, documents: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield id and source of the documents of words of some documents of groups, each once.

    They are created where they are not there (the id is taken where they are), routed as the tenant's groups, in
    the same request. They stay when the last group with a word is gone: what is near a word is looked for among them,
    and then counted among the groups.
    """
    start = len(tenant_mark(tenant)) + len(WORD)
    keys = dict.fromkeys(key for document in documents for key in document.get("keys", ()))
    for key in keys:
        word = key[start:]
        if key[start - 1] == WORD and len(word) >= LEAST_WORD and not has_digit(word):
            yield word_id(tenant, word), {"word": key, "word_of": tenant}


def word_id(tenant: str, word: str) -> str:
    """Return the id of the document of a tenant's word."""
    return hashlib.sha256(f"{tenant}\x1e{word}".encode()).hexdigest()


def words_query(tenant: str) -> dict[str, Any]:
    """Return the query for the documents of a tenant's words, to be removed when the tenant is forgotten."""
    return {"term": {"word_of": tenant}}


def _seen_fields(mark: str, group: ProductGroup, schema: Schema, prefix: str) -> dict[str, list[str]]:
    fields = [schema.field(name) for name in sorted(schema.identifiers)]
    identifiers = [*dict.fromkeys(map(normalised, group_identifiers(group, fields)))]
    return {
        f"{prefix}ids": [mark + identifier for identifier in identifiers],
        f"{prefix}id_ends": [mark + end for end in _distinct(map(_ends, identifiers))],
        f"{prefix}named": [mark + name_key(group.name)[:LONGEST_NAME]],
        f"{prefix}brands": _values(group, "brand"),
        f"{prefix}categories": _values(group, "category"),
    }


def _ends(identifier: str) -> Iterator[str]:
    """Yield what an identifier ends with, itself left out."""
    for start in range(1, len(identifier) - SHORTEST_PART + 1):
        yield identifier[start : start + LONGEST_END]


def _values(group: ProductGroup, field: str) -> list[str]:
    found = _distinct(product_texts(BUILT_IN[field], product) for product in group.products)
    return [value for value in found if len(value) <= LONGEST_VALUE]


def _distinct(texts: Iterable[Iterable[str]]) -> list[str]:
    return [*dict.fromkeys(text for some in texts for text in some)]
