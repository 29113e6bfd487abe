"""The text of a condition or an objective in tokens: amounts, names, comparisons and signs, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from convcalc.spec.choices import misuse
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.problem import Problem

TOKEN = r"""\s*(?:
      (?P<number>[0-9]\w*GROUPS(?:\.[0-9]\w*)?(?:(?<=[0-9][eE])[+-][0-9]+)?(?:\s[kKmMgGtT]i?[bB](?!\w))?)
    | (?P<name>[^\W\d]\w*)
    | (?P<compare><=|>=|==|!=|[<>=≤≥≠])
    | (?P<sign>\*\*|//|[-+*/%^(),·−⌊⌋⌈⌉²³×])
    )"""
# Within brackets a comma is between two numbers.
OUTSIDE, INSIDE = (
    re.compile(TOKEN.replace("GROUPS", groups), re.VERBOSE) for groups in ("(?:,[0-9]{3}(?![0-9]))*", "")
)
MAX_TEXT = 1_000  # characters
OPENING, CLOSING = ("(", "⌊", "⌈"), (")", "⌋", "⌉")
SAME = {"=": "==", "≤": "<=", "≥": ">=", "≠": "!=", "^": "**", "×": "*"}
EXAMPLE = "such as parameters <= 5M and macs <= 600M"


class ConditionToken(NamedTuple):
    kind: str  # number, name, compare or sign
    text: str
    start: int

    @property
    def part(self) -> tuple[int, int]:
        return self.start, len(self.text)


def is_in_brackets(tokens: Sequence[ConditionToken]) -> bool:
    """Whether the first bracket is closed by the last token."""
    depths = accumulate((token.text in OPENING) - (token.text in CLOSING) for token in tokens)
    return tokens[0].text == "(" and 0 not in list(depths)[:-1]


class OptionText(NamedTuple):
    """The text of an option."""

    option: str
    text: str

    def slip(self, message: str, hint: str, part: tuple[int, int]) -> Problem:
        return misuse("U002", self.option, self.text, message, hint, part)

    def tokens(self) -> list[ConditionToken]:
        if len(self.text) > MAX_TEXT:
            hint = "several --where, which all have to hold"
            raise self.slip(f"a text has at most {MAX_TEXT:,} characters, this one {len(self.text):,}", hint, (0, 1))
        found: list[ConditionToken] = []
        place, end, depth = 0, len(self.text.rstrip()), 0
        while place < end:
            match = (INSIDE if depth > 0 else OUTSIDE).match(self.text, place)
            if match is None:
                start = place + len(self.text[place:]) - len(self.text[place:].lstrip())
                word = {"&": "and", "|": "or", "!": "not"}.get(self.text[start])
                hint = f'the word is "{word}": {EXAMPLE}' if word else EXAMPLE
                raise self.slip(f"{self.text[start]!r} cannot be read here", hint, (start, 1))
            kind = match.lastgroup or ""
            found.append(ConditionToken(kind, match[kind], match.start(kind)))
            depth += (match[kind] in OPENING) - (match[kind] in CLOSING)
            place = match.end()
        if not found:
            raise self.slip("it is empty", EXAMPLE, (0, 1))
        return found

    def words(self, tokens: Sequence[ConditionToken]) -> str:
        """The text of some tokens as it was written."""
        return self.text[tokens[0].start : tokens[-1].start + len(tokens[-1].text)]

    def split(self, tokens: Sequence[ConditionToken], word: str) -> Iterator[Sequence[ConditionToken]]:
        """The parts between the words that are in no bracket; a Problem where one is empty or a bracket open."""
        depth, start = 0, 0
        for place, token in enumerate([*tokens, ConditionToken("end", word, len(self.text))]):
            depth += (token.text in OPENING) - (token.text in CLOSING)
            if depth < 0:
                raise self.slip("this bracket closes none", "leave it out", token.part)
            if depth and token.kind == "end":
                opening = next(each for each in tokens if each.text in OPENING)
                raise self.slip("this bracket is not closed", "add the bracket that closes it", opening.part)
            if not depth and token.text.lower() == word and token.kind in ("name", "sign", "end"):
                if place == start:
                    at = token if token.kind != "end" or not tokens else tokens[-1]
                    raise self.slip(f'something is missing beside "{at.text}"', EXAMPLE, at.part)
                yield tokens[start:place]
                start = place + 1
