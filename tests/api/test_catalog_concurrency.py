"""Writers at once over 32 connections to a real server: nothing is lost, doubled or mixed up."""

from tests.api.server import product

PRODUCTS = "/catalog/v1/products"
GROUPS = "/catalog/v1/productgroups"


def test_sixty_products_posted_into_one_group_are_all_in_it(served_shop):
    replies = served_shop.at_once([("POST", PRODUCTS, product(f"a{i}", "GA")) for i in range(60)])
    assert [reply["response"]["sku"] for reply in replies] == [f"a{i}" for i in range(60)]
    group = served_shop.call("GET", f"{GROUPS}/GA")
    assert sorted(group["productSKUs"]) == sorted(f"a{i}" for i in range(60))
    assert list(group["products"]) == group["productSKUs"]
    assert [p["isMain"] for p in group["products"].values()] == [True] + [False] * 59


def test_one_sku_posted_eight_times_is_stored_once(served_shop):
    replies = served_shop.at_once([("POST", PRODUCTS, product("same", "GB", name=f"name {i}")) for i in range(8)])
    stored = [reply for reply in replies if reply["success"]]
    refused = [reply for reply in replies if not reply["success"]]
    assert (len(stored), len(refused)) == (1, 7)
    assert {(reply["code"], reply["message"]) for reply in refused} == {
        ("INVALID", "Product with SKU same already exists, please use PUT to update it ...")
    }
    assert served_shop.call("GET", f"{PRODUCTS}/same")["name"] == stored[0]["response"]["name"]


def test_four_hundred_posts_each_answer_their_own_product(served_shop):
    sent = [product(f"c{i}", f"GC{i % 50}", name=f"caption {i}", quantity=i + 1) for i in range(400)]
    replies = served_shop.at_once([("POST", PRODUCTS, fields) for fields in sent])
    for fields, reply in zip(sent, replies, strict=True):
        assert reply["reponse"] == reply["response"]
        assert {key: reply["response"][key] for key in ("sku", "name", "quantity", "groupID")} == {
            key: fields[key] for key in ("sku", "name", "quantity", "groupID")
        }
    found = served_shop.call("GET", "/search/v1/search?q=caption&size=100")
    assert found["hits"]["total"]["value"] == 50


def test_every_write_is_in_the_writers_next_search(served_shop):
    def write_and_search(i):
        word = f"zq{i}w"
        served_shop.call("POST", PRODUCTS, product(f"d{i}", f"GD{i % 7}", name=f"thing {word}", isMain=True))
        product_found = served_shop.call("GET", f"/search/v1/search?q=d{i}")["hits"]["total"]["value"]
        return product_found, served_shop.call("GET", f"{PRODUCTS}/d{i}")["name"]

    results = served_shop.each(write_and_search, range(160))
    assert results == [(1, f"thing zq{i}w") for i in range(160)]


def test_moves_in_opposite_directions_lose_and_double_nothing(served_shop):
    skus = [f"e{i}" for i in range(24)]
    served_shop.at_once([("POST", PRODUCTS, product(sku, "left" if i % 2 else "right")) for i, sku in enumerate(skus)])
    for turn in range(4):
        target = ["left", "right"] if turn % 2 else ["right", "left"]
        moves = [("PUT", PRODUCTS, product(sku, target[i % 2], isMain=i % 5 == 0)) for i, sku in enumerate(skus)]
        assert all(reply["success"] for reply in served_shop.at_once(moves))
        groups = [served_shop.call("GET", f"{GROUPS}/{name}") for name in ("left", "right")]
        held = [group["productSKUs"] for group in groups]
        assert sorted(held[0] + held[1]) == sorted(skus)
        for group, name in zip(groups, ("left", "right"), strict=True):
            assert set(group["productSKUs"]) == {s for i, s in enumerate(skus) if target[i % 2] == name}
            assert [p["isMain"] for p in group["products"].values()].count(True) == 1


def test_deletes_and_posts_of_one_group_end_in_what_was_acknowledged(served_shop):
    for _ in range(3):
        served_shop.at_once([("POST", PRODUCTS, product(f"f{i}", "GF")) for i in range(16)])
        calls = [("DELETE", f"{PRODUCTS}/f{i}") for i in range(16)]
        calls += [("POST", PRODUCTS, product(f"g{i}", "GF")) for i in range(16)]
        assert all(reply["success"] for reply in served_shop.at_once(calls))
        assert sorted(served_shop.call("GET", f"{GROUPS}/GF")["productSKUs"]) == sorted(f"g{i}" for i in range(16))
        assert served_shop.call("DELETE", f"{GROUPS}/GF")["success"] is True
        assert served_shop.call("GET", f"{PRODUCTS}/g0")["success"] is False
