"""The sections of a cfg of Darknet, each with the place of its options, and the layers that they stand for.

Most are a layer, a normalisation and an activation in one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.kinds.convolution import CONV, LOCALCONV, TCONV
from convcalc.kinds.darknet import ACTIVATIONS, SectionType, activation_of
from convcalc.kinds.dense import LINEAR
from convcalc.kinds.normalising import BATCHNORM
from convcalc.kinds.pooling import AVGPOOL, MAXPOOL
from convcalc.kinds.rearranging import FLATTEN
from convcalc.kinds.recurrent import GRU, LSTM, RNN
from convcalc.kinds.resampling import CROP, PIXELSHUFFLE, PIXELUNSHUFFLE
from convcalc.problem import Problem, Source, did_you_mean, nearest, problem
from convcalc.spec import Place
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.layers import Kind
    from convcalc.readers.trace import Tensor, Trace

    Part: TypeAlias = tuple["Kind", dict[str, Any]]
    Rule: TypeAlias = Callable[["SectionLayer", list["Tensor"]], Iterator[Part]]

MAX_LINES = 200_000
HEADING = re.compile(r"\s*\[\s*(\w+)\s*\]")
OPTION = re.compile(r"\s*([\w.-]+)\s*=\s*([^#;]*)")
SLIP = 0.8  # how like an option a word must be to be a slip of it
NONE = "linear"  # no activation
MATRICES = {GRU: 6, LSTM: 8, RNN: 2}


class CfgOption(NamedTuple):
    text: str
    place: Place


class CfgSection(NamedTuple):
    """`[convolutional]` and the options below it; of an option that stands twice, the first counts."""

    source: Source
    name: str
    place: Place
    options: dict[str, CfgOption]

    def text(self, name: str, otherwise: str = "") -> str:
        return self.options[name].text if name in self.options else otherwise

    def numbers(self, name: str, *otherwise: int) -> tuple[int, ...]:
        """The whole numbers of an option, between commas."""
        if name not in self.options:
            return otherwise
        parts = [part.strip() for part in self.options[name].text.split(",") if part.strip()]
        if not parts or not all(re.fullmatch(r"[-+]?\d{1,9}", part) for part in parts):
            message = f"{name} must be whole, not {self.options[name].text[:20] or 'nothing'}"
            raise self.problem("F004", message, f"for example {name}={(*otherwise, 3)[0]}", name)
        return tuple(map(int, parts))

    def number(self, name: str, otherwise: int) -> int:
        return self.numbers(name, otherwise)[0]

    def problem(self, code: str, message: str, hint: str = "", option: str = "") -> Problem:
        """What is wrong with the section, at one of its options or at its heading."""
        place = self.options[option].place if option in self.options else self.place
        return problem(code, message, hint, place.mark(self.source))

    def check_options(self, known: Iterable[str]) -> None:
        """A Problem where an option is a slip of one that matters."""
        names = tuple(known)
        for name in self.options:
            if name not in names and (meant := nearest(name, names, SLIP)):
                raise self.problem("F004", f"[{self.name}] has no {name[:40]}", f'did you mean "{meant}"?', name)


def read_sections(source: Source) -> list[CfgSection]:
    """The sections of a text; a Problem at a line that is neither a heading nor an option."""
    found: list[CfgSection] = []
    for number, line in enumerate(source.text.splitlines(), 1):
        text = line.strip()
        if number > MAX_LINES:
            raise problem("F001", f"more than {MAX_LINES:,} lines", "", Place(number, 1).mark(source))
        if not text or text[0] in "#;":
            continue
        column = len(line) - len(line.lstrip()) + 1
        place = Place(number, column, len(text))
        if heading := HEADING.match(line):
            found.append(CfgSection(source, heading[1], place, {}))
        elif (option := OPTION.match(line)) and found:
            where = Place(number, option.start(2) + 1, max(len(option[2].strip()), 1))
            found[-1].options.setdefault(option[1], CfgOption(option[2].strip(), where))
        else:
            hint = "a section begins with [convolutional], its options are lines such as filters=64"
            raise problem("F001", f"{text[:40]} is neither a section nor an option", hint, place.mark(source))
    return found


# Layers


class SectionLayer(NamedTuple):
    """A section that is a layer, and what its name is."""

    trace: Trace
    section: CfgSection
    type: SectionType
    name: str
    place: Place  # knows where each of its options is
    weights: str = ""  # the section whose weights it uses

    @property
    def kind(self) -> Kind:
        return self.type.signature.kind

    @property
    def args(self) -> dict[str, Any]:
        """The options under the keys of the kind."""
        signed = self.type.signature
        args: dict[str, Any] = dict(signed.fixed)
        for option in signed.order:
            if option in self.section.options:
                key = signed.sets.get(option, option)
                args[key] = self.section.text(option) if key == "rate" else self.section.number(option, 1)
        return args


def output_of(layer: SectionLayer, inputs: list[Tensor]) -> Tensor:
    """The tensor that a section makes of its inputs, by one layer or by several of a group."""
    parts = [*RULES.get(layer.kind, usual_parts)(layer, inputs), *activation(layer)]
    if len(parts) == 1:
        return layer_of(layer, parts[0], inputs, layer.name, layer.weights)
    tensors = inputs
    with layer.trace.group(layer.name, layer.place):
        for kind, args in parts:
            weights = f"{layer.weights}.{kind.name}" if layer.weights and kind.parameters != "0" else ""
            tensors = [layer_of(layer, (kind, args), tensors, kind.name, weights)]
    return tensors[0]


def layer_of(layer: SectionLayer, part: Part, inputs: Sequence[Tensor], name: str, weights: str = "") -> Tensor:
    kind, args = part
    return layer.trace.layer(kind, args, inputs, layer.place, name, weights=weights)


def activation(layer: SectionLayer) -> Iterator[Part]:
    name = layer.section.text("activation", layer.type.activation)
    if name == NONE or layer.kind in (GRU, LSTM):
        return
    if name not in ACTIVATIONS:
        hint = did_you_mean(name, ACTIVATIONS) or "linear is none"
        raise layer.section.problem("F004", f'there is no activation "{name[:40]}"', hint, "activation")
    yield activation_of(name)


def usual_parts(layer: SectionLayer, inputs: list[Tensor]) -> Iterator[Part]:
    yield layer.kind, layer.args


def normalised_parts(layer: SectionLayer, kind: Kind, args: dict[str, Any], times: int = 1) -> Iterator[Part]:
    """A layer with biases, or with batch normalisations in their place."""
    if layer.section.number("batch_normalize", 0) or layer.section.number("cbn", 0):
        yield kind, {**args, "bias": False}
        yield from [(BATCHNORM, {})] * times
    else:
        yield kind, args


def window(layer: SectionLayer) -> dict[str, Any]:
    """The arguments of a layer whose window may have a stride of its own on each axis."""
    args, section = layer.args, layer.section
    if "stride_x" in section.options or "stride_y" in section.options:
        args["stride"] = tuple(section.number(name, section.number("stride", 1)) for name in ("stride_y", "stride_x"))
    return args


def convolution_parts(layer: SectionLayer, inputs: list[Tensor]) -> Iterator[Part]:
    """`pad=1` is half of the size, whatever it is; `padding` is in cells."""
    section, args = layer.section, window(layer)
    size, dilation = int(args["kernel"]), section.number("dilation", 1)
    padding = size // 2 if section.number("pad", 0) else section.number("padding", 0)
    if dilation > 1:
        if size > 1 and 2 * padding != size - 1:
            message = f"a dilation with {padding} cells of padding, where {size // 2} keep the size"
            raise section.problem("F005", message, "pad=1, and an odd size", "dilation")
        args["dilation"], padding = dilation if size > 1 else 1, padding * dilation
    if section.number("antialiasing", 0):
        raise section.problem("F005", "antialiasing blurs, which has no kind here", "antialiasing=0", "antialiasing")
    yield from normalised_parts(layer, layer.kind, {**args, "padding": padding})


def local_parts(layer: SectionLayer, inputs: list[Tensor]) -> Iterator[Part]:
    args = layer.args
    size = int(args["kernel"]) - 1
    yield LOCALCONV, {**args, "padding": sides_of(size) if layer.section.number("pad", 0) else 0}


def sides_of(cells: int) -> Any:
    """The padding of so many cells in all on each axis, the odd one behind."""
    return ((cells // 2, cells - cells // 2),) * 2 if cells % 2 else cells // 2


def pooling_parts(layer: SectionLayer, inputs: list[Tensor]) -> Iterator[Part]:
    """Cells of padding in all, one fewer than the window unless given."""
    section, args = layer.section, window(layer)
    if section.number("maxpool_depth", 0):
        raise section.problem("F005", "a maximum over channels has no kind here", "maxpool_depth=0", "maxpool_depth")
    size = args.setdefault("kernel", section.number("stride", 1))
    yield layer.kind, {**args, "padding": sides_of(section.number("padding", int(size) - 1))}


def connected_parts(layer: SectionLayer, inputs: list[Tensor]) -> Iterator[Part]:
    if len(inputs[0].sizes) > 1:
        yield FLATTEN, {}
    yield from normalised_parts(layer, LINEAR, layer.args)


def recurrent_parts(layer: SectionLayer, inputs: list[Tensor]) -> Iterator[Part]:
    """Each of its matrices has biases, or a normalisation, of its own."""
    yield from normalised_parts(layer, layer.kind, layer.args, MATRICES[layer.kind])


def rnn_parts(layer: SectionLayer, inputs: list[Tensor]) -> Iterator[Part]:
    """Darknet's rnn has a matrix of the input, one of the state, and one of the output."""
    yield from recurrent_parts(layer, inputs)
    yield from activation(layer)
    yield from normalised_parts(layer, LINEAR, layer.args)


def reorg_parts(layer: SectionLayer, inputs: list[Tensor]) -> Iterator[Part]:
    if layer.section.number("extra", 0):
        raise layer.section.problem("F005", "more numbers than there are have no kind here", "extra=0", "extra")
    yield (PIXELSHUFFLE if layer.section.number("reverse", 0) else PIXELUNSHUFFLE), layer.args


def crop_parts(layer: SectionLayer, inputs: list[Tensor]) -> Iterator[Part]:
    yield CROP, {"output": tuple(layer.section.number(f"crop_{side}", 1) for side in ("height", "width"))}


RULES: dict[Kind, Rule] = {
    AVGPOOL: pooling_parts, CONV: convolution_parts, CROP: crop_parts, GRU: recurrent_parts, LINEAR: connected_parts,
    LOCALCONV: local_parts, LSTM: recurrent_parts, MAXPOOL: pooling_parts, PIXELUNSHUFFLE: reorg_parts, RNN: rnn_parts,
    TCONV: convolution_parts,
}  # fmt: skip
