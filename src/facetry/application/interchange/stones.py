"""Lists of stones, by the headers of the trade: each row a gemstone, a loose product, or both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum

import msgspec

from facetry.application.interchange.loose_stones import loose_product, stone_name
from facetry.application.interchange.record import Note, Problem, Record
from facetry.application.interchange.sheet import UNREADABLE_ROW, too_wide
from facetry.application.interchange.stone_values import GRADED, StoneValues, scales_of
from facetry.application.interchange.table import Table
from facetry.domain.catalog import AllOrNone, PutProduct, Write
from facetry.domain.errors import InvalidValueError
from facetry.domain.gemstone import Gemstone
from facetry.domain.keeping import PutRecord
from facetry.domain.money import DEFAULT_CURRENCY
from facetry.domain.product import MAX_ID_LENGTH, completed, identifier_problem
from facetry.domain.trade_terms.headers import fields_of
from facetry.domain.trade_terms.stones import DIAMOND

MOST_SPELLINGS = 1_000
"""So many different cells of a graded column are looked at; no scale has more."""


class StoneForm(Enum):
    """What becomes of a stone."""

    GEMSTONES = "gemstones"
    PRODUCTS = "products"
    BOTH = "both"


class StoneOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How a list of stones is read.

    Attributes:
        form: What becomes of a stone.
        kind: Which stones they are, where no column says it.
        prefix: What the code of a stone without one begins with, before the number of its line.
        currency: The tenant's own: what a sign such as ``$`` means where it may mean this one.
    """

    form: StoneForm = StoneForm.GEMSTONES
    kind: str = DIAMOND
    prefix: str = "stone"
    currency: str = DEFAULT_CURRENCY


class StoneReader:
    """Stones from rows; an empty cell is a value left out."""

    def __init__(self, table: Table, options: StoneOptions, again: Callable[[], Iterable[str]] | None = None) -> None:
        """Find the fields in a table's header.

        Args:
            table: The rows.
            options: How to read them.
            again: Returns the lines of the file from its start, to see what letters mean in it before the first row.
        """
        self._table = table
        self._options = options
        self._places = fields_of(table.header)
        self._scales = scales_of(_spellings(Table(again()), self._places) if again else {})
        self.columns: Mapping[str, str] = {field: table.header[place] for field, place in self._places.items()}
        used = set(self._places.values())
        self.ignored_columns: Sequence[str] = tuple(
            name for place, name in enumerate(table.header) if name and place not in used
        )
        self.skipped = 0

    def records(self) -> Iterator[Record]:
        """Yield one record a row."""
        width = len(self._table.header)
        for line, cells in self._table.rows():
            if cells is None or any(cells[width:]):
                problem = UNREADABLE_ROW if cells is None else too_wide(cells, width)
                yield Record(line=line, values={}, problems=(problem,))
            else:
                yield self._record(line, cells)

    def _record(self, line: int, cells: Sequence[str]) -> Record:
        values = StoneValues(self._options.kind, self._scales, self._options.currency)
        values.read({field: cells[place] for field, place in self._places.items()})
        self._identify(line, values)
        code = values.fields["code"]
        problems = [*values.problems, *_faults(code)]
        write = None
        if not problems:
            try:
                write = self._write(values)
            except InvalidValueError as error:
                problems.append(Problem(error.field, code, error.message))
        return Record(line=line, values={"sku": code}, problems=tuple(problems), notes=tuple(values.notes), write=write)

    def _identify(self, line: int, values: StoneValues) -> None:
        """Give the stone the code and the name that its row does not say."""
        fields = values.fields
        if "code" not in fields:
            number = fields.get("certificate_number")
            lab = fields.get("certificate_lab") or "cert"
            fields["code"] = f"{lab}-{number}"[:MAX_ID_LENGTH] if number else f"{self._options.prefix}-{line}"
            values.notes.append(Note("derived_code", fields["code"]))
        fields.setdefault("name", stone_name(fields))

    def _write(self, values: StoneValues) -> Write:
        stone = Gemstone(**values.fields, details=values.details)
        writes: list[Write] = []
        if self._options.form is not StoneForm.PRODUCTS:
            writes.append(PutRecord(_in_currency(stone, values.currency), replaces=True))
        if self._options.form is not StoneForm.GEMSTONES:
            writes.append(PutProduct(completed(loose_product(stone, values.currency))))
        return writes[0] if len(writes) == 1 else AllOrNone(tuple(writes))


def _in_currency(stone: Gemstone, currency: str | None) -> Gemstone:
    """Return a gemstone that tells the currency of its prices, where the list names one."""
    if currency is None:
        return stone
    return msgspec.structs.replace(stone, details={**stone.details, "currency": currency})


def _faults(code: str) -> Iterator[Problem]:
    problem = identifier_problem(code)
    if problem:
        yield Problem("code", code, problem)


def _spellings(table: Table, places: Mapping[str, int]) -> dict[str, set[str]]:
    """Return the different cells of each graded column of a whole file."""
    wanted = {field: places[field] for field in GRADED if field in places}
    found: dict[str, set[str]] = {field: set() for field in wanted}
    for _, cells in table.rows() if wanted else ():
        for field, place in wanted.items():
            if cells is not None and len(found[field]) < MOST_SPELLINGS:
                found[field].add(cells[place])
    return found
