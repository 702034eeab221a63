"""Every published conversation of the Client API: a request in a shop of which something is given, and its answer.

A file holds ``cases``, each with what it ``says``, what is ``given`` (calls, or steps of ``conversation.Shop``), the
``request`` and the ``answer``; where they matter also the HTTP ``status`` and ``headers``.
"""

import pytest

from tests.contract.client_api.conftest import conversations
from tests.contract.client_api.conversation import differences

pytestmark = pytest.mark.anyio

KEYS = {"says", "given", "request", "answer", "status", "headers"}


async def test_a_conversation(shop, case):
    for step in case.get("given", []):
        await shop.given(step)
    answer = await shop.send(case["request"])
    assert list(differences(case["answer"], answer.json)) == [], (case["says"], answer.json)
    assert answer.status == case.get("status", 200)
    assert len(answer.headers["x-debug-uid"]) == 32
    for name, value in case.get("headers", {}).items():
        assert answer.headers.get(name.lower()) == value, (name, case["says"])


def test_cases_have_the_form_that_is_read():
    for parameters in conversations():
        (case,) = parameters.values
        assert case.keys() <= KEYS, case
        assert case.keys() >= {"says", "request", "answer"}
        assert case["says"].endswith(".")


def test_differences_are_found():
    assert list(differences({"a": 1, "...": "*"}, {"a": 1, "b": 2})) == []
    assert list(differences({"a": "*"}, {"a": [1]})) == []
    assert list(differences({"a": 1}, {"a": 1, "b": 2})) == ["answer: keys ['a', 'b'] instead of ['a']"]
    assert list(differences([1, 2], [1, 3])) == ["answer.1: 3 instead of 2"]
    assert list(differences([1], [1, 3])) == ["answer: [1, 3] instead of [1]"]
    assert list(differences(1, True)) == ["answer: true instead of 1"]
    assert list(differences({"a": 1, "...": "*"}, {})) == ['answer.a: "(missing)" instead of 1']
