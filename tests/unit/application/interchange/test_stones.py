import pytest

from facetry.application.interchange.detection import Format, StoneSource, open_reader
from facetry.application.interchange.stones import StoneForm, StoneOptions
from facetry.application.interchange.table import LONGEST_CELL
from facetry.domain.catalog import AllOrNone, PutProduct
from facetry.domain.keeping import PutRecord
from facetry.domain.trade import ProductType, Trade
from tests.unit.application.interchange.reading import lines

RAPNET = (
    "Stock #,Availability,Shape,Weight,Color,Clarity,Cut Grade,Polish,Symmetry,Fluorescence Intensity,"
    "Fluorescence Color,Measurements,Lab,Certificate #,Treatment,$/ct,Depth %,Table %,Girdle Thin,Girdle Thick,"
    "Culet Size,Country,Diamond Image,Video Link,Key To Symbols,Foo\n"
)
ROW = (
    'A-1,G,BR,1.01,G,VS1,EX,EX,VG,STG,Blue,6.50-6.45x4.01,GIA,2141438167,,"$7,250.00",61.8,57%,TN,M,'
    "None,USA,https://a.example/1.jpg,https://a.example/1.mp4,Feather,x\n"
)


def read(text, **options):
    reader = open_reader(lines(text), None, None, StoneSource(StoneOptions(**options), lambda: lines(text)))[1]
    return reader, list(reader.records())


def stone(text, **options):
    """Return the one gemstone of a text that is fit to be stored."""
    (record,) = read(text, **options)[1]
    assert record.problems == ()
    assert isinstance(record.write, PutRecord)
    assert record.write.replaces
    return record.write.record


def problems(text):
    return [(p.field, p.value, p.reason) for record in read(text)[1] for p in record.problems]


def notes(text):
    return [(note.kind, note.detail) for record in read(text)[1] for note in record.notes]


def test_a_list_of_the_trade_is_known_by_its_headers():
    reader, (record,) = read(RAPNET + ROW)
    assert open_reader(lines(RAPNET))[0] is Format.GEMSTONES
    assert reader.ignored_columns == ("Foo",)
    assert reader.columns["price_per_carat"] == "$/ct"
    assert (record.line, record.values, record.notes) == (2, {"sku": "A-1"}, ())


def test_every_column_has_its_place():
    found = stone(RAPNET + ROW)
    assert (found.code, found.name, found.type) == ("A-1", "1.01 ct Round Diamond, G VS1", "diamond")
    assert (found.shape, found.carat, found.color, found.clarity) == ("round", 1.01, "G", "VS1")
    assert (found.cut, found.polish, found.symmetry, found.fluorescence) == ("EX", "EX", "VG", "strong")
    assert (found.certificate_lab, found.certificate_number, found.is_unique) == ("GIA", "2141438167", True)
    assert (found.price_per_carat, found.price, found.quantity) == (72_500_000, 73_225_000, 1)
    assert found.images == ("https://a.example/1.jpg",)
    assert found.details == {
        "availability": "G", "fluorescence_color": "Blue", "measurements": "6.50 x 6.45 x 4.01", "length": 6.5,
        "width": 6.45, "height": 4.01, "depth": 61.8, "table": 57.0, "girdle": "thin to medium", "culet": "none",
        "country": "USA", "video": "https://a.example/1.mp4", "key_to_symbols": "Feather", "currency": "USD",
    }  # fmt: skip


def test_a_loose_product_has_the_stone_as_its_only_part():
    (record,) = read(RAPNET + ROW, form=StoneForm.PRODUCTS)[1]
    assert isinstance(record.write, PutProduct)
    product = record.write.content
    assert (product.sku, product.group_id, product.name) == ("A-1", "A-1", "1.01 ct Round Diamond, G VS1")
    assert (product.regular_price, product.promotion_price, product.currency) == (73_225_000, 73_225_000, "USD")
    assert (product.category, product.quantity) == (("Loose Stones>Diamonds",), 1)
    assert product.images == ("https://a.example/1.jpg",)
    assert product.trade == Trade(
        product_type=ProductType.LOOSE, unrepeatable=True, videos=("https://a.example/1.mp4",)
    )
    (part,) = product.gemstones
    assert (part["code"], part["type"], part["carat"], part["clarity"], part["depth"]) == (
        "A-1",
        "diamond",
        1.01,
        "VS1",
        61.8,
    )
    assert (part["quantity"], part["certificate_number"]) == (1, "2141438167")
    assert "creation" not in part


def test_both_are_stored_together_or_not_at_all():
    (record,) = read(RAPNET + ROW, form=StoneForm.BOTH)[1]
    assert isinstance(record.write, AllOrNone)
    stone_, product = record.write.writes
    assert (stone_.record.code, product.content.sku) == ("A-1", "A-1")


