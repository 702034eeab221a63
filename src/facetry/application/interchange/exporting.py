"""Export a tenant's products as a stream of bytes that an import reads back to the same bytes."""

from __future__ import annotations

import csv
import gzip
import io
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, cast

import msgspec
from msgspec import UNSET, UnsetType

from facetry.application.interchange.formulas import shown_as_text
from facetry.application.interchange.kept_records import record_chunks
from facetry.application.interchange.record import printable
from facetry.application.interchange.values import FIELD_NAMES, FIELDS, JSON_FIELDS, PRICES
from facetry.application.part_file import part_file
from facetry.application.records import Records
from facetry.domain.errors import InterchangeError
from facetry.domain.group import ProductGroup
from facetry.domain.money import price_to_number, price_to_text
from facetry.domain.product import Attributes, Part, Product
from facetry.domain.trade import Trade
from facetry.ports.catalog_store import CatalogStore

PAGE_GROUPS = 100


class ExportFormat(Enum):
    """The formats that can be exported; an import reads both."""

    NDJSON = "ndjson"
    CSV = "csv"


class ExportReport(msgspec.Struct, frozen=True, kw_only=True):
    """What an export wrote."""

    products: int
    groups: int
    records: int = 0
    elapsed_seconds: float


class ExportedProduct(msgspec.Struct, frozen=True, kw_only=True):
    """A product under the field names of the Catalog API, in their order; what it has not is left out."""

    images: tuple[str, ...]
    search_keywords: tuple[str, ...] = msgspec.field(name="searchKeywords")
    category: tuple[str, ...]
    is_main: bool = msgspec.field(name="isMain")
    sku: str
    name: str
    description: str
    group_id: str = msgspec.field(name="groupID")
    regular_price: float | UnsetType = msgspec.field(name="regularPrice")
    promotion_price: float | UnsetType = msgspec.field(name="promotionPrice")
    quantity: int
    color: str | UnsetType
    brand: str | UnsetType
    size: str | UnsetType
    active: bool
    currency: str | UnsetType
    attributes: Attributes | UnsetType
    metals: tuple[Part, ...] | UnsetType
    gemstones: tuple[Part, ...] | UnsetType
    trade: Trade | UnsetType = msgspec.field(name="backOffice")


async def export_chunks(store: CatalogStore, tenant: str, form: ExportFormat) -> AsyncIterator[tuple[int, int, bytes]]:
    """Yield numbers of products and groups, and their bytes, page by page.

    Groups come by id in code point order, the products of a group in the order in which they joined it. A CSV
    begins with its header, even where there is no product.
    """
    if form is ExportFormat.CSV:
        yield 0, 0, beginning(form)
    last = ""
    while page := await store.groups_after(tenant, last, PAGE_GROUPS):
        last = page[-1].group_id
        yield sum(len(group.products) for group in page), len(page), encoded(form, _products(page))


def beginning(form: ExportFormat) -> bytes:
    """Return the bytes that stand before all products."""
    return _csv_rows([FIELD_NAMES]) if form is ExportFormat.CSV else b""


def encoded(form: ExportFormat, products: Iterable[Product]) -> bytes:
    """Return the bytes of products."""
    return _csv(products) if form is ExportFormat.CSV else _ndjson(products)


async def whole_chunks(store: CatalogStore, tenant: str) -> AsyncIterator[tuple[int, int, int, bytes]]:
    """Yield numbers of products, groups and records, and their lines of JSON: the products, then all records."""
    async for products, groups, chunk in export_chunks(store, tenant, ExportFormat.NDJSON):
        yield products, groups, 0, chunk
    async for records, chunk in record_chunks(Records(store), tenant):
        yield 0, 0, records, chunk


async def _file_chunks(
    store: CatalogStore, tenant: str, form: ExportFormat, *, with_records: bool
) -> AsyncIterator[tuple[int, int, int, bytes]]:
    if with_records:
        async for part in whole_chunks(store, tenant):
            yield part
        return
    async for products, groups, chunk in export_chunks(store, tenant, form):
        yield products, groups, 0, chunk


