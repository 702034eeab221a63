from __future__ import annotations

import msgspec
import numpy as np
import pytest

from facetry.engines.columns.builder import build_segment
from facetry.engines.columns.dictionary import Dictionaries
from facetry.engines.columns.files import save_segment
from facetry.engines.columns.merging import Source, merge_segments
from facetry.engines.columns.packing import GROWTH, NO_TEMPLATE, opened_template, packed, plain_document
from facetry.engines.columns.strings import Strings
from facetry.engines.columns.tenant_folder import TenantFolder
from facetry.testing.search_samples import single


def documents(count, start=0, word="gold"):
    return Strings.of(
        [
            msgspec.json.encode({"name": f"{word} ring {i:05}", "text": f"made of {word}"})
            for i in range(start, start + count)
        ]
    )


def groups(count, prefix, word):
    texts = [f"{word} number {i * 7919 % 10007} that is made by hand" for i in range(count)]
    return [single(f"{prefix}{i:04}", name=text, description=text) for i, text in enumerate(texts)]


def segment_of(held):
    return build_segment(held, "en", Dictionaries(), 0)


def merged(*segments):
    return merge_segments([Source(s, s.all_live) for s in segments]).segment


def test_a_template_makes_small_documents_much_smaller():
    plain = documents(3000)
    (framed,), template = packed([plain], NO_TEMPLATE, NO_TEMPLATE)
    own = opened_template(template)
    assert [plain_document(framed[i], own) for i in range(3000)] == [plain[i] for i in range(3000)]
    assert len(framed.blob) * 2 < len(plain.blob)


def test_few_documents_are_packed_without_a_template():
    (framed,), template = packed([documents(3)], NO_TEMPLATE, NO_TEMPLATE)
    assert not len(template)
    assert plain_document(framed[2], None) == documents(3)[2]


def test_nothing_is_packed_to_nothing():
    lists, template = packed([documents(0)], NO_TEMPLATE, NO_TEMPLATE)
    assert len(lists[0]) == len(template) == 0


@pytest.mark.parametrize(("new", "is_kept"), [(500 * (GROWTH - 1), True), (500 * GROWTH, False)])
def test_a_template_is_kept_until_most_documents_are_new(new, is_kept):
    (framed,), template = packed([documents(500)], NO_TEMPLATE, NO_TEMPLATE)
    both = Strings.stacked([framed, documents(new, start=500, word="silver")])
    (again,), now = packed([both], template, NO_TEMPLATE)
    assert np.array_equal(now, template) == is_kept
    own = opened_template(now)
    assert plain_document(again[0], own) == documents(1)[0]
    assert plain_document(again[500], own) == documents(1, start=500, word="silver")[0]


def test_a_known_template_is_used():
    _, known = packed([documents(500)], NO_TEMPLATE, NO_TEMPLATE)
    _, template = packed([documents(5, start=500)], NO_TEMPLATE, known)
    assert np.array_equal(template, known)


def test_segments_with_different_templates_merge(tmp_path):
    gold, silver = groups(400, "a", "gold"), groups(300, "b", "silver")
    first, second = (save_segment(tmp_path, segment_of(held)) for held in (gold, silver))
    assert not np.array_equal(first.template, second.template)
    both = merged(second, first, segment_of(groups(2, "c", "new")))
    assert np.array_equal(both.template, first.template)
    saved = save_segment(tmp_path, both)
    assert np.array_equal(saved.template, first.template)
    for segment in (both, saved):
        assert [segment.group(i) for i in (0, 399, 400, 699)] == [gold[0], gold[399], silver[0], silver[299]]
        assert segment.group(701).group_id == "c0001"


def test_a_folder_packs_with_the_template_of_its_largest_segment(tmp_path):
    folder = TenantFolder(tmp_path, "t", writer=True)
    first = folder.save(segment_of(groups(400, "a", "gold")))
    assert np.array_equal(folder.save(segment_of(groups(10, "b", "gold"))).template, first.template)
    largest = folder.save(segment_of(groups(400 * GROWTH + 1, "c", "gold")))
    assert not np.array_equal(largest.template, first.template)
    assert np.array_equal(folder.save(segment_of(groups(10, "d", "gold"))).template, largest.template)
