"""One layer solved for what is unknown in it: inversion finds the candidates, applying the layer verifies each."""

from __future__ import annotations

import re
from itertools import islice, product
from typing import TYPE_CHECKING, Any

from convcalc import shorthand
from convcalc.case import Case, tree
from convcalc.case import uneven as is_uneven
from convcalc.convention import CONVENTIONS
from convcalc.cure import is_met
from convcalc.equation import Relation, has, isolated, put_in, relations
from convcalc.expr import Expr, ExprError, Mul, evaluate, letters
from convcalc.invert import Range, TooWide, solve, solve_inequality
from convcalc.kinds import key_names
from convcalc.kinds.values import read
from convcalc.layer import Applied, Setting, apply
from convcalc.poly import Poly, symbol, to_expr
from convcalc.problem import Diagnostic, Problem, problem
from convcalc.restriction import needs
from convcalc.tuples import NamedTuple
from convcalc.wanted import OPEN, Bound, Side

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from convcalc.expr import Value
    from convcalc.kinds.record import Kind, Shape
    from convcalc.kinds.values import Raw

UNTIL = {1: 128, 2: 40, 3: 16}  # how far the unknowns go that are tried one by one, by their number
UNTIL_MANY = 8
MAX_FOUND = 5_000  # solutions of several unknowns that are kept
MAX_RUN = 256  # values of one unknown that are all verified; of longer runs the beginning and the end
FEW = 8  # values shown of a run without end
LOOK = 64  # … so many of its beginning
FAR = 2_000  # how far a value is looked for where no formula says where it is
NEVER = (ExprError, TypeError, AttributeError, ValueError)  # what symbols meet in a record that wants numbers


class Unknown(NamedTuple):
    """A question mark: a key of the layer or a side of its input, along one axis or (None) along them all."""

    letter: str  # its own in this search: p, or p_0 along the first axis
    symbol: str  # as the formulas have it: p
    name: str
    axis: int | None
    low: int
    flag: bool = False


class Question(NamedTuple):
    """A layer with question marks, and what is wanted of it."""

    text: str
    written: shorthand.Written
    shape: tuple[Side, ...] | None  # None: any
    target: tuple[Side, ...] | None  # None: nothing is wanted of the size
    keeps: bool = False  # the size of the input is wanted back
    bounds: tuple[Bound, ...] = ()
    convention: str = "pytorch"
    until: int = 0  # how far to search where several are unknown; 0: by their number

    @property
    def kind(self) -> Kind:
        return self.written.kind


class Run(NamedTuple):
    """The values first, first + step, … up to last; None is no end."""

    first: int
    last: int | None
    step: int = 1

    @property
    def count(self) -> int:
        assert self.last is not None
        return len(range(self.first, self.last + 1, self.step))

    def shown(self) -> range:
        """Every value of a short run, the first few of one without end, the ends of a long one."""
        if self.last is None:
            return range(self.first, self.first + FEW * self.step, self.step)
        long = self.last - self.first >= MAX_RUN
        return range(self.first, self.last + 1, self.last - self.first if long else self.step)


class Solution(NamedTuple):
    """What to put for the question marks, by name, and the layer that it makes."""

    values: dict[str, Any]  # a number, one number an axis, or (before, after) an axis
    applied: Applied

    @property
    def unused(self) -> tuple[int, ...]:
        """Columns of the padded input, along each axis, that no window reaches."""
        window = self.applied.setting.kind.window
        if window.type != "slide" or "floor" not in self.applied.size:
            return ()
        rests = []
        for axis in self.applied.axes:
            known = {**self.applied.letters, **axis}
            reach, stride = evaluate(tree(window.reach), known), evaluate(tree(window.stride), known)
            padding = known.get("p_l", 0) + known.get("p_r", 0)
            rests.append((known["n"] + padding - reach) % stride)
        return tuple(rests) if all(isinstance(rest, int) for rest in rests) else ()


class Equation(NamedTuple):
    """One thing that is wanted, as an equation in the unknown; `runs` are the unknown's values for it alone."""

    what: str  # "size", "channels", or a quantity of convcalc.wanted
    axes: tuple[int, ...]
    relations: tuple[Relation, ...]
    runs: tuple[Range, ...] = ()
    below: tuple[Range, ...] = ()  # values that would do but for being too small


class Odds(NamedTuple):
    """An exact fit that cannot be: constant + factor·letter is never a multiple of step."""

    letter: str
    constant: int
    factor: int
    step: int


class Answer(NamedTuple):
    question: Question
    unknowns: tuple[Unknown, ...]
    solutions: tuple[Solution, ...] = ()  # simplest first; of a long run its ends
    runs: tuple[Run, ...] = ()  # where one value is unknown: all of them
    count: int | None = 0  # of solutions, None where they have no end
    complete: bool = True  # False: the search stopped at its limits
    limits: dict[str, int] = {}  # the highest value that was tried, by name
    equations: tuple[Equation, ...] = ()
    uneven: tuple[Solution, ...] = ()  # with one more cell after than before
    nearest: tuple[Solution, ...] = ()
    odds: Odds | None = None
    refusal: Diagnostic | None = None  # why a value that meets the equations will not do
    symbolic: Value | None = None  # the unknown as a formula in letters

    @property
    def solved(self) -> bool:
        return bool(self.solutions or self.uneven) or self.symbolic is not None


# From text to a question


