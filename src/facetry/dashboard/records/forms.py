"""Forms of records: what they show of one, and what has been changed in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from facetry.dashboard.values import Values
from facetry.domain.errors import InvalidValueError
from facetry.domain.gemstone_filter import getter
from facetry.domain.money import price_to_text
from facetry.domain.record_values import MAX_ENTRIES, text
from facetry.domain.records import Record

Reader = Callable[[str, object], object]
"""Gets the name of a field and a text that is not empty; returns what is stored, or raises ``InvalidValueError``."""
Texts = Mapping[str, str]
"""What stands in a form, by field."""
ON = "on"


class Remarks(dict[str, str]):
    """What is wrong by the name of a field; empty of all others."""

    def __missing__(self, _: str) -> str:
        """Return nothing for a field that nothing is said of."""
        return ""


class FormField(NamedTuple):
    """A field of a form.

    Attributes:
        name: In the form.
        read: Reads what is sent.
        empty: What is stored where nothing is sent.
        show: Writes what is stored as it would be sent.
        target: Where it is stored; empty for under its name.
        is_required: Whether it cannot be without a value.
        is_flag: Whether it is a box to tick, which sends nothing where it is not ticked.
        start: What stands in the form of a new record.
    """

    name: str
    read: Reader = text
    empty: Any = ""
    show: Callable[[Any], str] = str
    target: str = ""
    is_required: bool = False
    is_flag: bool = False
    start: str = ""

    @property
    def stored_as(self) -> str:
        """Return where it is stored."""
        return self.target or self.name

    def shown(self, record: Record) -> str:
        """Return what the form shows of a record."""
        value = getter(self.stored_as)(record)  # type: ignore[arg-type]
        return "" if value is None else self.show(value)


class RecordForm:
    """The fields of a form."""

    def __init__(self, fields: Sequence[FormField]) -> None:
        """Know the fields."""
        self.fields = tuple(fields)

    @property
    def start(self) -> Texts:
        """Return what the form of a new record shows."""
        return {one.name: one.start for one in self.fields}

    def shown(self, record: Record) -> Texts:
        """Return what the form shows of a record."""
        return {one.name: one.shown(record) for one in self.fields}

    def sent(self, values: Values, before: Texts) -> Texts:
        """Return what a form was sent with; what was not in it is as it was before."""
        return {
            one.name: plain(values.text(one.name)) if one.is_flag or one.name in values else before[one.name]
            for one in self.fields
        }

    def all(self, sent: Texts) -> tuple[dict[str, Any], dict[str, str]]:
        """Return what is to be stored of a new record by where, and what is wrong by field."""
        return self._read([one for one in self.fields if sent[one.name] or one.is_flag or one.is_required], sent)

    def changes(self, sent: Texts, before: Texts) -> tuple[dict[str, Any], dict[str, str]]:
        """Return what is to be stored by where, and what is wrong by field; what is as it was is in neither."""
        return self._read([one for one in self.fields if sent[one.name] != plain(before[one.name])], sent)

    def _read(self, fields: Sequence[FormField], sent: Texts) -> tuple[dict[str, Any], dict[str, str]]:
        values: dict[str, Any] = {}
        errors: dict[str, str] = {}
        for one in fields:
            given = sent[one.name]
            if not given and one.is_required:
                errors[one.name] = "must not be empty"
                continue
            try:
                values[one.stored_as] = one.read(one.name, given) if given else one.empty
            except InvalidValueError as error:
                errors[one.name] = error.message
        return values, errors


def flag(name: str, start: str = "") -> FormField:
    """Return the field of a box to tick."""
    return FormField(name, _is_on, empty=False, show=_on, is_flag=True, start=start)


def priced(name: str, read: Reader) -> FormField:
    """Return the field of a price, which may be missing."""
    return FormField(name, read, None, price_to_text)


def listed(name: str) -> FormField:
    """Return the field of texts, one on each line."""
    return FormField(name, lines, (), "\n".join)


def lines(path: str, raw: object) -> tuple[str, ...]:
    """Return the texts that stand on lines of their own.

    Raises:
        InvalidValueError: One is too long, or there are too many.
    """
    found = [text(path, line) for line in str(raw).splitlines() if line.strip()]
    if len(found) > MAX_ENTRIES:
        raise InvalidValueError(path, f"must be at most {MAX_ENTRIES}")
    return tuple(found)


def _is_on(_: str, raw: object) -> bool:
    return raw == ON


def _on(value: object) -> str:
    return ON if value else ""


def plain(written: str) -> str:
    """Return a text as a browser would send it back, but with plain ends of lines."""
    return "\n".join(line.rstrip() for line in written.strip().splitlines())
