"""The fields of orders, their lines and clients, as clients of the API write them."""

from __future__ import annotations

from functools import lru_cache

from facetry.api.client.record_fields import RecordField, RecordTable, as_it_is, money
from facetry.domain.channels import Channel, channel_of
from facetry.domain.order_statuses import Statuses
from facetry.domain.record_values import choice, count, country, currency, percent, text, texts
from facetry.domain.selling import SoldAction
from facetry.domain.times import unix_time
from facetry.domain.trade_terms.numbers import truth

ADDRESS = "address."
"""What the targets of parts of the address begin with."""
NAME = "name"
"""The part of the address that is kept as first and last name."""
_SOLD_ACTIONS = tuple(action.value for action in SoldAction)


def _text(name: str, about: str, target: str = "", aliases: tuple[str, ...] = ()) -> RecordField:
    return RecordField(name, target or name, text, "text", about, "", aliases)


def _money(name: str, about: str) -> RecordField:
    return RecordField(name, name, money, "number", about)


def _id(name: str, target: str, about: str) -> RecordField:
    return RecordField(name, target, count, "integer", about, 0)


def _place(name: str, part: str, about: str) -> RecordField:
    """Return the field of a part of the address; names that begin with those of the whole are taken as well."""
    longer = (f"shipping_address_{name}",) if name in {"street", "city", "state", "zip"} else ()
    return _text(f"shipping_{name}", about, ADDRESS + part, longer)


CLIENT_TABLE = RecordTable(
    (
        _id("client_id", "id", "Ours. Without one a client is found by reference, then by e-mail address, or made."),
        _text("reference", "Your own name for the client, unique: the Catalog API's `customerID`."),
        RecordField(
            *("type", "type", choice("regular", "reseller"), "text", "`regular` or `reseller`; default the first."),
            empty="regular",
        ),
        _text("name", "Full name."),
        _text("username", "Name on the channel."),
        _text("company", "Company."),
        _text("email", "E-mail address."),
        _text("phone", "Phone number."),
        _text("country", "Country, by name."),
        RecordField("country_code", "country_code", country, "text", "ISO 3166, two letters.", ""),
        _text("address", "Postal address."),
        _text("comments", "Notes."),
        RecordField("tags", "tags", texts, "list of texts", "Words; one text is parted at its commas.", ()),
        RecordField("discount", "discount", percent, "number", "In percent."),
    ),
    # No password is ever kept, though an export from elsewhere may bring one along.
    passed_over=("created", "updated", "password"),
)
LINE_TABLE = RecordTable(
    (
        _id("order_product_id", "id", "The line, counted in the order from 1; in `order_update` one that is there."),
        _id("product_id", "product_id", "The product, which must exist."),
        _text("sku", "Its SKU; one that the catalog does not have is kept, and moves no stock.", "", ("catalog_code",)),
        _text("title", "Default the product's. A line with a title alone is no product: postage, an engraving."),
        RecordField("amount", "amount", count, "integer", "Pieces, from 1; default 1.", 1),
        _money("buying_price", "What a piece cost."),
        _money("original_price", "Price of a piece before discounts."),
        _money("price", "Price of a piece."),
        _text("comment", "A note."),
        _id("listing_id", "listing_id", "The listing that it was sold through."),
        RecordField(
            *("stock_action", "stock_action", choice(*_SOLD_ACTIONS), "text"),
            *("What the sale does to listings, as `sold_action` of `product_sold`.", ""),
        ),
        _text("tracking_number", "Of its own parcel."),
        _text("carrier", "Who brings that."),
    )
)
KEY_FIELDS = (
    _id("order_id", "id", "The order."),
    _text("order_unique", "Or the channel's number for it.", "code"),
)
SHIPMENT_TABLE = RecordTable(
    (
        *KEY_FIELDS,
        _text("tracking_number", "Of the parcel."),
        _text("carrier", "Who brings it."),
        RecordField("ship_date", "ship_date", unix_time, "time", "When it left; default now."),
    )
)
PARCELS_TABLE = RecordTable(
    (
        *KEY_FIELDS,
        RecordField(
            "products", "lines", as_it_is, "list", "Of each line `order_product_id`, `tracking_number`, `carrier`."
        ),
    )
)
PARCEL_TABLE = RecordTable(
    [one for one in LINE_TABLE.fields if one.name in {"order_product_id", "tracking_number", "carrier"}]
)


@lru_cache(maxsize=1_000)
def order_table(statuses: Statuses, channels: tuple[Channel, ...]) -> RecordTable:
    """Return the fields of an order; statuses and channels are a tenant's."""

    def channel(path: str, raw: object) -> int:
        return channel_of(path, raw, channels).number

    named = ", ".join(f"{number} {name}" for number, name in statuses.names.items())
    return RecordTable(
        (
            _id("order_id", "id", "Ours: `order_import` gives it, `order_update` names the order by it."),
            _text("order_unique", "The channel's number, unique: the Catalog API's `orderID`.", "reference"),
            RecordField("channel", "channel", channel, "integer or text", "Number or name of the channel.", 0),
            _text("account_id", "Your account there."),
            _text("store_name", "Your shop there."),
            _id("client_id", "client_id", "Who orders; `client` may stand for it."),
            RecordField("currency", "currency", currency, "text", "ISO 4217; default the account's.", ""),
            RecordField("status", "own_status", statuses.read, "integer or text", f"{named}; default 1.", 1),
            RecordField("order_date", "order_date", unix_time, "time", "Default now.", 0.0),
            RecordField("due_date", "due_date", unix_time, "time", "When it is due."),
            _place("name", NAME, "Who gets it."),
            _place("phone", "phone", "Phone number there."),
            _place("email", "email", "E-mail address there."),
            _place("street", "line_one", "Street and number."),
            _place("address", "line_two", "What no other part says: flat, building; or all of the address."),
            _place("city", "city", "Town."),
            _place("state", "state", "State or county."),
            _place("zip", "zip", "Postal code."),
            RecordField(
                *("shipping_country", ADDRESS + "country", country, "text", "ISO 3166, two letters.", ""),
                aliases=("shipping_address_country",),
            ),
            _money("shipping_price", "What sending it costs."),
            _text("shipping_type", "How it is sent."),
            RecordField("discount_rate", "discount_rate", percent, "number", "In percent of the goods."),
            _money("discount_sum", "Counts before the rate."),
            _money("final_price", "Default the sum of goods and shipping without the discount."),
            _text("tracking_number", "Of the parcel."),
            _text("carrier", "Who brings it."),
            RecordField("ship_date", "ship_date", unix_time, "time", "When it left."),
            _text("comments", "Notes."),
            RecordField("is_gift", "is_gift", truth, "boolean", "Whether it is a gift.", empty=False),
            RecordField("archived", "is_archived", truth, "boolean", "Whether it is put away.", empty=False),
            RecordField("products", "lines", as_it_is, "list", "Lines: `product_id` or `sku`, `amount`, `price`..."),
            RecordField("client", "client", as_it_is, "object", "Who orders: the fields that `clients_export` gives."),
        ),
        passed_over=("status_name", "update_date"),
    )
