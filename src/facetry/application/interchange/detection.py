"""Which format a file is in, found in its first line."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from enum import Enum
from itertools import chain, islice
from typing import NamedTuple

from facetry.application.interchange.mapped import MappedReader
from facetry.application.interchange.mapping import Mapping
from facetry.application.interchange.ndjson import NdjsonReader
from facetry.application.interchange.record import RecordReader, shown
from facetry.application.interchange.sheet import SheetReader
from facetry.application.interchange.shopify import ShopifyReader, is_shopify
from facetry.application.interchange.stones import StoneOptions, StoneReader
from facetry.application.interchange.table import Table
from facetry.domain.errors import InterchangeError
from facetry.domain.trade_terms.headers import is_stone_list

_MOST_BLANK_LINES = 1_000


class Format(Enum):
    """The formats that can be imported."""

    NDJSON = "ndjson"
    CSV = "csv"
    SHOPIFY = "shopify"
    MAPPED = "mapped"
    GEMSTONES = "gemstones"


class StoneSource(NamedTuple):
    """How a list of stones is read, and what returns the lines of its file from the start once more."""

    options: StoneOptions = StoneOptions()
    again: Callable[[], Iterable[str]] | None = None


def open_reader(
    lines: Iterable[str],
    wanted: Format | None = None,
    mapping: Mapping | None = None,
    stones: StoneSource = StoneSource(),  # noqa: B008 - it never changes
    refused: Collection[str] = (),
) -> tuple[Format, RecordReader]:
    """Return the format of a file, the wanted one or else what its first line shows, and its reader.

    A mapping makes it a mapped file. Of NDJSON records of ``refused`` kinds are rejected.

    Raises:
        InterchangeError: The file is empty or in none of the formats, or the mapping does not fit it.
    """
    if mapping is not None:
        return Format.MAPPED, MappedReader(Table(lines, mapping.file.delimiter), mapping)
    if wanted is Format.MAPPED:
        raise InterchangeError("the format mapped needs a mapping file")
    first, whole = _peeked(lines)
    if wanted is Format.NDJSON or (wanted is None and first.startswith("{")):
        return Format.NDJSON, NdjsonReader(whole, refused)
    if wanted is None and first.startswith("["):
        raise InterchangeError("the file is one JSON array: write one product a line (NDJSON) instead")
    table = Table(whole)
    found = wanted or _format_of(table.header)
    return found, _table_reader(found, table, stones)


def _table_reader(found: Format, table: Table, stones: StoneSource) -> RecordReader:
    if found is Format.SHOPIFY and not is_shopify(table.header):
        raise InterchangeError("the file has no columns Handle and Title, so it is none of Shopify's")
    if found is Format.GEMSTONES:
        return StoneReader(table, stones.options, stones.again)
    return ShopifyReader(table) if found is Format.SHOPIFY else SheetReader(table)


def _peeked(lines: Iterable[str]) -> tuple[str, Iterator[str]]:
    """Return the first line with text, without blanks before it, and all lines."""
    rest = iter(lines)
    seen = []
    for line in islice(rest, _MOST_BLANK_LINES):
        seen.append(line)
        if line.strip():
            break
    first = seen[-1].lstrip("\ufeff \t") if seen else ""
    return first, chain(seen, rest)


def _format_of(header: list[str]) -> Format:
    if is_shopify(header):
        return Format.SHOPIFY
    if {"sku", "name"} <= set(header):
        return Format.CSV
    if is_stone_list(header):
        return Format.GEMSTONES
    have = ", ".join(map(shown, header))
    raise InterchangeError(
        f"the columns {have} are neither ours (sku, name, ...) nor Shopify's (Handle, Title, ...) nor of a list of "
        "stones (carat, color, clarity, ...): a mapping must say what they are"
    )
