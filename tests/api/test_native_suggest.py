"""What ``GET /v2/suggest`` offers while somebody types."""

from __future__ import annotations

import pytest

from tests.api.server import problem_of, product

pytestmark = pytest.mark.anyio


@pytest.fixture
async def filled(shop):
    await shop.post(product("R1", "A", name="Gold ring", brand="Golden Hour", promotionPrice=5))
    await shop.post(
        product("R2", "A", name="Gold ring", brand="Hidden Gold", active=False, isMain=True, promotionPrice=1)
    )
    await shop.post(product("C1", "B", name="Golden chain", category=["Jewelry>Gold chains"]))
    await shop.post(product("X1", "C", name="Gold secret", active=False))
    return shop


async def suggested(holder, target):
    answer = await holder("GET", f"/v2/suggest?{target}")
    assert answer.status == 200, answer.body
    return answer.json


async def test_all_that_is_offered(filled, owner):
    assert await suggested(owner, "q=gold") == {
        "queries": [{"text": "golden", "count": 2}],
        "categories": [{"path": "Jewelry > Gold chains", "name": "Gold chains", "count": 1}],
        "brands": [{"text": "Golden Hour", "count": 1}, {"text": "Hidden Gold", "count": 1}],
        "products": [
            {
                "group_id": "A",
                "main_sku": "R2",
                "name": "Gold ring",
                "image": "https://example.com/a.jpg",
                "price_min": 1,
                "price_max": 5,
                "currency": "USD",
            },
            *(
                {
                    "group_id": name,
                    "main_sku": sku,
                    "name": text,
                    "image": "https://example.com/a.jpg",
                    "price_min": 10,
                    "price_max": 10,
                    "currency": "USD",
                }
                for name, sku, text in (("C", "X1", "Gold secret"), ("B", "C1", "Golden chain"))
            ),
        ],
    }


async def test_who_may_only_search_is_offered_nothing_inactive(filled, front):
    found = await suggested(front, "q=gold")
    assert found["brands"] == [{"text": "Golden Hour", "count": 1}]
    assert [(one["group_id"], one["main_sku"], one["price_min"]) for one in found["products"]] == [
        ("A", "R1", 5),
        ("B", "C1", 10),
    ]
    assert await suggested(front, "q=gold+sec") == {"queries": [], "categories": [], "brands": [], "products": []}


async def test_a_limit_holds_for_each_kind(filled, owner):
    found = await suggested(owner, "q=gold&limit=1")
    assert {kind: len(offered) for kind, offered in found.items()} == dict.fromkeys(found, 1)
    assert await suggested(owner, "") == {"queries": [], "categories": [], "brands": [], "products": []}


@pytest.mark.parametrize(
    ("target", "pointer", "detail"),
    [
        ("limit=0", "/limit", "must be an integer from 1 to 20"),
        ("limit=21", "/limit", "must be an integer from 1 to 20"),
        ("limit=many", "/limit", "must be an integer from 1 to 20"),
        ("limit=%D9%A3", "/limit", "must be an integer from 1 to 20"),
        ("q=a&q=b", "/q", "is given twice"),
        ("limitt=3", "/limitt", "'limitt' is no parameter here; did you mean limit?"),
        (f"q={'x' * 513}", "/q", "must have at most 512 characters"),
    ],
)
async def test_what_cannot_be_read_is_refused(filled, owner, target, pointer, detail):
    problem = problem_of(await owner("GET", f"/v2/suggest?{target}"), 400)
    assert (problem["pointer"], problem["detail"]) == (pointer, detail)


async def test_an_answer_is_kept_for_its_caller_until_something_changes(filled, owner, front):
    for holder, brands in ((owner, 2), (front, 1), (owner, 2), (front, 1)):
        assert len((await suggested(holder, "q=gold"))["brands"]) == brands
    await filled.put(product("C1", "B", name="Golden chain", brand="Gold Three"))
    assert len((await suggested(owner, "q=gold"))["brands"]) == 3


async def test_it_is_only_read(owner):
    answer = await owner("POST", "/v2/suggest", {"q": "gold"})
    assert problem_of(answer, 405)["code"] == "method_not_allowed"
    assert answer.headers["allow"] == "GET, HEAD"
