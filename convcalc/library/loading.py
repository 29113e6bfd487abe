"""What a network is loaded from, a name, a file, a text, a dict or a layer, and what is asked beside it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.algebra.limits import MAX_BITS, TOO_LARGE, ExprError
from convcalc.library.frozen import entry_point, require_known
from convcalc.library.symbolic import Number, SymbolicNumber
from convcalc.network.load import source_of, spec_of
from convcalc.problem import LAYER, Problem, Source, problem
from convcalc.spec import Place, Spec
from convcalc.spec.choices import Choices, declared_names
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.library.layers import Layer
    from convcalc.library.network import Network
    from convcalc.network import Graph
    from convcalc.network.walk import NetworkReport

    NetworkSource: TypeAlias = str | os.PathLike[str] | Mapping[str, Any]
    Names: TypeAlias = str | Iterable[str]  # several between commas, or one by one
    InputShape: TypeAlias = str | int | Sequence[int | str | Number]
    Setting: TypeAlias = str | bool | float | Number

SIDES, UNDECLARED = frozenset("DHWL"), "U004"  # letters that an input may be given, and the code where it has none
DICT, TEXT = "<dict>", "<text>"  # what a source is called that has no name


class NetworkOrigin(NamedTuple):
    """Where a network comes from: a source, or one layer on inputs of some shapes."""

    source: Source
    shapes: tuple[str, ...] = ()  # of the inputs of a layer, which the source is then

    def spec(self, choices: Choices) -> Spec:
        """What it says, read under what a run asks for."""
        if not self.shapes:
            return spec_of(self.source, choices)
        from convcalc.readers.command_line import Stretch, layer_spec
        from convcalc.spec.brackets import is_chain
        from convcalc.spec.layout import laid_out

        layer = self.source.text
        if is_chain(layer):
            hint = f'load("{self.shapes[0]} -> {layer}")'
            raise problem("U007", "that is several layers: one is worked out here", hint)
        words, start, stretches = (layer, *self.shapes), 1, []
        for word in words:
            stretches.append(Stretch(word, Place(1, start, len(word))))
            start += len(word) + 1
        first, *others = stretches
        spec = layer_spec(Source(LAYER, " ".join(words)), first, tuple(others), choices.convention)
        return laid_out(spec._replace(layout=choices.layout))


@entry_point
def load(
    source: NetworkSource = "",
    *,
    text: str = "",
    input: InputShape | Mapping[str, InputShape] = "",
    convention: str = "",
    layout: str = "",
    symbolic: bool = False,
    symbols: Names = (),
    without: Names = (),
    defaults: Mapping[str, str] | None = None,
    args: Mapping[str, object] | None = None,
    train: bool = False,
    in_order: bool = False,
    let: Mapping[str, Setting] | None = None,
    **values: Setting,
) -> Network:
    """A network by a bundled name, the path of a file, a line with arrows, a `text`, or a dict in the form of the YAML.

    All forms are read that the commands read, programs, ONNX and notebooks among them, and nothing in them is run;
    `net.py:Net` is one network of a program.  `input` is the shape of the input, `"3x64x64"` or `(3, 64, 64)`, or a
    mapping of those by name; without the batch, channels first unless `layout` says channels_last.  Further keywords
    are values of the names that it declares, or of the sides of its input (H, W), as are those of `let`, for names
    that are keywords here.  `symbolic` has letters for the sides of the input, `symbols` are names that stay letters,
    `without` leaves optional items out, `defaults` are settings by kind, `args` arguments of a program's class, `train`
    reads that as in training, and `in_order` a printed model as a chain.

    A Problem, with all that is wrong and where, if there is no such network or anything in it does not fit.

    >>> convcalc.load("resnet50", width=32).parameters
    12381864
    >>> convcalc.load({"input": "3x32x32", "layers": ["conv 8 k3", "relu"]}).output
    (8, 30, 30)
    >>> convcalc.load(text="input: 3x32x32\\nlayers: [conv 8 k3, relu]").macs
    194400
    """
    from convcalc.library.network import Network

    choices = Choices(
        input_texts(input), setting_texts({**(let or {}), **values}), convention, names_of(without), symbolic, layout,
        names_of(symbols), dict(defaults or {}), {name: str(value) for name, value in (args or {}).items()},
        train, in_order,
    )  # fmt: skip
    check_choices(choices)
    origin = NetworkOrigin(read_source(source, text, choices))
    sides = {name: value for name, value in values.items() if name in SIDES}
    try:
        return Network(origin, choices)
    except Problem as error:
        if not sides or error.diagnostics[0].code != UNDECLARED:
            raise
    choices = choices._replace(sets={name: text for name, text in choices.sets.items() if name not in sides})
    usual = Network(origin, choices)
    return Network(origin, choices_with(choices, usual._graph, usual._report, "", sides))


@entry_point
def layer(text: str, *shapes: InputShape, convention: str = "", layout: str = "") -> Layer:
    """One layer on an input of this shape, or several of them; single letters in it stay letters.

    A Problem where it cannot be read or does not fit.

    >>> convcalc.layer("nn.Conv2d(3, 64, 7, stride=2, padding=3)", (3, 224, 224)).output
    (64, 112, 112)
    >>> convcalc.layer("concat", "64x28x28", "32x28x28").output
    (96, 28, 28)
    >>> convcalc.layer("conv f k=K", "3xHxW").output
    (f, H − K + 1, W − K + 1)
    """
    from convcalc.library.network import Network

    if not shapes:
        raise problem("U007", "what is the shape of the input?", f'layer("{text[:40]}", "3x32x32")')
    choices = Choices(convention=convention, layout=layout)
    check_choices(choices)
    origin = NetworkOrigin(Source(LAYER, text), tuple(map(shape_as_text, shapes)))
    network = Network(origin, choices)
    if not network.layers:
        raise problem("U007", "there is no layer in that", 'layer("conv 8 k3", "3x32x32")')
    return network.layers[0]


def check_choices(choices: Choices) -> None:
    """A Problem for a convention or a layout that there is not."""
    from convcalc.kinds.conventions import CONVENTIONS
    from convcalc.spec.layout import LAYOUTS

    require_known("convention", choices.convention, ("", *CONVENTIONS))
    require_known("layout", choices.layout, ("", *LAYOUTS))


def read_source(source: NetworkSource, text: str, choices: Choices) -> Source:
    """The text that a network is loaded from."""
    if bool(source) == bool(text):
        raise problem("U007", "name one network, or give its text", 'load("vgg16"), load("net.yaml"), load(text="…")')
    if text:
        return Source(TEXT, str(text))
    if isinstance(source, Mapping):
        return source_of_dict(source)
    name = os.fspath(source)
    if name == "-":
        raise problem("U007", "standard input is not read here", "load(text=sys.stdin.read())")
    if "\n" in name:
        raise problem("U007", "that is the text of a network, not its name", "load(text=…)")
    return source_of(name, choices)


def source_of_dict(content: Mapping[str, Any], name: str = DICT) -> Source:
    """A dict as a text in JSON, in which errors have their lines."""
    from json import dumps

    try:
        return Source(name, dumps(plain(content), indent=1, ensure_ascii=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise problem("U007", f"the dict is not as YAML or JSON would have it: {error}") from None


def plain(content: Any) -> Any:
    """Mappings, sequences and numbers as JSON has them."""
    if isinstance(content, Mapping):
        return {key_text(key): plain(value) for key, value in content.items()}
    if isinstance(content, (list, tuple)):
        return [plain(value) for value in content]
    return setting_text(content) if isinstance(content, (Fraction, SymbolicNumber)) else printable(content)


def key_text(key: object) -> str:
    """A key of a mapping; a TypeError where YAML could not have it."""
    if isinstance(key, (str, int, float)) or key is None:
        return str(key)
    raise TypeError(f"a key is a text, not a {type(key).__name__}")


def names_of(words: Names) -> tuple[str, ...]:
    """Names one by one, or several between commas."""
    return tuple(words.replace(",", " ").split()) if isinstance(words, str) else tuple(words)


def shape_as_text(shape: InputShape) -> str:
    """`(3, 224, 224)` as 3x224x224; a text, or the features of a vector, as it is."""
    is_several = not isinstance(shape, str) and isinstance(shape, Iterable)
    return "x".join(map(setting_text, shape)) if is_several else str(printable(shape))  # type: ignore[arg-type]


def input_texts(input: InputShape | Mapping[str, InputShape]) -> dict[str, str]:
    """Shapes of inputs by name; "" is the first."""
    if isinstance(input, Mapping):
        return {name: shape_as_text(shape) for name, shape in input.items()}
    return {"": text} if (text := shape_as_text(input)) else {}


def setting_texts(values: Mapping[str, Setting]) -> dict[str, str]:
    return {name: setting_text(value) for name, value in values.items()}


def setting_text(value: object) -> str:
    """A value as a spec has it: yes for True."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.write("ascii") if isinstance(value, SymbolicNumber) else str(printable(value))


