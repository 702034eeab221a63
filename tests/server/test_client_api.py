"""The Client API of a real server with two workers: limits and keys hold across them, and what HTTP itself refuses."""

from __future__ import annotations

import socket
import time
from urllib.parse import urlencode

import pytest

from tests.program import HOST, Program, done, new_tenant, process_of, together, wait_until

SIZE, LEAK = 30, 20.0
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """Yield a server with two workers whose product_search is limited."""
    env = {"FACETRY_CLIENT_API_LIMITS": f"product_search={SIZE}/{LEAK:g}"}
    with Program(tmp_path_factory.mktemp("office") / "data", "--workers", 2, "--search", "memory:", env=env) as program:
        wait_until(lambda: len(program.answering()) == 2, 30)
        yield program


@pytest.fixture
def tenant(office):
    return new_tenant(office.data)


def search(connection, key):
    fields = {"auth": key, "action": "product_search", "data": '{"sku":"N1"}'}
    return connection("POST", "/client/V1/", urlencode(fields).encode(), FORM)


def code_of(reply):
    return reply.json["status"]["code"]


def test_greedy_callers_get_exactly_size_and_leak_times_time(office, tenant):
    seconds = 2.5
    begin = time.monotonic()

    def greed(_):
        good, processes, first, last = 0, set(), None, None
        while time.monotonic() < begin + seconds:
            with office.connect() as connection:
                for _ in range(40):
                    asked = time.monotonic()
                    reply = search(connection, tenant["accessKey"])
                    first, last = first or asked, asked
                    good += code_of(reply) == 100
                    processes.add(process_of(reply))
        return good, processes, first, last

    told = together(4, greed)
    assert len(set.union(*(processes for _, processes, _, _ in told))) == 2
    elapsed = max(last for *_, last in told) - min(first for _, _, first, _ in told)
    expected = SIZE + LEAK * elapsed
    # Each caller may have sent its last call up to one answer's time before it was counted.
    assert expected * 0.99 - 2 <= sum(good for good, *_ in told) <= expected * 1.01 + 2


def test_who_obeys_is_never_refused(office, tenant):
    begin, calls = time.monotonic(), 0
    while time.monotonic() < begin + 4:
        with office.connect() as connection:
            reply = search(connection, tenant["accessKey"])
        assert code_of(reply) == 100
        calls += 1
        if reply.headers["x-ratelimit-remaining"] == "0":
            time.sleep(int(reply.headers["x-ratelimit-reset"]))
    assert calls > SIZE


def codes(office, key, expected):
    """Have each worker asked, and return whether all answer with one code."""
    found = {}
    for _ in range(24):
        with office.connect() as connection:
            reply = search(connection, key)
            found[process_of(reply)] = code_of(reply)
    return len(found) == 2 and set(found.values()) == {expected}


def test_keys_hold_on_every_worker_at_once(office, tenant):
    at = (tenant["id"], "--data", office.data)
    key = done("tenant", "key", "create", tenant["id"], "k", "--scope", "read", "--json", "--data", office.data).json
    assert codes(office, key["accessKey"], 100)
    done("tenant", "key", "disable", tenant["id"], key["id"], "--yes", "--data", office.data)
    assert codes(office, key["accessKey"], 103)
    done("tenant", "key", "enable", tenant["id"], key["id"], "--data", office.data)
    new = done(
        "tenant", "key", "rotate", tenant["id"], key["id"], "--overlap", "1h", "--yes", "--json", "--data", office.data
    )
    assert codes(office, key["accessKey"], 100)
    done("tenant", "key", "delete", tenant["id"], key["id"], "--yes", "--data", office.data)
    assert codes(office, new.json["accessKey"], 102)
    shown = {one["name"]: one["lastUsed"] for one in done("tenant", "key", "list", *at, "--json").json}
    assert shown["main"] is None
    assert shown["k (replaced)"] is not None


def test_a_tenant_is_disabled_on_every_worker_at_once(office, tenant):
    assert codes(office, tenant["accessKey"], 100)
    done("tenant", "disable", tenant["id"], "--yes", "--data", office.data)
    assert codes(office, tenant["accessKey"], 103)
    done("tenant", "enable", tenant["id"], "--data", office.data)
    # The key's bucket is to be empty again.
    time.sleep(SIZE / LEAK)
    assert codes(office, tenant["accessKey"], 100)


def test_a_key_without_scope(office, tenant):
    key = done("tenant", "key", "create", tenant["id"], "k", "--scope", "orders", "--json", "--data", office.data).json
    with office.connect() as connection:
        assert code_of(search(connection, key["accessKey"])) == 103


def test_a_proxy_on_this_machine_is_heard(office, tenant):
    query = urlencode({"auth": tenant["accessKey"], "action": "product_search", "data": '{"sku":"N1"}'})
    with office.connect() as connection:
        for headers, code in [
            ({}, 100),
            ({"x-forwarded-proto": "https"}, 100),
            ({"x-forwarded-proto": "http"}, 101),
            ({"forwarded": "for=192.0.2.1;proto=https"}, 100),
            ({"x-forwarded-for": "192.0.2.1"}, 101),
        ]:
            reply = connection("GET", f"/client/V1?{query}", headers=headers)
            assert code_of(reply) == code, headers
            assert len(reply.headers["x-debug-uid"]) == 32


@pytest.mark.parametrize("target", ['/client/V1/?data={"sku":1}', "/client/V1/?data={%22a%22: 1}"])
def test_what_the_http_server_itself_refuses_gets_its_bare_400(office, target):
    with socket.create_connection((HOST, office.port), timeout=10) as raw:
        raw.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        assert raw.recv(4096).startswith(b"HTTP/1.1 400 ")


def test_braces_brackets_colons_and_commas_are_not_refused(office, tenant):
    target = f"/client/V1/?auth={tenant['accessKey']}&action=product_search&data={{%22sku%22:%22N1%22,%22limit%22:[1]}}"
    with socket.create_connection((HOST, office.port), timeout=10) as raw:
        raw.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        assert raw.recv(4096).startswith(b"HTTP/1.1 200 ")


def test_a_server_may_want_https_of_everybody(tmp_path):
    always = Program(tmp_path / "data", "--search", "memory:", env={"FACETRY_CLIENT_API_REQUIRE_HTTPS": "always"})
    with always as program, program.connect() as connection:
        assert code_of(search(connection, "x")) == 101
        long = connection("POST", "/client/V1/?http_errors=1", b"x" * (17 << 20), FORM)
        assert (long.status, code_of(long)) == (403, 101)
