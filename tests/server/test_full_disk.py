"""A full disk: writes fail in the surface's form, reads and searches go on, nothing is damaged."""

from __future__ import annotations

import os
import signal
import subprocess

import pytest

from tests.api.server import product
from tests.program import Program, done, new_tenant, verified, wait_until
from tests.support import require

SIZE = 16 << 20


@pytest.fixture
def disk(tmp_path):
    """Yield a folder on a disk of a few megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", folder]
    try:
        mounted = subprocess.run(mounting, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    require("servers", mounted, "mounting a small disk needs root")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def fill(folder):
    ballast = folder / "ballast"
    with ballast.open("ab", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            return ballast


def big(number):
    words = " ".join(f"word{number}x{n}" for n in range(150))
    return product(f"B{number}", f"B{number}", description=words[:2000])


@pytest.mark.parametrize("workers", ["1", "2"])
def test_writes_fail_and_reads_go_on_until_there_is_room(disk, tmp_path, workers):
    data = disk / "data"
    server = Program(data, "--workers", workers)
    # The log is another disk's affair.
    server.output_path, server.log_path = tmp_path / "out", tmp_path / "log"
    with server:
        keys = new_tenant(data, "Shop", "--id", "shop")
        token = server.login(keys)
        with server.connect(token) as shop:
            for number in range(20):
                assert shop.post(big(number)).json["success"]
            ballast = fill(disk)
            stored, refused = write_until_full(shop, 20)
            for reply in refused:
                assert reply.status == 500
                assert reply.json["success"] is False
                assert reply.json["code"] == "ERROR"
                assert "room" in reply.json["message"] or "full" in reply.json["message"]
            check(server, token, stored)
            with server.connect(token) as visitor:
                assert visitor.product(f"B{stored}").json["success"] is False
                assert visitor("DELETE", "/catalog/v1/products/B0").status == 500
                assert visitor.product("B0").json["sku"] == "B0"
            for pid in server.worker_pids:
                os.kill(pid, signal.SIGKILL)
                wait_until(lambda lost=pid: server.worker_pids and lost not in server.worker_pids)
            check(server, token, stored)
            ballast.unlink()
            for number in range(stored, stored + 10):
                assert shop.post(big(number)).json["success"], number
            check(server, token, stored + 10)
        report = {"tenant": "shop", "groups": stored + 10, "products": stored + 10, "differences": []}
        assert verified(data, "shop") == report
        assert server.stop() == 0
    (again,) = done("verify", "--json", "--data", data).json
    assert report.items() <= again.items()


def write_until_full(shop, number):
    """Write until three writes in a row fail; return how many products there are, and the answers of the failed."""
    refused = []
    while len(refused) < 3:
        reply = shop.post(big(number))
        if reply.status == 200 and reply.json["success"]:
            assert not refused
            number += 1
            assert number < 20_000
        else:
            refused.append(reply)
    return number, refused


def check(server, token, count):
    for _ in range(6):
        with server.connect(token) as reader:
            assert reader.total("ring") == count
            assert reader.product(f"B{count - 1}").json["sku"] == f"B{count - 1}"
            assert reader.group("B3").json["name"] == "Ring B3"
