"""A layer of Caffe as it is written: its type, its blobs, and its settings under the keys of its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.kinds import plain
from convcalc.kinds.caffe import NO_SHAPE, VARIANTS, CaffeType, caffe_types
from convcalc.layers import COUNTING, Kind, key_names
from convcalc.problem import Problem, Source, did_you_mean, problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.readers.prototxt import Message, ProtoField
    from convcalc.spec import Place

AXES = {"_h": 0, "_w": 1}  # what the settings of one axis end with


class CaffeLayer(NamedTuple):
    """One message `layer { … }`."""

    source: Source
    name: str
    type: CaffeType
    message: Message
    place: Place
    weights: str = ""  # the layer whose weights it uses

    @property
    def bottoms(self) -> list[str]:
        return self.message.texts("bottom")

    @property
    def tops(self) -> list[str]:
        return self.message.texts("top")

    @property
    def kind(self) -> Kind:
        assert self.type.signature is not None
        return self.type.signature.kind

    @property
    def gives_data(self) -> bool:
        return not (self.type.signature or self.type.remark or self.message.field("bottom"))

    @property
    def blobs(self) -> int:
        """How many tensors it learns: weights, and biases."""
        return 1 + self.flag("bias_term", any(key.name == "bias" for key in self.kind.keys))

    @property
    def is_frozen(self) -> bool:
        """Whether nothing that it has to learn is learnt: the rate of all is 0."""
        rates = [param.text("lr_mult", "1") for param in self.message.messages("param")]
        rates = rates or self.message.texts("blobs_lr")
        learns = self.kind.tensor != "" and len(rates) >= self.blobs
        return learns and all(rate.strip("0.") == "" for rate in rates)

    @property
    def settings(self) -> Message:
        return self.message.message(self.type.message)

    def number(self, name: str, otherwise: int) -> int:
        """A setting that is a whole number."""
        return (self.numbers(name) or [otherwise])[-1]

    def numbers(self, name: str) -> list[int]:
        """A setting of several whole numbers."""
        return [whole_number(self.source, field) for field in self.settings.all(name)]

    def flag(self, name: str, otherwise: bool = False) -> bool:
        return self.settings.text(name, str(otherwise)).lower() in ("true", "1")

    def problem(self, code: str, message: str, hint: str = "", setting: str = "") -> Problem:
        """What is wrong with the layer, at one of its settings or at its name."""
        field = self.settings.field(setting) if setting else None
        place = field.place if field else self.place
        return problem(code, message, hint, place.mark(self.source), layer=self.name)


def whole_number(source: Source, field: ProtoField) -> int:
    """The number that a field has; a Problem where it has none."""
    text = field.value if isinstance(field.value, str) else "{…}"
    if not text.lstrip("-").isdecimal():
        message = f"{field.name} is {text[:20]}, and must be a whole number"
        raise problem("F004", message, f"for example {field.name}: 3", field.place.mark(source))
    return int(text)


def layer_of(source: Source, message: Message) -> CaffeLayer:
    """The layer of a message; a Problem where its type is not known."""
    named, typed = message.field("name"), message.field("type")
    name, type = message.text("name"), message.text("type")
    if not typed or not type:
        hint = 'for example type: "Convolution"'
        raise problem("F002", f"the layer {name[:40]} has no type", hint, message.place.mark(source))
    known = caffe_types()
    usual = known.get(plain(type))
    if usual is None:
        hint = did_you_mean(type, {each.name for each in known.values()})
        hint = hint or "if it changes no shape, leave it out: its bottom takes the place of its top"
        mark = typed.place.mark(source)
        raise problem("F002", f'there is no type of layer "{type[:40]}"', hint, mark, layer=name)
    layer = CaffeLayer(source, name or type, usual, message, (named or typed).place)
    return layer._replace(type=known.get(":".join((plain(type), *variant(layer, plain(type)))), usual))


def variant(layer: CaffeLayer, name: str) -> tuple[str, ...]:
    """The words that make a type one kind and not another, if anything says them: AVE and global."""
    words: tuple[str, ...] = ()
    if name in VARIANTS:
        setting, said = VARIANTS[name]
        known = said.split()
        word = layer.settings.text(setting) or layer.type.words[0]
        if word.isdecimal() and int(word) < len(known):
            word = known[int(word)]
        if word not in known:
            hint = f"{setting}: {', '.join(known)}"
            raise layer.problem("F004", f"{layer.type.name} has no {setting} {word[:20]}", hint, setting)
        words = (plain(word),)
    if layer.type.name == "ReLU" and layer.settings.text("negative_slope", "0").strip("0.") != "":
        words = ("leaky",)
    if layer.flag("global_pooling"):
        words = (*words, "global")
    if len(layer.message.all("bottom")) > 1 and layer.type.name == "Upsample":
        words = ("mask",)
    return words


def args_of(layer: CaffeLayer) -> tuple[dict[str, Any], Place]:
    """The settings of a layer by the keys of its kind, and its place, which knows where each of them is."""
    signed = layer.type.signature
    assert signed is not None
    args: dict[str, Any] = dict(signed.fixed)
    places: list[tuple[str, Place]] = []
    table = key_names(signed.kind)
    written: dict[str, list[str]] = {}
    sides: dict[str, dict[int, str]] = {}
    for field in layer.settings.fields:
        key, axis = signed.sets.get(field.name, field.name), AXES.get(field.name[-2:])
        if field.name not in signed.order:
            check_name(layer, field)
        elif isinstance(field.value, str):
            if table[key].type in COUNTING:
                whole_number(layer.source, field)
            places.append((key, field.place))
            if axis is None:
                written.setdefault(key, []).append(field.value)
            else:
                sides.setdefault(key, {})[axis] = field.value
    for key, values in written.items():
        args[key] = values[0] if len(values) == 1 else tuple(values)
    for key, pair in sides.items():
        if key in written:
            raise layer.problem("F004", f"{key} is given for both axes, and for one", "leave one of them out")
        usual = "0" if key == "padding" else "1"
        args[key] = tuple(pair.get(axis, usual) for axis in (0, 1))
    return args, layer.place._replace(values=lambda: places)


def check_name(layer: CaffeLayer, field: ProtoField) -> None:
    """A Problem where a setting is a slip of one that the layer has."""
    signed = layer.type.signature
    if field.name in NO_SHAPE or signed is None:
        return
    if hint := did_you_mean(field.name, signed.order):
        raise layer.problem("F004", f"{layer.type.name} has no {field.name[:40]}", hint, field.name)
