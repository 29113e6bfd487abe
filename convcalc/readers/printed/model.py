"""A printed PyTorch model to a Spec: its parameters as it is, its shapes where the order of its layers is certain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from convcalc.kinds import printed
from convcalc.kinds.classes import Signature, signature
from convcalc.kinds.constant import PARAMETER
from convcalc.layers import REQUIRED, key_names
from convcalc.layers.held import CHANNELS
from convcalc.problem import Diagnostic, Problem, Source, problem
from convcalc.readers.printed.tree import WHOLE, PrintedModule, read_tree
from convcalc.readers.shorthand import Resolved, arguments
from convcalc.spec import (
    UNSHAPED,
    BrokenItem,
    LayerItem,
    Place,
    RepeatItem,
    Spec,
    WrittenLayer,
    items_within,
    map_items,
    reword,
)  # fmt: skip
from convcalc.spec.brackets import parts_of
from convcalc.spec.choices import Choices, few
from convcalc.spec.layout import SIDES
from convcalc.spec.names import symbol

if TYPE_CHECKING:
    from convcalc.layers.values import Raw
    from convcalc.spec import Item, Items

TOP = Place(1, 1)
UNORDERED = "the order in which the layers are computed is not printed", "--in-order takes them one after another"
UNSIZED = "the shape of the input is not printed", "--input 3x224x224 gives it"
ASSUMED = "the layers are taken to be computed in the order in which they are printed (--in-order)"
UNTOLD = "MultiheadAttention (kdim, vdim)"
PARAMETRIZED = "Parametrized"  # what torch.nn.utils.parametrize puts before a class's name
UNKNOWN_NORM = "?"


def read_spec(source: Source, choices: Choices) -> Spec:
    root = read_tree(source)
    while root.kind in printed.AROUND and len(root.children) == 1:
        (root,) = root.children
    return ModelReader(source).spec(root, choices)


class ModelReader:
    """Modules to items, and what is not known of them on the way."""

    def __init__(self, source: Source):
        self.source = source
        self.silent: dict[str, None] = {}  # classes that may hold what they do not print
        self.wrong: list[Diagnostic] = []
        self.known: dict[tuple[str, int], Items] = {}  # what modules that repeat are made of

    def spec(self, root: PrintedModule, choices: Choices) -> Spec:
        spec = Spec(self.source, root.kind, items=self.inside(root), layout="channels_first")
        if not spec.items:
            raise problem("P010", f"there is no layer in {root.kind}", WHOLE, root.place.mark(self.source))
        layers = [item for item in items_within(spec.items, {}) if isinstance(item, LayerItem)]
        shape, is_ordered = input_shape(layers), is_chain(root)
        notes: list[Diagnostic] = []
        if not (is_ordered or choices.in_order):
            spec = spec._replace(unjoined=gap(*UNORDERED))
        elif not (shape or choices.inputs):
            spec = spec._replace(unjoined=gap(*UNSIZED))
        else:
            if is_ordered and shape and not (choices.inputs or choices.symbolic or choices.symbols):
                shape, told = fitted_shape(spec, shape)
                notes += told
            inputs = (("input", shape, layers[0].place),) if shape else ()
            spec = spec._replace(inputs=inputs, items=spec.items if is_ordered else one_after_another(spec.items))
            opaque = [layer.written.kind.name for layer in layers if layer.written.kind.opaque]
            if opaque:
                notes.append(gap(f"what {few(opaque)} makes of its input is not known"))
            if not is_ordered:
                notes.append(Diagnostic("P003", ASSUMED, severity="remark"))
        if self.silent:
            message = f"what {few(self.silent)} may hold beyond what is printed is not counted"
            notes.append(Diagnostic("P002", message, severity="remark"))
        notes += may_be_tied(spec.items)
        return spec._replace(notes=tuple(notes), diagnostics=tuple(self.wrong))

    def inside(self, module: PrintedModule) -> Items:
        """What a module is made of: what it holds itself, and then what is in it."""
        key = (module.args, id(module.children))
        if key not in self.known:
            self.known[key] = (*self.own(module), *map(self.item, module.children))
        return self.known[key]

    def item(self, module: PrintedModule) -> Item:
        if module.tensors:
            shapes = tuple(LayerItem(tensor(sizes), name, module.place) for name, sizes in module.tensors)
            return RepeatItem("1", shapes, module.name, module.place)
        if norm_of_weights(module):
            return self.layer(module, module.name)
        if module.children or module.kind in printed.IN_TURN:
            return RepeatItem("1", self.inside(module), module.name, module.place, of_class=module.kind)
        return self.layer(module, module.name)

    def own(self, module: PrintedModule) -> Items:
        """The layer that a module is itself, beside those that are in it."""
        if is_attention(module):
            self.silent[UNTOLD] = None
            return (self.layer(module, "in_proj"),)
        if module.args and is_told(module.kind, module.args):
            return (self.layer(module, ""),)
        if not printed.holds_nothing(module.kind):
            self.silent[module.kind] = None
        return ()

    def layer(self, module: PrintedModule, name: str) -> Item:
        try:
            written, is_silent = layer_itself(module)
        except Problem as error:
            self.wrong += [each._replace(mark=module.place.mark(self.source)) for each in error.diagnostics]
            return BrokenItem(name, module.place)
        if is_silent:
            self.silent[module.kind] = None
        return LayerItem(written, name, module.place)


def gap(message: str, cure: str = "") -> Diagnostic:
    """Why there are no shapes."""
    return Diagnostic(UNSHAPED, message, cure, severity="remark")


def in_turn(module: PrintedModule) -> bool:
    """Whether the order in which the layers of a module are computed is that in which they are printed."""
    if module.children and not norm_of_weights(module):
        return module.kind in printed.IN_TURN and all(map(in_turn, module.children))
    return not module.tensors


def is_chain(root: PrintedModule) -> bool:
    """Whether a network is one chain: itself, or all that is in it."""
    return in_turn(root) or (
        len(root.children) == 1 and root.children[0].kind in printed.IN_TURN and in_turn(root.children[0])
    )


def input_shape(layers: Iterable[LayerItem]) -> str:
    """The shape of the input as far as the first layers say it, with letters for its sides; "" where they do not."""
    axes = 0
    for layer in layers:
        written = layer.written
        kind, args = written.kind, dict(written.args)
        channels = next((args[name] for name in ("in_channels", "in_features") if name in args), None)
        if kind.opaque or kind.flattens or kind.constant:
            return ""
        axes = axes or written.dims or 2 * (kind.takes == "map")
        if channels is not None:
            steps = ("L",) if any(key.name == "batch_first" for key in kind.keys) else ()
            return "x".join((*steps, str(channels), *SIDES.get(axes, ())))
        if kind.makes == "features" or kind.takes == "features":
            return "L" if kind.makes == "features" else ""
        if kind.takes != "map" and kind.shape and not kind.storage:
            return ""
    return ""


def may_be_tied(items: Items) -> Iterator[Diagnostic]:
    """What of an embedding's weights may be those of another layer too, as languages are modelled."""
    matrices: dict[tuple[Raw, ...], list[str]] = {}
    for name, item in named_layers(items, ""):
        given = dict(item.written.args)
        if "count" in given and "units" in given:
            matrices.setdefault((given["count"], given["units"]), []).append(name)
        elif (size := (given.get("units", ""), given.get("in_features", ""))) in matrices:
            matrices[size].append(name)
    for names in matrices.values():
        if len(names) > 1:
            message = (
                f"{few(names, ' and ')} are taken to have weights of their own: whether they share them is not printed"
            )
            yield Diagnostic("P004", message, severity="remark")


