"""From records of ``data`` to writes of products."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from msgspec import UNSET

from facetry.api.client.product_fields import CHANGED_PRODUCT, NEW_PRODUCT, TRADE_FIELDS, VARIATION
from facetry.api.client.record_fields import Faults, RecordTable
from facetry.domain.breadcrumbs import with_collection, with_type
from facetry.domain.catalog import AllOrNone, IfExists, PatchProduct, PutProduct, Write
from facetry.domain.errors import InvalidValueError
from facetry.domain.part_reading import gemstone_reader, metal_reader
from facetry.domain.patching import ArrayAction, ProductKey, ProductPatch, TradePatch
from facetry.domain.product import Attributes, ProductContent
from facetry.domain.ring_sizing import spelled_size
from facetry.domain.tenant import TenantSettings
from facetry.domain.trade import Trade
from facetry.domain.trade_terms.plain import entries, is_empty
from facetry.domain.trade_terms.prices import price
from facetry.domain.variations import PutVariation

Values = dict[str, Any]
"""What a record says, by the names of ``RecordField.target``."""

_MANDATORY = {"sku": "sku", "name": "title", "type": "type"}
_ARRAYS = ("metals", "gemstones", "images")
_PATCHED = frozenset(ProductPatch.__struct_fields__)
_CONTENT = frozenset(ProductContent.__struct_fields__) - {"category"}


def array_actions(actions: Mapping[str, object]) -> dict[str, ArrayAction]:
    """Return what is to be done with which list of a product.

    Raises:
        InvalidValueError: A name or an action is unknown.
    """
    found: dict[str, ArrayAction] = {}
    for name, raw in actions.items():
        if name not in _ARRAYS:
            raise InvalidValueError(f"actions.{name}", f"is no list; {', '.join(_ARRAYS)} are")
        try:
            found[name] = ArrayAction(raw)
        except ValueError as error:
            names = ", ".join(one.value for one in ArrayAction)
            raise InvalidValueError(f"actions.{name}", f"must be one of {names}") from error
    return found


class ProductReader:
    """Reads the records of one call."""

    def __init__(self, settings: TenantSettings, actions: Mapping[str, object] | None = None) -> None:
        """Read for a tenant, lists to be merged as ``actions`` say.

        Raises:
            InvalidValueError: An action is none.
        """
        self.actions = array_actions(actions or {})
        self._currency = settings.currency
        self._metals = metal_reader(settings.attributes)
        self._gemstones = gemstone_reader(settings.attributes)

    def new(self, raw: object) -> Write:
        """Return the write of a new product, and of its variations.

        Raises:
            MissingFieldsError: It lacks mandatory fields.
            InvalidFieldsError: What is wrong with each field that is.
        """
        faults = Faults()
        values = self._values(NEW_PRODUCT, raw, faults)
        if isinstance(raw, dict):
            faults.missing += [name for target, name in _MANDATORY.items() if not values.get(target)]
        _raise(faults)
        put = PutProduct(_content(values), IfExists.REFUSE, mounts=True)
        return _with_variations(put, ProductKey(sku=values["sku"]), values, is_new=True)

    def changed(self, raw: object) -> Write:
        """Return the write that changes a product where a record speaks of it.

        Raises:
            MissingFieldsError: It does not say which product.
            InvalidFieldsError: What is wrong with each field that is.
        """
        faults = Faults()
        values = self._values(CHANGED_PRODUCT, raw, faults)
        if isinstance(raw, dict):
            if not (values.get("id") or values.get("sku") or faults.invalid):
                faults.missing.append("product_id")
            emptied = [name for target, name in _MANDATORY.items() if target in values and not values[target]]
            faults.invalid += [(name, "must not be empty") for name in emptied]
        _raise(faults)
        key = ProductKey(values.get("id") or 0, values.get("sku") or "")
        patch = PatchProduct(key, _patch(values, self.actions), mounts="gemstones" in values)
        return _with_variations(patch, key, values, is_new=False)

    def _values(self, table: RecordTable, raw: object, faults: Faults) -> Values:
        """Return what a record says, the fields that hang together read too."""
        values: Values = table.read(raw, faults)
        _agree(raw, faults)
        self._read_price("price", "regular_price", values, faults)
        self._read_price("promotion", "promotion_price", values, faults)
        for name, reader in (("metals", self._metals), ("gemstones", self._gemstones)):
            if _is_given(name, values):
                action = self.actions.get(name, ArrayAction.REPLACE)
                values[name] = _tried(faults, partial(reader.read, name, values[name], action))
        if _is_given("variations", values):
            given = _tried(faults, lambda: entries("variations", values["variations"])) or []
            values["variations"] = [self._variation(at, one, faults) for at, one in enumerate(given)]
        return values

    def _read_price(self, name: str, target: str, values: Values, faults: Faults, path: str = "") -> None:
        """Read a price, and the currency that it may name."""
        if name not in values:
            return
        raw = values.pop(name)
        path = path or {"promotion": "promotion_price"}.get(name, name)
        found = None if is_empty(raw) else _tried(faults, lambda: price(path, raw, self._currency))
        # A product without a price has none; 0 says that too.
        values[target] = (found.minor or None) if found else None
        if found is None or found.currency is None:
            return
        if values.get("currency") not in {None, found.currency}:
            faults.invalid.append((path, f"is in {found.currency}, the currency given is {values['currency']}"))
        values["currency"] = found.currency

    def _variation(self, at: int, raw: object, faults: Faults) -> Values:
        path = f"variations[{at}]."
        values: Values = VARIATION.read(raw, faults, path)
        faults.missing += [f"{path}{name}" for name in ("sku", "field", "value") if not values.get(name)]
        self._read_price("price", "price_read", values, faults, f"{path}price")
        return values


def _is_given(name: str, values: Values) -> bool:
    """Return whether a list of objects is given that is to be read; one that is empty in any way has no entries."""
    if name not in values:
        return False
    if values[name] in ((), [], {}):
        values[name] = ()
        return False
    return True


def _tried(faults: Faults, read: Callable[[], Any]) -> Any:  # noqa: ANN401 - what any reader returns
    """Return what is read, None where that is wrong, which is then noted."""
    try:
        return read()
    except InvalidValueError as error:
        faults.invalid.append((error.field, error.message))
        return None


def _raise(faults: Faults) -> None:
    error = faults.error()
    if error is not None:
        raise error


def _agree(raw: object, faults: Faults) -> None:
    """Note where two names of one field say different things."""
    if not isinstance(raw, dict):
        return
    for name, other in (("sku", "catalog_code"), ("product_id", "id")):
        if name in raw and other in raw and str(raw[name]) != str(raw[other]):
            faults.invalid.append((other, f"is another name of {name}, and says something else"))


def _content(values: Values) -> ProductContent:
    category = with_type(tuple(values.get("category") or ()), values["type"])
    if values.get("collection"):
        category = with_collection(category, values["collection"])
    trade = Trade(**{name: values[name] for name in TRADE_FIELDS if values.get(name) is not None})
    fields = {name: value for name, value in values.items() if name in _CONTENT}
    if values.get("size"):
        fields["size"] = spelled_size(category, values["size"])
    fields["attributes"] = _present(values.get("attributes"))
    return ProductContent(category=category, trade=trade, **fields)


def _patch(values: Values, actions: dict[str, ArrayAction]) -> ProductPatch:
    fields = {name: value for name, value in values.items() if name in _PATCHED}
    changes = {name: values[name] for name in TRADE_FIELDS if name in values}
    if changes:
        fields["trade_changes"] = TradePatch(**changes)
    if "attributes" in values:
        fields["replaces_attributes"] = not values["attributes"]
    return ProductPatch(**fields, actions={name: one for name, one in actions.items() if name in values})


def _present(attributes: Attributes | None) -> Attributes | None:
    return {name: value for name, value in (attributes or {}).items() if value is not None} or None


def _with_variations(write: PutProduct | PatchProduct, parent: ProductKey, values: Values, *, is_new: bool) -> Write:
    """Return a write of a product together with those of its variations."""
    if not values.get("variations"):
        return write
    variations = (
        PutVariation(
            parent=parent,
            sku=one["sku"],
            field=one["field"].lower() if one["field"].lower() in {"size", "color"} else one["field"],
            value=one["value"],
            price=one.get("price_read", UNSET),
            quantity=one.get("quantity", UNSET),
            currency=one.get("currency"),
            is_new=is_new,
        )
        for one in values["variations"]
    )
    return AllOrNone((write, *variations))
