"""A data directory that is taken away while it is served: the server ends, before it acknowledges what is lost."""

from __future__ import annotations

import shutil

import pytest

from tests.api.server import product
from tests.program import Program, new_tenant, session_members, verified, wait_until


def remove(data):
    shutil.rmtree(data)


def move(data):
    data.rename(data.with_name("moved"))


def replace(data):
    move(data)
    new_tenant(data, "Other", "--id", "other")


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("take", [remove, move, replace])
def test_it_ends_and_says_why(tmp_path, take, workers):
    data = tmp_path / "disk" / "data"
    keys = new_tenant(data, "Shop", "--id", "shop")
    server = Program(data, "--workers", workers, "--search", "memory:", env={"FACETRY_LINGER_SECONDS": "30"})
    server.output_path, server.log_path = tmp_path / "out", tmp_path / "log"
    try:
        server.start()
        wait_until(lambda: len(server.answering()) == int(workers), 30)
        with server.connect(server.login(keys)) as shop:
            assert shop.post(product("A", "A")).json["success"]
        take(data)
        assert server.wait() == 1
        assert session_members(server.pid) == []
        told = "was moved, removed or replaced while it was served: put it back, or restore a backup, and start again"
        assert f"facetry: data directory {data} {told}\n" in server.log
        assert "Traceback" not in server.log + server.output
    finally:
        server.end()
    if take is not remove:
        assert verified(data.with_name("moved"), "shop")["products"] == 1
    if take is replace:
        assert verified(data, "other")["products"] == 0
