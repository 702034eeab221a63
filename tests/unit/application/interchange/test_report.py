from facetry.application.interchange.report import MOST_EXAMPLES, ImportReport, NoteCount, Rejection


def rejection(**fields):
    return Rejection(
        **{
            "file": "shop.csv",
            "line": 7,
            "sku": "A",
            "field": "promotionPrice",
            "column": "Variant Price",
            "value": "abc",
            "reason": "must be a number",
            **fields,
        }
    )


def test_a_rejection_names_file_line_field_value_and_reason():
    assert str(rejection()) == 'shop.csv, line 7: Variant Price (promotionPrice): "abc" must be a number'
    assert str(rejection(column="promotionPrice")) == 'shop.csv, line 7: promotionPrice: "abc" must be a number'
    assert str(rejection(column="", value="")) == "shop.csv, line 7: promotionPrice: must be a number"
    assert str(rejection(column="", field="")) == 'shop.csv, line 7: "abc" must be a number'


def test_notes_keep_the_first_places():
    note = NoteCount()
    for number in range(MOST_EXAMPLES + 2):
        note.add(number, f"S{number}", "")
    assert (note.count, note.examples) == (7, [f"line {n}: S{n}" for n in range(MOST_EXAMPLES)])
    other = NoteCount()
    other.add(1, "A", "A")
    other.add(2, "A", "first on line 1")
    assert other.examples == ["line 1: A", "line 2: A (first on line 1)"]


def test_the_text_tells_everything():
    report = ImportReport(
        file="shop.csv",
        format="shopify",
        stored=1500,
        created=1400,
        replaced=100,
        resumed_after=500,
        rejected=2,
        problems=3,
        rejections=[rejection(), rejection(line=9)],
        skipped=3,
        ignored_columns=("Gift Card", "x"),
        elapsed_seconds=2.0,
    )
    for number in range(6):
        report.note("no_image", number, f"S{number}")
    report.note("unheard", 1, "S1")
    assert list(report.lines()) == [
        "shop.csv (shopify): 1,500 products stored (1,400 new, 100 replaced) in 2.0 s, 500/s",
        "continued after 500 products that an earlier run had stored",
        "3 rows skipped: no product, or none that the mapping wants",
        "2 columns not read: Gift Card, x",
        "6 products without a picture: line 0: S0; line 1: S1; line 2: S2; line 3: S3; line 4: S4; ...",
        "1 unheard: line 1: S1",
        "2 rows rejected:",
        '  shop.csv, line 7: Variant Price (promotionPrice): "abc" must be a number',
        '  shop.csv, line 9: Variant Price (promotionPrice): "abc" must be a number',
        "  ... and 1 more",
    ]


def test_many_columns_that_are_not_read_are_told_in_short():
    report = ImportReport(file="a", format="csv", dry_run=True, stored=2, ignored_columns=tuple("abcdefghijklmnop"))
    assert list(report.lines()) == [
        "a (csv): 2 products are fit to be stored; nothing was written",
        "16 columns not read: a, b, c, d, e, f, g, h, i, j, k, l, ...",
    ]


def test_there_is_no_rate_before_the_first_moment():
    assert ImportReport(file="a", format="csv", stored=5).rate == 0.0
