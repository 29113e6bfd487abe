"""Calls around other layers, `nn.Sequential(…)`, `spectral_norm(…)`, `Bidirectional(…)`, as the items that they are.

A wrapper maps items to items; what its layers then come to is in their records.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from convcalc.layers.record import NORM
from convcalc.layers.values import NO, NOTHING
from convcalc.readers.calls.call import Argument, Call, call_of_text, parts_listed
from convcalc.readers.calls.steps import bidirectional, time_distributed
from convcalc.readers.calls.wrapping import OF_ALL, Wrapper, Wrapping
from convcalc.readers.code import INPUTS, called_name
from convcalc.spec.model import PREVIOUS, BrokenItem, Item, Items, LayerItem, RepeatItem

if TYPE_CHECKING:
    from convcalc.readers.line import LineReader
    from convcalc.spec.model import Place


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
                message = (
                    f"{wrapping.call.word} goes around a layer with one tensor of weights: {written.kind.name} has "
                )
                more = "several" if written.kind.parameters != "0" else "none"
                raise wrapping.refuse(f"{message}{more}", f"write: {wrapping.inner_text}")
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
