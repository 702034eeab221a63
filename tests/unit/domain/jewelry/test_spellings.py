from __future__ import annotations

import re

from facetry.domain.jewelry.spellings import alternatives, squeezed, tree_pattern


def test_a_tree_finds_the_longest_spelling():
    pattern = re.compile(tree_pattern({"gold": "", "gold ring": "", "gold ring set": "", "a&b": ""}))
    texts = ["gold ring", "gold-ring set", "goldring", "gold rings", "golden", "a&b", "gold"]
    found = [match[0] if (match := pattern.match(text)) else None for text in texts]
    assert found == ["gold ring", "gold-ring set", "goldring", "gold", None, "a&b", "gold"]


def test_a_spelling_can_have_a_condition():
    pattern = re.compile(tree_pattern({"gold": r"(?! plated)", "gold plate": "", "gold x": ""}))
    assert [bool(pattern.match(text)) for text in ("gold", "gold ring", "gold plated", "gold plate")] == [
        True, True, False, True,
    ]  # fmt: skip


def test_gaps_are_no_part_of_a_spelling():
    assert squeezed("perle d'eau-douce  x") == "perledeaudoucex"


def test_alternatives_try_the_longest_first():
    assert re.match(alternatives(["or", "or more", "+"]), "or  more")[0] == "or  more"
    assert re.match(alternatives(["+"]), "+")[0] == "+"
