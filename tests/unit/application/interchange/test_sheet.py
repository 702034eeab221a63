from facetry.application.interchange.detection import open_reader
from facetry.application.interchange.table import LONGEST_CELL
from facetry.domain.product import ProductContent
from tests.unit.application.interchange.reading import contents, lines, problems


def test_cells_are_the_values_of_their_columns():
    text = (
        "sku,name,images,searchKeywords,category,regularPrice,quantity,isMain,active,attributes\n"
        'A,"Ring, gold",'
        '"[""https://a.example/1,2.jpg"",""b""]",gold | ring |,Jewelry>Rings,5.50,3,true,0,"{""carat"":0.5}"\n'
    )
    assert contents(text) == [
        ProductContent(
            sku="A",
            name="Ring, gold",
            group_id="A",
            images=("https://a.example/1,2.jpg", "b"),
            search_keywords=("gold", "ring"),
            category=("Jewelry>Rings",),
            regular_price=55_000,
            promotion_price=55_000,
            quantity=3,
            is_main=True,
            active=False,
            attributes={"carat": 0.5},
        )
    ]


def test_single_attributes_have_columns_of_their_own_and_win():
    text = (
        'sku;name;attributes;attributes.metal;attributes.stone\nA;x;"{""metal"":""tin"",""k"":1}";gold;\nB;x;;;ruby\n'
    )
    assert [content.attributes for content in contents(text)] == [{"metal": "gold", "k": 1}, {"stone": "ruby"}]


def test_blanks_are_kept():
    assert contents('sku,name,description\nA, Ring ," x\n"\n')[0] == ProductContent(
        sku="A", name=" Ring ", group_id="A", description=" x\n"
    )


def test_an_empty_cell_is_a_value_left_out():
    assert problems("sku,name,brand\nA,,\n,x,\n") == [(2, "name", None, "is missing"), (3, "sku", None, "is missing")]


def test_rows_that_cannot_be_read_are_told():
    text = (
        "sku,name,images,attributes\n"
        'A,x,"[""a"",","{"\n'
        "B,x,,,,too far\n"
        "C,x,,,,\n"
        "D,g\udce9,,\n"
        'E,x,,"{""a"":""\udce9""}"\n'
        "F,x,,gold\n"
        "G,x,,5\n"
    )
    another = "is not in the encoding of the file (name another, such as cp1252)"
    assert problems(text) == [
        (2, "images", '["a",', "is no JSON"),
        (2, "attributes", "{", "is no JSON"),
        (3, "", "too far", "has 6 cells where the header has 4: is a quote missing?"),
        (5, "name", "g\udce9", another),
        (6, "attributes", '{"a":"\udce9"}', another),
        (7, "attributes", "gold", "is no JSON"),
        (8, "attributes", 5, "must be a JSON object"),
    ]


def test_a_quote_that_never_ends_costs_its_rows_only():
    text = 'sku,name\nA,"x\n' + ("y" * 1000 + "\n") * (LONGEST_CELL // 1000) + "B,x\n"
    found = problems(text)
    assert found[0] == (2, "", None, "a cell is too long: is the quote that opens it ever closed?")


def test_columns_that_are_not_read_are_told():
    text = "sku,name,Vendor,,attributes.,name\nA,x,Ax,1,2,other\n"
    reader = open_reader(lines(text))[1]
    assert [record.values for record in reader.records()] == [{"sku": "A", "name": "x"}]
    assert reader.ignored_columns == ("Vendor", "attributes.", "name")
    assert (reader.columns, reader.skipped) == ({}, 0)
