"""Variables settled: what is a literal, what follows from the parameters of a definition, and what is one of them.

An atom that has a hint is written as that where it gives the right value in every place; one with the same value
everywhere is a literal; one that goes along with a parameter is written with it; else it is a parameter of its own.
"""

from __future__ import annotations

import ast
import json
import keyword
import re
from collections.abc import Callable
from math import isinf
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import is_number, is_symbolic
from convcalc.algebra.notation import write
from convcalc.algebra.poly import symbol
from convcalc.algebra.substitution import substitute
from convcalc.writing.naming import free_name
from convcalc.writing.program.code import Atom, GivenArgument, Maybe, PieceList, ShapeRemark, Statement
from convcalc.writing.program.merging import Context, Looped, Mismatch, Optional, Text, Turns, Variable, merge

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value

MAX_UNROLLED = 6  # pieces that are written out instead of in a loop
LARGEST_MULTIPLE = 16
ENTRY = "in_channels"  # of what goes into a unit
RESERVED = frozenset(("i", "j", "turn", "x", "y", "self", *keyword.kwlist))
# Keys whose values are numbers of channels, one of which may be a multiple of another.
CHANNELS = frozenset(("filters", "units", "in_channels", "in_features", "hidden", "out_channels", "features"))


class Settler:
    """Settles the variables of one definition."""

    def __init__(self, count: int, known: dict[str, tuple[Any, ...]]):
        self.count = count  # of units
        self.turn = next(name for name in ("i", "j", "turn") if name not in known)  # counts those of a loop
        self.known = dict(known)  # names with a value for each unit: what the author declared, and what goes in
        self.roles: dict[str, str] = {}
        self.used: dict[str, None] = {}
        self.flags: set[str] = set()  # names that say whether something is there
        self.numbers: set[str] = set()  # names that are used as numbers
        self.fresh: dict[str, tuple[Any, ...]] = {}

    # Atoms

    def express(self, variable: Variable) -> Text:
        found = self.simple(variable)
        if found is None and len(variable.contexts[0]) > 1:
            found = self.by_number(variable) or self.by_turns(variable)
        return found or self.parameter(variable)

    def simple(self, variable: Variable) -> Text | None:
        """A hint, a literal, or what goes along with a name that is known; None where there is none of these."""
        value, hint, _ = variable.atoms[0]
        if hint is not None and is_symbolic(hint) and self.is_right(hint, variable):
            return self.text(hint)
        if all(same(atom.value, value) for atom in variable.atoms):
            return Text(literal(value), value if type(value) is int else None)
        return self.related(variable)

    def is_right(self, hint: Value, variable: Variable) -> bool:
        return all(same(self.number(hint, context[0]), atom.value) for context, atom in variable.pairs)

    def text(self, value: Value) -> Text:
        for name in self.known:
            if is_symbolic(value) and substitute(value, {name: 1}) != value:
                self.used[name] = None
                self.numbers.add(name)
        tree = ast.parse(write(value, "python"), mode="eval")
        for node in ast.walk(tree):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):  # it leaves no rest
                node.op = ast.FloorDiv()
        return Text(re.sub(r"(?<=\w) \*\* (?=\w)", "**", ast.unparse(tree)), value)

    def related(self, variable: Variable) -> Text | None:
        """A name with the same role whose values are the same everywhere, or a multiple of it."""
        role = role_of(variable.atoms[0].key)
        numbers = all(type(atom.value) is int for atom in variable.atoms)
        for name, values in self.known.items():
            pairs = [(values[context[0]], atom.value) for context, atom in variable.pairs]
            mine = self.roles.get(name, "")
            is_declared = not mine and len({one for one, _ in pairs}) > 1
            if (mine == role or is_declared) and all(same(one, other) for one, other in pairs):
                return self.text(symbol(name))
            if not numbers or not all(type(one) is int and one > 0 for one, _ in pairs):
                continue
            if mine == role == "channels":
                for times in range(2, LARGEST_MULTIPLE + 1):
                    if all(other == times * one for one, other in pairs):
                        return self.text(times * symbol(name))
                    if all(one == times * other for one, other in pairs):
                        return self.text(symbol(name) // times)
            if mine == "kernel" and role == "padding" and all(other == one // 2 for one, other in pairs):
                return self.text(symbol(name) // 2)
        return None

    def by_turns(self, variable: Variable) -> Text | None:
        """One expression for the first turn and one for the others, or one that grows with every turn."""
        first = [pair for pair in variable.pairs if pair[0][-1] == 0]
        others = [pair for pair in variable.pairs if pair[0][-1] > 0]
        if not others:
            return None
        begin = self.simple(variable_of(first)) or self.parameter(variable_of(first))
        rest = self.simple(variable_of(others))
        if rest is not None:
            return Text(f"{begin.code} if {self.turn} == 0 else {rest.code}")
        starts = {context[:-1]: atom.value for context, atom in first}
        steps = []
        for context, atom in others:
            grown = atom.value - starts[context[:-1]] if type(atom.value) is int else 0
            if type(atom.value) is not int or grown % context[-1]:
                raise Mismatch
            steps.append((context[:-1], Atom(grown // context[-1], None, "growth")))
        step = self.simple(variable_of(steps)) or self.parameter(variable_of(steps))
        return Text(f"{begin.code} + {self.turn} * {step.code}" if step.code != "1" else f"{begin.code} + {self.turn}")

    def by_number(self, variable: Variable) -> Text | None:
        """A text in which a number goes up with every turn."""
        contexts, value = variable.contexts, variable.atoms[0].value
        for digits in reversed([*re.finditer(r"\d+", value)] if isinstance(value, str) else []):
            before, begin, behind = value[: digits.start()], int(digits[0]) - contexts[0][-1], value[digits.end() :]
            texts = [f"{before}{begin + context[-1]}{behind}" for context in contexts]
            if begin >= 0 and texts == [atom.value for atom in variable.atoms]:
                number = f"{self.turn} + {begin}" if begin else self.turn
                return Text(f'f"{before}{{{number}}}{behind}"')
        return None

    def parameter(self, variable: Variable) -> Text:
        """A parameter of its own; a Mismatch where a unit has several values at once."""
        values: dict[int, Any] = {}
        for context, atom in variable.pairs:
            if not same(values.setdefault(context[0], atom.value), atom.value):
                raise Mismatch
        usual, _, key = variable.atoms[0]
        name = self.free_name("label" if key == "name" else key)
        self.known[name] = self.fresh[name] = tuple(values.get(index, usual) for index in range(self.count))
        self.roles[name] = role_of(key)
        self.used[name] = None
        return Text(name, symbol(name))

    def free_name(self, key: str) -> str:
        stem = key if key.isidentifier() and key not in RESERVED else f"{key}_" if key.isidentifier() else "size"
        return free_name(stem, self.known)

    # Pieces

    def settle(self, piece: Any) -> Any:
        if isinstance(piece, Variable):
            return self.express(piece)
        if isinstance(piece, ShapeRemark):
            return piece
        if isinstance(piece, GivenArgument):
            value = self.settle(piece.value)
            return GivenArgument(piece.keyword, value, None if piece.default is None else self.settle(piece.default))
        if isinstance(piece, PieceList):
            entries = [each for entry in piece.entries for each in self.entries(entry)]
            return PieceList(tuple(entries), piece.has_names)
        if isinstance(piece, Maybe):
            return self.maybe(piece)
        if isinstance(piece, Statement):
            made = self.settle(piece.piece)
            return piece._replace(piece=None if isinstance(made, PieceList) and not made.entries else made)
        if isinstance(piece, tuple):
            fields = [self.settle(field) for field in piece]
            return type(piece)(*fields) if hasattr(piece, "_fields") else tuple(fields)
        return piece

    def entries(self, entry: Any) -> list[Any]:
        """The entries of a sequence: those of a loop may be none, all of them written out, or a loop."""
        if not isinstance(entry, Turns):
            return [self.settle(entry)]
        counts = [len(loop.turns) for loop in entry.loops]
        if entry.turn is None:
            return []
        if set(counts) == {1}:
            return [each for inner in entry.turn.entries for each in self.entries(inner)]
        if max(counts) == 1:
            return [Optional(self.settle(entry.turn), self.flag(entry.times))]
        is_fixed = len(set(counts)) == 1 and not is_symbolic(entry.times.atoms[0].hint)
        if is_fixed and counts[0] * len(entry.turn.entries) <= MAX_UNROLLED:
            return self.unrolled(entry)
        state = dict(self.known), dict(self.used), dict(self.fresh), dict(self.roles)
        try:
            inner = self.settle(entry.turn)
        except Mismatch:
            self.known, self.used, self.fresh, self.roles = state
            if len(set(counts)) > 1:
                raise
            return self.unrolled(entry)
        return [Looped(inner.entries, self.express(entry.times).code, self.turn, entry.note)]

    def unrolled(self, entry: Turns) -> list[Any]:
        """All turns one after another."""
        count, contexts = len(entry.loops[0].turns), list(entry.contexts)
        merged = [merge([loop.turns[turn] for loop in entry.loops], contexts) for turn in range(count)]
        return [each for turn in merged for inner in turn.entries for each in self.entries(inner)]

    def flag(self, variable: Variable) -> str:
        """A condition that is 0 or 1, no or yes."""
        numbers = set(self.numbers)
        found = self.simple(variable)
        self.numbers = numbers
        if found is None:
            flags = tuple(Atom(bool(atom.value), None, atom.key) for atom in variable.atoms)
            found = self.parameter(Variable(variable.contexts, flags))
        self.flags.update(name for name in self.known if re.search(rf"\b{name}\b", found.code))
        return f"not {found.code[4:]}" if re.fullmatch(r"1 - \w+", found.code) else found.code

    def maybe(self, piece: Maybe) -> Any:
        condition: Any = piece.condition  # it is merged
        flags = [atom.value for atom in condition.atoms]
        if not any(flags):
            return None
        absent = [context for context, flag in zip(condition.contexts, flags, strict=True) if not flag]
        made = self.settle(with_strides(piece.piece, absent))
        return made if all(flags) else Optional(made, self.condition(made, condition))

    def condition(self, made: Any, flags: Variable) -> str:
        """When a shortcut is there: where its first piece changes the channels, or has a stride."""
        first = made.entries[0].piece
        given = {argument.keyword: argument.value for argument in first.arguments}
        positional = [argument.value for argument in first.arguments if not argument.keyword]
        parts: list[tuple[str, Callable[[int], bool]]] = []
        stride = given.get("stride") or given.get("strides")
        if isinstance(stride, Text) and stride.value is not None and stride.code != "1":
            parts.append((f"{stride.code} != 1", lambda unit: self.number(stride.value, unit) != 1))
        if len(positional) == 1 and ENTRY in self.known:
            positional.insert(0, Text(ENTRY, symbol(ENTRY)))
        if len(positional) > 1:
            before, after = positional[:2]
            code = f"{before.code} != {after.code}"
            parts.append((code, lambda unit: self.number(before.value, unit) != self.number(after.value, unit)))
        units = [context[0] for context in flags.contexts]
        wanted = [atom.value for atom in flags.atoms]
        for chosen in (parts, parts[1:], parts[:1]):
            if chosen and [any(test(unit) for _, test in chosen) for unit in units] == wanted:
                found = " or ".join(code for code, _ in chosen)
                self.used.update({ENTRY: None} if re.search(rf"\b{ENTRY}\b", found) else {})
                return found
        return self.flag(flags)

    def number(self, value: Value | None, unit: int) -> Any:
        """What a size in the names of the definition is in one of its units."""
        names = {name: values[unit] for name, values in self.known.items() if is_number(values[unit])}
        return substitute(value, names) if is_symbolic(value) else value


def with_strides(piece: Any, absent: list[Context]) -> Any:
    """A shortcut whose first convolution has a stride of 1 where it is not there."""
    first, *others = piece.entries
    ones = [Atom(1, None, "stride")] * len(absent)

    def known(argument: GivenArgument) -> GivenArgument:
        if argument.keyword not in ("stride", "strides"):
            return argument
        given: Any = argument.value  # it is merged
        variable: Any = Variable((*given.contexts, *absent), (*given.atoms, *ones))
        return argument._replace(value=variable)

    made = first._replace(piece=first.piece._replace(arguments=tuple(map(known, first.piece.arguments))))
    return piece._replace(entries=(made, *others))


def variable_of(pairs: list[tuple[Context, Atom]]) -> Variable:
    contexts, atoms = zip(*pairs, strict=True)
    return Variable(contexts, atoms)


def role_of(key: str) -> str:
    return "channels" if key in CHANNELS else key


def same(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def literal(value: Any) -> str:
    """A value as Python has it, texts in double quotes."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, tuple):
        return f"({', '.join(map(literal, value))}{',' * (len(value) == 1)})"
    if is_number(value) and not isinstance(value, (int, float)):
        return literal(int(value) if value.denominator == 1 else float(value))
    if isinstance(value, float) and isinf(value):
        return f'float("{value}")'
    return repr(value).replace("e-0", "e-").replace("e+", "e")
