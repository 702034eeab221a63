"""The program's own log as JSON lines, through the writer that the log of requests uses."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import msgspec

from facetry.telemetry.line_writer import LineWriter


class JsonFormatter(logging.Formatter):
    """Format a log record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line: time, level, logger, message, request id where given, and the exception's text."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            "logger": record.name,
        }
        if request_id := getattr(record, "request_id", None):
            line["request_id"] = request_id
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return _encoded(line)


class LineHandler(logging.Handler):
    """Hand formatted records to a line writer."""

    def __init__(self, writer: LineWriter) -> None:
        """Write JSON lines to a writer."""
        super().__init__()
        self._writer = writer
        self.setFormatter(JsonFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        try:
            self._writer.write(self.format(record).encode() + b"\n")
        except Exception:  # noqa: BLE001 - a record that cannot be formatted must not stop what logged it
            self.handleError(record)


def configure_logging(writer: LineWriter, level: str = "info") -> LineHandler:
    """Send every record of the process from this level on to a writer, and return the handler that does it."""
    handler = LineHandler(writer)
    root = logging.getLogger()
    for other in root.handlers[:]:
        root.removeHandler(other)
    root.addHandler(handler)
    root.setLevel(level.upper())
    return handler


def _encoded(line: dict[str, object]) -> str:
    try:
        return msgspec.json.encode(line).decode()
    except UnicodeEncodeError:  # A lone surrogate in a message; JSON has escapes for those, bytes have none.
        printable = {key: ascii(value)[1:-1] if isinstance(value, str) else value for key, value in line.items()}
        return msgspec.json.encode(printable).decode()
