"""From documents of gemstones to the writes that they ask for."""

from __future__ import annotations

from typing import NoReturn

from msgspec import UNSET

from facetry.api.native import record_bodies as bodies
from facetry.api.native.parameters import Parameters
from facetry.api.native.record_reading import Form, Values, check_id, is_kept, pieces, price
from facetry.domain.errors import BadParameterError, InvalidValueError
from facetry.domain.gemstone import Gemstone
from facetry.domain.gemstone_filter import DETAILS, Condition, GemstoneFilter, is_one_of, is_within
from facetry.domain.gemstone_values import DETAIL_READERS, GRADES, MAX_DETAILS, graded
from facetry.domain.keeping import PatchRecord, PutRecord
from facetry.domain.product import Scalar
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.storable import check_storable
from facetry.domain.trade_terms import carats, numbers, stones
from facetry.domain.trade_terms.plain import identifier

REQUIRED = ("code", "name", "type")
MAX_CERTIFICATE_IMAGES = 2
"""The Client API has a field for each."""
TYPE, SHAPE, CARAT_FROM, CARAT_TO = "type", "shape", "carat_from", "carat_to"
FILTERS = (TYPE, SHAPE, CARAT_FROM, CARAT_TO)
_FORM = Form(
    {
        "code": identifier,
        "creation": stones.creation,
        "shape": stones.shape,
        "carat": carats.carat,
        "treatment": stones.treatment,
        "quantity": pieces,
        "quantity_alert": pieces,
        **dict.fromkeys(("cost", "price", "price_per_carat"), price),
        **dict.fromkeys(("name", "type", *GRADES), numbers.text),
    },
    {
        **dict.fromkeys(("code", "name", "type", "creation", "shape", "carat", *GRADES, "treatment")),
        "quantity": 0,
        "quantity_alert": None,
        "is_unique": False,
        "is_real": True,
        **dict.fromkeys(("cost", "price", "price_per_carat")),
        "images": [],
    },
    REQUIRED,
)
_CERTIFICATE = {"lab": "certificate_lab", "number": "certificate_number", "images": "certificate_images"}
_CERTIFICATE_FORM = Form({"lab": stones.laboratory, "number": numbers.text}, {"lab": None, "number": None})
_NAMES = frozenset({*bodies.Gemstone.__struct_fields__, *_CERTIFICATE.values()})


def new_gemstone(body: bodies.Gemstone, code: str = "", old: Gemstone | None = None) -> PutRecord:
    """Return the write that stores a gemstone that is all that a document says, and nothing else.

    Args:
        body: The document.
        code: Where it is named outside of the document; then it takes the place of the one with that code.
        old: That one.

    Raises:
        InvalidValueError: A value is not allowed, or a field that needs one has none.
    """
    if not code:
        check_id(body)
    values = _values(body, old)
    if code and values.setdefault("code", code) != code:
        raise InvalidValueError("code", "is another one than in the path; change it by PATCH")
    for name in REQUIRED:
        if not values.get(name):
            raise InvalidValueError(name, "must not be left out")
    details: Values = values.pop("details", {})
    for name in [name for name in values if name.startswith(DETAILS)]:
        details[name.removeprefix(DETAILS)] = values.pop(name)
    values["details"] = {name: value for name, value in details.items() if value is not None}
    values |= {name: tuple(values[name]) for name in ("images", "certificate_images") if name in values}
    return PutRecord(Gemstone(**values), replaces=bool(code))


def gemstone_changes(body: bodies.Gemstone, key: RecordKey, old: Gemstone | None) -> PatchRecord:
    """Return the write that changes a gemstone where a document speaks of it.

    Args:
        body: The document.
        key: Which gemstone.
        old: What is there; what a grade means hangs on the kind of stone.

    Raises:
        InvalidValueError: A value is not allowed.
    """
    return PatchRecord(RecordKind.GEMSTONE, key, _values(body, old))


