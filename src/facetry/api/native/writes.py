"""What all writes of ``/v2`` have in common: conditions, keys that make a repeat harmless, and their revision."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

import msgspec

from facetry.api.native.call import Call
from facetry.api.native.parameters import read_parameters
from facetry.application.catalog import Catalog
from facetry.domain.catalog import Effect, Guarded, Once, Repeated, Write
from facetry.domain.errors import MalformedBodyError
from facetry.domain.guarding import Condition
from facetry.http.answer import Answer, CachePolicy, json_answer
from facetry.ports.clock import Clock

REVISION = b"facetry-revision"
REPLAYED = b"idempotency-replayed"
_KEY = b"idempotency-key"
_VISIBLE = re.compile(r"[!-~]{1,200}", re.ASCII)
_NO_CONTENT = 204


class Written(msgspec.Struct, frozen=True):
    """A write that took effect.

    Attributes:
        effect: What it did, or what it did when it was done before.
        revision: The tenant's, that holds it.
        is_replay: Whether it had been done before.
    """

    effect: Effect
    revision: int
    is_replay: bool = False

    def answer(self, document: object = None, *, status: int = 200, tag: str = "", location: str = "") -> Answer:
        """Return the answer that tells of it.

        Args:
            document: The body; None for none.
            status: HTTP status.
            tag: Of the thing that the body shows; empty where that has none.
            location: Path of what was made; empty where nothing was.
        """
        headers = [(REVISION, b"%d" % self.revision)]
        if self.is_replay:
            headers.append((REPLAYED, b"true"))
        if location:
            headers.append((b"location", location.encode("latin-1")))
        answer = json_answer(document, status=status, policy=CachePolicy.NO_STORE)
        body = b"" if document is None else answer.body
        return msgspec.structs.replace(answer, body=body, headers=tuple(headers), tag=tag)

    def empty(self) -> Answer:
        """Return an answer without a body, for what is gone."""
        return self.answer(status=_NO_CONTENT)


class Writes:
    """Does the writes of calls."""

    def __init__(self, catalog: Catalog, clock: Clock) -> None:
        """Write to a catalog."""
        self._catalog = catalog
        self._clock = clock

    async def written(
        self, call: Call, write: Write, condition: Condition | None = None, *, parameters: Iterable[str] = ()
    ) -> Written:
        """Do the write of a call, if a condition holds; with an ``Idempotency-Key`` only once.

        Args:
            call: The call.
            write: What it asks for.
            condition: What must be so before.
            parameters: Names of those that it may have; one that counts nowhere must not look as if it did.

        Raises:
            BadParameterError: It has another one.
            FacetryError: What the write ends in.
            ChangedMeanwhileError: The condition does not hold.
            KeyReusedError: The key is that of another call.
            MalformedBodyError: The key cannot be one.
        """
        read_parameters(call, *parameters)
        key = idempotency_key(call)
        if condition is not None:
            write = Guarded(condition, write)
        if key:
            # Outermost: a repeat finds what it has changed itself, and must not fail for that.
            write = Once(key, await digest_of(call), self._clock.now(), write)
        revision, effect = await self._catalog.carry_out(call.session.tenant, write)
        is_replay = isinstance(effect, Repeated)
        while isinstance(effect, Repeated):
            effect = effect.effect
        return Written(effect, revision, is_replay)


def idempotency_key(call: Call) -> str:
    """Return the key of a write; empty where it has none.

    Raises:
        MalformedBodyError: It has no 1 to 200 visible characters.
    """
    key = call.header(_KEY)
    if key is not None and not _VISIBLE.fullmatch(key):
        raise MalformedBodyError("Idempotency-Key must have 1 to 200 visible ASCII characters")
    return key or ""


async def digest_of(call: Call) -> str:
    """Return what tells calls apart: 32 hexadecimal digits of method, path, query string and body."""
    asked = f"{call.method} {call.target}\n".encode("latin-1")
    return hashlib.blake2b(asked + await call.body(), digest_size=16).hexdigest()
