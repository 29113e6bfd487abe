"""What the windows of a layer read: input that none reads, taps and outputs that see nothing but padding."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import is_symbolic
from convcalc.linting.record import NOTE, WARNING, LintRule, Remedy, Trait
from convcalc.linting.windows import ROWS, cells_read, dropped_cells, is_counted, live_taps, live_units, taps, total
from convcalc.linting.words import count, one_of, plain, sides, size_change

if TYPE_CHECKING:
    from convcalc.algebra.sizes import Sizes
    from convcalc.layers.window import Step
    from convcalc.linting.network import LintedNetwork

MAX_PADDING = 64  # that is tried as a cure


# The last rows


def dropped_input(network: LintedNetwork) -> Iterator[Trait]:
    known: dict[int, str] = {}
    whole: dict[int, list[int]] = {}
    for index, _ in network.layers():
        path = network.windows(index)
        if not path:
            continue
        if (message := known.get(id(path))) is None:
            message = known[id(path)] = dropped_message(network, path)
        if message and not drops_padding(network, index) and not is_read_elsewhere(network, index, whole):
            yield Trait(index, message, reading_remedy)


def is_read_elsewhere(network: LintedNetwork, index: int, whole: dict[int, list[int]]) -> bool:
    """Whether another layer reads the input of one to its end; `whole` keeps those that do so, by what they read."""
    source, is_moved = network.root(index)
    if source not in whole:
        readers = network.consumers(source)
        whole[source] = [other for other in readers if other < 0 or not any(map(drops_some, network.windows(other)))]
    return any(other != index and not (is_moved and network.moves_cells(other)) for other in whole[source])


def drops_padding(network: LintedNetwork, index: int) -> bool:
    """Whether what is left over was added as padding further up."""
    added = network.cells_added_behind(index)
    path = network.windows(index)
    return len(added) == len(path) and all(
        not drops_some(step) or (is_counted(step) and dropped_cells(step) <= after)
        for step, after in zip(path, added, strict=True)
    )


def drops_some(step: Step) -> bool:
    dropped = dropped_cells(step)
    return is_symbolic(dropped) or dropped > 0


def dropped_message(network: LintedNetwork, path: tuple[Step, ...]) -> str:
    names = ROWS.get(len(path), ())
    lost: list[str] = []
    unless: list[str] = []
    for name, step in zip(names, path, strict=False):
        dropped = dropped_cells(step)
        if is_symbolic(dropped):
            unless += fitting_sizes(network, dropped)
        elif dropped > 0:
            first = step.size - dropped + 1
            lost.append(f"{name} {first}" if dropped == 1 else f"{name}s {first} to {step.size}")
    if lost:
        verb = "is" if len(lost) == 1 and path and " to " not in lost[0] else "are"
        return f"{one_of(lost, 'and')} of {sides(step.size for step in path)} {verb} not read: {windows_text(path)}"
    if unless:
        return f"the last {one_of([f'{name}s' for name in names], 'or')} are not read unless {one_of(unless, 'and')}"
    return ""


def windows_text(path: tuple[Step, ...]) -> str:
    """`15 windows of 2, 2 apart, end at 30`."""
    step = next(step for step in path if drops_some(step))
    end = step.size - dropped_cells(step)
    windows = "the one window" if step.out == 1 else f"{count(step.out)} windows"
    apart = "" if step.out == 1 else f", {step.stride} apart,"
    return f"{windows} of {step.reach}{apart} {'ends' if step.out == 1 else 'end'} at {count(end)}"


def fitting_sizes(network: LintedNetwork, dropped: Any) -> list[str]:
    """For which sizes of its letter nothing is dropped, in words; none where that is so for all that fit."""
    from convcalc.algebra.condition import Condition, sizes, verdict
    from convcalc.algebra.sizes import intersection
    from convcalc.algebra.substitution import symbols

    condition = Condition(dropped, "<=", 0)
    names = symbols(condition.difference)
    if verdict(condition) or len(names) != 1:
        return []
    found: Sizes | None = sizes(condition)
    legal = network.graph.fitting.get(names[0])
    if found is None or (legal is not None and intersection(legal, found) == legal):
        return []
    return [found.in_words(names[0])]


def reading_remedy(network: LintedNetwork, index: int) -> Remedy:
    """Other values with which everything is read: rounded up, a wider padding, a larger kernel."""
    applied = network.layer(index)
    values = applied.values
    path = network.windows(index)
    if any(is_symbolic(step.size) for step in path):
        rounded = f", or {network.settings(index, {'ceil': True})}" if "ceil" in values else ""
        return Remedy(f"an input of such a size{rounded}")
    candidates: list[dict[str, Any]] = [{"ceil": True}] if "ceil" in values else []
    if all(step.before <= MAX_PADDING for step in path) and isinstance(values.get("padding"), tuple):
        least = min(step.before for step in path)
        missing = max(step.stride - max(0, dropped_cells(step)) for step in path)  # for one window more
        candidates += [{"padding": least + more} for more in sorted({1, (missing + 1) // 2})]
    if "kernel" in values and all(step.step == 1 for step in path):
        candidates.append({"kernel": tuple(taps(step) + max(0, dropped_cells(step)) for step in path)})
    for changed in candidates:
        found = network.with_values(index, changed)
        slid = network.windows_with(index, found) if found else ()
        if found is None or any(map(drops_some, slid)) or sees_only_padding(slid):
            continue
        if network.fits_with(index, changed):
            return Remedy(f"{network.settings(index, changed)} reads all ({size_change(applied, found)})", changed)
    return Remedy(f"{one_of(whole_sizes(path[0]))} cells for it to read")


def sees_only_padding(path: tuple[Step, ...]) -> bool:
    return any(is_counted(step) and live_units(step) < step.out for step in path)


def whole_sizes(step: Step) -> list[str]:
    """The nearest sizes of which such windows read everything."""
    below = step.size - dropped_cells(step)
    return [str(below), str(below + step.stride)]


# Cells between the windows


def never_seen(network: LintedNetwork) -> Iterator[Trait]:
    known: dict[int, set[Any]] = {}
    for index, _ in network.layers():
        path = network.windows(index)
        if not path or not any(leaves_gaps(step) for step in path) or not all(map(is_counted, path)):
            continue
        cells, read = total(step.size for step in path), total(map(cells_read, path))
        if read == cells:
            continue
        seen, of = total(min(step.reach, step.stride) for step in path), total(step.stride for step in path)
        exact = (cells - read) * of == cells * (of - seen)
        share = f"{count(of - seen)} of {count(of)}" if exact else f"{count(cells - read)} of {count(cells)}"
        message = (
            f"{share} cells are not read: windows of {sides(step.reach for step in path)}, "
            f"{sides(step.stride for step in path)} apart, read {count(read)}{f' of {count(cells)}' if exact else ''}"
        )
        alike = gaps_alike(network, index, known)
        level = WARNING if alike else NOTE
        yield Trait(index, message, gap_remedy, level)


def leaves_gaps(step: Step) -> bool:
    """Whether windows lie so far apart that what is between them is lost; of one window there is no between."""
    return step.numbers and step.reach < step.stride and (is_symbolic(step.out) or step.out > 1)


def gaps_alike(network: LintedNetwork, index: int, known: dict[int, set[Any]]) -> bool:
    """Whether all that read the input of a layer leave the same gaps; `known` keeps which they leave, by what is "
    "read."""
    source, is_moved = network.root(index)
    readers = network.consumers(source)
    if is_moved:
        return all(other == index or network.moves_cells(other) for other in readers)
    if source not in known:
        known[source] = {gaps(network.windows(other)) if other >= 0 else () for other in readers}
    return known[source] == {gaps(network.windows(index))}


