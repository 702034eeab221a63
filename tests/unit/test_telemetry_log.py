"""Lines of the log: batched, bounded, whole, and without secrets."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import threading
import time

import pytest

from facetry.telemetry.json_log import JsonFormatter, configure_logging
from facetry.telemetry.line_writer import LineWriter
from facetry.telemetry.request_log import BATCH_LINES, RequestLog, RequestRecord


class BlockedStream(io.BytesIO):
    """A stream that takes nothing until it is released, like a pipe that nobody reads."""

    def __init__(self):
        super().__init__()
        self.released = threading.Event()
        self.reached = threading.Event()

    def write(self, data):
        self.reached.set()
        self.released.wait(10)
        return super().write(data)


class FullStream(io.BytesIO):
    """A stream on a full disk."""

    def write(self, data):
        raise OSError(28, "no space left on device")


class CountingStream(io.BytesIO):
    """A stream that counts how often it is written to."""

    writes = 0

    def write(self, data):
        self.writes += 1
        return super().write(data)


def lines(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def record(number=0, status=200, started=None):
    started = time.perf_counter() if started is None else started
    return RequestRecord(f"id{number}", "shop", "GET", "/p/{sku}", status, started, started + 0.0125, 321)


def test_what_is_written_arrives_in_order():
    stream = io.BytesIO()
    writer = LineWriter(stream)
    for number in range(100):
        writer.write(b"%d\n" % number)
    writer.close()
    assert stream.getvalue() == b"".join(b"%d\n" % number for number in range(100))
    assert writer.dropped == 0


def test_a_closed_writer_counts_what_it_drops():
    stream = io.BytesIO()
    writer = LineWriter(stream)
    writer.close()
    writer.close()
    writer.write(b"a\nb\n", 2)
    assert (stream.getvalue(), writer.dropped) == (b"", 2)
    assert not stream.closed


def test_a_stream_that_takes_nothing_costs_bounded_memory_and_no_time():
    stream = BlockedStream()
    writer = LineWriter(stream, max_pending_bytes=10)
    writer.write(b"aaaaa\n")
    assert stream.reached.wait(5)
    writer.write(b"bbb\n")
    started = time.perf_counter()
    writer.write(b"c\nd\ne\n", 3)
    assert time.perf_counter() - started < 1
    assert writer.dropped == 3
    stream.released.set()
    writer.close()
    assert stream.getvalue() == b"aaaaa\nbbb\n"


def test_there_is_room_again_once_lines_are_written():
    stream = io.BytesIO()
    writer = LineWriter(stream, max_pending_bytes=4)
    for _ in range(50):
        writer.write(b"aaa\n")
        while writer.pending_bytes:
            time.sleep(0.001)
    writer.close()
    assert (len(stream.getvalue()), writer.dropped) == (200, 0)


def test_a_stream_that_never_comes_back_does_not_hold_up_the_end():
    stream = BlockedStream()
    writer = LineWriter(stream)
    writer.write(b"a\n")
    started = time.perf_counter()
    writer.close(timeout_seconds=0.05)
    assert time.perf_counter() - started < 2
    stream.released.set()


def test_a_full_disk_stops_nothing():
    writer = LineWriter(FullStream())
    writer.write(b"a\nb\n", 2)
    writer.write(b"c\n")
    writer.close()
    assert writer.dropped == 3


@pytest.mark.anyio
async def test_a_request_is_one_line():
    stream = io.BytesIO()
    writer = LineWriter(stream)
    log = RequestLog(writer)
    before = time.time()
    log.add(record())
    log.add(record(1, status=500))
    log.flush()
    writer.close()
    first, second = lines(stream)
    moment = first.pop("time")
    assert first == {
        "level": "info",
        "message": "request",
        "request_id": "id0",
        "tenant": "shop",
        "method": "GET",
        "route": "/p/{sku}",
        "status": 200,
        "duration_ms": 12.5,
        "bytes": 321,
    }
    assert moment.endswith("Z")
    assert moment[:4] == time.strftime("%Y", time.gmtime(before))
    assert (second["level"], second["status"]) == ("error", 500)


@pytest.mark.anyio
async def test_a_line_stays_one_whatever_a_method_is():
    stream = io.BytesIO()
    writer = LineWriter(stream)
    log = RequestLog(writer)
    moment = time.perf_counter()
    log.add(RequestRecord("id1", 'sh"op', 'G"\n%s\\', "/p/ü", 0, moment, moment + 12.3456789, 0))
    log.flush()
    writer.close()
    (line,) = lines(stream)
    assert (line["tenant"], line["method"], line["route"]) == ('sh"op', 'G"\n%s\\', "/p/ü")
    assert (line["status"], line["duration_ms"], line["bytes"]) == (0, 12345.679, 0)


@pytest.mark.anyio
async def test_lines_are_written_soon_and_in_one_piece():
    stream = CountingStream()
    writer = LineWriter(stream)
    flushed = []
    log = RequestLog(writer, on_flush=lambda: flushed.append(1))
    for number in range(10):
        log.add(record(number))
    assert stream.getvalue() == b""
    await asyncio.sleep(0.3)
    writer.close()
    assert [line["request_id"] for line in lines(stream)] == [f"id{n}" for n in range(10)]
    assert (stream.writes, flushed) == (1, [1])


@pytest.mark.anyio
async def test_many_lines_do_not_wait():
    stream = CountingStream()
    writer = LineWriter(stream)
    log = RequestLog(writer)
    for number in range(BATCH_LINES * 2 + 1):
        log.add(record(number))
    writer.close()
    assert len(lines(stream)) == BATCH_LINES * 2
    log.flush()
    assert writer.dropped == 1


@pytest.mark.anyio
async def test_dropped_lines_are_counted_one_by_one():
    writer = LineWriter(io.BytesIO(), max_pending_bytes=100)
    log = RequestLog(writer)
    for number in range(7):
        log.add(record(number))
    log.flush()
    assert writer.dropped == log.dropped == 7
    writer.close()


@pytest.mark.anyio
async def test_without_a_writer_nothing_is_kept():
    flushed = []
    log = RequestLog(None, on_flush=lambda: flushed.append(1))
    log.add(record())
    log.flush()
    log.flush()
    assert (flushed, log.dropped) == ([1, 1], 0)


@pytest.mark.anyio
@pytest.mark.parametrize("is_logged", [True, False])
async def test_batches_are_told_of(is_logged):
    """With what makes the time of day of the times of the steady clock, whether lines are written or not."""
    writer = LineWriter(io.BytesIO()) if is_logged else None
    log, told = RequestLog(writer), []
    log.listen(lambda batch, offset: told.append((list(batch), offset)))
    records = [record(number) for number in range(2)]
    for one in records:
        log.add(one)
    assert told == []
    log.flush()
    log.flush()
    ((batch, offset),) = told
    assert batch == records
    assert abs(time.perf_counter() + offset - time.time()) < 1
    if writer:
        writer.close()


@pytest.fixture
def root():
    logger = logging.getLogger()
    handlers, level = logger.handlers[:], logger.level
    yield logger
    logger.handlers[:] = handlers
    logger.setLevel(level)


def test_the_programs_log_goes_the_same_way(root):
    stream = io.BytesIO()
    writer = LineWriter(stream)
    handler = configure_logging(writer, "warning")
    assert root.handlers == [handler]
    log = logging.getLogger("facetry.test")
    log.info("not said")
    log.warning("half of %d", 2, extra={"request_id": "r1"})
    try:
        int("bad")
    except ValueError:
        log.exception("failed")
    log.error("surrogate \udcff")
    writer.close()
    said, failed, odd = lines(stream)
    assert said.pop("time").endswith("Z")
    assert said == {"level": "warning", "message": "half of 2", "logger": "facetry.test", "request_id": "r1"}
    assert failed["exception"].startswith("Traceback")
    assert failed["exception"].endswith("invalid literal for int() with base 10: 'bad'")
    assert odd["message"] == "surrogate \\udcff"


def test_a_record_that_cannot_be_formatted_stops_nobody(root, capsys):
    stream = io.BytesIO()
    writer = LineWriter(stream)
    configure_logging(writer)
    logging.getLogger("facetry.test").error("%d", "no number")
    logging.getLogger("facetry.test").error("next")
    writer.close()
    assert [line["message"] for line in lines(stream)] == ["next"]
    assert "no number" in capsys.readouterr().err


def test_a_formatted_record_is_one_line():
    made = logging.makeLogRecord({"msg": "a\nb", "name": "n", "levelname": "INFO", "created": 0.0})
    assert JsonFormatter().format(made) == (
        '{"time":"1970-01-01T00:00:00Z","level":"info","message":"a\\nb","logger":"n"}'
    )