def question(
    layer: str, shape: tuple[Side, ...] | None, target: tuple[Side, ...] | None, keeps: bool = False,
    bounds: tuple[Bound, ...] = (), convention: str = "pytorch", until: int = 0,
) -> Question:  # fmt: skip
    """A Question of a layer's text, `conv 64 k7 s2 p?`; a Problem where nothing in it is unknown, or nothing wanted."""
    written = shorthand.layer(marked(layer), CONVENTIONS[convention].classes)
    if written.framework and convention in ("pytorch", "keras"):
        convention = shorthand.FRAMEWORKS[written.framework]
    is_open = OPEN in (shape or ()) or any(OPEN in text for _, raw in written.args for text in texts(raw))
    if not is_open:
        if shape is not None or (target is None and not bounds):
            raise problem("Q001", f"nothing is unknown in {layer[:60]}", f"put a ? for a value: {example(written.kind)}")
        shape = any_input(written, target)
    if target is None and not bounds and not keeps and convention != "textbook":
        keeps = True
    return Question(layer, written, shape, target, keeps, bounds, convention, until)


def any_input(written: shorthand.Written, target: tuple[Side, ...] | None) -> tuple[Side, ...]:
    """Open sides; the number of channels matters to no size, as long as the groups divide it."""
    given = dict(written.args)
    channels = next((given[name] for name in ("in_channels", "groups") if name in given), "1")
    rank = written.dims or (len(target) - 1 if target else 0) or 2
    return (int(channels) if isinstance(channels, str) and channels.isdecimal() else 1, *(OPEN,) * rank)


def example(kind: Kind) -> str:
    key = next((key for key in kind.keys if key.name == "padding"), kind.keys[0] if kind.keys else None)
    return f"{kind.name} … {key.symbol if key and key.symbol else 'p'}?"


MARKS = re.compile(r"(?<=\s)([A-Za-z_]+)\?")


def marked(text: str) -> str:
    """`k?` as `k=?`, the form in which any key takes any value."""
    return MARKS.sub(r"\1=?", text)


def texts(raw: Raw) -> Iterator[str]:
    if isinstance(raw, str):
        yield raw
        return
    for part in raw:
        yield from texts(part)


# The layer with letters for its question marks


