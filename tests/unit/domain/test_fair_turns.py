from facetry.domain import fair_turns
from facetry.domain.fair_turns import FairTurns


def order(turns):
    found = []
    while (item := turns.take()) is not None:
        found.append(item)
    return "".join(found)


def test_tenants_take_turns_and_each_ones_items_keep_their_order():
    turns = FairTurns()
    for tenant, item in [*(("flood", name) for name in "abcdef"), *(("quiet", name) for name in "XY"), ("third", "1")]:
        turns.add(tenant, item)
    assert (len(turns), turns.waiting("flood"), turns.waiting("quiet"), turns.waiting("nobody")) == (9, 6, 2, 0)
    assert order(turns) == "aX1bYcdef"
    assert (len(turns), turns.waiting("flood")) == (0, 0)


def test_it_is_known_of_whom_items_wait():
    turns = FairTurns()
    assert turns.tenants == set()
    turns.add("flood", "a")
    turns.add("flood", "b")
    turns.add("quiet", "X")
    assert turns.tenants == {"flood", "quiet"}
    order(turns)
    assert turns.tenants == set()


def test_an_item_that_was_taken_can_be_put_back_as_the_first():
    turns = FairTurns()
    turns.add("flood", "a")
    turns.add("flood", "b")
    turns.put_back("flood", turns.take())
    assert (turns.first("flood"), len(turns), turns.waiting("flood")) == ("a", 2, 2)
    assert order(turns) == "ab"
    turns.put_back("quiet", "X")
    assert order(turns) == "X"


def test_who_seldom_comes_is_next():
    turns = FairTurns()
    for name in "abcd":
        turns.add("flood", name)
    taken = turns.take()
    turns.add("quiet", "X")
    taken += turns.take()
    turns.add("quiet", "Y")
    assert taken + order(turns) == "aXbYcd"


def test_who_comes_back_at_once_does_not_overtake():
    turns = FairTurns()
    for tenant, item in (("a", "1"), ("b", "2"), ("c", "3")):
        turns.add(tenant, item)
    taken = turns.take()
    turns.add("a", "4")
    assert taken + order(turns) == "1234"


def test_turns_without_waiting_count_too():
    turns = FairTurns()
    turns.note("a")
    turns.add("a", "1")
    turns.add("b", "2")
    assert order(turns) == "21"


def test_who_may_not_is_passed_over_and_keeps_its_place():
    turns = FairTurns()
    for tenant, item in (("a", "1"), ("b", "2"), ("c", "3")):
        turns.add(tenant, item)
    assert turns.take(lambda tenant: tenant == "c") == "3"
    assert turns.take(lambda tenant: tenant == "c") is None
    assert order(turns) == "12"


def test_only_so_many_are_remembered(monkeypatch):
    monkeypatch.setattr(fair_turns, "REMEMBERED", 2)
    turns = FairTurns()
    for tenant in "abc":
        turns.note(tenant)
    for tenant in "cba":
        turns.add(tenant, tenant)
    assert order(turns) == "abc"
