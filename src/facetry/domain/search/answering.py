"""The whole definition of a search in one call: readings of its text, evaluation, what may have been meant."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from facetry.domain.group import ProductGroup
from facetry.domain.search.evaluation import evaluate
from facetry.domain.search.fields import Schema
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.result import SearchResult
from facetry.domain.search.text.correction import did_you_mean
from facetry.domain.search.text.naive import Matching, Text, analysed
from facetry.domain.search.text.semantics import Embedder


def answer(query: SearchQuery, revision: int, texts: Sequence[Text], embedder: Embedder | None = None) -> SearchResult:
    """Return what a search finds among all groups of a tenant, each with what a search sees of its texts."""
    matching = Matching(query, texts, embedder)
    groups = [group for group, _ in texts]
    result = evaluate(query, revision, groups, matching.attempts(), matching)
    return msgspec.structs.replace(result, did_you_mean=did_you_mean(query, matching.vocabulary))


def answer_from(
    query: SearchQuery, revision: int, groups: Sequence[ProductGroup], embedder: Embedder | None = None
) -> SearchResult:
    """Return what a search finds among groups whose texts are looked at only now."""
    texts = analysed(groups, query.language, Schema(query.attributes).silent)
    return answer(query, revision, texts, embedder)
