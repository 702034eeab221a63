"""How the raw values of a record become a product's content: one rule per field, the same for every format."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import msgspec

from facetry.application.interchange.record import OTHER_ENCODING, Problem
from facetry.domain.errors import InvalidValueError
from facetry.domain.money import parse_price, price_from_number
from facetry.domain.product import MAX_PARTS, AttributeValue, Part, ProductContent, completed
from facetry.domain.trade import Trade

MAX_QUANTITY = 2**53 - 1
"""Beyond it a JSON number loses units."""
_INTEGER = re.compile(r"[+-]?[0-9]{1,17}(?:\.0+)?", re.ASCII)
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_FLAGS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_SCALARS = (int, float, bool, type(None))


class Field(NamedTuple):
    """One field of a product: its name in files, its attribute, and the rule that reads a raw value of that name."""

    key: str
    attribute: str
    read: Callable[[str, object], object]


def text(field: str, raw: object) -> str:
    """Return a text; a number is the text it is written as.

    Raises:
        InvalidValueError: It is neither.
    """
    if isinstance(raw, str):
        if not raw.isascii() and _LONE_SURROGATE.search(raw):
            raise InvalidValueError(field, OTHER_ENCODING)
        return raw
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise InvalidValueError(field, "must be text")
    return str(raw)


def texts(field: str, raw: object) -> tuple[str, ...]:
    """Return a list of texts; a single one is a list of one.

    Raises:
        InvalidValueError: An element is no text.
    """
    elements = raw if isinstance(raw, list | tuple) else (raw,)
    return tuple([e if type(e) is str and e.isascii() else text(field, e) for e in elements])


@lru_cache(maxsize=1 << 15)
def amount(plain: str) -> int | None:
    """Return what ``parse_price`` returns; the prices of a catalog are few, and reading one is slow."""
    return parse_price(plain)


def price(field: str, raw: object) -> int:
    """Return a price in ten-thousandths from a decimal text or a number.

    Raises:
        InvalidValueError: It is neither.
    """
    if isinstance(raw, str):
        minor = amount(raw.strip())
    elif isinstance(raw, bool) or not isinstance(raw, int | float):
        minor = None
    else:
        minor = price_from_number(raw)
    if minor is None:
        raise InvalidValueError(field, "must be a decimal number such as 5.99")
    return minor


def quantity(field: str, raw: object) -> int:
    """Return a number of pieces; negative ones are left to the domain to refuse.

    Raises:
        InvalidValueError: It is no whole number, or too large.
    """
    if isinstance(raw, str) and _INTEGER.fullmatch(raw.strip()):
        number = int(raw.strip().partition(".")[0])
    elif isinstance(raw, bool) or not isinstance(raw, int | float) or raw != raw // 1:
        raise InvalidValueError(field, "must be a whole number")
    else:
        number = int(raw)
    if number > MAX_QUANTITY:
        raise InvalidValueError(field, f"must be at most {MAX_QUANTITY}")
    return number


def is_oversold(stock: str) -> bool:
    """Return whether a text is a number of pieces below 0: more were sold than there are."""
    return stock.startswith("-") and stock[1:].isdecimal()


def flag(field: str, raw: object) -> bool:
    """Return a truth: true, false, yes, no, 1, 0.

    Raises:
        InvalidValueError: It is none of them.
    """
    found = raw if isinstance(raw, bool) else _FLAGS.get(str(raw).strip().lower())
    if found is None:
        raise InvalidValueError(field, "must be true or false")
    return found


def attributes(field: str, raw: object) -> dict[str, AttributeValue]:
    """Return free attributes: scalars or lists of scalars by name.

    Raises:
        InvalidValueError: It is no object, or a value is nested deeper.
    """
    if not isinstance(raw, dict):
        raise InvalidValueError(field, "must be a JSON object")
    for name, value in raw.items():
        text(field, name)
        for part in value if isinstance(value, list) else (value,):
            if isinstance(part, str):
                text(field, part)
            elif not isinstance(part, _SCALARS):
                raise InvalidValueError(field, f"{name} must be text, a number, true, false or a list of these")
    return raw


def parts(field: str, raw: object) -> tuple[Part, ...]:
    """Return metals or gemstones: a list of objects, or a single one, of scalars by name.

    Raises:
        InvalidValueError: It is none, has more than ``MAX_PARTS``, or a value is nested.
    """
    listed = raw if isinstance(raw, list | tuple) else (raw,)
    if len(listed) > MAX_PARTS:
        raise InvalidValueError(field, f"must be at most {MAX_PARTS}")
    for part in listed:
        named = attributes(field, part)
        if any(isinstance(value, list) for value in named.values()):
            raise InvalidValueError(field, "must hold texts, numbers, true or false")
    return tuple(listed)


def trade(field: str, raw: object) -> Trade:
    """Return what a back office keeps of a product: an object with the fields of ``Trade``.

    Raises:
        InvalidValueError: It is none, or a value is not what it must be.
    """
    try:
        return msgspec.convert(raw, Trade)
    except msgspec.ValidationError as error:
        raise InvalidValueError(field, str(error)) from error


FIELDS = (
    Field("images", "images", texts),
    Field("searchKeywords", "search_keywords", texts),
    Field("category", "category", texts),
    Field("isMain", "is_main", flag),
    Field("sku", "sku", text),
    Field("name", "name", text),
    Field("description", "description", text),
    Field("groupID", "group_id", text),
    Field("regularPrice", "regular_price", price),
    Field("promotionPrice", "promotion_price", price),
    Field("quantity", "quantity", quantity),
    Field("color", "color", text),
    Field("brand", "brand", text),
    Field("size", "size", text),
    Field("active", "active", flag),
    Field("currency", "currency", text),
    Field("attributes", "attributes", attributes),
    Field("metals", "metals", parts),
    Field("gemstones", "gemstones", parts),
    Field("backOffice", "trade", trade),
)
"""The fields of a product in files: those of the Catalog API in its order, then what it does not speak of."""
JSON_FIELDS = frozenset({"attributes", "metals", "gemstones", "backOffice"})
FIELD_NAMES = tuple(field.key for field in FIELDS)
LIST_FIELDS = frozenset(field.key for field in FIELDS if field.read is texts)
PRICES = ("regularPrice", "promotionPrice")
_BY_NAME = {field.key: field for field in FIELDS}
_REQUIRED = ("sku", "name")


def read_content(values: dict[str, object]) -> ProductContent | tuple[Problem, ...]:
    """Return the content that raw values stand for, complete by the domain's rules, or all that is wrong with them.

    Names that are no field are ignored.
    """
    read: dict[str, object] = {}
    problems: list[Problem] = []
    for key, raw in values.items():
        field = _BY_NAME.get(key)
        if field is None:
            continue
        if field.read is text and type(raw) is str and raw.isascii():
            # Most values there are; the rule of a text would return the same.
            read[field.attribute] = raw
            continue
        try:
            read[field.attribute] = field.read(key, raw)
        except InvalidValueError as error:
            problems.append(Problem(error.field, raw, error.message))
    problems += [Problem(key, None, "is missing") for key in _REQUIRED if key not in values]
    if problems:
        return tuple(problems)
    try:
        return completed(ProductContent(**read))  # type: ignore[arg-type]  # each rule returns its attribute's type
    except InvalidValueError as error:
        return (Problem(error.field, values.get(error.field), error.message),)