class Layer:
    """A question's layer, ready to be applied with any values; `style` says how many unknowns a mark stands for.

    "shared" puts one value along every axis, "single" one an axis, "uneven" pads one cell more after than before.
    """

    def __init__(self, asked: Question, style: str = "shared"):
        self.asked, self.style = asked, style
        self.convention = CONVENTIONS[asked.convention]
        self.names: dict[str, Value] = {}  # letters of the question that stay letters
        self.unknowns: list[Unknown] = []
        written = asked.written
        kind, table = written.kind, key_names(written.kind)
        if asked.shape is not None:
            shape = asked.shape
        elif kind.takes == "features":
            shape = ("c",)
        else:
            shape = ("c", *("n",) * (written.dims or (len(asked.target) - 1 if asked.target else 0) or 2))
        self.rank = len(shape) - 1
        self.declare(shape, written)
        self.shape = tuple(self.side(shape, index) for index in range(len(shape)))
        self.fixed: list[tuple[str, Any]] = self.left_out(shape)
        self.open: list[tuple[str, Raw]] = []
        for name, raw in written.args:
            if any(OPEN in text for text in texts(raw)):
                self.open.append((name, self.lettered(name, raw)))
            else:
                self.fixed.append((name, read(table[name], raw, self.names)))

    def declare(self, shape: tuple[Side, ...], written: shorthand.Written) -> None:
        """A single letter on this command line is a symbol."""
        words = [side for side in shape if isinstance(side, str) and side != OPEN]
        for _, raw in written.args:
            for text in texts(raw):
                pieces = re.findall("[A-Za-z]+", text)
                words += [part for piece in pieces for part in (piece.split("x") if len(piece) > 1 else [piece])]
        # x stands between axes, 3x5, and is no letter here.
        self.names.update({word: symbol(word) for word in words if len(word) == 1 and word != "x"})

    def left_out(self, shape: tuple[Side, ...]) -> list[tuple[str, Any]]:
        """Filters that nobody gave, as `conv k3 p?` asks of any number of them."""
        asked = self.asked
        key = asked.kind.keys[0] if asked.kind.keys else None
        if key is None or key.name != "filters" or key.name in dict(asked.written.args) or asked.bounds:
            return []
        whole = len(asked.target or ()) == len(shape)
        wanted = asked.target[0] if asked.target and whole else shape[0]
        return [(key.name, wanted if isinstance(wanted, int) else symbol("f"))]

    def letter(self, wanted: str) -> str:
        taken = self.names.keys() | {unknown.letter for unknown in self.unknowns}
        return wanted if wanted not in taken else f"{wanted}_{wanted}"

    def side(self, shape: tuple[Side, ...], index: int) -> Side:
        if shape[index] != OPEN:
            return shape[index]
        if not index:
            self.unknowns.append(unknown := Unknown(self.letter("c"), "c", "channels", None, 1))
            return unknown.letter
        if self.style != "single" and all(side == OPEN for side in shape[1:]):
            known = next((one for one in self.unknowns if one.name == "input"), None)
            if known is None:
                self.unknowns.append(known := Unknown(self.letter("n"), "n", "input", None, 1))
            return known.letter
        self.unknowns.append(unknown := Unknown(f"n_{index - 1}", "n", "input", index - 1, 1))
        return unknown.letter

    def lettered(self, name: str, raw: Raw) -> Raw:
        """A raw value with letters for its question marks, each an Unknown."""
        key = key_names(self.asked.kind)[name]
        mark = key.symbol or key.name
        if isinstance(raw, str) and not key.per_axis:
            parts: tuple[Raw, ...] = (raw,)
        else:
            parts = tuple(raw.replace("×", "x").split("x")) if isinstance(raw, str) else raw
        if any(OPEN in text and text.strip() != OPEN for part in parts for text in texts(part)) or not all(
            isinstance(part, str) for part in parts
        ):
            raise problem("Q002", f"{key.name}: a ? stands for one whole value", f"{mark}? or {mark}=?x3")
        if key.type in ("word", "table", "sides", "shape", "scales", "number", "check", "check2", "ignored"):
            raise problem("Q002", f"{key.name} is nothing that can be solved for", "a ? stands for a whole number")
        if len(parts) == 1 and not (key.per_axis and self.style == "single"):
            self.unknowns.append(unknown := Unknown(self.letter(mark), mark, key.name, None, key.low, False))
            if key.type == "flag":
                self.unknowns[-1] = unknown._replace(low=0, flag=True)
            if self.style == "uneven" and key.type == "padding":
                return ((unknown.letter, f"{unknown.letter} + 1"),) * self.rank
            return unknown.letter
        places = parts if len(parts) > 1 else parts * self.rank
        found: list[Raw] = []
        for axis, part in enumerate(places):
            if isinstance(part, str) and part.strip() == OPEN:
                self.unknowns.append(unknown := Unknown(f"{mark}_{axis}", mark, key.name, axis, key.low))
                found.append(unknown.letter)
            else:
                found.append(part)
        return tuple(found)

    def apply(self, values: Mapping[str, Value], lenient: bool = False, free: bool = False) -> Applied:
        """The layer with these values; a Problem or ExprError where they will not do.

        A `lenient` one leaves out what its convention forbids, a `free` one what its kind does, too.
        """
        kind = self.asked.kind
        names = {**self.names, **values}
        table = key_names(kind)
        read_values = self.fixed + [(name, read(table[name], raw, names)) for name, raw in self.open]
        shape: Shape = tuple(names[side] if isinstance(side, str) else side for side in self.shape)
        convention = self.convention._replace(needs={}) if lenient or free else self.convention
        setting = Setting(kind._replace(needs=()) if free else kind, tuple(read_values), self.asked.written.dims)
        return apply(setting, (shape,), convention, on_map=len(shape) > 2)

    def allows(self, applied: Applied) -> bool:
        """Whether kind and convention allow a layer: what `apply` checks, without the cures that it computes."""
        case = Case(self.asked.kind, applied.input, self.convention, False, applied.on_map)
        case.values, case.axes, case.letters = applied.values, applied.axes, applied.letters
        axes = applied.axes or ({},)
        return all(is_met(need, {**applied.letters, **axis}, is_uneven(axis)) for need in needs(case) for axis in axes)

    def solution(self, values: Mapping[str, Value], applied: Applied) -> Solution:
        """By name: one value, or one an axis."""
        found: dict[str, Any] = {}
        for unknown in self.unknowns:
            value: Any = values[unknown.letter]
            if self.style == "uneven" and unknown.name == "padding":
                value = ((value, value + 1),) * self.rank
            if unknown.axis is None:
                found[unknown.name] = bool(value) if unknown.flag else value
            else:
                known = applied.values.get(unknown.name)
                whole = tuple(applied.input[0][1:]) if unknown.name == "input" else sides(known)
                found[unknown.name] = whole
        return Solution(found, applied)


def sides(value: Any) -> Any:
    """Padding as one number an axis where both sides are equal."""
    if isinstance(value, tuple) and all(isinstance(part, tuple) and part[0] == part[1] for part in value):
        return tuple(part[0] for part in value)
    return value


# What is wanted, as equations


class Constraint(NamedTuple):
    """low ≤ tree ≤ high, the tree in the unknowns' letters."""

    what: str
    axis: int | None
    tree: Expr
    low: int | None
    high: int | None

    def ranges(self, letter: str, known: Mapping[str, int], least: int) -> list[Range]:
        """The values of one letter, from `least` on, when the others are known."""
        if self.low is not None and self.low == self.high:
            return solve(self.tree, letter, known, self.low, least)
        found = [Range(least, None)]
        if self.low is not None:
            above = solve_inequality(difference(self.tree, self.low), letter, known, least)
            found = common(found, above)
        if self.high is not None:
            found = common(found, solve_inequality(difference(self.high, self.tree), letter, known, least))
        return found


def difference(tree: Expr, other: Expr) -> Expr:
    from convcalc.expr import Neg, Sum

    return Sum((tree, Neg(other)))


def common(ours: list[Range], theirs: list[Range]) -> list[Range]:
    """The integers in both."""
    found = []
    for a in ours:
        for b in theirs:
            last = min((one for one in (a.last, b.last) if one is not None), default=None)
            first = max(a.first, b.first)
            if last is None or first <= last:
                found.append(Range(first, last))
    return found


def wanted_output(asked: Question, output: Shape) -> tuple[Any, ...]:
    """What each side of the output is to be, None where it is open."""
    target = asked.target
    if target is None:
        return (None,) * len(output)
    if len(target) == len(output) - 1:
        target = (OPEN, *target)
    if len(target) != len(output):
        shown = "×".join(map(str, target))
        raise problem("Q003", f"{shown} has {len(target)} sides, the layer's output has {len(output)}",
                      "channels first: 64x112x112, or the axes alone: 112x112")  # fmt: skip
    return tuple(None if side == OPEN else symbol(side) if isinstance(side, str) else side for side in target)


