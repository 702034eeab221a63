"""Our own NDJSON: one product a line, under the field names of the Catalog API, or one record with its ``kind``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import msgspec

from facetry.application.interchange.kept_records import is_record, read_record
from facetry.application.interchange.record import OTHER_ENCODING, Problem, Record
from facetry.application.interchange.values import FIELD_NAMES

MOST_UNKNOWN_NAMES = 100
"""So many are remembered to be told; a file may have a new one on each line."""


class NdjsonReader:
    """Products from lines of JSON; a null is a value left out, blank lines are skipped."""

    def __init__(self, lines: Iterable[str], refused: Collection[str] = ()) -> None:
        """Read from lines; records of ``refused`` kinds are rejected."""
        self._lines = lines
        self._refused = refused
        self._unknown: dict[str, None] = {}
        self.columns: Mapping[str, str] = {}
        self.skipped = 0

    @property
    def ignored_columns(self) -> Sequence[str]:
        """Return the names seen so far that are no field."""
        return tuple(self._unknown)

    def records(self) -> Iterator[Record]:
        """Yield one record a line."""
        known = frozenset(FIELD_NAMES)
        decoder = msgspec.json.Decoder()
        for number, line in enumerate(self._lines, 1):
            if not line.strip():
                continue
            record = self._read(decoder, number, line)
            if record.write is None and not known.issuperset(record.values) and len(self._unknown) < MOST_UNKNOWN_NAMES:
                self._unknown.update((key, None) for key in record.values if key not in known)
            yield record

    def _read(self, decoder: msgspec.json.Decoder[object], number: int, line: str) -> Record:
        record = _record(decoder, number, line)
        return read_record(number, record.values, self._refused) if is_record(record.values) else record


def _record(decoder: msgspec.json.Decoder[object], number: int, line: str) -> Record:
    try:
        values = decoder.decode(line)
    except UnicodeEncodeError:
        return _unreadable(number, line, OTHER_ENCODING)
    except msgspec.DecodeError as error:
        return _unreadable(number, line, f"is no JSON: {error}")
    if not isinstance(values, dict):
        return _unreadable(number, line, "is no JSON object")
    return Record(line=number, values={key: value for key, value in values.items() if value is not None})


def _unreadable(number: int, line: str, reason: str) -> Record:
    return Record(line=number, values={}, problems=(Problem("", line.strip(), reason),))
