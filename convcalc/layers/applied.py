"""One layer applied to the shapes of its inputs: its output, and every quantity that its record has a formula for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import evaluate, is_symbolic
from convcalc.algebra.limits import lowest_terms
from convcalc.algebra.parser import parse
from convcalc.layers import LEARNT_NORMS, key_names, sorted_keys
from convcalc.layers.binding import bind
from convcalc.layers.case import Case, check, needs, numbers_in, product, tree
from convcalc.layers.values import exact
from convcalc.problem import problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcalc.algebra.condition import Condition
    from convcalc.algebra.expr import Value
    from convcalc.layers import Convention, Kind, Need, Shape
    from convcalc.layers.window import Window


class Setting(NamedTuple):
    """A layer as written: its kind, its values by key (not yet spread over axes), and what its name demands."""

    kind: Kind
    values: tuple[tuple[str, Any], ...] = ()
    dims: int = 0
    convention: str = ""  # that of the framework whose call was pasted; empty for the network's


class Applied(NamedTuple):
    """What a layer does to its input; `axes` and `letters` are what its formulas were evaluated with."""

    setting: Setting
    input: tuple[Shape, ...]
    output: Shape
    values: dict[str, Any]  # by key, one value per axis: lists as reports show them
    axes: tuple[dict[str, Value], ...]  # letters of each axis
    letters: dict[str, Value]  # letters of the layer
    sizes: tuple[str, ...]  # the formula of each axis of the output
    padded: str  # the formula of the cells that a padding word adds along an axis
    needs: tuple[Need, ...]  # what it needs, of its kind and of its convention
    on_map: bool  # channels and axes, as a convolution leaves them
    parameters: Value
    biases: Value
    buffers: Value
    macs: Value
    connections: Value
    activations: Value
    formulas: tuple[str, str]  # of its parameters, learnt or not, and of its own buffers
    features_first: bool  # a linear layer acts on the first axis, the channels
    channels: int  # the axis of the channels in the output: the first, unless the layer says otherwise
    along: int | None  # the axis that it joins or halves
    conditions: tuple[Condition, ...] = ()  # on the symbols of its input, without which it could not be applied

    @property
    def layers(self) -> Value:
        """How many layers it stands for."""
        text = self.setting.kind.layers
        return 1 if text == "1" else evaluate(tree(text), self.letters)

    @property
    def window(self) -> Window:
        kind = self.setting.kind
        return kind.modes.get(kind.mode(self), kind.window) if kind.modes else kind.window

    def number(self, name: str) -> Any:
        """The number of a decimal, said or usual; a text where it is a word, None where it is left out."""
        key = key_names(self.setting.kind)[name]
        text = self.values.get(key.name, key.default)
        return text if text is None or text in key.words else exact(text)


def lettered_case(
    setting: Setting, shapes: tuple[Shape, ...], convention: Convention, channels_last: bool = False,
    on_map: bool = False, cured: bool = True, channels: int = 0,
) -> Case:  # fmt: skip
    """The layer on these input shapes (channels first) with its letters, whether it fits them or not."""
    case = Case(setting.kind, shapes, convention, channels_last, on_map, cured, setting.dims, channels)
    check_inputs(case, setting.dims)
    bind(case, dict(setting.values))
    return case


def apply(
    setting: Setting, shapes: tuple[Shape, ...], convention: Convention, channels_last: bool = False,
    on_map: bool = False, cured: bool = True, channels: int = 0, free: bool = False,
) -> Applied:  # fmt: skip
    """The layer on these input shapes (channels first); a Problem without a mark where it cannot be.

    A `free` one need not meet what it needs, to see what its formulas by themselves say.
    """
    kind, case = setting.kind, lettered_case(setting, shapes, convention, channels_last, on_map, cured, channels)
    case.needs = tuple(needs(case))
    if not free:
        check(case)
    if kind.check:
        kind.check(case)
    check_whole(case)
    output = output_of(case)
    for size in output:
        if type(size) is int and size > 0:
            continue
        if not case.holds(1, "<=", size, told=False):  # where that needs several letters, its windows have said it
            raise problem("C004", f"the output would be {case.show(output)}", "a size must be at least 1")
        if not case.holds(size, "%", 1):
            raise problem(
                "C004", f"the output would be {case.show(output)}", "`size` must give whole numbers, as floor(n/2) does"
            )
    applied = measure(setting, case, output)
    for value in (*output, applied.activations, applied.connections):
        lowest_terms(value)
    return applied


def check_whole(case: Case) -> None:
    """Every value that counts something is whole, K/2 only for an even K."""
    for key in sorted_keys(case.kind).counted:
        value = case.values.get(key.name)
        for one in () if value is None or type(value) is int else numbers_in(value):
            if is_symbolic(one) and not case.holds(one, "%", 1):
                raise problem("V001", f"{key.name} must be a whole number, not {one}", f"for example {key.name}=3")


def check_inputs(case: Case, dims: int) -> None:
    """Number of inputs, and number of their axes."""
    kind, shape, count = case.kind, case.shape, len(case.shapes)
    axes = case.rank
    if kind.inputs > 0 and count != kind.inputs:
        raise problem(
            "C030",
            f"{kind.name} takes {kind.inputs} input{'s' if kind.inputs > 1 else ''}, here it has {count}",
            "name them: from: [a, b]" if kind.inputs > 1 else "join them first: `concat` or `add`",
        )
    # A 1-D layer without windows, such as a normalisation, also takes only the channels.
    on_vector = dims == 1 and kind.takes == "any" and len(shape) == 1
    if (kind.takes == "map" and axes < 1) or (dims and axes != dims and not on_vector):
        wanted = (
            f"{dims} {'axis' if dims == 1 else 'axes'} beside the channels"
            if dims
            else "channels and at least one axis"
        )
        if kind.steps:
            wanted = f"steps, {wanted}" if not dims else f"steps, channels and {dims} {'axis' if dims == 1 else 'axes'}"
        what = f"a vector of {shape[0]}" if len(shape) == 1 else f"{case.show(shape)}, {len(shape) - 1}-D"
        hint = f"plain `{kind.name}` follows the input"
        if len(shape) == 1:
            hint = "put the layer before `flatten`, or use `linear`"
        raise problem("C010", f"{kind.name}{f'{dims}d' if dims else ''} needs {wanted}, its input is {what}", hint)
    if axes > 3 and kind.takes == "map":
        raise problem("C010", f"{kind.name} works on at most 3 axes beside the channels, its input has {axes}")


def output_of(case: Case) -> Shape:
    """The output: channels by one formula, every axis by another, or the kind's own rule; N counts its positions."""
    kind, known = case.kind, case.letters
    if case.axes:
        case.sizes, sizes = case.along_axes(case.size_text), case.along_axes(case.size_on)
        known["N"] = product(sizes)
        if kind.shape:
            return kind.shape(case)
        channels = evaluate(tree(kind.channels), known)
        return (channels, *sizes) if keeps_axes(case) else (channels,)
    if kind.shape:
        output = kind.shape(case)
    else:
        channels = evaluate(tree(kind.channels), known)
        output = case.with_features(channels) if kind.takes == "features" else (channels, *case.shape[1:])
    features = output[0] if case.features_first else output[-1]
    known["N"] = product(output) // (features or 1)
    return output


