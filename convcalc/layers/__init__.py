"""A layer kind is one record: its keys, and its formulas as the textbook writes them; a convention is another.

Letters: n and o input and output size on an axis, k kernel, s stride, p padding on each side, d dilation, c input
channels, f filters or units, g groups, b 1 with a bias; products over the axes: K of the kernel, S of the stride, A of
the dilation, M of the input, N of the output.  A key's symbol is its letter in the formulas and in the shorthand alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.layers.window import CONTRACTING, POINT, Window
from convcalc.tuples import NamedTuple, by_identity

if TYPE_CHECKING:
    from convcalc.algebra.expr import Number, Value
    from convcalc.layers.applied import Applied
    from convcalc.layers.case import Case

    Shape: TypeAlias = tuple[Value, ...]  # channels first, without the batch: (C, H, W), (C, L) or (features,)

REQUIRED = object()
PRODUCTS = {"k": "K", "s": "S", "d": "A"}  # over the axes: A for the dilation, à trous


class Key(NamedTuple):
    """One setting of a layer: how it is written, what it may be, and its letter in the formulas."""

    name: str
    symbol: str
    doc: str
    type: str = "count"  # a reader of convcalc.layers.values: count, axes, decimal, padding, flag, word, …
    default: Any = REQUIRED  # a value (a decimal's is its text); "=kernel" is that of another key; None leaves it out
    low: int = 1  # the smallest number allowed
    high: int | None = None  # the largest
    words: tuple[str, ...] = ()  # allowed words, the only values of a "word" key
    aliases: tuple[str, ...] = ()
    quiet: bool = False  # not reported while it has its default
    hidden: bool = False  # never reported
    bare: bool = True  # as the main one, written without its name: conv 64, but dwconv k3
    unless: tuple[str, ...] = ()  # keys that say it instead, so that it is not required
    training: bool = False  # has a say in training only

    @property
    def per_axis(self) -> bool:
        return self.type in ("axes", "padding", "scales", "output")


# What may be said of any layer.
DATA_FORMAT = Key(
    "data_format", "", "order of the axes, as Keras's layers say it: that of the network's layout", "word", None,
    words=("channels_first", "channels_last"), quiet=True,
)  # fmt: skip
TRAINABLE = Key("trainable", "", "learn the parameters; if not, they count as buffers", "flag", True, quiet=True)
# What may be said of a layer with one tensor of weights, that is made of others before each use.
NORM = Key(
    "norm", "", "how the weights are made of what is learnt", "word", None,
    words=("spectral", "weight", "orthogonal"), quiet=True,
)  # fmt: skip
LEARNT_NORMS = frozenset(("weight",))  # the others keep what is not learnt


class Need(NamedTuple):
    """What must hold on every axis (or once, when no per-axis letter is in it), else an error with its cure."""

    condition: str  # "a <= b", "a < b" or "a % b == 0"
    code: str
    message: str  # with {letters} filled in
    cures: str = ""  # letters that the solver may change, in the order to name them
    hint: str = ""  # a cure in words, beside or instead of the solver's
    unless: str = ""  # a flag of the layer that lifts it
    when: str = ""  # a flag of the layer without which it does not hold


@lru_cache(maxsize=256)
def sides(condition: str) -> tuple[str, str, str]:
    """(left, operator, right) of a condition; a ValueError where it is none."""
    for operator in (" <= ", " < ", " == "):
        left, found, right = condition.partition(operator)
        if found:
            return left, operator.strip(), right
    raise ValueError(condition)


def compare(left: Number, operator: str, right: Number) -> bool:
    """Whether a condition between two numbers holds."""
    return left <= right if operator == "<=" else left < right if operator == "<" else left == right


ShapeRule: TypeAlias = "Callable[[Case], Shape]"
Span: TypeAlias = "tuple[float | None, float | None]"  # from and to; None: without end


def nothing(applied: Applied) -> str:
    """What most layers see beyond the edges."""
    return "nothing"


@by_identity
class Kind(NamedTuple):
    """Everything that is known of a layer kind."""

    name: str
    doc: str
    keys: tuple[Key, ...] = ()  # the first is the main one: the first bare value of the shorthand
    aliases: tuple[str, ...] = ()
    sizes: Mapping[str, str] = {"": "n"}  # one axis of the output, by situation: "" is the usual one
    channels: str = "c"
    shape: ShapeRule | None = None  # where the output is not made axis by axis
    outputs: Mapping[str, str] = {}  # what that gives, as formulas: channels, size, features, rows, windows
    parameters: str = "0"  # weights and biases; empty: not known
    weights: str = ""  # empty: what `parameters` keeps at b = 0
    biases: str = ""  # empty: what it loses
    tensor: str = ""  # the sizes of its weights, filters first, k for each axis; empty: told by its parameters' letters
    buffers: str = "0"
    normed: Mapping[str, str] = {}  # by its `norm`, what that keeps more; "keras spectral" where a convention differs
    macs: str = "0"
    connections: str = ""  # empty: macs, and one bias for every output that has one
    window: Window = POINT
    modes: Mapping[str, Window] = {}  # by its mode, where that changes the window
    mode: Callable[[Applied], str] = lambda applied: applied.values["mode"]  # which of those it has
    # One number of the output, by its mode ("" is the usual one): of the numbers x that it sees, their weights w, their
    # shares t of an interpolation, how many they are (m), the bias b, and the layer's settings by name.
    cells: Mapping[str, str] = {}
    own_statistics: bool = False  # its mean and variance are those of the numbers that it sees
    groups: str = "c"  # groups of channels that do not see each other; c: each channel is by itself
    beyond: Callable[[Applied], str] = nothing  # what is seen over an edge: or zeros, replicate, reflect, circular
    needs: tuple[Need, ...] = ()
    rules: str = ""  # whose rules in a convention it follows: what `same` is, defaults, needs; conv, pool, tconv, …
    rank: int = 0  # axes that its settings have where they are not those of its input: a fold makes its own
    takes: str = "any"  # map: channels and at least one axis; features: acts on the last axis; any
    makes: str = ""  # map, features, same: whether a linear layer may follow without a flatten; empty: what it takes
    inputs: int = 1  # 0: any number, one at least; -1: as its letters have it
    steps: bool = False  # of a series of maps: the windows do not slide along the steps
    layers: str = "1"  # how many layers one of it stands for
    constant: bool = False  # numbers that the network holds: it takes no input
    opaque: bool = False  # what it makes of its input is not known
    decodes: int = 0  # of several inputs, the one that has the steps of the output
    dims: str = ""  # {n}-D aliases: "conv" makes conv1d, conv2d and conv3d, which also check
    torch: tuple[tuple[str, str], ...] = ()  # (class, its parameters in order), see convcalc.kinds.signature
    keras: tuple[tuple[str, str], ...] = ()
    onnx: tuple[tuple[str, str], ...] = ()  # (operator, its attributes), where these are not those of a class above
    calls: tuple[tuple[str, str, str], ...] = ()  # (class of Keras, argument, value) that is of this kind all the same
    says: Mapping[str, tuple[str, str]] = {}  # by plain name, a key and its value that the name says
    storage: bool = True  # False: the output needs no memory of its own
    bind: Callable[[Case], None] | None = None  # letters of its axes that follow from others
    letters: Callable[[Case], dict[str, Value]] | None = None  # further letters of its formulas
    check: Callable[[Case], None] | None = None  # further restrictions, raised as problems
    unpools: bool = False  # puts each number back to where a max pooling found it
    pools: bool = False  # a pooling: one number for each window, channel by channel
    by_step: str = ""  # the layers that do the same to each step of a series, where no window says it
    flattens: bool = False  # lays a map out as a vector
    takes_flat: bool = False  # a map has to be flattened before it
    block: str = ""  # the block of the language whose paths it joins: residual, gate, concat
    stretches: bool = False  # at the end of a block, a vector counts as a map of 1 × 1
    counted_as: str = ""  # its name in the rules of tools that count; empty where theirs is not known
    operator: bool = False  # no module in PyTorch: written with + and *, torch.cat, torch.flatten and the like
    view: bool = False  # its output is its input, looked at in another way
    derivative: str = ""  # what its derivative needs of the forward pass: input or output; with weights, its input
    linear: str = ""  # it only weighs and adds: "mixes" channels by learnt weights, or "keeps" them apart
    activates: bool = False  # a function of each number by itself, which is no linear one
    saturates: bool = False  # its slope goes to 0 on both sides
    gives: Span | None = None  # between which numbers its outputs lie; None: anywhere
    keeps: Span | None = None  # the numbers that it leaves as they are, all between two of them
    normalises: str = ""  # the mean of each channel becomes 0: over the "batch" and the map, or over the "map"
    label: str = ""  # how the lectures write it: "Conv (C_out={f}, K={k}, P={p}, S={s})"; empty: by its class
    line: str = ""  # its name in CS231n's lines: "CONV{k}-{o}" for so many output channels; empty: in capitals
    drawn: str = ""  # how the lectures write its weights: "{f} x ({c} x {k} + 1)"
    meanings: Mapping[str, tuple[str, str]] = {}  # of its own letters: what each is, and its unit
    example: tuple[str, ...] = ()  # a small layer, and the shapes of its inputs; empty: by itself, on a map
    sources: tuple[str, ...] = ()

    @property
    def settings(self) -> tuple[Key, ...]:
        """Its own keys, and those that any layer has."""
        own = (*self.keys, NORM) if self.normed else self.keys
        return (*own, DATA_FORMAT) if self.parameters == "0" else (*own, DATA_FORMAT, TRAINABLE)

    @property
    def class_name(self) -> str:
        """The name of its class in a framework, whatever the number of axes; empty where no framework has one."""
        name, _ = (*self.torch, *self.keras, ("", ""))[0]
        return name.partition("{")[0]

    @property
    def worked_example(self) -> tuple[str, ...]:
        return self.example or (self.name, "64x28x28")

    @property
    def broadcasts(self) -> bool:
        """Whether several inputs meet number by number, one of one cell everywhere."""
        return self.inputs == 0 and self.window.type is not CONTRACTING

    @property
    def lays_out_windows(self) -> bool:
        """Whether its sizes are those of a grid of windows, that its shape lays out."""
        return self.shape is not None and self.sizes != {"": "n"} and not self.steps


class SortedKeys(NamedTuple):
    """The keys of a kind by what becomes of them."""

    usual: dict[str, Any]  # of one value for the layer, with their defaults
    others: tuple[Key, ...]  # required, per axis, held to the input, or with another's value as their default
    of_axes: tuple[Key, ...]  # with a letter for each axis
    of_layer: tuple[Key, ...]  # with a letter of the layer
    counted: tuple[Key, ...]  # in whole numbers
    reported: tuple[Key, ...]


COUNTING = frozenset(("count", "check", "axes", "padding", "output", "shape", "sides"))  # types in whole numbers
UNREPORTED = frozenset(("check", "ignored", "sides"))  # types that only say how the others are read


@lru_cache(maxsize=1024)
def sorted_keys(kind: Kind) -> SortedKeys:
    """Sorted once for all layers of a kind."""

    def is_usual(key: Key) -> bool:
        follows = key.default is REQUIRED or (isinstance(key.default, str) and key.default[:1] == "=")
        return not (follows or key.per_axis or key.type == "check")

    lettered = [key for key in kind.keys if key.symbol]
    return SortedKeys(
        {key.name: key.default for key in kind.settings if is_usual(key)},
        tuple(key for key in kind.settings if not is_usual(key)),
        tuple(key for key in lettered if key.per_axis),
        tuple(key for key in lettered if not key.per_axis),
        tuple(key for key in kind.keys if key.type in COUNTING),
        tuple(key for key in kind.settings if not key.hidden and key.type not in UNREPORTED),
    )


@lru_cache(maxsize=1024)
def key_names(kind: Kind) -> dict[str, Key]:
    """The keys of a kind by every name and alias; single letters as symbols, in either case."""
    table: dict[str, Key] = {}
    for key in reversed(kind.settings):
        for name in (key.symbol, key.symbol.upper(), *key.aliases, key.name):
            if name:
                table[name] = key
    for key in kind.settings:  # a key's own name beats another's alias
        table[key.name] = key
    return table


class Same(NamedTuple):
    """What `same` means: the padding in all, and the size where it has a formula of its own; the odd cell is last."""

    total: str
    size: str = ""


class Convention(NamedTuple):
    """What a framework settles where the textbook leaves a choice."""

    name: str
    doc: str
    # By the rules that a kind goes by: conv, pool, tconv, …
    same: Mapping[str, Same]
    sizes: Mapping[tuple[str, str], str] = {}  # (rules, situation) → the formula that replaces the kind's own
    defaults: Mapping[tuple[str, str], Any] = {}  # (rules, key) → default
    # By what must hold of the layer: its rules, "… layer" for one kind, "3d", "same" with that padding.
    needs: Mapping[str, tuple[Need, ...]] = {}
    clips_padded_only: bool = False  # rounding up, drop a last window in the padding only where any axis is padded
    ends_after_beginnings: bool = False  # padding may be listed as ONNX does: every beginning, then every end
    output_sets_padding: bool = False  # a transposed convolution's `output` settles its padding, not output_padding
    global_pool_keeps: bool = True  # global pooling leaves axes of size 1
    dense_on_maps: bool = False  # a linear layer may act on the channels of a map
    recurrent_biases: int = 2  # biases per gate
    recurrent_sequences: bool = True  # a recurrent layer gives every step
    prelu_per_number: bool = False
    pads_in_words: bool = False  # a convolution's padding is a word, never a number
    groups_of_one: bool = False  # −1 groups are as many as channels
    classes: str = "torch"  # whose class names win where both have one
