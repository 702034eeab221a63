"""Patterns of many spellings at once: a tree of their letters, so that few of them are tried at any place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from facetry.domain.jewelry.folding import WORD

GAP = r"[\s'-]{0,2}"
_GAPS = re.compile(r"[\s'-]+")
Tree = dict[str, "Tree"]
_END = "\0"


def tree_pattern(spellings: Mapping[str, str]) -> str:
    """Return a pattern of all spellings, longest first, without groups.

    Args:
        spellings: What must not follow each spelling, as a pattern; empty for nothing but the end of the word.
    """
    root: Tree = {}
    for spelling, condition in spellings.items():
        node = root
        for char in spelling:
            node = node.setdefault(char, {})
        node[_END + condition] = {}
    return _pattern(root)


def squeezed(text: str) -> str:
    """Return a spelling without its gaps: what is the same for all ways of writing it."""
    return _GAPS.sub("", text)


def alternatives(words: Iterable[str]) -> str:
    """Return a pattern of any of these texts, longest first, blanks between their words as wide as people type."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return "(?:" + "|".join(r"\s{1,3}".join(map(re.escape, word.split())) for word in ordered) + ")"


def _pattern(node: Tree) -> str:
    ends = [f"(?![{WORD}]){condition[1:]}" for condition in node if condition[0] == _END]
    # Where a letter and a gap are both possible, the letter is tried first: both reach the same spellings.
    steps = [
        (GAP if char == " " else re.escape(char)) + _pattern(child)
        for char, child in sorted(node.items(), reverse=True)
        if char[0] != _END
    ]
    branches = steps + ends
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
