"""The filter language as text: from a syntax tree back to characters."""

from __future__ import annotations

from facetry.domain.search.language.syntax import (
    RESERVED,
    Asked,
    Condition,
    Conjunction,
    Disjunction,
    Literal,
    Negation,
    Operator,
    Question,
    Tree,
)
from facetry.domain.search.language.tokens import is_bare, quoted

_KEYWORDS = RESERVED | {"in", "between", "exists"} | {question.value for question in Question}


def written(tree: Tree) -> str:
    """Return the text of a tree, which is read as an equal one: quotes and parentheses only where they are needed."""
    match tree:
        case Condition():
            return _condition(tree)
        case Conjunction(parts):
            return " AND ".join(_enclosed(part, (Conjunction, Disjunction)) for part in parts)
        case Disjunction(parts):
            return " OR ".join(_enclosed(part, (Disjunction,)) for part in parts)
        case Negation(part):
            return f"NOT {_enclosed(part, (Conjunction, Disjunction))}"
        case Asked(question, part):
            return f"{question.value}({written(part)})"


def written_literal(text: str) -> str:
    """Return a name or a value as it is written: bare where it is one word and no keyword, else in quotes."""
    return text if is_bare(text) and text.lower() not in _KEYWORDS else quoted(text)


def _enclosed(tree: Tree, kinds: tuple[type, ...]) -> str:
    text = written(tree)
    return f"({text})" if isinstance(tree, kinds) else text


def _condition(condition: Condition) -> str:
    start = f"{_literal(condition.field)} {condition.operator.value}"
    values = [_literal(value) for value in condition.values]
    match condition.operator:
        case Operator.IN | Operator.NOT_IN:
            return f"{start} [{', '.join(values)}]"
        case Operator.BETWEEN | Operator.NOT_BETWEEN:
            return f"{start} {' AND '.join(values)}"
        case Operator.EXISTS | Operator.NOT_EXISTS:
            return start
        case _:
            return f"{start} {values[0]}"


def _literal(literal: Literal) -> str:
    return written_literal(literal.text)
