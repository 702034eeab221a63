import pytest

from facetry.application.demo.dice import Deck, Dice


def test_chance_is_the_same_everywhere():
    dice = Dice("seed")
    assert [dice.below(100) for _ in range(8)] == [60, 97, 69, 44, 32, 19, 9, 24]


def test_another_seed_gives_another_run():
    assert [Dice("a").below(1000) for _ in range(3)] != [Dice("b").below(1000) for _ in range(3)]


@pytest.mark.parametrize("bound", [1, 2, 6, 100])
def test_all_faces_come_up(bound):
    dice = Dice(f"faces {bound}")
    assert {dice.below(bound) for _ in range(40 * bound)} == set(range(bound))


def test_bounds_are_included():
    dice = Dice("bounds")
    assert {dice.between(3, 5) for _ in range(60)} == {3, 4, 5}


def test_shuffling_keeps_every_item():
    assert sorted(Dice("cards").shuffled(range(20))) == list(range(20))


def test_a_run_is_made_of_neighbors():
    dice = Dice("runs")
    assert {tuple(dice.run("abcd", 3)) for _ in range(40)} == {("a", "b", "c"), ("b", "c", "d")}


def test_a_deck_deals_every_card_before_it_repeats_one():
    deck = Deck(Dice("deck"), ["a", "b", "c"])
    for _ in range(5):
        assert {deck.deal() for _ in range(3)} == {"a", "b", "c"}
