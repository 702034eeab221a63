"""The fields of a gemstone: what each is called, what reads it, where it is kept, and how it is described."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from facetry.api.client.action import FieldNote
from facetry.api.client.record_fields import Reader, RecordField
from facetry.api.client.values import id_number
from facetry.domain.errors import InvalidValueError
from facetry.domain.gemstone_filter import DETAILS
from facetry.domain.gemstone_values import DETAIL_READERS, MAX_DETAILS
from facetry.domain.jewelry import scales
from facetry.domain.jewelry.tables import table
from facetry.domain.money import DEFAULT_CURRENCY
from facetry.domain.product import Scalar
from facetry.domain.record_values import money_in, text, texts
from facetry.domain.storable import check_storable
from facetry.domain.trade_terms import carats, numbers, stones
from facetry.domain.trade_terms.plain import identifier

CERTIFICATE_IMAGES = ("certificate_image_1", "certificate_image_2")
"""They are kept as one list."""
_PRICES = "prices"
_SCALES: Mapping[str, Sequence[str]] = {
    name.removeprefix("gemstones."): tuple(reversed(scale)) for name, scale in scales.SCALES.items()
}


@dataclass(frozen=True, slots=True)
class GemstoneField:
    """A field of a gemstone.

    Attributes:
        read: How it is read.
        title: What a form calls it.
        kind: text, number, integer, boolean, list or object.
        group: The part of the form that it stands in.
        is_required: Whether no gemstone is without it.
        choices: Table of what it may be, and the section of it; empty where it may be anything.
        scale: Grades, the best first; empty where it is no grade.
    """

    read: RecordField
    title: str
    kind: str
    group: str = "stone"
    is_required: bool = False
    choices: tuple[str, ...] = ()
    scale: Sequence[str] = ()

    @property
    def name(self) -> str:
        """Return the name in ``data``."""
        return self.read.name

    @property
    def target(self) -> str:
        """Return where it is kept."""
        return self.read.target

    @property
    def values(self) -> Sequence[object]:
        """Return what it may be, where that is a list."""
        if self.name == "type":
            return [{"number": number, "name": name} for number, name in stones.names_by_number().items()]
        if not self.choices:
            return self.scale
        name, *sections = self.choices
        return [*(table(name)[sections[0]] if sections else table(name))]

    def read_in(self, currency: str) -> RecordField:
        """Return how it is read for a tenant with this currency, which prices may name and no other."""
        return replace(self.read, reader=money_in(currency, "gemstones")) if self.group == _PRICES else self.read

    @property
    def is_number(self) -> bool:
        """Return whether it can be asked for by a range of numbers."""
        return self.kind in {"number", "integer"}

    def listed(self) -> dict[str, object]:
        """Return it as ``gemstone_listfields`` lists it."""
        return {
            "name": self.name,
            "title": self.title,
            "type": self.kind,
            "required": self.is_required,
            "values": [*self.values],
            "multiple": self.kind == "list",
            "group": self.group,
        }

    def note(self) -> FieldNote:
        """Return it as it is documented."""
        return self.read.note(is_required=self.is_required)


def _details(path: str, raw: object) -> dict[str, Scalar]:
    """Return further values by name."""
    # PHP writes an array without entries as a list.
    if raw == []:
        return {}
    if not isinstance(raw, dict):
        raise InvalidValueError(path, "must be an object of values by name")
    if len(raw) > MAX_DETAILS:
        raise InvalidValueError(path, f"must be at most {MAX_DETAILS}")
    for name, value in raw.items():
        if isinstance(value, dict | list) or not 1 <= len(name) <= numbers.LONGEST_TEXT:
            raise InvalidValueError(f"{path}.{name[:40]}", "must be one value: a text, a number or a truth")
        if _BY_NAME.get(name) is not None:
            raise InvalidValueError(f"{path}.{name}", f"stands beside {path}, not in it")
        check_storable(f"{path}.{name}", {name: value})
    return raw


def _field(name: str, kind: str, reader: Reader, about: str, **more: object) -> GemstoneField:
    """Return a field; it is kept under its own name unless a target is named."""
    target, empty = str(more.pop("target", name)), more.pop("empty", None)
    title = name.replace("_", " ").capitalize()
    return GemstoneField(RecordField(name, target, reader, kind, about, empty), title, kind, **more)  # type: ignore[arg-type]


def _identity(name: str, reader: Reader, about: str) -> GemstoneField:
    return _field(name, "text", reader, about, is_required=True, group="identity")


def _grade(name: str, about: str) -> GemstoneField:
    return _field(name, "text", numbers.text, about, group="grades", scale=_SCALES[name])


def _named(name: str, reader: Reader, about: str, *choices: str) -> GemstoneField:
    return _field(name, "text", reader, about, choices=choices)


def _stock(name: str, kind: str, reader: Reader, about: str, **more: object) -> GemstoneField:
    return _field(name, kind, reader, about, group="stock", **more)


def _price(name: str, about: str) -> GemstoneField:
    return _field(name, "number", money_in(DEFAULT_CURRENCY, "gemstones"), about, group=_PRICES)


def _proportion(name: str, kind: str, about: str, *choices: str) -> GemstoneField:
    return _field(name, kind, DETAIL_READERS[name], about, target=DETAILS + name, group="proportions", choices=choices)


def _fancy(name: str, about: str, section: str) -> GemstoneField:
    return _field(
        name, "text", DETAIL_READERS[name], about, target=DETAILS + name, group="grades", choices=("colors", section)
    )


FIELDS: Sequence[GemstoneField] = (
    _identity("code", identifier, "Your own name for it, unique, at most 50 characters."),
    _identity("name", numbers.text, "What it is called."),
    _identity("type", numbers.text, "Kind of stone, by number or name; `2` is Diamond. Names of others stay."),
    _named("creation", stones.creation, "`natural` or `lab grown`.", "creations"),
    _named("shape", stones.shape, "Shape, by name or code: `round`, `RB`.", "shapes"),
    _field("carat", "number", carats.carat, "Weight of one stone: `0.5`, `1/2 ct`, `50 pts`."),
    _grade("color", "D to Z, the poorer end of a range; or a fancy color. Of other stones than diamonds any text."),
    _grade("clarity", "FL to I3. Of other stones than diamonds any text."),
    _grade("cut", "I, EX, VG, G, F, P, or in words. Of other stones than diamonds any text."),
    _grade("polish", "As `cut`."),
    _grade("symmetry", "As `cut`."),
    _named("fluorescence", numbers.text, "Strength, a color behind it: `Medium Blue`.", "grades", "fluorescence"),
    _proportion("depth", "number", "Total depth in percent."),
    _proportion("table", "number", "Table in percent."),
    _proportion("girdle", "text", "From thinnest to thickest: `thin to medium`.", "grades", "girdle"),
    _proportion("culet", "text", "Size of the culet.", "grades", "culet"),
    _proportion("measurements", "text", "Millimeters: `6.50 x 6.45 x 4.01`."),
    _named("treatment", stones.treatment, "AGTA code, or in words; several with `+`.", "treatments"),
    _field("origin", "text", numbers.text, "Where it comes from.", target=DETAILS + "origin"),
    _fancy("fancy_color", "Hue of a fancy color.", "hue"),
    _fancy("fancy_intensity", "Strength of a fancy color.", "intensity"),
    _stock("quantity", "integer", numbers.whole, "Pieces in stock; default 0.", empty=0),
    _stock("quantity_alert", "integer", numbers.whole, "Stock at which you want to know."),
    _stock("unique", "boolean", numbers.truth, "Whether there is only this one.", target="is_unique", empty=False),
    _stock("real", "boolean", numbers.truth, "Whether it is there; default true.", target="is_real", empty=True),
    _price("cost", "What one cost you, in the account's currency, which may stand beside it: `$1,234.50`."),
    _price("price", "Price of one; made of `price_per_carat` and `carat` where only that is given."),
    _price("price_per_carat", "Price of a carat; follows where only `price` changes."),
    _field("certificate_number", "text", numbers.text, "Number of the report.", group="certificate"),
    _field("certificate_lab", "text", stones.laboratory, "Who graded it.", group="certificate", choices=("labs",)),
    _field("certificate_image_1", "text", text, "URL of a picture of the report.", group="certificate"),
    _field("certificate_image_2", "text", text, "Another one.", group="certificate"),
    _field("images", "list", texts, "URLs of pictures, the main one first.", empty=(), group="pictures"),
    _field("details", "object", _details, "Further values by name; those that are left out stay.", empty={}),
)
_BY_NAME = {one.name: one for one in FIELDS}
ID = RecordField("gemstone_id", "id", id_number, "integer", "Our id of the gemstone.", 0, ("id",))
"""The id, which we give."""


def field_named(name: str) -> GemstoneField | None:
    """Return the field with a name, None where there is none."""
    return _BY_NAME.get(name)
