"""Which number of a shape is the batch and which the channels: taken from what is said, questioned where it is not.

A wrong reading never passes in silence: where the numbers speak against the order in force, and nobody has said an
order, the shape is refused, with the one to write instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import ExprError
from convcalc.layers.values import YES, number
from convcalc.problem import BUNDLED, problem
from convcalc.spec import LayerItem, items_within
from convcalc.spec.shapes import is_readable, read_shape
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Kind, Shape
    from convcalc.layers.values import Raw
    from convcalc.problem import Problem
    from convcalc.spec import Spec, WrittenLayer
    from convcalc.spec.shapes import ShapeText

LAYOUTS = ("channels_first", "channels_last")
SIDES = {1: ("L",), 2: ("H", "W"), 3: ("D", "H", "W")}
NAMES = {1: "length", 2: "height x width", 3: "depth x height x width"}
COLOURS = (1, 3, 4)  # channels of a picture: grey, RGB, RGB with transparency
SQUARE, ALIKE = 5, 12  # from here on two equal sides, and two of which one is at most twice the other, are a picture's
LARGE = 24  # a picture, where a small map may come from a film


class Evidence(NamedTuple):
    """What the layer that first looks at the axes of an input says of them."""

    axes: int = 0  # beside the channels, where it pins their number, as Conv2d does
    is_map: bool = False  # it works on channels and axes
    channels: Value | None = None  # its in_channels, where they are given
    steps: bool = False  # it takes steps and their features, and its class has the batch before or behind the steps


NOTHING = Evidence()


def laid_out(spec: Spec, asked: str = "") -> Spec:
    """The spec in the order of axes that it says, else that of the run, else Keras's where its text says Keras."""
    layout = spec.layout or ("channels_first" if spec.source.name.startswith(BUNDLED) else "")
    if layout or asked:
        return spec._replace(layout=layout, channels_last=is_last(layout or asked, False))
    return spec._replace(channels_last=spec.convention == "keras" or says_keras(spec))


def says_keras(spec: Spec) -> bool:
    """Whether an input is written as Keras has it, or a class of Keras is pasted."""
    everything = (spec.items, *(block.items for block in spec.blocks.values()))
    return any(read_shape(raw).layout == "channels_last" for _, raw, _ in spec.inputs if is_readable(raw)) or any(
        isinstance(item, LayerItem) and item.written.framework == "keras"
        for items in everything
        for item in items_within(items, {})
    )


def evidence(spec: Spec, values: Mapping[str, Value], name: str = "", is_first: bool = True) -> Evidence:
    """What the layers say of an input; of several, the first one goes to the layer that names none."""
    is_altered = False
    for item in items_within(spec.items, spec.blocks):
        if not isinstance(item, LayerItem):
            continue
        written, kind = item.written, item.written.kind
        if name not in written.source if written.source else not is_first:
            continue
        if kind.takes == "any" and kind.makes in ("", "same") and not written.dims:
            if kind.shape and kind.parameters == "0":  # it splits or joins, and what follows has other channels
                is_altered = True
            continue
        seen = evidence_of(written, values)
        return seen._replace(channels=None) if is_altered else seen
    return NOTHING


def evidence_of(written: WrittenLayer, values: Mapping[str, Value]) -> Evidence:
    """What one layer says of its input."""
    kind, args = written.kind, dict(written.args)
    channels = args.get("in_channels", "") if kind.takes != "features" else ""
    try:
        known = number(channels, values) if channels and isinstance(channels, str) else None
    except ExprError:
        known = None
    steps = "axes" not in args and any(key.name == "batch_first" for key in kind.keys)
    is_batch_first = written.framework == "keras" or str(args.get("batch_first")).lower() in YES
    axes = written.dims or values_per_axis(kind, args)
    axes = axes + kind.steps if axes else int(steps and is_batch_first)
    return Evidence(axes, kind.takes == "map" and not kind.steps, known, steps)


def values_per_axis(kind: Kind, args: Mapping[str, Raw]) -> int:
    """How many axes a layer has by the values that are written for each: k3x5 is 2-D; 0 where one is for all."""
    for key in kind.keys:
        raw = args.get(key.name)
        if key.type == "axes" and raw:
            count = len(raw.split("x") if isinstance(raw, str) else raw)
            if count > 1:
                return count
    return 0


class Settled(NamedTuple):
    """The sizes of a shape as they are written, channels first, and the batch that stood in front of them."""

    parts: tuple[str, ...]
    batch: str = ""


def settle(text: ShapeText, channels_last: bool, seen: Evidence = NOTHING) -> Settled:
    """Take the batch off a shape where the number of its axes is known, and put the channels first."""
    parts, batch = text.parts, text.batch
    channels_last = is_last(text.layout, channels_last)
    if batch == "None" and len(parts) == seen.axes:  # it is the first side, left open
        batch, parts = "", (batch, *parts)
    if seen.channels is not None and not seen.is_map and parts[1:] == (str(seen.channels),) != parts[:1]:
        return Settled(parts[1:], parts[0])  # as BatchNorm1d takes them: examples of channels alone
    surplus = len(parts) - 1 - seen.axes if seen.axes else int(text.is_tensor and len(parts) > 3)
    is_batch = surplus == 1 and not batch
    if is_batch and (seen.steps or not (is_channels(parts, seen, channels_last) or is_coloured(parts))):
        batch, parts = parts[0], parts[1:]
    parts = (parts[-1], *parts[:-1]) if channels_last else parts
    # A side that is left open, as Keras's None, is a letter.
    letters = ("C", *SIDES.get(len(parts) - 1, ()))
    return Settled(
        tuple(
            letter if part in ("None", "-1") else part
            for letter, part in zip((*letters, *parts[len(letters) :]), parts, strict=True)
        ),
        batch,
    )


