"""The conditions of a network together: for which sizes it fits, and its sizes written anew for only those.

⌊H/16⌋·16 = H for multiples of 16: where all sizes that are left have one remainder r modulo L, the network is built
again with H = L·h + r, its normal forms become simpler, and h = (H − r)/L is put back.
"""

from __future__ import annotations

from math import lcm
from typing import TYPE_CHECKING, Any

from convcalc.algebra.condition import congruence, parameter, sizes
from convcalc.algebra.monomial import Extreme
from convcalc.algebra.periodic import MAX_TRIED, value_at
from convcalc.algebra.poly import Poly
from convcalc.algebra.sizes import EVERY, Sizes, intersection
from convcalc.algebra.substitution import replace_atoms, substitute, symbols
from convcalc.problem import Diagnostic, problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from convcalc.algebra.condition import Condition
    from convcalc.algebra.expr import Value
    from convcalc.algebra.monomial import Atom
    from convcalc.layers.applied import Applied
    from convcalc.network import Graph
    from convcalc.spec import Place

MAX_SAID = 8  # layers whose own conditions are told


class Narrowing(NamedTuple):
    """A layer that leaves fewer sizes than those above it."""

    layer: str
    place: Place | None
    found: Sizes


def is_short(first: Sizes, second: Sizes) -> bool:
    """Whether two sets are intersected in few steps: a short period, or one remainder of each and a few turns."""
    period = lcm(first.period, second.period)
    single = all(len(each.remainders) == 1 and not each.some for each in (first, second))
    return period <= MAX_TRIED or (single and period // max(first.period, second.period) <= MAX_TRIED)


class Assumed:
    """What has been assumed of the letters of a network, as its layers were applied."""

    def __init__(self) -> None:
        self.left: dict[str, Sizes] = {}  # by letter, what all conditions leave of it
        self.steps: dict[str, list[Narrowing]] = {}
        self.equations: dict[str, tuple[str, Place | None]] = {}  # of several letters, as they are
        self.strongest: dict[Value, tuple[str, int | Fraction]] = {}  # inequalities, in words and its number

    def add(self, condition: Condition, layer: str, place: Place | None) -> None:
        """Take a condition in; a Problem where no size meets it together with those before."""
        found = sizes(condition)
        names = symbols(condition.difference)
        before = self.left.get(names[0], EVERY)
        after = None
        if found is not None and is_short(found, before):
            after = intersection(before, found)
        elif len(names) == 1:
            after = congruence(condition, names[0], before)
            found = found or after
        if after is None or found is None:
            self.take(condition, layer, place)
            return
        (name,) = names
        if after.is_none:
            raise problem(
                "C034",
                f"it fits only when {found.in_words(name)}, the layers above only when {before.in_words(name)}",
                "no size meets both: pad, stride or crop the branches alike",
            )
        if after != before:
            self.left[name] = after
            self.steps.setdefault(name, []).append(Narrowing(layer, place, found))

    def take(self, condition: Condition, layer: str, place: Place | None) -> None:
        """Keep a condition of several letters, of inequalities that differ by a number only the strongest."""
        if condition.operator == "<=":
            shared, number = condition.strength
            known, least = self.strongest.get(shared, ("", number))
            if known and least <= number:
                return
            self.equations.pop(known, None)
            self.strongest[shared] = str(condition), number
        self.equations.setdefault(str(condition), (layer, place))

    def diagnostics(self, graph: Graph) -> list[Diagnostic]:
        """The strongest conditions, letters with the same one together, each at the layer that settled it."""
        alike: dict[Sizes, list[str]] = {}
        for name, left in self.left.items():
            alike.setdefault(left, []).append(name)
        told: list[tuple[str, str, Place | None, str]] = []
        for left, names in alike.items():
            *_, last = self.steps[names[0]]
            shown = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
            told.append((left.in_words(shown, len(names) > 1), last.layer, last.place, self.said(names[0])))
        told += [(text, layer, place, "") for text, (layer, place) in self.equations.items()]
        return [
            Diagnostic("W002", f"the network fits when {text}", hint, graph.mark(place), layer, severity="condition")
            for text, layer, place, hint in told
        ]

    def said(self, name: str) -> str:
        """Which layers demand what, where several together make the condition."""
        steps = [step for step in self.steps[name] if len(step.found.remainders) != step.found.period]
        if len(steps) < 2:
            return ""
        return "; ".join(f"{step.layer}: {step.found.in_words(name)}" for step in steps[-MAX_SAID:])

    def parameters(self) -> dict[str, tuple[Value, Value]]:
        """For every letter with one remainder: itself by a smaller letter, and that letter by itself."""
        found = {name: parameter(name, left) for name, left in self.left.items()}
        return {name: pair for name, pair in found.items() if pair is not None}


def few(fitting: Mapping[str, Sizes]) -> dict[str, list[int]]:
    """The letters that have but some values left, and those."""
    return {name: sorted(left.some) for name, left in fitting.items() if not left.remainders}


def put_back(graph: Graph, letters: Mapping[str, Value], finite: Mapping[str, list[int]]) -> None:
    """Write a graph's letters by others, and what few values of a letter leave constant by its number, everywhere."""
    known: dict[Any, Any] = {}
    applied: dict[int, Applied] = {}

    def written(value: Any) -> Any:
        match value:
            case Poly():
                if value not in known:
                    made = substitute(value, letters)
                    known[value] = fix_values(made, finite) if finite else made
                return known[value]
            case tuple():
                parts = map(written, value)
                return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
            case dict():
                return {name: written(one) for name, one in value.items()}
        return value

    for index, node in enumerate(graph.nodes):
        old = node.applied
        if old is not None:
            if id(old) not in applied:
                setting = old.setting._replace(values=written(old.setting.values))
                fields = {name: written(getattr(old, name)) for name in old._fields if name != "setting"}
                applied[id(old)] = type(old)(setting, **fields)
            graph.nodes[index] = node._replace(applied=applied[id(old)])
    graph.inputs = written(graph.inputs)
    graph.names = written(dict(graph.names))


def fix_values(value: Value, finite: Mapping[str, list[int]]) -> Value:
    """The value with numbers for its floors and extrema that are the same whatever their letter may be."""

    def fix(atom: Atom) -> Value:
        base = Poly({((atom, 1),): 1})
        names = () if isinstance(atom, str) else symbols(base)
        return fixed_atom(atom, base, finite[names[0]]) if len(names) == 1 and names[0] in finite else base

    return replace_atoms(value, fix)


def fixed_atom(atom: Atom, value: Value, few: list[int]) -> Value:
    """The number that an atom is for all of a few sizes, the option that always decides, or the atom."""
    values = [value_at(value, size) for size in few]
    if len(set(values)) == 1:
        return values[0]
    if isinstance(atom, Extreme):
        for option in atom.options:
            if [value_at(option, size) for size in few] == values:
                return option
    return value
