"""A layer kind on its way to being applied to shapes: what the records' own functions see, and what it needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, reduce
from itertools import chain
from operator import mul
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from convcalc.algebra.expr import (
    Expr,
    ExprError,
    Mul,
    Neg,
    Ratio,
    Sum,
    evaluate,
    is_number,
    is_symbolic,
    letters,
    substitute,
)
from convcalc.algebra.parser import parse
from convcalc.layers import compare, sides, sorted_keys
from convcalc.problem import Diagnostic, Problem, problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.algebra.condition import Condition
    from convcalc.algebra.expr import Value
    from convcalc.layers import Convention, Key, Kind, Need, Shape

    Axis: TypeAlias = dict[str, Value]  # the letters of one axis: n, k, s, p_l, p_r, …

Found = TypeVar("Found")
AXES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}
MAX_DIVISOR = 1 << 14  # of the divisors that a cure names
SIDED: dict[Expr, Expr] = {Mul((2, "p")): Sum(("p_l", "p_r")), "p": "p_l"}


@lru_cache(maxsize=1024)
def tree(text: str, sided: bool = False) -> Expr:
    """A formula's tree; with unequal sides of padding, 2p reads p_l + p_r."""
    parsed = parse(text)
    return substitute(parsed, SIDED) if sided else parsed


@lru_cache(maxsize=1024)
def letters_of(text: str) -> frozenset[str]:
    return frozenset(letters(tree(text)))


def is_uneven(axis: Mapping[str, Value]) -> bool:
    return "p_l" in axis and axis["p_l"] != axis["p_r"]


def product(sizes: Iterable[Value]) -> Value:
    return reduce(mul, sizes, 1)


