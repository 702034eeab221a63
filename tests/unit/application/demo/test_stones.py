from facetry.application.demo.dice import Dice
from facetry.application.demo.stones import measured, weighed


def test_a_name_is_given_once():
    taken = set()
    given = [weighed(Dice("same"), (100,), "Round Diamond, D IF", taken) for _ in range(3)]
    (first, name), *_ = given
    assert [carat for carat, _ in given] == [first, first + 1, first + 2]
    assert name == f"1.{first - 100:02d} ct Round Diamond, D IF"
    assert taken == {name for _, name in given}


def test_a_stone_of_eight_times_the_weight_is_twice_as_long():
    assert measured(100, "round") == "6.45 x 6.41"
    assert measured(800, "round") == "12.90 x 12.83"
