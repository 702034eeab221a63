"""The statuses of orders as a tenant counts and names them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from facetry.domain.errors import InvalidValueError
from facetry.domain.order import Order, OrderStatus, StatusDefinition

MAX_NUMBER = 999
MAX_NAME_LENGTH = 60
_NAMES = {
    OrderStatus.NEW: "new",
    OrderStatus.PAID: "paid",
    OrderStatus.IN_PRODUCTION: "in production",
    OrderStatus.SHIPPED: "shipped",
    OrderStatus.DELIVERED: "delivered",
    OrderStatus.COMPLETED: "completed",
    OrderStatus.RETURNED: "returned",
    OrderStatus.CANCELED: "canceled",
    OrderStatus.MEMO_OUT: "memo out",
}
_OTHER_SPELLINGS = {"cancelled": OrderStatus.CANCELED, "memo": OrderStatus.MEMO_OUT}


def check_statuses(definitions: Sequence[StatusDefinition]) -> None:
    """Check what a tenant says of statuses.

    Raises:
        InvalidValueError: A number or name is there twice or not allowed, or one of 1 to 9 is to mean another.
    """
    for one in definitions:
        if not 1 <= one.number <= MAX_NUMBER:
            raise InvalidValueError("number", f"must be from 1 to {MAX_NUMBER}")
        if one.number in _BUILT_IN and one.means.value != one.number:
            raise InvalidValueError(
                "means", f"of {one.number} is {_NAMES[OrderStatus(one.number)]}, only its name can be set"
            )
        if not _key(one.name) or len(one.name) > MAX_NAME_LENGTH or one.name.strip().isdigit():
            raise InvalidValueError("name", f"must have 1 to {MAX_NAME_LENGTH} characters and not be a number")
    statuses = Statuses(definitions)
    if len({one.number for one in definitions}) < len(definitions):
        raise InvalidValueError("number", "must be another one in each status")
    if len({_key(name) for name in statuses.names.values()}) < len(statuses.names):
        raise InvalidValueError("name", "must be another one in each status")


class Statuses:
    """All statuses of a tenant: the built-in ones, under its names, and its own.

    Attributes:
        names: By number, ascending.
    """

    def __init__(self, definitions: Sequence[StatusDefinition] = ()) -> None:
        """Know the built-in ones, and those that a tenant has defined."""
        names = {status.value: name for status, name in _NAMES.items()} | {one.number: one.name for one in definitions}
        self.names = dict(sorted(names.items()))
        self._meanings = _BUILT_IN | {one.number: one.means for one in definitions}
        numbers = {_key(name): status.value for status, name in _NAMES.items()}
        numbers |= {_key(name): status.value for name, status in _OTHER_SPELLINGS.items()}
        self._numbers = numbers | {_key(name): number for number, name in self.names.items()}

    def number(self, order: Order) -> int:
        """Return the number of the status that an order is in; its own one counts while the tenant has it."""
        own = order.own_status
        return own if self._meanings.get(own) is order.status else order.status.value

    def read(self, field: str, raw: object) -> int:
        """Return the number of a status that is given by number or name.

        Raises:
            InvalidValueError: There is none; the message lists them.
        """
        text = str(raw).strip() if isinstance(raw, str | int) and not isinstance(raw, bool) else ""
        number = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(MAX_NUMBER)) else None
        if number is None:
            number = self._numbers.get(_key(text))
        if number is None or number not in self.names:
            listed = ", ".join(f"{at} {name}" for at, name in self.names.items())
            raise InvalidValueError(field, f"must be one of {listed}")
        return number

    def changes(self, number: int) -> dict[str, int]:
        """Return what to change of an order so that it is in a status: fields by name."""
        means = self._meanings[number]
        return {"status": means.value, "own_status": 0 if number == means.value else number}


@lru_cache(maxsize=1_000)
def statuses_of(definitions: tuple[StatusDefinition, ...]) -> Statuses:
    """Return the statuses of a tenant, the same ones for the same definitions."""
    return Statuses(definitions)


_BUILT_IN = {status.value: status for status in OrderStatus}


def _key(name: str) -> str:
    return " ".join(name.lower().replace("_", " ").replace("-", " ").split())
