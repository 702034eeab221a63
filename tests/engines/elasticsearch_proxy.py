"""An OpenSearch that speaks as Elasticsearch does, so that the official client of Elasticsearch talks to it."""

from __future__ import annotations

import http.client
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tools.engines.process import HOST

ANSWER_SECONDS = 60
# What concerns one connection only is not passed on; nor is the length, which may change.
HOP = frozenset({"connection", "content-length", "host", "keep-alive", "transfer-encoding"})
MEDIA = re.compile(r"application/vnd\.elasticsearch\+(json|x-ndjson)\s*;\s*compatible-with=(\d+)")
OPENS_PIT = re.compile(r"^(/[^/?]+)/_pit(?=\?|$)")


class ElasticsearchProxy:
    """Listens on a port of its own, for one OpenSearch.

    What it changes is all that parts the two servers here: the media types by which a client of Elasticsearch asks for
    a version, the header by which it knows the product, and how points in time are opened and closed.

    Attributes:
        requests: Method and path of all that was asked.
    """

    def __init__(self, upstream: str) -> None:
        """Know the server: ``opensearch://host:port``, maybe with a user and a password that clients send."""
        parts = urlsplit(upstream)
        proxy = self
        self.requests: list[tuple[str, str]] = []
        self._user = parts.netloc.rpartition("@")[0]

        class Handler(_Handler):
            address = (parts.hostname or HOST, parts.port or 9200)
            requests = proxy.requests

        self._server = ThreadingHTTPServer((HOST, 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def url(self) -> str:
        """Return its address."""
        user = f"{self._user}@" if self._user else ""
        return f"elasticsearch://{user}{HOST}:{self._server.server_port}"

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join(10)
        # Threads of clients that are still connected are left to end by themselves.
        self._server.block_on_close = False
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    address: tuple[str, int]
    requests: list[tuple[str, str]]
    upstream: http.client.HTTPConnection | None = None

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.requests.append((self.command, self.path))
        if self.headers.get("x-elastic-client-meta") is None:
            self.send_error(400, "the client of Elasticsearch says who it is")
            return
        path, body, rename = translated(self.command, self.path, body)
        status, headers, answer = self._asked(path, body)
        if rename and status < 300:
            answer = json.dumps(rename(json.loads(answer))).encode()
        self._answer(status, headers, answer)

    def _asked(self, path: str, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        # Answers are changed here, so they must not be packed.
        sent = {k: plain(v) for k, v in self.headers.items() if k.lower() not in HOP | {"accept-encoding"}}
        if self.upstream is None:
            self.upstream = http.client.HTTPConnection(*self.address, timeout=ANSWER_SECONDS)
        try:
            self.upstream.request(self.command, path, body or None, sent)
            answer = self.upstream.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        except (OSError, http.client.HTTPException):
            self.upstream.close()
            self.upstream = None
            raise

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        asked = MEDIA.search(self.headers.get("accept", ""))
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in HOP:
                said = name.lower() == "content-type" and asked and value.startswith("application/json")
                self.send_header(name, asked[0] if said else value)
        self.send_header("x-elastic-product", "Elasticsearch")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _pass_on  # noqa: N815 - the library calls them so

    def handle(self) -> None:
        """Answer a connection's requests; one that breaks off, on either side, is cut on the other."""
        try:
            super().handle()
        except (OSError, http.client.HTTPException):
            self.close_connection = True
        finally:
            if self.upstream is not None:
                self.upstream.close()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def plain(value: str) -> str:
    """Return a media type as a server without versions of its API knows it."""
    return MEDIA.sub(r"application/\1", value)


def translated(method: str, path: str, body: bytes) -> tuple[str, bytes, Any]:
    """Return path and body as OpenSearch takes them, and what its answer becomes, None for itself."""
    if method == "POST" and OPENS_PIT.match(path):
        opened = OPENS_PIT.sub(r"\1/_search/point_in_time", path)
        return opened, body, lambda said: {"id": said["pit_id"], "_shards": said["_shards"]}
    if method == "DELETE" and path.partition("?")[0] == "/_pit":
        named = json.dumps({"pit_id": [json.loads(body)["id"]]}).encode()
        return "/_search/point_in_time", named, lambda said: {"succeeded": True, "num_freed": len(said["pits"])}
    return path, body, None
