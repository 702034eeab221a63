"""Any CSV, read by a mapping."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from facetry.application.interchange.mapping import Condition, FieldRule, Mapping, compiled, rules
from facetry.application.interchange.plain_text import plain_text
from facetry.application.interchange.record import Note, Problem, Record, shown
from facetry.application.interchange.sheet import UNREADABLE_ROW, too_wide
from facetry.application.interchange.table import Table
from facetry.application.interchange.values import LIST_FIELDS, PRICES, amount, is_oversold
from facetry.domain.errors import InterchangeError

# A currency's sign or code, before or behind an amount.
_CURRENCY = r"(?:[A-Z]{3}|[$£¥\u20a0-\u20cf])"
_MONEY = re.compile(rf"(?:{_CURRENCY}\s*)?([-+]?(?:[0-9][0-9.,'\s]*|\.[0-9]+))(?:{_CURRENCY})?")
_LONGEST_AMOUNT = 40
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?", re.ASCII)

_Row = list[str]
_Read = Callable[[_Row], object]
_Holds = Callable[[_Row], bool]


class MappedReader:
    """Products from the rows that a mapping wants; an empty value is left out."""

    def __init__(self, table: Table, mapping: Mapping) -> None:
        """Find the mapping's columns in a table's header.

        Raises:
            InterchangeError: A column is not there, or the mapping contradicts itself.
        """
        self._table = table
        self._file = mapping.file
        self._used: set[int] = set()
        product, attributes = rules(mapping.product), rules(mapping.attributes)
        self._conditions = [self._condition(column, held) for column, held in mapping.where.items()]
        self._fields = {key: self._reading(rule, is_list=key in LIST_FIELDS) for key, rule in product.items()}
        self._attributes = {
            name: (rule.kind, self._reading(rule, is_list=rule.separator is not None))
            for name, rule in attributes.items()
        }
        self.columns = {key: rule.column or rule.template or key for key, rule in product.items()}
        self.ignored_columns: Sequence[str] = tuple(
            name for place, name in enumerate(table.header) if place not in self._used and name
        )
        self.skipped = 0

    def records(self) -> Iterator[Record]:
        """Yield one record a row that is wanted."""
        width = len(self._table.header)
        for line, cells in self._table.rows():
            if cells is None or any(cells[width:]):
                problem = UNREADABLE_ROW if cells is None else too_wide(cells, width)
                yield Record(line=line, values={}, problems=(problem,))
            elif all(holds(cells) for holds in self._conditions):
                yield self._record(line, cells)
            else:
                self.skipped += 1

    def _record(self, line: int, cells: _Row) -> Record:
        values = {key: value for key, read in self._fields.items() if (value := read(cells)) not in {"", ()}}
        notes = self._priced(values)
        attributes, problems = self._free(cells)
        if attributes:
            values["attributes"] = attributes
        quantity = values.get("quantity")
        if self._file.negative_is_no_stock and isinstance(quantity, str) and is_oversold(quantity):
            values["quantity"] = "0"
            notes.append(Note("negative_quantity", quantity))
        return Record(line=line, values=values, problems=tuple(problems), notes=tuple(notes))

    def _priced(self, values: dict[str, object]) -> list[Note]:
        """Bring the prices into the plain form, take out those that mean none, and return notes of that."""
        notes = []
        for key in PRICES:
            raw = values.get(key)
            if isinstance(raw, str):
                plain = plain_amount(raw, self._file.decimal, self._file.thousands)
                values[key] = plain
                if self._file.zero_is_no_price and amount(plain) == 0:
                    del values[key]
                    notes.append(Note("zero_price", raw))
        return notes

    def _free(self, cells: _Row) -> tuple[dict[str, object], list[Problem]]:
        attributes: dict[str, object] = {}
        problems = []
        for name, (kind, read) in self._attributes.items():
            value = read(cells)
            if value in {"", ()}:
                continue
            typed = _typed(kind, value, self._file.decimal, self._file.thousands)
            if typed is None:
                problems.append(Problem(f"attributes.{name}", value, f"is no {kind}"))
            else:
                attributes[name] = typed
        return attributes, problems

    def _place(self, column: str) -> int:
        try:
            place = self._table.header.index(column)
        except ValueError:
            have = ", ".join(map(shown, self._table.header))
            raise InterchangeError(f"the file has no column {column}; it has {have}") from None
        self._used.add(place)
        return place

    def _condition(self, column: str, held: Condition) -> _Holds:
        place = self._place(column)
        if isinstance(held, dict):
            start = held.get("starts_with", "")
            search = compiled(held.get("pattern", "")).search
            return lambda cells: cells[place].startswith(start) and search(cells[place]) is not None
        wanted = {held} if isinstance(held, str) else set(held)
        return lambda cells: cells[place].strip() in wanted

    def _reading(self, rule: FieldRule, *, is_list: bool) -> _Read:
        """Return what reads a rule's value from a row: a text, or a tuple of texts; empty where there is none."""
        source = self._raw(rule)
        each = _each(rule)
        constant = tuple(rule.value) if isinstance(rule.value, list) else rule.value
        default: object = "" if constant is None else constant

        def read(cells: _Row) -> object:
            text = source(cells)
            if not text:
                return default
            if not is_list:
                return each(text) or default
            parts = text.split(rule.separator) if rule.separator else [text]
            return tuple([part for part in map(each, parts) if part]) or default

        return read

    def _raw(self, rule: FieldRule) -> Callable[[_Row], str]:
        if rule.column is not None:
            place = self._place(rule.column)
            return lambda cells: cells[place].strip()
        if rule.template is None:
            return lambda _: ""
        places = {name: self._place(name) for name in _PLACEHOLDER.findall(rule.template)}
        template = rule.template

        def filled(cells: _Row) -> str:
            if not all(cells[place].strip() for place in places.values()):
                return ""
            return _PLACEHOLDER.sub(lambda found: cells[places[found[1]]].strip(), template)

        return filled


def plain_amount(text: str, decimal: str, thousands: str) -> str:
    """Return an amount without currency and thousands, with a point before its decimals; unchanged if it is none."""
    found = _MONEY.fullmatch(text) if len(text) <= _LONGEST_AMOUNT else None
    if found is None:
        return text
    plain = found[1].strip()
    if thousands:
        plain = plain.replace(thousands, "")
    return plain.replace(decimal, ".") if decimal != "." and "." not in plain else plain


def _each(rule: FieldRule) -> Callable[[str], str]:
    """Return what a rule does to one text."""
    search = compiled(rule.pattern).search if rule.pattern is not None else None

    def changed(text: str) -> str:
        if search is not None:
            found = search(text)
            text = "" if found is None else (found[1] or "" if found.re.groups else found[0])
        text = rule.values.get(text, text)
        if rule.html:
            text = plain_text(text)
        if rule.path:
            text = ">".join(part for part in map(str.strip, text.split(rule.path)) if part)
        text = text.strip()
        return rule.prefix + text if text else ""

    return changed


def _typed(kind: str, value: object, decimal: str, thousands: str) -> object:
    """Return the value of an attribute, None where it is not of its kind."""
    if isinstance(value, tuple):
        return list(value)
    if not isinstance(value, str) or kind == "text":
        return value
    if kind == "flag":
        return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}.get(value.lower())
    plain = plain_amount(value, decimal, thousands)
    if not _NUMBER.fullmatch(plain):
        return None
    return float(plain) if "." in plain else int(plain)
