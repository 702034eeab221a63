"""What the demo catalog consists of before it is written as products."""

from typing import NamedTuple

Value = str | int | float | list[str]


class Variant(NamedTuple):
    """One product of a group; what it does not have is empty."""

    code: str
    pictures: tuple[str, ...]
    color: str
    size: str
    price: int
    """In cents."""
    quantity: int
    active: bool
    keywords: tuple[str, ...]
    attributes: dict[str, Value]


class Group(NamedTuple):
    """A design, or a loose stone, and all the products that it comes as; the first is the main one."""

    id: str
    name: str
    description: str
    category: tuple[str, ...]
    brand: str
    keywords: tuple[str, ...]
    discount: int
    """By how many percent the promotion price lies below the regular one."""
    variants: list[Variant]
