"""The shapes beside a layer or a network in a question, in the order of axes that is meant."""

from __future__ import annotations

from collections.abc import Sized
from typing import TYPE_CHECKING

from convcalc.algebra.poly import symbol
from convcalc.kinds.conventions import CONVENTIONS
from convcalc.readers import shorthand
from convcalc.solving.layer import spell_marks
from convcalc.solving.question import Side
from convcalc.spec.layout import Evidence, doubt, evidence_of, is_last, settle
from convcalc.spec.shapes import OPEN, read_shape, shape_of
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.spec import Spec, WrittenLayer


class Given(NamedTuple):
    """The input and the target of a layer, channels first, and whether they were written with the channels last."""

    shape: tuple[Side, ...] | None
    target: tuple[Side, ...] | None
    channels_last: bool = False


def layer_shapes(layer: str, shape: str, target: str, convention: str, layout: str = "") -> Given:
    """The shapes beside a layer, "" where there is none; a Problem (V008) where their order is in doubt."""
    written = shorthand.layer(spell_marks(layer), CONVENTIONS[convention].classes)
    text, wanted = (read_shape(each) if each else None for each in (shape, target))
    seen = evidence_of(written, {})
    says_keras = written.framework == "keras" or any(each and each.layout == "channels_last" for each in (text, wanted))
    channels_last = is_last(layout, says_keras)
    if text and not layout and text.layout != "channels_first":
        question = doubt(values_of(settle(text, channels_last, seen).parts), channels_last, seen)
        if question and not (wanted and ends_with_filters(wanted.parts, written, channels_last)):
            raise question
        channels_last ^= question is not None
    first = settle(text, channels_last, seen) if text else None
    shown = Evidence(seen.axes or (len(first.parts) - 1 if first and first.batch else 0))
    last = settle(wanted, channels_last and len(wanted.parts) > 2, shown) if wanted else None
    return Given(sides(first.parts) if first else None, sides(last.parts) if last else None, channels_last)


def network_target(text: str, spec: Spec, layout: str = "") -> tuple[Side, ...]:
    """What is to come out of a network, channels first: a whole shape, or only the sides."""
    found = read_shape(text)
    return sides(settle(found, is_last(layout, spec.channels_last) and is_whole(found.parts, spec)).parts)


def is_whole(sizes: Sized, spec: Spec) -> bool:
    """Whether these are as many sizes as an input of the network has, and not only its sides."""
    return len(sizes) >= len(read_shape(spec.inputs[0][1]).parts) if spec.inputs else True


def letters_of_inputs(spec: Spec) -> frozenset[str]:
    """The letters that inputs have for their sides, channels among them."""
    parts = [part for _, raw, _ in spec.inputs for part in read_shape(raw).parts]
    return frozenset(part for part in parts if part.isidentifier())


def ends_with_filters(parts: tuple[str, ...], written: WrittenLayer, channels_last: bool) -> bool:
    """Whether a target has a layer's filters at its other end, so that its order too is the other one."""
    filters = dict(written.args).get("filters")
    first, last = (parts[-1], parts[0]) if channels_last else (parts[0], parts[-1])
    return filters == last != first


def values_of(parts: tuple[str, ...]) -> tuple[Value, ...]:
    return tuple(side if isinstance(side, int) else symbol(side) for side in sides(parts))


def sides(parts: tuple[str, ...]) -> tuple[Side, ...]:
    """Numbers, letters and OPEN sides; a Problem where one is none of them."""
    letters: dict[str, Value] = {OPEN: symbol(OPEN)}
    shape = shape_of(parts, letters, "x".join(parts)[:40])
    return tuple(part if part in letters else int(size) for part, size in zip(parts, shape, strict=True))  # type: ignore[arg-type]
