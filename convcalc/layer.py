"""One layer applied to the shapes of its inputs: letters bound, restrictions checked, formulas ready to evaluate."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from convcalc.expr import Expr, ExprError, Mul, Sum, ceil_divide, evaluate, floor_divide, letters, parse, substitute
from convcalc.problem import Diagnostic, Problem, problem

if TYPE_CHECKING:
    from convcalc.convention import Convention
    from convcalc.expr import Value
    from convcalc.kinds.record import Key, Kind, Need, Shape

AXES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}
SIDED: dict[Expr, Expr] = {Mul((2, "p")): Sum(("p_l", "p_r")), "p": "p_l"}


class Setting(NamedTuple):
    """A layer as written: its kind, its values by key (not yet spread over axes), and what its name demands."""

    kind: Kind
    values: tuple[tuple[str, Any], ...] = ()
    dims: int = 0
    convention: str = ""  # that of the framework whose call was pasted; empty for the network's


class Applied(NamedTuple):
    """What a layer does to its input; quantities are evaluated from `letters` and `axes` on demand."""

    setting: Setting
    input: tuple[Shape, ...]
    output: Shape
    values: dict[str, Any]  # by key, one value an axis: lists as reports show them
    axes: tuple[dict[str, Value], ...]  # letters of each axis
    letters: dict[str, Value]  # letters of the layer
    size: str  # the formula of one axis of the output
    on_map: bool  # channels and axes, as a convolution leaves them
    parameters: Value
    biases: Value
    buffers: Value
    macs: Value
    connections: Value
    activations: Value


class Case:
    """A kind on its way to being applied; what the records' own functions see."""

    __slots__ = (
        "axes",
        "channels_last",
        "convention",
        "kind",
        "letters",
        "on_map",
        "shape",
        "shapes",
        "size",
        "values",
    )

    def __init__(
        self, setting: Setting, shapes: tuple[Shape, ...], convention: Convention, channels_last: bool, on_map: bool
    ):
        self.kind: Kind = setting.kind
        self.shapes, self.convention, self.channels_last, self.on_map = shapes, convention, channels_last, on_map
        self.shape: Shape = shapes[0]
        self.values: dict[str, Any] = {}
        self.axes: tuple[dict[str, Value], ...] = ()
        self.letters: dict[str, Value] = {}
        self.size = ""

    @property
    def rank(self) -> int:
        """Number of axes beside the channels."""
        return len(self.shape) - 1

    @property
    def feature_axis(self) -> int:
        """Where the features of a linear layer stand: last as written, so first when channels are written last."""
        return 0 if self.channels_last or (self.on_map and self.convention.dense_on_maps) else -1

    @property
    def channels_or_features(self) -> Value:
        return self.shape[0] if self.on_map else self.shape[self.feature_axis]

    def with_features(self, units: Value) -> Shape:
        if self.feature_axis:
            return (*self.shape[:-1], units)
        return (units, *self.shape[1:])

    def to_layout(self, shape: Shape) -> Shape:
        return (*shape[1:], shape[0]) if self.channels_last else shape

    def from_layout(self, shape: Shape) -> Shape:
        return (shape[-1], *shape[:-1]) if self.channels_last else shape

    def show(self, shape: Shape) -> str:
        return "×".join(map(str, self.to_layout(shape)))

    def demand_multiple(self, number: Value, of: Value, what: str, why: str) -> None:
        """Raise unless `number` is a multiple; a symbolic one is taken on trust."""
        if isinstance(number, int) and isinstance(of, int) and (not of or number % of):
            below = number - number % of if of else 0
            nearest = f"{below} or {below + of}" if below else f"{of}"
            raise problem(
                "C002", f"{number} {what} cannot be divided by {of}: {why}", f"the nearest that can: {nearest}"
            )

    def exactly(self, number: Value, by: Value) -> Value:
        if isinstance(number, int) and isinstance(by, int):
            return number // by
        from convcalc.expr import divide

        return divide(number, by)


@lru_cache(maxsize=1024)
def tree(text: str, sided: bool = False) -> Expr:
    """A formula's tree; with unequal sides of padding, 2p reads p_l + p_r."""
    parsed = parse(text)
    return substitute(parsed, SIDED) if sided else parsed


@lru_cache(maxsize=1024)
def axis_letters(text: str) -> frozenset[str]:
    return frozenset(letters(tree(text)))


