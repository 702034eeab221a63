"""The fields of a product: what each is called, what reads it, and how it is described."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from facetry.api.client.action import FieldNote
from facetry.api.client.record_fields import RecordField, RecordTable
from facetry.api.client.values import Read, as_given, choice_of, crumb, id_number, long_texts, words
from facetry.domain.errors import InvalidValueError
from facetry.domain.product import AttributeValue, Scalar
from facetry.domain.record_values import currency
from facetry.domain.search.fields import MAX_NAME_LENGTH
from facetry.domain.selling import SoldAction
from facetry.domain.trade import ProductType
from facetry.domain.trade_terms import numbers
from facetry.domain.trade_terms.plain import identifier, is_empty, long_text

PRODUCT_TYPES: Mapping[str, ProductType] = {
    **{str(one.value): one for one in ProductType},
    **{one.name.lower(): one for one in ProductType},
}


@dataclass(frozen=True, slots=True)
class ProductField:
    """A field of a product.

    Attributes:
        read: How it is read.
        title: What a form calls it.
        group: The part of the form that it stands in.
        is_required: Whether no product is without it.
        values: What it may be, where that is a list.
        is_multiple: Whether it is a list.
    """

    read: RecordField
    title: str
    group: str = "product"
    is_required: bool = False
    values: Sequence[object] = ()
    is_multiple: bool = False

    @property
    def name(self) -> str:
        """Return the name in ``data``."""
        return self.read.name

    def note(self) -> FieldNote:
        """Return it as it is documented."""
        about = self.read.about
        if self.read.aliases:
            about += f" Also `{'`, `'.join(self.read.aliases)}`."
        return FieldNote(self.name, self.read.type, about, self.is_required)

    def described(self) -> dict[str, object]:
        """Return it as ``product_listfields`` answers it."""
        return {
            "name": self.name,
            "title": self.title,
            "type": self.read.type,
            "required": self.is_required,
            "values": list(self.values),
            "multiple": self.is_multiple,
            "group": self.group,
        }


def _for_sale(path: str, raw: object) -> bool:
    return not numbers.truth(path, raw)


def _additional(path: str, raw: object) -> dict[str, AttributeValue]:
    # PHP writes an array without entries as a list.
    if raw == []:
        return {}
    if not isinstance(raw, dict):
        raise InvalidValueError(path, "must be an object of further fields by name")
    return {_further_name(path, name): _further(f"{path}.{name}", value) for name, value in raw.items()}


def _further_name(path: str, name: str) -> str:
    if not name.strip() or len(name) > MAX_NAME_LENGTH:
        raise InvalidValueError(path, f"must have names of 1 to {MAX_NAME_LENGTH} characters")
    return name


def _further(path: str, raw: object) -> AttributeValue:
    """Return the value of a further field; None where it is empty."""
    if isinstance(raw, list):
        return [_scalar(path, one) for one in raw if not is_empty(one)] or None
    return None if is_empty(raw) else _scalar(path, raw)


def _scalar(path: str, raw: object) -> Scalar:
    if isinstance(raw, str):
        return raw.strip()
    if isinstance(raw, int | float):
        return raw
    raise InvalidValueError(path, "must be text, a number, true or false, or a list of them")


def _field(name: str, target: str, read: Read, kind: str, about: str, **more: object) -> RecordField:
    return RecordField(name, target, read, kind, about, **more)  # type: ignore[arg-type]


PRODUCT_FIELDS: tuple[ProductField, ...] = (
    ProductField(
        _field("sku", "sku", identifier, "text", "Your code of the product, unique.", aliases=("catalog_code",)),
        "Catalog code",
        is_required=True,
    ),
    ProductField(_field("title", "name", long_text, "text", "What it is called.", empty=""), "Title", is_required=True),
    ProductField(_field("type", "type", crumb, "text", "ring, necklace...", empty=""), "Type", is_required=True),
    ProductField(_field("description", "description", long_text, "text", "Long text.", empty=""), "Description"),
    ProductField(
        _field("price", "price", as_given, "number", "Regular price; `1,234.50 EUR` names its currency. 0: none."),
        "Price",
        "price",
    ),
    ProductField(
        _field(
            *("promotion_price", "promotion", as_given, "number", "What it costs now, where that is less."),
            aliases=("sale_price",),
        ),
        "Promotion price",
        "price",
    ),
    ProductField(
        _field("currency", "currency", currency, "text", "ISO 4217; the account's where none is given."),
        "Currency",
        "price",
    ),
    ProductField(
        _field("quantity", "quantity", numbers.whole, "integer", "Pieces in stock.", empty=0), "Quantity", "stock"
    ),
    ProductField(
        _field(*("quantity_alert", "quantity_alert", numbers.whole, "integer"), "Stock at which you want to be told."),
        "Quantity alert",
        "stock",
    ),
    ProductField(
        _field(
            *("unrepeatable", "unrepeatable", numbers.truth, "boolean", "There is only one: a sale ends its listings."),
            empty=False,
        ),
        "Unrepeatable",
        "stock",
    ),
    ProductField(
        _field("auto_refill", "auto_refill", numbers.truth, "boolean", "Its listings follow its stock.", empty=False),
        "Auto refill",
        "stock",
    ),
    ProductField(_field("location", "location", long_text, "text", "Where it lies.", empty=""), "Location", "stock"),
    ProductField(
        _field(
            *("product_type", "product_type", choice_of(PRODUCT_TYPES), "integer"),
            "0 jewelry, 1 component, 2 loose, 3 set; as number or name.",
            empty=ProductType.JEWELRY,
        ),
        "Product type",
        values=[{"value": one.value, "title": one.name.lower()} for one in ProductType],
    ),
    ProductField(
        _field("model", "group_id", identifier, "text", "Products of one model are one group.", empty=""), "Model"
    ),
    ProductField(
        _field("collection", "collection", crumb, "text", "The first crumb of its category.", empty=""), "Collection"
    ),
    ProductField(
        _field(
            "category",
            "category",
            long_texts,
            "list of texts",
            "Breadcrumbs `A>B>C`; type and collection stand in the first one.",
            empty=(),
        ),
        "Category",
        is_multiple=True,
    ),
    ProductField(
        _field("tags", "search_keywords", words, "list of texts", "Words to find it by; commas part a text.", empty=()),
        "Tags",
        is_multiple=True,
    ),
    ProductField(
        _field("not_for_sale", "active", _for_sale, "boolean", "Whether shoppers do not see it.", empty=True),
        "Not for sale",
    ),
    ProductField(
        _field("is_main", "is_main", numbers.truth, "boolean", "Whether its model shows it first.", empty=False),
        "Main product",
    ),
    ProductField(_field("brand", "brand", long_text, "text", "Brand."), "Brand"),
    ProductField(_field("color", "color", long_text, "text", "Color of the piece."), "Color"),
    ProductField(
        _field(*("size", "size", long_text, "text"), "Ring size, length... Rings' in one spelling: `6 1/2` is `6.5`."),
        "Size",
    ),
    ProductField(
        _field("images", "images", long_texts, "list of texts", "URLs; the first is the main one.", empty=()),
        "Images",
        "media",
        is_multiple=True,
    ),
    ProductField(
        _field("videos", "videos", long_texts, "list of texts", "URLs.", empty=()), "Videos", "media", is_multiple=True
    ),
    ProductField(
        _field(
            "metals",
            "metals",
            as_given,
            "list of objects",
            "`{name, purity, weight, color}`; weight in grams.",
            empty=(),
        ),
        "Metals",
        "metals",
        is_multiple=True,
    ),
    ProductField(
        _field(
            *("gemstones", "gemstones", as_given, "list of objects"),
            "`{code, name, type, shape, color, clarity, cut, carat, quantity, certificate_number, certificate_lab, "
            "setting}`; an unknown code becomes a gemstone.",
            empty=(),
        ),
        "Gemstones",
        "gemstones",
        is_multiple=True,
    ),
    ProductField(
        _field(
            *("variations", "variations", as_given, "list of objects"),
            "`{sku, field, value, price, quantity}`: products of the same model that differ in one field.",
            empty=(),
        ),
        "Variations",
        "variations",
        is_multiple=True,
    ),
    ProductField(
        _field(
            "additional",
            "attributes",
            _additional,
            "object",
            "Further fields by name; an empty value takes one away.",
            empty={},
        ),
        "Additional fields",
        "additional",
    ),
)
"""In the order in which forms and the documentation show them."""
TRADE_FIELDS = ("product_type", "unrepeatable", "quantity_alert", "auto_refill", "location", "videos")
"""Those that the back office keeps, see ``domain.trade``."""

ID_FIELD = _field("product_id", "id", id_number, "integer", "Ours, given once.", aliases=("id",))
SALE = RecordTable(
    (
        ID_FIELD,
        PRODUCT_FIELDS[0].read,
        _field("quantity", "quantity", numbers.whole, "integer", "How many pieces are sold, at least 1."),
        _field(
            *("sold_action", "action", choice_of({one.value: one for one in SoldAction}), "text"),
            "What becomes of its listings: `no_action` (default), `revise` or `remove`.",
            empty=SoldAction.NO_ACTION,
        ),
        _field(
            *("order_ref", "order_ref", numbers.text, "text"),
            "Your reference of the sale: the same sale with it a second time changes nothing.",
            empty="",
        ),
    )
)
"""A sale, as ``product_sold`` reads it."""

# What an answer has beyond what can be said is passed over, so that a record may be sent back as it came.
_ANSWERED = ("parent_sku", "variation")
NEW_PRODUCT = RecordTable([field.read for field in PRODUCT_FIELDS], (*_ANSWERED, "id", "product_id"))
"""What ``product_import`` reads; ids are given by the server."""
CHANGED_PRODUCT = RecordTable([ID_FIELD, *(field.read for field in PRODUCT_FIELDS)], _ANSWERED)
"""What ``product_update`` reads."""
VARIATION = RecordTable(
    (
        _field("sku", "sku", identifier, "text", "Its own code.", aliases=("catalog_code",)),
        _field("field", "field", numbers.text, "text", "`size`, `color`, or any further field."),
        _field("value", "value", numbers.text, "text", "Its value there."),
        _field("price", "price", as_given, "number", "The parent's where none is given."),
        _field("quantity", "quantity", numbers.whole, "integer", "Pieces in stock.", empty=0),
    ),
    ("id", "product_id"),
)
"""A variation of a product."""
