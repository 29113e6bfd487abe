"""A network solved for its input, a name or a value in it: its closed form is inverted, or searched; builds verify."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING

from convcalc.algebra.equation import Relation
from convcalc.algebra.expr import has, letters
from convcalc.algebra.interval import Range, intersect
from convcalc.algebra.inversion import TooWide
from convcalc.algebra.periodic import MAX_TRIED
from convcalc.algebra.sizes import EVERY
from convcalc.network.smallest import smallest_side
from convcalc.problem import problem
from convcalc.solving.answer import Answer, Equation, Solution, axes_together
from convcalc.solving.constraint import Constraint, constraints, is_possible
from convcalc.solving.network_search import NetworkSearch
from convcalc.solving.runs import LOOK, MAX_RUN, ValueRun, as_runs, number_of, verify_runs
from convcalc.solving.search import inner_unknowns, inversion_order, size

if TYPE_CHECKING:
    from convcalc.solving.question import Question

MAX_SIDE = 1024  # values that are tried one by one
UNTIL = 64  # how far values go that are tried in combination
# Usual multipliers of a network's width that are no whole numbers.
MULTIPLIERS = tuple(Fraction(tenths, 100) for tenths in (
    10, 20, 25, 35, 50, 60, 70, 75, 80, 110, 120, 125, 130, 140, 150, 160, 175, 180,
))  # fmt: skip


def network_answer(asked: Question) -> Answer:
    """All values of a network's unknowns that give what is wanted."""
    network = NetworkSearch(asked)
    if not network.unknowns:
        raise problem("Q001", "nothing is unknown", "--input 3x?x?, or --set NAME=?")
    blank = Answer(asked, tuple(network.unknowns.values()))
    form = network.form()
    if form is None:
        found = solve_by_trial(network, blank)
    else:
        wants = list(constraints(asked, form.look))
        found = solve_in_letters(network, blank._replace(at=network.at), wants, form.conditions)
        found = found._replace(equations=axes_together(equations(found, wants)))
    found = add_multipliers(network, found)
    return found._replace(complete=not found.tried)


def equations(found: Answer, wants: Sequence[Constraint]) -> Iterator[Equation]:
    """What is wanted as closed forms; of a size in one letter with the values that give it."""
    for want in wants:
        unknowns = [one for one in found.unknowns if has(want.tree, one.letter)]
        alone = want.what == "size" and len(unknowns) == 1 and unknowns[0].letter in found.runs
        runs = tuple(want.ranges(unknowns[0].letter, {}, unknowns[0].low)) if alone else ()
        axes = () if want.axis is None else (want.axis,)
        yield Equation(want.what, axes, (Relation(want.low, want.tree, want.high),), runs)


def solve_in_letters(
    network: NetworkSearch, blank: Answer, wants: Sequence[Constraint], conditions: Sequence[Constraint]
) -> Answer:
    if not all(map(is_possible, wants)):
        return add_nearest(network, blank, wants)
    everything = [*wants, *conditions]
    together = any(len({*letters(want.tree)}) > 1 for want in everything)
    if len(network.unknowns) > 1 and (together or not wants):
        return solve_together(network, blank, everything)
    return solve_apart(network, blank, wants, everything)


def solve_by_trial(network: NetworkSearch, blank: Answer, wants: Sequence[Constraint] = ()) -> Answer:
    """One value after another, where no closed form says where to look; as far as the search may go."""
    if error := network.general_error():
        return add_nearest(network, blank._replace(refusal=error), wants)
    if len(network.unknowns) > 1 or any(unknown.choices for unknown in network.unknowns.values()):
        network.fitting = {}
        return solve_together(network, blank, [])
    (unknown,) = network.unknowns.values()
    until = network.asked.until or MAX_SIDE
    if unknown.high is not None:
        until = min(until, unknown.high)
    hits: list[int] = []
    value = unknown.low - 1
    while value < until and not network.budget.is_spent:
        value += 1
        if network.look({unknown.letter: value}) is not None:
            hits.append(value)
    tried = {} if unknown.high is not None else {unknown.name: value}
    if not hits:
        refusal = network.refusal({unknown.letter: value})
        return add_nearest(network, blank._replace(tried=tried, refusal=refusal), wants)
    return add_ends(network, blank._replace(runs={unknown.letter: tuple(as_runs(hits))}, tried=tried))


