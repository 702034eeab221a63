"""The variants of a group as a page shows them: a table of two axes, or a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from facetry.dashboard.addresses import group_url
from facetry.dashboard.product_views.cells import Cells, Row
from facetry.dashboard.product_views.labels import label_of
from facetry.dashboard.texts import Texts
from facetry.dashboard.values import Values
from facetry.domain.group import ProductGroup
from facetry.domain.variant_matrix import Axis, Variants

TABLE, LIST = "table", "list"
LIST_SIZE = 100
"""So many products a page of the list has."""
MAX_PRODUCTS = 1_000
"""Groups with more are only listed."""


@dataclass(frozen=True)
class TableView:
    """A table of variants.

    Attributes:
        corner: What differs from row to row, and from column to column.
        columns: Their values.
        rows: Of each its value, and what stands in its cells: mostly one product, none where there is a hole.
    """

    corner: tuple[str, str]
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Sequence[Row]]]]


@dataclass(frozen=True)
class VariantsView:
    """The variants of a group.

    Attributes:
        url: Of the group.
        axes: What may stand at the side and at the head: name and label.
        chosen: The two that do; empty where there is no table.
        table: Of the two; None where the list is shown.
        rows: Of the list.
        count: How many products there are.
        page: Of the list, from 1.
        pages: How many there are.
    """

    url: str
    axes: Sequence[tuple[str, str]]
    chosen: tuple[str, str]
    table: TableView | None
    rows: Sequence[Row]
    count: int
    page: int
    pages: int

    def link(self, **values: object) -> str:
        """Return the path of another view of the same variants."""
        return f"{self.url}?{urlencode(values)}"


def variants_view(group: ProductGroup, asked: Values, cells: Cells, texts: Texts) -> VariantsView:
    """Return the variants of a group as a query string asks for: ``view``, ``rows``, ``columns``, ``page``."""
    products = group.products
    variants = Variants(products if len(products) <= MAX_PRODUCTS else ())
    labels = {axis.name: label_of(texts, axis.name) for axis in variants.axes}
    axes = _chosen(variants, asked)
    matrix = variants.matrix(*axes) if axes and asked.text("view") != LIST else None
    pages = max(1, -(-len(products) // LIST_SIZE))
    page = min(max(1, asked.number("page", 1)), pages)
    listed = () if matrix else products[(page - 1) * LIST_SIZE : page * LIST_SIZE]
    table = None
    if matrix is not None:
        body = [
            (value, [[cells.row(product) for product in cell] for cell in row])
            for value, row in zip(matrix.rows.values, matrix.cells, strict=True)
        ]
        table = TableView(
            (labels[axes[0].name], labels[axes[1].name]) if axes else ("", ""), matrix.columns.values, body
        )
    return VariantsView(
        url=group_url(group.group_id),
        axes=[*labels.items()] if len(labels) > 1 else (),
        chosen=(axes[0].name, axes[1].name) if axes else ("", ""),
        table=table,
        rows=[cells.row(product) for product in listed],
        count=len(products),
        page=page,
        pages=pages,
    )


def _chosen(variants: Variants, asked: Values) -> tuple[Axis, Axis] | None:
    """Return the axes that are asked for, the usual ones where they are not two that there are."""
    rows, columns = variants.axis(asked.text("rows")), variants.axis(asked.text("columns"))
    usual = variants.usual()
    if rows is None and columns is None:
        return usual
    if rows is not None and columns is not None and rows != columns:
        return rows, columns
    known = rows or columns
    others: Mapping[str, Axis] = {axis.name: axis for axis in (*(usual or ()), *variants.axes) if axis != known}
    if known is None or not others:
        return usual
    other = next(iter(others.values()))
    return (known, other) if rows is not None else (other, known)
