"""Which column is which field: a mapping proposed from names and values, and changed column by column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from facetry.application.interchange.mapping import FieldRule, FileRule
from facetry.application.interchange.mapping import Mapping as FileMapping
from facetry.application.interchange.values import FIELD_NAMES, JSON_FIELDS, LIST_FIELDS, PRICES

TARGETS = tuple(name for name in FIELD_NAMES if name not in JSON_FIELDS)
"""The fields that a column can be read as."""
ATTRIBUTE = {"text": "attribute", "number": "attribute-number", "flag": "attribute-flag"}
"""What a column that is an attribute is read as, by its kind."""
NOTHING = ""
"""What a column is read as that is not imported."""
_KINDS = {target: kind for kind, target in ATTRIBUTE.items()}
_DEMANDED = ("sku", "name")
_LONGEST_ATTRIBUTE = 60

_NAMES: Mapping[str, tuple[str, ...]] = {
    "sku": (
        "sku", "variantsku", "itemno", "itemnumber", "itemnr", "articleno", "articlenumber", "articlenr", "article",
        "artikel", "artikelnummer", "artikelnr", "artnr", "stockno", "stocknumber", "stockid", "stockcode", "styleno",
        "productcode", "productno", "productnumber", "partno", "partnumber", "pid", "itemcode", "itemid", "productid",
        "code", "nr", "number", "id",
    ),
    "name": (
        "name", "title", "productname", "producttitle", "itemname", "itemtitle", "bezeichnung", "artikelbezeichnung",
        "artikelname", "titel", "titre", "nom",
    ),
    "groupID": (
        "groupid", "group", "groupcode", "parentsku", "parent", "parentid", "model", "modelno", "style", "stylenumber",
        "handle", "itemgroupid", "gruppe", "family",
    ),
    "description": (
        "description", "productdescription", "longdescription", "shortdescription", "beschreibung", "text", "details",
        "bodyhtml",
    ),
    "regularPrice": (
        "regularprice", "retailprice", "price", "preis", "vkpreis", "vk", "listprice", "msrp", "rrp", "uvp", "prix",
        "priceusd", "priceeur", "unitprice", "variantprice", "pricemedian",
    ),
    "promotionPrice": (
        "promotionprice", "saleprice", "specialprice", "discountedprice", "discountprice", "aktionspreis",
        "sonderpreis", "angebotspreis", "offerprice",
    ),
    "quantity": (
        "quantity", "qty", "stock", "stockqty", "stockquantity", "bestand", "lagerbestand", "menge", "inventory",
        "inventoryquantity", "onhand", "available", "pieces", "units",
    ),
    "color": ("color", "colour", "farbe", "couleur"),
    "brand": ("brand", "vendor", "manufacturer", "marke", "hersteller", "designer"),
    "size": ("size", "ringsize", "groesse", "grösse", "ringgroesse", "ringgrösse", "taille"),
    "currency": ("currency", "currencycode", "wahrung", "währung", "waehrung"),
    "category": (
        "category", "categories", "categorypath", "producttype", "productcategory", "productcategorytree", "kategorie",
        "warengruppe", "type",
    ),
    "images": (
        "images", "image", "imageurl", "imageurls", "picture", "pictures", "pictureurl", "bild", "bilder", "bildurl",
        "photo", "photos", "baseimage", "imagelink", "imagesrc",
    ),
    "searchKeywords": ("searchkeywords", "keywords", "tags", "metakeywords", "suchbegriffe", "stichworte"),
    "isMain": ("ismain", "main"),
    "active": ("active", "aktiv", "published", "enabled", "status", "productonline"),
}  # fmt: skip
"""What columns of these fields are called, folded and without blanks and signs, the likeliest first."""
_FLAGS = frozenset({"true", "false", "yes", "no", "1", "0"})
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:[.,][0-9]{1,6})?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[0-9],[0-9]{1,2}(?![0-9.])", re.ASCII)
_THOUSANDS_COMMA = re.compile(r"[0-9],[0-9]{3}(?![0-9])", re.ASCII)
_ADDRESS = re.compile(r"(?:https?:)?//|^/")


def proposed_mapping(samples: Mapping[str, Sequence[str]]) -> FileMapping:
    """Return a mapping of the columns of a file.

    Where no name tells which columns are SKU and name, the first ones are: no product is without them.

    Args:
        samples: The first values of each column, without empty ones, by the column's name.
    """
    targets = _targets(samples)
    prices = [value for column, target in targets.items() if target in PRICES for value in samples[column]]
    mapping = FileMapping(product={}, file=_file_rule(prices))
    return with_targets(mapping, {name: target for name, target in targets.items() if target}, samples)


def targets_of(mapping: FileMapping, columns: Iterable[str]) -> dict[str, str]:
    """Return what each column is read as by a mapping: a field, one of ``ATTRIBUTE``, or nothing."""
    found = dict.fromkeys(columns, NOTHING)
    for rules, name_of in ((mapping.attributes, _attribute_target), (mapping.product, _field_target)):
        for key, rule in rules.items():
            column = rule if isinstance(rule, str) else rule.column
            if column in found:
                found[column] = name_of(key, rule)
    return found


def with_targets(mapping: FileMapping, targets: Mapping[str, str], samples: Mapping[str, Sequence[str]]) -> FileMapping:
    """Return a mapping whose columns are read as they are wanted; rules that need no change stay as they are.

    A field has one column: of several that are to be the same one the last one is.
    """
    product, attributes = dict(mapping.product), dict(mapping.attributes)
    for column, target in targets.items():
        if (
            target
            == targets_of(msgspec.structs.replace(mapping, product=product, attributes=attributes), [column])[column]
        ):
            continue
        product, attributes = _without(product, column), _without(attributes, column)
        if target in _KINDS:
            attributes[_attribute_name(column, attributes)] = _attribute_rule(column, _KINDS[target])
        elif target in TARGETS:
            product[target] = _rule(column, target, samples.get(column, ()))
    return msgspec.structs.replace(mapping, product=product, attributes=attributes)


def missing_fields(mapping: FileMapping) -> tuple[str, ...]:
    """Return the fields that every product needs and that nothing is read for."""
    return tuple(name for name in _DEMANDED if name not in mapping.product)


def _targets(samples: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return what each column seems to be."""
    found = dict.fromkeys(samples, NOTHING)
    keys = {column: _key(column) for column in samples}
    for target, names in _NAMES.items():
        named = [(names.index(keys[column]), column) for column in samples if keys[column] in names]
        free = [column for _, column in sorted(named, key=lambda pair: pair[0]) if not found[column]]
        if free:
            found[free[0]] = target
    for target in _DEMANDED:
        if target not in found.values():
            spare = [column for column in samples if column and not found[column]]
            if spare:
                found[spare[0]] = target
    return {column: target or _kind_of(samples[column]) for column, target in found.items() if column}


