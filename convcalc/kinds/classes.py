"""The classes of the frameworks: which kind each is, and how it takes its arguments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from convcalc.kinds import KINDS, plain
from convcalc.kinds.conventions import FRAMEWORKS
from convcalc.layers import Kind, key_names
from convcalc.tuples import NamedTuple

INPUT_SHAPES = ("batch_input_shape", "input_shape", "batch_shape", "input_dim", "input_length")


class Signature(NamedTuple):
    """How a framework's class takes its arguments: parameter names in order, each with the key that it sets."""

    framework: str  # "torch", "keras" or "onnx"
    kind: Kind
    dims: int
    order: tuple[str, ...]
    sets: dict[str, str]  # parameter → key; "" where it changes values only
    fixed: dict[str, str]  # key → text, settings that the class implies
    words: dict[str, tuple[str, ...]]  # parameter → the words that the class takes; in capitals: in any case
    exact: frozenset[str] = frozenset()  # parameters whose list has an entry for each axis, never one for all
    required: tuple[str, ...] = ()  # parameters without which it is no layer, though the kind has a default
    together: tuple[str, ...] = ()  # parameters that set one key, a value per axis
    # By parameter and value, what kind it is with those, and settings that this says.
    calls: Mapping[str, Mapping[str, tuple[Kind, dict[str, str]]]] = {}
    operands: Mapping[str, str] = {}  # of a function, its parameters that are tensors: @, @@ for a list, % of weights
    open: frozenset[str] = frozenset()  # parameters whose list may be without its brackets, behind all others
    batched: frozenset[str] = frozenset()  # parameters whose list begins with the batch

    @property
    def of_input(self) -> tuple[str, ...]:
        """The parameters by which a first layer of Keras says what goes in: none of its own."""
        return tuple(name for name in INPUT_SHAPES if name not in self.order) if self.framework == "keras" else ()

    def parameter_of(self, name: str) -> str:
        """The parameter of this class that sets what another name does, as Keras's strides a stride; "" for none."""
        table = key_names(self.kind)
        known = table.get(name)
        others = (each for each in self.order if known is not None and table.get(self.sets.get(each, each)) is known)
        return "" if name in self.order else next(others, "")

    def takes_alone(self, name: str) -> bool:
        """Whether a parameter is this class's, or one that only Keras's layers have."""
        words = name.startswith("return_") or name.endswith(("_initializer", "_regularizer", "_constraint"))
        return name in (*self.order, *self.of_input) or (self.framework == "keras" and words)

    @property
    def convention(self) -> str:
        return FRAMEWORKS[self.framework]


@lru_cache(maxsize=4)
def classes(framework: str) -> dict[str, tuple[Kind, int, str]]:
    """A framework's class names ("torch", "keras", "onnx"), as it spells them: kind, number of axes, parameters.

    A record's "Conv{n}d" stands for three classes; "PixelShuffle:2" and "Softmax2d" demand two axes.
    """
    table = {}
    for kind in KINDS:
        for stem, parameters in getattr(kind, framework):
            name, _, dims = stem.partition(":")
            for each in (1, 2, 3) if "{n}" in name else (0,):
                digit = DIMENSIONS.search(name)
                axes = each or int(dims or (digit[1] if digit else 0))
                table[name.replace("{n}", str(each))] = (kind, axes, parameters)
    return table


DIMENSIONS = re.compile("([123])[dD]")
PARAMETER = re.compile(r"(\w+)(!?)(\*?)(@@?|%|)(\+?)(\^?)(?:\{([\w|]*)\})?(?::(\w+))?(?:=(\S+))?")


@lru_cache(maxsize=512)
def signature(framework: str, name: str) -> Signature | None:
    """How a class takes its arguments, or None: `padding:sides` sets another key, `k:_` none, `mode=reflect` is
    implied, `dim:axis=-1` has another default, `padding{same|valid}` takes only these words, the list of
    `kernel_size!` has an entry for each axis, and `groups*` has no default; more in convcalc.kinds.functions."""
    known = classes(framework).get(name)
    if known is None:
        return None
    return signature_of(framework, *known)._replace(calls=called_kinds(framework, name))


def signature_of(framework: str, kind: Kind, dims: int, parameters: str) -> Signature:
    """How a class with these parameters takes its arguments."""
    written = [match.groups() for match in PARAMETER.finditer(parameters)]
    keys = [key for *_, key, _ in written]
    taken = [each for each in written if each[-1] is None or each[-2] is not None]
    marked = [(name, marks, words, key) for name, *marks, words, key, _ in taken]
    return Signature(
        framework, kind, dims,
        order=() if framework == "onnx" else tuple(name for name, *_ in marked),
        sets={name: "" if key in (None, "_") else key for name, _, _, key in marked if key or name == "_"},
        fixed={key or name: implied for name, *_, key, implied in written if implied is not None},
        words={name: tuple(filter(None, words.split("|"))) for name, _, words, _ in marked if words is not None},
        exact=frozenset(name for name, (exact, *_), *_ in marked if exact),
        required=tuple(name for name, (_, required, *_), *_ in marked if required),
        together=tuple(name for name, *_, key in marked if key not in (None, "_") and keys.count(key) > 1),
        operands={name: sign for name, (_, _, sign, *_), *_ in marked if sign},
        open=frozenset(name for name, (*_, opened, _), *_ in marked if opened),
        batched=frozenset(name for name, (*_, batch), *_ in marked if batch),
    )  # fmt: skip


def called_kinds(framework: str, name: str) -> dict[str, dict[str, tuple[Kind, dict[str, str]]]]:
    """Of a class whose arguments decide which kind it is: by parameter and plain value."""
    found: dict[str, dict[str, tuple[Kind, dict[str, str]]]] = {}
    for kind in KINDS if framework == "keras" else ():
        for known, parameter, text in kind.calls:
            if known == name:
                value, *settings = text.split()
                pairs = (each.partition("=") for each in settings)
                found.setdefault(parameter, {})[plain(value)] = kind, {key: setting for key, _, setting in pairs}
    return found
