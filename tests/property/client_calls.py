"""Generated calls of the Client API: good, nearly good and hostile ones, written in every way that a call can be."""

from __future__ import annotations

import json
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from hypothesis import strategies as st

from tests.support import data_folder

FORM = "application/x-www-form-urlencoded"
OWN = "§"
"""Stands in texts for the mark of the tenant that calls, which no other tenant may ever be told."""


class Call(NamedTuple):
    """One call, before it is known whose it is.

    Attributes:
        key: Which key is sent: one of ``KEYS``.
        name: The action as it is named; None for none.
        data: A value, None for none.
        actions: Likewise.
        way: How it is sent: one of ``WAYS``.
    """

    key: str
    name: str | None
    data: Any
    actions: Any
    way: str


KEYS = (*["main"] * 40, "read", "disabled", "search", "none")
GOOD_WAYS = ("form", "json", "json text", "multipart", "query", "raw query", "mixed", "bearer")
WAYS = (*GOOD_WAYS * 3, "cut", "as text")


def naughty():
    """Return texts that have broken programs before; a few where the collection is not here."""
    file = data_folder() / "naughty-strings" / "blns.json"
    if file.exists():
        return json.loads(file.read_text("utf-8"))
    return ["undefined", "__proto__", "\x00", "\u202etest\u202e", "' OR 1=1 -- 1", "../../etc/passwd", "%n%s", "👩🏽"]


def deep(levels):
    """Return lists in lists."""
    found: object = 1
    for _ in range(levels):
        found = [found]
    return found


