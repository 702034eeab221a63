"""Writes with a key that are no one write of the catalog: what they were answered is given again, not done again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from facetry.api.native.call import Call
from facetry.api.native.writes import REPLAYED, digest_of, idempotency_key
from facetry.application.kept_answers import KeptAnswers
from facetry.domain.errors import FacetryError, IndexBehindError, StoreError
from facetry.http.answer import Answer, CachePolicy

_REFUSED = 400


class Given(msgspec.Struct, frozen=True):
    """An answer as it is kept."""

    status: int
    body: str
    tag: str
    headers: tuple[tuple[str, str], ...]


class Keyed:
    """Answers calls, those with an ``Idempotency-Key`` only once."""

    def __init__(self, kept: KeptAnswers) -> None:
        """Keep what they are answered."""
        self._kept = kept

    async def once(self, call: Call, act: Callable[[bool], Awaitable[Answer]]) -> Answer:
        """Answer a call, or give the answer that one with its key got; one that is refused leaves its key free.

        Args:
            call: A write that does no harm when it is done twice in a row.
            act: Does it; told whether another one with its key has begun, and may have done it without an answer.

        Raises:
            MalformedBodyError, KeyReusedError: The key cannot be one, or is that of another call.
            FacetryError: What ``act`` ends in.
        """
        key, tenant = idempotency_key(call), call.session.tenant
        if not key:
            return await act(False)  # noqa: FBT003 - the name is that of the parameter of another function
        claim = await self._kept.claim(tenant, key, await digest_of(call))
        if claim.answer:
            return _replayed(msgspec.json.decode(claim.answer, type=Given))
        try:
            answer = await act(not claim.is_new)
        except (StoreError, IndexBehindError):
            # It may have been done: the key stays that of this call, whose repeat sees it through.
            raise
        except FacetryError:
            await self._kept.give_up(tenant, claim)
            raise
        if answer.status >= _REFUSED:
            await self._kept.give_up(tenant, claim)
        else:
            await self._kept.keep(tenant, claim, msgspec.json.encode(_given(answer)).decode())
        return answer


def _given(answer: Answer) -> Given:
    headers = tuple((name.decode(), value.decode("latin-1")) for name, value in answer.headers)
    return Given(answer.status, answer.body.decode(), answer.tag, headers)


def _replayed(given: Given) -> Answer:
    headers = tuple((name.encode(), value.encode("latin-1")) for name, value in given.headers)
    return Answer(
        status=given.status,
        body=given.body.encode(),
        policy=CachePolicy.NO_STORE,
        headers=(*headers, (REPLAYED, b"true")),
        tag=given.tag,
    )
