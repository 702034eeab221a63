"""Kernels that find the words of new groups, count their keys and put postings into the order of the vocabulary."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facetry.engines.columns.kernels.compiler import kernel

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
_SPREAD = 1_000_003
_HASH_BITS = 2**40 - 1
_DIGITS = (48, 57)
_CAPITALS = (65, 90)
_LETTERS = (97, 122)
_BEYOND_ASCII = 128
_VALUES, _NAMES = 4, 5
_ALL = 2**31 - 1
"""More than any count."""


@kernel
def number_words(blob: Bytes, starts: Longs, slots: Ints, spans: Ints, words: Ints, ends: Longs) -> int:
    """Give each distinct word of texts a number, and return how many there are.

    Args:
        blob: The texts, in UTF-8: what is folded, its words apart, or lower case and ASCII. Letters, digits and all
            that is beyond ASCII make words.
        starts: (texts + 1) where each text begins.
        slots: -1 each, a power of two of them and more than there are words; is changed.
        spans: (words x 2) gets where each distinct word begins and ends.
        words: Gets the number of each word, text by text.
        ends: (texts) gets where the words of each text end.
    """
    distinct = total = 0
    for text in range(len(ends)):
        i = starts[text]
        end = starts[text + 1]
        while i < end:
            begin = i
            mixed = 0
            while i < end:
                byte = int(blob[i])
                is_letter = _LETTERS[0] <= byte <= _LETTERS[1] or _CAPITALS[0] <= byte <= _CAPITALS[1]
                if not is_letter and byte < _BEYOND_ASCII and not _DIGITS[0] <= byte <= _DIGITS[1]:
                    break
                mixed = (mixed * _SPREAD + byte + 1) & _HASH_BITS
                i += 1
            if i > begin:
                slot = (mixed ^ (mixed >> 17)) & (len(slots) - 1)
                while slots[slot] >= 0 and not is_word(blob, spans, slots[slot], begin, i):
                    slot = (slot + 1) & (len(slots) - 1)
                if slots[slot] < 0:
                    slots[slot] = distinct
                    spans[distinct, 0], spans[distinct, 1] = begin, i
                    distinct += 1
                words[total] = slots[slot]
                total += 1
            i += 1
        ends[text] = total
    return distinct


@kernel
def is_word(blob: Bytes, spans: Ints, number: int, begin: int, end: int) -> bool:
    """Return whether the word from ``begin`` to ``end`` is the one of a number; see ``number_words``."""
    first = spans[number, 0]
    if spans[number, 1] - first != end - begin:
        return False
    for i in range(end - begin):
        if blob[first + i] != blob[begin + i]:
            return False
    return True


@kernel
def place_names(
    names: Ints,
    word_starts: Longs,
    words: Ints,
    stems: Ints,
    size: int,
    most_pairs: int,
    most_begins: int,
    codes: Longs,
    ends: Longs,
) -> int:
    """Write down where in names their words stand, each pair and each beginning once, and return how many there are.

    Args:
        names: The text of each name.
        word_starts: (texts + 1) where the words of each text begin in ``words``.
        words: Numbers of words.
        stems: The stem of each word.
        size: So many stems there are.
        most_pairs: So many leading words make pairs: of stems a and b the code ``a * size + b``.
        most_begins: So many leading words are known by their place p: by the code ``(size + p) * size + stem``.
        codes: Gets the codes.
        ends: (names) gets where the codes of each name end.
    """
    total = 0
    for name in range(len(names)):
        begin = word_starts[names[name]]
        count = word_starts[names[name] + 1] - begin
        first = total
        for i in range(min(count, most_pairs) - 1):
            code = np.int64(stems[words[begin + i]]) * size + stems[words[begin + i + 1]]
            known = first
            while known < total and codes[known] != code:
                known += 1
            if known == total:
                codes[total] = code
                total += 1
        for i in range(min(count, most_begins)):
            codes[total] = np.int64(size + i) * size + stems[words[begin + i]]
            total += 1
        ends[name] = total
    return total


@kernel
def take_once(number: int, mark: int, stamps: Ints, taken: Ints, total: int, full: bool) -> int:
    """Add a number to what a list has unless it is full or has it, and return how many numbers there are then.

    Args:
        number: The number.
        mark: Stands for the list.
        stamps: (numbers) the mark of the list that took each last.
        taken: The numbers of all lists.
        total: How many they are.
        full: Whether the list takes no more.
    """
    if full or stamps[number] == mark:
        return total
    stamps[number] = mark
    taken[total] = number
    return total + 1


@kernel
def open_texts(
    texts: Ints,
    text_ends: Longs,
    word_starts: Longs,
    words: Ints,
    other_starts: Longs,
    others: Ints,
    extras: Ints,
    extra_ends: Longs,
    places: Ints,
    place_ends: Longs,
    name_keys: Ints,
    most: int,
    stamps: Ints,
    field_words: Ints,
    field_others: Ints,
    ends: Longs,
) -> None:
    """Write down the words and the other keys of each field of groups.

    The fields are those of ``domain.search.text.documents.field_tokens``, where the fifth comes of two columns: what
    has that column's words and keys counts once each, and words of its second one only that the name does not have.

    Args:
        texts: Numbers of the texts of all groups, column by column.
        text_ends: (groups x columns) where the texts of each column end.
        word_starts: (texts + 1) where the words of each text begin in ``words``.
        words: Numbers of words.
        other_starts: (texts + 1) where the other keys of each text begin in ``others``.
        others: Numbers of keys.
        extras: Numbers of more keys of the name, each of which counts once, and of the fifth field.
        extra_ends: (groups x 2) where these end.
        places: Numbers of more keys of the name.
        place_ends: (groups) where these end.
        name_keys: (groups x any) numbers of more keys of the name, negative for none.
        most: So many words, and keys, the fifth field has at most.
        stamps: (4 x at least as many as there are words and keys) -1 each, is changed.
        field_words: Gets the words of all fields.
        field_others: Gets the other keys of all fields.
        ends: (groups x fields x 2) gets where the words, and the other keys, of each field end.
    """
    word = other = text = extra = place = first_word = first_other = 0
    for group in range(len(text_ends)):
        for column in range(text_ends.shape[1]):
            is_distinct = column in (_VALUES, _NAMES)
            if column != _NAMES:
                first_word, first_other = word, other
            while text < text_ends[group, column]:
                for i in range(word_starts[texts[text]], word_starts[texts[text] + 1]):
                    number = words[i]
                    if is_distinct:
                        full = word - first_word >= most or (column == _NAMES and stamps[0, number] == group)
                        word = take_once(number, group, stamps[1], field_words, word, full)
                    else:
                        if column == 0:
                            stamps[0, number] = group
                        field_words[word] = number
                        word += 1
                for i in range(other_starts[texts[text]], other_starts[texts[text] + 1]):
                    if is_distinct:
                        full = other - first_other >= most
                        other = take_once(others[i], group, stamps[2], field_others, other, full)
                    else:
                        field_others[other] = others[i]
                        other += 1
                text += 1
            if column == 0:
                while extra < extra_ends[group, 0]:
                    other = take_once(extras[extra], group, stamps[3], field_others, other, full=False)
                    extra += 1
                while place < place_ends[group]:
                    field_others[other] = places[place]
                    other, place = other + 1, place + 1
                for i in range(name_keys.shape[1]):
                    if name_keys[group, i] >= 0:
                        field_others[other] = name_keys[group, i]
                        other += 1
            if column == _NAMES:
                while extra < extra_ends[group, 1]:
                    full = other - first_other >= most
                    other = take_once(extras[extra], group, stamps[2], field_others, other, full)
                    extra += 1
            if column != _VALUES:
                field = column - 1 if column > _VALUES else column
                ends[group, field, 0], ends[group, field, 1] = word, other


@kernel
def add_key(key: int, one: int, most: int, first: int, total: int, places: Longs, terms: Ints, counts: Ints) -> int:
    """Count a key of the group in hand once more, and return how many pairs there are then; see ``count_keys``.

    Args:
        key: Its number.
        one: What is added to its count,
        most: unless it has so many of them already.
        first: The first pair of the group.
        total: How many pairs there are.
        places: The pair of each key; one before ``first`` is of another group.
        terms: See ``count_keys``, like ``counts``.
    """
    place = places[key]
    if place >= first:
        if (counts[place] // one) & most != most:
            counts[place] += one
        return total
    places[key] = total
    terms[total] = key
    counts[total] = one
    return total + 1


@kernel
def count_keys(
    words: Ints,
    others: Ints,
    ends: Longs,
    key_starts: Longs,
    keys: Ints,
    stems: Ints,
    first_stems: Longs,
    bits: int,
    places: Longs,
    terms: Ints,
    counts: Ints,
    sizes: Ints,
) -> int:
    """Count what stands in the fields of groups, and return how many pairs of a group and a key there are.

    Args:
        words: Numbers of the words of all groups, field by field.
        others: Numbers of the other keys of their fields, likewise.
        ends: (groups x fields x 2) where the words, and the other keys, of each field end.
        key_starts: Word w stands for the keys ``keys[key_starts[w]:key_starts[w + 1]]``, which count like other keys:
            in field f by the bits from ``bits * f`` on, and as often at most as ``bits`` bits can say.
        keys: See ``key_starts``.
        stems: Word w has the stem ``stems[w]``, which is a key of its own in some fields, counted by all bits.
        first_stems: For each field the key of stem 0, those of others follow; -1 where stems do not count.
        bits: See ``key_starts``.
        places: (keys) -1, is changed.
        terms: Gets the key of each pair, group by group.
        counts: Gets the count of each pair.
        sizes: Gets the number of pairs of each group.
    """
    most = (1 << bits) - 1
    total = word = other = 0
    for group in range(len(ends)):
        first = total
        for field in range(ends.shape[1]):
            one = 1 << (bits * field)
            stem = first_stems[field]
            while word < ends[group, field, 0]:
                number = words[word]
                for i in range(key_starts[number], key_starts[number + 1]):
                    total = add_key(keys[i], one, most, first, total, places, terms, counts)
                if stem >= 0:
                    total = add_key(stem + stems[number], 1, _ALL, first, total, places, terms, counts)
                word += 1
            while other < ends[group, field, 1]:
                total = add_key(others[other], one, most, first, total, places, terms, counts)
                other += 1
        sizes[group] = total - first
    return total


@kernel
def place_postings(
    terms: Ints, counts: Ints, sizes: Ints, ranks: Ints, starts: Longs, posting_groups: Ints, posting_counts: Ints
) -> None:
    """Write postings by term, those of a term by group.

    Args:
        terms: The number of each posting's term; those of a group together, in the order of groups.
        counts: One a posting.
        sizes: How many postings each group has.
        ranks: The position of each term in the vocabulary.
        starts: (terms + 1) zeros; gets where the postings of each position begin.
        posting_groups: Gets the group of each posting; likewise ``posting_counts``.
    """
    for i in range(len(terms)):
        starts[ranks[terms[i]] + 1] += 1
    for t in range(len(starts) - 1):
        starts[t + 1] += starts[t]
    ends = starts[:-1].copy()
    i = 0
    for group in range(len(sizes)):
        for _ in range(sizes[group]):
            rank = ranks[terms[i]]
            posting_groups[ends[rank]] = group
            posting_counts[ends[rank]] = counts[i]
            ends[rank] += 1
            i += 1
