from facetry.domain.fair_turns import FairTurns


def order(turns):
    return "".join(turns.take() for _ in range(len(turns)))


def test_tenants_take_turns_and_each_ones_items_keep_their_order():
    turns = FairTurns()
    for tenant, item in [*(("flood", name) for name in "abcdef"), *(("quiet", name) for name in "XY"), ("third", "1")]:
        turns.add(tenant, item)
    assert (len(turns), turns.waiting("flood"), turns.waiting("quiet"), turns.waiting("nobody")) == (9, 6, 2, 0)
    assert order(turns) == "aX1bYcdef"
    assert (len(turns), turns.waiting("flood")) == (0, 0)


def test_who_comes_while_another_has_many_is_next_but_one():
    turns = FairTurns()
    for name in "abcd":
        turns.add("flood", name)
    taken = turns.take()
    turns.add("quiet", "X")
    assert taken + order(turns) == "abXcd"


def test_who_comes_back_at_once_does_not_overtake():
    turns = FairTurns()
    for tenant, item in (("a", "1"), ("b", "2"), ("c", "3")):
        turns.add(tenant, item)
    taken = turns.take()
    turns.add("a", "4")
    assert taken + order(turns) == "1234"
