"""The values of a layer spread over its axes: defaults, lists, padding words, until every letter has its number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import ceil_divide, evaluate, floor_divide, is_symbolic
from convcalc.layers import PRODUCTS, REQUIRED, sorted_keys
from convcalc.layers.case import product, tree
from convcalc.layers.window import SLIDING
from convcalc.problem import Problem, problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcalc.algebra.expr import Value
    from convcalc.layers import Key, Shape
    from convcalc.layers.case import Axis, Case

CAUSAL = "d*(k - 1)"  # cells before the first, so that no output sees a later input


def bind(case: Case, given: Mapping[str, Any]) -> None:
    """Give a case its values, the letters of its axes, and those of the whole layer."""
    kind = case.kind
    case.values = spread_values(case, given)
    case.axes = bind_axes(case)
    word = case.values.get("padding")
    if isinstance(word, str):
        resolve_padding(case, word)
    if kind.bind:
        kind.bind(case)
    case.letters = bind_letters(case)
    if kind.letters:
        case.letters.update(kind.letters(case))


def spread_values(case: Case, given: Mapping[str, Any]) -> dict[str, Any]:
    """Defaults filled in, and every per-axis value given one value per axis."""
    kind, (usual, others, *_) = case.kind, sorted_keys(case.kind)
    rank = kind.rank or case.rank
    if given.get("sides") is not None:
        given = {**given, **torch_sides(given["sides"], rank, bool(case.dims))}
    if given.get("pads") is not None:
        (padding,) = (key.name for key in kind.keys if key.type == "padding")
        if given.get(padding) is not None:
            raise problem("V009", f"give {padding} or pads, not both")
        given = {**given, padding: onnx_pads(given["pads"], rank)}
    if given.get("auto_pad", "notset") != "notset":
        if given.get("padding") is not None:
            raise problem("V009", "give auto_pad or pads, not both")
        given = {**given, "padding": given["auto_pad"]}
    values = dict(usual)
    for (rules, name), value in case.convention.defaults.items():
        if rules == kind.rules and name in usual:
            values[name] = value
    for name, value in given.items():
        if value is not None and name in usual:
            values[name] = value
    for key in others:
        value = given.get(key.name)
        if value is None:
            value = default_value(key, case, values)
        if key.per_axis:
            value = values_by_axis(key, value, rank, case)
        elif key.type == "check" and value is not None:
            check_input(key, value, case)
        values[key.name] = value
    if kind.takes_flat and case.on_map and not case.features_first and values["in_features"] is None:
        raise unflattened_error(case)
    layout = "channels_last" if case.channels_last else "channels_first"
    if values["data_format"] not in (None, layout):
        raise problem(
            "C018", f"data_format is {values['data_format']}, the network's layout is {layout}",
            f"layout: {values['data_format']}, with the input written so",
        )  # fmt: skip
    return values


def default_value(key: Key, case: Case, values: dict[str, Any]) -> Any:
    value = case.convention.defaults.get((case.kind.rules, key.name), key.default)
    if isinstance(value, str) and value[:1] == "=":
        return values.get(value[1:], next((k.default for k in case.kind.keys if k.name == value[1:]), None))
    if value is REQUIRED and key.unless:
        return None
    if value is REQUIRED:
        short = f"{key.symbol}3" if len(key.symbol) == 1 and key is not case.kind.keys[0] else f"{key.name}=…"
        raise problem(
            "V006", f"{case.kind.name} needs {key.name}: {key.doc}", f"for example `{case.kind.name} … {short}`"
        )
    return value


def values_by_axis(key: Key, value: Any, rank: int, case: Case) -> Any:
    """The value of each axis: k5 is (5, 5) on a 2-D map, p1 is ((1, 1), (1, 1))."""
    if value is None or isinstance(value, str):
        return value
    if key.type == "padding":
        pairs = padding_pairs(value, rank, case.convention.ends_after_beginnings)
        if pairs is not None:
            return pairs
    elif not isinstance(value, tuple):
        return (value,) * rank
    elif len(value) == rank:
        return value
    elif len(value) == 1 and key.type not in ("output", "scales"):
        return value * rank
    elif len(value) == rank + 2 and key.type == "scales" and value[:2] == (1, 1):
        return value[2:]  # ONNX's, those of the batch and the channels among them
    count, hint = len(value), f"one value, or {rank}"
    if key.type == "padding" and (listed := padding_pairs(value, rank, True)):
        written = ", ".join(f"[{first}, {last}]" for first, last in listed)
        hint += f"; where every beginning comes before every end, as in ONNX: {key.name}=[{written}]"
    raise problem("V007", f"{key.name} has {count} values for {rank} {'axis' if rank == 1 else 'axes'}", hint)


def padding_pairs(value: Any, rank: int, ends_after_beginnings: bool) -> tuple[Any, ...] | None:
    """(before, after) of each axis, None where there are too many or too few."""
    if not isinstance(value, tuple):
        return ((value, value),) * rank
    are_numbers = not any(isinstance(part, tuple) for part in value)
    if ends_after_beginnings and are_numbers and len(value) == 2 * rank:
        return tuple(zip(value[:rank], value[rank:], strict=True))
    pairs = tuple(part if isinstance(part, tuple) else (part, part) for part in value)
    if len(pairs) == rank:
        return pairs
    if rank == 1 and are_numbers and len(value) == 2:
        return ((value[0], value[1]),)
    return pairs * rank if len(pairs) == 1 else None


def torch_sides(value: Any, rank: int, is_whole: bool) -> dict[str, Any]:
    """(left, right, top, bottom, …), last axis first, as pairs in the order of the axes; or only of the last axes, and
    behind them the channels.
    """
    if not isinstance(value, tuple):
        return {"amount": ((value, value),) * rank}
    fits = len(value) == 2 * rank or not (is_whole or len(value) % 2 or len(value) > 2 * rank + 2)
    if not fits or any(isinstance(part, tuple) for part in value):
        raise problem(
            "V007",
            f"padding has {len(value)} values, {rank} {'axis takes' if rank == 1 else 'axes take'} {2 * rank}",
            f"one value, or {2 * rank}: before and after, the last axis first",
        )
    pairs = [*zip(value[::2], value[1::2], strict=True), *((0, 0) for _ in range(rank - len(value) // 2))][::-1]
    return {"amount": tuple(pairs[-rank:]), **({"channels": pairs[0]} if len(pairs) > rank else {})}


def onnx_pads(value: Any, rank: int) -> Any:
    """(top, left, bottom, right), maybe those of the batch and the channels among them, as pairs; fewer as they are."""
    if isinstance(value, tuple) and len(value) == 2 * rank + 4 and not any((*value[:2], *value[rank + 2 : rank + 4])):
        value = (*value[2 : rank + 2], *value[rank + 4 :])
    return padding_pairs(value, rank, True) or value


def check_input(key: Key, value: Value, case: Case) -> None:
    """Raise where in_channels or in_features is not what the input has."""
    if key.name == "in_channels":
        return case.check_value(key, value, case.shape[0], "channels")
    if key.name == "in2_features":
        return case.check_value(key, value, case.steps_first(case.shapes[1])[-1], "features")
    flat = product(case.shape)
    if case.kind.takes_flat and case.on_map and not case.features_first and case.features != value:
        if flat == value:
            raise unflattened_error(case)
        raise problem(
            "C012",
            f"in_features is {value}, the input {case.show(case.shape)} has {flat} when flattened",
            f"put `flatten` before it, and in_features={flat} or none",
            work=flattening(case.shape),
            right=(key.name, str(flat)),
        )
    return case.check_value(key, value, case.features, "features")


def flattening(shape: Shape) -> str:
    """The product of the sizes worked; nothing where it is left as it is, in letters."""
    from convcalc.algebra.notation import write_shape

    shown, worked = write_shape(shape, "·"), f"{product(shape)}"
    return f"{shown} = {worked}" if shown != worked else ""


def unflattened_error(case: Case) -> Problem:
    flat = product(case.shape)
    return problem(
        "C031",
        f"a linear layer on a {case.show(case.shape)} map",
        f"put `flatten` before it: {flat} features",
        work=flattening(case.shape),
    )


def bind_axes(case: Case) -> tuple[Axis, ...]:
    """The letters of each axis: n, and the symbol of every per-axis key."""
    kind, values = case.kind, case.values
    _, _, of_axes, of_layer, *_ = sorted_keys(kind)
    keys = [key for key in of_axes if values[key.name] is not None]
    if kind.rank or not (keys or kind.takes == "map" or kind.window.type is SLIDING):
        return ()
    shared: Axis = {
        key.symbol: values[key.name] for key in of_layer if key.type == "count" and values[key.name] is not None
    }
    axes = []
    for index, size in enumerate(case.shape[len(case.shape) - case.rank :]):
        axis: Axis = {"d": 1, **shared, "n": size}
        for key in keys:
            value = values[key.name]
            if isinstance(value, str):  # a padding word, resolved when everything else is known
                continue
            if key.type == "padding":
                case.set_padding(axis, *value[index])
            else:  # None is an axis that keeps its size
                axis[key.symbol] = axis["n"] if value[index] is None else value[index]
        axes.append(axis)
    return tuple(axes)


def resolve_padding(case: Case, word: str) -> None:
    """A padding word as cells before and after, axis by axis."""
    same = case.convention.same.get(case.kind.rules)
    if word.startswith("same") and same is None:
        raise problem(
            "V008",
            f"padding `same` of {case.kind.name} means nothing in the {case.convention.name} convention",
            "give a number, or convention: keras",
        )
    if word == "causal" and len(case.axes) != 1:
        raise problem("V008", f"causal padding is for 1-D maps, this one is {len(case.axes)}-D", "p=same")
    case.word = word
    case.padded = CAUSAL if word == "causal" else same.total if same and word.startswith("same") else ""
    pairs = []
    for axis in case.axes:
        before = total = evaluate(tree(case.padded), axis) if case.padded else 0
        if word.startswith("same"):
            before = (ceil_divide if word == "same_lower" else floor_divide)(total, 2)
        pairs.append(case.set_padding(axis, before, total - before))
    case.values["padding"] = tuple(pairs)


def bind_letters(case: Case) -> dict[str, Value]:
    """The letters of the whole layer: c, f, g, b, …, products over the axes, and their number D."""
    kind, values, axes = case.kind, case.values, case.axes
    known: dict[str, Value] = {}
    if case.shape:
        known["c"] = case.features if kind.takes == "features" else case.shape[0]
        said = values.get("in_features" if kind.takes == "features" else "in_channels")
        if is_symbolic(known["c"]) and isinstance(said, int):
            known["c"] = said  # which it is, under the condition that it has been held to
    for key in sorted_keys(kind).of_layer:
        value = values.get(key.name)
        if value is not None:
            known[key.symbol] = int(value) if isinstance(value, bool) else value
    if axes:
        known["D"] = len(axes)
        known["M"] = product(axis["n"] for axis in axes)
        for letter, whole in PRODUCTS.items():
            if letter in axes[0]:
                known[whole] = product(axis[letter] for axis in axes)
    return known
