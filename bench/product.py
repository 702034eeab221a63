"""Products as a load generator posts them."""

from __future__ import annotations

import json
import random

KINDS = ["ring", "chain", "bracelet", "pendant", "necklace", "brooch", "stud", "hoop"]
METALS = ["Gold", "Silver", "Platinum", "Rose"]
STONES = ["diamond", "ruby", "sapphire", "emerald", "opal", "pearl", "topaz", "onyx"]


def product(name: str, group: str, *, seed: int = 0, is_main: bool = False) -> dict[str, object]:
    """Return a product of the Catalog API; the same arguments give the same one."""
    draw = random.Random(f"{name}{seed}")
    metal, stone, kind = draw.choice(METALS), draw.choice(STONES), draw.choice(KINDS)
    price = draw.randint(20, 400)
    return {
        "images": [f"https://img.example/{group}.jpg"],
        "searchKeywords": [kind, stone],
        "category": [f"Jewelry>{kind.title()}s"],
        "isMain": is_main,
        "sku": name,
        "name": f"{metal} {stone} {kind} {group}",
        "description": f"A {kind} of {metal.lower()} with {stone}, made by hand.",
        "groupID": group,
        "regularPrice": price,
        "promotionPrice": price * 0.9,
        "quantity": draw.randint(1, 50),
        "active": True,
        "color": metal,
        "brand": f"Brand {draw.randint(0, 60)}",
        "size": str(draw.randint(4, 12)),
    }


def post(token: str, value: dict[str, object]) -> bytes:
    """Return the bytes of a request that stores a product."""
    body = json.dumps(value).encode()
    head = (
        f"POST /catalog/v1/products HTTP/1.1\r\nHost: x\r\nx-access-token: {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def search(token: str, words: str) -> bytes:
    """Return the bytes of a request that searches with facets."""
    query = words.replace(" ", "+")
    return (
        f"GET /search/v1/search?q={query}&facets=true HTTP/1.1\r\nHost: x\r\nx-access-token: {token}\r\n\r\n".encode()
    )
