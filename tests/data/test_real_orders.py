"""Real sales and cancellations, sent as a merchant's program sends them: the stock is in the end what it must be."""

from __future__ import annotations

import csv
import gzip
from collections import Counter, defaultdict
from itertools import groupby, islice
from operator import itemgetter

import pytest

from facetry.application.interchange.importing import ImportOptions, import_file
from facetry.engines.sqlite.opening import open_store
from tests.api.server import AccessKeyHolder, Server
from tests.support import ROOT, data_path

pytestmark = pytest.mark.anyio

AT_ONCE = 100
"""Orders, products and so on in one call."""
RESERVE = 3
"""So many pieces of each product more than are ever gone at the same time."""


class Merchant:
    """Keeps a shop's stock with the Client API, and books of its own on paper.

    Attributes:
        stock: What the books say, by SKU.
        counts: How often each kind of call was needed.
    """

    def __init__(self, office, stock):
        self.office = office
        self.stock = stock
        self.counts = Counter()
        self._lines = defaultdict(list)
        self._waiting = []

    async def replay(self, rows):
        """Bring the rows of all invoices in, in their order."""
        for invoice, lines in groupby(rows, itemgetter("InvoiceNo")):
            sold, taken = [], []
            for row in lines:
                (sold if int(row["Quantity"]) > 0 else taken).append(row)
            if sold:
                await self._order(invoice, sold)
            for row in taken:
                await self._take_back(row) if invoice.startswith("C") else await self._write_off(invoice, row)
        await self._flush()

    async def _order(self, invoice, rows):
        lines = [{"sku": r["StockCode"], "amount": r["Quantity"], "price": r["UnitPrice"]} for r in rows]
        order = {"order_unique": invoice, "order_date": rows[0]["InvoiceDate"], "currency": "GBP", "products": lines}
        if customer := rows[0]["CustomerID"].removesuffix(".0"):
            order["client"] = {"reference": customer, "country": rows[0]["Country"]}
        self._waiting.append((order, customer))
        for row in rows:
            self._book(row["StockCode"], -int(row["Quantity"]))
        if len(self._waiting) == AT_ONCE:
            await self._flush()

    async def _flush(self):
        """Send the orders that wait, and remember the lines by customer and SKU."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        done = await self.office.ok("order_import", [order for order, _ in waiting])
        for order, (_, customer) in zip(done, waiting, strict=True):
            for line in order["products"]:
                key = (order["order_id"], line["order_product_id"])
                self._lines[customer, line["sku"]].append([key, line["amount"]])
        self.counts["orders"] += len(done)

    async def _take_back(self, row):
        """Give back what a cancellation names: from an order of the customer's, else as a correction of the stock."""
        await self._flush()
        sku, amount = row["StockCode"], -int(row["Quantity"])
        for line in reversed(self._lines[row["CustomerID"].removesuffix(".0"), sku]):
            if line[1] >= amount:
                await self._shorten(line, amount)
                break
        else:
            if sku in self.stock:
                await self.office.ok("product_update", {"sku": sku, "quantity": self.stock[sku] + amount})
                self.counts["corrected"] += 1
        self._book(sku, amount)

    async def _shorten(self, line, amount):
        (order_id, line_id), before = line
        line[1] = before - amount
        change = {"order_product_id": line_id, "amount": line[1]}
        action = "update" if line[1] else "remove"
        data = {"order_id": order_id, "products": [change if line[1] else {"order_product_id": line_id}]}
        await self.office.ok("order_update", data, actions={"products": action})
        self.counts["taken back"] += 1

    async def _write_off(self, invoice, row):
        """Take broken and lost pieces out of stock."""
        sku, amount = row["StockCode"], -int(row["Quantity"])
        if sku in self.stock:
            await self._flush()
            await self.office.ok("product_sold", {"sku": sku, "quantity": amount, "order_ref": invoice})
            self.counts["written off"] += 1
        self._book(sku, -amount)

    def _book(self, sku, change):
        if sku in self.stock:
            self.stock[sku] += change


def first_rows(count):
    path = data_path("uci-online-retail", "transactions.csv.gz")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(islice(csv.DictReader(file), count))


def effect(row):
    """Return what a row does to the stock: a cancellation gives back, sales and pieces that were lost take."""
    amount = abs(int(row["Quantity"]))
    return amount if row["InvoiceNo"].startswith("C") else -amount


def needed(rows, skus):
    """Return how many pieces of each product there must be so that none is ever missing."""
    gone, most = Counter(), Counter()
    for row in rows:
        gone[row["StockCode"]] -= effect(row)
        most[row["StockCode"]] = max(most[row["StockCode"]], gone[row["StockCode"]])
    return {sku: most[sku] + RESERVE for sku in skus}


async def stocks(office):
    """Return the stock of every product as the API tells it."""
    return {one["sku"]: one["quantity"] for one in await office.ok("product_search", {"fields": ["sku", "quantity"]})}


async def replayed(folder, count):
    """Return what the merchant's books, the API and plain sums say after the first rows, and the counts of calls."""
    server = Server(store=await open_store(folder, owner=True))
    # The reference index derives a lot anew in each change; on a busy machine that takes its time.
    server.relay._index_wait_seconds = 60
    keys, _ = await server.add_tenant("Shop", id="shop", api_key="api-key-of-shop")
    office = AccessKeyHolder(server, keys.access_key)
    mapping = ROOT / "examples" / "mappings" / "uci.toml"
    path = data_path("uci-online-retail", "products.csv.gz")
    await import_file(ImportOptions(path=path, mapping=mapping), server.catalog, "shop")
    rows = first_rows(count)
    before = needed(rows, (await stocks(office)).keys())
    updates = [{"sku": sku, "quantity": quantity} for sku, quantity in before.items()]
    for at in range(0, len(updates), AT_ONCE):
        await office.ok("product_update", updates[at : at + AT_ONCE])
    merchant = Merchant(office, dict(before))
    await merchant.replay(rows)
    found = await stocks(office)
    orders = await office.ok("orders_export")
    await server.store.close()
    sums = Counter(before)
    for row in rows:
        if row["StockCode"] in before:
            sums[row["StockCode"]] += effect(row)
    assert found == merchant.stock == dict(sums)
    assert min(found.values()) >= 0
    return merchant.counts, orders


async def test_the_first_sales_and_cancellations(tmp_path):
    counts, orders = await replayed(tmp_path, 3_000)
    assert counts == {"orders": 131, "taken back": 1, "corrected": 23, "written off": 1}
    assert len(orders) == counts["orders"]


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_fifty_thousand_sales_and_cancellations(tmp_path):
    counts, orders = await replayed(tmp_path, 50_000)
    assert counts == {"orders": 1869, "taken back": 432, "corrected": 449, "written off": 83}
    assert len(orders) == counts["orders"]
