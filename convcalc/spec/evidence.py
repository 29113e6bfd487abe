"""What a spec says of its inputs beside their shapes: the order of their axes, and what its layers look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.problem import BUNDLED
from convcalc.spec.layout import NOTHING, Evidence, evidence_of, is_last
from convcalc.spec.model import LayerItem, items_within
from convcalc.spec.shapes import is_readable, read_shape

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcalc.algebra.expr import Value
    from convcalc.spec.model import Spec


def laid_out(spec: Spec, asked: str = "") -> Spec:
    """The spec in the order of axes that it says, else that of the run, else Keras's where its text says Keras."""
    layout = spec.layout or ("channels_first" if spec.source.name.startswith(BUNDLED) else "")
    if layout or asked:
        return spec._replace(layout=layout, channels_last=is_last(layout or asked, False))
    return spec._replace(channels_last=spec.convention == "keras" or says_keras(spec))


def says_keras(spec: Spec) -> bool:
    """Whether an input is written as Keras has it, or a class of Keras is pasted."""
    everything = (spec.items, *(block.items for block in spec.blocks.values()))
    return any(read_shape(raw).layout == "channels_last" for _, raw, _ in spec.inputs if is_readable(raw)) or any(
        isinstance(item, LayerItem) and item.written.framework == "keras"
        for items in everything
        for item in items_within(items, {})
    )


def evidence(spec: Spec, values: Mapping[str, Value], name: str = "", is_first: bool = True) -> Evidence:
    """What the layers say of an input; of several, the first one goes to the layer that names none."""
    is_altered = False
    for item in items_within(spec.items, spec.blocks):
        if not isinstance(item, LayerItem):
            continue
        written, kind = item.written, item.written.kind
        if name not in written.source if written.source else not is_first:
            continue
        if kind.takes == "any" and kind.makes in ("", "same") and not written.dims:
            if kind.shape and kind.parameters == "0":  # it splits or joins, and what follows has other channels
                is_altered = True
            continue
        seen = evidence_of(written, values)
        return seen._replace(channels=None) if is_altered else seen
    return NOTHING
