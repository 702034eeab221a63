"""Shopify's product CSV, under today's headers and the ones before them.

A product there is a run of rows with one handle: the first says what all of them share, each row with a price, a
SKU or an option is a variant, any row may add a picture. Here the handle becomes the group id, each variant a
product, and the first one the main product of its group.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from facetry.application.interchange.plain_text import plain_text
from facetry.application.interchange.record import Note, Problem, Record
from facetry.application.interchange.sheet import UNREADABLE_ROW, too_wide
from facetry.application.interchange.table import Table
from facetry.application.interchange.values import amount, is_oversold
from facetry.domain.product import MAX_ID_LENGTH

MOST_ROWS = 5_000
"""Rows of one handle held at once; Shopify allows 2,048 variants and 250 pictures."""

# Today's names of columns beside the ones before, all in lower case.
_OLD_NAMES = {
    "url handle": "handle",
    "description": "body (html)",
    "published on online store": "published",
    "sku": "variant sku",
    "barcode": "variant barcode",
    "inventory quantity": "variant inventory qty",
    "price": "variant price",
    "compare-at price": "variant compare at price",
    "product image url": "image src",
    "variant image url": "variant image",
}
_OPTIONS = tuple((f"option{number} name", f"option{number} value") for number in (1, 2, 3))
_COLUMNS = frozenset(
    {"title", "vendor", "product category", "type", "tags", "status", "image position"}
    | set(_OLD_NAMES.values())
    | {name for option in _OPTIONS for name in option}
)
_COLUMN_OF_FIELD = {
    "sku": "variant sku",
    "name": "title",
    "description": "body (html)",
    "groupID": "handle",
    "promotionPrice": "variant price",
    "regularPrice": "variant compare at price",
    "quantity": "variant inventory qty",
    "brand": "vendor",
    "category": "product category",
    "searchKeywords": "tags",
    "active": "published",
    "images": "image src",
}
_SIGNS_OF_VARIANT = ("variant price", "variant sku", "option1 value")
_METAFIELD = " (product.metafields."
_METAFIELD_SEPARATOR = ";"
_COLOR_OPTIONS = ("color", "colour", "farbe", "couleur", "colore", "metal color", "metal colour", "metal")
_SIZE_OPTIONS = ("size", "ring size", "größe", "ringgröße", "taille", "misura", "taglia")
_NO_OPTION = "title"
_POSITION = re.compile(r"[0-9]{1,5}", re.ASCII)
_UNPLACED = 10**5
_DIGEST_LENGTH = 8


class _Row(NamedTuple):
    """One row: the line it begins on and its cells by the older name of their column, without blanks at the ends."""

    line: int
    cells: dict[str, str]
    metafields: dict[str, object]


class ShopifyReader:
    """Products from the rows of handles; the rows of a handle stand together, as Shopify writes them."""

    def __init__(self, table: Table) -> None:
        """Find the columns in a table's header."""
        self._table = table
        self._places: dict[str, int] = {}
        self._metafields: dict[str, int] = {}
        ignored = []
        for place, title in enumerate(table.header):
            name = old_name(title)
            if name in _COLUMNS and name not in self._places:
                self._places[name] = place
            elif _METAFIELD in title:
                self._metafields[title.partition(_METAFIELD)[0]] = place
            elif title:
                ignored.append(title)
        self.ignored_columns: Sequence[str] = tuple(ignored)
        self.columns: Mapping[str, str] = {
            field: table.header[self._places[name]] for field, name in _COLUMN_OF_FIELD.items() if name in self._places
        }
        self.skipped = 0

    def records(self) -> Iterator[Record]:
        """Yield one record a variant; those of a handle one after the other."""
        run: list[_Row] = []
        for row in self._rows():
            if isinstance(row, Record):
                yield row
                continue
            if run and (row.cells["handle"] != run[0].cells["handle"] or len(run) == MOST_ROWS):
                yield from self._variants(run)
                run = []
            run.append(row)
        if run:
            yield from self._variants(run)

    def _rows(self) -> Iterator[_Row | Record]:
        absent = dict.fromkeys(_COLUMNS - self._places.keys(), "")
        width = len(self._table.header)
        for line, cells in self._table.rows():
            if cells is None or any(cells[width:]):
                problem = UNREADABLE_ROW if cells is None else too_wide(cells, width)
                yield Record(line=line, values={}, problems=(problem,))
                continue
            found = {name: cells[place].strip() for name, place in self._places.items()}
            if not found["handle"]:
                yield Record(line=line, values={}, problems=(Problem("groupID", None, "is missing"),))
                continue
            more = {name: _metafield(cells[place]) for name, place in self._metafields.items() if cells[place]}
            yield _Row(line, found | absent, more)

    def _variants(self, run: list[_Row]) -> Iterator[Record]:
        first = run[0]
        variants = [row for row in run if row is first or any(row.cells[name] for name in _SIGNS_OF_VARIANT)]
        self.skipped += len(run) - len(variants)
        shared = _shared(first)
        images = _images(run)
        for position, row in enumerate(variants, 1):
            values = shared | _prices(row.cells) | _own(row, first)
            notes = _notes(row.cells)
            if not row.cells["variant sku"]:
                values["sku"] = derived_sku(first.cells["handle"], position, len(variants))
                notes.append(Note("derived_sku", str(values["sku"])))
            own_image = row.cells["variant image"]
            is_shown_first = own_image and position > 1
            values["images"] = list(dict.fromkeys([own_image, *images])) if is_shown_first else images
            values["isMain"] = position == 1
            yield Record(line=row.line, values=values, notes=tuple(notes))


