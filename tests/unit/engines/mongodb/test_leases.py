"""What takes a lease, as the server is asked for it."""

from __future__ import annotations

from facetry.engines.mongodb.leases import taking


def test_a_holder_is_compared_as_it_stands_and_times_are_the_servers():
    now = {"$toLong": "$$NOW"}
    holder = {"$literal": "$until"}
    own, free = {"$eq": ["$holder", holder]}, {"$lte": [{"$ifNull": ["$until", 0]}, now]}
    assert taking("$until", 1.5) == [
        {"$set": {"mine": {"$or": [own, free]}}},
        {
            "$set": {
                "holder": {"$cond": ["$mine", holder, "$holder"]},
                "until": {"$cond": ["$mine", {"$add": [now, 1500]}, "$until"]},
            }
        },
        {"$unset": "mine"},
    ]