async def export_file(  # one parameter a wish
    store: CatalogStore,
    tenant: str,
    path: Path,
    form: ExportFormat | None = None,
    progress: Callable[[int], None] | None = None,
    *,
    with_records: bool = False,
) -> ExportReport:
    """Write a tenant's products, and its records if they are wanted, to a file, which is there only once it is whole.

    A name ending in ``.gz`` is compressed; one ending in ``.csv`` or ``.csv.gz`` is CSV where no format is given.
    ``progress`` is told the number of products written by now.

    Raises:
        InterchangeError: The file cannot be written, or is to be CSV, in which records have no place.
    """
    start = time.monotonic()
    products = groups = records = 0
    form = form or format_of_name(path)
    if with_records and form is ExportFormat.CSV:
        raise InterchangeError("records are exported as NDJSON only, not as CSV")
    with _PartFile(path) as part:
        async for more, more_groups, more_records, chunk in _file_chunks(
            store, tenant, form, with_records=with_records
        ):
            part.write(chunk)
            products += more
            groups += more_groups
            records += more_records
            if progress is not None:
                progress(products)
    return ExportReport(products=products, groups=groups, records=records, elapsed_seconds=time.monotonic() - start)


def format_of_name(path: Path) -> ExportFormat:
    """Return the format that a file's name asks for."""
    return ExportFormat.CSV if path.name.removesuffix(".gz").endswith(".csv") else ExportFormat.NDJSON


class _PartFile:
    """A file under another name until it is whole; compressed where its name says so."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._files = ExitStack()

    def __enter__(self) -> Self:
        try:
            plain = self._files.enter_context(part_file(self._path))
        except OSError as error:
            raise self._unwritable(error) from error
        self._out: BinaryIO = plain
        if self._path.suffix == ".gz":
            # Neither name nor time goes into the file, so that the same products make the same bytes.
            packed = gzip.GzipFile(filename="", fileobj=plain, mode="wb", compresslevel=6, mtime=0)
            self._out = cast("BinaryIO", self._files.enter_context(packed))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._files.__exit__(kind, error, trace)
        except OSError as failure:
            raise self._unwritable(failure) from failure

    def write(self, chunk: bytes) -> None:
        try:
            self._out.write(chunk)
        except OSError as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> InterchangeError:
        return InterchangeError(f"{printable(str(self._path))} cannot be written: {error.strerror or error}")


def _products(page: Sequence[ProductGroup]) -> Iterator[Product]:
    return (product for group in page for product in group.products)


def _ndjson(products: Iterable[Product]) -> bytes:
    return msgspec.json.Encoder().encode_lines([_exported(product) for product in products])


def _csv(products: Iterable[Product]) -> bytes:
    return _csv_rows(map(_cells, products))


def _csv_rows(rows: Iterable[Iterable[str]]) -> bytes:
    # The line end of RFC 4180 makes the writer quote both of its characters wherever they stand in a cell.
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def _exported(product: Product) -> ExportedProduct:
    regular, promotion = product.regular_price, product.promotion_price
    return ExportedProduct(
        images=product.images,
        search_keywords=product.search_keywords,
        category=product.category,
        is_main=product.is_main,
        sku=product.sku,
        name=product.name,
        description=product.description,
        group_id=product.group_id,
        regular_price=UNSET if regular is None else price_to_number(regular),
        promotion_price=UNSET if promotion is None else price_to_number(promotion),
        quantity=product.quantity,
        color=UNSET if product.color is None else product.color,
        brand=UNSET if product.brand is None else product.brand,
        size=UNSET if product.size is None else product.size,
        active=product.active,
        currency=UNSET if product.currency is None else product.currency,
        attributes=UNSET if product.attributes is None else product.attributes,
        metals=UNSET if product.metals is None else product.metals,
        gemstones=UNSET if product.gemstones is None else product.gemstones,
        trade=UNSET if product.trade is None else product.trade,
    )


def _cells(product: Product) -> list[str]:
    return [_cell(field.key, getattr(product, field.attribute)) for field in FIELDS]


def _cell(key: str, value: object) -> str:
    """Return the text that ``SheetReader`` reads as this value; empty for none."""
    if value is None or (value == () and key not in JSON_FIELDS):
        return ""
    if key in PRICES and isinstance(value, int):
        return price_to_text(value)
    return shown_as_text(value) if isinstance(value, str) else msgspec.json.encode(value).decode()
