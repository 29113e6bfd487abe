"""Calls that are made of other layers: `nn.Sequential(…)`, `spectral_norm(…)`, `Bidirectional(…)`, as the items they are.

A wrapper maps items to items; what its layers then come to is in their records.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from convcalc.layer.record import NORM, key_names
from convcalc.layer.values import NO, NOTHING
from convcalc.layer.window import EXTENDING, NORMALISING, POINTWISE
from convcalc.problem import Problem, did_you_mean, problem
from convcalc.readers.calls import Call, Part, call_of_text, parts_listed
from convcalc.spec.brackets import as_list
from convcalc.spec.model import BrokenItem, Item, Items, LayerItem, RepeatItem, items_within
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.layer.record import Key
    from convcalc.layer.values import Raw
    from convcalc.readers.line import LineReader
    from convcalc.spec.model import Place, WrittenLayer

COMPREHENSION = re.compile(r"(.+?)\s+for\s+(\w+)\s+in\s+range\s*\(\s*([\w*+ -]+?)\s*\)$", re.DOTALL)


class Wrapper(NamedTuple):
    """A class or function around layers: whose it is, its parameters in order, and the items that a call of it is."""

    framework: str  # "torch" or "keras"; "" where both have it
    parameters: str  # in order; one with * is any number of layers
    items: Callable[[Wrapping], Items]


class Wrapping:
    """A call of a wrapper, with its arguments by parameter."""

    def __init__(self, reader: LineReader, wrapper: Wrapper, call: Call):
        self.reader, self.call = reader, call
        self.framework = wrapper.framework
        self.parameters = wrapper.parameters.strip("*").split()
        is_open = wrapper.parameters[:1] == "*"
        self.layers: list[Part] = []  # where it takes any number of them
        self.given: dict[str, Part] = {}
        self.name = call.name
        order = iter(self.parameters)
        for part in call.parts:
            parameter = part.name
            if not parameter and is_open:
                self.layers.append(part)
                continue
            parameter = parameter or next(order, "")
            if not parameter:
                raise self.problem(part.place, "L012", f"{call.word} takes at most {len(self.parameters)} values")
            if parameter not in (*self.parameters, *OF_ALL):
                hint = did_you_mean(parameter, self.parameters) or f"it has {', '.join(self.parameters) or 'layers'}"
                raise self.problem(part.place, "K002", f'{call.word} has no argument "{parameter}"', hint)
            if parameter in self.given:
                raise self.problem(part.place, "L010", f"{call.word}: {parameter} is given twice", "leave one out")
            self.given[parameter] = part
        if self.framework != "torch" and "name" in self.given:
            self.name = self.name or self.given["name"].value

    def problem(self, place: Place, code: str, message: str, hint: str = "") -> Problem:
        return problem(code, message, hint, place.mark(self.reader.source))

    def refuse(self, message: str, hint: str = "", place: Place | None = None) -> Problem:
        return self.problem(place or self.call.place, "C060", message, hint)

    def value(self, parameter: str, default: str = "") -> str:
        part = self.given.get(parameter)
        return default if part is None else part.value

    def refuse_unless(self, parameter: str, values: str, why: str) -> None:
        """Refuse an argument that changes what is counted, in a way that is not known."""
        part = self.given.get(parameter)
        if part is not None and part.value not in values.split("|"):
            message = f"{self.call.word} with {parameter}={part.value[:40]}: {why}"
            raise self.refuse(message, f"leave {parameter} out", part.place)

    @contextmanager
    def classes_first(self) -> Iterator[None]:
        """The classes of the wrapper's framework come first."""
        before = self.reader.framework
        self.reader.framework = self.framework or before
        try:
            yield
        finally:
            self.reader.framework = before

    def items(self, part: Part, name: str = "") -> Items:
        """The items of an argument; where it cannot be read, the error is noted at it."""
        with self.classes_first():
            return self.reader.readable(part.place, name, part.read, name)

    def inner(self, parameter: str = "") -> Items:
        """The items inside."""
        part = self.given.get(parameter or self.parameters[0])
        if part is None:
            example = "layers.LSTM(64)" if self.framework == "keras" else "nn.Conv2d(3, 64, 3)"
            hint = f"{self.call.head}({example}{', num_layers=6' * ('num_layers' in self.parameters)})"
            raise self.refuse(f"{self.call.word} needs the layer that it goes around", hint)
        return self.items(part)

    def layer(self) -> tuple[LayerItem | BrokenItem, Items]:
        """The only layer inside, and its activation where it has one."""
        first, *rest = self.inner()
        if isinstance(first, LayerItem) and all(isinstance(item, LayerItem) and item.activates for item in rest):
            return first, tuple(rest)
        if isinstance(first, BrokenItem):
            return first, ()
        part = self.given[self.parameters[0]]
        raise self.refuse(f"{self.call.word} goes around one layer, not around {part.text[:40]}", place=part.place)

    def around(self, change: Callable[[LayerItem], Items]) -> Items:
        """The only layer inside changed; a broken one as it is."""
        item, rest = self.layer()
        if isinstance(item, LayerItem):
            first, *more = change(item)
            return (first._replace(name=self.name or first.name), *more, *rest)
        return (item, *rest)

    def group(self, items: Items) -> Items:
        """Items under the name of the call, where it has one."""
        return (RepeatItem("1", items, self.name, self.call.place),) if self.name else items