def printable(value: object) -> object:
    """A value as it is; an ExprError for a number that is too long to be written."""
    if isinstance(value, int) and value.bit_length() > MAX_BITS:
        raise ExprError(TOO_LARGE)
    return value


def choices_with(
    choices: Choices, graph: Graph, report: NetworkReport, input: InputShape | Mapping[str, InputShape],
    values: Mapping[str, Setting],
) -> Choices:  # fmt: skip
    """What was asked of a network, with other inputs and values; letters of its sides take a number each."""
    sides: dict[str, str] = {}
    if input:
        choices = without_sides(choices, graph.spec)
        kept = {} if isinstance(input, str) or not isinstance(input, Mapping) else dict(choices.inputs)
        choices = choices._replace(inputs={**kept, **input_texts(input)}, symbolic=False)
    if values and not choices.symbolic:
        known = {*declared_names(graph.spec), *choices.symbols, *graph.names}
        if any(name not in known for name in values):
            sides = sizes_by_letter(graph.spec, choices, report)
    if any(name in sides for name in values):
        return choices._replace(symbolic=True, sets={**choices.sets, **sides, **setting_texts(values)})
    return choices._replace(sets={**choices.sets, **setting_texts(values)})


def without_sides(choices: Choices, spec: Spec) -> Choices:
    """What was asked of a network, but for the numbers that sides of its inputs were given by their letters."""
    from convcalc.spec.inputs import letters_of_sides

    declared = {*declared_names(spec), *choices.symbols} - letters_of_sides(spec)
    return choices._replace(sets={name: text for name, text in choices.sets.items() if name in declared})


def sizes_by_letter(spec: Spec, choices: Choices, report: NetworkReport) -> dict[str, str]:
    """The sizes that the sides of the inputs have, by the letters that they would have."""
    from convcalc.spec.inputs import read_inputs
    from convcalc.spec.names import declare

    lettered = choices._replace(symbolic=True)
    try:
        shapes = read_inputs(spec, lettered, declare(spec, lettered).values).shapes
    except Problem:
        return {}
    pairs = (pair for name, shape in shapes.items() for pair in zip(shape, report.inputs[name], strict=True))
    found = {str(letter): size for letter, size in pairs if isinstance(size, int) and letter != size}
    return {letter: str(size) for letter, size in found.items() if letter.isidentifier()}
