"""What a document of a group holds of its texts: keys, identifiers, and what is offered to someone who is typing.

Every term begins with the mark of its tenant, so that terms of many tenants in one index neither meet nor slow each
other down: ranges of terms (beginnings of words, words that are near) are of one tenant alone. Two tenants may have
one mark, so queries name the tenant too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from facetry.domain.analysis import has_digit
from facetry.domain.group import ProductGroup, active_part
from facetry.domain.search.fields import BUILT_IN, Attributes, Schema
from facetry.domain.search.slots import WORD
from facetry.domain.search.suggestions import last_words, name_key
from facetry.domain.search.text.documents import HIDDEN, group_text, unpacked
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
SHOWN_FIELDS, HIDDEN_FIELDS = "012345", "abcdef"
"""Behind the mark in a term of ``keys``: in which of ``TEXT_FIELDS`` the key is, and whether only inactive products
give it to the group."""
SHOWN, HIDDEN_TERM = "v", "h"
"""Behind the mark in other terms: whether only inactive products give it to the group."""
_LOOKED_UP = {"type": "keyword", "doc_values": False}
_COUNTED = {"type": "keyword"}
TEXT_FIELDS_MAPPING: Mapping[str, Mapping[str, Any]] = {
    "keys": _LOOKED_UP,
    "words": _COUNTED,
    "ids": _LOOKED_UP,
    "id_ends": _LOOKED_UP,
    "brands": _COUNTED,
    "categories": _COUNTED,
    "crumbs": _LOOKED_UP,
    "named": _COUNTED,
    "shown_named": _COUNTED,
    "word": _COUNTED,
    "word_of": _LOOKED_UP,
}
"""The properties of the fields that ``text_fields`` and ``word_documents`` give; they belong in the groups' index."""


@lru_cache(maxsize=4096)
def tenant_mark(tenant: str) -> str:
    """Return the six hexadecimal digits that a tenant's terms begin with."""
    return hashlib.sha256(tenant.encode()).hexdigest()[:6]


def text_fields(tenant: str, group: ProductGroup, language: str, attributes: Attributes) -> dict[str, Any]:
    """Return the fields of a group's document that texts are found by.

    ``keys`` are all keys of its texts (see ``domain.search.slots``), each once for every one of ``TEXT_FIELDS`` that
    has it; ``words`` are the words among them; ``ids`` its normalised identifiers and ``id_ends`` what these end with;
    ``brands`` and ``categories`` values of its products and ``crumbs`` the words of the last crumbs of these; ``named``
    its name as suggestions compare it, and ``shown_named`` that of its active products. Empty fields are left out.

    Args:
        tenant: Whose group.
        group: With all its products.
        language: Stems its words.
        attributes: What the tenant has said of its attributes: some hold no words, some identifiers.
    """
    schema, mark, visible = Schema(attributes), tenant_mark(tenant), active_part(group)
    counts = group_text(heard(group, schema.silent), language).counts
    words = {key[len(WORD) :]: count < HIDDEN for key, count in counts.items() if key.startswith(WORD)}
    seen = {name: _seen(of, group, visible) for name, of in _parts(schema).items()}
    fields = {
        "keys": [mark + field + key for key, count in counts.items() for field in _fields(count)],
        "words": _terms(mark, words),
        "named": [mark + _named(group)],
        "shown_named": [mark + _named(visible)] if visible else [],
        **{name: _terms(mark, values) for name, values in seen.items()},
    }
    return {name: values for name, values in fields.items() if values}


def word_documents(tenant: str, documents: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield id and source of the documents of words of some documents of groups, each once.

    They are created where they are not there (the id is taken where they are), routed as the tenant's groups, in
    the same request. They stay when the last group with a word is gone: what is near a word is looked for among them,
    and then counted among the groups.
    """
    start = len(tenant_mark(tenant)) + len(SHOWN)
    words = dict.fromkeys(term[start:] for document in documents for term in document.get("words", ()))
    for word in words:
        if len(word) >= LEAST_WORD and not has_digit(word):
            yield word_id(tenant, word), {"word": tenant_mark(tenant) + word, "word_of": tenant}


def word_id(tenant: str, word: str) -> str:
    """Return the id of the document of a tenant's word."""
    return hashlib.sha256(f"{tenant}\x1e{word}".encode()).hexdigest()


def words_query(tenant: str) -> dict[str, Any]:
    """Return the query for the documents of a tenant's words, to be removed when the tenant is forgotten."""
    return {"term": {"word_of": tenant}}


@lru_cache(maxsize=1 << 14)
def _fields(count: int) -> tuple[str, ...]:
    """Return what stands behind the mark for each field that has a key."""
    signs = SHOWN_FIELDS if count < HIDDEN else HIDDEN_FIELDS
    return tuple(sign for sign, times in zip(signs, unpacked(count), strict=True) if times)


def _terms(mark: str, shown: Mapping[str, bool]) -> list[str]:
    """Return the terms of texts, each with whether active products have it."""
    return [mark + (SHOWN if is_shown else HIDDEN_TERM) + text for text, is_shown in shown.items()]


def _seen(
    of: Callable[[ProductGroup], Iterable[str]], group: ProductGroup, visible: ProductGroup | None
) -> dict[str, bool]:
    """Return what a group has of something, each with whether its active products have it."""
    if visible is group:
        return dict.fromkeys(of(group), True)
    shown = {*of(visible)} if visible else set()
    return {text: text in shown for text in of(group)}


def _parts(schema: Schema) -> dict[str, Callable[[ProductGroup], Iterable[str]]]:
    fields = [schema.field(name) for name in sorted(schema.identifiers)]

    def identifiers(group: ProductGroup) -> Iterable[str]:
        return dict.fromkeys(normalised(text) for text in group_identifiers(group, fields))

    def ends(group: ProductGroup) -> Iterable[str]:
        return (end for identifier in identifiers(group) for end in _ends(identifier))

    return {
        "ids": identifiers,
        "id_ends": ends,
        "brands": lambda group: _values(group, "brand"),
        "categories": lambda group: _values(group, "category"),
        "crumbs": lambda group: (word for path in _values(group, "category") for word in last_words(path)),
    }


def _named(group: ProductGroup) -> str:
    return name_key(group.name)[:LONGEST_NAME]


def _ends(identifier: str) -> Iterator[str]:
    """Yield what an identifier ends with, itself left out."""
    for start in range(1, len(identifier) - SHORTEST_PART + 1):
        yield identifier[start : start + LONGEST_END]


def _values(group: ProductGroup, field: str) -> Iterator[str]:
    found = (text for product in group.products for text in product_texts(BUILT_IN[field], product))
    return (text for text in found if len(text) <= LONGEST_VALUE)