def named_layers(items: Items, prefix: str) -> Iterator[tuple[str, LayerItem]]:
    """Every layer with its whole name."""
    for item in items:
        if isinstance(item, RepeatItem):
            yield from named_layers(item.items, f"{prefix}{item.name}.")
        elif isinstance(item, LayerItem):
            yield prefix + item.name, item


def fitted_shape(spec: Spec, shape: str) -> tuple[str, list[Diagnostic]]:
    """The shape with the numbers that a linear layer leaves for its letters, and a note that says so; else as it is."""
    from convcalc.readers.pytorch.fitting import fitting_input
    from convcalc.readers.trace import BATCH, Trace

    trace = Trace(spec.source)
    sizes = [int(part) if part.isdecimal() else trace.names.setdefault(part, symbol(part)) for part in shape.split("x")]
    try:
        tensor = trace.input("input", (BATCH, *sizes), TOP)
        for name, layer in named_layers(spec.items, ""):
            if layer.written.kind.opaque:
                break
            tensor = trace.add(layer.written, (tensor,), layer.place, name)
    except Problem:  # it is told where the network is built
        return shape, []
    found = fitting_input(trace)
    return (found[0], [found[1]]) if found else (shape, [])


def one_after_another(items: Items) -> Items:
    """Layers as --in-order takes them: what only holds numbers beside them, a map flattened before a linear layer."""
    held, others = apart(items, "")
    if held and others:
        others = (reword(others[0], source=("input",)), *others[1:])
    return (*held, *map_items(others, with_flattening))


def apart(items: Items, prefix: str) -> tuple[Items, Items]:
    """The numbers that a network holds, with their whole names, and all other items."""
    held: list[Item] = []
    others: list[Item] = []
    for item in items:
        if isinstance(item, RepeatItem):
            inner, rest = apart(item.items, f"{prefix}{item.name}.")
            held += inner
            if rest or not inner:
                others.append(item._replace(items=rest))
        elif isinstance(item, LayerItem) and item.written.kind.constant:
            held.append(item._replace(name=prefix + item.name))
        else:
            others.append(item)
    return tuple(held), tuple(others)