SKUS = st.sampled_from(["R1", "R2", "R3", "R4", "r1", "R 5", "Ring/6"])
CODES = st.sampled_from(["D1", "D2", "D3"])
IDS = st.integers(1, 9)
FEW = st.integers(0, 5)
TEXTS = st.sampled_from([f"Ring {OWN}", f"{OWN}", f"gold {OWN} ring", f"Größe {OWN} 💍", "", f"<b>{OWN}</b>"])
PRICES = st.sampled_from([100, "100", 99.99, "1,234.50", "1,234.50 EUR", "$12", 0, "", None])
TRUTHS = st.sampled_from([True, False, 0, 1, "yes", "no", "true", "0", ""])
URLS = st.lists(st.sampled_from([f"https://a.example/{OWN}.jpg", "https://a.example/1.jpg", "x"]), max_size=2)
TIMES = st.sampled_from(["2024-05-01", "2020-09-13T12:26:40Z", 1_600_000_000, "1600000000", "", None])
HOSTILE = st.one_of(
    st.sampled_from([*naughty(), "\ud800", "A" * 5_000, f"{OWN}\x00", "{", "[1", "1e400", "١٢", " "]),
    st.sampled_from([2**53, -(2**53), 2**63, 2**64, 10**400, -1, -1e308, 1e-300, 0.1, 10**17]),
    st.sampled_from([deep(20), deep(63), deep(70), {"a": deep(60)}, [], {}, [[]], [{}], {"": {}}, [None], None, True]),
    st.text(max_size=8),
)
METALS = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from(["gold", "18K White Gold", "Pt950", "silver"])},
        optional={"purity": st.sampled_from(["18kt", 750, "925", "x"]), "weight": st.sampled_from([3.2, "3.2 g"])},
    ),
    max_size=2,
)
STONES = st.lists(
    st.fixed_dictionaries(
        {"code": CODES},
        optional={
            "name": st.just(f"Stone {OWN}"),
            "type": st.sampled_from(["2", 2, "diamond", "ruby"]),
            "shape": st.sampled_from(["RB", "round", "pear"]),
            "color": st.sampled_from(["G", "d", "H"]),
            "clarity": st.sampled_from(["VS1", "if"]),
            "carat": st.sampled_from(["0.5", ".50", "1/2 ct", 1]),
            "quantity": st.sampled_from([1, "2"]),
        },
    ),
    max_size=2,
)
VARIATIONS = st.lists(
    st.fixed_dictionaries(
        {"sku": st.sampled_from(["V1", "V2", "R2"]), "field": st.sampled_from(["size", "color", f"engraving {OWN}"])},
        optional={"value": st.sampled_from(["7", f"red {OWN}"]), "price": PRICES, "quantity": FEW},
    ),
    max_size=2,
)
PRODUCT = {
    "description": TEXTS,
    "price": PRICES,
    "quantity": FEW,
    "type": st.sampled_from(["ring", f"type {OWN}", ""]),
    "model": st.sampled_from(["M1", "M2", "", f"M {OWN}"]),
    "collection": st.sampled_from(["Spring", f"{OWN}", ""]),
    "tags": TEXTS,
    "not_for_sale": TRUTHS,
    "unrepeatable": TRUTHS,
    "auto_refill": TRUTHS,
    "quantity_alert": FEW,
    "location": TEXTS,
    "product_type": st.sampled_from([0, "2", "set"]),
    "images": URLS,
    "videos": URLS,
    "metals": METALS,
    "gemstones": STONES,
    "variations": VARIATIONS,
    "additional": st.fixed_dictionaries({}, optional={f"note {OWN}": TEXTS, "finish": TEXTS, "karat": FEW}),
}
PAGE = {"limit": st.sampled_from([1, "2", 100]), "offset": FEW}
KEY = st.one_of(st.fixed_dictionaries({"sku": SKUS}), st.fixed_dictionaries({"product_id": IDS}))
CODE = st.one_of(st.fixed_dictionaries({"code": CODES}), st.fixed_dictionaries({"gemstone_id": IDS}))
GEMSTONE = {
    "quantity": FEW,
    "shape": st.sampled_from(["RB", "oval"]),
    "color": st.sampled_from(["D", "G", ""]),
    "clarity": st.sampled_from(["VS2", "fl", ""]),
    "carat": st.sampled_from([0.5, ".5 ct"]),
    "price": PRICES,
    "cost": PRICES,
    "origin": TEXTS,
    "certificate_number": st.sampled_from(["1234", f"{OWN}"]),
    "certificate_lab": st.sampled_from(["GIA", "igi"]),
}
LINES = st.lists(
    st.fixed_dictionaries(
        {"sku": SKUS, "amount": st.sampled_from([1, "2"])},
        optional={"price": PRICES, "comment": TEXTS, "stock_action": st.sampled_from(["revise", "remove", ""])},
    ),
    min_size=1,
    max_size=2,
)
CLIENT = st.fixed_dictionaries(
    {"name": st.just(f"Ada {OWN}")},
    optional={"email": st.sampled_from(["ada@a.example", f"{OWN}@a.example"]), "comments": TEXTS},
)
ORDER = {
    "order_unique": st.sampled_from(["1", "2", "3", f"{OWN}"]),
    "channel": st.sampled_from([1000, "Etsy", "5100"]),
    "status": st.sampled_from([1, "paid", "canceled", 7, "shipped", "9"]),
    "shipping_name": st.just(f"Ada {OWN}"),
    "shipping_country": st.sampled_from(["GB", "us"]),
    "shipping_price": PRICES,
    "comments": TEXTS,
    "products": LINES,
    "client": CLIENT,
}
LISTING = {
    "account_id": st.sampled_from(["", f"shop {OWN}"]),
    "external_id": st.sampled_from(["", "e1", f"{OWN}"]),
    "status": st.sampled_from(["active", "scheduled", "ended"]),
    "price": PRICES,
    "quantity": FEW,
    "url": st.just(f"https://a.example/{OWN}"),
}


def with_key(key, optional, required=None):
    """Return records that name a thing and say some more."""
    more = st.fixed_dictionaries(required or {}, optional=optional)
    return st.builds(lambda one, other: {**one, **other}, key, more)


def filters(**optional):
    return st.fixed_dictionaries({}, optional={**optional, **PAGE})


