"""Misspelt words: how many letters may differ, how far two words are apart, and how one word falls into two."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from facetry.domain.analysis import has_digit

ONE_TYPO_FROM, TWO_TYPOS_FROM = 4, 8
"""Length of a word from which it may have one or two."""
LEAST_PART = 3
"""Letters in each half of a word that falls into two."""


def allowed_typos(word: str) -> int:
    """Return how many typos a folded word may have; one with a digit has none."""
    if has_digit(word):
        return 0
    return (len(word) >= ONE_TYPO_FROM) + (len(word) >= TWO_TYPOS_FROM)


def distance(one: str, other: str, limit: int) -> int:
    """Return how many code points two words are apart, ``limit + 1`` for anything above ``limit``.

    It is the optimal string alignment distance: a code point is inserted, removed, replaced, or swapped with its
    neighbour, and none is touched twice.
    """
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        following = [place]
        for column, opposite in enumerate(other, 1):
            best = min(row[column] + 1, following[-1] + 1, row[column - 1] + (letter != opposite))
            if place > 1 and column > 1 and letter == other[column - 2] and one[place - 2] == opposite:
                best = min(best, before[column - 2] + 1)
            following.append(best)
        # A swap reaches back two rows.
        if min(row) > limit and min(following) > limit:
            return limit + 1
        before, row = row, following
    return min(row[-1], limit + 1)


def corrections(word: str, near: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return the words that a misspelt one may be: of those near it, the nearest others, all without digits."""
    others = [(other, typos) for other, typos in near if typos and not has_digit(other)]
    return [(other, typos) for other, typos in others if typos == others[0][1] and other != word]


def halves(word: str) -> Iterator[tuple[str, str]]:
    """Yield every way in which a word falls into two, the shortest first half first; none for one with a digit."""
    if not has_digit(word):
        yield from ((word[:cut], word[cut:]) for cut in range(LEAST_PART, len(word) - LEAST_PART + 1))


def best_halves(word: str, frequency: Callable[[str], int]) -> tuple[str, str] | None:
    """Return the way to split a word whose rarer half most groups have, the first of several; None without any.

    Args:
        word: Folded.
        frequency: How many groups have a word.
    """
    found = [(min(frequency(first), frequency(second)), -len(first), (first, second)) for first, second in halves(word)]
    best = max(found, default=(0, 0, ("", "")))
    return best[2] if best[0] else None