ALIKE = (POINTWISE, EXTENDING, NORMALISING)  # windows that are the same for each step of a series
OF_ALL = ("name", "dtype", "trainable")  # arguments of every layer


def wrapped_items(reader: LineReader, text: str, name: str, place: Place) -> Items:
    """The items of a call around layers."""
    return items_of_call(reader, call_of_text(reader, text, name, place))


def parameters_of(word: str) -> tuple[str, ...]:
    """The parameters of a wrapper; none where it takes any number of layers."""
    wrapper = WRAPPERS.get(word)
    if wrapper is None:
        from convcalc.kinds.compositions import COMPOSITIONS, parameter_names

        return parameter_names(COMPOSITIONS[word])
    return () if wrapper.parameters[:1] == "*" else (*wrapper.parameters.split(), *OF_ALL)


def items_of_call(reader: LineReader, call: Call) -> Items:
    wrapper = WRAPPERS.get(call.word)
    if wrapper is None:
        from convcalc.readers.compositions import composed_items

        return composed_items(reader, call)
    return wrapper.items(Wrapping(reader, wrapper, call))


# One after another


def sequential(wrapping: Wrapping) -> Items:
    """`nn.Sequential(a, b)`, `Sequential([a, b])`, `Sequential(OrderedDict([("first", a), ("second", b)]))`."""
    listed = [wrapping.given["layers"]] if "layers" in wrapping.given else wrapping.layers
    is_keras = wrapping.call.head.endswith(("keras.Sequential", "models.Sequential")) or (
        bool(listed) and listed[0].text[:1] == "["
    )
    wrapping.framework = "keras" if is_keras else wrapping.framework
    found: list[Item] = []
    for part in listed:
        inner = parts_listed(wrapping.reader, part)
        for each in (part,) if inner is None else inner:
            found.extend(turns(wrapping, each))
    if not found:
        raise wrapping.refuse(f"{wrapping.call.word} holds no layer", f"{wrapping.call.head}(nn.Conv2d(3, 64, 3))")
    return wrapping.group(tuple(found))


def turns(wrapping: Wrapping, part: Part) -> Items:
    """A layer of a list, or as many as `layer for _ in range(3)` says."""
    repeated = COMPREHENSION.match(part.text)
    if repeated and not re.search(rf"\b{repeated[2]}\b", repeated[1]):
        layer = part._replace(text=repeated[1], read=partial(wrapping.reader.chained, repeated[1], part.place))
        return (RepeatItem(repeated[3], wrapping.items(layer), part.name, part.place),)
    if repeated or part.text[:1] == "*":
        message = f"{part.text[:40]} is worked out by a program: its layers are not here"
        wrapping.reader.note(wrapping.refuse(message, "write the layers themselves", part.place), part.place)
        return (BrokenItem(part.name, part.place),)
    return wrapping.items(part, part.name)


def refused_list(wrapping: Wrapping) -> Items:
    """A list of layers that does not say how they follow each other."""
    call = wrapping.call
    message = f"{call.word} holds layers, and does not say how each is applied"
    parts = parts_listed(wrapping.reader, call.parts[0]) if call.parts else None
    layers = ", ".join(part.text for part in parts or ())
    hint = f"where one follows another: nn.Sequential({layers or '…'})"
    raise wrapping.refuse(message, hint)