def apply(
    setting: Setting,
    shapes: tuple[Shape, ...],
    convention: Convention,
    channels_last: bool = False,
    on_map: bool = False,
) -> Applied:
    """The layer on these input shapes (channels first); a Problem without a mark where it cannot be."""
    kind = setting.kind
    case = Case(setting, shapes, convention, channels_last, on_map)
    check_inputs(case, setting.dims)
    case.values = spread(setting, case)
    case.axes = bind_axes(case)
    case.letters = bind_letters(case)
    if kind.letters:
        case.letters.update(kind.letters(case))
    check_needs(case)
    if kind.check:
        kind.check(case)
    output = shape_of(case)
    case.letters["N"] = product(output[1:]) if case.axes else product(output) // (output[case.feature_axis] or 1)
    if kind.shape and case.axes:
        output = kind.shape(case)
    for size in output:
        if isinstance(size, int) and size < 1:
            raise problem("C004", f"the output would be {case.show(output)}", "a size must be at least 1")
    return measure(setting, case, output)


def measure(setting: Setting, case: Case, output: Shape) -> Applied:
    kind, known = setting.kind, case.letters
    activations = product(output)

    def quantity(text: str) -> Value:
        return evaluate(parse(text), known) if text != "0" else 0

    parameters, macs = quantity(kind.parameters), quantity(kind.macs)
    if kind.biases:
        biases = quantity(kind.biases)
    elif known.get("b"):
        biases = parameters - evaluate(parse(kind.parameters), {**known, "b": 0})
    else:
        biases = 0
    if kind.connections:
        connections = quantity(kind.connections)
    else:
        connections = macs + (activations if known.get("b") else 0)
    makes = kind.makes if kind.makes != "same" else ("map" if case.on_map else "features")
    return Applied(
        setting, case.shapes, output, reported(case), case.axes, known, case.size, makes == "map" and len(output) > 1,
        parameters, biases, quantity(kind.buffers), macs, connections, activations,
    )  # fmt: skip


def product(sizes: Any) -> Value:
    total: Value = 1
    for size in sizes:
        total = total * size
    return total


def check_inputs(case: Case, dims: int) -> None:
    """Number of inputs, number of axes, and a linear layer straight after a map."""
    kind, shape = case.kind, case.shape
    if kind.inputs == 0 and len(case.shapes) < 2:
        raise problem(
            "C030", f"{kind.name} takes at least two inputs, here it has {len(case.shapes)}", "name them: from: [a, b]"
        )
    if kind.inputs > 0 and len(case.shapes) != kind.inputs:
        raise problem(
            "C030",
            f"{kind.name} takes {kind.inputs} inputs, here it has {len(case.shapes)}",
            "name them: from: [a, b]" if kind.inputs > 1 else "join them first: `concat` or `add`",
        )
    wanted = f"{dims} axes beside the channels" if dims else "channels and at least one axis"
    if (kind.takes == "map" and len(shape) < 2) or (
        dims and len(shape) != dims + 1 and not (kind.takes == "any" and len(shape) == 1)
    ):
        what = f"a vector of {shape[0]}" if len(shape) == 1 else f"{case.show(shape)}, {len(shape) - 1}-D"
        hint = (
            "put the layer before `flatten`, or use `linear`"
            if len(shape) == 1
            else f"{kind.name} alone follows the input"
        )
        raise problem("C010", f"{kind.name}{f'{dims}d' if dims else ''} needs {wanted}, its input is {what}", hint)
    if len(shape) > 4 and kind.takes == "map":
        raise problem(
            "C010", f"{kind.name} works on at most 3 axes beside the channels, its input has {len(shape) - 1}"
        )


def spread(setting: Setting, case: Case) -> dict[str, Any]:
    """Defaults filled in, and every per-axis value given one value an axis."""
    kind, given = setting.kind, dict(setting.values)
    values: dict[str, Any] = {}
    for key in kind.keys:
        value = given.get(key.name)
        if value is None:
            value = default(key, case, values)
        if key.per_axis:
            value = per_axis(key, value, output_rank(case), case)
        elif key.type in ("check", "check2"):
            if value is not None and key.type == "check":
                check_channels(key, value, case)
        elif key.type == "sides" and value is not None:
            values["amount"] = torch_sides(value, case)
        values[key.name] = value
    return values