def constraints(asked: Question, applied: Applied) -> list[Constraint]:
    """Everything that is wanted of a layer that was applied with letters."""
    found = []
    wants = list(wanted_output(asked, applied.output))
    if asked.keeps:
        wants[1:] = applied.input[0][1:] if len(applied.input[0]) == len(applied.output) else [None] * len(wants[1:])
    for index, (size, want) in enumerate(zip(applied.output, wants, strict=True)):
        if want is not None:
            what, axis = ("size", index - 1) if index else ("channels", None)
            if len(applied.output) == 1:
                what, axis = "features", None
            fixed = want if isinstance(want, int) else 0
            value = size if isinstance(want, int) else size - want
            found.append(Constraint(what, axis, to_tree(value), fixed, fixed))
    for bound in asked.bounds:
        found.append(Constraint(bound.quantity, None, to_tree(quantity(applied, bound.quantity)), bound.low, bound.high))
    return found


def to_tree(value: Value) -> Expr:
    if isinstance(value, int):
        return value
    return to_expr(value)


def quantity(applied: Applied, name: str) -> Any:
    """A count of a layer, or the largest receptive field along its axes."""
    if name != "receptive_field":
        return getattr(applied, name)
    window = applied.setting.kind.window
    if window.type not in ("slide", "spread") or not applied.axes:
        return 1
    reaches = [evaluate(tree(window.reach), {**applied.letters, **axis}) for axis in applied.axes]
    return reaches[0] if all(reach == reaches[0] for reach in reaches) else max(reaches)


def meets(asked: Question, applied: Applied) -> bool:
    """Whether an applied layer is what was wanted: the last word on every solution."""
    wants = wanted_output(asked, applied.output)
    if any(want is not None and want != size for want, size in zip(wants, applied.output, strict=True)):
        return False
    if asked.keeps and applied.output[1:] != applied.input[0][1:]:
        return False
    return all(bound.holds(quantity(applied, bound.quantity)) for bound in asked.bounds)


# The search


class Search:
    """One style of a question searched: candidates by inversion, every one applied before it counts."""

    def __init__(self, layer: Layer):
        self.layer, self.asked = layer, layer.asked
        self.refused: dict[str, int] = {}  # values that meet what is wanted, and may not be
        flags = [unknown.letter for unknown in layer.unknowns if unknown.flag]
        self.plain = [unknown for unknown in layer.unknowns if not unknown.flag]
        # Every setting of the flags, with the layer in letters for the rest.
        self.cases: list[tuple[dict[str, int], Applied | None, list[Constraint]]] = []
        for setting in product((1, 0), repeat=len(flags)):
            known = dict(zip(flags, setting, strict=True))
            self.cases.append((known, *self.in_letters(known)))

    def in_letters(self, flags: Mapping[str, int]) -> tuple[Applied | None, list[Constraint]]:
        unknown = {one.letter: symbol(one.letter) for one in self.plain}
        try:
            applied = self.layer.apply({**flags, **unknown}, lenient=True)
        except Problem as error:
            self.raise_if_general(error, flags)
            return None, []
        except NEVER:
            return None, []
        return applied, constraints(self.asked, applied)

    def raise_if_general(self, error: Problem, flags: Mapping[str, int]) -> None:
        """What is wrong whatever the unknown is no question to solve."""
        code = error.diagnostics[0].code
        for value in (64, 7, 1):
            try:
                self.layer.apply({**flags, **{one.letter: value for one in self.plain}}, lenient=True)
            except Problem as again:
                if again.diagnostics[0].code != code:
                    return
                error = again  # with numbers, its cures are computed
            except NEVER:
                return
            else:
                return
        raise error

    def at(self, values: Mapping[str, int]) -> Solution | None:
        """The solution with these values, or None where it is none."""
        try:
            # First without the checks: an error's cures take long to compute.
            applied = self.layer.apply(values, free=True)
            if not meets(self.asked, applied):
                return None
            if not self.layer.allows(applied):
                self.refused = self.refused or dict(values)
                return None
            applied = self.layer.apply(values)
        except Problem:
            self.refused = self.refused or dict(values)
            return None
        except ExprError:
            return None
        return self.layer.solution(values, applied) if meets(self.asked, applied) else None

    def refusal(self) -> Diagnostic | None:
        """Why the first of the values that were refused will not do."""
        if self.refused:
            try:
                self.layer.apply(self.refused)
            except Problem as error:
                return error.diagnostics[0]
        return None

    def candidates(self, unknown: Unknown, known: Mapping[str, int], wants: list[Constraint]) -> list[Range]:
        found = [Range(unknown.low, None)]
        for want in {(want.tree, want.low, want.high): want for want in wants}.values():
            if has(want.tree, unknown.letter):
                found = common(found, want.ranges(unknown.letter, known, unknown.low))
            elif not any(letter not in known for letter in letters(want.tree)):
                value = evaluate(want.tree, known)
                if (want.low is not None and value < want.low) or (want.high is not None and value > want.high):
                    return []
        # A pooling has another formula where it has no padding.
        return joined([*found, Range(unknown.low, unknown.low)]) if len(self.asked.kind.sizes) > 1 else found

    # One unknown: all values, as runs

    def runs(self) -> tuple[list[Run], list[Solution], bool]:
        """The runs of the only unknown's values, solutions at their ends, and whether every value was looked at."""
        (unknown,) = self.plain
        runs: list[Run] = []
        solutions: list[Solution] = []
        complete = True
        for flags, applied, wants in self.cases:
            candidates = [Range(unknown.low, unknown.low + FAR)]
            if applied is not None:
                try:
                    candidates = self.candidates(unknown, flags, wants)
                except TooWide:
                    complete = False
            else:
                complete = False
            for each in candidates:
                for run in verified(self.holds(unknown, flags), each):
                    runs.append(run)
                    for value in run.shown():
                        found = self.at({**flags, unknown.letter: value})
                        assert found is not None
                        solutions.append(found)
        return runs, solutions, complete

    def holds(self, unknown: Unknown, flags: Mapping[str, int]) -> Callable[[int], bool]:
        return lambda value: self.at({**flags, unknown.letter: value}) is not None

    # Several unknowns: a table

    def table(self) -> tuple[list[Solution], bool, dict[str, int]]:
        """Solutions with small values, whether those are all that there are up to the limits, and the limits."""
        inner = min(self.plain, key=lambda unknown: INNER.get(unknown.symbol, 5)) if self.plain else None
        outer = [unknown for unknown in self.plain if unknown is not inner]
        until = self.asked.until or UNTIL.get(len(outer), UNTIL_MANY if outer else FAR)
        limits = {unknown.name: until for unknown in outer}
        found: list[Solution] = []
        for flags, applied, wants in self.cases:
            wants = wants + list(sensible(applied)) if applied is not None else wants
            for values in smallest_first([range(one.low, until + 1) for one in outer]):
                known = {**flags, **dict(zip([one.letter for one in outer], values, strict=True))}
                if inner is None:
                    solution = self.at(known)
                    found += [solution] if solution else []
                    continue
                ranges = [Range(inner.low, until)]
                if applied is not None:
                    try:
                        ranges = self.candidates(inner, known, wants)
                    except TooWide:
                        ranges = [Range(inner.low, until)]
                for each in ranges:
                    last = each.last
                    if last is None or last > max(until, each.first + until):
                        last = max(until, each.first + until)
                        limits[inner.name] = max(limits.get(inner.name, 0), last)
                    for value in range(each.first, last + 1):
                        solution = self.at({**known, inner.letter: value})
                        if solution is not None and not is_needless(solution):
                            found.append(solution)
                if len(found) > MAX_FOUND:
                    return found, False, limits
        return found, True, limits


