"""What a syntax tree means under a tenant's fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from facetry.domain.hints import near
from facetry.domain.jewelry.scales import SCALES
from facetry.domain.jewelry.spelled_values import meant
from facetry.domain.search.fields import (
    BUILT_IN,
    IDENTIFIERS,
    METALS,
    STONES,
    Field,
    Kind,
    Schema,
    full_name,
)
from facetry.domain.search.filters import (
    And,
    AnyProduct,
    AnyStone,
    Filter,
    Has,
    Not,
    Or,
    compared,
    kind_has_texts,
)
from facetry.domain.search.language.syntax import (
    Asked,
    Condition,
    Conjunction,
    Disjunction,
    Literal,
    Negation,
    Operator,
    Place,
    Question,
    Tree,
)
from facetry.domain.search.spans import FIRST, LAST, Span, kind_name, span
from facetry.domain.search.values import category_paths

Known = Callable[[str], bool]
"""Says whether any product has a field with this full name."""

_EXACT_DIGITS = 15
_NEGATIONS = {
    Operator.UNEQUAL: Operator.EQUAL,
    Operator.NOT_IN: Operator.IN,
    Operator.NOT_BETWEEN: Operator.BETWEEN,
    Operator.NOT_EXISTS: Operator.EXISTS,
}
_EQUALITIES = frozenset({Operator.EQUAL, Operator.IN})


def typed(tree: Tree, schema: Schema, known: Known) -> Filter:
    """Return the filter that a syntax tree means.

    Equality in a field of texts is of texts ignoring case, or of numbers where both are plain numbers; of SKUs, group
    ids and other identifiers it is of texts only.

    Raises:
        SearchError: A field is unknown, a value does not fit its field, or they cannot be compared like that.
    """
    return _Meaning(schema, known).of(tree)


def known_field(name: str, schema: Schema, known: Known, place: Place) -> Field:
    """Return the field with a name that is given or that any product has.

    Raises:
        SearchError: There is none; names those that are near.
    """
    if not (schema.is_defined(name) or known(full_name(name))):
        raise place.error(f"there is no field {name[:50]!r}{_hint(name, schema, known)}")
    return schema.field(name)


class _Meaning:
    """Gives the trees of one tenant their meaning."""

    def __init__(self, schema: Schema, known: Known) -> None:
        self._schema = schema
        self._known = known

    def of(self, tree: Tree) -> Filter:
        match tree:
            case Condition():
                return self._condition(tree)
            case Conjunction(parts):
                return And(tuple(self.of(part) for part in parts))
            case Disjunction(parts):
                return Or(tuple(self.of(part) for part in parts))
            case Negation(part):
                return Not(self.of(part))
            case Asked(question, part):
                return (AnyProduct if question is Question.ANY_PRODUCT else AnyStone)(self.of(part))

    def _condition(self, condition: Condition) -> Filter:
        field = known_field(condition.field.text, self._schema, self._known, condition.field.place)
        operator = _NEGATIONS.get(condition.operator)
        if operator is not None:
            return Not(self._has(field, operator, condition))
        return self._has(field, condition.operator, condition)

    def _has(self, field: Field, operator: Operator, condition: Condition) -> Has:
        if operator is Operator.EXISTS:
            return Has(field, exists=True)
        if operator in _EQUALITIES:
            return self._equal(field, condition.values)
        if field.kind in {Kind.TEXT, Kind.BOOLEAN}:
            raise condition.place.error(
                f"{field.name} is {kind_name(field)}; {condition.operator.value} compares numbers, dates and grades"
            )
        spans = [_span(field, value) for value in condition.values]
        found = _compared(operator, spans)
        if operator is Operator.BETWEEN and _is_above(spans[0], spans[1]):
            raise condition.values[1].place.error("BETWEEN needs the lower value first")
        return Has(field, ranges=_merged([found]))

    def _equal(self, field: Field, values: tuple[Literal, ...]) -> Has:
        if not kind_has_texts(field.kind):
            return Has(field, ranges=_merged(_span(field, value) for value in values))
        written = [spelling for value in values for spelling in _spellings(field, value.text)]
        texts = frozenset(_text(field, text) for text in written)
        if field.kind is Kind.TEXT or self._is_identifier(field):
            return Has(field, texts)
        numbers = (span(field, text) for text in written if _is_exact(text))
        return Has(field, texts, _merged(number for number in numbers if number))

    def _is_identifier(self, field: Field) -> bool:
        definition = self._schema.definitions.get(field.name)
        named = field.name in {"sku", "group_id"} or field.name in IDENTIFIERS
        return named or (definition is not None and definition.identifier)


def _text(field: Field, text: str) -> str:
    if field.name == "category":
        # Breadcrumbs are written with blanks around the sign or without.
        text = next(reversed(category_paths((text,))), text)
    return compared(field, text)


def _spellings(field: Field, text: str) -> tuple[str, ...]:
    """Return a value as it is written, and as the trade means it where that is another: stored is one or the other."""
    other = meant(field.name, text)
    return (text,) if other is None else (text, other)


def _span(field: Field, value: Literal) -> Span:
    found = next((found for text in _spellings(field, value.text) if (found := span(field, text))), None)
    if found is None:
        raise value.place.error(f"{field.name} compares with {kind_name(field)}; {value.text[:50]!r} is not that")
    return found


def _is_above(low: Span, high: Span) -> bool:
    # Prices between two keys have spans whose ends are the wrong way round.
    return low[0] > high[1] and low[1] > high[0]


def _compared(operator: Operator, spans: list[Span]) -> Span:
    first, last = spans[0]
    match operator:
        case Operator.LESS:
            return FIRST, first - 1
        case Operator.LESS_OR_EQUAL:
            return FIRST, last
        case Operator.GREATER:
            return last + 1, LAST
        case Operator.GREATER_OR_EQUAL:
            return first, LAST
        case _:
            return first, spans[1][1]


def _merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return spans in order, without empty ones, those that touch as one."""
    merged: list[Span] = []
    for first, last in sorted(one for one in spans if one[0] <= one[1]):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged)


def _is_exact(text: str) -> bool:
    """Return whether no other number of so many digits has the same float64."""
    return len(text) <= _EXACT_DIGITS or sum(character.isdigit() for character in text) <= _EXACT_DIGITS


def _hint(name: str, schema: Schema, known: Known) -> str:
    parts = [f"{prefix}{name}" for prefix in (STONES, METALS)]
    found = [part for part in parts if schema.is_defined(part) or known(part)]
    return near(name, (*BUILT_IN, *SCALES, *schema.definitions), found)