def unchanged(wrapping: Wrapping) -> Items:
    """A wrapper of what runs a layer: `nn.DataParallel(…)`."""
    return wrapping.group(wrapping.inner())


def refused_wrapper(wrapping: Wrapping) -> Items:
    part = wrapping.given.get("layer")
    hint = f"write the layer that it does: {part.text}" if part else "write its layer"
    raise wrapping.refuse("Wrapper is the base of other classes: it does not say what it does to its layer", hint)


# Weights made of others


def normed(norm: str) -> Callable[[Wrapping], Items]:
    """The layer inside, its weights made by a norm of NORM."""

    def items(wrapping: Wrapping) -> Items:
        wrapping.refuse_unless("dim", "None" if norm == "spectral" else "0", "only along the usual axis it is known")
        if wrapping.framework == "torch":
            wrapping.refuse_unless("name", "weight", "only that of `weight` is known")
        if wrapping.value("use_trivialization").lower() in NO:  # nothing more is kept
            return wrapping.around(lambda item: (item,))

        def changed(item: LayerItem) -> Items:
            written = item.written
            if not written.kind.normed:
                message = f"{wrapping.call.word} goes around a layer with one tensor of weights: {written.kind.name} has "
                more = "several" if written.kind.parameters != "0" else "none"
                raise wrapping.refuse(f"{message}{more}", f"write {inner_text(wrapping)} without it")
            return (set_values(item, wrapping, **{NORM.name: norm}),)

        return wrapping.around(changed)

    return items


def inner_text(wrapping: Wrapping) -> str:
    return wrapping.given[wrapping.parameters[0]].text


def set_values(item: LayerItem, wrapping: Wrapping, **values: Raw) -> LayerItem:
    """A layer with more values; a Problem where it has one of them already."""
    written = item.written
    for name, _ in written.args:
        if name in values:
            message = f"{wrapping.call.word}: {name} of {written.kind.name} is given already"
            raise wrapping.refuse(message, f"write {inner_text(wrapping)} without it")
    framework = written.framework or (wrapping.framework if wrapping.framework == "keras" else "")
    return item._replace(written=written._replace(args=(*written.args, *values.items()), framework=framework))


# Steps


def bidirectional(wrapping: Wrapping) -> Items:
    """A recurrent layer that reads its steps in both directions."""
    part = wrapping.given.get("backward_layer")
    if part is not None and part.value.lower() not in NOTHING:
        raise wrapping.refuse("Bidirectional with a backward_layer of its own is not read", "leave it out", part.place)
    mode = wrapping.value("merge_mode", "concat")
    if mode.lower() in NOTHING:
        message = "merge_mode=None gives two outputs, one of each direction, and a layer has one"
        raise wrapping.refuse(message, 'merge_mode="concat" joins them', wrapping.given["merge_mode"].place)

    def changed(item: LayerItem) -> Items:
        if "bidirectional" not in key_names(item.written.kind):
            message = f"Bidirectional goes around a recurrent layer, {item.written.kind.name} is none"
            raise wrapping.refuse(message, f"write {inner_text(wrapping)}, or Bidirectional(layers.LSTM(64))")
        merged = {} if mode == "concat" else {"merge": mode}
        return (set_values(item, wrapping, bidirectional="yes", **merged),)

    return wrapping.around(changed)


def time_distributed(wrapping: Wrapping) -> Items:
    """Layers that do the same to each step of a series: their windows do not slide along the steps."""
    return wrapping.group(tuple(step for item in wrapping.inner() for step in by_step(wrapping, item)))


def by_step(wrapping: Wrapping, item: Item) -> Items:
    if isinstance(item, RepeatItem):
        return (item._replace(items=tuple(step for inner in item.items for step in by_step(wrapping, inner))),)
    if isinstance(item, BrokenItem):
        return (item,)
    kind = item.written.kind if isinstance(item, LayerItem) else None
    if not isinstance(item, LayerItem) or kind is None:
        raise wrapping.refuse("TimeDistributed goes around layers, not around branches or blocks")
    written = item.written
    said = dict(written.args)
    if kind.by_step and not said:
        return (*same_by_step(wrapping, item),)
    refused = wrapping.refuse(
        f"what {kind.name} does to each step of a series cannot be said in one layer",
        f"the network of one step: {inner_text(wrapping)}",
    )
    if kind.takes == "map":
        return (one_axis_more(wrapping, item, refused),)
    is_learnt = kind.parameters != "0" and kind.takes == "any" and kind.window.type is not EXTENDING
    if kind.window.type not in ALIKE or said.get("axis", "-1") != "-1" or (
        is_learnt and "axis" not in key_names(kind)  # what it learns may be one number for each of its input
    ):
        raise refused
    return (set_values(item, wrapping, **({"data_format": "channels_last"} if is_learnt else {})),)