def is_channels(parts: tuple[str, ...], seen: Evidence, channels_last: bool) -> bool:
    """Whether the first of these sizes is that of the channels which a layer expects, and no batch."""
    return not channels_last and parts[0] == str(seen.channels) != parts[1]


def is_coloured(parts: tuple[str, ...]) -> bool:
    """Whether three sizes are a picture and its colours, whatever 1-D layer follows: 3×32×32."""
    return len(parts) == 3 and parts[0] in map(str, COLOURS) and parts[1] == parts[2]


def doubt(shape: Shape, channels_last: bool, seen: Evidence, usual: Value | None = None) -> Problem | None:
    """The question to ask of a shape (channels first) whose numbers speak against the order in which it was read.

    `usual` is the number of channels that the network has otherwise.
    """
    if seen.steps and len(shape) == 3:
        return batch_of_steps(written_order(shape, channels_last), seen)
    expected = seen.channels if seen.channels is not None else usual
    if shape[0] == expected or len(shape) < 2:
        return None
    written = written_order(shape, channels_last)
    reading = f"{text_of(written)} is read as {order(len(shape), channels_last)}"
    if len(shape) == 2 and lacks_channels(written, seen):
        channels = (1 if expected is None else expected,)
        better = text_of((*written, *channels) if channels_last else (*channels, *written))
        hint = f"write {better}, or conv1d where {shape[0]} channels of length {shape[1]} are meant"
        return problem("V008", f"{reading}, and there is a number too few for a picture", hint)
    turned, sides = (written[0], written[1:]) if channels_last else (written[-1], written[:-1])
    if turned == expected or (seen.is_map and len(shape) == 3 and is_turned(turned, sides, shape[0])):
        better = text_of((*sides, turned) if channels_last else (turned, *sides))
        meant, said = LAYOUTS[::-1] if channels_last else LAYOUTS
        hint = f"write {better}, or say --layout {said} (`layout: {said}` in a spec); {meant} if it is meant so"
        return problem("V008", f"{reading}: {shape[0]} channels of {text_of(shape[1:])}", hint)
    if len(shape) == 4 and seen.is_map and not seen.axes and holds_batch(written):
        hint = f"write {text_of(written[1:])} (with --batch {written[0]}), or conv3d where it is meant so"
        return problem("V008", f"{reading}, and looks like a batch of {written[0]}", hint)
    return None


def batch_of_steps(written: Shape, seen: Evidence) -> Problem:
    """The question which of three sizes is the batch, where steps and features are wanted."""
    first, second, features = written
    message = f"{text_of(written)} is a number too many for steps x features"
    if seen.axes:
        return problem("V008", message, f"write {second}x{features} (with --batch {first})")
    hint = f"write {first}x{features} (with --batch {second}), as PyTorch has it"
    return problem("V008", message, f"{hint}, or {second}x{features} (with --batch {first}) where batch_first=True")


def lacks_channels(written: Shape, seen: Evidence) -> bool:
    """Whether two sizes before layers that slide over a picture are its height and width."""
    first, last = written
    if seen.axes == 2:
        return seen.channels is not None or is_picture(first, last)
    alike = first == last and (not isinstance(first, int) or first >= ALIKE)
    return seen.is_map and not seen.axes and (alike or is_height_and_width(first, last))


def is_turned(turned: Any, sides: Shape, channels: Any) -> bool:
    """Whether the size at the other end is one of channels, beside a picture's sides, and theirs is none."""
    return is_picture(*sides) and (str(turned) in ("C", "c") or (turned in COLOURS and channels not in COLOURS))


def is_picture(first: Any, last: Any) -> bool:
    """Whether two sizes are large and alike, as the height and width of a picture are."""
    if isinstance(first, int) and isinstance(last, int):
        low, high = sorted((first, last))
        return SQUARE <= low == high or ALIKE <= low <= high <= 2 * low
    return first == last or is_height_and_width(first, last)


def names_order(parts: tuple[str, ...]) -> bool:
    """Whether the sizes are the usual letters in this order: C, H and W."""
    return tuple(part.upper() for part in parts) == ("C", *SIDES.get(len(parts) - 1, ()))


def is_height_and_width(first: Any, last: Any) -> bool:
    return str(first).lower() in ("h", "height") and str(last).lower() in ("w", "width")


def holds_batch(written: Shape) -> bool:
    """Whether four sizes are a batch of pictures or maps: N×3×224×224, 1×224×224×3, N×C×H×W, 32×64×56×56."""
    batch, first, second, third = written
    if str(batch) in ("N", "B") or str(first) == "C":
        return True
    if is_picture(first, second) and third in COLOURS:
        return True
    if not is_picture(second, third) or not isinstance(first, int) or not isinstance(second, int):
        return False
    # A volume is rarely much deeper than it is high, as a map often has more channels, and flat where it is small only.
    return (first >= LARGE and first > 4 * second) or (first in COLOURS and second >= LARGE)


def order(axes: int, channels_last: bool) -> str:
    sides = NAMES.get(axes - 1, "sides")
    return f"{sides} x channels" if channels_last else f"channels x {sides}"


def is_last(layout: str, otherwise: bool) -> bool:
    """Whether the channels come last: as the layout says, or where it is "" as otherwise."""
    return layout == "channels_last" if layout else otherwise


def written_order(shape: Iterable[Any], channels_last: bool) -> tuple[Any, ...]:
    """The sizes of a shape (channels first) in the order in which it is written."""
    sizes = tuple(shape)
    return (*sizes[1:], *sizes[:1]) if channels_last else sizes


def text_of(sizes: Iterable[Any]) -> str:
    return "x".join(map(str, sizes))
