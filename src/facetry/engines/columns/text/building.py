"""Counting what a search sees of new groups: the vocabulary of a new segment and its postings.

The words of a group are looked up once each; a kernel counts them, for both kinds of searches at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count

import numpy as np

from facetry.domain.analysis import stems
from facetry.domain.field_query import KEYWORD_FIELDS
from facetry.domain.field_query import TEXT_FIELDS as TERM_FIELDS
from facetry.domain.field_ranking import field_keywords
from facetry.domain.group import ProductGroup, active_part
from facetry.domain.search.rules import TEXT_FIELDS
from facetry.domain.search.slots import BEGIN, CONCEPT, PAIR, STEM, WITHOUT, WORD
from facetry.domain.search.text.documents import (
    FIELD_BITS,
    HIDDEN,
    MAX_LENGTH,
    NAME,
    FieldTokens,
    field_tokens,
    known_keys,
)
from facetry.engines.columns.kernels.text_building import count_keys, place_postings
from facetry.engines.columns.segment import NAME_KEY, SHOWN_NAME, WHOLE_NAME, Ints, Longs, Shorts, term_key
from facetry.engines.columns.strings import Strings

_KEYWORD_KEYS = tuple((field, term_key(field, "")) for field in KEYWORD_FIELDS)
_TERM_KEYS = tuple(term_key(field, "") for field in TERM_FIELDS)
_SLOT_KEYS = WORD + STEM + CONCEPT + PAIR + BEGIN + WITHOUT
_PLACES = tuple(TEXT_FIELDS.index(field) for field in TERM_FIELDS)
"""Where the fields of ``FieldQuery`` that are analysed text stand among those of ``SearchQuery``."""


@dataclass(frozen=True, slots=True, eq=False)
class TextArrays:
    """The arrays of a segment that are made of texts, see ``Segment``."""

    vocabulary: Strings
    posting_starts: Longs
    posting_groups: Ints
    posting_counts: Ints
    lengths: Ints
    text_lengths: Shorts


class TextBuilder:
    """Lists of numbers that grow group by group, in order of ids, and become arrays at the end."""

    def __init__(self, language: str) -> None:
        """Begin without groups."""
        self._language = language
        # Looking up an unknown key numbers it.
        self._keys: defaultdict[str, int] = defaultdict(count().__next__)
        self._words = _Words(language, self._keys)
        self._word_numbers: list[int] = []
        self._other_numbers: list[int] = []
        self._ends: list[int] = []
        # The keys that the active products of a group give, of groups that have others.
        self._shown: dict[int, set[int]] = {}

    def add(self, group: ProductGroup) -> None:
        """Add the group with the next higher id."""
        fields = field_tokens(group, self._language)
        name = fields[NAME]
        # What stands there several times counts so, like all keys of the first field.
        name.others.extend([_name_key(fields)] * WHOLE_NAME)
        visible = active_part(group)
        shown = fields if visible is group else field_tokens(visible, self._language) if visible else ()
        if shown:
            name.others.extend([_name_key(shown)] * SHOWN_NAME)
        name.others.extend(_keywords(group))
        word_of, key_of = self._words.__getitem__, self._keys.__getitem__
        words, others, ends = self._word_numbers, self._other_numbers, self._ends
        for field in fields:
            words += map(word_of, field.words)
            others += map(key_of, field.others)
            ends += (len(words), len(others))
        if shown is not fields:
            self._shown[len(ends) // (2 * len(TEXT_FIELDS)) - 1] = self._numbers(shown)

    def arrays(self) -> TextArrays:
        """Return the arrays of all groups added."""
        ends = np.array(self._ends, np.int64).reshape(-1, len(TEXT_FIELDS), 2)
        vocabulary, starts, groups, counts = self._postings(ends)
        sizes = np.diff(ends[:, :, 0].ravel(), prepend=0).reshape(len(ends), len(TEXT_FIELDS))
        return TextArrays(
            vocabulary,
            starts,
            groups,
            counts,
            lengths=sizes[:, _PLACES].T.astype(np.int32, order="C"),
            text_lengths=np.minimum(sizes, MAX_LENGTH).astype(np.uint16),
        )

    def _numbers(self, fields: Iterable[FieldTokens]) -> set[int]:
        """Return the numbers of all keys of fields, as far as any group added has them."""
        known = known_keys(self._language)
        keys = (key for field in fields for word in field.words for key in known[word])
        others = (key for field in fields for key in field.others)
        return {self._keys[key] for key in chain(keys, others) if key in self._keys}

    def _postings(self, ends: Longs) -> tuple[Strings, Longs, Ints, Ints]:
        terms, counts, sizes = self._counted(ends)
        # A stem has a key in each of some fields, and may stand in one of them only.
        used = np.zeros(len(self._keys) + len(TERM_FIELDS) * len(self._words.stems), np.bool_)
        used[terms] = True
        numbers = np.flatnonzero(used)
        texts = self._texts(numbers)
        order = sorted(range(len(texts)), key=texts.__getitem__)
        ranks = np.empty(len(used), np.int32)
        ranks[numbers[order]] = np.arange(len(texts), dtype=np.int32)
        starts = np.zeros(len(texts) + 1, np.int64)
        posting_groups, posting_counts = np.empty(len(terms), np.int32), np.empty(len(terms), np.int32)
        place_postings(terms, counts, sizes, ranks, starts, posting_groups, posting_counts)
        return Strings.of_texts([texts[number] for number in order]), starts, posting_groups, posting_counts

    def _counted(self, ends: Longs) -> tuple[Ints, Ints, Ints]:
        """Return keys and counts of all pairs, and how many each group has, see ``count_keys``."""
        words, others = np.array(self._word_numbers, np.int32), np.array(self._other_numbers, np.int32)
        key_starts, keys, stem_numbers = self._words.arrays()
        first_stems = np.full(len(TEXT_FIELDS), -1, np.int64)
        first_stems[[*_PLACES]] = len(self._keys) + len(self._words.stems) * np.arange(len(_PLACES))
        places = np.full(len(self._keys) + len(TERM_FIELDS) * len(self._words.stems), -1, np.int64)
        room = int(np.diff(key_starts)[words].sum()) + len(words) + len(others)
        terms, counts, sizes = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(len(ends), np.int32)
        total = count_keys(
            words, others, ends, key_starts, keys, stem_numbers, first_stems, FIELD_BITS, places, terms, counts, sizes
        )
        self._hide(terms, counts, np.cumsum(sizes) - sizes, sizes)
        return terms[:total], counts[:total], sizes

    def _hide(self, terms: Ints, counts: Ints, starts: Longs, sizes: Ints) -> None:
        """Mark the counts of keys that only inactive products give, see ``documents.HIDDEN``."""
        if not self._shown:
            return
        may_hide = np.fromiter((key[0] in _SLOT_KEYS for key in self._keys), np.bool_, len(self._keys))
        for group, shown in self._shown.items():
            pairs = starts[group] + np.flatnonzero(terms[starts[group] : starts[group] + sizes[group]] < len(may_hide))
            numbers = terms[pairs]
            is_shown = np.isin(numbers, np.fromiter(shown, np.int32, len(shown)))
            counts[pairs[may_hide[numbers] & ~is_shown]] |= HIDDEN

    def _texts(self, numbers: Longs) -> list[str]:
        """Return the texts of keys, by their numbers, ascending: all of ``_keys``, then stems by field."""
        listed = [*self._words.stems]
        ours = numbers[len(self._keys) :] - len(self._keys)
        fields, places = np.divmod(ours, max(1, len(listed)))
        pairs = zip(fields.tolist(), places.tolist(), strict=True)
        return [*self._keys, *(_TERM_KEYS[field] + listed[place] for field, place in pairs)]


class _Words(dict[str, int]):
    """Number of each word met; looking up an unknown one numbers it.

    Attributes:
        stems: Number of each stem of ``analysis.terms``.
    """

    def __init__(self, language: str, keys: dict[str, int]) -> None:
        super().__init__()
        self.stems: defaultdict[str, int] = defaultdict(count().__next__)
        self._language = language
        self._known = known_keys(language)
        self._keys = keys
        self._key_numbers: list[int] = []
        self._key_ends: list[int] = [0]
        self._stem_numbers: list[int] = []

    def __missing__(self, word: str) -> int:
        self._key_numbers += map(self._keys.__getitem__, self._known[word])
        self._key_ends.append(len(self._key_numbers))
        self._stem_numbers.append(self.stems[stems(word, self._language)[0]])
        number = self[word] = len(self)
        return number

    def arrays(self) -> tuple[Ints, Ints, Ints]:
        """Return where the keys of each word begin, the keys, and each word's stem, as ``count_keys`` takes them."""
        return (
            np.array(self._key_ends, np.int32),
            np.array(self._key_numbers, np.int32),
            np.array(self._stem_numbers, np.int32),
        )


def _name_key(fields: Sequence[FieldTokens]) -> str:
    return NAME_KEY + " ".join(fields[NAME].words)


def _keywords(group: ProductGroup) -> Iterator[str]:
    return (prefix + keyword for field, prefix in _KEYWORD_KEYS for keyword in field_keywords(group, field))
