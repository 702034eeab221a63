"""The cells of one stone in a list: what each says of the gemstone, by the field that its column stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from facetry.application.interchange.record import OTHER_ENCODING, Note, Problem
from facetry.domain.errors import InvalidValueError
from facetry.domain.money import DEFAULT_CURRENCY, SCALE
from facetry.domain.product import Scalar
from facetry.domain.storable import is_unicode
from facetry.domain.trade_terms import carats, colors, grades, measurements, numbers, stones
from facetry.domain.trade_terms.prices import price
from facetry.domain.trade_terms.supplier_scales import SupplierScale

Read = Callable[[str, str], object]

GRADED = {"cut": "cut", "polish": "finish", "symmetry": "finish"}
"""Columns whose letters are seen together, and the scale of each."""
_CENT = SCALE // 100
_NOTHING = frozenset({"-", "--", "n/a", "na", "null", "?", "*", "#n/a"})
_NONE_SAYS_SOMETHING = frozenset({"fluorescence", "culet", "treatment", "certificate_lab", "milky", "shade"})
_GONE = frozenset({"na", "n", "unavailable", "sold", "not available", "out of stock"})
_DECIMALS = frozenset(
    {
        "depth", "table", "length", "width", "height", "girdle_percent", "rap_discount", "rap_price", "cash_discount",
        "crown_height", "crown_angle", "pavilion_depth", "pavilion_angle", "star_length", "ratio",
    }
)  # fmt: skip
_SIZES = frozenset({"length", "width", "height"})


def _creation(field: str, text: str) -> str:
    """Return how a stone came to be; of a column that asks whether it was grown the answer."""
    try:
        return stones.creation(field, text)
    except InvalidValueError as error:
        try:
            return stones.LAB_GROWN if numbers.truth(field, text) else stones.NATURAL
        except InvalidValueError:
            raise error from None


_PLAIN: Mapping[str, tuple[str, Read]] = {
    "code": ("code", numbers.text),
    "name": ("name", numbers.text),
    "creation": ("creation", _creation),
    "carat": ("carat", carats.carat),
    "quantity": ("quantity", numbers.whole),
    "quantity_alert": ("quantity_alert", numbers.whole),
    "unique": ("is_unique", numbers.truth),
    "real": ("is_real", numbers.truth),
    "certificate_number": ("certificate_number", numbers.text),
    "certificate_lab": ("certificate_lab", stones.laboratory),
}
_LABELS: Mapping[str, Read] = {
    "shape": stones.shape,
    "treatment": stones.treatment,
    "culet": grades.culet,
    "girdle": lambda field, text: str(grades.girdle(field, text)),
    "girdle_thin": lambda field, text: str(grades.girdle(field, text)),
    "girdle_thick": lambda field, text: str(grades.girdle(field, text)),
    "fancy_color": colors.fancy_color,
    "fancy_intensity": colors.fancy_intensity,
}
"""Fields that have no order: a value that is not known stays as it is written, and is noted."""
_OWN = frozenset({"shape", "treatment"})
"""Labels that are fields of a gemstone; the others stand in its details."""


class StoneValues:
    """What the cells of one row say.

    Attributes:
        fields: Of the gemstone.
        details: Of the gemstone.
        currency: Of its price, where one is named.
        problems: What cannot be stored.
        notes: What was read otherwise than written.
    """

    def __init__(self, kind: str, scales: Mapping[str, SupplierScale], currency: str = DEFAULT_CURRENCY) -> None:
        """Read a stone of a kind, where no cell says another, by the scales of its columns."""
        self._scales = scales
        self._default_currency = currency
        self.fields: dict[str, Any] = {"type": kind}
        self.details: dict[str, Scalar] = {}
        self.currency: str | None = None
        self.problems: list[Problem] = []
        self.notes: list[Note] = []

    def read(self, cells: Mapping[str, str]) -> None:
        """Read all cells by their fields; the kind of stone comes first, as what its color means hangs on it."""
        for field in sorted(cells, key=lambda name: name != "type"):
            text = cells[field].strip()
            if _says_nothing(field, text.lower()):
                continue
            if not is_unicode(text):
                self.problems.append(Problem(field, text, OTHER_ENCODING))
                continue
            try:
                self._read(field, text)
            except InvalidValueError as error:
                self.problems.append(Problem(field, text, error.message))
        self._settle()

    def _read(self, field: str, text: str) -> None:
        if field in _PLAIN:
            name, read = _PLAIN[field]
            self.fields[name] = read(field, text)
        elif field in _LABELS:
            self._label(field, text)
        elif field in _DECIMALS:
            self._decimal(field, text)
        elif field in GRADED or field in {"clarity", "color"}:
            self._graded(field, text)
        else:
            _OTHERS.get(field, StoneValues._detail)(self, field, text)

    def _label(self, field: str, text: str) -> None:
        try:
            value: object = _LABELS[field](field, text)
        except InvalidValueError:
            value = text
            self.notes.append(Note("unknown_label", f"{field} {text}"))
        (self.fields if field in _OWN else self.details)[field] = value  # type: ignore[assignment]  # labels are texts

    def _decimal(self, field: str, text: str) -> None:
        number = numbers.decimal(field, text.removesuffix("%").removesuffix("mm").strip())
        if number == 0 and field in _SIZES:
            self.notes.append(Note("zero_size", field))
        else:
            self.details[field] = float(number)

    def _graded(self, field: str, text: str) -> None:
        """Read a grade; the words of other stones than diamonds have no order and stay as they are."""
        try:
            if field == "color":
                self._color(text)
            elif field == "clarity":
                self.fields[field] = grades.clarity(field, text)
            else:
                self.fields[field] = self._scales[field].read(field, text)
        except InvalidValueError:
            if self.fields["type"] == stones.DIAMOND and not (field == "color" and text.lower().startswith("fancy")):
                raise
            self.fields[field] = text

    def _color(self, text: str) -> None:
        if self.fields["type"] != stones.DIAMOND:
            self.fields["color"] = text
            return
        found = colors.color("color", text)
        self.fields["color"] = found.name
        if len(found.grades) > 1:
            self.details["color_range"] = f"{found.grades[0]}-{found.grades[-1]}"
        for name in ("fancy_color", "fancy_intensity", "fancy_overtone"):
            if part := getattr(found, name):
                self.details[name] = part

    def _type(self, field: str, text: str) -> None:
        found = stones.stone(field, text)
        self.fields["type"] = found.name
        if found.creation:
            self.fields["creation"] = found.creation

    def _fluorescence(self, field: str, text: str) -> None:
        try:
            found = grades.fluorescence(field, text)
        except InvalidValueError:
            self.fields[field] = text
            self.notes.append(Note("unknown_label", f"{field} {text}"))
            return
        self.fields[field] = found.strength
        if found.color:
            self.details["fluorescence_color"] = found.color

    def _measurements(self, field: str, text: str) -> None:
        try:
            found = measurements.measurements(field, text)
        except InvalidValueError:
            self.details[field] = text
            self.notes.append(Note("unknown_label", f"{field} {text}"))
            return
        self.details[field] = str(found)
        for name, number in zip(("length", "width", "height"), found, strict=True):
            if number is not None:
                self.details.setdefault(name, float(number))

    def _money(self, field: str, text: str) -> None:
        found = price(field, text, self._default_currency)
        if not found.minor:
            self.notes.append(Note("zero_price", text))
            return
        self.fields[field] = found.minor
        self.currency = found.currency or self.currency

    def _currency(self, field: str, text: str) -> None:
        self.currency = price(field, f"1 {text}", self._default_currency).currency

    def _picture(self, field: str, text: str) -> None:
        name = "images" if field == "images" else "certificate_images"
        self.fields[name] = (*self.fields.get(name, ()), *(part.strip() for part in text.split("|") if part.strip()))

    def _detail(self, field: str, text: str) -> None:
        self.details[field] = numbers.text(field, text[: numbers.LONGEST_TEXT])

    def _settle(self) -> None:
        """Put together what stands in several cells, and leave out what a list means without saying it."""
        thin, thick = self.details.pop("girdle_thin", None), self.details.pop("girdle_thick", None)
        ends = [str(end) for end in dict.fromkeys((thin, thick)) if end]
        if ends:
            self.details.setdefault("girdle", " to ".join(ends))
        fancy = [self.details.get(name) for name in ("fancy_intensity", "fancy_overtone", "fancy_color")]
        if fancy[2] and self.fields.get("color", "fancy").lower() in {"fancy", "fcy"}:
            self.fields["color"] = " ".join(str(part) for part in fancy if part).title()
        if "quantity" not in self.fields:
            self.fields["quantity"] = 0 if str(self.details.get("availability", "")).lower() in _GONE else 1
        per_carat, carat = self.fields.get("price_per_carat"), self.fields.get("carat")
        if per_carat and carat and "price" not in self.fields:
            self.fields["price"] = _cents(Decimal(per_carat) * Decimal(str(carat)))
        if "is_unique" not in self.fields and self.fields.get("certificate_number"):
            self.fields["is_unique"] = self.fields["quantity"] <= 1


_OTHERS: Mapping[str, Callable[[StoneValues, str, str], None]] = {
    "type": StoneValues._type,  # noqa: SLF001 - the class's own table
    "fluorescence": StoneValues._fluorescence,  # noqa: SLF001 - likewise
    "measurements": StoneValues._measurements,  # noqa: SLF001 - likewise
    **dict.fromkeys(("cost", "price", "price_per_carat"), StoneValues._money),  # noqa: SLF001 - likewise
    "currency": StoneValues._currency,  # noqa: SLF001 - likewise
    **dict.fromkeys(("images", "certificate_image_1", "certificate_image_2"), StoneValues._picture),  # noqa: SLF001 - likewise
}


def scales_of(values: Mapping[str, Iterable[str]]) -> dict[str, SupplierScale]:
    """Return the scales of the graded columns by all that stands in them; a column that is not there has no letters."""
    return {field: SupplierScale(name, values.get(field, ())) for field, name in GRADED.items()}


def _says_nothing(field: str, plain: str) -> bool:
    if not plain or (plain in _NOTHING and field != "availability"):
        return True
    return plain == "none" and field not in _NONE_SAYS_SOMETHING


def _cents(minor: Decimal) -> int:
    return int((minor / _CENT).quantize(Decimal(1), ROUND_HALF_EVEN)) * _CENT