def same_by_step(wrapping: Wrapping, item: LayerItem) -> Iterator[Item]:
    """The layers that a kind's record has for each step of a series, as those of the class that was called."""
    written = item.written
    text = written.kind.by_step.replace("{sides}", "x".join("1" * (written.dims or 2)))
    found = wrapping.reader.chained(text, item.place)
    for each in found:
        assert isinstance(each, LayerItem)
        dims = written.dims + 1 if each.written.kind.takes == "map" else 0
        name = item.name if each is found[-1] else ""
        yield each._replace(written=each.written._replace(framework=written.framework, dims=dims), name=name)


def one_axis_more(wrapping: Wrapping, item: LayerItem, refused: Problem) -> LayerItem:
    """A layer of windows with one more axis in front, along which they are 1 wide."""
    written, kind = item.written, item.written.kind
    counts = f"{kind.parameters} {kind.buffers}"  # of a layer with other weights at every place they would differ
    if written.dims not in (1, 2) or re.search(r"\b[NM]\b", counts) or not any(key.per_axis for key in kind.keys):
        raise refused
    args = {name: widened(key_names(kind)[name], raw, written.dims) for name, raw in written.args}
    if "causal" in args.values() or args.setdefault("data_format", "channels_last") != "channels_last":
        raise refused
    return item._replace(written=written._replace(args=tuple(args.items()), dims=written.dims + 1))


def widened(key: Key, raw: Raw, dims: int) -> Raw:
    """A value per axis with one more in front: 1, or no cells."""
    if not key.per_axis or raw in key.words:
        return raw
    parts = as_list(raw) if isinstance(raw, str) else raw
    if isinstance(parts, str):
        parts = tuple(parts.split("x")) if re.fullmatch(r"\d+(x\d+)+", parts) else (parts,) * dims
    return ("-" if key.type == "output" else "0" if key.type == "padding" else "1", *parts)


# Stacks


def stack(wrapping: Wrapping) -> Items:
    """A layer so many times, each with weights of its own, and a normalisation behind them."""
    if "num_layers" not in wrapping.given:
        hint = f"{wrapping.call.head}({inner_text(wrapping)}, num_layers=6)"
        raise wrapping.refuse(f"{wrapping.call.word} needs num_layers", hint)
    items: Items = (RepeatItem(wrapping.value("num_layers"), wrapping.inner(), "", wrapping.call.place),)
    if wrapping.value("norm", "None").lower() not in NOTHING:
        items += wrapping.items(wrapping.given["norm"])
    return wrapping.group(items)


NORM_CALL = "module name n_power_iterations eps dim"
WRAPPERS: Mapping[str, Wrapper] = {
    "Sequential": Wrapper("", "*layers", sequential),
    "ModuleList": Wrapper("torch", "modules", refused_list),
    "ModuleDict": Wrapper("torch", "modules", refused_list),
    "DataParallel": Wrapper("torch", "module device_ids output_device dim", unchanged),
    "DistributedDataParallel": Wrapper("torch", "module device_ids output_device", unchanged),
    "spectral_norm": Wrapper("torch", NORM_CALL, normed("spectral")),
    "weight_norm": Wrapper("torch", "module name dim", normed("weight")),
    "orthogonal": Wrapper("torch", "module name orthogonal_map use_trivialization", normed("orthogonal")),
    "SpectralNormalization": Wrapper("keras", "layer power_iterations", normed("spectral")),
    "Bidirectional": Wrapper("keras", "layer merge_mode weights backward_layer", bidirectional),
    "TimeDistributed": Wrapper("keras", "layer", time_distributed),
    "Wrapper": Wrapper("keras", "layer", refused_wrapper),
    "TransformerEncoder": Wrapper("torch", "encoder_layer num_layers norm enable_nested_tensor mask_check", stack),
}