def with_flattening(item: Item) -> Item:
    return item._replace(pattern=True) if isinstance(item, LayerItem) else item


# Classes with their arguments: PyTorch's own, or those that print what one of PyTorch's does


def layer_itself(module: PrintedModule) -> tuple[WrittenLayer, bool]:
    """The layer that a module is beside what is in it, and whether its class may hold what it does not print."""
    if is_attention(module):
        return in_projection(module.children[0].args), False
    return printed_layer(module.kind, module.args, norm_of_weights(module))


@lru_cache(maxsize=4096)
def printed_layer(name: str, args: str, norm: str = "") -> tuple[WrittenLayer, bool]:
    """A layer of a class with what it prints of itself, as layer_itself."""
    name = name.removeprefix(PARAMETRIZED) if norm else name
    parts = [renamed_argument(part) for part in parts_of(args, ",") if part]
    signed = own_class(name)
    if signed and (parts or not needs_arguments(signed)):
        written = arguments(resolved_class(signed), parts)
        for key in channel_keys(signed):
            if key not in dict(written.args):
                raise problem("V006", f"{name} has no {key}, which PyTorch prints", "paste what is printed as it is")
        if norm == UNKNOWN_NORM:
            return written._replace(kind=printed.derived_kind(written.kind)), True
        return written._replace(args=(*written.args, ("norm", norm))) if norm else written, False
    signed = told_base(name, parts)
    if signed:
        taken = [part for part in parts if "=" not in part or part.partition("=")[0] in signed.order]
        written = arguments(resolved_class(signed), taken)
        return written._replace(kind=printed.derived_kind(written.kind)), True
    return WrittenLayer(printed.unknown_kind(name), 0, ()), not printed.holds_nothing(name)


def is_told(name: str, args: str) -> bool:
    """Whether what a class prints tells the layer that it is itself."""
    parts = parts_of(args, ",")
    return bool(own_class(name) or told_base(name, parts))


def own_class(name: str) -> Signature | None:
    """A class of PyTorch, or of a library whose class is one of them; not one that takes its shape from its input."""
    return None if name.startswith("Lazy") else signature("torch", printed.SAME_AS.get(name, name))


def told_base(name: str, parts: list[str]) -> Signature | None:
    named = {part.partition("=")[0]: part.partition("=")[2] for part in parts if "=" in part}
    base = printed.base_of(name, named, len(parts) - len(named))
    return signature("torch", base) if base else None


def resolved_class(signed: Signature) -> Resolved:
    return Resolved(signed.kind, signed.dims, signed, signed.framework)


def needs_arguments(signed: Signature) -> bool:
    """Whether a class cannot be without arguments; one of its name that prints none is another."""
    is_required = any(key.default is REQUIRED for key in signed.kind.keys)
    return is_required or bool(signed.required or channel_keys(signed))


def channel_keys(signed: Signature) -> list[str]:
    """The keys of a class for the channels or features of its input."""
    keys = key_names(signed.kind)
    taken = (signed.sets.get(name, name) for name in signed.order)
    return [keys[key].name for key in taken if key in keys and keys[key].name in CHANNELS[:2]]


def renamed_argument(part: str) -> str:
    name, equals, value = part.partition("=")
    return f"{printed.RENAMED.get(name, name)}{equals}{value}"


def norm_of_weights(module: PrintedModule) -> str:
    """The norm of the weights of a module that is parametrised, ? where it is none that is known; else ""."""
    last = module.children[-1] if module.kind.startswith(PARAMETRIZED) and module.children else None
    if last is None or last.name != "parametrizations":
        return ""
    made = [(weights.name, each.kind) for weights in last.children for each in weights.children]
    return printed.NORMS.get(made[0][1], UNKNOWN_NORM) if len(made) == 1 and made[0][0] == "weight" else UNKNOWN_NORM


def is_attention(module: PrintedModule) -> bool:
    """Whether it is PyTorch's attention, which prints one of its two matrices."""
    return module.kind == "MultiheadAttention" and [child.name for child in module.children] == ["out_proj"]


def in_projection(args: str) -> WrittenLayer:
    """The matrix of queries, keys and values, which PyTorch's attention does not print, by the one that it prints."""
    written, _ = printed_layer("Linear", args)
    given = dict(written.args)
    given["units"] = f"3*{given['in_features']}"
    return written._replace(kind=printed.derived_kind(written.kind), args=tuple(given.items()))


def tensor(sizes: str) -> WrittenLayer:
    """Numbers that a network holds, by their sizes."""
    return WrittenLayer(PARAMETER, 0, (("shape", tuple(sizes.split("x")) if sizes else ("1",)),))