def gemstone_filter(parameters: Parameters) -> GemstoneFilter:
    """Return which gemstones a list is to have.

    Raises:
        BadParameterError: A parameter is not allowed.
    """
    conditions: list[Condition] = []
    try:
        if TYPE in parameters:
            conditions.append(is_one_of("type", [stones.stone(TYPE, parameters.text(TYPE)).name]))
        if SHAPE in parameters:
            conditions.append(is_one_of("shape", [stones.shape(SHAPE, parameters.text(SHAPE))]))
        low, high = (
            carats.carat(name, parameters.text(name)) if name in parameters else None for name in (CARAT_FROM, CARAT_TO)
        )
    except InvalidValueError as error:
        raise BadParameterError(error.field, error.message) from error
    if low is not None or high is not None:
        conditions.append(is_within("carat", low, high))
    return GemstoneFilter(conditions=tuple(conditions))


def _values(body: bodies.Gemstone, old: Gemstone | None) -> Values:
    """Return what a document says, by where it is kept; of the details each by itself."""
    values = _FORM.read(body, old)
    # What is as it was said before is no news of anything else that goes along with it.
    is_same_kind = old is not None and values.get("type", old.type) == old.type
    kept = {name: values.pop(name) for name in ("type", *GRADES) if _stays(body, old, name, is_same_kind=is_same_kind)}
    values |= _certificate(body, old)
    said = graded(_details(body, old) | values, old.type if old is not None else None, _refuse)
    # All details are replaced before single ones are.
    return {"details": {}} | said | kept if body.details is None else said | kept


def _stays(body: bodies.Gemstone, old: Gemstone | None, name: str, *, is_same_kind: bool) -> bool:
    return is_same_kind and is_kept(old, name, getattr(body, name))


def _certificate(body: bodies.Gemstone, old: Gemstone | None) -> Values:
    given = body.certificate
    if given is UNSET:
        return {}
    if given is None:
        return {"certificate_lab": None, "certificate_number": None, "certificate_images": []}
    values: Values = {}
    for name in ("lab", "number"):
        value = getattr(given, name)
        if value is not UNSET and is_kept(old, _CERTIFICATE[name], value):
            values[_CERTIFICATE[name]] = value
    read = _CERTIFICATE_FORM.read(given, path="certificate.")
    values = {_CERTIFICATE[name]: value for name, value in read.items()} | values
    if given.images is not UNSET:
        values["certificate_images"] = _images(given.images or ())
    return values


def _images(images: tuple[str, ...]) -> list[str]:
    if len(images) > MAX_CERTIFICATE_IMAGES:
        raise InvalidValueError("certificate.images", f"must be at most {MAX_CERTIFICATE_IMAGES}")
    kept = [image.strip() for image in images]
    # An empty one only keeps the place of the first.
    while kept and not kept[-1]:
        kept.pop()
    return kept


def _details(body: bodies.Gemstone, old: Gemstone | None) -> Values:
    given = body.details
    if given is UNSET or given is None:
        return {}
    if len(given) > MAX_DETAILS:
        raise InvalidValueError("details", f"must be at most {MAX_DETAILS}")
    before = old.details if old is not None else {}
    return {DETAILS + name: _detail(name, value, before) for name, value in given.items()}


def _detail(name: str, value: Scalar, before: dict[str, Scalar]) -> Scalar:
    path = DETAILS + name[: numbers.LONGEST_TEXT]
    if not 1 <= len(name) <= numbers.LONGEST_TEXT:
        raise InvalidValueError("details", f"must have names of 1 to {numbers.LONGEST_TEXT} characters")
    if name in _NAMES:
        raise InvalidValueError(path, "stands beside details, not in it")
    if value is None or (name in before and before[name] == value):
        return value
    check_storable(path, {name: value})
    return DETAIL_READERS[name](path, value) if name in DETAIL_READERS else value  # type: ignore[return-value]


def _refuse(error: InvalidValueError) -> NoReturn:
    raise error
