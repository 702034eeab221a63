"""The products of a group as a table."""

import pytest

from facetry.domain.product import ProductContent, stored
from facetry.domain.trade import Trade
from facetry.domain.variant_matrix import MAX_CELLS, Axis, Variants


def product(sku, **fields):
    """Return a stored product of one group."""
    return stored(ProductContent(sku=sku, name="ring", group_id="G", **fields), f"{1:024x}", 1)


def ring(metal, size, **fields):
    """Return a ring of a metal in a size."""
    parts = () if metal is None else ({"name": "gold", "purity": metal, "color": "white"},)
    return product(f"{metal}-{size}", size=size, metals=parts, **fields)


def skus(matrix):
    """Return the SKUs in each cell."""
    return [[" ".join(one.sku for one in cell) for cell in row] for row in matrix.cells]


class TestAxes:
    """What products differ in."""

    def test_a_single_product_differs_in_nothing(self):
        variants = Variants([ring(750, "52")])
        assert variants.axes == ()
        assert variants.usual() is None

    def test_nothing_has_no_axes(self):
        assert Variants([]).axes == ()

    def test_only_what_varies_is_one_and_the_usual_ones_come_first(self):
        made = [
            ring(585, "6.5", brand="A", attributes={"finish": "matte", "made": "here"}),
            ring(750, "10", brand="A", attributes={"finish": "polished", "made": "here"}),
        ]
        assert [axis.name for axis in Variants(made).axes] == ["metals", "size", "attributes.finish"]

    def test_numbers_ascend_other_values_keep_their_order_and_nothing_is_last(self):
        made = [product(f"P{at}", size=size) for at, size in enumerate(["nan", "10", None, "9.5", "S", "9.5"])]
        assert Variants(made).axis("size") == Axis("size", ("9.5", "10", "nan", "S", ""))

    def test_values_of_every_type_have_a_text(self):
        values = [True, 2, 1.5, ["a", None, False], None, "\u202e<b>"]
        made = [product(f"P{at}", attributes={"x": value}) for at, value in enumerate(values)]
        assert Variants(made).axis("attributes.x").values == ("1.5", "2", "true", "a, , false", "\u202e<b>", "")

    def test_parts_are_told_by_what_a_shopper_asks_for(self):
        stones = ({"type": "diamond", "carat": 0.5, "color": "G", "code": "S1"}, {"type": "ruby"}, {"origin": "x"})
        made = [product("A", gemstones=stones), product("B")]
        assert Variants(made).axis("gemstones").values == ("0.5 G diamond + ruby", "")

    def test_what_they_do_not_differ_in_is_no_axis(self):
        assert Variants([ring(585, "52"), ring(750, "52")]).axis("size") is None

    def test_what_a_back_office_keeps_is_no_axis(self):
        assert Variants([product("A", trade=Trade(location="1")), product("B", trade=Trade(location="2"))]).axes == ()


class TestTables:
    """Tables, and which one is shown where nobody asked for one."""

    def test_metal_stands_at_the_side_and_size_at_the_head(self):
        made = [ring(metal, size) for metal in (585, 750) for size in ("50", "52", "54")]
        rows, columns = Variants(made).usual()
        assert (rows.name, rows.values) == ("metals", ("585 white gold", "750 white gold"))
        assert (columns.name, columns.values) == ("size", ("50", "52", "54"))

    def test_a_value_that_each_product_has_of_its_own_makes_no_table_of_holes(self):
        made = [
            ring(metal, size, attributes={"style_number": f"{metal}/{size}"})
            for metal in (375, 585, 750)
            for size in ("50", "52")
        ]
        assert [axis.name for axis in Variants(made).usual()] == ["metals", "size"]

    def test_what_is_known_least_stands_at_the_side(self):
        made = [ring(750, size, attributes={"finish": finish}) for size in ("50", "52") for finish in "ab"]
        assert [axis.name for axis in Variants(made).usual()] == ["attributes.finish", "size"]

    def test_holes_and_shared_cells_are_shown(self):
        made = [
            ring(585, "50"),
            ring(585, "52"),
            ring(750, "52"),
            product("twin", size="52", metals=ring(750, "").metals),
        ]
        variants = Variants(made)
        matrix = variants.matrix(*variants.usual())
        assert skus(matrix) == [["585-50", "585-52"], ["", "750-52 twin"]]

    def test_a_missing_value_has_a_row_of_its_own(self):
        variants = Variants([ring(None, "50"), ring(750, "50"), ring(750, "52")])
        matrix = variants.matrix(variants.axis("metals"), variants.axis("size"))
        assert matrix.rows.values == ("750 white gold", "")
        assert skus(matrix) == [["750-50", "750-52"], ["None-50", ""]]

    def test_one_axis_is_not_enough(self):
        assert Variants([ring(750, "50"), ring(750, "52")]).usual() is None

    @pytest.mark.parametrize(("count", "is_shown"), [(63, True), (64, False)])
    def test_a_table_has_its_limits(self, count, is_shown):
        assert 63 * 63 <= MAX_CELLS < 64 * 64
        made = [product(f"P{at}", size=f"{at}", color=f"c{at}") for at in range(count)]
        variants = Variants(made)
        assert (variants.usual() is not None) is is_shown
        assert (variants.matrix(variants.axis("size"), variants.axis("color")) is not None) is is_shown

    def test_hundreds_of_products_fill_one(self):
        made = [ring(metal, f"{size}") for metal in range(1, 21) for size in range(1, 21)]
        variants = Variants(made)
        matrix = variants.matrix(*variants.usual())
        assert len(matrix.cells) == 20
        assert matrix.cells[19][0][0].sku == "20-1"
        assert all(len(cell) == 1 for row in matrix.cells for cell in row)
