from __future__ import annotations

import numpy as np

from facetry.engines.columns.kernels.text_building import (
    count_keys,
    is_word,
    number_words,
    open_texts,
    place_names,
    place_postings,
    take_once,
)


def ints(*numbers: int):
    return np.array(numbers, np.int32)


def longs(*numbers: int):
    return np.array(numbers, np.int64)


def test_words_are_letters_digits_and_all_beyond_ascii_and_the_same_ones_have_one_number():
    texts = [b"ring 18k ring-BOX", b"", b"a~18k", "été ét".encode(), b" k18"]
    blob = np.frombuffer(b"".join(texts), np.uint8).copy()
    starts = np.cumsum([0, *map(len, texts)])
    # So few slots that numbers are looked for beside their own.
    slots, spans = np.full(8, -1, np.int32), np.empty((16, 2), np.int32)
    words, ends = np.empty(16, np.int32), np.empty(5, np.int64)
    assert number_words(blob, starts, slots, spans, words, ends) == 7
    assert ends.tolist() == [4, 4, 6, 8, 9]
    assert words[:9].tolist() == [0, 1, 0, 2, 3, 1, 4, 5, 6]
    listed = [bytes(blob[begin:end]).decode() for begin, end in spans[:7].tolist()]
    assert listed == ["ring", "18k", "BOX", "a", "été", "ét", "k18"]


def test_a_word_is_known_by_its_length_and_bytes():
    blob = np.frombuffer(b"ring rink rin ring", np.uint8).copy()
    spans = np.array([[0, 4]], np.int32)
    assert is_word(blob, spans, 0, 14, 18)
    assert not is_word(blob, spans, 0, 5, 9)
    assert not is_word(blob, spans, 0, 10, 13)


def test_names_have_each_pair_once_and_their_first_words_by_place():
    # Words 0 and 3 have stem 0; the names are "a b a b c d", nothing, and "d".
    words, starts = ints(0, 1, 3, 1, 2, 0, 0), longs(0, 6, 6, 7)
    codes, ends = np.empty(20, np.int64), np.empty(3, np.int64)
    assert place_names(ints(0, 1, 2), starts, words, ints(0, 1, 2, 0), 3, 5, 2, codes, ends) == 6
    assert ends.tolist() == [5, 5, 6]
    # Pairs among the first five words: (0, 1), (1, 0), (1, 2); then stem 0 at place 0 and stem 1 at place 1.
    assert codes[:6].tolist() == [1, 3, 5, 9, 13, 9]


def test_a_number_is_taken_once_by_each_list():
    stamps, taken = np.full(5, -1, np.int32), np.empty(3, np.int32)
    assert take_once(4, 0, stamps, taken, 0, full=False) == 1
    assert take_once(4, 0, stamps, taken, 1, full=False) == 1
    assert take_once(3, 0, stamps, taken, 1, full=True) == 1
    assert take_once(4, 1, stamps, taken, 1, full=False) == 2
    assert taken[:2].tolist() == [4, 4]