def verified(holds: Callable[[int], bool], where: Range, whole: int = MAX_RUN, far: int = FAR) -> list[Run]:
    """The values of a range that really do: every one of a short range, the beginning and the end of a long one."""
    first, last = where
    if last is not None and last - first < whole:
        return as_runs([value for value in range(first, last + 1) if holds(value)])
    look = min(LOOK, whole)
    hits = [value for value in range(first, first + look) if holds(value)]
    if len(hits) < 2 and hits[-1:] != [first + look - 1]:
        hits = [value for value in range(first, min(first + far, last or first + far)) if holds(value)]
    found = as_runs(hits)
    tail = found[-1] if found else None
    if tail is None or tail.last is None or len(hits) < 2 or tail.last + tail.step < first + look:
        return found
    if last is None:
        return [*found[:-1], tail._replace(last=None)]
    # Beside the equations stand inequalities and divisibility: only where it ends is still to be found.
    low, high = 0, (last - tail.first) // tail.step
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(tail.first + middle * tail.step) else (low, middle - 1)
    return [*found[:-1], tail._replace(last=tail.first + low * tail.step)]


INNER = {"n": 0, "p": 1, "f": 2, "c": 3, "op": 6, "g": 6, "s": 7, "d": 8}  # who is found by inversion, others by trial


def smallest_first(ranges: list[range]) -> Iterator[tuple[int, ...]]:
    """All tuples of the ranges, those of small numbers first."""
    yield from sorted(product(*ranges), key=lambda values: (max(values, default=0), values))


def sensible(applied: Applied) -> Iterator[Constraint]:
    """Where several values are free: no window lies wholly in the padding, and none is larger than the input."""
    window = applied.setting.kind.window
    for index, axis in enumerate(applied.axes if window.type in ("slide", "spread") else ()):
        reach = evaluate(tree(window.reach), {**applied.letters, **axis})
        if "p_l" in axis:
            yield Constraint("sensible", index, to_tree(reach - axis["p_l"]), 1, None)
        if window.type == "slide":
            yield Constraint("sensible", index, to_tree(axis["n"] - reach), 0, None)


def is_needless(solution: Solution) -> bool:
    """A dilation says nothing of a window of one cell."""
    return "dilation" in solution.values and any(
        axis.get("k") == 1 and axis["d"] != 1 for axis in solution.applied.axes
    )


def joined(ranges: list[Range]) -> list[Range]:
    """The same integers as ranges apart from one another, in order."""
    found: list[Range] = []
    for each in sorted(ranges, key=lambda each: each.first):
        if found and (found[-1].last is None or each.first <= found[-1].last + 1):
            before = found[-1]
            ends = (before.last, each.last)
            found[-1] = Range(before.first, None if None in ends else max(end for end in ends if end is not None))
        else:
            found.append(each)
    return found


