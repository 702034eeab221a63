"""What is looked at on the machine, and what is said where it is not as it should be."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from facetry.bootstrap.doctor import machine
from facetry.domain.checkup import Health

GIGABYTE = 1 << 30


def test_versions_are_named():
    checkup = machine.versions()
    assert checkup.health is Health.GOOD
    assert [part.split(" ")[0] for part in checkup.told.split(", ")] == ["Facetry", "Python", "SQLite", "Numba"]


def test_an_old_library_is_bad():
    checkup = machine.versions("3.40.1")
    assert (checkup.health, checkup.advice) == (Health.BAD, "install apsw with SQLite 3.51.3 or newer")


def test_kernels_can_be_kept(tmp_path, monkeypatch):
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    assert machine.kernels(tmp_path).told == "the first start compiles them"
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "one.nbi").touch()
    assert machine.kernels(tmp_path).told == f"1 compiled kernels are kept in {tmp_path}/__pycache__"
    monkeypatch.setenv("NUMBA_CACHE_DIR", "/none/cache")
    # Who runs the tests may write wherever it wants.
    monkeypatch.setattr(os, "access", lambda path, _: path != Path("/none"))
    checkup = machine.kernels(tmp_path)
    assert (checkup.health, checkup.told) == (Health.WARNING, "/none/cache cannot be written")


def test_room_is_measured_by_the_data(tmp_path):
    assert machine.room(tmp_path, 0).health is Health.GOOD
    checkup = machine.room(tmp_path, 1 << 60)
    assert (checkup.health, checkup.advice[:10]) == (Health.WARNING, "make room:")


def test_a_durable_write_is_timed(tmp_path, monkeypatch):
    assert machine.flushing(tmp_path).told.startswith("a durable write takes ")
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(os, "fsync", lambda _: time.sleep(0.06))
    assert machine.flushing(tmp_path).health is Health.WARNING
    checkup = machine.flushing(tmp_path / "none")
    assert (checkup.health, checkup.told) == (Health.BAD, "cannot be written: No such file or directory")


def test_a_clock_that_went_back_is_bad(tmp_path):
    now = time.time()
    assert machine.clock(tmp_path).health is Health.GOOD
    (tmp_path / "file").touch()
    os.utime(tmp_path / "file", (now + 3600, now + 3600))
    assert machine.clock(tmp_path, now).health is Health.BAD
    assert machine.clock(tmp_path, now + 3601).health is Health.GOOD
    assert machine.clock(tmp_path, 1_000.0).told == "says 1970-01-01T00:16:40Z, files are newer"


@pytest.mark.parametrize(
    ("hard", "health", "told"),
    [
        (127, Health.BAD, "127 allowed"),
        (128, Health.WARNING, "128 allowed"),
        (1_024, Health.WARNING, "1,024 allowed"),
        (65_536, Health.GOOD, "65,536 allowed"),
        (resource.RLIM_INFINITY, Health.GOOD, "any number allowed"),
    ],
)
def test_open_files_suffice_for_tenants_and_connections(monkeypatch, hard, health, told):
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1_024, hard))
    checkup = machine.open_files(10)
    assert (checkup.health, checkup.told) == (health, told)
    assert ("4,106" in checkup.advice) == (health is not Health.GOOD)


@pytest.mark.parametrize(
    ("hard", "health", "advice"),
    [
        (40, Health.BAD, "see who keeps connections open, and raise the limit to 4,106 (LimitNOFILE=)"),
        (1_000, Health.WARNING, "raise the limit to 4,106 (LimitNOFILE= of systemd, ulimits of Docker)"),
        (5_000, Health.GOOD, ""),
    ],
)
def test_of_a_server_its_own_limit_counts_and_what_it_has_open(hard, health, advice):
    command = (
        f"ulimit -n {hard}; exec {sys.executable} -c 'x = [open(\"/dev/null\") for _ in range(34)]; print(); input()'"
    )
    with subprocess.Popen(["/bin/sh", "-c", command], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        server.stdout.readline()
        checkup = machine.open_files(10, server.pid)
        server.communicate(b"\n")
    assert (checkup.health, checkup.advice) == (health, advice)
    assert checkup.told == f"{hard:,} allowed, 37 are open"


def test_a_process_that_cannot_be_looked_at_changes_nothing():
    assert machine.open_files(10, 2**30) == machine.open_files(10)
