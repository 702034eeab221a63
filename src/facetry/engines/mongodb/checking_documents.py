"""Comparing the fields of products, groups and records, and the counters, with the documents that they come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec
from bson import ObjectId
from pymongo import DeleteMany, InsertOne, ReplaceOne, UpdateOne

from facetry.domain.fault import Fault
from facetry.domain.product import Product, new_object_id
from facetry.domain.records import Record
from facetry.engines.mongodb.checking import Checked, Finding, Findings, Repair
from facetry.engines.mongodb.collections import GROUPS, PRODUCTS, RECORDS
from facetry.engines.mongodb.documents import Kept, decode_product, decode_record, product_links
from facetry.engines.mongodb.unit import product_document, record_document

_COLUMNS = "the columns are not those of the document"
_UNREADABLE = "the document cannot be read"


class Counted:
    """What is counted of products while they are looked at.

    Attributes:
        products: How many there are.
        bytes: How large their documents are.
        groups: How many each group has; a tenant's groups fit in memory.
        highest: The highest place in the order of joining, or id, that is taken.
        linked: What names of theirs begin with.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.products = self.bytes = self.highest = 0
        self.groups: Counter[str] = Counter()
        self.linked: set[str] = set()

    def add(self, stored: Mapping[str, Any], product: Product | None) -> None:
        """Count a product, by its columns where it cannot be read."""
        self.products += 1
        self.bytes += len(stored["d"])
        self.groups[stored["g"] if product is None else product.group_id] += 1
        if product is not None:
            self.highest = max(self.highest, product.joined, product.product_id)
            self.linked.update(link[: link.index(":") + 1] for link in product_links(product))


async def product_findings(one: Checked, counted: Counted) -> Findings:
    """Compare the fields of products with their documents, and count them."""
    async for page in one.pages(PRODUCTS, "i"):
        for stored in page:
            product = _product(stored)
            counted.add(stored, product)
            if product is None:
                yield Finding(Fault("products", stored["s"], _UNREADABLE, mendable=False))
            elif _without_id(stored) != (right := _right_product(one, stored, product)):
                skus = tuple(dict.fromkeys((stored["s"], product.sku)))
                groups = tuple(dict.fromkeys((stored["g"], product.group_id)))
                same = {"$or": [{"s": right["s"]}, {"i": right["i"]}]}
                repair = Repair(PRODUCTS, ReplaceOne(_this(stored), right), _others(one, stored, same))
                yield Finding(Fault("products", product.sku, _COLUMNS), (repair,), skus, groups)


async def group_findings(one: Checked, counted: Counted) -> Findings:
    """Compare the groups that are there with those that products name."""
    missing = Counter(counted.groups)
    catalog = one.state.catalog
    async for page in one.pages(GROUPS, "g"):
        for stored in page:
            name, size = stored["g"], missing.pop(stored["g"], 0)
            if not size:
                drop = Repair(GROUPS, DeleteMany(_this(stored)))
                yield Finding(Fault("groups", name, "has no product"), (drop,), groups=(name,))
            elif size != stored["n"]:
                put = Repair(GROUPS, UpdateOne(_this(stored), {"$set": {"n": size}}))
                yield Finding(Fault("groups", name, f"counted {stored['n']} products instead of {size}"), (put,))
    for name, size in missing.items():
        group = {"t": catalog, "g": name, "o": new_object_id(), "r": one.state.revision, "n": size}
        yield Finding(Fault("groups", name, "missing"), (Repair(GROUPS, InsertOne(group)),), groups=(name,))


async def record_findings(one: Checked) -> Findings:
    """Compare the fields of records with their documents, and the last ids with those that are taken."""
    highest: Counter[str] = Counter()
    async for page in one.pages(RECORDS, "k", "i"):
        for stored in page:
            record = _record(stored)
            if record is None:
                subject = f"{stored['k']} {stored['i']}"
                yield Finding(Fault("records", subject, _UNREADABLE, mendable=False))
                continue
            kind = record.kind.value
            highest[kind] = max(highest[kind], record.id)
            fields = record_document(one.state.catalog, record)
            right = {name: fields[name] for name in "kiq"}
            if {name: stored.get(name) for name in "kiq"} != right:
                same = {"k": right["k"], "i": right["i"]}
                repair = Repair(RECORDS, UpdateOne(_this(stored), {"$set": right}), _others(one, stored, same))
                yield Finding(
                    Fault("records", f"{kind} {record.id}", _COLUMNS), (repair,), records=((kind, record.id),)
                )
    for kind, number in highest.items():
        last = one.state.last_ids.get(kind, 0)
        if last < number:
            fault = Fault("counts", f"last id of {kind}", f"{last} instead of {number}")
            yield Finding(fault, (one.counter({"$max": {f"last_ids.{kind}": number}}),))


async def count_findings(one: Checked, counted: Counted) -> Findings:
    """Compare a tenant's counters with what was counted."""
    state = one.state
    for name, kept, right in (
        ("products", state.usage.products, counted.products),
        ("bytes", state.usage.bytes, counted.bytes),
        ("groups", state.groups, len(counted.groups)),
    ):
        if kept != right:
            yield Finding(Fault("counts", name, f"{kept} instead of {right}"), (one.counter({"$set": {name: right}}),))
    if state.joined < counted.highest:
        fault = Fault("counts", "next id", f"{state.joined + 1} is taken")
        yield Finding(fault, (one.counter({"$max": {"joined": counted.highest}}),))
    if missing := sorted(counted.linked - state.linked):
        fault = Fault("counts", "links", f"{', '.join(missing)} missing among those that products have")
        yield Finding(fault, (one.counter({"$addToSet": {"linked": {"$each": missing}}}),))


def _product(stored: Mapping[str, Any]) -> Product | None:
    try:
        return decode_product(stored["d"])
    except (msgspec.DecodeError, ValueError):
        return None


def _record(stored: Mapping[str, Any]) -> Record | None:
    try:
        return decode_record(stored["d"])
    except (msgspec.DecodeError, ValueError):
        return None


def _right_product(one: Checked, stored: Mapping[str, Any], product: Product) -> dict[str, Any]:
    return product_document(one.state.catalog, Kept(product, stored["d"]), stored["u"])


def _without_id(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in stored.items() if name != "_id"}


def _this(stored: Mapping[str, Any]) -> dict[str, ObjectId]:
    return {"_id": stored["_id"]}


def _others(one: Checked, stored: Mapping[str, Any], same: Mapping[str, Any]) -> dict[str, Any]:
    """Return the condition of documents that would be in the way of a repair."""
    return {"t": one.state.catalog, "_id": {"$ne": stored["_id"]}, **same}
