"""The topology of deploy/, started natively: what is acknowledged through nginx is there when a process is killed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support import ROOT, require
from tools.engines import fetching
from tools.engines.fetching import MissingError


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_local_cluster_holds_what_it_acknowledges():
    try:
        fetching.valkey()
        fetching.opensearch_jars()
    except MissingError as error:
        require("servers", False, str(error))
    script = ROOT / "deploy/local-cluster/run.py"
    done = subprocess.run([sys.executable, script, "--check"], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "all are read and found" in done.stdout
