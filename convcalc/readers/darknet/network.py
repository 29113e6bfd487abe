"""The sections of a cfg of Darknet, one after another; those that join name others by their number."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from convcalc.kinds.darknet import HEADS, LEFT_OUT, REFUSED, section_types
from convcalc.kinds.joining import ADD, CONCAT, MULTIPLY
from convcalc.kinds.pooling import MAXPOOL
from convcalc.kinds.rearranging import SLICE, SPLIT
from convcalc.kinds.resampling import ZEROPAD
from convcalc.problem import Diagnostic, Problem, Source, did_you_mean
from convcalc.readers.darknet.sections import CfgSection, SectionLayer, output_of, read_sections
from convcalc.readers.inputs import tensors_of_inputs, with_mark
from convcalc.readers.tensors import quotient
from convcalc.readers.trace import Stopped, Tensor, Trace
from convcalc.spec.choices import Choices, few

if TYPE_CHECKING:
    from convcalc.spec import Spec

INPUT = "data"
FIRST = ("net", "network")


def read_spec(source: Source, choices: Choices) -> Spec:
    """The Spec of a cfg."""
    return DarknetReader(source, choices).read()


class DarknetReader:
    """A network in the making: the tensor of every section so far, by its number."""

    def __init__(self, source: Source, choices: Choices):
        self.source, self.choices = source, choices
        self.trace = Trace(source)
        self.tensors: list[Tensor] = []
        self.names: list[str] = []  # of the sections so far
        self.heads: list[tuple[str, Tensor]] = []

    def read(self) -> Spec:
        first, *sections = self.sections()
        self.note_left_out([section for section in sections if section.name in LEFT_OUT])
        try:
            current = self.input(first)
            for section in sections:
                type = section_types().get(section.name)
                name = f"{type.name if type else section.name}{len(self.names)}"
                current = self.tensor(section, name, current)
                self.names.append(name)
                self.tensors.append(current)
        except Stopped:
            return self.trace.spec(())
        name = os.path.basename(self.source.name).removesuffix(".cfg")
        return self.trace.spec(self.heads or [(current.name, current)], name=name)

    def sections(self) -> list[CfgSection]:
        """The sections, of which the first is [net]; a Problem where some are not known, or there is no layer."""
        found = read_sections(self.source)
        if found[0].name not in FIRST:
            hint = "[net] with height, width and channels"
            raise found[0].problem("F002", f"the first section is [{found[0].name[:40]}]", hint)
        known = {*section_types(), *HEADS, *LEFT_OUT}
        wrong = []
        for section in found[1:]:
            if section.name in REFUSED:
                hint = "give the network without it"
                wrong.append(section.problem("F005", f"[{section.name}] has no kind here", hint))
            elif section.name not in known:
                hint = did_you_mean(section.name, known) or f"known are {few(f'[{name}]' for name in section_types())}"
                wrong.append(section.problem("F002", f"there is no section [{section.name[:40]}]", hint))
        if wrong:
            raise Problem(*(finding for error in wrong for finding in error.diagnostics))
        if len(found) == 1:
            raise found[0].problem("F003", "the network has no layer", "[convolutional] after it, and more")
        return found

    def note_left_out(self, sections: list[CfgSection]) -> None:
        if sections:
            names = few(dict.fromkeys(f"[{section.name}]" for section in sections))
            mark, message = sections[0].place.mark(self.source), f"left out, for nothing is computed there: {names}"
            self.trace.notes.append(Diagnostic("W009", message, "", mark, severity="note"))

    def input(self, section: CfgSection) -> Tensor:
        """The input that [net] declares: a picture, or the numbers of one step."""
        names = ("channels", "height", "width") if "height" in section.options else ("inputs",)
        sizes = tuple(str(section.number(name, 0)) for name in names)
        if "0" in sizes and not self.choices.inputs:
            missing = names[sizes.index("0")]
            hint = f"{missing}=3 below [net], or --input 3x416x416"
            raise section.problem("F006", f"[net] has no {missing}", hint)
        place = section.options[names[0]].place if names[0] in section.options else section.place
        return tensors_of_inputs(self.trace, [(INPUT, sizes, place)], self.choices)[0]

    def tensor(self, section: CfgSection, name: str, current: Tensor) -> Tensor:
        """What a section makes of the tensor before it, or of those that it names."""
        if section.name in LEFT_OUT:
            return current
        if section.name in HEADS:
            return self.head(section, name, current)
        type = section_types()[section.name]
        section.check_options(
            [*type.signature.order, "batch_normalize", "activation", "padding", "stride_x", "stride_y"]
        )
        keys = [(type.signature.sets.get(option, option), found.place) for option, found in section.options.items()]
        place = section.place._replace(values=lambda: keys)
        layer = SectionLayer(self.trace, section, type, name, place, self.owner(section))
        try:
            inputs = self.inputs(layer, current)
            return inputs[0] if layer.kind is CONCAT and len(inputs) == 1 else output_of(layer, inputs)
        except Stopped:
            raise
        except Problem as error:
            if current.broken:
                raise Stopped(*error.diagnostics) from None
            raise with_mark(error, section.place.mark(self.source), name) from None

    def inputs(self, layer: SectionLayer, current: Tensor) -> list[Tensor]:
        """The tensor before it, those of the sections that it names, or both."""
        section = layer.section
        if layer.kind is CONCAT:
            return [self.part(layer, tensor) for tensor in self.tensors_named(section, "layers")]
        if layer.kind is MULTIPLY:
            return [*self.tensors_named(section, "from"), current]
        if layer.kind is ADD:
            if section.text("weights_type", "none") != "none":
                message = "a weighted shortcut has no kind here"
                raise section.problem("F005", message, "weights_type=none", "weights_type")
            return [current, *(self.fitted(layer, tensor, current) for tensor in self.tensors_named(section, "from"))]
        return [current]

    def tensors_named(self, section: CfgSection, option: str) -> list[Tensor]:
        """The tensors of sections: from the first on, which is 0, or back from this one."""
        if option not in section.options:
            raise section.problem("F003", f"[{section.name}] has no {option}", f"{option}=-1 is the section above")
        return [self.tensors[self.index(section, number, option)] for number in section.numbers(option)]

    def index(self, section: CfgSection, number: int, option: str) -> int:
        """The section that a number means; a Problem where there is none above."""
        count = len(self.tensors)
        index = number + count if number < 0 else number
        if 0 <= index < count:
            return index
        message, hint = f"there is no section {number} above this one", ""
        if option != "share_index":
            message, hint = f"{message}, which is {count}", f"0 to {count - 1}, or -1 to -{count}"
        raise section.problem("F003", message, hint, option)

    def part(self, layer: SectionLayer, tensor: Tensor) -> Tensor:
        """The tensor, or that of several groups of its channels which a route takes."""
        groups = layer.section.number("groups", 1)
        if groups == 1:
            return tensor
        args = {"parts": groups, "part": layer.section.number("group_id", 0)}
        return self.trace.layer(SPLIT, args, [tensor], layer.place, f"{layer.name}_part")

    def fitted(self, layer: SectionLayer, tensor: Tensor, wanted: Tensor) -> Tensor:
        """As much of a tensor as a shortcut adds to one of another shape: every so many pixels, and the first channels.

        What is missing is as if it were 0.
        """
        (channels, *sides), (more, *others) = tensor.sizes, wanted.sizes
        if sides != others:
            strides = [quotient(side, other) for side, other in zip(sides, others, strict=False)]
            if len(sides) != len(others) or None in strides:
                return tensor  # it does not fit
            args: dict[str, Any] = {"kernel": 1, "stride": strides}
            tensor = self.trace.layer(MAXPOOL, args, [tensor], layer.place, f"{layer.name}_pixels")
        if channels == more or not (isinstance(channels, int) and isinstance(more, int)):
            return tensor
        kind, args = (SLICE, {"stop": more}) if channels > more else (ZEROPAD, {"channels": (0, more - channels)})
        return self.trace.layer(kind, args, [tensor], layer.place, f"{layer.name}_channels")

    def owner(self, section: CfgSection) -> str:
        """The name of the section whose weights it uses."""
        if "share_index" not in section.options:
            return ""
        return self.names[self.index(section, section.number("share_index", 0), "share_index")]

    def head(self, section: CfgSection, name: str, current: Tensor) -> Tensor:
        """An output, of which boxes are read; a Problem where it does not hold as many numbers as they need."""
        classes = section.number("classes", 1 if section.name == "detection" else 20)
        boxes, coordinates = section.number("num", 1), section.number("coords", HEADS[section.name] - 1)
        if "mask" in section.options:
            boxes = len(section.numbers("mask"))
        wanted, sizes = boxes * (classes + coordinates + 1), current.sizes
        work = f"{boxes} × ({classes} classes + {coordinates + 1}) = {wanted}"
        if section.name == "detection":
            cells = section.number("side", 7) ** 2
            wanted = cells * (boxes * (1 + coordinates) + classes)
            work = f"{cells} × ({boxes} × {coordinates + 1} + {classes} classes) = {wanted}"
        if sizes[0] != wanted and not current.broken:
            option = "output" if section.name == "detection" else "filters"
            message = f"{sizes[0]} channels go into [{section.name}], its boxes need {wanted}"
            error = section.problem("F007", message, f"{option}={wanted} in the section before it")
            self.trace.findings += [finding._replace(work=work, layer=name) for finding in error.diagnostics]
        self.heads.append((name, current))
        return current
