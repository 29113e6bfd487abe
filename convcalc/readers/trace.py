"""Layers applied to tensors one after another, as a program or a graph has them, and the Spec of what was done.

A tensor has its whole shape, as its framework writes it, with the batch among its sizes: layers see the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from convcalc.algebra.limits import ExprError
from convcalc.kinds import FLATTEN
from convcalc.kinds.conventions import CONVENTIONS, convention_of_class
from convcalc.kinds.rearranging import PERMUTE, RESHAPE
from convcalc.layers.applied import Applied, Setting, apply
from convcalc.layers.binding import flattening
from convcalc.layers.case import product
from convcalc.problem import Diagnostic, Problem, Source, problem
from convcalc.readers import doubt
from convcalc.readers.shorthand import values_of
from convcalc.readers.tensors import BATCH, Batch, Size, Tensor, all_axes, fill_sizes, seen_sizes, with_batch
from convcalc.spec import BrokenItem, Item, LayerItem, Place, RepeatItem, Spec, WrittenLayer, with_cure
from convcalc.spec.layout import written_order
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.condition import Condition
    from convcalc.algebra.expr import Value
    from convcalc.layers import Kind, Shape
    from convcalc.layers.values import Raw


class OpenGroup(NamedTuple):
    """A group of layers that is being fill_sizes."""

    name: str
    place: Place
    items: list[Item]
    of_class: str = ""  # of the module that it is, where a program has it


class Trace:
    """A network in the making: layers are applied as they are added, so that every tensor has its shape."""

    def __init__(self, source: Source, convention: str = "pytorch", channels_last: bool = False):
        self.source, self.convention, self.channels_last = source, convention, channels_last
        self.inputs: list[tuple[str, Raw, Place]] = []
        self.groups = [OpenGroup("", None, [])]  # type: ignore[arg-type]  # the network has no place
        self.names: dict[str, Value] = {}  # the letters of its sizes
        self.taken: set[str] = set()
        self.counts: dict[str, int] = {}  # by a name without its number, the number that it had last
        self.last = ""  # the name of the layer, or of the input, that was added last
        self.learner = ""  # the name of the layer that was added last of those that learn
        self.findings: list[Diagnostic] = []
        self.is_broken = False  # whether a layer does not fit
        self.conditions: list[tuple[str, Condition]] = []  # on the letters, each with the layer that has it
        self.notes: list[Diagnostic] = []  # what was understood beyond the letter
        self.batch = 0  # that stood in front of an input; 0 where none did
        self.applications: dict[Any, Applied | Problem] = {}
        self.settings: dict[Any, Setting] = {}

    # What goes in, what comes out

    def input(self, name: str, shape: Sequence[Size], place: Place) -> Tensor:
        tensor = Tensor(self.fresh(name), shape)
        tensor.on_map = len(tensor.sizes) > 2
        self.inputs.append((tensor.name, tuple(map(raw, tensor.sizes)), place))
        self.last = self.last or tensor.name
        return tensor

    def spec(self, outputs: Sequence[tuple[str, Tensor]], **more: Any) -> Spec:
        """The Spec of what was applied; outputs are said where there are several, or where one is not the last."""
        items = tuple(self.groups[0].items)
        named: tuple[tuple[str, str, Place], ...] = ()
        if len(outputs) > 1 or (outputs and outputs[0][1].name != self.last):
            place = items[-1].place if items else self.inputs[0][2]
            named = tuple((name, tensor.name, place) for name, tensor in outputs)
        return Spec(
            self.source, inputs=tuple(self.inputs), symbols=tuple(self.names), items=items, outputs=named,
            convention=self.convention, layout="channels_last" if self.channels_last else "channels_first",
            diagnostics=tuple(self.findings), notes=tuple(self.notes), batch=self.batch, **more,
        )  # fmt: skip

    # Groups and names

    @contextmanager
    def group(self, name: str, place: Place, of_class: str = "") -> Iterator[str]:
        """Layers that belong together: `name.` is before the names of those that are added inside."""
        full = self.fresh(name)
        local = full[len(self.prefix) :]
        self.groups.append(OpenGroup(local, place, [], of_class))
        try:
            yield full
        finally:
            group = self.groups.pop()
            if group.items:
                made = RepeatItem("1", tuple(group.items), group.name, group.place, of_class=group.of_class)
                self.groups[-1].items.append(made)

    @property
    def prefix(self) -> str:
        return "".join(f"{group.name}." for group in self.groups[1:])

    def fresh(self, name: str) -> str:
        """The full name of a layer that is called so here; with a number where another has it."""
        full = self.prefix + name
        if full in self.taken:
            full = self.unused(f"{full}_", 2)
        self.taken.add(full)
        return full

    def unused(self, stem: str, count: int) -> str:
        """A name with the first number, from this one on, that nothing has; those before it are not tried again."""
        count = self.counts.get(stem, count)
        while f"{stem}{count}" in self.taken:
            count += 1
        self.counts[stem] = count
        return f"{stem}{count}"

    def local(self, path: str) -> str:
        """What a layer of this path is called in the group that is open."""
        return path[len(self.prefix) :] if path.startswith(self.prefix) else path.rpartition(".")[2]

    def reference(self, name: str) -> str:
        """The name of a layer as it is understood from inside the group that is open."""
        prefix = ""
        for group in self.groups[1:]:
            prefix += f"{group.name}."
            if prefix + name in self.taken:
                return f".{name}"
        return name

    def numbered(self, stem: str) -> str:
        """relu1, relu2, …: the name of a layer that has none."""
        separator = "_" if stem[-1:].isdigit() else ""
        return self.unused(f"{self.prefix}{stem}{separator}", 1)[len(self.prefix) :]

    def rename(self, tensor: Tensor, name: str) -> None:
        """Call the layer that was added last by another name, if it is the one that gives this tensor."""
        item = next(reversed(self.groups[-1].items), None)
        if isinstance(item, LayerItem) and self.prefix + item.name == tensor.name == self.last:
            self.taken.discard(tensor.name)
            self.last = tensor.name = self.fresh(name)
            self.groups[-1].items[-1] = item._replace(name=tensor.name[len(self.prefix) :])

    # Layers

    def layer(
        self, kind: Kind, args: Mapping[str, Any], inputs: Sequence[Tensor], place: Place, name: str = "",
        shape: Sequence[Size] | None = None, **more: Any,
    ) -> Tensor:  # fmt: skip
        """A layer of a kind, with the values of its keys."""
        texts = tuple((key, raw(value)) for key, value in args.items() if value is not None)
        return self.add(WrittenLayer(kind, more.pop("dims", 0), texts, **more), inputs, place, name, shape)

    def add(
        self, written: WrittenLayer, inputs: Sequence[Tensor], place: Place, name: str = "",
        shape: Sequence[Size] | None = None, activates: bool = False, unread: bool = False,
    ) -> Tensor:  # fmt: skip
        """A layer applied to tensors; its output has this shape, or else the batch where the first input has it.

        The activation of a layer goes by the name of that.  What does not fit is told when the Spec is built; here its
        output has the shape that it should have, where that is said.  A Problem where that is not.  One that is unread
        has an error already, and is only likely to be this layer.
        """
        if written.dims and inputs and inputs[0].is_merged and len(inputs[0].sizes) == written.dims + 2:
            return self.add_to_each(written, inputs[0], place, name)
        full = inputs[0].name if activates else self.fresh(name or self.numbered(written.kind.name))
        local = "" if activates else full[len(self.prefix) :]
        names = tuple(tensor.name for tensor in inputs)
        source = () if names == (self.last,) or written.kind.constant else tuple(map(self.reference, names))
        weights = written.weights and self.reference(written.weights)
        item = LayerItem(written._replace(source=source, weights=weights), local, place, activates=activates)
        self.groups[-1].items.append(BrokenItem(local, place) if unread else item)
        self.last = full
        self.learner = self.learner if written.kind.parameters == "0" else full
        applied = self.applied(written, inputs)
        is_broken = unread or any(tensor.broken for tensor in inputs)
        doubtful = frozenset[int]()
        if isinstance(applied, Problem):
            marked = self.marked(applied, place, full, inputs)
            if is_broken and not unread and not doubt.follows(self, written, inputs, applied):
                self.findings += marked  # nothing that the builder reaches
            if shape is None:
                applied, doubtful = doubt.likely_output(self, written, inputs)
                if isinstance(applied, Problem):
                    raise Stopped(*marked)
            else:
                doubtful = all_axes(seen_sizes(shape))
            is_broken = self.is_broken = True
        elif is_broken:
            doubtful = doubt.axes_in_doubt(self, written, inputs, applied)
        if shape is None:
            assert not isinstance(applied, Problem)
            shape = with_batch(self.written_shape(applied.output), inputs)
        found = Tensor(full, shape)
        found.broken, found.constant, found.doubtful = is_broken, written.kind.constant, doubtful
        if not isinstance(applied, Problem):
            found.on_map, found.channels = applied.on_map, applied.channels
            self.conditions += [(full, condition) for condition in applied.conditions]
        is_lost = written.kind.takes == "features" or not any(isinstance(size, Batch) for size in found.shape)
        for merging in {tensor.merging for tensor in inputs if tensor.merging is not None}:
            if is_lost:
                self.tell(merging)
            elif found.is_merged and len(found.shape) == 1:
                found.merging = merging
        if len(inputs) == 1 and written.kind is FLATTEN:
            found.product = flattening(self.channels_first(inputs[0].sizes))
        elif len(inputs) == 1 and inputs[0].product and found.sizes == inputs[0].sizes:
            found.product = inputs[0].product
        return found

    def tell(self, note: Diagnostic) -> None:
        """What is understood beyond the letter, told once."""
        if note not in self.notes:
            self.notes.append(note)

    def marked(self, error: Problem, place: Place, layer: str, inputs: Sequence[Tensor]) -> list[Diagnostic]:
        """What is wrong with a layer, where it is made and where it is used."""
        also = place.use.mark(self.source) if place.use else None
        product = inputs[0].product if len(inputs) == 1 else ""
        worked = (each._replace(work=each.work or (product if each.right else "")) for each in error.diagnostics)
        own = place.mark(self.source)
        return [each._replace(mark=own, also=also, layer=layer) for each in with_cure(Problem(*worked), place)]

    def add_to_each(self, written: WrittenLayer, tensor: Tensor, place: Place, name: str) -> Tensor:
        """A layer on each of several maps that are counted with the batch: they lie along an axis of their own."""
        order = (1, 0, *range(2, len(tensor.sizes)))
        aside = self.layer(PERMUTE, {"order": [axis + 1 for axis in order]}, (tensor,), place,
                           shape=[tensor.sizes[axis] for axis in order])  # fmt: skip
        wide = written._replace(dims=written.dims + 1, args=tuple(
            (key, with_neutral(written, key, text)) for key, text in written.args
        ))  # fmt: skip
        found = self.add(wide, (aside,), place, name)
        sizes = [found.shape[axis] for axis in order]
        shape = (Batch(sizes[0]), *sizes[1:])
        return self.layer(PERMUTE, {"order": [axis + 1 for axis in order]}, (found,), place, shape=shape)

    def applied(self, written: WrittenLayer, inputs: Sequence[Tensor]) -> Applied | Problem:
        """What a layer does to tensors, computed once for equal layers on equal inputs; or why it cannot be."""
        sizes = [tensor.sizes for tensor in inputs]
        if written.kind.broadcasts and len(set(map(len, sizes))) > 1:  # a constant is stretched along the others
            rank = max(map(len, sizes))
            stretched = zip(sizes, inputs, strict=True)
            sizes = [(*(1,) * ((rank - len(each)) * tensor.constant), *each) for each, tensor in stretched]
        shapes = tuple(map(self.channels_first, sizes))
        on_map = any(tensor.on_map for tensor in inputs)
        channels = inputs[0].channels if inputs else 0
        case = (written.kind, written.args, written.dims, written.framework, shapes, on_map, channels)
        found = self.applications.get(case)
        if found is None:
            try:
                if not all(shapes):
                    raise problem("C010", f"{written.kind.name} takes axes, here is a single number", "reshape it to 1")
                setting = self.setting(written)
                convention = CONVENTIONS[setting.convention or self.convention]
                found = apply(setting, shapes, convention, self.channels_last, on_map, False, channels)
            except Problem as error:
                found = error
            except ExprError as error:
                found = problem("V001", str(error))
            self.applications[case] = found
        return found

    def setting(self, written: WrittenLayer) -> Setting:
        case = (written.kind, written.args, written.dims, written.framework)
        found = self.settings.get(case)
        if found is None:
            values, wrong = values_of(written.kind, dict(written.args), self.names)
            if wrong:
                raise Problem(*wrong)
            convention = convention_of_class(written.framework, self.convention)
            found = self.settings[case] = Setting(written.kind, tuple(values.items()), written.dims, convention)
        return found

    def channels_first(self, shape: Shape) -> Shape:
        return (shape[-1], *shape[:-1]) if self.channels_last and shape else shape

    def written_shape(self, shape: Shape) -> Shape:
        return written_order(shape, self.channels_last)

    # Numbers moved

    def reshape(self, tensor: Tensor, shape: Sequence[Size], place: Place, name: str = "") -> Tensor:
        """The same numbers in another shape, of which one size may be −1; a Problem where the batch would be mixed."""
        sizes = fill_sizes(tensor.shape, shape)
        target = Tensor("", sizes).sizes
        if target == tensor.sizes and tensor.batch == Tensor("", sizes).batch:
            return self.same(tensor, sizes)
        if not target:  # one number an example
            return self.same(tensor, sizes)
        kind, args = RESHAPE, {"shape": target}
        if len(target) == 1 and len(tensor.sizes) > 1 and product(tensor.sizes) == target[0]:
            kind, args = FLATTEN, {}
        return self.layer(kind, args, (tensor,), place, name, sizes)

    def permute(self, tensor: Tensor, order: Sequence[int], place: Place, name: str = "") -> Tensor:
        """The axes in another order: `order` counts those of the whole shape, from 0."""
        shape = [tensor.shape[axis] for axis in order]
        seen = [tensor.axis(axis) for axis in order if axis != tensor.batch]
        if seen == sorted(seen):
            return self.same(tensor, shape)
        return self.layer(PERMUTE, {"order": seen}, (tensor,), place, name, shape)

    def same(self, tensor: Tensor, shape: Sequence[Size]) -> Tensor:
        """The tensor with nothing moved but its batch."""
        found = Tensor(tensor.name, shape, tensor.on_map, tensor.channels)
        found.broken, found.constant, found.product = tensor.broken, tensor.constant, tensor.product
        found.doubtful = tensor.doubtful if len(found.sizes) == len(tensor.sizes) else all_axes(found.sizes)
        return found


class Stopped(Problem):
    """A layer that does not fit, and whose output nobody can tell: the Spec so far says what is wrong."""


NEUTRAL = {"padding": "0", "output": "none", "output_padding": "0"}


def with_neutral(written: WrittenLayer, name: str, text: Raw) -> Raw:
    """The value of a key along one axis more, in front, where it does nothing."""
    key = next((key for key in written.kind.keys if key.name == name), None)
    if key is None or not key.per_axis or (isinstance(text, str) and text in key.words):
        return text
    values = text if isinstance(text, tuple) else (text,) * written.dims
    return NEUTRAL.get(name, "1"), *(values if len(values) == written.dims else values * written.dims)


def raw(value: Any) -> Raw:
    """A value as a person writes it for a key."""
    if isinstance(value, (list, tuple)):
        return tuple(map(raw, value))
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


__all__ = ["BATCH", "Batch", "Size", "Stopped", "Tensor", "Trace", "fill_sizes", "raw", "with_batch"]
