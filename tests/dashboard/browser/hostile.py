"""A catalog whose every text tries to become markup, a script, or to stand in another direction."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import quote

Call = Callable[[str, str, Any], tuple[int, Any]]
Step = str | int

# What no page may ever do: a window fails its test on anything in the console.
HURT: Final = "window.hurt = (where) => console.error(`a script of the data ran: ${where}`);"
MARK: Final = "Ring"
"""A word of every hostile text, by which it is found."""
_PRODUCT: Final = {
    "sku": "HOSTILE-1",
    "group_id": "HOSTILE",
    "name": "Name",
    "description": "Text",
    "regular_price": 990,
    "promotion_price": 890,
    "currency": "USD",
    "quantity": 3,
    "active": True,
    "is_main": True,
    "brand": "Brand",
    "color": "Color",
    "size": "6",
    "category": ["Jewelry", "Rings"],
    "search_keywords": ["keyword"],
    "images": ["https://pictures.example/a.jpg"],
    "attributes": {"finish": "Polished", '<b onclick="hurt()">\'&': "A"},
    "metals": [{"name": "Gold", "color": "Yellow", "purity": "585"}],
    "gemstones": [{"type": "Diamond", "shape": "Round", "color": "D"}],
    "product_type": "jewelry",
    "location": "Safe",
    "videos": ["https://pictures.example/a.mp4"],
}
_GEMSTONE: Final = {
    "code": "HOSTILE-G",
    "name": "Name",
    "type": "diamond",
    "creation": "Natural",
    "shape": "Round",
    "color": "D",
    "clarity": "VS1",
    "cut": "Good",
    "polish": "Good",
    "symmetry": "Good",
    "fluorescence": "None",
    "treatment": "None",
    "quantity": 1,
    "images": ["https://pictures.example/g.jpg"],
    "certificate": {"lab": "GIA", "number": "1"},
    "details": {"culet": "None"},
}
_CLIENT: Final = {
    "reference": "C-1",
    "type": "regular",
    "name": "Name",
    "username": "user",
    "company": "Company",
    "email": "a@b.example",
    "phone": "1",
    "country": "Country",
    "country_code": "GB",
    "address": "Street",
    "comments": "Text",
    "tags": ["vip"],
}
_ORDER: Final = {
    "reference": "O-1",
    "channel": 3000,
    "account_id": "account",
    "store_name": "Store",
    "currency": "USD",
    "shipping_type": "courier",
    "tracking_number": "T",
    "carrier": "Carrier",
    "comments": "Text",
    "address": {
        "first_name": "A",
        "last_name": "B",
        "email": "a@b.example",
        "phone": "1",
        "line_one": "1",
        "line_two": "2",
        "city": "City",
        "state": "State",
        "country": "GB",
        "zip": "Z",
    },
    "lines": [{"sku": "PLAIN-1", "title": "Title", "amount": 1, "comment": "Text", "carrier": "Carrier"}],
    "client": {"reference": "C-2", "name": "Name"},
}
_LISTING: Final = {
    "sku": "PLAIN-1",
    "channel": 3000,
    "account_id": "account",
    "external_id": "X",
    "url": "https://a.example/",
    "title": "Title",
    "description": "Text",
    "images": ["https://pictures.example/l.jpg"],
}
_PLAIN: Final = _PRODUCT | {"sku": "PLAIN-1", "group_id": "HOSTILE", "is_main": False, "attributes": {"finish": "Matt"}}
DOCUMENTS: Final = (
    ("/v2/clients", _CLIENT),
    ("/v2/gemstones", _GEMSTONE),
    ("/v2/orders", _ORDER),
    ("/v2/listings", _LISTING),
)


def text(number: int) -> str:
    """Return a text that hurts whoever shows it as anything but a text, and says which one it was."""
    return (
        f'{MARK} {number}</title><script>hurt({number})</script><img src="x" onerror="hurt({number})">"\'>'
        f"<svg/onload=hurt({number})>{{{{7*7}}}}&lt;&amp; \u202eabc\u202c \u05d0"
    )


def short(number: int) -> str:
    """Return one that fits where little does, and into a path."""
    return f"{number}/<i onclick='hurt({number})'>\"&?#%2F"


def shown(number: int) -> str:
    """Return the part of a text that must be readable where it is shown."""
    return f"{MARK} {number}</title><script>hurt({number})</script>"


def fill(call: Call) -> dict[str, int]:
    """Put a hostile text wherever one is taken, in one of each thing; return in how many places, by path."""
    assert call("PUT", "/v2/products/PLAIN-1", _PLAIN)[0] == 201
    counts = {
        "/v2/products": put(lambda wish: call("PUT", f"/v2/products/{quote(wish['sku'], safe='')}", wish), _PRODUCT)
    }
    for path, document in DOCUMENTS:
        counts[path] = put(lambda wish, path=path: call("POST", path, wish), document)
    return counts


def put(send: Callable[[Any], tuple[int, Any]], document: Any) -> int:
    """Send a document with hostile texts; where one is refused stands a shorter one, or what was there before.

    Returns:
        In how many places a hostile text is.
    """
    wish = copy.deepcopy(document)
    places = list(texts_in(document))
    left = {place: [short(number), look_up(document, place)] for number, place in enumerate(places)}
    for number, place in enumerate(places):
        replace(wish, place, text(number))
    while True:
        status, answer = send(wish)
        if status in {200, 201}:
            return sum(1 for ways in left.values() if ways)
        refused = next(place for place in places if left[place] and pointed(answer["pointer"], place))
        replace(wish, refused, left[refused].pop(0))


def pointed(pointer: str, place: tuple[Step, ...]) -> bool:
    """Return whether a JSON pointer is at a place, or at what holds it."""
    path = "/" + "/".join(str(step) for step in place)
    return path == pointer or path.startswith(f"{pointer}/") or re.sub(r"/\d+$", "", path) == pointer


def texts_in(document: Any, path: tuple[Step, ...] = ()) -> Iterator[tuple[Step, ...]]:
    """Yield where the texts of a document are."""
    if isinstance(document, str):
        yield path
    elif isinstance(document, dict | list):
        for step, inner in document.items() if isinstance(document, dict) else enumerate(document):
            yield from texts_in(inner, (*path, step))


def look_up(document: Any, place: tuple[Step, ...]) -> Any:
    """Return what is at a place."""
    for step in place:
        document = document[step]
    return document


def replace(document: Any, place: tuple[Step, ...], value: Any) -> None:
    """Put something else in a place."""
    *way, last = place
    look_up(document, tuple(way))[last] = value