def test_texts_are_opened_field_by_field():
    # Text 0 has the words 0 1 0 and the key 7, text 1 the words 1 2 2 and the key 8 twice, text 2 the word 3.
    word_starts, words = longs(0, 3, 6, 7), ints(0, 1, 0, 1, 2, 2, 3)
    other_starts, others = longs(0, 1, 3, 3), ints(7, 8, 8)
    # Name, brands, category, keywords, what tells products apart: values and other names; description.
    texts = ints(0, 1, 0, 1, 0, 2, 2, 1, 1)
    text_ends = longs(1, 2, 2, 2, 4, 6, 6, 7, 7, 7, 7, 7, 8, 9).reshape(2, 7)
    found_words, found_others = np.empty(30, np.int32), np.empty(30, np.int32)
    ends = np.empty((2, 6, 2), np.int64)
    open_texts(
        texts,
        text_ends,
        word_starts,
        words,
        other_starts,
        others,
        ints(9, 9, 8, 8, 10, 11),
        longs(2, 4, 5, 6).reshape(2, 2),
        ints(12, 13, 14),
        longs(2, 3),
        np.array([[15, 15], [16, -1]], np.int32),
        3,
        np.full((4, 20), -1, np.int32),
        found_words,
        found_others,
        ends,
    )
    names = [found_words[: ends[0, 0, 0]].tolist(), found_others[: ends[0, 0, 1]].tolist()]
    assert names == [[0, 1, 0], [7, 9, 12, 13, 15, 15]]
    # Three words at most: the other name's 3 is one too many. The keys 8 of metals are there already.
    assert ends[0].tolist() == [[3, 6], [6, 8], [6, 8], [6, 8], [9, 10], [9, 10]]
    assert found_words[3:9].tolist() == [1, 2, 2, 0, 1, 2]
    assert found_others[6:10].tolist() == [8, 8, 7, 8]
    assert ends[1].tolist() == [[10, 13], [10, 13], [10, 13], [10, 13], [12, 15], [15, 17]]
    assert found_words[9:15].tolist() == [3, 1, 2, 1, 2, 2]
    assert found_others[10:17].tolist() == [10, 14, 16, 8, 11, 8, 8]


def test_words_of_other_names_count_only_where_the_name_does_not_have_them():
    texts, text_ends = ints(0, 1, 2), np.array([[1, 1, 1, 1, 1, 2, 3]], np.int64)
    words, ends = np.empty(9, np.int32), np.empty((1, 6, 2), np.int64)
    none, stamps = np.empty(0, np.int32), np.full((4, 5), -1, np.int32)
    open_texts(
        texts,
        text_ends,
        longs(0, 2, 5, 6),
        ints(0, 1, 1, 2, 0, 1),
        np.zeros(4, np.int64),
        none,
        none,
        np.zeros((1, 2), np.int64),
        none,
        longs(0),
        np.empty((1, 0), np.int32),
        9,
        stamps,
        words,
        none,
        ends,
    )
    assert ends[0, :, 0].tolist() == [2, 2, 2, 2, 3, 4]
    assert words[:4].tolist() == [0, 1, 2, 1]


def test_postings_are_put_in_the_order_of_terms_then_of_groups():
    # Terms 0 to 2 stand in the vocabulary at 2, 0 and 1; the third group has none.
    terms, counts = np.array([0, 1, 1, 2, 0], np.int32), np.array([5, 6, 7, 8, 9], np.int32)
    starts = np.zeros(4, np.int64)
    groups, placed = np.empty(5, np.int32), np.empty(5, np.int32)
    sizes, ranks = np.array([2, 2, 0, 1], np.int32), np.array([2, 0, 1], np.int32)
    place_postings(terms, counts, sizes, ranks, starts, groups, placed)
    assert starts.tolist() == [0, 2, 3, 5]
    assert groups.tolist() == [0, 1, 1, 0, 3]
    assert placed.tolist() == [6, 7, 8, 5, 9]


def test_keys_are_counted_by_field_and_stems_by_all_bits():
    # Two fields of two bits each; the stems of the second count for themselves, as the keys 4 and 5.
    # Word 0 stands for the keys 0 and 1, word 1 for key 1; both have stem 1.
    words = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1], np.int32)
    others = np.array([2, 3, 3], np.int32)
    ends = np.array([[[4, 1], [5, 3]], [[5, 3], [9, 3]]], np.int64)
    terms, counts, sizes = np.empty(20, np.int32), np.empty(20, np.int32), np.empty(2, np.int32)
    total = count_keys(
        words,
        others,
        ends,
        np.array([0, 2, 3], np.int64),
        np.array([0, 1, 1], np.int32),
        np.array([1, 1], np.int32),
        np.array([-1, 4], np.int64),
        2,
        np.full(6, -1, np.int64),
        terms,
        counts,
        sizes,
    )
    assert total == 7
    assert sizes.tolist() == [5, 2]
    pairs = zip(terms[:total].tolist(), counts[:total].tolist(), strict=True)
    assert list(pairs) == [(0, 3), (1, 3 + 4), (2, 1), (5, 1), (3, 8), (1, 12), (5, 4)]