def test_stones_without_a_code_get_one_of_certificate_or_line():
    text = "carat,color,clarity,lab,report no\n1,D,IF,GIA,123\n1,D,IF,,456\n1,D,IF,,\n"
    records = read(text, prefix="list")[1]
    assert [record.values["sku"] for record in records] == ["GIA-123", "cert-456", "list-4"]
    assert notes(text) == [("derived_code", "GIA-123"), ("derived_code", "cert-456"), ("derived_code", "stone-4")]


def test_letters_are_read_by_the_other_values_of_their_column():
    text = "sku,carat,color,clarity,cut,polish\nA,1,D,IF,P,P\nB,1,D,IF,Premium,EX\n"
    first = read(text)[1][0].write.record
    assert (first.cut, first.polish) == ("EX", "P")
    alone = "sku,carat,color,clarity,cut\nA,1,D,IF,P\n"
    assert stone(alone).cut == "P"
    assert problems(text + "C,1,D,IF,Poor,EX\n") == [
        ("cut", "P", "'P' may mean P or EX in this list: write the grade in full")
    ]


def test_without_a_second_look_letters_are_those_of_the_published_scale():
    text = "sku,carat,color,clarity,cut\nA,1,D,IF,P\nB,1,D,IF,Premium\n"
    reader = open_reader(lines(text))[1]
    assert [record.write.record.cut for record in reader.records() if record.write] == ["P", "EX"]


def test_grades_of_diamonds_must_be_known_and_all_problems_are_told():
    text = "sku,carat,color,clarity,cut,price\nA,big,Q1,VX,best,many\n"
    assert [(field, value) for field, value, _ in problems(text)] == [
        ("carat", "big"), ("color", "Q1"), ("clarity", "VX"), ("cut", "best"), ("price", "many"),
    ]  # fmt: skip


def test_words_of_other_stones_stay():
    text = "sku,type,carat,color,clarity,cut,shape\nA,Ruby,1.2,Pigeon Blood,Eye Clean,Native,OV\n"
    found = stone(text)
    assert (found.type, found.color, found.clarity, found.cut) == ("ruby", "Pigeon Blood", "Eye Clean", "Native")
    assert found.name == "1.2 ct Oval Ruby, Pigeon Blood Eye Clean"
    assert stone("sku,carat,color,clarity\nA,1,Royal Blue,AAA\n", kind="sapphire").type == "sapphire"


def test_labels_that_are_in_no_table_stay_and_are_noted():
    text = "sku,carat,color,clarity,shape,girdle,fluorescence,measurements,culet\nA,1,D,IF,Blob,odd,glows,big,huge\n"
    found = stone(text)
    assert (found.shape, found.fluorescence) == ("Blob", "glows")
    assert found.details == {"girdle": "odd", "measurements": "big", "culet": "huge"}
    assert [kind for kind, _ in notes(text)] == ["unknown_label"] * 5


@pytest.mark.parametrize(
    ("header", "cell", "creation"),
    [
        ("Natural / Lab", "Lab", "lab grown"),
        ("Growth Type", "CVD", "lab grown"),
        ("Lab Grown", "Yes", "lab grown"),
        ("Lab Grown", "No", "natural"),
        ("Stone", "Lab Grown Diamond", "lab grown"),
        ("Diamond Type", "Natural", "natural"),
    ],
)
def test_how_a_stone_came_to_be(header, cell, creation):
    assert stone(f"sku,carat,color,clarity,{header}\nA,1,D,IF,{cell}\n").creation == creation


def test_an_unknown_origin_is_told():
    assert problems("sku,carat,color,clarity,Growth Type\nA,1,D,IF,grown\n")[0][:2] == ("creation", "grown")


def test_fancy_colors_in_one_column_or_in_three():
    one = stone("sku,carat,color,clarity\nA,1,Fancy Vivid Yellow,IF\n")
    three = stone("sku,carat,color,clarity,fancy color,fancy color intensity,overtone\nA,1,*,IF,Y,FV,Orangy\n")
    fancy = stone("sku,carat,color,clarity,fancy color,fancy color intensity\nA,1,Fancy,IF,Pink,Light\n")
    assert (one.color, one.details) == (
        "Fancy Vivid Yellow", {"fancy_color": "yellow", "fancy_intensity": "fancy vivid"},
    )  # fmt: skip
    assert (three.color, three.details["fancy_overtone"]) == ("Fancy Vivid Orangy Yellow", "Orangy")
    assert fancy.color == "Light Pink"


def test_a_range_of_color_is_its_poorer_end_and_kept():
    found = stone("sku,carat,color,clarity\nA,1,G-H,VS1-VS2\n")
    assert (found.color, found.clarity, found.details) == ("H", "VS2", {"color_range": "G-H"})


