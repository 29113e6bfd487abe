"""The statements of a body in order, with a variable for every value that lives long enough to need one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from convcalc.tuples import NamedTuple
from convcalc.writing.naming import free_name
from convcalc.writing.program.code import Body, Formula, ShapeRemark, Statement
from convcalc.writing.program.layout import WIDTH

if TYPE_CHECKING:
    from convcalc.writing.program.merging import Text

POWER = re.compile(r"(?<![\w.)\]])([\w.]+) \*\* ([\w.]+)(?![\w.(\[])")  # of names and numbers, as black writes it
TERM = r"\{x\d*\}(?:\[[^\]]*\])?"
OPERATION = re.compile(rf"{TERM}(?: (?:[-+*/%]|\*\*) {TERM})+")
SHORT = ("x", "y", "z")
RESERVED = frozenset(("self", "torch", "F", "nn", "math"))
INDENT = 8


class Line(NamedTuple):
    """An assignment: what it assigns to, the expression, and what comes of it; with what the expression is made of."""

    targets: str
    expression: str
    note: ShapeRemark
    statement: Statement
    sources: list[str]
    taken: set[str]  # the names of values that are used further down


class Forward:
    """Writes the lines of one body; `call` says how a piece with a name is applied to its sources.

    Constants are the same for all of a batch: an operator takes them as they are where its other input has the batch.
    """

    def __init__(
        self, body: Body, inputs: list[str], call: Callable[[Statement, list[str]], str],
        reserved: frozenset[str] = RESERVED, nests: bool = True, constants: Mapping[int, str] = MappingProxyType({}),
    ):  # fmt: skip
        self.call, self.reserved, self.nests, self.constants = call, reserved, nests, constants
        self.statements = [statement for statement in body.statements if statement.piece is not None]
        self.passed = {one.targets[0]: one.sources[0] for one in body.statements if one.piece is None}
        self.outputs = [self.root(value) for value in body.outputs]
        self.uses: dict[int, list[int]] = {}
        for place, statement in enumerate(self.statements):
            for source in map(self.root, statement.sources):
                if not self.is_bare(source, statement):
                    self.uses.setdefault(source, []).append(place)
        for value in self.outputs:
            self.uses.setdefault(value, []).append(len(self.statements))
        self.names: dict[int, str] = dict(enumerate(inputs))
        self.inlined: dict[int, int] = {}  # a value → the statement that makes it, where another one does so by itself

        self.inlined.update({value: -1 for value in constants if value not in self.uses})

    def is_bare(self, value: int, statement: Statement) -> bool:
        """Whether a statement takes a constant as it is."""
        piece = statement.piece
        if value not in self.constants or not isinstance(piece, Formula) or not OPERATION.fullmatch(piece.template):
            return False
        return any(self.root(source) not in self.constants for source in statement.sources)

    def root(self, value: int) -> int:
        """The value that one is, where what makes it is left out."""
        while value in self.passed:
            value = self.passed[value]
        return value

    def lines(self) -> Iterator[Line]:
        for place in range(len(self.statements) if self.nests else 0):
            self.inline(place)
        for place, statement in enumerate(self.statements):
            if any(target in self.inlined for target in statement.targets):
                continue
            expression, sources = self.expression(place), self.sources(statement)
            for target in statement.targets:
                self.names[target] = self.name(target, place, statement.name)
            targets = ", ".join(self.names[target] for target in statement.targets)
            used = {self.names[each] for each in self.names if any(use > place for use in self.live(each))}
            yield Line(targets, expression, statement.note, statement, sources, used)

    def inline(self, place: int) -> None:
        """Calls just before a formula that alone uses what they give are written into it, if there is room."""
        statement = self.statements[place]
        if not isinstance(statement.piece, Formula) or len(statement.sources) < 2:
            return
        found = []
        for before in reversed(range(place)):
            other = self.statements[before]
            is_call = not isinstance(other.piece, Formula) and len(other.targets) == len(other.sources) == 1
            if not is_call or self.uses.get(other.targets[0]) != [place] or other.targets[0] in self.inlined:
                break
            found.append(before)
        room = WIDTH - INDENT - len("x = ") - len(statement.note.text) - len("  # ") - len(" + x")
        used = sum(len(self.call(self.statements[each], ["x"])) + 3 for each in found)
        if found and used + len(statement.piece.template) <= room and len(found) <= len(statement.sources):
            self.inlined.update({self.statements[each].targets[0]: each for each in found})

    def expression(self, place: int) -> str:
        return self.call(self.statements[place], self.sources(self.statements[place]))

    def sources(self, statement: Statement) -> list[str]:
        roots = map(self.root, statement.sources)
        return [self.constants[one] if self.is_bare(one, statement) else self.source(one) for one in roots]

    def source(self, value: int) -> str:
        return self.expression(self.inlined[value]) if value in self.inlined else self.names[value]

    def name(self, value: int, place: int, own: str) -> str:
        """x for what only the next line uses; a name of its own for what is used further down."""
        uses, following = self.live(value), self.following(place)
        others = (other for other in self.names if other != value and any(use > place for use in self.live(other)))
        taken = {self.names[other] for other in others}
        is_last = len(self.outputs) == 1 and all(use in (following, len(self.statements)) for use in uses)
        if is_last or all(use == following for use in uses):
            short = next((name for name in SHORT if name not in taken), None)
            if short:
                return short
        return free_name(own, taken.union(self.reserved, SHORT))

    def following(self, place: int) -> int:
        """The next statement that is a line."""
        place += 1
        while place < len(self.statements) and self.statements[place].targets[0] in self.inlined:
            place += 1
        return place

    def live(self, value: int) -> list[int]:
        """Where a value is used, as lines have it: what is written into another is used there."""
        found = []
        for use in self.uses.get(value, []):
            while use < len(self.statements) and self.statements[use].targets[0] in self.inlined:
                use = self.uses[self.statements[use].targets[0]][0]
            found.append(use)
        return found


def fill(formula: Formula, sources: list[str]) -> str:
    """A formula with its inputs and atoms."""
    atoms: list[Any] = list(formula.atoms)

    def atom(found: re.Match[str]) -> str:
        star, index = found[1], int(found[2])
        text: Text = atoms[index]
        code = text.code
        return code[1:-1].rstrip(",") if star and code[:1] == "(" else star + code

    text = re.sub(r"(\*?)\{(\d+)\}", atom, formula.template)
    text = text.replace("{xs}", f"[{', '.join(sources)}]")
    for index in range(len(sources), 1, -1):
        text = text.replace(f"{{x{index}}}", bracket(sources[index - 1], text, f"{{x{index}}}"))
    text = text.replace("{x}", bracket(sources[0], text, "{x}")) if sources else text
    return POWER.sub(r"\1**\2", text)


def bracket(source: str, text: str, place: str) -> str:
    """A source in brackets where it is more than a name and something is called of it."""
    is_simple = re.fullmatch(r"[\w.]+(\(.*\))?(\[.*\])?", source) is not None
    return source if is_simple or text == place else f"({source})"


def input_names(texts: list[str]) -> list[str]:
    """The variables for what goes into a function: x, and of others what they are called outside."""
    names = ["x"]
    for text in texts[1:]:
        name = re.sub(r"\W", "_", text) or "y"
        while name in names or name[0].isdigit():
            name = f"{name}_" if not name[0].isdigit() else f"x{name}"
        names.append(name)
    return names[: len(texts)]