def as_runs(values: list[int]) -> list[Run]:
    """Values in order as runs of equal steps: 2, 4, 6 is one run; two values that are no neighbours are two."""
    runs: list[Run] = []
    for value in values:
        before = runs[-1] if runs else None
        assert before is None or before.last is not None
        if before and before.first == before.last and value - before.first == 1:
            runs[-1] = Run(before.first, value, 1)
        elif before and before.last != before.first and value == before.last + before.step:
            runs[-1] = before._replace(last=value)
        elif (
            len(runs) > 1 and before and before.first == before.last and runs[-2].first == runs[-2].last
            and value - before.first == before.first - runs[-2].first
        ):  # fmt: skip
            runs[-2:] = [Run(runs[-2].first, value, value - before.first)]
        else:
            runs.append(Run(value, value))
    return runs


def simplicity(solution: Solution) -> tuple[Any, ...]:
    """Simplest first: equal sides, an odd kernel, no dilation, nothing added to the output, small numbers."""
    applied, values = solution.applied, solution.values
    numbers = [part for name, value in values.items() if name != "input" for part in flat(value)]
    kernels = [axis["k"] for axis in applied.axes if "k" in axis]
    spread = applied.setting.kind.window.type == "spread"
    return (
        any(isinstance(value, tuple) and len(set(value)) > 1 for value in values.values()),
        not spread and any(isinstance(kernel, int) and kernel % 2 == 0 for kernel in kernels),
        any(isinstance(axis.get("d"), int) and axis["d"] > 1 for axis in applied.axes),
        any(axis.get("op") for axis in applied.axes),
        sum(numbers),
        [part for value in values.values() for part in flat(value)],
    )


def flat(value: Any) -> list[int]:
    return [number for part in value for number in flat(part)] if isinstance(value, tuple) else [int(value)]


# The answer


def answer(asked: Question) -> Answer:
    """All that is known of a question's unknowns; a Problem where the question itself is wrong."""
    layer = Layer(asked)
    if layer.names:
        return in_symbols(asked, layer)
    search = Search(layer)
    if len(search.plain) == 1 and not any(unknown.flag for unknown in layer.unknowns):
        return with_reasons(one(asked, search), search)
    return several(asked, search)


def one(asked: Question, search: Search) -> Answer:
    """The values of the only unknown."""
    layer = search.layer
    runs, solutions, complete = search.runs()
    count = None if any(run.last is None for run in runs) else sum(run.count for run in runs)
    limits = {} if complete else {layer.unknowns[0].name: layer.unknowns[0].low + FAR}
    found = Answer(asked, tuple(layer.unknowns), tuple(solutions), tuple(runs), count, complete, limits)
    return found if solutions else by_axis(found, search)


def several(asked: Question, search: Search) -> Answer:
    found, complete, limits = search.table()
    found.sort(key=simplicity)
    table = Answer(asked, tuple(search.layer.unknowns), tuple(found), (), len(found), complete, limits)
    if not found:
        table = by_axis(table, search)
    return table if table.solutions else table._replace(refusal=search.refusal())


def by_axis(found: Answer, search: Search) -> Answer:
    """Where no value does along every axis: each axis by itself, and then all together."""
    if search.layer.rank < 2 or all(map(is_alike, search.cases)):
        return found
    apart = Search(Layer(found.question, "single"))
    unknowns = apart.layer.unknowns
    if all(unknown.axis is None for unknown in unknowns):
        return found
    each = [along(apart, [one for one in unknowns if one.axis == axis], axis) for axis in (None, *range(apart.layer.rank))]
    solutions = []
    for places in islice(smallest_first([range(min(len(values), MAX_RUN)) for values in each]), MAX_FOUND):
        chosen = [values[place] for values, place in zip(each, places, strict=True)]
        solution = apart.at({letter: value for part in chosen for letter, value in part.items()})
        if solution is not None:
            solutions.append(solution)
    solutions.sort(key=simplicity)
    return found._replace(solutions=tuple(solutions), count=len(solutions), unknowns=tuple(unknowns))


def is_alike(case: tuple[dict[str, int], Applied | None, list[Constraint]]) -> bool:
    """Whether the same is known and wanted of every axis: what would do for one does for all."""
    _, applied, wants = case
    if applied is None or any(axis != applied.axes[0] for axis in applied.axes):
        return False
    of_axes = [{(want.tree, want.low, want.high) for want in wants if want.axis == axis} for axis in range(len(applied.axes))]
    return all(each == of_axes[0] for each in of_axes)


def along(search: Search, unknowns: list[Unknown], axis: int | None) -> list[dict[str, int]]:
    """Values of one axis's unknowns that give it what is wanted, as the formulas have it; None is for the channels."""
    if not unknowns:
        return [{}]
    _, applied, wants = search.cases[0]
    if applied is None:
        return []
    mine = [want for want in wants if want.axis == axis]
    if len(unknowns) > 1 and axis is not None:
        mine += [want for want in sensible(applied) if want.axis == axis]
    *outer, inner = sorted(unknowns, key=lambda unknown: -INNER.get(unknown.symbol, 5))
    until = search.asked.until or UNTIL.get(len(outer), UNTIL_MANY if outer else FAR)
    found: list[dict[str, int]] = []
    for values in smallest_first([range(one.low, until + 1) for one in outer]):
        known = dict(zip([one.letter for one in outer], values, strict=True))
        for each in search.candidates(inner, known, mine):
            last = until if each.last is None else each.last
            found += [{**known, inner.letter: value} for value in range(each.first, min(last, each.first + until) + 1)]
        if len(found) > MAX_FOUND:
            break
    return found


