"""Stopping: requests under way are finished, nothing acknowledged is lost, nobody waits for who is idle."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from contextlib import ExitStack
from http.client import HTTPException

import pytest

from tests.api.server import product
from tests.program import PRODUCTS, STOP_SECONDS, Program, new_tenant, session_members, together, verified, wait_until


@pytest.fixture
def started(data, request):
    with Program(data, "--workers", request.param, "--search", "memory:") as server:
        server.shop = new_tenant(data, "Shop", "--id", "shop")
        server.token = server.login(server.shop)
        yield server


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_it_stops_at_once_where_nothing_is_under_way(data, number):
    with Program(data, "--search", "memory:") as server, server.connect() as idle:
        assert idle.get("/healthz").status == 200
        begun = time.monotonic()
        assert server.stop(number) == 0
        assert time.monotonic() - begun < 3
        assert idle.is_closed_by_server
        assert "Traceback" not in server.log + server.output


def test_a_load_balancer_has_time_to_turn_away(data):
    with (
        Program(data, "--search", "memory:", env={"FACETRY_LINGER_SECONDS": "1"}) as server,
        server.connect() as visitor,
    ):
        server.send(signal.SIGTERM)
        wait_until(lambda: visitor.get("/readyz").status == 503)
        assert visitor.get("/readyz").json == {"status": "stopping"}
        assert accepts(server)
        assert visitor.get("/healthz").status == 200
        assert server.wait() == 0


@pytest.mark.parametrize("started", ["2"], indirect=True)
def test_requests_under_way_are_finished(started):
    writers = [started.connect(started.token) for _ in range(6)]
    bodies = [json.dumps(product(f"LATE{n}", f"LATE{n}")).encode() for n in range(6)]
    for writer, content in zip(writers, bodies, strict=True):
        writer.get("/healthz")
        writer.send_head("POST", PRODUCTS, len(content))
    started.send(signal.SIGTERM)
    wait_until(lambda: not accepts(started))
    time.sleep(0.3)
    assert started.is_running
    replies = [writer.finish(content) for writer, content in zip(writers, bodies, strict=True)]
    assert [reply.json["success"] for reply in replies] == [True] * 6
    assert started.wait() == 0
    assert session_members(started.pid) == []
    started.start()
    with started.connect(started.token) as reader:
        assert all(reader.product(f"LATE{n}").json["sku"] == f"LATE{n}" for n in range(6))
    for writer in writers:
        writer.close()


def accepts(server):
    try:
        with server.connect() as probe:
            return probe.get("/healthz").status == 200
    except OSError:
        return False


@pytest.mark.parametrize("started", ["1", "2"], ids=["one process", "two processes"], indirect=True)
def test_nothing_acknowledged_is_lost_when_it_stops_amid_writes(started):
    acknowledged, stopping = [], threading.Event()

    def write(number):
        with started.connect(started.token) as connection:
            for turn in range(10_000):
                sku = f"W{number}-{turn}"
                try:
                    reply = connection.post(product(sku, f"G{number}"))
                except (OSError, HTTPException):
                    return
                if reply.status != 200:
                    return
                assert reply.json["success"], reply
                acknowledged.append(sku)
                if len(acknowledged) == 60:
                    stopping.set()

    def stop():
        stopping.wait(20)
        begun = time.monotonic()
        status = started.stop()
        return status, time.monotonic() - begun

    *_, (status, seconds) = together(9, lambda number: stop() if number == 8 else write(number))
    assert status == 0
    assert seconds < STOP_SECONDS
    assert session_members(started.pid) == []
    started.start()
    with started.connect(started.token) as reader:
        groups = [reader.group(f"G{n}").json for n in range(8)]
    assert set(acknowledged) <= {sku for group in groups for sku in group["productSKUs"]}
    assert verified(started.data, "shop")["differences"] == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
@pytest.mark.parametrize("started", ["3"], indirect=True)
def test_a_signal_to_all_processes_at_once_stops_them_as_well(started, number):
    """A terminal sends Ctrl-C to all of them, a service manager SIGTERM."""
    wait_until(lambda: len(started.answering()) == 3, 30)
    with started.connect(started.token) as connection:
        assert connection.post(product("A", "A")).json["success"]
    os.killpg(started.pid, number)
    assert started.wait() == 0
    assert session_members(started.pid) == []
    assert "Traceback" not in started.log + started.output
    assert "is started again" not in started.log


def test_a_hangup_without_tls_changes_nothing(data):
    with Program(data, "--search", "memory:") as server, server.connect() as kept:
        assert kept.get("/healthz").status == 200
        server.send(signal.SIGHUP)
        time.sleep(0.3)
        assert not kept.is_closed_by_server
        assert kept.get("/readyz").json == {"status": "ready"}


UNENDING = {
    PRODUCTS: "application/json",
    "/client/V1/": "application/x-www-form-urlencoded",
    "/dashboard/sign-in": "application/x-www-form-urlencoded",
    "/v2/products:bulk": "application/x-ndjson",
    "/v2/imports": "text/csv",
    "/v2/search": "application/json",
}
"""What takes a body, and of which kind."""


@pytest.mark.parametrize("workers", ["1", "2"])
def test_requests_that_never_end_are_cut_off_and_are_no_fault(data, workers):
    with (
        ExitStack() as stack,
        Program(data, "--workers", workers, "--search", "memory:", env={"FACETRY_DRAIN_SECONDS": "1"}) as server,
    ):
        wait_until(lambda: len(server.answering()) == int(workers), 30)
        token = server.login(new_tenant(data))
        slow = [stack.enter_context(server.connect(token)) for _ in UNENDING]
        for visitor, (target, media_type) in zip(slow, UNENDING.items(), strict=True):
            visitor.get("/healthz")
            visitor.send_head("POST", target, 1000, {"authorization": f"Bearer {token}", "content-type": media_type})
        time.sleep(0.1)
        begun = time.monotonic()
        assert server.stop() == 0
        assert 0.9 < time.monotonic() - begun < 5
        replies = [visitor.finish(b"") for visitor in slow]
        assert [(reply.status, "x-request-id" in reply.headers) for reply in replies] == [
            (200 if target == "/client/V1/" else 500, True) for target in UNENDING
        ]
        lines = server.log_lines()
        told = [line["message"] for line in lines if "were cut off" in line["message"]]
        assert sum(int(text.removeprefix("requests that took too long were cut off: ")) for text in told) == 6
        assert [line["method"] for line in lines if line.get("route") == "unmatched"] == ["POST"] * 4
        assert [line for line in lines if line["level"] == "error" and line["message"] != "request"] == []
        assert "Traceback" not in server.log + server.output
        assert "[ERROR]" not in server.output
        assert [path for path in (data / "import-jobs").glob("**/*") if path.is_file()] == []


def test_a_second_signal_changes_nothing(data):
    with Program(data, "--search", "memory:") as server:
        token = server.login(new_tenant(data))
        with server.connect(token) as slow:
            body = json.dumps(product("S", "S")).encode()
            slow.get("/healthz")
            slow.send_head("POST", PRODUCTS, len(body))
            for _ in range(2):
                server.send(signal.SIGTERM)
                server.send(signal.SIGINT)
                time.sleep(0.2)
            assert slow.finish(body).json["success"]
        assert server.wait() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_stop_amid_the_first_start_waits_for_no_compiler(data, tmp_path, number):
    keys = new_tenant(data)
    server = Program(data, env={"NUMBA_CACHE_DIR": str(tmp_path / "kernels")})
    try:
        server.launch()
        wait_until(lambda: server.log_path.exists() and "compiling the search kernels" in server.log, 30)
        begun = time.monotonic()
        assert server.stop(number) == 0
        assert time.monotonic() - begun < 4
        assert "Traceback" not in server.log + server.output
        assert server.output == ""
    finally:
        server.end()
    assert verified(data, keys["id"]) == {"tenant": keys["id"], "groups": 0, "products": 0, "differences": []}