IDS_IN_A_TEXT = st.sampled_from(["1,2,3", " 4 , 5 ", "1,1"])
SHIPMENT = {"carrier": st.just("DHL"), "ship_date": TIMES}
PARCELS = st.lists(
    st.fixed_dictionaries({"order_product_id": st.integers(1, 3), "tracking_number": st.just(f"T {OWN}")}), max_size=2
)
GOOD: dict[str, st.SearchStrategy[Any]] = {
    "product_import": with_key(
        st.fixed_dictionaries({"sku": SKUS, "title": st.just(f"Ring {OWN}"), "type": st.just("ring")}), PRODUCT
    ),
    "product_update": with_key(KEY, PRODUCT | {"title": TEXTS}),
    "product_search": filters(
        product_id=IDS,
        sku=SKUS,
        title=TEXTS,
        model=st.sampled_from(["M1", ["M1", "M2"]]),
        metal=st.sampled_from(["gold", "750 gold"]),
        gemstone_code=CODES,
        price_from=PRICES,
        quantity_to=FEW,
        updated_from=TIMES,
        q=st.sampled_from(["ring", f"{OWN}", "gold ring under 500"]),
        fields=st.sampled_from(["*", ["title", "gemstones", "variations"]]),
    ),
    "product_sold": with_key(
        KEY,
        {"sold_action": st.sampled_from(["no_action", "revise", "remove"]), "order_ref": st.sampled_from(["a", "b"])},
        {"quantity": st.sampled_from([1, "1", 2, 6])},
    ),
    "product_delete": KEY | IDS | IDS_IN_A_TEXT,
    "product_update_listings": with_key(
        st.fixed_dictionaries({"product_id": st.lists(IDS, max_size=3)}),
        {"fields": st.sampled_from(["price", ["price", "quantity"]]), "channels": st.just([1000])},
    ),
    "listing_import": with_key(KEY, LISTING, {"channel": st.sampled_from([1000, 3000, "Etsy"])}),
    "listing_search": filters(listing_id=IDS, product_id=IDS, channel=st.just(3000), status=st.just("active")),
    "listing_delete": IDS | IDS_IN_A_TEXT,
    "batch_status": st.fixed_dictionaries({"batch_id": IDS}),
    "gemstone_import": st.fixed_dictionaries(
        {"code": CODES, "name": st.just(f"Stone {OWN}"), "type": st.sampled_from([2, "ruby"])}, optional=GEMSTONE
    ),
    "gemstone_update": with_key(CODE, GEMSTONE),
    "gemstone_search": filters(
        gemstone_id=IDS, code=CODES, type=st.just("2"), clarity_from=st.just("VS2"), carat_from=st.just("0.3")
    ),
    "gemstone_delete": CODE | IDS | IDS_IN_A_TEXT,
    "orders_export": filters(order_id=IDS, status=st.sampled_from(["paid", 4]), channel=st.just(3000), date_from=TIMES),
    "clients_export": filters(client_id=IDS, type=st.just("regular"), updated_from=TIMES),
    "order_import": with_key(st.fixed_dictionaries({"products": LINES}), ORDER),
    "order_update": with_key(st.fixed_dictionaries({"order_id": IDS}), ORDER),
    "order_set_tracking_number": st.fixed_dictionaries(
        {"order_id": IDS, "tracking_number": st.just(f"T {OWN}")}, optional=SHIPMENT
    ),
    "order_set_separate_tracking_numbers": st.fixed_dictionaries({"order_id": IDS, "products": PARCELS}),
}
"""Data that each action takes; of small choice, so that calls meet what others have left."""
SAME = "the action's own"
NAMES = [*[SAME] * 40, "PRODUCT_SEARCH", "no_such_action", None, f"{OWN}\x00"]
ARRAY_ACTIONS = st.dictionaries(
    st.sampled_from(["metals", "gemstones", "images", "products"]),
    st.sampled_from(["replace", "append", "update", "remove", "Update"]),
    max_size=2,
)


@st.composite
def bent(draw, records):
    """Return a record with something wrong in it."""
    record = draw(records)
    if not isinstance(record, dict) or not record:
        return draw(HOSTILE)
    name = draw(st.sampled_from([*record, "no_such_field", "Sku", ""]))
    if draw(st.booleans()):
        return {**record, name: draw(HOSTILE)}
    return {key: value for key, value in record.items() if key != name}