def default(key: Key, case: Case, values: dict[str, Any]) -> Any:
    from convcalc.kinds.record import REQUIRED

    value = case.convention.defaults.get((case.kind.family, key.name), key.default)
    if isinstance(value, str) and value[:1] == "=":
        return values.get(value[1:], next((k.default for k in case.kind.keys if k.name == value[1:]), None))
    if value is REQUIRED:
        if key.name == "amount":  # PyTorch gives the sides instead
            return 0
        short = f"{key.symbol}3" if len(key.symbol) == 1 and key is not case.kind.keys[0] else f"{key.name}=…"
        raise problem(
            "V006", f"{case.kind.name} needs {key.name}: {key.doc}", f"for example `{case.kind.name} … {short}`"
        )
    return value


def output_rank(case: Case) -> int:
    """Axes of the map a layer works on; a fold makes its own."""
    if case.kind.name == "fold":
        size = case.values.get("output") or ()
        return max(len(size), 2) if isinstance(size, tuple) else 2
    return case.rank


def per_axis(key: Key, value: Any, rank: int, case: Case) -> Any:
    """The value of each axis: k5 is (5, 5) on a 2-D map, p1 is ((1, 1), (1, 1))."""
    if value is None or isinstance(value, str):
        return value
    if key.type == "padding":
        if not isinstance(value, tuple):
            return ((value, value),) * rank
        pairs = tuple(part if isinstance(part, tuple) else (part, part) for part in value)
        if len(pairs) == rank:
            return pairs
        if rank == 1 and len(value) == 2 and not any(isinstance(part, tuple) for part in value):
            return ((value[0], value[1]),)
        if case.convention.name == "onnx" and len(value) == 2 * rank:  # every beginning, then every end
            return tuple(zip(value[:rank], value[rank:], strict=True))
        if len(pairs) == 1:
            return pairs * rank
    elif not isinstance(value, tuple):
        return (value,) * rank
    elif len(value) == rank:
        return value
    elif len(value) == 1 and key.type != "output":
        return value * rank
    count = len(value)
    raise problem(
        "V007", f"{key.name} has {count} values for {rank} {'axis' if rank == 1 else 'axes'}", f"one value, or {rank}"
    )


def torch_sides(value: Any, case: Case) -> Any:
    """(left, right, top, bottom, …), last axis first, as pairs in the order of the axes."""
    rank = case.rank
    if not isinstance(value, tuple):
        return ((value, value),) * rank
    if len(value) != 2 * rank:
        raise problem(
            "V007", f"padding has {len(value)} values, {rank} {'axis takes' if rank == 1 else 'axes take'} {2 * rank}"
        )
    pairs = tuple(zip(value[::2], value[1::2], strict=True))
    return pairs[::-1]


def check_channels(key: Key, value: Value, case: Case) -> None:
    if key.name == "in_features":
        actual, what = case.shape[case.feature_axis], "features"
        if case.kind.name == "linear" and case.on_map and not case.convention.dense_on_maps and actual != value:
            flat = product(case.shape)
            if flat == value:
                raise unflattened(case)
            raise problem(
                "C012",
                f"in_features is {value}, the input {case.show(case.shape)} has {flat} when flattened",
                f"put `flatten` before it, and in_features={flat} or none",
            )
    else:
        actual, what = case.shape[0], "channels"
    if actual != value and isinstance(actual, int) and isinstance(value, int):
        raise problem(
            "C012", f"{key.name} is {value}, the input has {actual} {what}", "leave it out: it follows from the input"
        )


def unflattened(case: Case) -> Problem:
    flat = product(case.shape)
    return problem(
        "C031",
        f"a linear layer on a {case.show(case.shape)} map",
        f"put `flatten` before it: {flat} features",
        work=f"{'·'.join(map(str, case.shape))} = {flat}",
    )


def bind_axes(case: Case) -> tuple[dict[str, Value], ...]:
    """The letters of each axis: n, and the symbol of every per-axis key."""
    kind, values = case.kind, case.values
    keys = [key for key in kind.keys if key.per_axis and key.symbol]
    if not (keys or kind.takes == "map" or kind.window.type == "slide"):
        return ()
    word = values.get("padding")
    axes: list[dict[str, Value]] = []
    for index in range(min(case.rank, 3)):
        axis: dict[str, Value] = {"n": case.shape[1 + index], "d": 1}
        for key in keys:
            value = values[key.name]
            if value is None or isinstance(value, str):
                continue
            if key.type == "padding":
                axis["p"] = axis["p_l"] = value[index][0]
                axis["p_r"] = value[index][1]
            elif value[index] is None:  # an axis that keeps its size
                axis[key.symbol] = axis["n"]
            else:
                axis[key.symbol] = value[index]
        for key in kind.keys:
            if (
                key.symbol
                and not key.per_axis
                and key.type == "count"
                and key.symbol not in axis
                and values[key.name] is not None
            ):
                axis[key.symbol] = values[key.name]
        axes.append(axis)
    bound = tuple(axes)
    if isinstance(word, str):
        resolve_padding(case, word, bound)
    if kind.family == "tconv":
        find_output_padding(case, bound)
    if kind.name == "crop" and values.get("output") is not None:
        values["amount"] = tuple(centre_crop(axis) for axis in bound)
        for axis, (before, after) in zip(bound, values["amount"], strict=True):
            axis["p"] = axis["p_l"] = before
            axis["p_r"] = after
    return bound