def gaps(path: tuple[Step, ...]) -> tuple[Any, ...]:
    return tuple((step.reach, step.stride, step.before) for step in path)


def gap_remedy(network: LintedNetwork, index: int) -> Remedy:
    applied = network.layer(index)
    kernel = max(step.stride for step in network.windows(index))
    for size, padding in ((kernel + 1 - kernel % 2, kernel // 2), (kernel, 0)):
        changed: dict[str, Any] = {"kernel": size, "padding": padding}
        found = network.with_values(index, changed)
        if found and found.output == applied.output and network.fits_with(index, changed):
            return Remedy(f"{network.settings(index, changed)} reads all and gives the same size", changed)
    return Remedy(f"a kernel of at least {kernel}, or average pooling before it")


# Padding


def dead_taps(network: LintedNetwork) -> Iterator[Trait]:
    for index, applied in network.layers():
        path = network.windows(index)
        if not path or applied.parameters == 0 or not has_padding(path) or not network.pads_with_zeros(index):
            continue
        if not all(map(is_counted, path)):
            continue
        alive, all_taps = total(len(live_taps(step)) for step in path), total(map(taps, path))
        weights = applied.parameters - applied.biases
        if alive == all_taps or not isinstance(weights, int):
            continue
        dead = weights * (all_taps - alive) // all_taps
        message = (
            f"{count(all_taps - alive)} of {count(all_taps)} taps only ever meet padding, on a map of "
            f"{sides(step.size for step in path)}: {count(dead)} of {count(weights)} weights"
        )
        yield Trait(index, message, tap_remedy, waste=(dead, "weight"))


def has_padding(path: tuple[Step, ...]) -> bool:
    return any(step.before != 0 or not step.numbers or dropped_cells(step) != 0 for step in path)


def tap_remedy(network: LintedNetwork, index: int) -> Remedy:
    """The smaller kernel that does the same."""
    applied, path = network.layer(index), network.windows(index)
    alive = list(map(live_taps, path))
    if not all(alive):
        return Remedy(f"{network.nodes[index].name} sees nothing: a smaller padding")
    kernel = tuple(found[-1] - found[0] + 1 for found in alive)
    padding = tuple(step.before - found[0] * step.step for step, found in zip(path, alive, strict=True))
    changed = {"kernel": plain(kernel), "padding": plain(padding)}
    found = network.with_values(index, changed) if min(padding) >= 0 and "padding" in applied.values else None
    slid = network.windows_with(index, found) if found else ()
    is_whole = found is not None and found.output == applied.output and network.fits_with(index, changed)
    if found is None or not is_whole or any(len(live_taps(step)) < taps(step) for step in slid):
        return Remedy("a larger input, or a smaller kernel")
    text = f"{network.settings(index, changed)} gives the same with {count(found.parameters)} parameters"
    return Remedy(text, changed)


def padding_only(network: LintedNetwork) -> Iterator[Trait]:
    for index, _ in network.layers():
        path = network.windows(index)
        is_apart = bool(network.added_cells(network.nodes[index].inputs[0])) if path else False
        if not path or is_apart or all(step.before == 0 for step in path) or not network.pads_with_zeros(index):
            continue
        if not all(map(is_counted, path)):
            continue
        outputs, alive = total(step.out for step in path), total(map(live_units, path))
        if alive == outputs:
            continue
        message = (
            f"{count(outputs - alive)} of {count(outputs)} outputs see nothing but padding: it is "
            f"{sides(step.before for step in path)} wide, the kernel {sides(step.reach for step in path)}"
        )
        yield Trait(index, message, padding_remedy)


def padding_remedy(network: LintedNetwork, index: int) -> Remedy:
    applied = network.layer(index)
    path = network.windows(index)
    most = min(step.reach for step in path) - 1
    for padding in range(min(most, MAX_PADDING), -1, -1):
        changed = {"padding": padding}
        found = network.with_values(index, changed)
        if found and not sees_only_padding(network.windows_with(index, found)) and network.fits_with(index, changed):
            return Remedy(f"{network.settings(index, changed)} ({size_change(applied, found)})", changed)
    return Remedy(f"a padding of at most {most}")


RULES = (
    LintRule(
        "dropped-input",
        WARNING,
        "the last rows or columns are never read",
        "Windows of k̂ cells, s apart, end where (n + 2p − k̂) mod s cells are left over. Where these are cells of the "
        "input, and not of its padding, no window reads them, and no other layer does.",
        "Round up, pad, or take an input that the windows fit.",
        'lectures: an input that "doesn\'t fit"',
        "1x31x31 -> maxpool 2",
        dropped_input,
    ),
    LintRule(
        "never-seen",
        WARNING,
        "the stride is larger than the kernel: cells between the windows are never read",
        "A window of k cells reads k of every s. Where another layer reads the same input without gaps, as beside the "
        "projection of a shortcut, only this path does not see them, and it is a note.",
        "A kernel as large as the stride, or average pooling before the convolution.",
        "He et al. 2019, Bag of tricks (arXiv 1812.01187), section 4",
        "64x56x56 -> conv 128 k1 s2",
        never_seen,
    ),
    LintRule(
        "dead-taps",
        WARNING,
        "taps of the kernel only ever meet padding",
        "A tap is dead where it lies outside the input for every output. Its weights are never used, and never learnt.",
        "The smaller kernel that gives the same.",
        "arithmetic",
        "512x1x1 -> conv 512 k3 p1",
        dead_taps,
    ),
    LintRule(
        "padding-only",
        WARNING,
        "outputs whose whole window lies in the padding",
        "With a padding of k̂ or more, the outermost windows see no cell of the input: all these outputs are the bias.",
        "A padding of at most k̂ − 1; (k̂ − 1)/2 keeps the size.",
        "arithmetic",
        "1x8x8 -> conv 4 k3 p3",
        padding_only,
    ),
)  # fmt: skip
