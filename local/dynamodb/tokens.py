"""The tokens of one of DynamoDB's expressions, from the first to the last."""

import functools
import importlib.util
import re
from pathlib import Path

from local.dynamodb.attribute_values import Unfamiliar

TOKEN = re.compile(r"\s*([#:]\w+|[A-Za-z_]\w*|<>|<=|>=|[=<>()+,-])\s*", re.ASCII)
WORDS = {"AND", "OR", "NOT", "BETWEEN", "IN", "SET", "REMOVE", "ADD", "DELETE"}


class Tokens:
    """What of an expression has not been read. `names` and `values` are the placeholders that have been."""

    def __init__(self, expression: str) -> None:
        self.names: set[str] = set()
        self.values: set[str] = set()
        self._left: list[str] = []  # the next one last
        at = 0
        while at < len(expression):
            found = TOKEN.match(expression, at)
            if not found:
                raise Unfamiliar
            self._left.append(found[1])
            at = found.end()
        self._left.reverse()

    def end(self) -> None:
        """Raise Unfamiliar if there is more."""
        if self._left:
            raise Unfamiliar

    def take(self, token: str) -> bool:
        """Take this token if it is the next one."""
        if self._next() != token:
            return False
        self._left.pop()
        return True

    def need(self, token: str) -> None:
        """Take this token."""
        if not self.take(token):
            raise Unfamiliar

    def sign(self, *signs: str) -> str:
        """Take one of these signs. Where "" is one of them, there may be none."""
        if self._next() in signs:
            return self._left.pop() if self._left else ""
        if "" in signs:
            return ""
        raise Unfamiliar

    def word(self, *words: str) -> str:
        """Take one of these words, in capitals or not, if it is the next token. Return it in capitals, or nothing."""
        return self._left.pop().upper() if self._next().upper() in words else ""

    def function(self, name: str) -> bool:
        """Take this name and the parenthesis after it, if they are next."""
        if self._left[-2:] != ["(", name]:
            return False
        del self._left[-2:]
        return True

    def name(self) -> str:
        """Take an attribute's name: the name itself, or what stands for it."""
        token = self._next()
        if token.startswith("#"):
            self.names.add(token)
        elif not token.isidentifier() or token.upper() in WORDS or token.upper() in _reserved():
            raise Unfamiliar
        return self._left.pop()

    def value(self) -> str:
        """Take what stands for a value."""
        if not self.is_value():
            raise Unfamiliar
        self.values.add(self._next())
        return self._left.pop()

    def is_value(self) -> bool:
        """Tell whether the next token stands for a value."""
        return self._next().startswith(":")

    def _next(self) -> str:
        return self._left[-1] if self._left else ""


@functools.cache
def _reserved() -> frozenset[str]:
    """Return the words that no expression may have as a name: moto's list of them, without moto's import."""
    moto = importlib.util.find_spec("moto")
    if moto is None or moto.origin is None:
        raise Unfamiliar
    return frozenset((Path(moto.origin).parent / "dynamodb/parsing/reserved_keywords.txt").read_text().split())
