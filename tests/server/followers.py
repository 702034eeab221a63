"""Programs that follow a catalog: by pages, by waiting, by events; each in a thread of its own."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from contextlib import suppress

from tests.program import HOST

CHANGES = "/v2/changes"
RECORDS = ("gemstones", "listings", "orders", "clients")
FAILURES = (OSError, http.client.HTTPException)
"""What a connection meets when the server is killed."""


class Mirror:
    """A catalog as it is known from changes alone."""

    def __init__(self):
        self.revision = 0
        self.products = {}
        self.groups = set()
        self.records = {part: {} for part in RECORDS}

    def take(self, page):
        assert page["since"] == self.revision
        assert page["revision"] >= page["since"]
        self.products |= {product["sku"]: product for product in page["products"]}
        for sku in page["gone_products"]:
            self.products.pop(sku, None)
        self.groups = (self.groups | {*page["groups"]}) - {*page["gone_groups"]}
        for part in RECORDS:
            self.records[part] |= {record["id"]: record for record in page[part]}
        for gone in page["gone"]:
            self.records[gone["kind"] + "s"].pop(gone["id"], None)
        self.revision = page["revision"]


class Follower(threading.Thread):
    """Follow until a revision is reached, over any number of connections."""

    patience = 10

    def __init__(self, port, key, limit=50):
        super().__init__(daemon=True)
        self.mirror = Mirror()
        self.until = None
        self.error = None
        self.pages = 0
        self.broken = 0
        self._port = port
        self._headers = {"authorization": f"Bearer {key}"}
        self._limit = limit

    def run(self):
        try:
            while self.until is None or self.mirror.revision < self.until:
                try:
                    self.follow()
                except FAILURES:
                    self.broken += 1
                    time.sleep(0.05)
        except BaseException as error:
            self.error = error
            raise

    def finish(self, revision):
        """Follow up to a revision, and give the mirror."""
        self.until = revision
        self.join(60)
        assert self.error is None, self.error
        assert self.mirror.revision == revision
        return self.mirror

    def get(self, query="", **headers):
        """Return connection and answer of a request."""
        connection = http.client.HTTPConnection(HOST, self._port, timeout=self.patience)
        target = f"{CHANGES}?since={self.mirror.revision}&limit={self._limit}{query}"
        connection.request("GET", target, headers={**self._headers, **headers})
        answer = connection.getresponse()
        if answer.status == 503:
            raise http.client.HTTPException
        assert answer.status == 200, answer.read()
        return connection, answer

    def take(self, page):
        self.mirror.take(page)
        self.pages += 1

    def ask(self, query=""):
        connection, answer = self.get(query)
        try:
            self.take(json.loads(answer.read()))
        finally:
            connection.close()


class ByPages(Follower):
    """Ask now and then."""

    def follow(self):
        self.ask()
        time.sleep(0.01)


class ByWaiting(Follower):
    """Ask with a wait."""

    def follow(self):
        self.ask("&wait=1")


class ByEvents(Follower):
    """Listen, and hang up at random, or when nothing has come for a while."""

    patience = 1

    def follow(self):
        connection, answer = self.get(accept="text/event-stream")
        try:
            events = random.Random(self.mirror.revision).randrange(1, 30)
            for _ in range(events):
                if self.until is not None and self.mirror.revision >= self.until:
                    return
                fields = read_event(answer)
                if fields is None:
                    return
                if fields.get("event") == "changes":
                    self.take(json.loads(fields["data"]))
                    assert fields["id"] == str(self.mirror.revision)
                elif "id" in fields:
                    self.mirror.revision = int(fields["id"])
        finally:
            connection.close()


def read_event(answer):
    """Return the next event as fields by name, None at the end of the stream."""
    fields = {}
    while line := answer.readline():
        text = line.decode().rstrip("\n")
        if not text:
            return fields
        name, _, value = text.partition(": ")
        fields[name] = value
    with suppress(OSError):
        answer.close()
    return None