class Case:
    """A kind with the shapes of its inputs (channels first) and, as they become known, its values and letters."""

    def __init__(
        self, kind: Kind, shapes: tuple[Shape, ...], convention: Convention, channels_last: bool, on_map: bool,
        cured: bool = True, dims: int = 0, channels: int = 0,
    ):  # fmt: skip
        self.kind, self.shapes, self.convention = kind, shapes, convention
        self.channels_last, self.on_map = channels_last, on_map
        self.cured = cured  # whether an error tells its cures: a search reads none of them
        self.dims = dims  # axes beside the channels, where the layer's name says so
        self.channels = channels  # the axis of the channels: of the input, then of the output
        self.shape: Shape = shapes[0] if shapes else ()
        self.values: dict[str, Any] = {}  # by key, one value per axis
        self.axes: tuple[Axis, ...] = ()
        self.letters: dict[str, Value] = {}
        self.word = ""  # what was said of the padding, where that was no number
        self.padded = ""  # the formula of the cells that the word adds along an axis
        self.along: int | None = None  # the axis of the output that alone has another size, joined or halved
        self.sizes: tuple[str, ...] = ()  # the formula of each axis of the output
        self.needs: tuple[Need, ...] = ()  # what must hold of it
        self.conditions: list[Condition] = []  # on its symbols, without which it could not be applied

    @property
    def rank(self) -> int:
        """Number of axes beside the channels, and the steps of a series of maps."""
        return len(self.shape) - 1 - self.kind.steps

    # Where the features of a linear layer are: on the axis that is written last.

    @property
    def features_first(self) -> bool:
        return self.channels_last or (self.on_map and self.convention.dense_on_maps)

    @property
    def features(self) -> Value:
        return self.shape[0] if self.features_first else self.shape[-1]

    @property
    def channels_or_features(self) -> Value:
        """Of a map, which the name of a layer may say that it is, the channels."""
        return self.shape[0] if self.on_map or self.dims else self.features

    def steps_first(self, shape: Shape) -> Shape:
        """The shape with its features last: (steps, features)."""
        return (*shape[1:], shape[0]) if self.features_first else shape

    def with_features(self, units: Value) -> Shape:
        return (units, *self.shape[1:]) if self.features_first else (*self.shape[:-1], units)

    # The axes as the network's layout has them.

    def to_layout(self, shape: Shape) -> Shape:
        return (*shape[1:], shape[0]) if self.channels_last else shape

    def from_layout(self, shape: Shape) -> Shape:
        return (shape[-1], *shape[:-1]) if self.channels_last else shape

    def axis_of(self, place: int) -> int:
        """The axis, channels first, that is written at a place."""
        return (place + 1) % len(self.shape) if self.channels_last else place

    def show(self, shape: Shape) -> str:
        from convcalc.algebra.notation import write_shape

        return write_shape(self.to_layout(shape))

    def place(self, axis: int, what: str = "axis") -> int:
        """An axis counted as frameworks do, the batch being 0, as an index into a shape as it is written."""
        rank = len(self.shape)
        if not isinstance(axis, int):
            raise problem("V001", f"{what} must be a number, not {axis}", f"1 to {rank}")
        index = axis - 1 if axis > 0 else axis + rank
        if axis in (0, -rank - 1):
            raise problem("C014", f"{what}={axis} is the batch axis, which stays as it is", f"1 to {rank}")
        if not 0 <= index < rank:
            raise problem(
                "C014", f"there is no axis {axis}: the input has axes 1 to {rank}", f"1 to {rank}, or -1 to -{rank}"
            )
        return index

    def place_or_channels(self, axis: int | None) -> int:
        if axis is None:
            return len(self.shape) - 1 if self.channels_last else 0
        return self.place(axis)

    # Formulas on an axis.

    def along_axes(self, value: Callable[[Axis], Found]) -> tuple[Found, ...]:
        """A value for each axis; equal axes have it worked out once."""
        axes = self.axes
        return (value(axes[0]),) * len(axes) if axes.count(axes[0]) == len(axes) else tuple(map(value, axes))

    def size_text(self, axis: Mapping[str, Value]) -> str:
        """The formula of the output's size that is in force: the convention's, or the kind's own."""
        kind, convention = self.kind, self.convention
        which = self.situation(axis)
        text = convention.sizes.get((kind.rules, which))
        if text is None and which == "same":
            text = convention.same[kind.rules].size
        return text or kind.sizes.get(which) or kind.sizes[""]

    def situation(self, axis: Mapping[str, Value]) -> str:
        """Which of a kind's size formulas is in force."""
        values, word = self.values, self.word
        if word and "output_padding" in values:
            return word if values["output_padding"] is None else f"{word} op"
        if word.startswith("same"):
            return "same"
        if values.get("ceil"):
            return "clipped" if self.may_start_outside(axis) else "ceil"
        sizes = self.kind.sizes
        return next((key for key in ("output", "multiple") if key in sizes and values.get(key) is not None), "")

    def may_start_outside(self, axis: Mapping[str, Value]) -> bool:
        """Whether the last window of a pooling that rounds up might start in the padding, and is then dropped."""
        if self.convention.clips_padded_only:
            return any(one["p_l"] != 0 or one["p_r"] != 0 for one in self.axes)
        if axis["p_l"] != 0 or axis["p_r"] != 0:
            return True
        reach, stride = evaluate(tree("d*(k - 1) + 1"), axis), axis["s"]
        return not (isinstance(reach, int) and isinstance(stride, int) and reach >= stride)

    def size_on(self, axis: Mapping[str, Value]) -> Value:
        return evaluate(tree(self.size_text(axis), is_uneven(axis)), {**self.letters, **axis})

    # Checks and small arithmetic that several records share.

    def holds(self, left: Value, operator: str, right: Value, told: bool = True) -> bool:
        """Whether left =, ≤ or is a multiple of right ("==", "<=", "%"); what only some symbols meet is a condition.

        It is a condition of several letters only if it is to be told.
        """
        if isinstance(left, int) and isinstance(right, int):
            return left == right if operator == "==" else left <= right if operator == "<=" else not left % right
        from convcalc.algebra.condition import Condition, verdict, whole_condition
        from convcalc.algebra.substitution import symbols

        condition = whole_condition(Condition(left, operator, right))
        found = verdict(condition)
        told = told or len(symbols(condition.difference)) == 1
        if found is None and told and condition not in self.conditions:
            self.conditions.append(condition)
        return found is not False

    def agreed(self, sizes: set[Value]) -> Value | None:
        """The one size that all of these are, maybe under a condition; None where they never are."""
        if len(sizes) == 1:
            return next(iter(sizes))
        if all(isinstance(size, int) for size in sizes):
            return None
        from convcalc.algebra.condition import shortest_form

        one = shortest_form(sizes)
        return one if all(self.holds(one, "==", other) for other in sizes if other != one) else None

    def demand_multiple(self, number: Value, of: Value, what: str, why: str, setting: str = "") -> None:
        """Raise unless `number` is a multiple, or may be one; `setting` is the key of the layer that says of what."""
        if of == 0 or not self.holds(number, "%", of):
            below = number - number % of if isinstance(number, int) and isinstance(of, int) and of else 0
            if not isinstance(number, int) or not isinstance(of, int):
                raise problem("C002", f"{number} {what} can never be divided by {of}: {why}")
            hint = f"the nearest that can: {f'{below} or ' if below else ''}{below + of}"
            if setting:
                divisors = [each for each in range(1, min(number, MAX_DIVISOR) + 1) if number % each == 0]
                near = sorted(sorted(divisors, key=lambda each: abs(each - of))[:2])
                hint = f"{setting} = {' or '.join(map(str, near))}"
            raise problem("C002", f"{number} {what} cannot be divided by {of}: {why}", hint)

    def set_padding(self, axis: Axis, before: Value, after: Value) -> tuple[Value, Value]:
        axis["p"] = axis["p_l"] = before
        axis["p_r"] = after
        return before, after

    def check_value(self, key: Key, given: Value | None, actual: Value, what: str) -> None:
        """Raise where a value that follows from the input was given, and is another."""
        if given is not None and not self.holds(actual, "==", given):
            noun = what.removesuffix("s") if actual == 1 else what
            message = f"{key.name} is {given}, the input has {actual} {noun}"
            raise problem("C012", message, f"write {actual}, or leave it out", right=(key.name, str(actual)))