def solve_apart(
    network: NetworkSearch, blank: Answer, wants: Sequence[Constraint], everything: Sequence[Constraint]
) -> Answer:
    """Each unknown by itself, the others at the first value that does for them."""
    unknowns = network.unknowns
    try:
        each = {letter: network.candidates(one, {}, everything) for letter, one in unknowns.items()}
    except TooWide:
        return solve_by_trial(network, blank, wants)
    each = {letter: network.within(ranges, letter) for letter, ranges in each.items()}
    tried: dict[str, int] = {}
    if until := network.asked.until:
        endless = [letter for letter, ranges in each.items() if ranges and ranges[-1].last is None]
        tried = {unknowns[letter].name: until for letter in endless}
        each |= {letter: intersect(each[letter], [Range(0, until)]) for letter in endless}
    if not all(each.values()):
        return add_nearest(network, blank, wants)
    start = {letter: ranges[0].first for letter, ranges in each.items()}
    runs: dict[str, tuple[ValueRun, ...]] = {}
    builds = max(4, network.budget.steps // network.cost // len(unknowns))
    for letter, unknown in unknowns.items():
        found, end = runs_of_one(network, letter, start, each[letter], builds)
        if end is not None:
            tried[unknown.name] = end
        if not found:
            return add_nearest(network, blank._replace(refusal=network.refusal(start), tried=tried), wants)
        runs[letter] = tuple(found)
        start[letter] = found[0].first
    answer = add_ends(network, blank._replace(runs=runs, tried=tried))
    # Where the ends of all runs do not do together, the unknowns depend on one another after all.
    return answer if answer.solved else solve_together(network, blank, everything)


def runs_of_one(
    network: NetworkSearch, letter: str, start: Mapping[str, int], ranges: list[Range], builds: int
) -> tuple[list[ValueRun], int | None]:
    """The runs of one unknown's values, and the last that was looked at where the search had to end."""

    def holds(value: int) -> bool:
        return network.fits(letter, value) and network.look({**start, letter: value}) is not None

    # What does not fit is not built; a period too long to be gone through shows its first value.
    sizes = network.fitting.get(letter, EVERY)
    sparse = -(-sizes.period // max(1, len(sizes.remainders)))
    periods = sizes.start + 3 * sizes.period if sizes.period <= MAX_TRIED else LOOK
    whole, look = min(MAX_RUN, builds * sparse), min(max(LOOK, periods), builds * sparse)
    found: list[ValueRun] = []
    end = None
    for each in ranges:
        if network.budget.is_spent:
            return found, each.first - 1
        runs = verify_runs(holds, each, whole, look)
        found += runs
        seen = each.first + max(whole, look) - 1
        if (each.last is None or each.last > seen) and not any(run.last is None or run.last > seen for run in runs):
            end = each.first + look - 1
    return found, end


def add_ends(network: NetworkSearch, found: Answer) -> Answer:
    """The solutions at both ends of the runs, and how many there are."""
    solutions = []
    corners = {letter: ends(runs) for letter, runs in found.runs.items()}
    for place in range(max(map(len, corners.values()))):
        solution = network.solution({letter: edge[min(place, len(edge) - 1)] for letter, edge in corners.items()})
        if solution is None:
            return found
        solutions.append(solution)
    counts = [number_of(runs) for runs in found.runs.values()]
    number = None if None in counts else prod(count for count in counts if count is not None)
    return found._replace(solutions=tuple(solutions), number=number)


def ends(runs: tuple[ValueRun, ...]) -> list[int]:
    last = runs[-1].last
    return [runs[0].first] if last in (None, runs[0].first) else [runs[0].first, last]


def solve_together(network: NetworkSearch, blank: Answer, wants: Sequence[Constraint]) -> Answer:
    """Several unknowns that depend on one another: all but one tried, small values first."""
    unknowns = network.unknowns
    wanted = {letter for want in wants for letter in letters(want.tree)}
    ranges = {letter: network.alone(unknown, {}, wants) for letter, unknown in unknowns.items()}
    if not all(ranges.values()):
        return add_nearest(network, blank, wants)
    # What has no effect on anything that is wanted is the first value that fits.
    free = [letter for letter in ranges if wants and letter not in wanted]
    ranges |= {letter: [Range(ranges[letter][0].first, ranges[letter][0].first)] for letter in free}
    order = inversion_order(unknowns.values(), wants)
    order.sort(key=lambda one: size(ranges[one.letter]) == 1)
    inner = inner_unknowns(order[0], order, wants)
    outer = [one for one in order if one not in inner]
    limits: dict[str, int] = {}
    found: dict[tuple[int, ...], Solution] = {}
    for values in network.combinations(inner, outer, ranges, {}, wants, network.asked.until or UNTIL, limits):
        if solution := network.solution({letter: values[letter] for letter in ranges}):
            found[tuple(values[letter] for letter in ranges)] = solution
            network.found.append(solution)
    return blank._replace(
        solutions=tuple(found[values] for values in sorted(found, key=lambda values: (sum(values), values))),
        number=len(found), tried=limits, free=tuple(unknowns[letter].name for letter in free),
        refusal=None if found else network.refusal({letter: each[0].first for letter, each in ranges.items()}),
    )  # fmt: skip


def add_multipliers(network: NetworkSearch, found: Answer) -> Answer:
    """The usual fractions too, where the only unknown is a multiplier."""
    if len(network.unknowns) > 1 or not all(unknown.fractional for unknown in network.unknowns.values()):
        return found
    (letter,) = network.unknowns
    found_ones = [network.solution({letter: multiplier}) for multiplier in MULTIPLIERS]
    solutions = [solution for solution in found_ones if solution is not None]
    return found._replace(
        solutions=tuple(sorted((*solutions, *found.solutions), key=lambda solution: solution.values[letter])),
        multipliers=MULTIPLIERS,
        number=None if found.number is None else found.number + len(solutions),
        nearest=() if solutions else found.nearest, refusal=None if solutions else found.refusal,
    )  # fmt: skip


def add_nearest(network: NetworkSearch, blank: Answer, wants: Sequence[Constraint]) -> Answer:
    """No value: which ones come nearest to what is wanted."""
    near: list[Solution] = []
    if len(network.unknowns) == 1:
        (letter,) = network.unknowns
        for value in dict.fromkeys(value for want in wants for value in values_around(want, letter)):
            if look := network.legal_look({letter: value}):
                near.append(Solution({letter: value}, look))
    return blank._replace(nearest=tuple(near[:4]))


def values_around(want: Constraint, letter: str) -> Iterator[int]:
    """The last value that stays below what is wanted, and the first above."""
    if not has(want.tree, letter):
        return
    try:
        below = want._replace(low=None, high=want.low - 1).ranges(letter, {}, 1) if want.low is not None else []
        above = want._replace(low=want.high + 1, high=None).ranges(letter, {}, 1) if want.high is not None else []
    except TooWide:
        return
    if below and below[-1].last is not None:
        yield below[-1].last
    if above:
        yield above[0].first


# The smallest input


def smallest_input(asked: Question) -> Answer:
    """The smallest side of the input that every layer accepts, and what fails below it."""
    network = NetworkSearch(asked)
    found = Answer(asked, tuple(network.unknowns.values()))
    unknown = next(iter(network.unknowns.values()), None)
    if unknown is None or len(network.unknowns) > 1 or unknown.name not in ("input", "length"):
        if len(network.shape) == 1:
            hint = "name a network with an input such as 3x32x32"
            raise problem("Q006", "the input is a vector: it has no sides", hint)
        raise problem("Q006", "the smallest input is one with equal sides", "leave --set, --input and other ? out")
    letter = unknown.letter
    if network.form() is None and (error := network.general_error()):
        return found._replace(refusal=error)
    sizes = network.fitting.get(letter, EVERY)
    side = None
    tried = 0
    while tried < MAX_SIDE and side is None and not network.budget.is_spent:
        tried += 1
        if tried in sizes and network.look({letter: tried}) is not None:
            side = tried
    if side is None:  # a network that accepts a side does mostly accept a larger one
        side = smallest_side(network.builder({letter: tried}).build(), network.choices)
    solution = None if side is None else network.solution({letter: side})
    if side is None or solution is None:
        return found._replace(complete=False, tried={unknown.name: tried}, refusal=network.refusal({letter: tried}))
    seen = tried + 1 >= side
    return found._replace(
        runs={letter: (ValueRun(side, side),)}, solutions=(solution,), number=1, complete=seen,
        tried={} if seen else {unknown.name: tried}, refusal=network.refusal({letter: side - 1}) if side > 1 else None,
    )  # fmt: skip
