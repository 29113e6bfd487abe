"""A layer of a Keras configuration as items: its arguments go through the signature of its class."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from convcalc.algebra.parser import float_text
from convcalc.kinds.classes import classes
from convcalc.kinds.refusals import refusal
from convcalc.layers import key_names
from convcalc.problem import Problem, problem
from convcalc.readers import shorthand
from convcalc.readers.line import WRAPPER_NAMES, LineReader
from convcalc.spec import Items, LayerItem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.layers.values import Raw
    from convcalc.readers.keras.records import KerasLayer

# What every layer may be made with, and what changes values only.
OF_ALL = frozenset((
    "name", "trainable", "dtype", "autocast", "batch_input_shape", "batch_shape", "batch_size", "input_shape",
    "input_length", "input_spec", "ragged", "sparse", "stateful",
))  # fmt: skip
DEFAULTS = {"groups": 1}  # of what some versions write for layers that have none
MIRRORED = ("name", "go_backwards", "seed")  # what is another in the layer that reads backwards
OF_VALUES = ("_initializer", "_regularizer", "_constraint")


class LayerReading(NamedTuple):
    """How the layers of one file are read: what is said of them in a run, and what the networks in them are."""

    lines: LineReader
    args: Mapping[str, str]  # by name of a layer, class or function: the layer that it is in convcalc's language
    used: set[str]  # of those names
    inner: Callable[[KerasLayer], Items]  # the items of a network inside a wrapper


def items_of(reading: LayerReading, layer: KerasLayer, frozen: bool = False, name: str = "") -> Items:
    """The layer, and its activation where it has one; several in a group where it is made of more."""
    if said := said_of(reading, layer):
        return reading.lines.chained(said, layer.place, name)
    if layer.written is not None:
        learns = layer.written.kind.parameters != "0"
        more = (("trainable", "no"),) if learns and (frozen or is_frozen(layer)) else ()
        return (LayerItem(layer.written._replace(args=(*layer.written.args, *more)), name, layer.place),)
    if layer.network is not None:
        return reading.inner(layer)
    if layer.class_name in WRAPPER_NAMES and not layer.package:
        return wrapped_items(reading, layer, frozen, name)
    known = layer.class_name in classes("keras") or refusal("keras", layer.class_name)
    if layer.package or not known:
        raise own_class(layer)
    resolved = shorthand.resolve(f"layers.{layer.class_name}", "keras")
    written = shorthand.keywords(resolved, list(arguments(layer, resolved, frozen)))
    items = reading.lines.with_activation(written, name, layer.place)
    if isinstance(layer.config.get("activation"), dict) and takes_activation(resolved):
        (second, *_) = activation_items(reading, layer)
        items += (second._replace(activates=True),) if isinstance(second, LayerItem) else (second,)
    return items


def is_frozen(layer: KerasLayer) -> bool:
    return layer.config.get("trainable") is False


def said_of(reading: LayerReading, layer: KerasLayer) -> str:
    """What a run says that a layer is: by its name, by that of its class, or of the function that it calls."""
    words = (layer.label, layer.class_name, layer.function)
    word = next((word for word in words if word in reading.args), "")
    reading.used.update({word} - {""})
    return reading.args.get(word, "")


def own_class(layer: KerasLayer) -> Problem:
    """The question of a class that is not Keras's."""
    whose = f"a class of {layer.package[:40]}" if layer.package else "no class of Keras"
    message = f"{layer.class_name[:60]} is {whose}: what it computes is not in the file"
    example = f'say what it is, as --arg {layer.name}="conv 64 k3 p=same"'
    return problem("K003", message, f"{example}, or read the program itself: convcalc summary net.py")


def arguments(layer: KerasLayer, resolved: shorthand.Resolved, frozen: bool) -> Iterator[tuple[str, Raw]]:
    """The arguments that matter, as texts; one that no layer of the kind has is refused where it says something."""
    signed = resolved.signature
    for name, value in layer.config.items():
        if isinstance(value, dict) or (name in OF_ALL and not (signed and name in signed.order)):
            continue
        is_known = shorthand.takes(resolved.kind, name) or (signed is not None and name in signed.order)
        if name.endswith(OF_VALUES) or (not is_known and value in (None, False, [], DEFAULTS.get(name))):
            continue
        key = key_names(resolved.kind).get(signed.sets.get(name, name)) if signed else None
        is_decimal = key is not None and key.type == "decimal" and isinstance(value, float)
        yield name, float_text(value) if is_decimal else text_of_value(value)
    if (frozen or is_frozen(layer)) and resolved.kind.parameters != "0":
        yield "trainable", "no"


def text_of_value(value: Any) -> Raw:
    """A value of JSON as a person writes it: a list of one is what it holds."""
    if isinstance(value, list):
        return text_of_value(value[0]) if len(value) == 1 else tuple(map(text_of_value, value))
    return value if isinstance(value, str) else str(value)


# Activations


def takes_activation(resolved: shorthand.Resolved) -> bool:
    """Whether an activation follows the layer, and is not inside it as in a recurrent one."""
    return resolved.signature is not None and resolved.signature.sets.get("activation") != ""


def activation_items(reading: LayerReading, layer: KerasLayer) -> Items:
    """The activation that is a layer, or a function that has a name."""
    if "activation" in layer.inner:
        return items_of(reading, layer.inner["activation"]._replace(place=layer.place))
    said = layer.config["activation"].get("config")
    name = said.rpartition(">")[2] if isinstance(said, str) else ""
    reading.used.update({name} & reading.args.keys())
    text = reading.args.get(name) or (name if shorthand.known_name(name, "keras") else "")
    if not text:
        what = f"the function {name[:60]}" if name else "a function without a name"
        hint = f"say what it is, as --arg {name}=relu" if name else "give it a name, and save the model again"
        raise problem("K003", f"the activation of {layer.name[:60]} is {what}, which is not in the file", hint)
    return reading.lines.chained(text, layer.place)


# Wrappers


def wrapped_items(reading: LayerReading, layer: KerasLayer, frozen: bool, name: str) -> Items:
    """A wrapper with its layers inside, through the same rules as a call of it."""
    from convcalc.readers.calls.call import Argument, Call
    from convcalc.readers.calls.wrappers import items_of_call

    def part(parameter: str, value: Any) -> Argument:
        inner = layer.inner.get(parameter)
        if inner is None:
            text = str(value)
            return Argument(parameter, text, layer.place, partial(reading.lines.chained, text, layer.place))
        return Argument(parameter, f"{inner.class_name}(…)", layer.place, partial(items_of, reading, inner, frozen))

    frozen = frozen or is_frozen(layer)
    given = {key: value for key, value in layer.config.items() if key in layer.inner or key not in OF_ALL}
    if is_mirrored(layer):
        del given["backward_layer"]
    return items_of_call(
        reading.lines, Call(layer.class_name, tuple(map(part, given, given.values())), name, layer.place)
    )


def is_mirrored(layer: KerasLayer) -> bool:
    """Whether the layer that reads backwards is as the other, as it is where none was given."""
    both = [
        {key: value for key, value in inner.config.items() if not isinstance(value, dict) and key not in MIRRORED}
        for key in ("layer", "backward_layer")
        if (inner := layer.inner.get(key))
    ]
    return len(both) == 2 and both[0] == both[1]