def check(case: Case) -> None:
    """Raise for the first need of a case that is not met, on the first axis where it is not."""
    check_lowest(case)
    axes, letters = case.axes, case.letters
    of_axes = axes[0].keys() - letters.keys() if axes else set[str]()
    known = {place: {**letters, **axis} for place, axis in enumerate(axes) if not place or axis != axes[0]}
    for need in case.needs:
        left, _, right = sides(need.condition)
        if of_axes.isdisjoint(letters_of(left)) and of_axes.isdisjoint(letters_of(right)):
            meet(case, need, letters, "")
        else:
            for place in known:
                meet(case, need, known[place], AXES[len(axes)][place])


def check_lowest(case: Case) -> None:
    """Raise for a value in letters that is below its key's lowest whatever they are: k=1−K; numbers are read so."""
    for key in sorted_keys(case.kind).counted:
        if key.type not in ("count", "axes", "padding") or type(case.values[key.name]) is int:
            continue
        for value in numbers_in(case.values[key.name]):
            if is_symbolic(value) and not case.holds(key.low, "<=", value):
                raise problem("V002", f"{key.name} must be at least {key.low}, not {value}", f"{key.name}={key.low}")


def numbers_in(value: Any) -> Iterable[Any]:
    """Those of a setting: one, one per axis, or one before and one after along each."""
    if not isinstance(value, tuple):
        return (value,)
    return [number for part in value for number in (part if isinstance(part, tuple) else (part,))]


@lru_cache(maxsize=256)
def words_of(condition: str) -> frozenset[str]:
    return frozenset(condition.split(", "))


def needs(case: Case) -> Iterator[Need]:
    """What a layer needs as it is written: by its convention, for every word that holds of it, and by its kind."""
    kind, values = case.kind, case.values
    words = {kind.rules, f"{kind.name} layer", f"{len(case.axes)}d", case.word.partition("_")[0]}
    listed = (found for condition, found in case.convention.needs.items() if words_of(condition) <= words)
    for need in chain(*listed, kind.needs):
        if not (need.unless and values.get(need.unless)) and (not need.when or values.get(need.when)):
            yield need


def meet(case: Case, need: Need, known: Mapping[str, Value], axis: str) -> None:
    """Raise where a restriction is not met; what only some symbols meet becomes a condition."""
    sided = is_uneven(known)
    if may_be_met(case, need, known, sided):
        return
    found = []
    if case.cured:
        from convcalc.layers.cure import cures

        found = cures(case, need, known, sided)
    if need.hint:
        found.append(fill(need.hint, known, sided))
    raise Problem(
        Diagnostic(
            need.code, fill(need.message, known, sided), ", or ".join(found),
            note=f"input {case.show(case.shape)}", axis=axis,
        )
    )  # fmt: skip


def may_be_met(case: Case, need: Need, known: Mapping[str, Value], sided: bool) -> bool:
    """Whether a need holds, for some symbols at least; one with a letter that is missing here is taken on trust."""
    left_tree, operator, right_tree = trees_of(need.condition, sided)
    try:
        left, right = evaluate(left_tree, known), evaluate(right_tree, known)
    except ExprError:
        return True
    if operator == "%":
        return right != 0 and case.holds(left, operator, right)
    if is_number(left) and is_number(right):
        return compare(left, operator, right)
    if operator == "<":
        return case.holds(left + 1, "<=", right)
    return case.holds(left, operator, right)


@lru_cache(maxsize=512)
def trees_of(condition: str, sided: bool) -> tuple[Expr, str, Expr]:
    """The trees of a condition and what is between them; of `number % divisor == 0` the number and the divisor."""
    left, operator, right = sides(condition)
    match tree(left, sided):
        case Sum((number, Neg(Mul((divisor, Ratio(again, _, "floor")))))) if again == number and right == "0":
            return number, "%", divisor
    return tree(left, sided), operator, tree(right, sided)


def fill(template: str, known: Mapping[str, Value], sided: bool = False) -> str:
    """A message with its {formulas} evaluated."""

    def value(match: re.Match[str]) -> str:
        try:
            return str(evaluate(tree(match[1], sided), known))
        except ExprError:
            return match[1]

    return re.sub(r"\{([^{}]*)\}", value, template)