def in_symbols(asked: Question, layer: Layer) -> Answer:
    """The unknown as a formula in the other letters, put in to prove it."""
    unknowns = tuple(layer.unknowns)
    if len(unknowns) != 1 or unknowns[0].flag:
        raise problem("Q004", f"with letters left, one value can be unknown, not {len(unknowns)}",
                      "numbers for the letters, or for all question marks but one")  # fmt: skip
    (unknown,) = unknowns
    applied = layer.apply({unknown.letter: symbol(unknown.letter)})
    wants = [want for want in constraints(asked, applied) if has(want.tree, unknown.letter)]
    blank = Answer(asked, unknowns)
    if not wants:
        raise without_effect(unknown, asked)
    want = wants[0]
    if want.low != want.high or want.low is None:
        raise problem("Q004", "with letters left, a bound cannot be solved", "numbers for the letters")
    equations = tuple(symbolic_equation(asked, applied, unknown, want))
    blank = blank._replace(equations=equations)
    try:
        value = formula_for(asked, applied, unknown, want)
    except ExprError:
        return blank
    whole = isinstance(value, int)
    if whole and value < unknown.low:
        return blank
    try:
        proof = layer.apply({unknown.letter: value})
    except (Problem, *NEVER):
        proof = None
    if proof is not None and meets(asked, proof) and (whole or isinstance(value, Poly)):
        solution = Solution({unknown.name: value}, proof)
        return blank._replace(solutions=(solution,), symbolic=value, count=1)
    found = blank
    if hasattr(value, "denominator") and unknown.name == "padding":
        found = found._replace(uneven=uneven(asked))
    return found._replace(odds=halves(unknown, value))


def formula_for(asked: Question, applied: Applied, unknown: Unknown, want: Constraint) -> Value:
    """The unknown brought out of the formula of a size, else out of its normal form."""
    if want.axis is not None:
        text, axis = applied.size, applied.axes[want.axis]
        known = {letter: value for letter, value in {**applied.letters, **axis}.items() if letter != unknown.symbol}
        target = wanted_output(asked, applied.output)[1 + want.axis]
        if asked.keeps:
            target = applied.input[0][1 + want.axis]
        try:
            return isolated(tree(text), unknown.symbol, known, target)
        except ExprError:
            pass
    names = {letter: symbol(letter) for letter in letters(want.tree) if letter != unknown.letter}
    return isolated(want.tree, unknown.letter, names, want.low or 0)


def halves(unknown: Unknown, value: Value) -> Odds | None:
    if not hasattr(value, "denominator") or isinstance(value, int):
        return None
    return Odds(unknown.symbol, -value.numerator, value.denominator, value.denominator)  # type: ignore[union-attr]


def symbolic_equation(asked: Question, applied: Applied, unknown: Unknown, want: Constraint) -> Iterator[Equation]:
    if want.axis is None or not applied.axes:
        return
    shown = {letter: to_tree(value) for letter, value in {**applied.letters, **applied.axes[want.axis]}.items()}
    shown[unknown.symbol] = unknown.symbol
    target = applied.input[0][1 + want.axis] if asked.keeps else wanted_output(asked, applied.output)[1 + want.axis]
    yield Equation("size", (want.axis,), (Relation(None, put_in(tree(applied.size), shown), None),), (), ())
    yield Equation("target", (want.axis,), (Relation(None, to_tree(target), None),))


def uneven(asked: Question) -> tuple[Solution, ...]:
    """Solutions with one more cell of padding after than before; none where the padding is not all that is unknown."""
    layer = Layer(asked, "uneven")
    if [unknown.name for unknown in layer.unknowns] != ["padding"] or not layer.rank:
        return ()
    if layer.names:
        unknown = layer.unknowns[0]
        applied = layer.apply({unknown.letter: symbol(unknown.letter)})
        want = next(want for want in constraints(asked, applied) if has(want.tree, unknown.letter))
        names = {letter: symbol(letter) for letter in letters(want.tree) if letter != unknown.letter}
        try:
            value = isolated(want.tree, unknown.letter, names, want.low or 0)
            proof = layer.apply({unknown.letter: value})
        except (Problem, *NEVER):
            return ()
        fits = isinstance(value, int) and value >= 0 and meets(asked, proof)
        return (layer.solution({unknown.letter: value}, proof),) if fits else ()
    try:
        return tuple(Search(layer).runs()[1][:8])
    except Problem:
        return ()


# Why, and what else


def without_effect(unknown: Unknown, asked: Question) -> Problem:
    wants = "the size" if not asked.bounds else "what is wanted"
    hint = "give a target, such as 64x112x112, or --parameters, --macs, --receptive-field"
    return problem("Q005", f"{unknown.name} has no effect on {wants}", hint)


def with_reasons(found: Answer, search: Search) -> Answer:
    """The equations worked; where there is no solution, why, and what comes nearest."""
    (unknown,) = search.plain
    flags, applied, wants = search.cases[0]
    if applied is None:
        return found if found.solutions else found._replace(refusal=search.refusal())
    if not any(has(want.tree, unknown.letter) for want in wants) and not exact(found.question):
        open_target = found.question.target is not None and not found.question.keeps
        if not (open_target and not wants):
            raise without_effect(unknown, found.question)
    found = found._replace(equations=tuple(worked(found, applied, wants, unknown)))
    if unknown.name == "padding" and not any(not any(solution.unused) for solution in found.solutions):
        better = uneven(found.question)
        if found.solutions:
            better = tuple(solution for solution in better if solution.unused and not any(solution.unused))
        found = found._replace(uneven=better)
    if found.solutions:
        return found
    nearest = [solution for want in wants for solution in near(search, unknown, want)]
    odds = odd(found.question, applied, unknown)
    refusal = None if odds or not would_do(found, unknown) else search.refusal()
    return found._replace(odds=odds, nearest=tuple(nearest[:4]), refusal=refusal)


