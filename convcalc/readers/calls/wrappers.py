"""Calls around other layers, `nn.Sequential(…)`, `spectral_norm(…)`, `Bidirectional(…)`, as the items that they are.

A wrapper maps items to items; what its layers then come to is in their records.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from convcalc.layers import NORM, Key, key_names
from convcalc.layers.values import NO, NOTHING
from convcalc.layers.window import EXTENDING, NORMALISING, POINTWISE
from convcalc.readers.calls.call import Argument, Call, call_of_text, parts_listed
from convcalc.readers.calls.wrapping import OF_ALL, Wrapper, Wrapping
from convcalc.readers.code import INPUTS, called_name
from convcalc.spec import PREVIOUS, BrokenItem, Item, Items, LayerItem, Place, RepeatItem
from convcalc.spec.brackets import as_list

if TYPE_CHECKING:
    from convcalc.layers.values import Raw
    from convcalc.problem import Problem
    from convcalc.readers.line import LineReader

ALIKE = (POINTWISE, EXTENDING, NORMALISING)  # windows that are the same for each step of a series


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
        from convcalc.readers.calls.compositions import composed_items

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
    lists = [(part, parts_listed(wrapping.reader, part)) for part in listed]
    entries = [entry for part, inner in lists for entry in ((part,) if inner is None else inner)]
    if not entries:
        raise wrapping.refuse(f"{wrapping.call.word} holds no layer", f"{wrapping.call.head}(nn.Conv2d(3, 64, 3))")
    first, *others = entries
    if called_name(first.text).rpartition(".")[2] in INPUTS:
        network = f"{first.text} -> {wrapping.call.head}([{', '.join(part.text for part in others)}])"
        raise wrapping.refuse("what goes in is no layer", f"write it in front: {network}", first.place)
    return wrapping.group(tuple(item for entry in entries for item in turns(wrapping, entry)))


def turns(wrapping: Wrapping, part: Argument) -> Items:
    """A layer of a list, or as many as `layer for _ in range(3)` says."""
    if part.times == "?" or part.text[:1] == "*":
        message = f"{part.text[:40]} is worked out by a program: its layers are not here"
        wrapping.reader.note(wrapping.refuse(message, "write the layers themselves", part.place), part.place)
        return (BrokenItem(part.name, part.place),)
    if part.times:
        return (RepeatItem(part.times, wrapping.items(part), part.name, part.place),)
    return wrapping.items(part, part.name)


def inner_items(wrapping: Wrapping) -> Items:
    """A wrapper of what runs a layer: `nn.DataParallel(…)`."""
    return wrapping.name_items(wrapping.inner())


# Weights made of others


def norm_items(norm: str) -> Callable[[Wrapping], Items]:
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
                weights = "several" if written.kind.parameters != "0" else "none"
                message = f"{wrapping.call.word} goes around a layer with one tensor of weights"
                raise wrapping.refuse(f"{message}: {written.kind.name} has {weights}", f"write: {wrapping.inner_text}")
            return (wrapping.with_values(item, **{NORM.name: norm}),)

        return wrapping.around(changed)

    return items


# Stacks


def stack(wrapping: Wrapping) -> Items:
    """A layer so many times, each with weights of its own, and a normalisation behind them."""
    if "num_layers" not in wrapping.given:
        hint = f"{wrapping.call.head}({wrapping.inner_text}, num_layers=6)"
        raise wrapping.refuse(f"{wrapping.call.word} needs num_layers", hint)
    layers = tuple(map(with_memory, wrapping.inner()))
    items: Items = (RepeatItem(wrapping.value("num_layers"), layers, "", wrapping.call.place),)
    if wrapping.value("norm", "None").lower() not in NOTHING:
        items += wrapping.items(wrapping.given["norm"])
    return wrapping.group(items)


def with_memory(item: Item) -> Item:
    """A layer of a decoder, which looks at the input or layer that is called memory."""
    if isinstance(item, LayerItem) and item.written.kind.inputs == 2 and not item.written.source:
        return item._replace(written=item.written._replace(source=(PREVIOUS, "memory")))
    return item


# Along the steps of a series


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
            message = f"Bidirectional is read around an LSTM, a GRU or an RNN, not around {item.written.kind.name}"
            raise wrapping.refuse(message, f"write: {wrapping.inner_text}")
        merged = {} if mode == "concat" else {"merge": mode}
        return (wrapping.with_values(item, bidirectional="yes", **merged),)

    return wrapping.around(changed)


def time_distributed(wrapping: Wrapping) -> Items:
    """Layers that do the same to each step of a series: their windows do not slide along the steps."""
    return wrapping.name_items(tuple(step for item in wrapping.inner() for step in by_step(wrapping, item)))


def by_step(wrapping: Wrapping, item: Item) -> Items:
    if isinstance(item, RepeatItem):
        return (item._replace(items=tuple(step for inner in item.items for step in by_step(wrapping, inner))),)
    if isinstance(item, BrokenItem):
        return (item,)
    if not isinstance(item, LayerItem):
        raise wrapping.refuse("TimeDistributed goes around layers, not around branches or blocks")
    kind, said = item.written.kind, dict(item.written.args)
    if kind.by_step and all(is_usual(raw) for raw in said.values()):
        return (*same_by_step(wrapping, item),)
    refused = wrapping.refuse(
        f"what {kind.name} does to each step of a series cannot be said in one layer",
        f"for one step by itself write: {wrapping.inner_text}",
    )
    if kind.takes == "map":
        return (one_axis_more(wrapping, item, refused),)
    is_learnt = kind.parameters != "0" and kind.takes == "any" and kind.window.type is not EXTENDING
    is_along = kind.window.type not in ALIKE or said.get("axis", "-1") != "-1"
    if is_along or (is_learnt and "axis" not in key_names(kind)):  # it may learn one number for each of its input
        raise refused
    return (wrapping.with_values(item, **({"data_format": "channels_last"} if is_learnt else {})),)


def is_usual(raw: Raw) -> bool:
    """Whether an argument says what Keras takes for granted: channels last, no axes kept."""
    return isinstance(raw, str) and (raw == "channels_last" or raw.lower() in NO)


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
    args = {name: wider_value(key_names(kind)[name], raw, written.dims) for name, raw in written.args}
    if "causal" in args.values() or args.setdefault("data_format", "channels_last") != "channels_last":
        raise refused
    return item._replace(written=written._replace(args=tuple(args.items()), dims=written.dims + 1))


def wider_value(key: Key, raw: Raw, dims: int) -> Raw:
    """A value per axis with one more in front: 1, or no cells."""
    if not key.per_axis or raw in key.words:
        return raw
    parts = as_list(raw) if isinstance(raw, str) else raw
    if isinstance(parts, str):
        parts = tuple(parts.split("x")) if re.fullmatch(r"\d+(x\d+)+", parts) else (parts,) * dims
    return ("-" if key.type == "output" else "0" if key.type == "padding" else "1", *parts)


NORM_CALL = "module name n_power_iterations eps dim"
WRAPPERS: Mapping[str, Wrapper] = {
    "Sequential": Wrapper("", "*layers", sequential),
    "DataParallel": Wrapper("torch", "module device_ids output_device dim", inner_items),
    "DistributedDataParallel": Wrapper("torch", "module device_ids output_device", inner_items),
    "spectral_norm": Wrapper("torch", NORM_CALL, norm_items("spectral")),
    "weight_norm": Wrapper("torch", "module name dim", norm_items("weight")),
    "orthogonal": Wrapper("torch", "module name orthogonal_map use_trivialization", norm_items("orthogonal")),
    "SpectralNormalization": Wrapper("keras", "layer power_iterations", norm_items("spectral")),
    "Bidirectional": Wrapper("keras", "layer merge_mode weights backward_layer", bidirectional),
    "TimeDistributed": Wrapper("keras", "layer", time_distributed),
    "TransformerDecoder": Wrapper("torch", "decoder_layer num_layers norm", stack),
    "TransformerEncoder": Wrapper("torch", "encoder_layer num_layers norm enable_nested_tensor mask_check", stack),
}
