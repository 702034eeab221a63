import threading
import time

import pytest

from facetry.application.precedence import Precedence


def test_a_search_waits_until_nobody_changes_anything():
    precedence = Precedence(60)
    patience, order = precedence.patience(), []

    def search():
        patience.give_way()
        order.append("search")

    with precedence.taken():
        with precedence.taken():
            thread = threading.Thread(target=search)
            thread.start()
        thread.join(0.05)
        order.append("change")
    thread.join(10)
    assert order == ["change", "search"]


def test_a_search_waits_no_longer_than_its_patience_all_in_all():
    precedence = Precedence(0.05)
    patience, begun = precedence.patience(), time.monotonic()
    with precedence.taken():
        for _ in range(3):
            patience.give_way()
    # Whoever waited for each would take three times as long.
    assert 0.04 < time.monotonic() - begun < 0.14


def test_nobody_waits_after_a_change_that_failed():
    precedence = Precedence(60)
    with pytest.raises(ZeroDivisionError), precedence.taken():
        _ = 1 / 0
    begun = time.monotonic()
    precedence.patience().give_way()
    assert time.monotonic() - begun < 10
