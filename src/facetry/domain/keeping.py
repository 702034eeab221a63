"""Writing records: gemstones, listings, batches, orders and clients."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from facetry.domain.errors import InvalidValueError, RecordExistsError, RecordInUseError, RecordNotFoundError
from facetry.domain.gemstone import Gemstone
from facetry.domain.gemstone_rules import keep_gemstone, keep_used_gemstone, priced, repriced
from facetry.domain.listing import Listing
from facetry.domain.order import Client, Order
from facetry.domain.order_rules import keep_order
from facetry.domain.product import MAX_QUANTITY, check_identifier
from facetry.domain.record import RecordKind, code_problem
from facetry.domain.records import Record, RecordKey, changed
from facetry.domain.storable import check_storable, is_unicode
from facetry.domain.view import CatalogView

LAST_ID = MAX_QUANTITY
"""The last id that a record can have, of which every file and every API gives the whole."""
_MIDDLE_ID = 1 << 52


class PutRecord(msgspec.Struct, frozen=True, tag="put_record"):
    """Store a record; one without id is new, or with ``replaces`` takes the place of the one with its code."""

    record: Record
    replaces: bool = False


class PatchRecord(msgspec.Struct, frozen=True, tag="patch_record"):
    """Replace some fields of a record; values as JSON has them, money in ten-thousandths.

    A name with a dot (``details.depth``, ``certificate_images.1``) replaces one entry of a field that has entries by
    name, or of a list of texts; None removes it.
    """

    kind: RecordKind
    key: RecordKey
    changes: dict[str, Any]


class DeleteRecord(msgspec.Struct, frozen=True, tag="delete_record"):
    """Remove a record."""

    kind: RecordKind
    key: RecordKey


class Recorded(msgspec.Struct, frozen=True, tag="recorded"):
    """Answer of ``PutRecord`` and ``PatchRecord``: the record as it is now."""

    record: Record
    created: bool


class Removed(msgspec.Struct, frozen=True, tag="removed"):
    """Answer of ``DeleteRecord``."""

    kind: RecordKind
    id: int


Rule = Callable[[CatalogView, Record | None, Record], Record]
"""Gets what was there before and what is to be there; returns what is stored. Has every effect beside that."""
RemovalRule = Callable[[CatalogView, Record], None]


def check_record_write(write: PutRecord | PatchRecord | DeleteRecord) -> None:
    """Check what can be told of a write without looking at the catalog.

    Raises:
        RecordNotFoundError: No record can have its key.
        InvalidValueError: It holds a value that breaks a rule.
    """
    if isinstance(write, PutRecord):
        check_sound(write.record)
        return
    if not is_unicode(write.key.code):
        raise RecordNotFoundError(write.kind.value, write.key.code)
    if isinstance(write, PatchRecord):
        check_storable(write.kind.value, write.changes)


def check_sound(record: Record) -> None:
    """Check what can be told of a record without looking at the catalog.

    Raises:
        InvalidValueError: It cannot be stored unchanged, has no proper code, or less than nothing in stock.
    """
    check_storable(record.kind.value, record)
    if isinstance(record, Gemstone):
        check_identifier("code", record.code)
    elif isinstance(record, Order | Client) and (problem := code_problem(record.reference)):
        raise InvalidValueError("reference", problem)
    if isinstance(record, Gemstone | Listing) and not 0 <= record.quantity <= MAX_QUANTITY:
        raise InvalidValueError("quantity", f"must be 0 to {MAX_QUANTITY}")


def put_record(view: CatalogView, write: PutRecord) -> Recorded:
    """Store a record.

    Raises:
        RecordExistsError: Its code is taken.
        RecordNotFoundError: It has an id that none has.
        InvalidValueError: It breaks a rule of its kind.
    """
    record = priced(write.record) if isinstance(write.record, Gemstone) else write.record
    if record.id:
        return _replaced(view, record_of(view, record.kind, RecordKey(record.id)), record)
    old = view.record(record.kind, RecordKey(code=record.unique)) if record.unique else None
    if old is not None and not write.replaces:
        raise RecordExistsError(record.kind.value, record.unique)
    if old is not None:
        return _replaced(view, old, record)
    return Recorded(saved(view, None, msgspec.structs.replace(record, id=fresh_id(view, record.kind))), created=True)


def fresh_id(view: CatalogView, kind: RecordKind) -> int:
    """Return an id for a new record.

    Behind an id that is the last one that can be, as a file may have brought it, they go on in the middle.
    """
    while (number := view.next_id(kind)) > LAST_ID:
        number -= LAST_ID - _MIDDLE_ID
        if view.record(kind, RecordKey(number)) is None:
            break
    return number


def patch_record(view: CatalogView, write: PatchRecord) -> Recorded:
    """Change a record.

    Raises:
        RecordNotFoundError: There is none.
        RecordExistsError: Its new code is taken.
        InvalidValueError: A field is unknown or its value breaks a rule.
    """
    old = record_of(view, write.kind, write.key)
    new = changed(old, write.changes)
    if isinstance(old, Gemstone) and isinstance(new, Gemstone):
        new = repriced(old, new, write.changes.keys())
    return _replaced(view, old, new)


def delete_record(view: CatalogView, write: DeleteRecord) -> Removed:
    """Remove a record.

    Raises:
        RecordNotFoundError: There is none.
        RecordInUseError: Something else needs it.
    """
    record = record_of(view, write.kind, write.key)
    rule = _REMOVAL_RULES.get(write.kind)
    if rule is not None:
        rule(view, record)
    view.remove_record(record)
    return Removed(write.kind, record.id)


def record_of(view: CatalogView, kind: RecordKind, key: RecordKey) -> Record:
    """Return a record.

    Raises:
        RecordNotFoundError: There is none.
    """
    record = view.record(kind, key)
    if record is None:
        raise RecordNotFoundError(kind.value, str(key))
    return record


def _replaced(view: CatalogView, old: Record, new: Record) -> Recorded:
    if new.unique and new.unique != old.unique and view.record(new.kind, RecordKey(code=new.unique)):
        raise RecordExistsError(new.kind.value, new.unique)
    return Recorded(saved(view, old, msgspec.structs.replace(new, id=old.id)), created=False)


def saved(view: CatalogView, old: Record | None, new: Record) -> Record:
    """Store a record in the place of another one, or of none, with all that the rules of its kind do.

    Raises:
        FacetryError: It breaks a rule.
    """
    rule = _RULES.get(new.kind)
    record = rule(view, old, new) if rule is not None else new
    check_sound(record)
    view.save_record(record)
    return record


def _keep_client(view: CatalogView, old: Record | None, new: Record) -> Record:
    """Return a client as it is; orders tell the reference that their client has by now."""
    assert isinstance(new, Client)  # noqa: S101 - the table of rules gives it nothing else
    if isinstance(old, Client) and old.reference != new.reference:
        for order in view.linked(RecordKind.ORDER, str(old.id)):
            assert isinstance(order, Order)  # noqa: S101 - narrows the union for the type checker
            view.save_record(msgspec.structs.replace(order, customer=new.reference))
    return new


def _keep_ordering_client(view: CatalogView, record: Record) -> None:
    """Refuse to remove a client who has ordered."""
    if view.linked(RecordKind.ORDER, str(record.id), 1):
        raise RecordInUseError(record.kind.value, str(record.id), "an order")


_RULES: Mapping[RecordKind, Rule] = {
    RecordKind.GEMSTONE: keep_gemstone,
    RecordKind.ORDER: keep_order,
    RecordKind.CLIENT: _keep_client,
}
_REMOVAL_RULES: Mapping[RecordKind, RemovalRule] = {
    RecordKind.GEMSTONE: keep_used_gemstone,
    RecordKind.CLIENT: _keep_ordering_client,
}