def _file_rule(prices: Sequence[str]) -> FileRule:
    """Return how a file seems to write its prices."""
    if any(_DECIMAL_COMMA.search(price) for price in prices):
        return FileRule(decimal=",", thousands=".")
    return FileRule(thousands="," if any(_THOUSANDS_COMMA.search(price) for price in prices) else "")


def _kind_of(values: Sequence[str]) -> str:
    """Return as which attribute a column is read that is no field; one without any value is not imported."""
    if not values:
        return NOTHING
    if all(value.lower() in _FLAGS for value in values) and not all(value in {"0", "1"} for value in values):
        return ATTRIBUTE["flag"]
    if all(_NUMBER.fullmatch(value) and not _leads_with_zero(value) for value in values):
        return ATTRIBUTE["number"]
    return ATTRIBUTE["text"]


def _leads_with_zero(value: str) -> bool:
    """Return whether a number is more likely the name of something: leading zeros would be lost."""
    return len(value) > 1 and value[0] == "0" and value[1].isdigit()


def _rule(column: str, target: str, values: Sequence[str]) -> str | FieldRule:
    if target == "category":
        return _category_rule(column, values)
    if target in LIST_FIELDS:
        separator = _separator(values, "|;, " if target == "images" else "|;,")
        return FieldRule(column=column, separator=separator) if separator else column
    if target == "description" and any("</" in value or "<br" in value for value in values):
        return FieldRule(column=column, html=True)
    return column


def _category_rule(column: str, values: Sequence[str]) -> str | FieldRule:
    separator = _separator(values, "|;")
    path = next((sign for sign in (">>", "/") if any(sign in value for value in values)), None)
    if path is None and separator is None:
        return column
    return FieldRule(column=column, separator=separator, path=path)


def _separator(values: Sequence[str], signs: str) -> str | None:
    """Return what stands between the elements of a list; an address of a picture may have commas of its own."""
    for sign in signs:
        split = [part.strip() for value in values for part in value.split(sign) if sign in value]
        if split and (sign in "|;" or not any(map(_ADDRESS.search, values)) or all(map(_ADDRESS.search, split))):
            return sign
    return None


def _attribute_rule(column: str, kind: str) -> str | FieldRule:
    return column if kind == "text" else FieldRule(column=column, kind=kind)  # type: ignore[arg-type]  # one of three


def _attribute_name(column: str, taken: Iterable[str]) -> str:
    """Return a name for an attribute: the column's in lower case, in words with underscores."""
    name = "_".join(re.findall(r"\w+", column.lower()))[:_LONGEST_ATTRIBUTE] or "attribute"
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}_{number}"
    return found


def _without(rules: dict[str, str | FieldRule], column: str) -> dict[str, str | FieldRule]:
    return {key: rule for key, rule in rules.items() if column != (rule if isinstance(rule, str) else rule.column)}


def _attribute_target(_: str, rule: str | FieldRule) -> str:
    return ATTRIBUTE["text" if isinstance(rule, str) else rule.kind]


def _field_target(key: str, _: str | FieldRule) -> str:
    return key


def _key(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())