def data_of(action):
    """Return what may be sent as the data of an action."""
    good = GOOD.get(action.name, st.none())
    notes = [note.name for note in action.fields] or ["sku"]
    wild = st.dictionaries(st.sampled_from(notes), HOSTILE, max_size=4)
    one = st.one_of(good, good, good, good, bent(good), bent(good), wild, st.just(action.sample))
    return st.one_of(one, one, one, one, st.lists(one, max_size=3), st.none() | HOSTILE)


class CallsOf:
    """Calls of some actions."""

    def __init__(self, actions):
        self._actions = [(action, data_of(action), [*NAMES[:40], *action.aliases, *NAMES[40:]]) for action in actions]

    def __repr__(self):
        return "CallsOf(...)"

    def drawn(self, draw):
        action, data, names = draw(st.sampled_from(self._actions))
        name = draw(st.sampled_from(names))
        wants_actions = draw(st.integers(0, 5)) == 0
        return Call(
            key=draw(st.sampled_from(KEYS)),
            name=action.name if name is SAME else name,
            data=draw(data),
            actions=draw(ARRAY_ACTIONS | HOSTILE) if wants_actions else None,
            way=draw(st.sampled_from(WAYS)),
        )


@st.composite
def calls(draw, calls_of):
    """Return calls."""
    return calls_of.drawn(draw)


def requests_of(call, key, mark):
    """Return the HTTP request that a call of a tenant is, as arguments of ``Server.call``."""
    fields = {"auth": key, "action": call.name, "data": call.data, "actions": call.actions}
    kept = {name: value for name, value in fields.items() if value is not None}
    own = json.loads(json.dumps(kept).replace(json.dumps(OWN)[1:-1], mark))
    return _WRITERS[call.way](own)


def _texts(fields):
    """Return parameters as a form has them."""
    return {name: v if name in {"auth", "action"} else json.dumps(v) for name, v in fields.items()}


def _form(fields, target="/client/V1/"):
    body = urlencode(_texts(fields), errors="surrogatepass").encode()
    return {"method": "POST", "target": target, "headers": {"content-type": FORM}, "body": body}


def _json(fields):
    body = json.dumps(fields).encode()
    return {"method": "POST", "target": "/client/V1", "headers": {"content-type": "application/json"}, "body": body}


def _multipart(fields):
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
        for name, text in _texts(fields).items()
    ]
    body = "".join([*parts, "--b--\r\n"]).encode("utf-8", "surrogatepass")
    headers = {"content-type": "multipart/form-data; boundary=b"}
    return {"method": "POST", "target": "/client/V1/", "headers": headers, "body": body}


def _query(fields, safe=""):
    query = urlencode(_texts(fields), errors="surrogatepass", quote_via=quote, safe=safe)
    return {"method": "GET", "target": f"/client/V1/?{query}"}


def _mixed(fields):
    head = {name: v for name, v in fields.items() if name in {"auth", "action"}}
    body = {name: v for name, v in fields.items() if name not in head}
    return _form(body, _query({**head, "data": "of the query"})["target"])


def _bearer(fields):
    request = _form({name: v for name, v in fields.items() if name != "auth"})
    request["headers"]["authorization"] = f"Bearer {fields.get('auth', '')}"
    return request


def _cut(fields):
    """Return a form whose JSON ends early."""
    head = {name: fields[name] for name in ("auth", "action") if name in fields}
    request = _form({**head, "data": fields.get("data", {})})
    return {**request, "body": request["body"][:-1]}


_WRITERS = {
    "form": _form,
    "json": _json,
    "json text": lambda fields: _json(_texts(fields)),
    "multipart": _multipart,
    "query": _query,
    "raw query": lambda fields: _query(fields, safe="{}[]:,"),
    "mixed": _mixed,
    "bearer": _bearer,
    "cut": _cut,
    "as text": lambda fields: {**_json(fields), "headers": {"content-type": "text/plain"}},
}
