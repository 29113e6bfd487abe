"""Numbers for the letters of a symbolic network, so that its quantities have lengths to be drawn with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import ExprError, is_symbolic
from convcalc.problem import problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from convcalc.network.graph import Graph

SIDE, COUNT = 224, 64  # of a letter that is a side of an input, and of any other


def nominal_sizes(graph: Graph, values: Iterable[Any]) -> dict[str, int]:
    """By letter of these values, the first size from the usual one on with which the network fits."""
    letters = [value for value in values if is_symbolic(value)]
    if not letters:
        return {}
    from convcalc.algebra.substitution import symbols

    sides = {name for shape in graph.inputs.values() for size in shape[1:] for name in symbols(size)}
    found: dict[str, int] = {}
    for name in sorted({name for value in letters for name in symbols(value)}):
        usual = SIDE if name in sides else COUNT
        fitting = graph.fitting.get(name)
        found[name] = usual if fitting is None else fitting.first_size_from(usual) or max(fitting.some, default=usual)
    return found


def nominal_value(value: Any, sizes: Mapping[str, int]) -> int:
    """A value with numbers put in for its letters, as a whole number; a Problem where it has none."""
    if not is_symbolic(value):
        return int(value)
    from convcalc.algebra.substitution import substitute

    try:
        found: Any = substitute(value, sizes)
    except ExprError:
        found = value
    if is_symbolic(found) or found < 0:
        cure = " ".join(f"--set {name}={size}" for name, size in sizes.items())
        raise problem("U009", f"{value} has no number to draw it with", cure)
    return int(found)


def sizes_in_words(sizes: Mapping[str, int]) -> str:
    """`H = W = 224`, `H = 224, T = 64`."""
    alike: dict[int, list[str]] = {}
    for name, size in sizes.items():
        alike.setdefault(size, []).append(name)
    return ", ".join(f"{' = '.join(names)} = {size:,}" for size, names in alike.items())
