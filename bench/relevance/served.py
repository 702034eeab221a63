"""A catalog in the running program: imported, served, searched over HTTP."""

from __future__ import annotations

import http.client
import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self

from bench.program import Server, command
from bench.relevance.judged import DEPTH

Json = dict[str, Any]
_TIMEOUT_SECONDS = 60


class Refused(Exception):  # noqa: N818 - it is an answer
    """The program did not do what it was asked; the text is its answer."""


class Served:
    """One tenant with a catalog."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        """Plan to serve the products of these lines; entering the block imports them and starts the program."""
        self._lines = lines
        self._folder = Path(tempfile.mkdtemp(prefix="facetry-bench-"))
        self._server = Server(directory=self._folder / "data")
        self._client: http.client.HTTPConnection | None = None

    def __enter__(self) -> Self:
        """Import, start and connect.

        Raises:
            Refused: A product was.
        """
        self._server.directory.mkdir()
        tenant = self._server.create_tenant()
        path = self._folder / "products.ndjson"
        path.write_bytes(b"\n".join(self._lines))
        data = ("--data", str(self._server.directory))
        report = json.loads(command("import", str(path), "--tenant", tenant["id"], *data, "--json").stdout)
        if report["rejected"]:
            raise Refused(json.dumps(report))
        self._server.__enter__()
        self._client = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=_TIMEOUT_SECONDS)
        return self

    def __exit__(self, *problem: object) -> None:
        """Stop the program and leave nothing behind."""
        if self._client is not None:
            self._client.close()
        self._server.__exit__(*problem)
        shutil.rmtree(self._folder, ignore_errors=True)

    def search(self, text: str, limit: int = DEPTH, **options: object) -> Json:
        """Return what ``POST /v2/search`` answers: a page of hits of which only the group's id is wanted."""
        body = {"q": text, "limit": limit, "fields": ["group.group_id"], **options}
        return self._ask("POST", "/v2/search", body)

    def hits(self, text: str, limit: int = DEPTH, **options: object) -> list[str]:
        """Return the ids of the groups found."""
        return [hit["group"]["group_id"] for hit in self.search(text, limit, **options)["hits"]]

    def rule(self, rules: Mapping[str, object]) -> None:
        """Set rules of searches; those that are not named take their defaults.

        Raises:
            Refused: They are.
        """
        self._ask("PUT", "/v2/settings/search", rules)

    def _ask(self, method: str, target: str, body: Mapping[str, object]) -> Json:
        assert self._client is not None
        headers = {"authorization": f"Bearer {self._server.tenant['apiKey']}", "content-type": "application/json"}
        self._client.request(method, target, json.dumps(body), headers)
        answer = self._client.getresponse()
        found = answer.read()
        if answer.status != http.client.OK:
            raise Refused(f"{method} {target} {json.dumps(body)}: {answer.status} {found.decode()}")
        document: Json = json.loads(found)
        return document
