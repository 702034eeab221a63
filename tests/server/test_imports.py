"""Imports in the background of a server with several processes, across a kill."""

from __future__ import annotations

import gzip
import json
import time
from contextlib import suppress

import pytest

from tests.program import Program, new_tenant, session_members, wait_until

IMPORTS = "/v2/imports"
PRODUCTS = 15_000


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    with Program(tmp_path_factory.mktemp("imports") / "data", "--workers", 2, "--search", "memory:") as program:
        wait_until(lambda: len(program.answering()) == 2, 30)
        yield program


class Office:
    """Calls with the key of a tenant, each over a connection of its own, so that any process may answer."""

    def __init__(self, program):
        self.keys = new_tenant(program.data)
        self._program = program

    def __call__(self, method, target, body=None):
        with self._program.connect() as connection:
            return connection(method, target, body, {"authorization": f"Bearer {self.keys['apiKey']}"})

    def job(self, job_id):
        return self("GET", f"{IMPORTS}/{job_id}").json


def lines(count):
    rows = (f'{{"sku":"S{n}","name":"ring {n}","groupID":"G{n // 7}"}}\n' for n in range(count))
    return "".join(rows).encode() + b'{"sku":"bad"}\n'


def test_an_import_goes_on_after_a_kill_and_its_rest_is_stored_once(program):
    office = Office(program)
    answer = office("POST", f"{IMPORTS}?name=all", lines(PRODUCTS))
    assert answer.status == 201
    wait_until(lambda: office.job(1)["stored"] > 0, 20)
    program.kill()
    # The other process notices by itself, and until then it answers on the same port.
    wait_until(lambda: not session_members(program.pid))
    program.start()
    wait_until(lambda: office.job(1)["state"] not in {"queued", "running"}, 60)
    job = office.job(1)
    assert (job["state"], job["stored"], job["rejected"]) == ("done", PRODUCTS, 1), job
    assert job["stored_new"] + 1000 >= PRODUCTS
    page = office("GET", "/v2/changes?since=0&include=groups").json
    revision = page["revision"]
    while page["more"]:
        page = office("GET", f"/v2/changes?since={revision}&include=groups&limit=1000").json
        revision = page["revision"]
    # A batch whose confirmation was lost is written again, which raises the revision and does no harm.
    assert PRODUCTS <= revision <= PRODUCTS + 1000
    assert office("GET", f"{IMPORTS}/1/rejected").body.count(b"\n") == 2
    assert not [*program.data.glob("import-jobs/open/*")]
    assert not [*program.data.glob("import-jobs/*/*/upload")]


def test_an_import_is_cancelled_whichever_process_is_asked(program):
    office = Office(program)
    for _ in range(2):
        assert office("POST", IMPORTS, gzip.compress(lines(PRODUCTS))).status == 201
    wait_until(lambda: office.job(1)["stored"] > 0, 20)
    assert office("POST", f"{IMPORTS}/2/cancel").json["state"] == "canceled"
    began = time.monotonic()
    job = office("POST", f"{IMPORTS}/1/cancel").json
    assert (job["state"], time.monotonic() - began < 5) == ("canceled", True)
    assert 0 < job["stored"] < PRODUCTS
    with suppress(json.JSONDecodeError):
        assert office("GET", IMPORTS).json["items"][0] == job


def test_a_file_that_breaks_off_leaves_nothing(program):
    office = Office(program)
    with program.connect() as connection:
        connection._headers = {"authorization": f"Bearer {office.keys['apiKey']}"}
        connection.send_head("POST", IMPORTS, 1000)
        connection._client.send(b"x" * 500)
    time.sleep(0.2)
    assert office("GET", IMPORTS).json == {"items": []}
    assert not [*program.data.glob("import-jobs/*/draft.*")]
