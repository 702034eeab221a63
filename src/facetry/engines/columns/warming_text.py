"""Running every kernel of the text search once."""

from __future__ import annotations

from facetry.domain.group import GroupIdentity, derive_group
from facetry.domain.product import Product
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.suggestions import SuggestQuery
from facetry.engines.columns.builder import build_segment
from facetry.engines.columns.dictionary import Dictionaries
from facetry.engines.columns.scratch import ScratchPool
from facetry.engines.columns.search.deadline import Deadline
from facetry.engines.columns.segment import Segment
from facetry.engines.columns.snapshot import Part, Snapshot
from facetry.engines.columns.strings import Strings
from facetry.engines.columns.text.attempts import TextSearch
from facetry.engines.columns.text.normal_texts import NormalTexts
from facetry.engines.columns.text.scratch import TextScratch
from facetry.engines.columns.text.suggesting import suggest

_LANGUAGE = "en"
_NAME = "gold ring"


def warm_up_text() -> None:
    """Search something tiny so that every kernel is compiled, or loaded from where it is kept."""
    dictionaries = Dictionaries()
    parts = tuple(Part.whole(_segment(group_id, dictionaries)) for group_id in "ab")
    snapshot = Snapshot(1, _LANGUAGE, parts, dictionaries)
    # Words as they are, one misspelt, two that are run together, and one that may be an identifier.
    query = SearchQuery(text=f"{_NAME} rnig goldring a123", language=_LANGUAGE, active_only=True)
    for _ in TextSearch(query, snapshot, ScratchPool(TextScratch), Deadline()).attempts():
        pass
    # A word that every group has, and one that few have.
    query = SearchQuery(text="gold ring ring 1", language=_LANGUAGE)
    for _ in TextSearch(query, snapshot, ScratchPool(TextScratch), Deadline(slice_rows=1)).attempts():
        pass
    NormalTexts.of(Strings.of_texts(["a-123"]), marked_from=0).find("a123", Deadline().check)
    for text in ("gold ri", "rio"):
        suggest(SuggestQuery(text=text, language=_LANGUAGE), snapshot, Deadline().check)
        # Of shoppers, who do not see all groups, no word is one that every group has.
        suggest(SuggestQuery(text=text, language=_LANGUAGE, active_only=True), snapshot, Deadline().check)


def _segment(group_id: str, dictionaries: Dictionaries) -> Segment:
    products = [
        Product(sku=f"{group_id}-{sku}", name=_NAME, brand="Rio", object_id="", joined=sku, active=sku == 1)
        for sku in (1, 123)
    ]
    group = derive_group(GroupIdentity(group_id, "", 1), products)
    return build_segment([group], _LANGUAGE, dictionaries, 0)
