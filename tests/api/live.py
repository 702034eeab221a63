"""Requests whose clients stay while they are answered, and leave when they want to."""

import asyncio
import json
from contextlib import asynccontextmanager

from tests.api.server import Response, scope_of


class Live:
    """One request under way."""

    def __init__(self, server, method, target, headers):
        self._sent = asyncio.Queue()
        self._left = asyncio.Event()
        self._text = ""
        self._is_over = False
        self.start = None
        self.task = asyncio.ensure_future(server.app(scope_of(method, target, headers), self._receive, self._sent.put))

    async def _receive(self):
        await self._left.wait()
        return {"type": "http.disconnect"}

    def leave(self):
        """Go away."""
        self._left.set()

    async def answer(self):
        """Return the whole answer, once it is there."""
        body = await self.rest()
        headers = {k.decode(): v.decode("latin-1") for k, v in self.start["headers"]}
        return Response(self.start["status"], headers, body)

    async def rest(self):
        """Return what is sent until the end of the answer."""
        body = b""
        while (part := await self._part()) is not None:
            body += part
        return body

    async def event(self):
        """Return the next event as its fields by name; its comments as the field ''."""
        while "\n\n" not in self._text:
            part = await self._part()
            assert part is not None, "the stream has ended"
            self._text += part.decode()
        block, _, self._text = self._text.partition("\n\n")
        fields = dict(line.split(": ", 1) if line[0] != ":" else ("", line[2:]) for line in block.split("\n"))
        return {**fields, "data": json.loads(fields["data"])} if "data" in fields else fields

    async def _part(self):
        """Return the next part of the body, None at its end."""
        if self._is_over:
            return None
        message = await asyncio.wait_for(self._sent.get(), 10)
        if message["type"] == "http.response.start":
            self.start = message
            return b""
        self._is_over = not message.get("more_body")
        return message["body"]


@asynccontextmanager
async def live(holder, target, **headers):
    """Send a GET with the credentials of a holder, whose client leaves in the end."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = Live(holder.server, "GET", target, {**holder.headers, **named})
    try:
        yield request
    finally:
        request.leave()
        await asyncio.wait_for(request.task, 10)
