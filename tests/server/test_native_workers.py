"""``/v2`` on several processes of one data directory: what one of them was told, all follow at once."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from tests.api.server import product
from tests.program import Program, done, new_tenant, process_of, wait_until

WORKERS = 2
CONNECTIONS = 12
RULES = "/v2/settings/search"
TYPES = "/v2/settings/attributes"


@pytest.fixture(scope="module")
def several(tmp_path_factory):
    with Program(tmp_path_factory.mktemp("several") / "data", "--workers", WORKERS) as program:
        wait_until(lambda: len(program.answering()) == WORKERS, 30)
        yield program


@pytest.fixture
def keys(several):
    return new_tenant(several.data)


class Callers:
    """Connections to all processes, each request with one key."""

    def __init__(self, program, key, stack):
        self.key = key
        self._open = [stack.enter_context(program.connect()) for _ in range(CONNECTIONS)]
        assert len({process_of(connection.get("/healthz")) for connection in self._open}) == WORKERS

    def one(self, number, method, target, body=None, **headers):
        """Send a request over one of the connections."""
        given = {"authorization": f"Bearer {self.key}", **{name.replace("_", "-"): v for name, v in headers.items()}}
        return self._open[number % CONNECTIONS](method, target, body, given)

    def all(self, method, target, body=None):
        """Send the same request over each connection."""
        return [self.one(number, method, target, body) for number in range(CONNECTIONS)]

    def statuses(self, method, target, body=None):
        """Return with which statuses a request is answered."""
        return {answer.status for answer in self.all(method, target, body)}

    def totals(self, target="/v2/search"):
        """Return how many hits a search has, as each process sees it."""
        return {answer.json["total"] for answer in self.all("GET", target)}


@pytest.fixture
def callers(several, keys):
    with ExitStack() as stack:
        yield Callers(several, keys["apiKey"], stack)


@pytest.fixture
def shop(several, keys):
    with several.connect(several.login(keys)) as connection:
        yield connection


def test_settings_work_at_once_in_all_of_them(callers, shop):
    shop.put(product("S1", "S", name="Golden band"))
    for number in range(CONNECTIONS):
        word = f"shackle{chr(97 + number)}"
        assert callers.totals(f"/v2/search?q={word}&typos=false") == {0}
        rules = {"synonyms": [{"phrases": ["band", word]}]}
        assert callers.one(number, "PUT", RULES, rules).status == 200
        assert callers.totals(f"/v2/search?q={word}&typos=false") == {1}
        assert {answer.json["synonyms"][0]["phrases"][1] for answer in callers.all("GET", RULES)} == {word}
    assert len({answer.headers["etag"] for answer in callers.all("GET", RULES)}) == 1


def test_an_outdated_version_is_refused_by_all_of_them(callers):
    read = callers.one(0, "GET", RULES).headers["etag"]
    assert callers.one(0, "PUT", RULES, {"stop_words": ["a"]}, if_match=read).status == 200
    statuses = {callers.one(n, "PUT", RULES, {"stop_words": ["b"]}, if_match=read).status for n in range(CONNECTIONS)}
    assert statuses == {412}
    assert {answer.json["stop_words"][0] for answer in callers.all("GET", RULES)} == {"a"}


def test_types_of_attributes_bind_writes_and_searches_of_all_of_them(several, keys, callers):
    types = {"attributes": [{"name": "grade", "type": "scale", "scale": ["low", "mid", "high"]}]}
    token = several.login(keys)
    with ExitStack() as stack:
        writers = [stack.enter_context(several.connect(token)) for _ in range(CONNECTIONS)]
        assert callers.one(0, "PUT", TYPES, types).status == 200
        for number, writer in enumerate(writers):
            good = product(f"S{number}", f"G{number}", attributes={"grade": "high" if number % 2 else "low"})
            assert writer.put(good).json["success"]
            refused = writer.put({**good, "attributes": {"grade": "best"}})
            assert (refused.status, refused.json["errors"][0]["param"]) == (422, "attributes.grade")
            assert callers.totals("/v2/search?filter=grade+%3E%3D+mid") == {(number + 1) // 2}


def test_keys_end_in_all_of_them_at_once(several, keys, callers):
    front = {key: keys[key] for key in ("apiKey", "accessKey", "searchKey")}
    for name, flag in (("searchKey", "--search-key"), ("accessKey", "--access-key"), ("apiKey", "--api-key")):
        callers.key = front[name]
        assert callers.statuses("GET", "/v2/search") == {200}
        rotated = done("tenant", "rotate", keys["id"], flag, "--yes", "--json", "--data", several.data).json
        assert callers.statuses("GET", "/v2/search") == {401}
        callers.key = rotated[name]
        assert callers.statuses("GET", "/v2/search") == {200}
    done("tenant", "disable", keys["id"], "--yes", "--data", several.data)
    assert callers.statuses("GET", "/v2/search") == {401}


def test_a_search_sees_the_revision_that_another_process_has_written(callers, shop):
    for number in range(1, 9):
        shop.put(product(f"S{number}", f"G{number}"))
        found = [callers.one(n, "POST", "/v2/search", {"min_revision": number}).json for n in range(CONNECTIONS)]
        assert {(answer["total"], answer["revision"]) for answer in found} == {(number, number)}
    assert callers.statuses("POST", "/v2/search", {"min_revision": 9}) == {409}


def test_pages_go_on_in_any_of_them(callers, shop):
    for number in range(1, 8):
        shop.put(product(f"S{number}", f"G{number}", promotionPrice=number))
    seen, cursor = [], None
    for number in range(7):
        page = callers.one(number, "POST", "/v2/search", {"sort": "price:asc", "limit": 1, "after": cursor}).json
        seen += [hit["group"]["group_id"] for hit in page["hits"]]
        cursor = page["next"]
    assert (seen, cursor) == ([f"G{number}" for number in range(1, 8)], None)
