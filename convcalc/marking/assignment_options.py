"""The keys of an assignment, and its options as values; one that cannot be read is a finding with place and cure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, TypeVar

from convcalc.algebra.expr import ExprError, divide
from convcalc.marking.answers import array_text
from convcalc.marking.key import AnswerBound
from convcalc.marking.mistakes import MISTAKES
from convcalc.marking.reading import Unreadable, numbers
from convcalc.problem import Diagnostic, Problem, Source, did_you_mean, problem
from convcalc.readers.yaml import Mapping, Node, Scalar, Sequence, mark

if TYPE_CHECKING:
    from fractions import Fraction

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


TOP_KEYS = {
    "assignment": "What the assignment is called.",
    "spec": "The network that is asked about: a file, a bundled name, a line with arrows, or a spec in place.",
    "questions": "What is asked: `C1.output`, or a mapping that says what it is worth.",
    "about": "What a sheet says first.",
    "all_or_nothing": "yes: a submission has all points or none.",
    "convention": "Another convention for the network.",
    "set": "Other values for names of the network: {classes: 10}.",
    "input": "Another input shape for the network.",
    "points": "What a question is worth that says nothing else; 1.",
    "tolerance": "How far an answer may be off, as a share: 1%.",
    "partial": "Points for a mistake, by its code: {par.no_bias: 1}.",
    "program": "Which network of a program that is handed in is meant: Net; or no, where none is wanted.",
    "course": "The course, as a sheet says it.",
    "due": "When it is due, as a sheet says it.",
}
# Of a layer on arrays.
ARRAYS = {
    "weights": "The numbers of its kernel, or of each filter.",
    "bias": "A number for each filter.",
    "mean": "The mean of each channel.",
    "variance": "The variance of each channel.",
    "places": "Where a max pooling found its numbers.",
}
QUESTION_KEYS = {
    "ask": "Layer and quantity: C1.output, C1.output.height, total.macs, conv*.parameters; or a list of them.",
    "points": "What it is worth.",
    "tolerance": "How far the answer may be off, as a share: 1%.",
    "partial": "Points for a mistake, by its code: {par.no_bias: 1}.",
    "form": "number, or symbolic: the student writes the formula of a kind, as (W - K + 2P)/S + 1.",
    "name": "What the question is called; else Q and its number.",
    "spec": "Another network to ask about.",
    "layer": "One layer in place of a network: conv 10 k5 p2, with its input; with a ? it is to be solved.",
    "of": "As layer.",
    "input": "What goes into the layer: a shape, or with apply the arrays.",
    "output": "What a layer with a ? has to give.",
    "all_or_nothing": "yes: its parts have all points together or none.",
    "group": "Questions of one group have all points together or none.",
    "answer": "The right answer, where no network gives it.",
    "at_most": "The most that is right: 1M.",
    "at_least": "The least that is right.",
    "text": "The question in words, for a sheet.",
    "choices": "Multiple choice: the values to choose from, one of them right.",
    "apply": "A layer or a chain of layers on small arrays, whose output is asked for.",
    "flip": "yes: the kernel is flipped, as the textbook's convolution does.",
    **ARRAYS,
}
