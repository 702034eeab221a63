"""Lines of a bulk, read: plain products quickly, all others as single calls are read."""

from __future__ import annotations

import json

import msgspec

from facetry.api.native.documents import check_names
from facetry.api.native.product_body import product_body
from facetry.api.native.product_reading import ProductReader
from facetry.domain.as_read import AsRead
from facetry.domain.catalog import DeleteProduct, PutProduct, Refused, Write, refusal
from facetry.domain.errors import (
    BadDocumentError,
    FacetryError,
    InvalidValueError,
    LineTooLongError,
    MalformedBodyError,
)
from facetry.domain.hints import near
from facetry.domain.money import MAX_PRICE, SCALE
from facetry.domain.patching import ProductKey
from facetry.domain.product import MAX_QUANTITY, AttributeValue, ProductContent
from facetry.domain.storable import is_unicode
from facetry.domain.tenant import TenantSettings
from facetry.http.bodies import decode_json

_NAMES = {"upsert": ("op", "product"), "patch": ("op", "sku", "changes"), "delete": ("op", "sku")}
"""The members of a line, by what it asks for."""
_NO_PRICE = -1
_END_OF_KEY = b'":'
_PARTED_ENDS = (b" :", b"\t:", b"\r:")
"""Ends of keys that have blanks before their colons."""


class _Plain(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A product with nothing in it that takes more than a look; most are such."""

    sku: str
    name: str
    group_id: str = ""
    description: str = ""
    regular_price: float | None = None
    promotion_price: float | None = None
    images: tuple[str, ...] = ()
    search_keywords: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    quantity: int = 0
    color: str | None = None
    brand: str | None = None
    size: str | None = None
    active: bool = True
    is_main: bool = False
    attributes: dict[str, AttributeValue] | None = None


class _Upsert(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="op", tag="upsert"):
    """A line that asks for one in so many words."""

    product: _Plain


_plain = msgspec.json.Decoder(_Plain).decode
_upsert = msgspec.json.Decoder(_Upsert).decode
_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class BulkReader:
    """Reads the lines of one bulk."""

    def __init__(self, settings: TenantSettings) -> None:
        """Read for a tenant."""
        self._reader = ProductReader(settings)
        # The decoder takes neither halves of characters nor numbers that are not finite.
        self._as_decoded = AsRead(currency=settings.currency, is_storable=True)

    def read(self, line: bytes | None) -> tuple[str, Write | Refused]:
        """Return which SKU a line names, empty where it names none, and what it means or why nothing.

        None stands for a line that is too long.
        """
        quick = None if line is None else self._quickly(line)
        if quick is not None:
            return quick.content.sku, quick
        sku = ""
        try:
            document = _document(line)
            sku = _sku_of(document)
            return sku, self._write(document)
        except FacetryError as error:
            return sku, refusal(error)

    def _quickly(self, line: bytes) -> PutProduct | None:
        """Return what a line with a plain product means, None for all others, wrong ones too."""
        is_wrapped = line.startswith(b'{"op"')
        try:
            product = _upsert(line).product if is_wrapped else _plain(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None
        if not _has_each_once(line, product, is_wrapped=is_wrapped):
            return None
        regular, promotion = _price(product.regular_price), _price(product.promotion_price)
        if _NO_PRICE in {regular, promotion} or not product.sku or not 0 <= product.quantity <= MAX_QUANTITY:
            return None
        attributes = product.attributes
        if attributes and None in attributes.values():
            attributes = {name: value for name, value in attributes.items() if value is not None}
        content = ProductContent(
            sku=product.sku,
            name=product.name,
            group_id=product.group_id,
            description=product.description,
            regular_price=regular,
            promotion_price=promotion,
            images=product.images,
            search_keywords=product.search_keywords,
            category=product.category,
            quantity=product.quantity,
            color=product.color,
            brand=product.brand,
            size=product.size,
            active=product.active,
            is_main=product.is_main,
            attributes=attributes or None,
        )
        return PutProduct(content, as_read=self._as_decoded)

    def _write(self, document: dict[str, object]) -> Write:
        """Return what a line means.

        Raises:
            BadDocumentError: It has another form.
            InvalidValueError: A value is not allowed.
        """
        if "op" not in document:
            return self._reader.put(product_body(document))
        operation = document["op"]
        if not isinstance(operation, str) or operation not in _NAMES:
            hint = near(operation, _NAMES) if isinstance(operation, str) else ""
            raise BadDocumentError("/op", f"must be one of {', '.join(_NAMES)}{hint}")
        check_names(document, _NAMES[operation])
        if operation == "upsert":
            return self._reader.put(product_body(_member(document, "product")))
        sku = document.get("sku")
        if not isinstance(sku, str) or not sku:
            raise BadDocumentError("/sku", "must be the SKU of a product")
        if operation == "delete":
            return DeleteProduct(sku)
        return self._reader.patch(product_body(_member(document, "changes")), ProductKey(sku=sku))


def _price(number: float | None) -> int | None:
    """Return a price in ten-thousandths; ``_NO_PRICE`` for one that is not allowed."""
    if number is None:
        return None
    if not 0 < number <= MAX_PRICE // SCALE:
        return _NO_PRICE
    minor = round(number * SCALE)
    return minor if minor / SCALE == number else _NO_PRICE


def _has_each_once(line: bytes, product: _Plain, *, is_wrapped: bool) -> bool:
    """Return whether surely no key stands twice in an object; the quick decoder would take the last one.

    There is none where the line has as many colons as keys, but for those of addresses, which stand in texts only; or
    as many ends of keys, see ``http.bodies``.
    """
    members = _members(line)
    keys = len(members) + (len(_members(members["product"])) if is_wrapped else 0) + len(product.attributes or ())
    if line.count(b":") - line.count(b"://") == keys:
        return True
    return line.count(_END_OF_KEY) == keys and not any(end in line for end in _PARTED_ENDS)


def _document(line: bytes | None) -> dict[str, object]:
    if line is None:
        raise LineTooLongError
    try:
        document = decode_json(line.decode())
    except UnicodeDecodeError as error:
        raise MalformedBodyError("the line is not valid utf-8") from error
    if not isinstance(document, dict):
        raise MalformedBodyError("the line must be a JSON object")
    # Only an escape can be half of a character, which nothing could pass on or answer with.
    if b"\\u" in line and not is_unicode(json.dumps(document, ensure_ascii=False)):
        raise InvalidValueError("product", "must hold valid Unicode only")
    return document


def _sku_of(document: dict[str, object]) -> str:
    product = document.get("product") if "op" in document else document
    for part in (document, product):
        if isinstance(part, dict) and isinstance(part.get("sku"), str):
            return str(part["sku"])
    return ""


def _member(document: dict[str, object], name: str) -> dict[str, object]:
    member = document.get(name)
    if not isinstance(member, dict):
        raise BadDocumentError(f"/{name}", "must be an object")
    return member
