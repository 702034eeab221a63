from __future__ import annotations

from facetry.domain.search.text.vocabulary import RememberedVocabulary
from facetry.testing.search_samples import single
from tests.unit.domain.search.text.texts import vocabulary

SHOP = (single("AB-1", name="Gold ring rings"), single("b", name="King ring"))


class Counting:
    """Counts what another vocabulary is asked."""

    def __init__(self):
        self.asked = []
        self._vocabulary = vocabulary(*SHOP)

    def __getattr__(self, name):
        def ask(*arguments):
            self.asked.append((name, *arguments))
            return getattr(self._vocabulary, name)(*arguments)

        return ask


def answers(words):
    return [
        words.has("wring"),
        words.has("wgone"),
        words.frequency("wring"),
        words.frequency("wgone"),
        words.beginning("ring"),
        words.beginning("rings"),
        words.similar("ring", 1),
        words.similar("king", 0),
        words.identified("ab1"),
        words.identified("ab12"),
    ]


def test_a_vocabulary_knows_the_keys_of_its_groups():
    near = [("ring", 0), ("king", 1), ("rings", 1)]
    assert answers(vocabulary(*SHOP)) == [True, False, 2, 0, True, False, near, [("king", 0)], True, False]


def test_a_remembered_vocabulary_answers_the_same_and_asks_once():
    counting = Counting()
    remembered = RememberedVocabulary(counting)
    expected = answers(vocabulary(*SHOP))
    assert [answers(remembered), answers(remembered)] == [expected, expected]
    assert len(counting.asked) == len(set(counting.asked)) == len(expected)