def centre_crop(axis: Mapping[str, Value]) -> tuple[Value, Value]:
    cut = axis["n"] - axis["o"]
    if isinstance(cut, int) and cut < 0:
        raise problem("C032", f"cannot crop {axis['n']} to {axis['o']}", "pad it instead")
    before = floor_divide(cut, 2)
    return before, cut - before


def resolve_padding(case: Case, word: str, axes: tuple[dict[str, Value], ...]) -> None:
    """A padding word as cells before and after, axis by axis."""
    kind, convention = case.kind, case.convention
    pairs = []
    same = convention.same.get(kind.family)
    if word.startswith("same") and same is None:
        raise problem(
            "V008",
            f"padding `same` of {kind.name} means nothing in the {convention.name} convention",
            "give a number, or convention: keras",
        )
    for axis in axes:
        if word == "valid":
            before, after = 0, 0
        elif word == "causal":
            if len(axes) != 1:
                raise problem("V008", f"causal padding is for 1-D maps, this one is {len(axes)}-D", "p=same")
            before, after = evaluate(tree("d*(k - 1)"), axis), 0  # type: ignore[assignment]
        else:
            assert same is not None
            total = evaluate(tree(same.total), axis)
            extra = "start" if word == "same_lower" else same.extra
            before = (floor_divide if extra == "end" else ceil_divide)(total, 2)  # type: ignore[assignment]
            after = total - before  # type: ignore[assignment]
        axis["p"] = axis["p_l"] = before
        axis["p_r"] = after
        pairs.append((before, after))
    case.values["padding"] = tuple(pairs)
    case.values["padding word"] = word


def find_output_padding(case: Case, axes: tuple[dict[str, Value], ...]) -> None:
    """From `output=28x28` the output padding that gives it, or the sizes that are possible."""
    wanted = case.values.get("output")
    if wanted is None:
        return
    found = []
    for axis in axes:
        if "op" in axis and axis["op"] and case.values.get("output_padding") not in (None, (0,) * len(axes)):
            raise problem("V009", "give output or output_padding, not both")
        least = evaluate(size_tree(case, axis), {**axis, "op": 0})
        extra = axis["o"] - least
        if isinstance(extra, int) and not 0 <= extra < axis["s"]:  # type: ignore[operator]
            most = least + axis["s"] - 1
            raise problem(
                "C007",
                f"an output of {axis['o']} is not possible",
                f"sizes from {least} to {most} are" if most != least else f"only {least} is",
            )
        axis["op"] = extra
        found.append(extra)
    case.values["output_padding"] = tuple(found)


def bind_letters(case: Case) -> dict[str, Value]:
    """The letters of the whole layer: c, f, g, b, …, and the products K, M and the number of axes D."""
    kind, values, axes = case.kind, case.values, case.axes
    known: dict[str, Value] = {"c": case.shape[case.feature_axis] if kind.takes == "features" else case.shape[0]}
    for key in kind.keys:
        value = values.get(key.name)
        if not key.symbol or key.per_axis or value is None:
            continue
        known[key.symbol] = int(value) if isinstance(value, bool) else value
    if axes:
        known["D"] = len(axes)
        known["M"] = product(axis["n"] for axis in axes)
        if "k" in axes[0]:
            known["K"] = product(axis["k"] for axis in axes)
    return known


def uneven(axis: Mapping[str, Value]) -> bool:
    return "p_l" in axis and axis["p_l"] != axis["p_r"]


def check_needs(case: Case) -> None:
    kind, convention = case.kind, case.convention
    needs = (*convention.needs.get(kind.family, ()), *kind.needs)
    if "padding word" in case.values and case.values["padding word"].startswith("same"):
        needs = (*convention.needs.get(f"{kind.family} same", ()), *needs)
    for need in needs:
        if need.unless and case.values.get(need.unless):
            continue
        left, operator, right = split_condition(need.condition)
        if case.axes and any(letter in case.axes[0] for letter in axis_letters(left) | axis_letters(right)):
            for index, axis in enumerate(case.axes):
                meet(case, need, {**case.letters, **axis}, AXES[len(case.axes)][index])
        else:
            meet(case, need, case.letters, "")


