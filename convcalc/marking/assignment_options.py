"""The options of an assignment as values; one that cannot be read is a finding with its place and its cure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, TypeVar

from convcalc.algebra.expr import ExprError, divide
from convcalc.marking.answers import array_text
from convcalc.marking.bound import AnswerBound
from convcalc.marking.mistakes import MISTAKES
from convcalc.marking.reading import Unreadable, numbers
from convcalc.problem import Diagnostic, Problem, Source, did_you_mean, problem
from convcalc.readers.yaml.nodes import Mapping, Scalar, Sequence, mark

if TYPE_CHECKING:
    from fractions import Fraction

    from convcalc.readers.yaml.nodes import Node

    Exact = int | Fraction

Made = TypeVar("Made")
NUMBER = re.compile(r"\s*[-+−]?[\d./]+\s*")
YES, NO = ("yes", "true", "on", "1"), ("no", "false", "off", "0")


class AssignmentOptions:
    """Reads the options of one source, and collects what is wrong with them."""

    def __init__(self, source: Source, root: Mapping):
        self.source, self.root = source, root
        self.findings: list[Diagnostic] = []

    def check_keys(self, node: Mapping, known: Collection[str]) -> None:
        for key in node.keys:
            if key.text not in known:
                first, _, rest = key.text.partition(" ")
                colon = f"write a colon: {first}: {rest}" if first in known else ""
                hint = colon or did_you_mean(key.text, known) or f"the keys are {', '.join(known)}"
                self.note(problem("H014", f'unknown key "{key.text[:60]}"', hint), key)

    def note(self, error: Problem, node: Node | None) -> None:
        place = mark(self.source, node or self.root)
        self.findings += [one if one.mark else one._replace(mark=place) for one in error.diagnostics]

    def attempt(self, make: Callable[..., Made], node: Node | None) -> Made | None:
        try:
            return make(node)
        except Problem as error:
            self.note(error, node)
        except (ExprError, Unreadable) as error:
            self.note(problem("H017", str(error)), node)
        return None

    def text(self, node: Node | None) -> str:
        if node is None:
            return ""
        if not isinstance(node, Scalar):
            raise problem("H018", "one value is wanted here, not a list or a mapping", mark=mark(self.source, node))
        return node.text.strip()

    def flag(self, node: Node | None) -> bool:
        return self.choice(node, "answer to yes or no", (*YES, *NO)) in YES

    def named_values(self, node: Node | None, may_be_one: bool = False) -> dict[str, str]:
        """Values by name, or a single one without a name."""
        if node is None:
            return {}
        if isinstance(node, Mapping):
            return {key.text: self.value_text(value) for key, value in node.pairs}
        if not may_be_one:
            raise problem("H018", "values are set by name", "set: {classes: 10}", mark(self.source, node))
        return {"": self.value_text(node)}

    def value_text(self, node: Node) -> str:
        """A value or a list of them, as text."""
        return f"[{', '.join(map(self.text, node.items))}]" if isinstance(node, Sequence) else self.text(node)

    def texts(self, node: Node | None) -> tuple[str, ...]:
        """A list of values."""
        if node is None:
            return ()
        if not isinstance(node, Sequence):
            raise problem("H018", "choices are a list", "choices: [6x28x28, 6x27x27]", mark(self.source, node))
        return tuple(map(self.text, node.items))

    def array_texts(self, node: Node | None) -> tuple[str, ...]:
        """The arrays that a value is: one as a text or as lists in lists, several in a list of texts or by layer."""
        if node is None:
            return ()
        if isinstance(node, Mapping):
            return tuple(f"{key.text}={text}" for key, value in node.pairs for text in self.array_texts(value))
        items = node.items if isinstance(node, Sequence) else ()
        texts = [item.text for item in items if isinstance(item, Scalar)]
        if items and len(texts) == len(items) and any(not NUMBER.fullmatch(text) for text in texts):
            return tuple(texts)
        text = array_text(node)
        if not text:
            raise problem("H018", "this is no array", 'write its rows: "1 2; 3 4"', mark(self.source, node))
        return (text,)

    def choice(self, node: Node | None, what: str, known: tuple[str, ...]) -> str:
        text = self.text(node)
        if text and text not in known:
            hint = did_you_mean(text, known) or f"one of {', '.join(known)}"
            raise problem("H018", f'unknown {what} "{text[:40]}"', hint, mark(self.source, node or self.root))
        return text

    def number(self, node: Node | None, usual: int) -> Exact:
        return usual if node is None else self.number_in(self.text(node), node)

    def number_in(self, text: str, node: Node, example: str = "2") -> Exact:
        """A number, 0 or more."""
        try:
            value: Exact = numbers(text)[0].value
        except Unreadable as error:
            raise problem("H017", f'"{text[:40]}": {error}', f"such as {example}", mark(self.source, node)) from None
        if value < 0:
            raise problem("H018", f"{text[:40]} is less than 0", mark=mark(self.source, node))
        return value

    def bound(self, node: Mapping) -> AnswerBound | None:
        """`at_most: 1M`, `at_least: 24`."""
        least, most = node.get("at_least"), node.get("at_most")
        if least is None and most is None:
            return None
        found = [None if each is None else self.number_in(self.text(each), each) for each in (least, most)]
        return AnswerBound(*found)

    def program(self, node: Node | None) -> str:
        """Which network of a handed-in program is meant: Net, Net(num_classes=10); "no" where none is wanted."""
        text = self.text(node)
        if text.lower() in YES:
            return ""
        if text and text.lower() not in NO and not re.match(r"[A-Za-z_]", text):
            hint = "program: Net, or program: no"
            raise problem(
                "H018", f'"{text[:40]}" is no network of a program', hint, mark(self.source, node or self.root)
            )
        return "no" if text.lower() in NO else text

    def share(self, node: Node | None) -> Exact:
        """A tolerance as a share; all of a number would let anything pass."""
        text = self.text(node)
        if node is None or not text:
            return 0
        percent = text.endswith("%")
        value = divide(self.number_in(text.removesuffix("%"), node, "1%"), 100 if percent else 1)
        if value >= 1:
            message = f"a tolerance is a share of what is right: {text[:40]} would take anything"
            raise problem("H018", message, "tolerance: 1%", mark(self.source, node))
        return value

    def partial(self, node: Node | None, points: Exact) -> dict[str, Exact]:
        if node is None:
            return {}
        if not isinstance(node, Mapping):
            place = mark(self.source, node)
            raise problem("H018", "partial credit is given by code", "partial: {par.no_bias: 1}", place)
        found = {}
        for key, value in node.pairs:
            if key.text not in MISTAKES:
                hint = did_you_mean(key.text, MISTAKES) or f"such as {', '.join(list(MISTAKES)[:4])}"
                self.note(problem("H020", f'there is no mistake "{key.text[:60]}"', hint), key)
            found[key.text] = self.number(value, 0)
            if found[key.text] > points:
                given = f"{self.text(value)} points for a mistake, and {points} for what is right"
                self.note(problem("H018", given, "no more for it than the question has"), value)
        return found
