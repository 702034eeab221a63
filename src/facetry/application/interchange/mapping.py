"""The mapping file: how the columns of any CSV become the fields of products."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from facetry.application.interchange.values import FIELD_NAMES, JSON_FIELDS
from facetry.domain.errors import InterchangeError

Constant = str | int | float | bool | list[str]
Condition = str | list[str] | dict[Literal["starts_with", "pattern"], str]


class FieldRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the value of one field comes from, and what is done to it, in this order.

    Attributes:
        column: The column to read.
        template: A text with ``{COLUMN}`` in it, read instead of one column; empty where a column it names is.
        value: A constant, instead of a column, or where the column is empty.
        separator: What stands between the elements of a list; each of them goes on by itself.
        pattern: A regular expression to search for; its first group, or else its whole match, goes on.
        values: What some texts are replaced by; every other one stays.
        html: Whether the text is HTML.
        path: What stands between the levels of a category; becomes ``>``.
        prefix: Put before each text that is not empty, as the address before a picture's path.
        kind: What an attribute is; fields of products know it by themselves.
    """

    column: str | None = None
    template: str | None = None
    value: Constant | None = None
    separator: str | None = None
    pattern: str | None = None
    values: dict[str, str] = {}
    html: bool = False
    path: str | None = None
    prefix: str = ""
    kind: Literal["text", "number", "flag"] = "text"


class FileRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the file is written.

    Attributes:
        delimiter: What stands between cells; found in the header where it is left out.
        encoding: Such as ``cp1252``; UTF-8 where it is left out.
        decimal: What stands before the decimals of a price.
        thousands: What stands between the thousands of a price, if anything.
        zero_is_no_price: Whether a price of 0 means that there is none.
        negative_is_no_stock: Whether a quantity below 0 means 0.
    """

    delimiter: Annotated[str, msgspec.Meta(pattern=r'^[^"\r\n]$')] | None = None
    encoding: str | None = None
    decimal: Literal[".", ","] = "."
    thousands: str = ""
    zero_is_no_price: bool = False
    negative_is_no_stock: bool = False


class Mapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mapping file.

    Attributes:
        file: How the file is written.
        product: A column's name or a rule for each field.
        attributes: A column's name or a rule for each free attribute, under the name it shall have.
        where: What a column must hold for a row to be read: a text, one of several, a beginning or a pattern.
    """

    product: dict[str, str | FieldRule]
    file: FileRule = FileRule()
    attributes: dict[str, str | FieldRule] = {}
    where: dict[str, Condition] = {}


def load_mapping(path: Path) -> Mapping:
    """Return the mapping in a TOML file.

    Raises:
        InterchangeError: It cannot be read, or something in it is not known or does not fit.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InterchangeError(f"the mapping {path} cannot be read: {error}") from error
    return parse_mapping(text)


def parse_mapping(text: str) -> Mapping:
    """Return the mapping in a TOML text.

    Raises:
        InterchangeError: It is no TOML, or something in it is not known or does not fit.
    """
    try:
        mapping = msgspec.toml.decode(text, type=Mapping)
    except msgspec.DecodeError as error:
        raise InterchangeError(f"the mapping is not right: {error}") from error
    for name in ("sku", "name"):
        if name not in mapping.product:
            raise InterchangeError(f"the mapping has no [product] {name}")
    if unknown := mapping.product.keys() - (set(FIELD_NAMES) - JSON_FIELDS):
        raise InterchangeError(f"the mapping has no such [product] field: {', '.join(sorted(unknown))}")
    return mapping


def rules(table: dict[str, str | FieldRule]) -> dict[str, FieldRule]:
    """Return the rules of a table of the mapping; a bare text names a column.

    Raises:
        InterchangeError: A rule reads nothing, or twice, or its pattern is none.
    """
    found = {key: FieldRule(column=rule) if isinstance(rule, str) else rule for key, rule in table.items()}
    for key, rule in found.items():
        sources = (rule.column is not None) + (rule.template is not None)
        if sources > 1 or not (sources or rule.value is not None):
            raise InterchangeError(f"the mapping of {key} must name a column, a template or a value")
        if rule.pattern is not None:
            compiled(rule.pattern)
    return found


def compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern of the mapping, compiled.

    Raises:
        InterchangeError: It is none.
    """
    try:
        return re.compile(pattern)
    except re.error as error:
        raise InterchangeError(f"the mapping has a pattern that is none: {pattern} ({error})") from error
