"""Requests to search whose keys are parameters of a URL."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec

from facetry.domain.errors import SearchError
from facetry.domain.search.language.documents import pointed

_LISTS = frozenset({"facets", "sort", "fields", "group_by"})
_DOCUMENTS = frozenset({"filter", "facets", "sort"})
_INTEGERS = frozenset({"offset", "limit", "matched_products", "min_revision", "timeout_ms"})
_BOOLEANS = frozenset({"prefix", "typos", "understand", "explain", "highlight"})
_TRUTH = {"true": True, "1": True, "false": False, "0": False}
_INTEGER = re.compile(r"-?\d{1,18}", re.ASCII)


def read_parameters(pairs: Sequence[tuple[str, str]]) -> Mapping[str, object]:
    """Return the document that parameters stand for, to be read by ``read_search``.

    Lists are repeated or parted by commas; ``filter``, ``facets`` and ``sort`` may also be JSON. What is no number or
    boolean where there must be one stays a text, for ``read_search`` to refuse.

    Raises:
        SearchError: A parameter is given twice that has one value, or has JSON that cannot be read.
    """
    document: dict[str, object] = {}
    for name, text in pairs:
        if name in _LISTS:
            found = document.setdefault(name, [])
            assert isinstance(found, list)  # noqa: S101 - lists are nothing else
            found += _listed(name, text)
        elif name in document:
            raise SearchError(pointed("", name[:100]), "is given twice")
        else:
            document[name] = _value(name, text)
    return document


def _listed(name: str, text: str) -> list[object]:
    if name in _DOCUMENTS and _is_json(text):
        decoded = _decoded(name, text)
        return decoded if isinstance(decoded, list) else [decoded]
    return [part for one in text.split(",") if (part := one.strip())]


def _value(name: str, text: str) -> object:
    if name in _INTEGERS and _INTEGER.fullmatch(text):
        return int(text)
    if name in _BOOLEANS:
        return _TRUTH.get(text.lower(), text)
    if name in _DOCUMENTS and _is_json(text):
        return _decoded(name, text)
    return text


def _is_json(text: str) -> bool:
    return text.lstrip().startswith(("{", "["))


def _decoded(name: str, text: str) -> object:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError) as error:
        raise SearchError(pointed("", name), "is JSON that cannot be read") from error
