"""Words that a search need not find, by language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from facetry.domain.analysis import words
from facetry.domain.search.rules import SearchRules, StopWords
from facetry.domain.search.text.identity import Same

_TEXTS: Mapping[str, str] = {
    "en": "a an and are as at be but by for from i if in into is it its my of on or s such t that the their then there "
    "these they this to was we will with you your",
    "de": "am an auf aus bei das dem den der des die ein eine einem einen einer eines er es fur im in ist mein meine "
    "mit oder sich sie sind um und von vom wir zu zum zur",
    "fr": "a au aux avec c ce ces cette d dans de des du elle en est et il j je l la le les leur ma mes mon n ou par "
    "pour qu que qui s sa se ses son sur un une",
    "es": "a al con como de del e el ella en es esta este la las lo los mi mis o para por que se su sus un una unas "
    "uno unos y",
    "it": "a ad ai al alla alle agli che con d da dal dalla dei del della delle di e ed gli i il in l la le lo mia mio "
    "nel nella o per su sul sulla tra un una uno",
    "hi": "और का की के को में से है हैं पर यह वह एक लिए तथा या ये जो भी हो",
    "he": "של את עם על אל או גם זה זו זאת הוא היא אני כל כי אך מן עד",
}
"""By language, folded; words that deny are not among them."""


def stop_words(language: str, rules: SearchRules) -> frozenset[str]:
    """Return the folded words that a tenant's searches need not find."""
    own = _ready(Same(rules.stop_words)) if rules.stop_words else frozenset()
    return own if rules.language_stop_words is StopWords.NONE else own | language_stop_words(language)


@lru_cache(maxsize=256)
def _ready(texts: Same[tuple[str, ...]]) -> frozenset[str]:
    """Return a tenant's own, made ready once as long as the rules are the same object."""
    return frozenset(word for text in texts.value for word in words(text))


@lru_cache(maxsize=16)
def language_stop_words(language: str) -> frozenset[str]:
    """Return the stop words of a language, folded; none of one that is not known."""
    return frozenset(_TEXTS.get(language, "").split())