@lru_cache(maxsize=256)
def split_condition(condition: str) -> tuple[str, str, str]:
    for operator in (" <= ", " < ", " == "):
        left, found, right = condition.partition(operator)
        if found:
            return left, operator.strip(), right
    raise ValueError(condition)


def meet(case: Case, need: Need, known: Mapping[str, Value], axis: str) -> None:
    """Raise with both numbers and the computed cure where a restriction is not met; symbols are taken on trust."""
    left_text, operator, right_text = split_condition(need.condition)
    sided = uneven(known)
    try:
        left, right = evaluate(tree(left_text, sided), known), evaluate(tree(right_text, sided), known)
    except ExprError:
        return  # a letter that this way of writing the layer does not have
    if not (isinstance(left, int) and isinstance(right, int)):
        return
    if left <= right if operator == "<=" else left < right if operator == "<" else left == right:
        return
    from convcalc.cure import cures

    hint = cures(case.kind, need, known, sided)
    raise Problem(
        Diagnostic(
            need.code, fill(need.message, known, sided), hint or fill(need.hint, known, sided),
            note=f"input {case.show(case.shape)}", work=axis,
        )
    )  # fmt: skip


def fill(template: str, known: Mapping[str, Value], sided: bool = False) -> str:
    """A message with its {formulas} evaluated."""

    def value(match: re.Match[str]) -> str:
        try:
            return str(evaluate(tree(match[1], sided), known))
        except ExprError:
            return match[1]

    return re.sub(r"\{([^{}]*)\}", value, template)


def situation(case: Case, axis: Mapping[str, Value]) -> str:
    """Which of a kind's size formulas is in force."""
    kind, values = case.kind, case.values
    word = values.get("padding word", "")
    if kind.family == "tconv" and word:
        return f"{word}{' op' if values.get('output_padding') is not None else ''}"
    if word.startswith("same"):
        return "same"
    if values.get("ceil"):
        # Where windows tile without padding, the last one always starts inside.
        reach = (axis["k"] - 1) * axis.get("d", 1) + 1
        tiles = (
            axis["p_l"] == 0 == axis["p_r"]
            and isinstance(reach, int)
            and isinstance(axis["s"], int)
            and reach >= axis["s"]
        )
        if case.convention.name == "caffe":
            tiles = all(a["p_l"] == 0 == a["p_r"] for a in case.axes)
        return "ceil" if tiles else "clipped"
    if values.get("output") is not None and "output" in kind.sizes:
        return "output"
    return ""


def size_text(case: Case, axis: Mapping[str, Value]) -> str:
    kind, convention = case.kind, case.convention
    which = situation(case, axis)
    text = convention.sizes.get((kind.family, which))
    if text is None and which == "same":
        text = convention.same[kind.family].size or None
    return text or kind.sizes.get(which) or kind.sizes[""]


def size_tree(case: Case, axis: Mapping[str, Value]) -> Expr:
    return tree(size_text(case, axis), uneven(axis))


def shape_of(case: Case) -> Shape:
    """The output: channels by one formula, every axis by another, or the kind's own rule."""
    kind = case.kind
    if kind.shape and not case.axes:
        return kind.shape(case)
    if not case.axes:
        return (evaluate(tree(kind.channels), case.letters), *case.shape[1:])
    case.size = size_text(case, case.axes[0])
    sizes = tuple(evaluate(size_tree(case, axis), {**case.letters, **axis}) for axis in case.axes)
    channels = evaluate(tree(kind.channels), case.letters)
    if kind.family == "globalpool" and not (
        case.convention.global_pool_keeps
        if case.values["keep"] is None
        else case.values["keep"] or case.convention.global_pool_keeps
    ):
        return (channels,)
    return (channels, *sizes)


def reported(case: Case) -> dict[str, Any]:
    """The values as a report shows them: lists for axes, pairs for padding."""
    shown: dict[str, Any] = {}
    for key in case.kind.keys:
        value = case.values.get(key.name)
        if key.type in ("check", "check2", "ignored", "sides") or value is None:
            continue
        if key.quiet and value == (
            key.default
            if not isinstance(key.default, str) or key.default[:1] != "="
            else case.values.get(key.default[1:])
        ):
            continue
        shown[key.name] = value
    return shown
