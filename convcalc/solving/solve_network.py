"""A network solved for its input, a name or a value in it: its closed form is inverted, or searched; builds verify."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING, Any

from convcalc.algebra.equation import has
from convcalc.algebra.expr import letters
from convcalc.algebra.interval import Range
from convcalc.algebra.inversion import MAX_STRETCHES, Patience, TooWide
from convcalc.algebra.notation import to_tree
from convcalc.algebra.sizes import EVERY
from convcalc.problem import Diagnostic, problem
from convcalc.solving.combinations import STRETCHES, inversion, size, values
from convcalc.solving.constraint import Constraint, is_possible
from convcalc.solving.network import ClosedForm, Look, Network, Question
from convcalc.solving.runs import LOOK, MAX_RUN, Run, as_runs, common, verified
from convcalc.solving.shells import shells
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from convcalc.algebra.sizes import Sizes

MAX_SIDE = 1024  # values that are tried one by one
UNTIL = 64  # how far values go that are tried in combination
MAX_ROWS = 1_000
# Usual multipliers of a network's width that are no whole numbers.
MULTIPLIERS = tuple(Fraction(tenths, 100) for tenths in (
    10, 20, 25, 35, 50, 60, 70, 75, 80, 110, 120, 125, 130, 140, 150, 160, 175, 180,
))  # fmt: skip


class Solution(NamedTuple):
    values: dict[str, Any]  # by letter: whole numbers, and fractions of a multiplier
    look: Look


class Equation(NamedTuple):
    """A size or count as a closed form in the unknown, and what it has to be."""

    what: str
    axis: int | None
    constraint: Constraint


class Answer(NamedTuple):
    question: Question
    letters: dict[str, str]  # letter → what it is: input, height, or a name
    runs: Mapping[str, tuple[Run, ...]] = {}  # of each letter, where they are independent
    solutions: tuple[Solution, ...] = ()
    number: int | None = 0
    tried: Mapping[str, int] = {}  # the highest value looked at, where the search had to end
    multipliers: tuple[Fraction, ...] = ()  # that were tried beside whole numbers
    free: tuple[str, ...] = ()  # letters that have no effect on anything that is wanted
    equations: tuple[Equation, ...] = ()
    at: str = ""  # the layer whose output is meant, where it is not the last
    refusal: Diagnostic | None = None  # what is wrong one value below the first, or with all
    nearest: tuple[Solution, ...] = ()

    @property
    def solved(self) -> bool:
        return bool(self.solutions)


def answer(asked: Question) -> Answer:
    """All values of a network's unknowns that give what is wanted."""
    network = Network(asked)
    if not network.unknowns:
        raise problem("Q001", "nothing is unknown", "--input 3x?x?, or --set NAME=?")
    blank = Answer(asked, network.titles())
    form = network.form()
    if form is None:
        found = in_numbers(network, blank)
    else:
        blank = blank._replace(equations=tuple(equations(network, form.look)), at=network.at)
        found = in_letters(network, form, blank)
    return with_multipliers(network, found)


def in_letters(network: Network, form: ClosedForm, blank: Answer) -> Answer:
    wants = [equation.constraint for equation in blank.equations]
    if not all(map(is_possible, wants)):
        return unsolved(network, blank)
    wants += form.conditions
    together = any(len({*letters(want.tree)}) > 1 for want in wants)
    if len(network.unknowns) > 1 and (together or not blank.equations):
        return combined(network, blank, wants, form.fitting)
    return apart(network, blank, wants, form.fitting)


def in_numbers(network: Network, blank: Answer) -> Answer:
    """One value after another, where no closed form says where to look; as far as the search may go."""
    if error := network.general_error():
        return unsolved(network, blank._replace(refusal=error))
    if len(network.unknowns) > 1:
        return combined(network, blank, [], {})
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
    tried = {} if unknown.high is not None else {unknown.letter: value}
    if not hits:
        return unsolved(network, blank._replace(tried=tried, refusal=network.refusal({unknown.letter: value})))
    return gathered(network, blank._replace(runs={unknown.letter: tuple(as_runs(hits))}, tried=tried))


def equations(network: Network, look: Look) -> Iterator[Equation]:
    for index, want in enumerate(network.wants(look.output)):
        if want is not None and look.output is not None:
            axis = index - 1 if index else None
            constraint = Constraint("size" if index else "channels", axis, to_tree(look.output[index]), want, want)
            yield Equation(constraint.what, axis, constraint)
    for bound in network.asked.bounds:
        tree = to_tree(look.counts[bound.quantity])
        yield Equation(bound.quantity, None, Constraint(bound.quantity, None, tree, bound.low, bound.high))


