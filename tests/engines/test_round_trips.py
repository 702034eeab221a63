"""How many requests to engines one request makes, counted on the wire."""

from __future__ import annotations

import re
import time
from contextlib import ExitStack

import pytest

from tests.api.server import product
from tests.engines.machines import own_engines
from tests.program import Program, done
from tools.engines.counting import CountingProxy
from tools.engines.process import HOST

PLACE = re.compile(r"127\.0\.0\.1:(\d+)")
BY_THEMSELVES = ("hello", "ping", "endSessions", "HELLO", "CLIENT", "SUBSCRIBE", "PING")
"""What drivers ask without being asked."""


@pytest.fixture(scope="module")
def shop(mongodb_url, opensearch_url, redis_url, tmp_path_factory):
    """Give a process behind proxies that count, without background work, and a caller with a product."""
    with own_engines(mongodb_url, opensearch_url, redis_url) as flags, ExitStack() as stack:
        tenant = done("tenant", "create", "Shop", "--json", *flags).json
        urls = dict(zip(flags[::2], flags[1::2], strict=True))
        proxies = {}
        for flag, protocol in (("--store", "mongodb"), ("--search", "http"), ("--cache", "redis")):
            found = PLACE.search(urls[flag])
            proxy = proxies[flag] = stack.enter_context(CountingProxy(protocol, int(found[1])))
            urls[flag] = PLACE.sub(f"{HOST}:{proxy.port}", urls[flag])
        # The server names itself, and the driver would go there.
        urls["--store"] += ("&" if "?" in urls["--store"] else "?") + "directConnection=true"
        counted = [word for pair in urls.items() for word in pair]
        one = stack.enter_context(Program(tmp_path_factory.mktemp("one"), *counted, "--no-background"))
        caller = stack.enter_context(one.connect(one.login(tenant)))
        assert caller.post(product("A", "G", name="Ring")).json["success"]
        yield proxies, caller


def fewest(shop, ask):
    """Return the fewest requests to each engine of several calls: a lease may run out, an engine be probed."""
    proxies, _ = shop
    found = []
    for _ in range(6):
        time.sleep(0.05)
        for proxy in proxies.values():
            proxy.taken()
        ask()
        found.append({flag: sum(proxy.taken(*BY_THEMSELVES).values()) for flag, proxy in proxies.items()})
    return {flag: min(one[flag] for one in found) for flag in proxies}


def test_a_cached_read_asks_the_cache_server_once(shop):
    _, caller = shop
    assert caller.product("A").json["name"] == "Ring"
    assert fewest(shop, lambda: caller.product("A")) == {"--store": 0, "--search": 0, "--cache": 1}


def test_a_search_is_one_call_of_the_search_engine(shop):
    _, caller = shop
    words = iter(range(100))
    assert fewest(shop, lambda: caller.total(f"ring{next(words)}")) == {"--store": 0, "--search": 1, "--cache": 1}


def test_a_read_that_is_not_cached_asks_each_once(shop):
    _, caller = shop
    names = iter(f"missing-{number}" for number in range(100))
    counts = fewest(shop, lambda: caller.product(next(names)))
    assert (counts["--search"], counts["--cache"]) == (0, 1)
    assert counts["--store"] == 1
