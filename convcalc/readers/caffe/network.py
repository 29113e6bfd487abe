"""The layers of a network of Caffe that are in one phase, from blob to blob."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from convcalc.problem import MAX_ERRORS, Diagnostic, Problem, Source, did_you_mean, problem
from convcalc.readers.caffe.layer import CaffeLayer, layer_of, whole_number
from convcalc.readers.caffe.tops import BOTTOMS, tops_of
from convcalc.readers.inputs import tensors_of_inputs, with_mark
from convcalc.readers.prototxt import Message, read_message
from convcalc.readers.trace import Stopped, Tensor, Trace
from convcalc.spec import Place, Spec
from convcalc.spec.choices import Choices, few
from convcalc.spec.shapes import read_shape
from convcalc.tuples import NamedTuple

CONVENTION = "caffe"
PREPARES = "labels are prepared"
EXAMPLE = ("3", "224", "224")
COLOURS = 3  # channels of a picture that is not said to be grey
PHASES = ("TRAIN", "TEST")  # in the order of their numbers


def read_spec(source: Source, choices: Choices) -> Spec:
    """The Spec of a prototxt: of its network as it is tested, or trained where that is asked for."""
    return CaffeReader(source, choices).read()


class CaffeReader:
    """A network in the making: the blobs that there are, and the layers that are left out."""

    def __init__(self, source: Source, choices: Choices):
        self.source, self.choices = source, choices
        self.phase = PHASES[not choices.train]
        self.root = read_message(source)
        self.trace = Trace(source, CONVENTION)
        self.blobs: dict[str, Tensor] = {}
        self.unused: list[str] = []  # blobs that nothing takes
        self.owners: dict[str, str] = {}  # of named weights, the layer that has them

    def read(self) -> Spec:
        layers = list(self.layers())
        data = [*declared_blobs(self.root)]
        data += [blob for layer in layers if layer.gives_data for blob in data_blobs(layer)]
        labels = {blob.name for blob in data if blob.is_label}
        kept = self.network_layers([layer for layer in layers if not layer.gives_data], labels)
        used = {name for layer in kept for name in layer.bottoms}
        self.unused = [blob.name for blob in data if blob.name not in used]
        data = [blob for blob in data if blob.name in used]
        try:
            if data:
                self.read_inputs(data)
            for layer in kept:
                self.add(layer)
        except Stopped:
            return self.trace.spec(())
        *others, main = ends(kept)
        return self.trace.spec([(name, self.blobs[name]) for name in (main, *others)], name=self.root.text("name"))

    # Layers

    def layers(self) -> Iterator[CaffeLayer]:
        """The layers of the phase; a Problem where some cannot be read."""
        wrong: list[Diagnostic] = []
        for field in self.root.fields:
            if field.name in ("layer", "layers") and isinstance(field.value, Message) and self.is_in(field.value):
                try:
                    yield layer_of(self.source, field.value)
                except Problem as error:
                    wrong += error.diagnostics
        if wrong:
            raise Problem(*wrong[:MAX_ERRORS])

    def is_in(self, message: Message) -> bool:
        """Whether a layer is in the network of this phase: any of its rules is met."""
        included, excluded = message.messages("include"), message.messages("exclude")
        return any(map(self.meets, included)) if included else not any(map(self.meets, excluded))

    def meets(self, rule: Message) -> bool:
        state = self.root.message("state")
        stages = state.texts("stage")
        level, least, most = (
            whole_number(self.source, field) if field else 0
            for field in (state.field("level"), rule.field("min_level"), rule.field("max_level"))
        )
        return (
            rule.text("phase", self.phase) in (self.phase, str(PHASES.index(self.phase)))
            and (least <= level or not rule.field("min_level"))
            and (level <= most or not rule.field("max_level"))
            and all(stage in stages for stage in rule.texts("stage"))
            and not any(stage in stages for stage in rule.texts("not_stage"))
        )

    def network_layers(self, layers: list[CaffeLayer], labels: set[str]) -> list[CaffeLayer]:
        """The layers without those that compare, make boxes, or prepare labels; notes say which are left out."""
        used = {name for layer in layers for name in layer.bottoms}
        gone = set(labels)
        reasons: dict[int, str] = {}
        for index, layer in enumerate(layers):
            reason = layer.type.remark
            if not reason and layer.type.signature is None:
                if used.intersection(layer.tops):
                    hint = "give the network as ONNX, or its part that does without it"
                    raise layer.problem("F005", "what a Python layer computes is not in the file", hint)
                reason = "a program runs"
            if not reason and layer.bottoms and gone.issuperset(layer.bottoms) and layer.kind.parameters == "0":
                reason = PREPARES
            if reason:
                reasons[index] = reason
            (gone.update if reason else gone.difference_update)(layer.tops)
        needed = {name for index, layer in enumerate(layers) if index not in reasons for name in layer.bottoms}
        for index in sorted(reasons, reverse=True):
            if reasons[index] == PREPARES and needed.intersection(layers[index].tops):
                del reasons[index]
                needed.update(layers[index].bottoms)
        kept = [layer for index, layer in enumerate(layers) if index not in reasons]
        if not kept:
            hint = "a layer of it at least" if self.choices.train else "--train"
            mark = self.root.place.mark(self.source)
            raise problem("F003", f"no layer of the network is in phase {self.phase}", hint, mark)
        for reason in dict.fromkeys(reasons.values()):
            beside = [layer for index, layer in enumerate(layers) if reasons.get(index) == reason]
            self.note(f"left out, for {reason}: {few(layer.name for layer in beside)}", beside[0].place)
        return kept

    def note(self, message: str, place: Place) -> None:
        self.trace.notes.append(Diagnostic("W009", message, "", place.mark(self.source), severity="note"))

    # Blobs

    def read_inputs(self, blobs: list[DataBlob]) -> None:
        """Make the blobs that no layer computes, as the file or the run gives them."""
        known = self.choices.inputs
        raw: list[tuple[str, tuple[str, ...], Place]] = []
        for index, blob in enumerate(blobs):
            name, sizes = re.sub(r"\W", "_", blob.name), blob.sizes
            given = known.get(name) or (known.get("") if index == 0 else "")
            if not sizes:
                if not given:
                    option = f"--input {name}=" if index else "--input "
                    message = f"the size of {blob.name[:40]} is not in the file"
                    raise problem("F006", message, f"for example {option}3x224x224", blob.place.mark(self.source))
                parts = read_shape(given).parts
                sizes = ("1", *EXAMPLE[: max(len(parts), 3)]) if len(parts) > 1 else ("1", "1")
            elif blob.is_coloured and not given:
                message = f"{blob.name[:40]}: 3 channels are taken, as of pictures in colour; others by --input"
                self.note(message, blob.place)
            if sizes[0].isdecimal() and sizes[0] != "1" and not given:
                self.note(f"the {sizes[0]} in front of {blob.name[:40]} is taken as the batch", blob.place)
                self.trace.batch = int(sizes[0])
            raw.append((name, sizes[1:] or ("1",), blob.place))
        tensors = tensors_of_inputs(self.trace, raw, self.choices)
        self.blobs.update(zip((blob.name for blob in blobs), tensors, strict=True))

    def add(self, layer: CaffeLayer) -> None:
        """Apply a layer to its bottoms; a Problem where it has none such."""
        names = layer.message.all("bottom")
        least, most = BOTTOMS.get(layer.type.name, (1, 1))
        if not least <= len(names) <= most:
            wanted = str(least) if least == most else f"{least} or more"
            bottoms = "bottom" if wanted == "1" else "bottoms"
            message = f"{layer.type.name} of Caffe takes {wanted} {bottoms}, here it has {len(names)}"
            *_, last = "…", *self.unused, *self.blobs
            hint = f'bottom: "{last}"' if least == 1 and not names else 'a line bottom: "…" for each'
            raise layer.problem("F003", message, hint)
        if not layer.tops:
            raise layer.problem("F003", f"the output of {layer.type.name} has no name", f'top: "{layer.name}"')
        for field in names:
            if field.value not in self.blobs:
                message = f'no layer above has the top "{str(field.value)[:40]}"'
                hint = self.elsewhere(str(field.value)) or did_you_mean(str(field.value), [*self.unused, *self.blobs])
                raise problem("F003", message, hint, field.place.mark(self.source), layer=layer.name)
        taken = [self.blobs[str(field.value)] for field in names]
        try:
            tops = tops_of(self.trace, layer._replace(weights=self.owner(layer)), taken)
        except Stopped:
            raise
        except Problem as error:
            if any(bottom.broken for bottom in taken):
                raise Stopped(*error.diagnostics) from None
            raise with_mark(error, layer.place.mark(self.source), layer.name) from None
        self.blobs.update(zip(layer.tops, tops, strict=False))

    def elsewhere(self, name: str) -> str:
        """How to get at a blob that only the other phase has, or a stage."""
        for layer in (*self.root.messages("layer"), *self.root.messages("layers")):
            if name in layer.texts("top") and not self.is_in(layer):
                is_staged = any(rule.field("stage") for rule in layer.messages("include"))
                by_hand = f"take the include rules out of the layer {layer.text('name')[:40]}"
                return by_hand if is_staged or self.choices.train else "--train"
        return ""

    def owner(self, layer: CaffeLayer) -> str:
        """The layer whose weights this one uses: the first that has its own under the same names."""
        names = [param.text("name") for param in layer.message.messages("param")] or layer.message.texts("param")
        owners = {self.owners.setdefault(name, layer.name) for name in names if name} - {layer.name}
        if not owners:
            return ""
        if len(owners) > 1 or not all(names) or len(names) < layer.blobs:
            message = "weights that are shared with several layers, or in part, have no kind here"
            raise layer.problem("F005", message, "share all of a layer's weights")
        return owners.pop()


def ends(layers: Iterable[CaffeLayer]) -> list[str]:
    """The tops that no layer takes as its bottom, in order; a layer in place has its bottom as its top."""
    found: dict[str, None] = {}
    for layer in layers:
        for name in layer.bottoms:
            found.pop(name, None)
        found.update(dict.fromkeys(layer.tops[:1] if layer.type.words else layer.tops))
    return list(found)


# What goes in


class DataBlob(NamedTuple):
    """A blob that no layer computes."""

    name: str
    place: Place
    sizes: tuple[str, ...] = ()  # with the batch; none where they are not in the file
    is_label: bool = False  # what the output is to be
    is_coloured: bool = False  # its channels are not in the file, and those of a picture are taken


def declared_blobs(root: Message) -> Iterator[DataBlob]:
    """`input: "data"` with four `input_dim`, or an `input_shape`, for each."""
    shapes, dims = root.messages("input_shape"), root.texts("input_dim")
    for index, field in enumerate(root.all("input")):
        sizes = shapes[index].texts("dim") if index < len(shapes) else dims[4 * index : 4 * index + 4]
        yield DataBlob(str(field.value), field.place, tuple(sizes))


def data_blobs(layer: CaffeLayer) -> Iterator[DataBlob]:
    """The tops of a layer that gives data; those behind the first are labels, unless each has a shape."""
    shapes = [shape.texts("dim") for shape in layer.settings.messages("shape")]
    for index, field in enumerate(layer.message.all("top")):
        blob = DataBlob(str(field.value), field.place)
        if shapes:
            yield blob._replace(sizes=tuple(shapes[min(index, len(shapes) - 1)]))
        else:
            yield blob._replace(is_label=True) if index else picture(layer, blob)


def picture(layer: CaffeLayer, blob: DataBlob) -> DataBlob:
    """The sizes of a data layer's pictures, as far as the file has them."""
    settings, changes = layer.settings, layer.message.message("transform_param")
    batch = settings.text("batch_size", "1")
    sides = [settings.text(side) or settings.text(f"new_{side}") for side in ("height", "width")]
    if cut := changes.text("crop_size") or settings.text("crop_size"):
        sides = [cut, cut]
    if not all(sides) or "0" in sides:
        return blob
    channels = settings.text("channels")
    if not channels:
        channels = str(channels_of(layer, changes) or "")
    return blob._replace(sizes=(batch, channels or str(COLOURS), *sides), is_coloured=not channels)


def channels_of(layer: CaffeLayer, changes: Message) -> int | None:
    """The channels that a picture is said to have: by its colour, or by a mean of each."""
    if changes.text("force_gray") == "true" or layer.settings.text("is_color") == "false":
        return 1
    if changes.text("force_color") == "true" or layer.settings.field("is_color") or layer.type.name == "ImageData":
        return COLOURS
    means = len(changes.all("mean_value"))
    return means if means > 1 else None
