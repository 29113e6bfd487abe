"""Transposed convolutions whose outputs are sums of more and of fewer products, in a pattern of squares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

from convcalc.layers.window import SPREADING, Step
from convcalc.linting.record import WARNING, LintRule, Remedy, Trait
from convcalc.linting.windows import MAX_COUNTED, taps
from convcalc.linting.words import count, one_of, plain, sides, size_change
from convcalc.network.axes import steps

if TYPE_CHECKING:
    from convcalc.layers.applied import Applied
    from convcalc.linting.network import LintedNetwork


def products_by_place(step: Step) -> list[int]:
    """How many inputs are added up in an output, away from the edges: for each place between two inputs.

    Tap t of input j adds to output j·s + t·d − p, so that place r gets the taps with t·d = r modulo s.
    """
    counts = [0] * step.stride
    for tap in range(taps(step)):
        counts[tap * step.step % step.stride] += 1
    return counts


def uneven_axes(applied: Applied) -> list[list[int]]:
    """Along each axis with outputs of different sums, how many products these are."""
    if applied.setting.kind.window.type is not SPREADING or not applied.axes or applied.parameters == 0:
        return []
    found = []
    for step in steps(applied):
        if step.numbers and 1 < step.stride <= MAX_COUNTED >= step.reach and step.size != 1:
            counts = sorted(set(products_by_place(step)))
            if len(counts) > 1:
                found.append(counts)
    return found


def checkerboard(network: LintedNetwork) -> Iterator[Trait]:
    for index, applied in network.layers():
        uneven = uneven_axes(applied)
        if uneven:
            path = steps(applied)
            all_axes = [sorted(set(products_by_place(step))) for step in path]
            sums = sorted({one * other for one, other in product(all_axes[0], all_axes[-1])}) if len(path) == 2 else []
            together = f" ({one_of(list(map(str, sums)))} on the map)" if sums else ""
            message = (
                f"outputs are sums of {one_of(list(map(str, uneven[0])))} products along an axis{together}: kernel "
                f"{sides(step.reach for step in path)} is no multiple of stride {sides(step.stride for step in path)}"
            )
            yield Trait(index, message, even_remedy)


def even_remedy(network: LintedNetwork, index: int) -> Remedy:
    """The nearest kernel that is even, alone or with the padding that keeps the size of the output."""
    applied = network.layer(index)
    path = steps(applied)
    larger = tuple(step.reach + -step.reach % step.stride for step in path)
    smaller = tuple(step.reach - step.reach % step.stride for step in path)
    kernels = [kernel for kernel in (larger, smaller) if all(kernel)]
    keeping = next(filter(None, (same_size(network, index, kernel) for kernel in kernels)), {})
    doubling = next(filter(None, (exact_multiple(network, index, kernel) for kernel in kernels)), {})
    if 0 < len(keeping) < 3:
        return Remedy(f"{network.settings(index, keeping)}: as many products everywhere, and the same size", keeping)
    for kernel in kernels:
        changed = {"kernel": plain(kernel)}
        found = network.with_values(index, changed)
        if found and not uneven_axes(found) and network.fits_with(index, changed):
            change = size_change(applied, found)
            times = sides(step.stride for step in path)
            same = f"; {network.settings(index, doubling)} gives exactly {times} times the size" if doubling else ""
            return Remedy(f"{network.settings(index, changed)}: as many products everywhere ({change}{same})", changed)
    if keeping:
        return Remedy(f"{network.settings(index, keeping)}: as many products everywhere, and the same size", keeping)
    stride = max(step.stride for step in path)
    return Remedy(f"a kernel that is a multiple of {count(stride)}, or up-sampling and a convolution")


def same_size(network: LintedNetwork, index: int, kernel: tuple[int, ...]) -> dict[str, Any]:
    """An even kernel of this size, with what keeps the size of the output beside it; nothing where nothing does."""
    applied = network.layer(index)
    for changed in changes(kernel, steps(applied), applied.values.get("output_padding")):
        found = network.with_values(index, changed)
        if found and found.output == applied.output and not uneven_axes(found) and network.fits_with(index, changed):
            return {key: value for key, value in changed.items() if is_other(applied.values.get(key), value)}
    return {}


def exact_multiple(network: LintedNetwork, index: int, kernel: tuple[int, ...]) -> dict[str, Any]:
    """An even kernel with the padding that makes every side the stride times as large; nothing where none does."""
    path = steps(network.layer(index))
    more = [side - step.stride for side, step in zip(kernel, path, strict=True)]
    if any(each < 0 or each % 2 for each in more):
        return {}
    changed = {"kernel": plain(kernel), "padding": plain(tuple(each // 2 for each in more))}
    return changed if network.fits_with(index, changed) else {}


def changes(kernel: tuple[int, ...], path: Sequence[Step], added: Sequence[int] | None) -> Iterator[dict[str, Any]]:
    """A kernel by itself, then with what keeps the size: 2p − op has to grow as the kernel does."""
    yield {"kernel": plain(kernel)}
    before = added or (0,) * len(path)
    more = [2 * step.before - cells + side - step.reach for step, side, cells in zip(path, kernel, before, strict=True)]
    if any(each % 2 for each in more) and added is None:
        return
    padding = tuple(max(0, (each + 1) // 2) for each in more)
    cells = tuple(2 * side - each for side, each in zip(padding, more, strict=True))
    yield {"kernel": plain(kernel), "padding": plain(padding), **({"output_padding": plain(cells)} if added else {})}


def is_other(before: Any, now: Any) -> bool:
    """Whether a value differs from what a layer has along every axis."""
    wanted = now if isinstance(now, tuple) else (now,) * len(before or ())
    return before is None or any(each not in (one, (one, one)) for each, one in zip(before, wanted, strict=True))


RULES = (
    LintRule(
        "checkerboard",
        WARNING,
        "a transposed convolution whose kernel is no multiple of its stride",
        "Between two inputs lie s outputs, and a tap falls on every s-th of them: with k no multiple of s some outputs "
        "are sums of ⌈k/s⌉ products and others of ⌊k/s⌋, which shows as a pattern of squares.",
        "A kernel that divides by the stride, or up-sampling followed by a convolution.",
        "Odena, Dumoulin & Olah 2016, Deconvolution and checkerboard artifacts (Distill)",
        "64x8x8 -> tconv 32 k3 s2",
        checkerboard,
    ),
)  # fmt: skip
