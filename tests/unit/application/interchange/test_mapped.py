import pytest

from facetry.application.interchange.detection import Format, open_reader
from facetry.application.interchange.mapped import plain_amount
from facetry.application.interchange.mapping import parse_mapping
from facetry.application.interchange.table import LONGEST_CELL
from facetry.domain.errors import InterchangeError
from facetry.domain.product import ProductContent
from tests.unit.application.interchange.reading import contents, lines, problems, records

LEAST = '[product]\nsku = "id"\nname = "n"\n'


def test_rules_make_the_values():
    mapping = r"""
        [file]
        decimal = ","
        thousands = "."

        [product]
        sku = "id"
        name = { template = "{n} in {metal}" }
        description = { column = "text", html = true }
        groupID = { column = "id", pattern = '^[^-]+' }
        regularPrice = "price"
        quantity = "stock"
        color = { column = "metal", values = { YG = "yellow gold" } }
        brand = { value = "Ax" }
        size = { column = "size", value = "one size" }
        category = { column = "path", path = " / " }
        searchKeywords = { column = "tags", separator = ";" }
        images = { column = "pics", separator = " ", prefix = "https://a.example/" }
        active = { column = "state", values = { on = "true", off = "false" } }
        isMain = { value = false }
        currency = { value = "EUR" }

        [attributes]
        Carat = { column = "carat", kind = "number" }
        Stones = { column = "stones", kind = "number" }
        Hallmarked = { column = "mark", kind = "flag" }
        Shapes = { column = "shapes", separator = "," }
        Origin = { value = "IT" }
        Points = { value = 5, kind = "number" }
    """
    text = (
        "id;n;metal;text;price;stock;size;path;tags;pics;state;carat;stones;mark;shapes\n"
        'A-1;Ring;YG;"<p>A&amp;B</p>";1.234,50 €;3;;Jewelry / Rings;"gold; ring";;off;0,5;2;Yes;round, pear ,\n'
        'A-2; Ring ;tin;x;EUR 5;;S;;"a; b";1.jpg 2.jpg;on;;;no;\n'
    )
    assert contents(text, mapping) == [
        ProductContent(
            sku="A-1",
            name="Ring in YG",
            description="A&B",
            group_id="A",
            regular_price=12_345_000,
            promotion_price=12_345_000,
            quantity=3,
            color="yellow gold",
            brand="Ax",
            size="one size",
            category=("Jewelry>Rings",),
            search_keywords=("gold", "ring"),
            active=False,
            currency="EUR",
            attributes={
                "Carat": 0.5,
                "Stones": 2,
                "Hallmarked": True,
                "Shapes": ["round", "pear"],
                "Origin": "IT",
                "Points": 5,
            },
        ),
        ProductContent(
            sku="A-2",
            name="Ring in tin",
            description="x",
            group_id="A",
            regular_price=50_000,
            promotion_price=50_000,
            color="tin",
            brand="Ax",
            size="S",
            search_keywords=("a", "b"),
            images=("https://a.example/1.jpg", "https://a.example/2.jpg"),
            currency="EUR",
            attributes={"Hallmarked": False, "Origin": "IT", "Points": 5},
        ),
    ]


@pytest.mark.parametrize(
    ("condition", "skus"),
    [
        ("'1'", ["A", "D"]),
        ("['1', '2']", ["A", "B", "D"]),
        ("{ starts_with = '1' }", ["A", "C"]),
        ("{ pattern = '^.0$' }", ["C"]),
        ("{ starts_with = '2', pattern = '0' }", []),
    ],
)
def test_only_wanted_rows_are_read(condition, skus):
    text = "id,n,k\nA,x,1\nB,x,2\nC,x,10\nD,x, 1\n"
    found, reader = open_reader(lines(text), None, parse_mapping(f"where = {{ k = {condition} }}\n{LEAST}"))
    assert found is Format.MAPPED
    assert [record.values["sku"] for record in reader.records()] == skus
    assert reader.skipped == 4 - len(skus)


