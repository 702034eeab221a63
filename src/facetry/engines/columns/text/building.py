"""Counting what a search sees of new groups: the vocabulary of a new segment and its postings.

Groups are taken as lists of texts, most of which many of them share. Kernels find the words of each distinct text and
count the keys of the groups, for both kinds of searches at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain, count
from operator import attrgetter

import numpy as np

from facetry.domain.analysis import keywords
from facetry.domain.field_query import KEYWORD_FIELDS
from facetry.domain.field_query import TEXT_FIELDS as TERM_FIELDS
from facetry.domain.group import ProductGroup, active_part
from facetry.domain.search.rules import TEXT_FIELDS
from facetry.domain.search.slots import BEGIN, CONCEPT, PAIR, STEM, WITHOUT, WORD
from facetry.domain.search.text.documents import FIELD_BITS, HIDDEN, MAX_LENGTH, part_keys
from facetry.domain.search.text.variants import VARIANT_WORDS
from facetry.engines.columns.kernels.ordering import pick, sort_strings
from facetry.engines.columns.kernels.text_building import count_keys, open_texts, place_postings
from facetry.engines.columns.segment import NAME_KEY, SHOWN_NAME, WHOLE_NAME, Ints, Longs, Shorts, term_key
from facetry.engines.columns.strings import Strings
from facetry.engines.columns.text.number_columns import Column, interleaved, numbers_in, numbers_of
from facetry.engines.columns.text.text_keys import KeyLists, Stems, Words, name_places, text_keys
from facetry.engines.columns.text.variant_columns import variant_columns
from facetry.engines.columns.text.word_numbers import WordNumbers, numbered

_TERM_KEYS = tuple(term_key(field, "") for field in TERM_FIELDS)
_SLOT_KEYS = WORD + STEM + CONCEPT + PAIR + BEGIN + WITHOUT
_PLACES = tuple(TEXT_FIELDS.index(field) for field in TERM_FIELDS)
"""Where the fields of ``FieldQuery`` that are analysed text stand among those of ``SearchQuery``."""
_NAME, _DESCRIPTION, _ACTIVE_OF = map(attrgetter, ("name", "description", "active"))
_METALS_OF, _GEMSTONES_OF = attrgetter("metals"), attrgetter("gemstones")
_VALUES_OF = tuple(attrgetter(field) for field in ("brands", "category", "search_keywords"))


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
    """Groups, in order of ids, that become arrays at the end: column by column, since most texts come many times."""

    def __init__(self, language: str) -> None:
        """Begin without groups."""
        self._language = language
        # Looking up an unknown key, or text, numbers it.
        self._keys: defaultdict[str, int] = defaultdict(count().__next__)
        self._texts: defaultdict[str, int] = defaultdict(count().__next__)
        self._groups: list[ProductGroup] = []
        # The active products of groups that have others, None where there are none of them.
        self._visible: dict[int, ProductGroup | None] = {}

    def add(self, group: ProductGroup) -> None:
        """Add the group with the next higher id."""
        if not all(map(_ACTIVE_OF, group.products)):
            self._visible[len(self._groups)] = active_part(group)
        self._groups.append(group)

    def arrays(self) -> TextArrays:
        """Return the arrays of all groups added, once."""
        groups = len(self._groups)
        columns, column_ends = self._columns()
        known = Words(numbered([*self._texts]), self._language)
        keys = known.keys(self._keys)
        words, others, ends = self._opened(columns, column_ends, known)
        counter = _Counter(words, others, ends[:groups], keys, known.stems, self._keys)
        shown = self._shown_keys(words, others, ends, keys) if self._visible else {}
        sizes = np.diff(ends[:groups, :, 0].ravel(), prepend=0).reshape(groups, len(TEXT_FIELDS))
        return TextArrays(
            *counter.postings(shown),
            lengths=sizes[:, _PLACES].T.astype(np.int32, order="C"),
            text_lengths=np.minimum(sizes, MAX_LENGTH).astype(np.uint16),
        )

    def _columns(self) -> tuple[Ints, Longs]:
        """Return the texts of the columns of all groups, and of the visible parts behind them."""
        rows = [*self._groups, *filter(None, self._visible.values())]
        ones = [1] * len(rows)
        return interleaved(
            [
                numbers_in(map(_NAME, rows), ones, self._texts),
                *(numbers_of([*map(values_of, rows)], self._texts) for values_of in _VALUES_OF),
                *variant_columns(rows, self._texts),
                numbers_in(map(_DESCRIPTION, rows), ones, self._texts),
            ]
        )

    def _extras(self, rows: int) -> tuple[Ints, Longs]:
        """Return the keywords of all groups and the keys of their metals and gemstones, and where both end."""
        columns = [self._keywords(field, rows) for field in KEYWORD_FIELDS]
        shown = filter(None, self._visible.values())
        parts: list[str] = []
        counts = [0] * rows
        for row, group in enumerate((*self._groups, *shown)):
            if any(map(_METALS_OF, group.products)) or any(map(_GEMSTONES_OF, group.products)):
                keys = part_keys(group.products)
                parts += keys
                counts[row] = len(keys)
        extras, ends = interleaved([*columns, numbers_in(parts, counts, self._keys)])
        return extras, ends[:, -2:]

    def _keywords(self, field: str, rows: int) -> Column:
        """Return the keys of a keyword field; visible parts have none."""
        listed = [*map(attrgetter(field), self._groups)]
        # A group has one id.
        texts = listed if field == "group_id" else [*chain.from_iterable(listed)]
        counts = [1] * len(listed) if field == "group_id" else [*map(len, listed)]
        counts += [0] * (rows - len(counts))
        distinct = dict.fromkeys(texts)
        prefix = term_key(field, "")
        if len(distinct) == len(texts):
            return numbers_in(map(prefix.__add__, keywords(texts)), counts, self._keys)
        keys = map(self._keys.__getitem__, map(prefix.__add__, keywords([*distinct])))
        return numbers_in(texts, counts, dict(zip(distinct, keys, strict=True)))

    def _opened(self, columns: Ints, column_ends: Longs, known: Words) -> tuple[Ints, Ints, Longs]:
        """Return the words and the other keys of all fields, as ``count_keys`` takes them."""
        found = known.found
        extras, extra_ends = self._extras(len(column_ends))
        # Name is the first column.
        firsts = np.concatenate([np.zeros(1, np.int64), column_ends[:-1, -1]])[: len(column_ends)]
        names = columns[firsts]
        beside = text_keys([*self._texts], known, self._language, self._keys)
        places = name_places(names, known, self._keys)
        name_keys = self._name_keys(names, found)
        words = np.empty(int(np.diff(found.starts)[columns].sum()), np.int32)
        room = np.diff(beside.starts)[columns].sum() + len(extras) + len(places.keys) + name_keys.size
        others = np.empty(int(room), np.int32)
        stamps = np.full((4, max(len(found.listed), len(self._keys))), -1, np.int32)
        ends = np.zeros((len(column_ends), len(TEXT_FIELDS), 2), np.int64)
        open_texts(
            columns,
            column_ends,
            found.starts,
            found.numbers,
            beside.starts,
            beside.keys,
            extras,
            extra_ends,
            places.keys,
            places.starts[1:],
            name_keys,
            VARIANT_WORDS,
            stamps,
            words,
            others,
            ends,
        )
        used_words, used_others = ends[-1, -1] if len(ends) else (0, 0)
        return words[:used_words], others[:used_others], ends

    def _name_keys(self, names: Ints, found: WordNumbers) -> Ints:
        """Return the keys of whole names; what stands there several times counts so, like all keys of a name."""
        groups = len(self._groups)
        known: dict[int, int] = {}
        words, starts = found.numbers.tolist(), found.starts.tolist()
        for name in dict.fromkeys(names.tolist()):
            text = map(found.listed.__getitem__, words[starts[name] : starts[name + 1]])
            known[name] = self._keys[NAME_KEY + " ".join(text)]
        own = np.fromiter(map(known.__getitem__, names.tolist()), np.int32, len(names))
        shown = own[:groups].copy()
        shown[[*self._visible]] = -1
        shown[[place for place, visible in self._visible.items() if visible]] = own[groups:]
        keys = np.full((len(names), WHOLE_NAME + SHOWN_NAME), -1, np.int32)
        keys[:groups, :WHOLE_NAME], keys[:groups, WHOLE_NAME:] = own[:groups, None], shown[:, None]
        return keys

    def _shown_keys(self, words: Ints, others: Ints, ends: Longs, keys: KeyLists) -> dict[int, set[int]]:
        """Return the keys that the active products of a group give, of groups that have others."""
        found: dict[int, set[int]] = {}
        row = len(ends) - sum(1 for visible in self._visible.values() if visible)
        for place, visible in self._visible.items():
            found[place] = set()
            if visible:
                (first, first_other), (last, last_other) = ends[row - 1, -1], ends[row, -1]
                found[place] |= {*others[first_other:last_other].tolist()}
                for word in {*words[first:last].tolist()}:
                    found[place] |= {*keys.keys[keys.starts[word] : keys.starts[word + 1]].tolist()}
                row += 1
        return found


class _Counter:
    """Counts the keys of groups and makes postings of the counts."""

    def __init__(
        self, words: Ints, others: Ints, ends: Longs, keys: KeyLists, stems: Stems, numbering: dict[str, int]
    ) -> None:
        """Take what ``count_keys`` does, and the texts of keys by number."""
        self._words, self._others, self._ends = words, others, ends
        self._keys, self._stems = keys, stems
        self._texts = [*numbering]

    def postings(self, shown: Mapping[int, set[int]]) -> tuple[Strings, Longs, Ints, Ints]:
        """Return the vocabulary and the postings, see ``Segment``.

        Args:
            shown: The keys that are not hidden of groups that may have hidden ones.
        """
        terms, counts, sizes = self._counted()
        self._hide(terms, counts, np.cumsum(sizes) - sizes, sizes, shown)
        # A stem has a key in each of some fields, and may stand in one of them only.
        used = np.zeros(len(self._texts) + len(TERM_FIELDS) * len(self._stems.listed), np.bool_)
        used[terms] = True
        numbers = np.flatnonzero(used)
        texts = Strings.of_texts(self._listed(numbers))
        order = sort_strings(texts.blob, texts.starts)
        ranks = np.empty(len(used), np.int32)
        ranks[numbers[order]] = np.arange(len(texts), dtype=np.int32)
        starts = np.zeros(len(texts) + 1, np.int64)
        posting_groups, posting_counts = np.empty(len(terms), np.int32), np.empty(len(terms), np.int32)
        place_postings(terms, counts, sizes, ranks, starts, posting_groups, posting_counts)
        return Strings(*pick(texts.blob, texts.starts, order)), starts, posting_groups, posting_counts

    def _counted(self) -> tuple[Ints, Ints, Ints]:
        """Return keys and counts of all pairs, and how many each group has, see ``count_keys``."""
        words, others, ends = self._words, self._others, self._ends
        own, stems = len(self._texts), len(self._stems.listed)
        first_stems = np.full(len(TEXT_FIELDS), -1, np.int64)
        first_stems[[*_PLACES]] = own + stems * np.arange(len(_PLACES))
        places = np.full(own + len(TERM_FIELDS) * stems, -1, np.int64)
        room = int(np.diff(self._keys.starts)[words].sum()) + len(words) + len(others)
        terms, counts, sizes = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(len(ends), np.int32)
        total = count_keys(
            words,
            others,
            ends,
            self._keys.starts,
            self._keys.keys,
            self._stems.of_words,
            first_stems,
            FIELD_BITS,
            places,
            terms,
            counts,
            sizes,
        )
        return terms[:total], counts[:total], sizes

    def _hide(self, terms: Ints, counts: Ints, starts: Longs, sizes: Ints, shown: Mapping[int, set[int]]) -> None:
        """Mark the counts of keys that only inactive products give, see ``documents.HIDDEN``."""
        if not shown:
            return
        may_hide = np.fromiter((key[0] in _SLOT_KEYS for key in self._texts), np.bool_, len(self._texts))
        for group, keys in shown.items():
            pairs = starts[group] + np.flatnonzero(terms[starts[group] : starts[group] + sizes[group]] < len(may_hide))
            numbers = terms[pairs]
            is_shown = np.isin(numbers, np.fromiter(keys, np.int32, len(keys)))
            counts[pairs[may_hide[numbers] & ~is_shown]] |= HIDDEN

    def _listed(self, numbers: Longs) -> list[str]:
        """Return the texts of keys, by their numbers, ascending: first those of ``_texts``, then stems by field."""
        own, stems = len(self._texts), self._stems.listed
        last = int(np.searchsorted(numbers, own))
        listed = [*map(self._texts.__getitem__, numbers[:last].tolist())]
        for field, key in enumerate(_TERM_KEYS, 1):
            first, last = last, int(np.searchsorted(numbers, own + field * len(stems)))
            places = numbers[first:last] - (own + (field - 1) * len(stems))
            listed += map(key.__add__, map(stems.__getitem__, places.tolist()))
        return listed