def would_do(found: Answer, unknown: Unknown) -> bool:
    """Whether the equations alone have a common solution, so that something else refuses it."""
    ranges = [Range(unknown.low, None)]
    for equation in found.equations:
        ranges = common(ranges, list(equation.runs))
    return bool(ranges)


def exact(asked: Question) -> bool:
    return asked.convention == "textbook"


def worked(found: Answer, applied: Applied, wants: list[Constraint], unknown: Unknown) -> Iterator[Equation]:
    """One equation for each thing wanted, equal axes once."""
    seen: dict[Any, Equation] = {}
    for want in wants:
        runs = tuple(want.ranges(unknown.letter, {}, unknown.low)) if has(want.tree, unknown.letter) else ()
        below: tuple[Range, ...] = ()
        if not runs and has(want.tree, unknown.letter):
            try:
                below = tuple(each for each in want.ranges(unknown.letter, {}, -FAR) if each.first < unknown.low)
            except TooWide:
                below = ()
        steps = tuple(shown(found, applied, want, unknown))
        key = (want.what, steps)
        known = seen.get(key)
        axes = () if want.axis is None else (want.axis,)
        seen[key] = known._replace(axes=known.axes + axes) if known else Equation(want.what, axes, steps, runs, below)
    yield from seen.values()


def shown(found: Answer, applied: Applied, want: Constraint, unknown: Unknown) -> Iterator[Relation]:
    """The formula of what is wanted with its numbers put in, and what follows for the unknown."""
    kind = applied.setting.kind
    example = found.solutions[0].applied if found.solutions else applied
    values: dict[str, Any] = dict(applied.letters)
    text = {"channels": kind.channels, "features": kind.channels, "receptive_field": kind.window.reach}.get(want.what, "")
    if want.what in ("parameters", "macs"):
        text = getattr(kind, want.what)
        if want.what == "parameters" and not values.get("b", 1):
            values["b"] = 0
    if want.axis is not None or want.what == "receptive_field":
        text = text or example.size
        values.update(applied.axes[want.axis or 0] if applied.axes else {})
    trees: dict[str, Expr] = {letter: to_tree(value) for letter, value in values.items()}
    for letter, whole in (("k", "K"), ("s", "S"), ("n", "M")):
        if whole in trees and applied.axes and letter in applied.axes[0]:
            trees[whole] = Mul(tuple(to_tree(axis[letter]) for axis in applied.axes))
    if "N" in trees and len(applied.output) > 1:
        trees["N"] = Mul(tuple(map(to_tree, applied.output[1:])))
    try:
        left = put_in(tree(text), trees)
        same = text and set(letters(left)) <= {unknown.letter} and agrees(left, want, unknown)
    except (ExprError, KeyError):
        same = False
    if not same:
        left = want.tree
    if want.low is None or want.low != want.high or not has(left, unknown.letter):
        yield Relation(want.low, left, want.high)
        return
    try:
        yield from relations(left, unknown.letter, want.low, exact(found.question))
    except ExprError:
        yield Relation(want.low, left, want.high)


def agrees(left: Expr, want: Constraint, unknown: Unknown) -> bool:
    """Whether a formula as it is shown is the one that was solved, tried on a few numbers."""
    return all(
        evaluate(left, {unknown.letter: number}) == evaluate(want.tree, {unknown.letter: number})
        for number in (1, 2, 3, 5, 8, 13)
    )


def odd(asked: Question, applied: Applied, unknown: Unknown) -> Odds | None:
    """Why no value at all fits exactly: n + 2p − k is never a multiple of the stride."""
    if not exact(asked) or not applied.axes:
        return None
    for axis in applied.axes:
        stride = axis.get("s")
        if not isinstance(stride, int) or stride < 2 or "k" not in axis:
            continue
        known = {letter: to_tree(value) for letter, value in {**applied.letters, **axis}.items()}
        top = put_in(tree("n + 2*p - d*(k - 1) - 1"), known)
        base, following, third = (evaluate(top, {unknown.letter: number}) for number in (0, 1, 2))
        factor = following - base
        if third - following == factor and isinstance(base, int) and isinstance(factor, int):
            if all((base + factor * number) % stride for number in range(stride)):
                return Odds(unknown.symbol, base, factor, stride)
    return None


def near(search: Search, unknown: Unknown, want: Constraint) -> Iterator[Solution]:
    """What a value just below and just above the target gives, where that is a layer at all."""
    if not has(want.tree, unknown.letter) or ((want.low is None) == (want.high is None) and want.low != want.high):
        return
    candidates = set()
    for bound, side in ((want.low, -1), (want.high, 1)):
        if bound is None:
            continue
        slack = difference(bound, want.tree) if side < 0 else difference(want.tree, bound)
        try:
            for each in solve_inequality(slack, unknown.letter, {}, unknown.low):
                candidates |= {each.first} | ({each.last} if each.last is not None else set())
        except TooWide:
            continue
    found = []
    for value in candidates:
        try:
            applied = search.layer.apply({unknown.letter: value})
        except (Problem, ExprError):
            continue
        reached = evaluate(want.tree, {unknown.letter: value})
        middle = want.low if want.low is not None else want.high
        assert middle is not None
        found.append((abs(reached - middle), value, search.layer.solution({unknown.letter: value}, applied)))
    for _, _, solution in sorted(found, key=lambda entry: entry[:2])[:2]:
        yield solution
