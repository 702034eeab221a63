"""The filter language as text: from characters to a syntax tree.

::

    filter      = conjunction {"OR" conjunction}
    conjunction = negation {"AND" negation}
    negation    = {"NOT"} (condition | "(" filter ")" | ("any_product" | "any_stone") "(" filter ")")
    condition   = name ("=" | "!=" | "<" | "<=" | ">" | ">=") value
                | name ["NOT"] "IN" "[" value {"," value} "]"
                | name ["NOT"] "BETWEEN" value "AND" value
                | name ["NOT"] "EXISTS"
"""

from __future__ import annotations

from facetry.domain.search.language.syntax import (
    RESERVED,
    Allowance,
    Asked,
    Condition,
    Conjunction,
    Disjunction,
    Literal,
    Negation,
    Operator,
    Question,
    Tree,
    check_depth,
    joined,
)
from facetry.domain.search.language.tokens import Token, TokenKind, tokens

_SIGNS = {operator.value: operator for operator in Operator if not operator.value[0].isalpha()}
_WORDS = {
    "IN": (Operator.IN, Operator.NOT_IN),
    "BETWEEN": (Operator.BETWEEN, Operator.NOT_BETWEEN),
    "EXISTS": (Operator.EXISTS, Operator.NOT_EXISTS),
}
_QUESTIONS = {question.value.upper(): question for question in Question}
_JOINING = frozenset(word.upper() for word in RESERVED)


def parse(text: str, pointer: str = "/filter") -> Tree:
    """Return the syntax tree of a text.

    Args:
        pointer: Where in the request the text stands, for errors.

    Raises:
        SearchError: What was expected instead, and at which character.
    """
    reader = _Reader(tokens(text, pointer))
    tree = reader.filter(0)
    if reader.next.kind is not TokenKind.END:
        raise reader.expected("AND, OR or the end")
    return tree


class _Reader:
    """Reads one text, token by token."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0
        self._allowance = Allowance()
        self.next = found[0]

    def filter(self, depth: int) -> Tree:
        parts = [self._conjunction(depth)]
        while self._skips("OR"):
            parts.append(self._conjunction(depth))
        return joined(parts, Disjunction)

    def expected(self, what: str) -> Exception:
        """Return the error that something else was expected here."""
        before = self._tokens[self._at - 1] if self._at else self.next
        # Two words side by side are most often one value with a blank in it.
        is_blank = self.next.kind is TokenKind.BARE and before.kind is TokenKind.BARE
        hint = "; a name or value with blanks is put in double quotes" if is_blank else ""
        return self.next.place.error(f"{what} is expected here, not {self.next.shown}{hint}")

    def _conjunction(self, depth: int) -> Tree:
        parts = [self._negation(depth)]
        while self._skips("AND"):
            parts.append(self._negation(depth))
        return joined(parts, Conjunction)

    def _negation(self, depth: int) -> Tree:
        token = self.next
        if self._skips("NOT"):
            return Negation(self._negation(check_depth(depth, token.place)))
        if token.word == "(":
            return self._enclosed(depth)
        question = _QUESTIONS.get(token.word)
        if question and self._tokens[self._at + 1].word == "(":
            self._take()
            return Asked(question, self._enclosed(depth))
        return self._allowance.spend(self._condition())

    def _enclosed(self, depth: int) -> Tree:
        inner = check_depth(depth, self.next.place)
        self._take()
        tree = self.filter(inner)
        self._demand(")", "AND, OR or )")
        return tree

    def _condition(self) -> Condition:
        field = self._literal("a condition such as price < 500")
        token = self.next
        sign = _SIGNS.get(token.word)
        if sign:
            self._take()
            return Condition(field, sign, (self._value(),), token.place)
        is_negated = self._skips("NOT")
        words = _WORDS.get(self.next.word)
        if words is None:
            raise self.expected(
                "IN, BETWEEN or EXISTS" if is_negated else "an operator (= != < <= > >= IN BETWEEN EXISTS)"
            )
        self._take()
        return Condition(field, words[is_negated], self._values(words[0]), token.place)

    def _values(self, operator: Operator) -> tuple[Literal, ...]:
        if operator is Operator.IN:
            return self._listed()
        return self._bounds() if operator is Operator.BETWEEN else ()

    def _listed(self) -> tuple[Literal, ...]:
        self._demand("[", "[ and a list of values")
        values = [self._value()]
        while self._skips(","):
            values.append(self._value())
        self._demand("]", ", or ]")
        return tuple(values)

    def _bounds(self) -> tuple[Literal, ...]:
        low = self._value()
        self._demand("AND", "AND and the upper end")
        return low, self._value()

    def _value(self) -> Literal:
        return self._literal("a value")

    def _literal(self, what: str) -> Literal:
        token = self.next
        if token.kind in {TokenKind.SIGN, TokenKind.END}:
            raise self.expected(what)
        if token.word in _JOINING:
            raise token.place.error(f"{what} is expected here, not {token.shown}; as a text it is put in double quotes")
        self._take()
        return token.literal

    def _demand(self, word: str, what: str) -> None:
        if not self._skips(word):
            raise self.expected(what)

    def _skips(self, word: str) -> bool:
        if self.next.word != word:
            return False
        self._take()
        return True

    def _take(self) -> None:
        self._at += 1
        self.next = self._tokens[self._at]
