"""What the journal is told of searches, and the ids under which events speak of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import msgspec

from facetry.api.native.fields import Document
from facetry.domain.journal import SearchNote
from facetry.http.answer import Answer

SEARCH_ID = "search_id"


def with_ids(answers: Sequence[Document], request_id: str) -> None:
    """Give each answer of a search its id: that of the request, with a number where there are several."""
    for at, answer in enumerate(answers):
        if "error" not in answer:
            answer[SEARCH_ID] = request_id if len(answers) == 1 else f"{request_id}.{at}"


def noted(answer: Answer, asked: Sequence[Mapping[str, object]], answers: Sequence[Document]) -> Answer:
    """Return an answer that tells of the searches that it holds; ``answers`` are those to ``asked``, with ids."""
    pairs = zip(asked, answers, strict=True)
    notes = tuple(_note(document, found) for document, found in pairs if SEARCH_ID in found)
    return msgspec.structs.replace(answer, searches=notes)


def _note(asked: Mapping[str, object], found: Document) -> SearchNote:
    return SearchNote(
        search_id=str(found[SEARCH_ID]),
        query=str(asked.get("q") or ""),
        filter=_filter_text(asked.get("filter")),
        hits=cast("int | None", found["total"]),
        duration_ms=cast("float", found["took_ms"]),
        revision=cast("int", found["revision"]),
    )


def _filter_text(given: object) -> str:
    if given is None or isinstance(given, str):
        return given or ""
    return msgspec.json.encode(given).decode()
