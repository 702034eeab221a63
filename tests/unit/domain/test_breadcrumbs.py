"""Type and collection in the first breadcrumb of a category."""

import pytest

from facetry.domain.breadcrumbs import collection_of, type_of, with_collection, with_type


@pytest.mark.parametrize(
    ("category", "kind", "collection"),
    [
        ((), "other", ""),
        (("",), "other", ""),
        ((" > ",), "other", ""),
        (("Rings",), "Rings", ""),
        (("Jewelry>Rings",), "Rings", "Jewelry"),
        (("Jewelry > Rings > Gold ", "Sale>Last"), "Gold", "Jewelry"),
    ],
)
def test_type_and_collection_are_the_ends_of_the_first_breadcrumb(category, kind, collection):
    assert (type_of(category), collection_of(category)) == (kind, collection)


@pytest.mark.parametrize(
    "category", [(), ("A",), ("A>B",), ("A > B>C", "X>Y"), ("ring>ring",)], ids=["none", "one", "two", "three", "same"]
)
def test_what_is_set_is_read_again_and_the_other_one_stays(category):
    typed = with_type(category, "T")
    assert (type_of(typed), collection_of(typed)) == ("T", collection_of(category))
    collected = with_collection(category, "C")
    assert (type_of(collected), collection_of(collected)) == (type_of(category), "C")
    assert typed[1:] == collected[1:] == category[1:]
    left = with_collection(collected, "")
    assert type_of(left) == type_of(category)
    assert with_type(category, type_of(category))[:1] in {tuple(c.replace(" ", "") for c in category[:1]), ("other",)}