def old_name(title: str) -> str:
    """Return the older name of a column, in lower case."""
    name = title.lower()
    return _OLD_NAMES.get(name, name)


def is_shopify(header: Sequence[str]) -> bool:
    """Return whether a header is one of Shopify's."""
    names = {old_name(title) for title in header}
    return {"handle", "title"} <= names


def shortened(text: str) -> str:
    """Return a text of at most ``MAX_ID_LENGTH`` characters: itself, or its beginning and a digest of it."""
    if len(text) <= MAX_ID_LENGTH:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST_LENGTH]
    return f"{text[: MAX_ID_LENGTH - _DIGEST_LENGTH - 1].rstrip()}-{digest}"


def derived_sku(handle: str, position: int, variants: int) -> str:
    """Return the SKU of a variant that has none: its handle, and its position from 1 where it is not the only one."""
    return shortened(handle if variants == 1 else f"{handle}-{position}")


def _shared(first: _Row) -> dict[str, object]:
    """Return what the first row says for all rows of its handle."""
    cells = first.cells
    values: dict[str, object] = {
        "groupID": shortened(cells["handle"]),
        "searchKeywords": [tag for tag in map(str.strip, cells["tags"].split(",")) if tag],
        "category": _category(cells["product category"], cells["type"]),
    }
    if cells["title"]:
        values["name"] = cells["title"]
    if cells["body (html)"]:
        values["description"] = plain_text(cells["body (html)"])
    if cells["vendor"]:
        values["brand"] = cells["vendor"]
    if cells["status"].lower() not in {"", "active"}:
        values["active"] = False
    elif cells["published"]:
        values["active"] = cells["published"]
    return values


def _category(path: str, kind: str) -> list[str]:
    """Return the breadcrumb of Shopify's category and the shop's own type beside it."""
    parts = [part for part in map(str.strip, path.split(">")) if part]
    categories = [">".join(parts)] if parts else []
    if kind and kind.lower() not in {part.lower() for part in parts[-1:]}:
        categories.append(kind)
    return categories


def _images(run: list[_Row]) -> list[str]:
    """Return the pictures of a handle, distinct, by their positions."""
    placed = []
    for order, row in enumerate(run):
        if source := row.cells["image src"]:
            position = row.cells["image position"]
            placed.append((int(position) if _POSITION.fullmatch(position) else _UNPLACED, order, source))
    return list(dict.fromkeys(source for _, _, source in sorted(placed)))


def _prices(cells: dict[str, str]) -> dict[str, object]:
    """Return the raw prices; one that is wrong stands under the field of its own column."""
    price, compare = cells["variant price"], cells["variant compare at price"]
    minor = amount(price)
    compared = amount(compare)
    if (price and (minor is None or minor < 0)) or (compare and compared is None):
        return {key: cell for key, cell in (("promotionPrice", price), ("regularPrice", compare)) if cell}
    if not minor:
        return {"regularPrice": compare} if compared else {}
    return {"regularPrice": compare if compared and compared > minor else price, "promotionPrice": price}


def _own(row: _Row, first: _Row) -> dict[str, object]:
    """Return what a variant says of itself alone."""
    values: dict[str, object] = {}
    if row.cells["variant sku"]:
        values["sku"] = row.cells["variant sku"]
    if stock := row.cells["variant inventory qty"]:
        values["quantity"] = "0" if is_oversold(stock) else stock
    options = _options(row.cells, first.cells)
    by_name = {name.lower(): value for name, value in options.items()}
    for field, names in (("color", _COLOR_OPTIONS), ("size", _SIZE_OPTIONS)):
        if value := next((by_name[name] for name in names if name in by_name), None):
            values[field] = value
    attributes = {**first.metafields, **row.metafields, **options}
    if row.cells["variant barcode"]:
        attributes["Barcode"] = row.cells["variant barcode"].lstrip("'")
    if attributes:
        values["attributes"] = attributes
    return values


def _options(cells: dict[str, str], first: dict[str, str]) -> dict[str, object]:
    """Return the options of a variant by name; a product without options has one called Title."""
    found: dict[str, object] = {}
    for name_column, value_column in _OPTIONS:
        name = cells[name_column] or first[name_column]
        if cells[value_column] and name and name.lower() != _NO_OPTION:
            found[name] = cells[value_column]
    return found


def _metafield(cell: str) -> object:
    values = [value for value in map(str.strip, cell.split(_METAFIELD_SEPARATOR)) if value]
    return values if len(values) > 1 else cell.strip()


def _notes(cells: dict[str, str]) -> list[Note]:
    notes = []
    if amount(cells["variant price"]) == 0:
        notes.append(Note("zero_price", cells["variant price"]))
    if is_oversold(cells["variant inventory qty"]):
        notes.append(Note("negative_quantity", cells["variant inventory qty"]))
    if len(cells["handle"]) > MAX_ID_LENGTH:
        notes.append(Note("long_handle", cells["handle"]))
    return notes
