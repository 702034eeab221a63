"""A product as the documentation shows it: what is sent, and what is answered."""

from __future__ import annotations

SAMPLE: dict[str, object] = {
    "catalog_code": "R-1001",
    "title": "Diamond Solitaire Ring",
    "type": "ring",
    "collection": "Bridal",
    "price": "1450.00",
    "quantity": 3,
    "tags": ["ring", "diamond"],
    "images": ["https://example.com/r-1001.jpg"],
    "metals": [{"name": "gold", "purity": "18kt", "weight": 3.2, "color": "white"}],
    "gemstones": [
        {"code": "D-77", "type": 2, "shape": "RB", "color": "G", "clarity": "VS1", "cut": "Ideal", "carat": "1/2 ct"}
    ],
    "additional": {"style": "solitaire"},
}

SAMPLE_RECORD: dict[str, object] = {
    "id": 1,
    "product_id": 1,
    "sku": "R-1001",
    "catalog_code": "R-1001",
    "title": "Diamond Solitaire Ring",
    "description": "",
    "price": 1450,
    "promotion_price": None,
    "currency": "USD",
    "quantity": 3,
    "quantity_alert": None,
    "unrepeatable": False,
    "auto_refill": False,
    "location": "",
    "product_type": 0,
    "type": "ring",
    "model": "R-1001",
    "collection": "Bridal",
    "category": ["Bridal>ring"],
    "tags": ["ring", "diamond"],
    "not_for_sale": False,
    "is_main": False,
    "brand": None,
    "color": None,
    "size": None,
    "images": ["https://example.com/r-1001.jpg"],
    "videos": [],
    "metals": [{"name": "gold", "purity": 750, "weight": 3.2, "color": "white"}],
    "gemstones": [
        {
            "code": "D-77",
            "type": "diamond",
            "shape": "round",
            "color": "G",
            "clarity": "VS1",
            "cut": "I",
            "carat": 0.5,
        }
    ],
    "additional": {"style": "solitaire"},
    "parent_sku": None,
    "variation": None,
}
