"""What stands in the form of a product: texts by field, ticked boxes, and rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from facetry.dashboard.product_form.attribute_texts import AttributeText, attribute_text
from facetry.dashboard.values import Values
from facetry.domain.money import price_to_text
from facetry.domain.product import Part, ProductContent, Scalar
from facetry.domain.trade import Trade, Variation

ATTRIBUTES, METALS, GEMSTONES = "attributes", "metals", "gemstones"
ROWS = (ATTRIBUTES, METALS, GEMSTONES)
"""The lists of which a form has rows."""
FLAGS = ("active", "is_main", "unrepeatable", "auto_refill")
# A form whose fields were called ``add`` or ``remove`` would have no such methods any more, which scripts need.
ADD, REMOVE = "add_row", "remove_row"
"""Names of the buttons that add a row to a list, and remove one (``metals.0``)."""
_WAS = "was"
_CELL = re.compile(r"(attributes|metals|gemstones)\.(\d{1,4})\.(\w{1,100})", re.ASCII)
_NO_TRADE = Trade()
_NO_VARIATION = Variation("", "", "")


class AttributeRow(msgspec.Struct, frozen=True):
    """One attribute, as it is typed; see ``attribute_texts`` for its kinds."""

    name: str = ""
    text: AttributeText = AttributeText()


class PartRow(msgspec.Struct, frozen=True):
    """One metal or gemstone, as it is typed.

    Attributes:
        was: Its place in the product that the form was made of; empty for a new one.
        values: Texts by property.
    """

    was: str = ""
    values: Mapping[str, str] = {}


class ProductState(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in a form.

    Attributes:
        values: Texts by field; lists have a line for each entry.
        flags: The boxes that are ticked.
    """

    values: Mapping[str, str]
    flags: frozenset[str]
    attributes: Sequence[AttributeRow] = ()
    metals: Sequence[PartRow] = ()
    gemstones: Sequence[PartRow] = ()


def state_of(product: ProductContent) -> ProductState:
    """Return what the form of a product shows."""
    trade = product.trade or _NO_TRADE
    flags = {name for name in ("active", "is_main") if getattr(product, name)}
    flags |= {name for name in ("unrepeatable", "auto_refill") if getattr(trade, name)}
    return ProductState(
        values={name: show(product, trade) for name, show in SHOWN.items()},
        flags=frozenset(flags),
        attributes=[AttributeRow(name, attribute_text(value)) for name, value in (product.attributes or {}).items()],
        metals=_part_rows(product.metals),
        gemstones=_part_rows(product.gemstones),
    )


def sent_state(form: Values) -> ProductState:
    """Return what a visitor has sent; with a row more or less where they asked for that."""
    cells: dict[str, dict[int, dict[str, str]]] = {kind: {} for kind in ROWS}
    for name, value in form.pairs:
        found = _CELL.fullmatch(name)
        if found:
            cells[found[1]].setdefault(int(found[2]), {})[found[3]] = value
    removed = form.text(REMOVE)
    rows = {kind: [row for place, row in sorted(cells[kind].items()) if f"{kind}.{place}" != removed] for kind in ROWS}
    if form.text(ADD) in rows:
        rows[form.text(ADD)].append({})
    return ProductState(
        values={name: form.raw(name) for name in SHOWN},
        flags=frozenset(name for name in FLAGS if form.flag(name)),
        attributes=[_attribute_row(row) for row in rows[ATTRIBUTES]],
        metals=[_part_row(row) for row in rows[METALS]],
        gemstones=[_part_row(row) for row in rows[GEMSTONES]],
    )


def part_text(value: Scalar) -> str:
    """Return a property of a metal or gemstone as a form shows it."""
    return value if isinstance(value, str) else "" if value is None else msgspec.json.encode(value).decode()


def one_line(text: str) -> str:
    """Return a text as a field of a single line sends it back."""
    return _as_sent(text).replace("\n", "")


def is_untouched(sent: str, shown: str) -> bool:
    """Return whether a field still holds what it was shown with, but for how browsers end lines, or leave them out."""
    return _as_sent(sent) == _as_sent(shown) or one_line(sent) == one_line(shown)


def _as_sent(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


def _attribute_row(row: Mapping[str, str]) -> AttributeRow:
    return AttributeRow(row.get("name", ""), AttributeText(row.get("kind", "text"), row.get("value", "")))


def _part_row(row: Mapping[str, str]) -> PartRow:
    return PartRow(row.get(_WAS, ""), {name: value for name, value in row.items() if name != _WAS})


def _part_rows(parts: Sequence[Part] | None) -> list[PartRow]:
    return [
        PartRow(str(place), {name: part_text(value) for name, value in part.items()})
        for place, part in enumerate(parts or ())
    ]


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(texts)


def _price(minor: int | None) -> str:
    return "" if minor is None else price_to_text(minor)


def _promotion(product: ProductContent) -> str:
    """Return the price of a promotion: without one the regular price stands in its place."""
    return "" if product.promotion_price == product.regular_price else _price(product.promotion_price)


def _count(count: int | None) -> str:
    return "" if count is None else str(count)


Show = Callable[[ProductContent, Trade], str]
SHOWN: Mapping[str, Show] = {
    "sku": lambda product, _: product.sku,
    "group_id": lambda product, _: product.group_id,
    "name": lambda product, _: product.name,
    "description": lambda product, _: product.description,
    "regular_price": lambda product, _: _price(product.regular_price),
    "promotion_price": lambda product, _: _promotion(product),
    "currency": lambda product, _: product.currency or "",
    "quantity": lambda product, _: str(product.quantity),
    "brand": lambda product, _: product.brand or "",
    "color": lambda product, _: product.color or "",
    "size": lambda product, _: product.size or "",
    "category": lambda product, _: _lines(product.category),
    "search_keywords": lambda product, _: _lines(product.search_keywords),
    "images": lambda product, _: _lines(product.images),
    "product_type": lambda _, trade: trade.product_type.name.lower(),
    "quantity_alert": lambda _, trade: _count(trade.quantity_alert),
    "location": lambda _, trade: trade.location,
    "videos": lambda _, trade: _lines(trade.videos),
    "variation_parent": lambda _, trade: (trade.variation or _NO_VARIATION).parent,
    "variation_field": lambda _, trade: (trade.variation or _NO_VARIATION).field,
    "variation_value": lambda _, trade: (trade.variation or _NO_VARIATION).value,
}
"""What each field of the form shows of a product."""
