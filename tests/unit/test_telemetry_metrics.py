"""Metrics: counted in place, summed over processes, shown in Prometheus' text format."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from facetry.telemetry.metrics import Metrics
from facetry.telemetry.process import ProcessReading, read_process
from facetry.telemetry.series import BOUNDS
from facetry.telemetry.shard import NAME_BYTES, SLOTS, Shard, read_shards

ROUTE = "/catalog/v1/products/{sku}"


def values(metrics):
    """Return all samples by name and labels."""
    text = metrics.text().decode()
    assert text.endswith("\n")
    pairs = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    assert len({name for name, _, _ in pairs}) == len(pairs)
    return {name: float(value) for name, _, value in pairs}


def test_requests_are_counted_by_route_method_and_class():
    metrics = Metrics()
    for status, seconds in ((200, 0.0001), (204, 0.0002), (304, 0.3), (422, 99.0), (0, 0.001), (500, 0.001)):
        metrics.route("GET", ROUTE).count(status, seconds)
    metrics.route("POST", ROUTE).count(200, 0.002)
    shown = values(metrics)
    labels = f'method="GET",route="{ROUTE}"'
    counted = {name: value for name, value in shown.items() if name.startswith("facetry_requests_total")}
    assert counted == {
        f'facetry_requests_total{{{labels},status="2xx"}}': 2,
        f'facetry_requests_total{{{labels},status="3xx"}}': 1,
        f'facetry_requests_total{{{labels},status="4xx"}}': 2,
        f'facetry_requests_total{{{labels},status="5xx"}}': 1,
        f'facetry_requests_total{{method="POST",route="{ROUTE}",status="2xx"}}': 1,
    }
    buckets = [shown[f'facetry_request_seconds_bucket{{{labels},le="{bound}"}}'] for bound in BOUNDS]
    assert buckets == [1, 2, 2, 4, 4, 4, 4, 4, 4, 4, 4, 5, 5, 5, 5]
    assert shown[f'facetry_request_seconds_bucket{{{labels},le="+Inf"}}'] == 6
    assert shown[f"facetry_request_seconds_count{{{labels}}}"] == 6
    assert shown[f"facetry_request_seconds_sum{{{labels}}}"] == pytest.approx(99.3023)


def test_methods_of_clients_own_making_share_one_series():
    metrics = Metrics()
    for number in range(SLOTS + 1):
        metrics.route(f"M{number}", ROUTE).count(405, 0.0)
    shown = values(metrics)
    assert shown[f'facetry_requests_total{{method="OTHER",route="{ROUTE}",status="4xx"}}'] == SLOTS + 1
    assert metrics.route("GET", ROUTE) is metrics.route("GET", ROUTE)


def test_labels_are_escaped():
    metrics = Metrics()
    metrics.route("GET", 'a"b\\c\nd').count(200, 0.0)
    assert 'facetry_requests_total{method="GET",route="a\\"b\\\\c\\nd",status="2xx"} 1' in metrics.text().decode()


def test_counters_histograms_gauges_and_tallies():
    metrics = Metrics()
    metrics.counter("facetry_hot_hits_total").add()
    metrics.counter("facetry_hot_hits_total").add(4)
    metrics.histogram("facetry_index_apply_seconds").observe(0.02)
    metrics.histogram("facetry_index_apply_seconds").observe(0.2)
    level = [7]
    metrics.gauge("facetry_cache_bytes", lambda: level[0])
    metrics.tally("facetry_log_lines_dropped_total", lambda: level[0])
    level[0] = 8
    text = metrics.text().decode()
    shown = values(metrics)
    assert shown["facetry_hot_hits_total"] == 5
    assert shown['facetry_index_apply_seconds_bucket{le="0.025"}'] == 1
    assert shown["facetry_index_apply_seconds_count"] == 2
    assert shown["facetry_index_apply_seconds_sum"] == pytest.approx(0.22)
    assert shown["facetry_cache_bytes"] == 8
    assert shown["facetry_log_lines_dropped_total"] == 8
    assert "# TYPE facetry_cache_bytes gauge\n" in text
    assert "# TYPE facetry_log_lines_dropped_total counter\n" in text
    assert "# HELP facetry_index_apply_seconds How long the search index took to take in a change.\n" in text


def test_the_process_is_shown():
    shown = values(Metrics())
    assert shown["facetry_processes"] == 1
    assert 10_000_000 < shown["facetry_resident_bytes"] < 10_000_000_000
    assert shown["facetry_cpu_seconds_total"] > 0
    assert shown["facetry_open_files"] >= 3


def test_workers_are_summed(tmp_path):
    one, two = Metrics(tmp_path), Metrics(tmp_path)
    one.route("GET", ROUTE).count(200, 0.001)
    two.route("GET", ROUTE).count(200, 0.001)
    two.route("PUT", ROUTE).count(200, 0.001)
    one.gauge("facetry_cache_bytes", lambda: 5)
    two.gauge("facetry_cache_bytes", lambda: 6)
    one.sample()
    two.sample()
    assert values(one) == pytest.approx(values(two), rel=0.5)
    shown = values(one)
    assert shown[f'facetry_requests_total{{method="GET",route="{ROUTE}",status="2xx"}}'] == 2
    assert shown[f'facetry_requests_total{{method="PUT",route="{ROUTE}",status="2xx"}}'] == 1
    assert shown["facetry_cache_bytes"] == 11
    assert shown["facetry_processes"] == 2


CHILD = """
import sys, time
from pathlib import Path
from facetry.telemetry.metrics import Metrics
metrics = Metrics(Path(sys.argv[1]))
metrics.counter("facetry_hot_hits_total").add(3)
metrics.gauge("facetry_cache_bytes", lambda: 9)
metrics.sample()
sys.stdout.write("ready\\n")
sys.stdout.flush()
time.sleep(60)
"""


def test_a_killed_worker_leaves_its_counters_but_no_gauges_until_a_fresh_start(tmp_path):
    metrics = Metrics(tmp_path)
    metrics.counter("facetry_hot_hits_total").add(1)
    with subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path)], stdout=subprocess.PIPE) as child:
        assert child.stdout.readline() == b"ready\n"
        shown = values(metrics)
        assert (shown["facetry_hot_hits_total"], shown["facetry_cache_bytes"], shown["facetry_processes"]) == (4, 9, 2)
        child.send_signal(signal.SIGKILL)
    shown = values(metrics)
    assert (shown["facetry_hot_hits_total"], shown["facetry_processes"]) == (4, 1)
    assert "facetry_cache_bytes" not in shown
    fresh = Metrics(tmp_path, fresh=True)
    assert values(fresh)["facetry_hot_hits_total"] == 1


def test_a_closed_one_counts_as_ended(tmp_path):
    one, two = Metrics(tmp_path / "metrics"), Metrics(tmp_path / "metrics")
    one.counter("facetry_hot_hits_total").add(2)
    one.close()
    one.close()
    shown = values(two)
    assert (shown["facetry_hot_hits_total"], shown["facetry_processes"]) == (2, 1)


def test_files_of_others_are_passed_over(tmp_path):
    metrics = Metrics(tmp_path)
    metrics.counter("facetry_hot_hits_total").add(2)
    (tmp_path / "readme.metrics").write_bytes(b"no number in front")
    (tmp_path / "1-short.metrics").write_bytes(b"x" * 10)
    (tmp_path / "2-odd.metrics").write_bytes(b"\xff" * 5000)
    (tmp_path / "3-folder.metrics").mkdir()
    (tmp_path / "other").write_bytes(b"")
    assert values(metrics)["facetry_hot_hits_total"] == 2
    assert values(Metrics(tmp_path, fresh=True))["facetry_hot_hits_total"] == 2
    assert sorted(path.name for path in tmp_path.iterdir() if "-" not in path.name) == ["other"]


def test_a_series_without_room_is_counted_for_nobody():
    shard = Shard()
    long = shard.allocate("x" * (NAME_BYTES + 1))
    long[0] = 1
    for number in range(SLOTS + 1):
        shard.allocate(f"s{number}")[0] = number
    read = shard.read()
    assert (read.pid, read.is_alive) == (os.getpid(), True)
    assert {name: numbers[0] for name, numbers in read.series.items()} == {f"s{n}": n for n in range(SLOTS)}
    shard.close()


def test_readings_of_a_directory_come_by_name(tmp_path):
    shards = [Shard(tmp_path) for _ in range(3)]
    shards[1].allocate("a")[3] = -5
    readings = list(read_shards(tmp_path))
    assert [reading.is_alive for reading in readings] == [True, True, True]
    assert sorted(len(reading.series) for reading in readings) == [0, 0, 1]
    assert next(reading.series["a"] for reading in readings if reading.series)[:5] == [0, 0, 0, -5, 0]
    for shard in shards:
        shard.close()


def test_a_system_that_tells_nothing_gives_zeros(tmp_path):
    assert read_process(os.getpid() + 1, tmp_path) == ProcessReading()
    own = read_process(os.getpid(), tmp_path)
    assert (own.resident_bytes > 1_000_000, own.cpu_seconds > 0, own.open_files) == (True, True, 0)
    (tmp_path / "1").mkdir()
    (tmp_path / "1" / "statm").write_text("")
    assert read_process(1, tmp_path) == ProcessReading()
