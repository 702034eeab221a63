"""The text format of Prometheus (version 0.0.4) over the numbers of all workers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from facetry.telemetry.process import ProcessReading, read_process
from facetry.telemetry.series import BOUNDS, COUNTER, GAUGE, HISTOGRAM, REQUESTS, STATUS_CLASSES, series_parts
from facetry.telemetry.shard import ShardReading

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS = len(BOUNDS) + 1
_MICRO = 1_000_000

_HELP = {
    "facetry_hot_hits_total": "Reads answered before the router.",
    "facetry_log_lines_dropped_total": "Log lines given up because the stream was too slow.",
    "facetry_journal_dropped_total": "Lines and counts of journals given up: too many waited, or the disk refused.",
    "facetry_index_apply_seconds": "How long the search index took to take in a change.",
    "facetry_index_rebuild_seconds": "How long it took to build a tenant's search index anew.",
    "facetry_search_seconds": "How long the search index took to answer.",
    "facetry_cache_entries": "Answers kept in the caches.",
    "facetry_cache_bytes": "Bytes of the answers kept in the caches.",
    "facetry_consumers_waiting": "Requests that wait for changes of a catalog, streams among them.",
    "facetry_worker_restarts_total": "Processes that ended by themselves and were started again.",
    "facetry_disk_free_bytes": "Room that is left on the disk of the data directory.",
    "facetry_engine_up": "Whether an engine on another machine answers.",
    "facetry_index_lag_revisions": "Revisions that the search index lacks, over all tenants.",
    "facetry_index_lag_seconds": "How long the search index has lacked something, with the tenant that waits longest.",
    "facetry_index_lag_tenants": "Tenants that the search index lacks something of.",
    "facetry_index_parked_groups": "Groups that the search index refused; all else of their tenants is there.",
    "facetry_limiter_shared": "Whether calls are counted for all processes together; else each counts for itself.",
    "facetry_requests_in_flight": "Requests being answered by the router.",
}


def exposition(shards: Sequence[ShardReading]) -> str:
    """Return the metrics of these processes, summed."""
    totals = _totals(shards)
    lines: list[str] = []
    last = ""
    lines += _request_lines({key: values for (kind, key), values in totals.items() if kind == REQUESTS})
    for (kind, key), values in sorted(totals.items()):
        if kind != REQUESTS:
            # A name may end in labels; what it is stands before the first of those that differ only in them.
            bare = key.partition("{")[0]
            lines += _head_lines(kind, bare) if bare != last else ()
            lines += _metric_lines(kind, key, values)
            last = bare
    lines += _process_lines([shard.pid for shard in shards if shard.is_alive])
    return "\n".join(lines) + "\n"


def _totals(shards: Sequence[ShardReading]) -> dict[tuple[str, str], list[int]]:
    """Return the sum of each series, by kind and the rest of its name; gauges of processes that ended count no more."""
    totals: dict[tuple[str, str], list[int]] = {}
    for shard in shards:
        for name, values in shard.series.items():
            kind, parts = series_parts(name)
            if kind == GAUGE and not shard.is_alive:
                continue
            key = (kind, _request_labels(*parts) if kind == REQUESTS else parts[0])
            before = totals.get(key, [0] * len(values))
            totals[key] = [a + b for a, b in zip(before, values, strict=True)]
    return totals


def _request_labels(method: str, route: str) -> str:
    escaped = route.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
    return f'method="{method}",route="{escaped}"'


def _request_lines(series: dict[str, list[int]]) -> Iterator[str]:
    yield "# HELP facetry_requests_total Requests answered, by class of status."
    yield "# TYPE facetry_requests_total counter"
    for labels, values in sorted(series.items()):
        for index in range(STATUS_CLASSES):
            if values[index]:
                yield f'facetry_requests_total{{{labels},status="{index + 1}xx"}} {values[index]}'
    yield "# HELP facetry_request_seconds How long requests took."
    yield "# TYPE facetry_request_seconds histogram"
    for labels, values in sorted(series.items()):
        yield from _histogram_lines("facetry_request_seconds", labels, values[STATUS_CLASSES:])


def _head_lines(kind: str, name: str) -> Iterator[str]:
    yield f"# HELP {name} {_HELP.get(name, 'No description.')}"
    yield f"# TYPE {name} {kind}"


def _metric_lines(kind: str, name: str, values: list[int]) -> Iterator[str]:
    if kind == HISTOGRAM:
        yield from _histogram_lines(name, "", values)
    else:
        yield f"{name} {values[0]}"


def _histogram_lines(name: str, labels: str, values: list[int]) -> Iterator[str]:
    *below, count = accumulate(values[:_BUCKETS])
    comma = "," if labels else ""
    for bound, total in zip(BOUNDS, below, strict=True):
        yield f'{name}_bucket{{{labels}{comma}le="{bound}"}} {total}'
    yield f'{name}_bucket{{{labels}{comma}le="+Inf"}} {count}'
    braces = f"{{{labels}}}" if labels else ""
    yield f"{name}_sum{braces} {values[_BUCKETS] / _MICRO}"
    yield f"{name}_count{braces} {count}"


def _process_lines(pids: Sequence[int]) -> Iterator[str]:
    total = ProcessReading()
    for pid in pids:
        total = total.plus(read_process(pid))
    for name, kind, text, value in (
        ("facetry_processes", GAUGE, "Processes that serve.", len(pids)),
        ("facetry_resident_bytes", GAUGE, "Memory in use, all processes.", total.resident_bytes),
        ("facetry_cpu_seconds_total", COUNTER, "Processor time used by the processes that serve.", total.cpu_seconds),
        ("facetry_open_files", GAUGE, "Open files and connections, all processes.", total.open_files),
    ):
        yield f"# HELP {name} {text}"
        yield f"# TYPE {name} {kind}"
        yield f"{name} {value}"
