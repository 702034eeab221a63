"""The servers that tests start: they answer, they are what they say, and they end with the tests."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.program import wait_until
from tests.support import ROOT
from tools.engines.process import ServerProcess, StartError, listens
from tools.engines.redis import MASTER, said

STARTS_ONE = """
import sys, time
from pathlib import Path
from tools.engines.process import ServerProcess
server = ServerProcess("one", [sys.executable, "-c", "import time; time.sleep(600)"], Path(sys.argv[1]), lambda: True)
server.start()
print(server.pid, flush=True)
time.sleep(600)
"""


def port_of(url):
    return urlsplit(url).port


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere only what reads its standard input ends")
def test_a_server_ends_with_the_process_that_started_it(tmp_path):
    command = [sys.executable, "-c", STARTS_ONE, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as starter:
        server = int(starter.stdout.readline())
        assert is_alive(server)
        starter.kill()
    wait_until(lambda: not is_alive(server), 5, "the server's end")


def test_a_server_that_ends_at_once_tells_what_it_said(tmp_path):
    server = ServerProcess("one", [sys.executable, "-c", "print('no room')"], tmp_path, lambda: False)
    with pytest.raises(StartError, match="one does not start: no room"):
        server.start()


def test_opensearch_is_the_real_one(opensearch_url):
    with urllib.request.urlopen(f"http{opensearch_url.removeprefix('opensearch')}") as answer:
        assert json.loads(answer.read())["version"]["distribution"] == "opensearch"


def test_mongodb_listens(mongodb_url):
    assert listens(port_of(mongodb_url))


def test_valkey_answers(redis_url):
    assert said(port_of(redis_url), "PING") == "+PONG\r\n"


def test_sentinels_replace_a_master(redis_sentinels):
    master, follower = redis_sentinels.servers
    sentinel = redis_sentinels.ports[0]
    assert str(master.port) in said(sentinel, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER)
    master.process.kill()
    wait_until(
        lambda: str(follower.port) in said(sentinel, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER), 20, "a new master"
    )
    assert "role:master" in said(follower.port, "INFO", "replication")


def test_a_cluster_replaces_a_master(redis_cluster):
    master, follower = redis_cluster.servers[0], redis_cluster.servers[3]
    assert "cluster_state:ok" in said(redis_cluster.servers[5].port, "CLUSTER", "INFO")
    master.process.kill()
    wait_until(lambda: "role:master" in said(follower.port, "INFO", "replication"), 20, "a new master")


@pytest.mark.slow
def test_three_nodes_are_one_cluster(opensearch_cluster):
    assert opensearch_cluster.nodes[0].ask("GET", "/_cluster/health")["number_of_nodes"] == 3
    manager = opensearch_cluster.manager()
    manager.process.kill()
    wait_until(lambda: opensearch_cluster.manager().name != manager.name, 60, "another manager")