def test_a_pattern_without_a_group_takes_its_whole_match_and_none_takes_nothing():
    text = "id,n\nAB12,Ring-gold\nCD,Ring\n"
    rule = "color = { column = 'n', pattern = '-(gold|silver)' }\nsize = { column = 'id', pattern = '[0-9]+' }\n"
    assert [(c.color, c.size) for c in contents(text, LEAST + rule)] == [("gold", "12"), (None, None)]


def test_a_template_is_empty_where_one_of_its_columns_is():
    mapping = LEAST + "brand = { template = '{a}/{b}', value = 'none' }\n"
    assert [c.brand for c in contents("id,n,a,b\n1,x,p,q\n2,x,p, \n", mapping)] == ["p/q", "none"]


def test_a_text_replaced_by_nothing_is_the_constant():
    mapping = LEAST + "brand = { column = 'n', values = { x = '' }, value = 'own' }\n"
    assert [c.brand for c in contents("id,n\n1,x\n2,y\n", mapping)] == ["own", "y"]


def test_a_price_of_nothing_and_stock_below_nothing_are_noted_where_that_is_wished():
    text = "id,n,p,q\nA,x,0.00,-3\nB,x,5,4\nC,x,,-x\n"
    fields = "regularPrice = 'p'\nquantity = 'q'\n"
    lenient = "file = { zero_is_no_price = true, negative_is_no_stock = true }\n" + LEAST + fields
    found = records(text, mapping=lenient)
    assert [[(note.kind, note.detail) for note in record.notes] for record in found] == [
        [("zero_price", "0.00"), ("negative_quantity", "-3")],
        [],
        [],
    ]
    assert [record.values.get("quantity") for record in found] == ["0", "4", "-x"]
    assert [(line, field) for line, field, *_ in problems(text, LEAST + fields)] == [(2, "quantity"), (4, "quantity")]


def test_bad_values_are_told_as_they_stand_in_the_file():
    mapping = LEAST + "regularPrice = 'p'\n[attributes]\nCarat = { column = 'c', kind = 'number' }\n"
    mapping += "Mark = { column = 'm', kind = 'flag' }\n"
    assert problems("id,n,p,c,m\nA,x,abc,,\nB,x,1,many,si\n", mapping) == [
        (2, "regularPrice", "abc", "must be a decimal number such as 5.99"),
        (3, "attributes.Carat", "many", "is no number"),
        (3, "attributes.Mark", "si", "is no flag"),
    ]


def test_rows_without_shape_are_told():
    text = "id,n\nA,x,1\n" + 'B,"' + ("y" * 1000 + "\n") * (LONGEST_CELL // 1000 + 1)
    found = problems(text, LEAST)
    assert found[0] == (2, "", "1", "has 3 cells where the header has 2: is a quote missing?")
    assert found[1] == (3, "", None, "a cell is too long: is the quote that opens it ever closed?")


def test_a_column_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(InterchangeError, match="no column n; it has id, name"):
        records("id,name\n", mapping=LEAST)


def test_columns_are_told_as_the_file_names_them():
    mapping = parse_mapping(LEAST + "brand = { template = '{b}' }\ncolor = { value = 'red' }\n")
    reader = open_reader(lines("id,n,b,other\n"), None, mapping)[1]
    assert reader.columns == {"sku": "id", "name": "n", "brand": "{b}", "color": "color"}
    assert reader.ignored_columns == ("other",)


@pytest.mark.parametrize(
    ("text", "decimal", "thousands", "plain"),
    [
        ("5.99", ".", "", "5.99"),
        ("$1,234.50", ".", ",", "1234.50"),
        ("1.234,50 €", ",", ".", "1234.50"),
        ("1 234,50", ",", " ", "1234.50"),
        ("₹ 99", ".", "", "99"),
        ("USD 7", ".", "", "7"),
        ("7USD", ".", "", "7"),
        ("-5,5", ",", "", "-5.5"),
        (".5", ".", "", ".5"),
        ("5,99", ".", "", "5,99"),
        ("5.99", ",", "", "5.99"),
        ("abc", ".", "", "abc"),
        ("5 pieces", ".", "", "5 pieces"),
        ("1" + " " * 50 + "x", ".", "", "1" + " " * 50 + "x"),
    ],
)
def test_amounts_become_plain(text, decimal, thousands, plain):
    assert plain_amount(text, decimal, thousands) == plain
