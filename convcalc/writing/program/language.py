"""What a language of programs has to say for itself: how each layer is written, and what things are called."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import ExprError, evaluate, is_fraction
from convcalc.algebra.notation import write_shape
from convcalc.algebra.parser import parse
from convcalc.kinds.conventions import CONVENTIONS
from convcalc.kinds.keras import KEEPING, NONNEGATIVE
from convcalc.layers import REQUIRED
from convcalc.layers.situation import LayerSituation
from convcalc.layers.values import exact
from convcalc.problem import Problem, problem
from convcalc.writing.facts import is_on_map
from convcalc.writing.program.code import Atom, GivenArgument, Piece
from convcalc.writing.program.elements import Element, Junction, Leaf, applied_layer

if TYPE_CHECKING:
    from convcalc.layers import Shape
    from convcalc.layers.applied import Applied
    from convcalc.network import Graph, Node
    from convcalc.spec import Spec
    from convcalc.writing.program.making import Maker


class Language:
    """A language; what all of them have in common."""

    title = ""
    variables: frozenset[str] = frozenset()  # what no parameter of a definition can be called
    ties_weights = True  # a layer may use the weights of one that is another
    names_layers = False  # layers know their names, and are no attributes
    keys: Mapping[str, str] = {}  # what a parameter for a letter or key is called, where it is not called like that

    def __init__(self, spec: Spec):
        self.spec = spec
        self.graph: Graph
        self.elements: tuple[Element, ...]

    def situation(self, leaf: Leaf) -> LayerSituation:
        applied, node = applied_layer(leaf, self.graph), self.graph.nodes[leaf.node]
        on_map = bool(node.inputs) and is_on_map(self.graph, node.inputs[0])
        said = dict(leaf.item.written.args) if leaf.item else {}
        stride = said.get("stride", "1")
        varies = isinstance(stride, str) and not stride.isdecimal() and "x" not in stride
        convention = applied.setting.convention or self.spec.convention
        positive = bool(node.inputs) and self.is_positive(node.inputs[0])
        return LayerSituation(applied, on_map, self.spec.channels_last, varies, positive, convention)

    def is_positive(self, index: int) -> bool:
        """Whether no number is below 0 behind a node."""
        waiting, seen = [index], {index}
        while waiting:
            node = self.graph.nodes[waiting.pop()]
            kind = node.applied.setting.kind.name if node.applied else ""
            if kind not in NONNEGATIVE | KEEPING:
                return False
            new = set(node.inputs) - seen if kind in KEEPING else set()
            seen |= new
            waiting += new
        return True

    # What a language says of a layer

    def module(self, leaf: Leaf) -> str | None:
        """A form of what can be a piece of a sequence; None where the layer is none."""
        raise NotImplementedError

    def function(self, leaf: Leaf) -> str | None:
        """A form that is written where the layer is called."""
        raise NotImplementedError

    def combination(self, leaf: Leaf, junction: Junction) -> str:
        """The word for paths that are joined here as one piece; "" where there is none."""
        raise NotImplementedError

    def with_name(self, piece: Piece, name: GivenArgument, leaf: Leaf) -> Piece:
        """A layer that knows its name, where its author gave it one."""
        raise NotImplementedError

    # Values

    def atom(self, maker: Maker, leaf: Leaf, text: str) -> Atom:
        """What a name or a formula of a form stands for."""
        applied = applied_layer(leaf, self.graph)
        if text == "opposite":
            return Atom(python_value(-applied.number("number")), None, text)
        if text.isidentifier():
            value = value_of(applied, text)
            if value is not REQUIRED:
                plain = python_number(value) if is_decimal(applied, text) else python_value(value)
                hint = python_value(maker.hints.argument(leaf, text)) if type(plain) is int else None
                if hint is None and text in applied.letters:
                    hint = maker.hints.formula(leaf, text)
                is_arithmetic = not isinstance(hint, (bool, str, tuple, float))
                return Atom(plain, hint if is_arithmetic else None, self.keys.get(text, text))
        hint = maker.hints.formula(leaf, text)
        return Atom(python_value(number_of(applied, text)), hint, self.keys.get(text, "size"))

    def padding_atom(self, maker: Maker, leaf: Leaf, value: Any) -> Atom:
        """A padding; with what is said of it where that is one number."""
        said = maker.hints.argument(leaf, "padding") if type(value) is int else None
        return Atom(value, said if not isinstance(said, (tuple, str)) else None, "padding")

    # Names

    def name(self, text: str) -> str:
        """A name as Python has it."""
        plain = re.sub(r"\W", "_", text).strip("_") or "layer"
        if plain[0].isdigit():
            plain = f"path_{plain}"
        return f"{plain}_" if keyword.iskeyword(plain) else plain

    def layer_name(self, text: str) -> str:
        """The name of a layer as layers have it that know theirs."""
        raise NotImplementedError

    def definition_name(self, text: str) -> str:
        """`double_conv` as DoubleConv; Network where nothing has a name."""
        words = re.findall(r"[A-Za-z0-9]+", text)
        name = "".join(word[:1].upper() + word[1:] for word in words)
        return name if name.isidentifier() else f"Network{name}"

    def reserved_names(self, _spec: Spec) -> set[str]:
        """What no definition may be called."""
        return set()

    def labels(self, junction: Junction) -> list[str]:
        named = [path.name if path else "" for path in junction.paths]
        if any(named):
            return [label or f"path{index}" for index, label in enumerate(named, 1)]
        join = self.graph.nodes[junction.join.node].applied
        if join and join.setting.kind.block == "gate":
            return ["gate", "shortcut"]
        return ["main", "shortcut"] if len(named) == 2 else [f"path{index}" for index in range(1, len(named) + 1)]

    def written_shape(self, shape: Shape) -> Shape:
        """The sizes of a shape (channels first) in the order of the program."""
        return shape

    def shape(self, sizes: Shape) -> str:
        sizes = self.written_shape(sizes)
        return write_shape(sizes, " × ") if len(sizes) > 1 else str(*sizes)

    def reason(self, _leaf: Leaf) -> tuple[str, ...]:
        """Why a layer has no form, and what to do, where more can be said than that there is none."""
        return ()

    def refusal(self, node: Node, why: str = "", cure: str = "") -> Problem:
        assert node.applied is not None
        kind = node.applied.setting.kind.name
        message = f"{node.name} is {kind}, {why or f'which {self.title} does not have'}"
        return problem("T002", message, cure or "--to yaml says it", self.graph.mark(node.place), layer=node.name)


def value_of(applied: Applied, name: str) -> Any:
    """The value of a key, or of a letter of the formulas."""
    if name in applied.values:
        return applied.values[name]
    known = dict(applied.setting.values)
    if name in known:
        return known[name]
    kind = applied.setting.kind
    convention = CONVENTIONS[applied.setting.convention or "pytorch"]
    for key in kind.settings:
        if key.name == name:
            default = convention.defaults.get((kind.rules, name), key.default)
            if isinstance(default, str) and default[:1] == "=":
                return value_of(applied, default[1:])
            return None if default is REQUIRED else default
    return applied.letters.get(name, REQUIRED)


def is_decimal(applied: Applied, name: str) -> bool:
    return any(key.name == name and key.type == "decimal" for key in applied.setting.kind.keys)


def python_number(text: str | None) -> Any:
    """The number of a decimal, or the infinity that is its word; None for none."""
    if text in (None, "none"):
        return None
    return float(text) if "e" in text or text.lstrip("-") == "inf" else python_value(exact(text))


def number_of(applied: Applied, text: str) -> Any:
    try:
        return evaluate(parse(text), applied.letters)
    except ExprError:
        raise AssertionError(f"{applied.setting.kind.name} has no {text}") from None


def python_value(value: Any) -> Any:
    """One value where it is the same along every axis, before and behind."""
    if isinstance(value, tuple):
        parts = tuple(map(python_value, value))
        return parts[0] if parts and all(part == parts[0] for part in parts) else parts
    if is_fraction(value):
        return int(value) if value.denominator == 1 else float(value)
    return value
