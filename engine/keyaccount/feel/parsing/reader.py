"""Where the parser stands in the tokens, what it knows of names, how deep it is."""

from __future__ import annotations

from typing import Protocol

from keyaccount.diagnostics import feel_messages
from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.feel.lexer import WORD, spelling, tokenize
from keyaccount.feel.names import RESERVED, NameIndex, Scope, longest
from keyaccount.feel.parsing.powers import ANYTHING
from keyaccount.feel.syntax import Expression
from keyaccount.limits import Limits
from keyaccount.source import Fragment, Span


class ReadExpression(Protocol):
    """Reads an expression from where the reader stands."""

    def __call__(
        self,
        reader: Reader,
        floor: int = ANYTHING,
        first: Expression | None = None,
        begin: int = 0,
    ) -> Expression: ...


class Reader:
    """The state of one parse; `at` is the token that comes next.

    `expression` reads a whole expression: the grammar is recursive, the imports
    of its parts are not. `range_end` is the depth at which the upper end of a
    range is being read, where `[` may close the range; -1 where none is.
    """

    __slots__ = (
        "at",
        "depth",
        "ends",
        "expression",
        "fragment",
        "keys",
        "kinds",
        "layers",
        "limits",
        "range_end",
        "scope",
        "starts",
        "texts",
        "tokens",
    )

    def __init__(
        self, fragment: Fragment, scope: Scope, limits: Limits, expression: ReadExpression
    ) -> None:
        self.fragment = fragment
        self.scope = scope
        self.limits = limits
        self.expression = expression
        self.tokens = tokenize(fragment.text)
        self.texts, self.kinds, self.starts, self.ends = self.tokens
        self.at: int
        self.depth: int
        self.range_end: int
        self.keys: NameIndex
        self.layers: list[NameIndex]
        self.restart()

    def restart(self) -> None:
        """Go back to the start."""
        self.at = 0
        self.depth = -1  # the outermost expression is at level 0
        self.range_end = -1
        self.keys = NameIndex()
        self.layers = [*self.scope.names]

    def span(self, first: int) -> Span:
        """The span from a token to the last one read."""
        return self.fragment.span(self.starts[first], self.ends[self.at - 1])

    def token_span(self, at: int) -> Span:
        """The span of one token."""
        return self.fragment.span(self.starts[at], self.ends[at])

    def enter(self, levels: int = 1) -> None:
        """Go deeper.

        Raises:
            PolicyError: deeper than the limit.
        """
        self.depth += levels
        if self.depth > self.limits.feel_nesting:
            raise self.too_deep()

    def too_deep(self) -> PolicyError:
        limit = self.limits.feel_nesting
        return PolicyError([feel_messages.too_deep(self.token_span(self.at), limit)])

    def push(self, names: tuple[str, ...] = ()) -> NameIndex:
        """Open a layer of local names, to be closed by `layers.pop()`."""
        layer = NameIndex(names)
        self.layers.append(layer)
        return layer

    def declared(self, at: int) -> tuple[int, str] | None:
        """The longest declared name at a token: how many tokens it has, and the name."""
        return longest(self.layers, self.texts, at)

    def member(self, at: int) -> tuple[int, str] | None:
        """The longest known entry of a context at a token, in the same way."""
        return longest((*self.scope.members, self.keys), self.texts, at)

    def plain_word(self, at: int) -> bool:
        """Whether the token may go on an undeclared name: no word of the language."""
        if self.kinds[at] != WORD:
            return False
        text = self.texts[at]
        if text in RESERVED or (text.isupper() and text.lower() in RESERVED):
            return False
        return text != "instance" or self.texts[at + 1] != "of"

    def spelling(self, first: int, end: int) -> str:
        """The tokens as one name: one space where the author left any."""
        return spelling(self.tokens, first, end)