def candidates(
    network: Network, wants: Sequence[Constraint], letter: str, known: Mapping[str, int], stretches: int = MAX_STRETCHES
) -> list[Range]:
    """What the equations and conditions leave of an unknown when others are known."""
    network.budget.take()
    unknown, patience = network.unknowns[letter], Patience(stretches, network.budget.take)
    found = [Range(unknown.low, unknown.high)]
    for want in wants:
        if {*letters(want.tree)} <= {letter, *known} and has(want.tree, letter):
            found = common(found, want.ranges(letter, known, unknown.low, patience))
    return found


def apart(network: Network, blank: Answer, wants: Sequence[Constraint], fitting: Mapping[str, Sizes]) -> Answer:
    """Each unknown by itself, the others at the first value that does for them."""
    names = list(network.unknowns)
    try:
        each = {letter: candidates(network, wants, letter, {}) for letter in names}
    except TooWide:
        return in_numbers(network, blank)
    each = {letter: within(ranges, fitting.get(letter, EVERY)) for letter, ranges in each.items()}
    tried: dict[str, int] = {}
    if network.asked.until:
        tried = {letter: network.asked.until for letter, ranges in each.items() if ranges and ranges[-1].last is None}
        each |= {letter: common(each[letter], [Range(0, last)]) for letter, last in tried.items()}
    if not all(each.values()):
        return unsolved(network, blank)
    start = {letter: ranges[0].first for letter, ranges in each.items()}
    runs: dict[str, tuple[Run, ...]] = {}
    builds = max(4, network.budget.steps // network.cost // len(names))
    for letter in names:
        found, end = of_one(network, letter, start, each[letter], fitting.get(letter, EVERY), builds)
        if end is not None:
            tried[letter] = end
        if not found:
            return unsolved(network, blank._replace(refusal=network.refusal(start), tried=tried))
        runs[letter] = tuple(found)
        start[letter] = found[0].first
    answer = gathered(network, blank._replace(runs=runs, tried=tried))
    # Where the ends of all runs do not do together, the unknowns depend on one another after all.
    return answer if answer.solved else combined(network, blank, wants, fitting)


def of_one(
    network: Network, letter: str, start: Mapping[str, int], ranges: list[Range], sizes: Sizes, builds: int
) -> tuple[list[Run], int | None]:
    """The runs of one unknown's values, and the last that was looked at where the search had to end."""

    def holds(value: int) -> bool:
        return fits(value, sizes) and network.look({**start, letter: value}) is not None

    # What does not fit is not built.
    sparse = -(-sizes.period // max(1, len(sizes.remainders)))
    whole, look = min(MAX_RUN, builds * sparse), min(max(LOOK, sizes.start + 3 * sizes.period), builds * sparse)
    found: list[Run] = []
    end = None
    for each in ranges:
        if network.budget.is_spent:
            return found, each.first - 1
        runs = verified(holds, each, whole, look)
        found += runs
        seen = each.first + max(whole, look) - 1
        if (each.last is None or each.last > seen) and not any(run.last is None or run.last > seen for run in runs):
            end = each.first + look - 1
    return found, end


def fits(value: int, sizes: Sizes) -> bool:
    """Whether the layers take a value; of 0 their conditions say nothing."""
    return value < 1 or value in sizes


def within(ranges: list[Range], sizes: Sizes) -> list[Range]:
    """The ranges from the first size that fits on, as far as there are any."""
    last = None if sizes.remainders else max(sizes.some, default=0)
    return [
        Range(begin, end)
        for first, end in common(ranges, [Range(0, last)])
        if (begin := first if first < 1 else sizes.first_size_from(first)) is not None and (end is None or begin <= end)
    ]


def gathered(network: Network, found: Answer) -> Answer:
    """The solutions at both ends of the runs, and how many there are."""
    solutions = []
    corners = {letter: ends(runs) for letter, runs in found.runs.items()}
    for place in range(max(map(len, corners.values()))):
        chosen = {letter: edge[min(place, len(edge) - 1)] for letter, edge in corners.items()}
        look = network.look(chosen)
        if look is None:
            return found
        solutions.append(Solution(chosen, look))
    count: int | None = 1
    for runs in found.runs.values():
        if any(run.last is None for run in runs):
            count = None
        count = count and count * sum(run.size for run in runs)
    return found._replace(solutions=tuple(solutions), number=count)


def ends(runs: tuple[Run, ...]) -> list[int]:
    last = runs[-1].last
    return [runs[0].first] if last in (None, runs[0].first) else [runs[0].first, last]


def combined(network: Network, blank: Answer, wants: Sequence[Constraint], fitting: Mapping[str, Sizes]) -> Answer:
    """Several unknowns that depend on one another: all but one tried, small values first."""
    until = network.asked.until or UNTIL
    wanted = {letter for want in wants for letter in letters(want.tree)}
    ranges = {letter: alone(network, wants, letter, fitting.get(letter, EVERY)) for letter in network.unknowns}
    if not all(ranges.values()):
        return unsolved(network, blank)
    # What has no effect on anything that is wanted is the first value that fits.
    free = [letter for letter in ranges if wants and letter not in wanted]
    ranges |= {letter: [Range(ranges[letter][0].first, ranges[letter][0].first)] for letter in free}
    order = sorted(ranges, key=lambda letter: (size(ranges[letter]) == 1, inversion(network.unknowns[letter])))
    inner, outer = order[0], order[1:]
    choices = [
        [value for value in islice(values(ranges[letter]), until) if fits(value, fitting.get(letter, EVERY))]
        for letter in outer
    ]
    found: list[Solution] = []
    limits: dict[str, int] = {}
    done = max(map(len, choices), default=1)
    for shell, chosen in shells(choices):
        if network.budget.is_spent or len(found) > MAX_ROWS:
            done = max(shell, 1)
            break
        known = dict(zip(outer, chosen, strict=True))
        for value in inverted(network, wants, inner, known, until, limits):
            if fits(value, fitting.get(inner, EVERY)) and (look := network.look({**known, inner: value})) is not None:
                found.append(Solution({letter: {**known, inner: value}[letter] for letter in ranges}, look))
    for letter, tried in zip(outer, choices, strict=True):
        if tried and (done < len(tried) or size(ranges[letter]) not in range(until + 1)):
            limits[letter] = tried[min(done, len(tried)) - 1]
    found.sort(key=lambda solution: (sum(solution.values.values()), tuple(solution.values.values())))
    refusal = None if found else network.refusal({letter: each[0].first for letter, each in ranges.items()})
    return blank._replace(solutions=tuple(found), number=len(found), tried=limits, free=tuple(free), refusal=refusal)


def alone(network: Network, wants: Sequence[Constraint], letter: str, sizes: Sizes) -> list[Range]:
    """The values of one unknown, judged by itself."""
    own = [want for want in wants if {*letters(want.tree)} == {letter}]
    try:
        ranges = candidates(network, own, letter, {})
    except TooWide:
        ranges = [Range(network.unknowns[letter].low, network.unknowns[letter].high)]
    return within(ranges, sizes)


def inverted(
    network: Network, wants: Sequence[Constraint], inner: str, known: Mapping[str, int], until: int,
    limits: dict[str, int],
) -> Iterator[int]:  # fmt: skip
    """The values of the inner unknown when the outer ones are known."""
    low, high = network.unknowns[inner].low, network.unknowns[inner].high
    try:
        ranges = candidates(network, wants, inner, known, stretches=STRETCHES)
    except TooWide:
        ranges = [Range(low, high)]
    for first, last in ranges:
        end = max(until, first + until)
        if last is None or last > end:
            last = end
            limits[inner] = max(limits.get(inner, 0), last)
        for value in range(first, last + 1):
            if network.budget.is_spent:
                return
            yield value


def with_multipliers(network: Network, found: Answer) -> Answer:
    """The usual fractions too, where the only unknown is a multiplier."""
    if len(network.unknowns) > 1 or not all(unknown.fractional for unknown in network.unknowns.values()):
        return found
    (letter,) = network.unknowns
    looks = [(multiplier, network.look({letter: multiplier})) for multiplier in MULTIPLIERS]
    solutions = [Solution({letter: multiplier}, look) for multiplier, look in looks if look is not None]
    return found._replace(
        solutions=tuple(sorted((*solutions, *found.solutions), key=lambda solution: solution.values[letter])),
        multipliers=MULTIPLIERS,
        number=None if found.number is None else found.number + len(solutions),
        nearest=() if solutions else found.nearest, refusal=None if solutions else found.refusal,
    )  # fmt: skip


def unsolved(network: Network, blank: Answer) -> Answer:
    """No value: which ones come nearest to what is wanted."""
    near: list[Solution] = []
    if len(network.unknowns) == 1:
        (letter,) = network.unknowns
        nearest = [value for _, _, want in blank.equations for value in around(want, letter)]
        for value in dict.fromkeys(nearest):
            look = network.legal_look({letter: value})
            if look is not None:
                near.append(Solution({letter: value}, look))
    return blank._replace(nearest=tuple(near[:4]))


def around(want: Constraint, letter: str) -> Iterator[int]:
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