def keeps_axes(case: Case) -> bool:
    """Whether axes of size 1 are left: as a global pooling says, else as the convention's framework does."""
    keep: bool | None = case.values.get("keep", True)
    return case.convention.global_pool_keeps if keep is None else keep is not False


def measure(setting: Setting, case: Case, output: Shape) -> Applied:
    """Every quantity of a layer, by the formulas of its record."""
    kind, known = setting.kind, case.letters

    def quantity(text: str) -> Value:
        return evaluate(parse(text), known) if text != "0" else 0

    numbers, formulas = numbers_held(kind, case)
    macs, activations = quantity(kind.macs), product(output)
    has_biases = numbers[1] != 0
    connections = quantity(kind.connections) if kind.connections else macs + (activations if has_biases else 0)
    parameters, biases, buffers = trained_numbers(case, numbers)
    makes = kind.makes or kind.takes
    on_map = case.on_map if makes in ("any", "same") else makes == "map"
    channels = case.channels if kind.takes != "features" else 0 if case.features_first else len(output) - 1
    return Applied(
        setting, case.shapes, output, reported_values(case), case.axes, known, case.sizes, case.padded, case.needs,
        on_map and len(output) > 1, parameters, biases, buffers, macs, connections, activations,
        formulas, case.features_first, min(channels, len(output) - 1), case.along, tuple(case.conditions),
    )  # fmt: skip


def numbers_held(kind: Kind, case: Case) -> tuple[tuple[Value, Value, Value], tuple[str, str]]:
    """Parameters, the biases among them, and buffers, whatever is trained; the formulas of the first and the last."""
    known, formulas = case.letters, formulas_in_force(case)
    parameters, buffers = (evaluate(parse(text), known) if text != "0" else 0 for text in formulas)
    return (parameters, biases_of(kind, formulas[0], parameters, known), buffers), formulas


def trained_numbers(case: Case, numbers: tuple[Value, Value, Value]) -> tuple[Value, Value, Value]:
    """The numbers of a layer of which, as `trainable` may say, nothing is learnt: all of them are buffers then."""
    parameters, _, buffers = numbers
    return numbers if case.values.get("trainable") is not False else (0, 0, buffers + parameters)


def formulas_in_force(case: Case) -> tuple[str, str]:
    """The formulas of the parameters and of the buffers, with what a norm of the weights keeps."""
    kind, norm = case.kind, case.values.get("norm")
    if norm is None:
        return kind.parameters, kind.buffers
    more = kind.normed.get(f"{case.convention.name} {norm}") or kind.normed.get(norm)
    if more is None:
        known = [word for word in kind.normed if " " not in word]
        raise problem("V004", f"what norm={norm} keeps is not known for {kind.name}", f"norm={' or norm='.join(known)}")
    if norm in LEARNT_NORMS:
        return f"{kind.parameters} + {more}", kind.buffers
    return kind.parameters, more if kind.buffers == "0" else f"{kind.buffers} + {more}"


def biases_of(kind: Kind, formula: str, parameters: Value, known: Mapping[str, Value]) -> Value:
    """The biases among a layer's parameters: by a formula of their own, or what these are without them."""
    if kind.biases:
        return evaluate(parse(kind.biases), known)
    return parameters - evaluate(parse(formula), {**known, "b": 0}) if known.get("b") else 0


def reported_values(case: Case) -> dict[str, Any]:
    """The values as a report shows them: lists for axes, pairs for padding."""
    shown: dict[str, Any] = {}
    for key in sorted_keys(case.kind).reported:
        value = case.values.get(key.name)
        if value is None:
            continue
        usual = key.default
        if isinstance(usual, str) and usual[:1] == "=":
            usual = case.values.get(usual[1:])
        if not (key.quiet and value == usual):
            shown[key.name] = value
    return shown
