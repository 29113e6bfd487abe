"""PyTorch as a language of programs: the form of each layer, and what the names in it stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from convcalc.kinds.pytorch import CONSTANTS, FUNCTIONS, MODULES
from convcalc.kinds.pytorch_arithmetic import class_form
from convcalc.layers.situation import LayerSituation, pool_window
from convcalc.writing.program.code import Atom
from convcalc.writing.program.elements import Junction, Leaf, applied_layer
from convcalc.writing.program.language import Language, python_value
from convcalc.writing.pytorch_modules import MODULES as SOURCES

if TYPE_CHECKING:
    from convcalc.layers.applied import Applied
    from convcalc.network import Node
    from convcalc.spec import Spec
    from convcalc.writing.program.making import Maker

KEYS = {"f": "filters", "c": "in_channels", "h": "heads", "last": "features", "e": "channels", "v": "count"}
# What every module has.
TAKEN = frozenset((
    "T_destination", "add_module", "apply", "bfloat16", "buffers", "call_super_init", "children", "compile", "cpu",
    "cuda", "double", "dump_patches", "eval", "extra_repr", "float", "forward", "get_buffer", "get_extra_state",
    "get_parameter", "get_submodule", "half", "ipu", "load_state_dict", "modules", "mtia", "named_buffers",
    "named_children", "named_modules", "named_parameters", "parameters", "register_buffer", "register_module",
    "register_parameter", "requires_grad_", "set_extra_state", "set_submodule", "share_memory", "state_dict", "to",
    "to_empty", "train", "training", "type", "xpu", "zero_grad",
))  # fmt: skip
OPERATORS = ("+", "-", "*", "/", "%", "**")
NORMS = {"spectral": "spectral_norm", "weight": "weight_norm", "orthogonal": "orthogonal"}


class PyTorch(Language):
    title = "PyTorch"
    keys = KEYS

    def name(self, text: str) -> str:
        found = super().name(text)
        return f"{found}_" if found in TAKEN else found

    def reserved_names(self, _spec: Spec) -> set[str]:
        return {"F", "OrderedDict", "Tensor", *(name.replace("{n}", n) for name in SOURCES for n in "123")}

    # Forms

    def module(self, leaf: Leaf) -> str | None:
        applied = applied_layer(leaf, self.graph)
        kind = applied.setting.kind
        if not self.graph.nodes[leaf.node].inputs:
            return None
        found = MODULES.get(kind.name)
        situation = self.situation(leaf)
        if found is None and kind.torch and kind.parameters == "0" and kind.inputs == 1:
            found = class_form(kind)
        form = found(situation) if callable(found) else found
        if not form:
            return None
        if applied.features_first and kind.takes == "features" and len(applied.input[0]) > 1:
            form = f"ChannelsLast({form})"
        norm = applied.values.get("norm")
        if norm:
            form = f"nn.utils.parametrizations.{NORMS[norm]}({form})"
        if applied.values.get("trainable") is False:
            form = f"frozen({form})"
        return form.replace("{n}", str(max(1, situation.rank)))

    def function(self, leaf: Leaf) -> str | None:
        applied = applied_layer(leaf, self.graph)
        kind = applied.setting.kind
        if kind.constant:
            return CONSTANTS[kind.name]
        found = FUNCTIONS.get(kind.name)
        form = found(self.situation(leaf)) if callable(found) else found
        return f" {form} ".join(self.terms(self.graph.nodes[leaf.node], applied)) if form in OPERATORS else form

    def terms(self, node: Node, applied: Applied) -> Iterator[str]:
        """The inputs of an operator, with new axes where it takes them to be of size 1."""
        for index, (source, aligned) in enumerate(zip(node.inputs, applied.input, strict=True), 1):
            name, shape = f"x{index}" if index > 1 else "x", tuple(self.graph.shape(source) or ())
            new = ", ".join(["None"] * (len(aligned) - len(shape)))
            before = self.graph.nodes[source].applied
            if not new or (aligned[: len(shape)] != shape and before and before.setting.kind.constant):
                yield name
            else:
                yield f"{name}[..., {new}]" if aligned[: len(shape)] == shape else f"{name}[:, {new}]"

    def combination(self, leaf: Leaf, junction: Junction) -> str:
        """What adds, multiplies or joins the paths of a sequence as one of its pieces."""
        applied = applied_layer(leaf, self.graph)
        kind, identities = applied.setting.kind, [path is None for path in junction.paths]
        if any(junction.is_auto):
            return ""
        if kind.block == "residual":
            return "Residual" if identities == [False, True] else "Sum"
        if kind.block == "gate":
            return "Gate" if identities == [False, True] else ""
        axis = applied.values.get("axis")
        is_channels = axis is None or self.situation(leaf).dim(axis) == 1
        return "Concat" if kind.block == "concat" and is_channels else ""

    # Values

    def atom(self, maker: Maker, leaf: Leaf, text: str) -> Atom:
        applied = applied_layer(leaf, self.graph)
        if text == "last":
            hints = maker.hints.shape(self.graph.nodes[leaf.node].inputs[0])
            return Atom(applied.input[0][-1], hints[-1] if hints else None, "features")
        if text in NAMES:
            value = NAMES[text](applied)
            return self.padding_atom(maker, leaf, value) if text == "pads" else Atom(value, None, text)
        if text in LAID_OUT:
            return Atom(LAID_OUT[text](self.situation(leaf)), None, text)
        return super().atom(maker, leaf, text)


def sides(applied: Applied) -> tuple[int, ...]:
    """Cells before and behind, the last axis first."""
    pads = pads_of(applied)
    found = tuple(cells for pair in reversed(pads) for cells in pair)
    return found[0] if len(set(found)) == 1 else found  # type: ignore[return-value]  # PyTorch takes one for all


def pads_of(applied: Applied) -> tuple[tuple[int, int], ...]:
    if applied.setting.kind.pools:
        return pool_window(applied).pads
    return tuple((axis["p_l"], axis["p_r"]) for axis in applied.axes)  # type: ignore[misc]  # they are numbers


def transposed_padding(applied: Applied) -> list[tuple[int, int]]:
    """Of a transposed convolution the padding and the output padding along each axis that give its size.

    The padding is its own where that is the same on both sides: what it cuts off in front is not seen in the size.
    """
    found = []
    axes: list[dict[str, Any]] = list(applied.axes)
    sizes: tuple[Any, ...] = applied.output[1:]
    for axis, size in zip(axes, sizes, strict=True):
        whole = (axis["n"] - 1) * axis["s"] + axis["d"] * (axis["k"] - 1) + 1
        cut = axis["p_l"]
        added = size - whole + 2 * cut
        if axis["p_r"] != cut or not 0 <= added < max(axis["s"], axis["d"]):
            cut = max(-((size - whole) // 2), 0)
            added = size - whole + 2 * cut
        found.append((cut, added))
    return found


def letters_along(letter: str) -> Callable[[Applied], Any]:
    return lambda applied: tuple(axis[letter] for axis in applied.axes)


def list_of(name: str) -> Callable[[Applied], Any]:
    """A list that stays one, whatever is in it."""

    def value(applied: Applied) -> Any:
        found = applied.values.get(name)
        return tuple(found) if isinstance(found, (tuple, list)) else found

    return value


NAMES: dict[str, Callable[[Applied], Any]] = {
    "pads": lambda applied: python_value(pads_of(applied)),
    "sides": sides,
    "sizes": lambda applied: python_value(applied.output[1:]),
    "sides_of_output": lambda applied: applied.output[1:],
    "ceiled": lambda applied: pool_window(applied).ceil,
    "cut": lambda applied: python_value(tuple(cut for cut, _ in transposed_padding(applied))),
    "added": lambda applied: python_value(tuple(added for _, added in transposed_padding(applied))),
    "folded": lambda applied: python_value(dict(applied.setting.values).get("padding", 0)),
    "affined": lambda applied: bool(applied.letters["a"]),
    "shifted": lambda applied: bool(applied.letters["b"]),
    "over": list_of("over"),
    "channels": lambda applied: tuple((*applied.values["channels"], *applied.values["channels"])[:2]),
    "window_sides": letters_along("k"),
    "shift_sides": lambda applied: python_value(letters_along("sh")(applied)),
    "grid_sides": list_of("grid"),
    "query_strides": list_of("queries"),
    "key_strides": list_of("keys"),
    "has_table": lambda applied: bool(applied.letters["j"]),
    "ends": lambda applied: len(applied.output) < len(applied.input[0]),
    "length": lambda applied: applied.output[applied.along or 0],
    "along": lambda applied: (applied.along or 0) + 1,
    "shape": lambda applied: applied.output,
    "axes": list_of("axes"),
    "tiles": list_of("times"),
}


def reduced_dims(situation: LayerSituation) -> int | tuple[int, ...]:
    axes = situation.values.get("axes") or range(1, len(situation.shape) + 1)
    found = tuple(sorted(map(situation.dim, axes)))
    return found[0] if len(found) == 1 else found


LAID_OUT: dict[str, Callable[[LayerSituation], Any]] = {
    "order": lambda situation: tuple(map(situation.dim, situation.values["order"])),
    "reduced": reduced_dims,
}