def test_what_means_nothing_is_left_out():
    found = stone("sku,carat,color,clarity,cut,fluor,depth,x,y,z,price,milky\nA,1,D,IF,None,None,0,0,4.1,-,0,None\n")
    assert (found.cut, found.fluorescence, found.price) == (None, "none", None)
    assert found.details == {"depth": 0.0, "width": 4.1, "milky": "None"}
    text = "sku,carat,color,clarity,x,price\nA,1,D,IF,0,0\n"
    assert notes(text) == [("zero_size", "length"), ("zero_price", "0")]
    two = stone("sku,carat,color,clarity,fluor,meas\nA,1,D,IF,Strong Yellow,5 x 4\n")
    assert two.details == {"fluorescence_color": "yellow", "measurements": "5 x 4", "length": 5.0, "width": 4.0}


def test_stock():
    head = "sku,carat,color,clarity,qty,status,report no\n"
    rows = ["A,1,D,IF,5,,", "A,1,D,IF,,NA,", "A,1,D,IF,,Sold,7", "A,1,D,IF,,G,8", "A,1,D,IF,3,G,9"]
    found = [stone(head + row + "\n") for row in rows]
    assert [(one.quantity, one.is_unique) for one in found] == [
        (5, False), (0, False), (0, True), (1, True), (3, False),
    ]  # fmt: skip
    assert stone("sku,carat,color,clarity,unique,real\nA,1,D,IF,yes,no\n").is_unique
    assert not stone("sku,carat,color,clarity,unique,real\nA,1,D,IF,yes,no\n").is_real


def test_prices_and_currencies():
    head = "sku,carat,color,clarity,price,ppc,currency,cost\n"
    found = stone(head + 'A,0.33,D,IF,,"1,000",EUR,€200\n')
    assert (found.price_per_carat, found.price, found.cost) == (10_000_000, 3_300_000, 2_000_000)
    assert found.details == {"currency": "EUR"}
    both = stone(head + "A,2,D,IF,500,999,,\n")
    assert (both.price, both.price_per_carat, both.details) == (5_000_000, 9_990_000, {})
    options = {"form": StoneForm.PRODUCTS, "currency": "CAD"}
    dollars, shekels = read(head + "A,2,D,IF,$500,,,\nB,2,D,IF,₪500,,,\n", **options)[1]
    assert [one.write.content.currency for one in (dollars, shekels)] == ["CAD", "ILS"]


def test_certificates_and_pictures():
    head = "sku,carat,color,clarity,cert url,certificate_image_2,image\n"
    found = stone(head + "A,1,D,IF,https://a/1.pdf,https://a/2.pdf,https://a/1.jpg|https://a/2.jpg\n")
    assert found.certificate_images == ("https://a/1.pdf", "https://a/2.pdf")
    assert found.images == ("https://a/1.jpg", "https://a/2.jpg")


def test_codes_must_be_fit():
    assert problems(f"sku,carat,color,clarity\n{'x' * 51},1,D,IF\n") == [
        ("code", "x" * 51, "must have 1 to 50 characters")
    ]


def test_bytes_of_another_encoding_are_told():
    text = "sku,carat,color,clarity,color shade\nA,1,D,IF,\udce9\n"
    assert [(field, reason[:35]) for field, _, reason in problems(text)] == [
        ("shade", "is not in the encoding of the file ")
    ]


def test_products_must_be_fit():
    head = "sku,carat,color,clarity,price\n"
    (record,) = read(head + "A,1,D,IF,100000000000.0001\n", form=StoneForm.PRODUCTS)[1]
    assert [problem.field for problem in record.problems] == ["price"]
    (record,) = read("sku,carat,color,clarity,ppc\nA,9000,D,IF,99999999999\n", form=StoneForm.PRODUCTS)[1]
    assert [(problem.field, problem.value) for problem in record.problems] == [("regularPrice", "A")]
    assert record.write is None


def test_rows_that_cannot_be_read_are_told():
    text = "sku,carat,color,clarity,cut\nA,1,D,IF,EX,more\n" + f'B,1,D,IF,"{"x" * (LONGEST_CELL + 1)}"\nC,1,D,IF,EX\n'
    records = read(text)[1]
    assert [bool(record.problems) for record in records] == [True, True, False]


@pytest.mark.parametrize(("kind", "category"), [("ruby", "Rubies"), ("tiger's eye", "Tiger's Eyes"), ("Onyx", "Onyxs")])
def test_categories_are_plurals(kind, category):
    (record,) = read("sku,carat,color,clarity\nA,1,red,AA\n", kind=kind, form=StoneForm.PRODUCTS)[1]
    assert record.write.content.category == (f"Loose Stones>{category}",)


def test_names_say_what_is_known():
    assert stone("sku,carat,color,clarity,creation\nA,.5,D,IF,LG\n").name == "0.5 ct Lab Grown Diamond, D IF"
    assert stone("sku,carat,color,clarity,shape\nA,,,,PR\n").name == "Princess Diamond"
    assert stone("sku,carat,color,clarity,Title\nA,1,D,IF,Hope\n").name == "Hope"
