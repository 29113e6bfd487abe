"""A network solved for its input or for a name in it: inversion of its closed form, or a search; builds verify."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from convcalc.algebra.equation import has
from convcalc.algebra.expr import ExprError, letters
from convcalc.algebra.interval import Range
from convcalc.algebra.invert import TooWide
from convcalc.algebra.poly import symbol
from convcalc.language.names import Choices
from convcalc.language.shapes import spelled
from convcalc.layer.cure import is_met
from convcalc.layer.restriction import needs
from convcalc.network.build import Builder
from convcalc.network.smallest import smallest_side
from convcalc.network.walk import Walk
from convcalc.problem import Diagnostic, Problem, did_you_mean, problem
from convcalc.questions.runs import LOOK, Run, as_runs, common, verified
from convcalc.questions.search import Constraint, smallest_first, to_tree
from convcalc.questions.wanted import OPEN, Bound, Side
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from convcalc.algebra.expr import Value
    from convcalc.kinds.record import Shape
    from convcalc.language.spec import Spec
    from convcalc.network.graph import Graph

MAX_BUILT = 60_000  # layers that one search may build: a few seconds
MAX_SIDE = 1024  # sides of an input that are tried one by one
UNTIL = 64  # how far values go that are tried in combination
MAX_ROWS = 1_000
SYMBOLS_FAIL = (ExprError, TypeError, AttributeError, ValueError)  # where a record wants numbers


class Question(NamedTuple):
    """A network, which of its numbers are unknown, and what is wanted of it."""

    spec: Spec
    choices: Choices
    names: tuple[str, ...] = ()  # of `let` and `--set` that are unknown
    output: tuple[Side, ...] | None = None
    at: str = ""  # the layer whose output that is
    bounds: tuple[Bound, ...] = ()
    until: int = 0


class Look(NamedTuple):
    """What is asked of one build: an output, and counts."""

    output: Shape | None
    counts: dict[str, Any]
    layers: int


class Solution(NamedTuple):
    values: dict[str, int]  # by letter
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
    equations: tuple[Equation, ...] = ()
    at: str = ""  # the layer whose output is meant, where it is not the last
    refusal: Diagnostic | None = None  # what is wrong one value below the first, or with all
    nearest: tuple[Solution, ...] = ()

    @property
    def solved(self) -> bool:
        return bool(self.solutions)


MARK = re.compile(r"([A-Za-z_]*)=?\?([\]*\d)]*)")
AXES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}


class Network:
    """A question's network, built with any values for its unknowns."""

    def __init__(self, asked: Question):
        self.asked = asked
        self.spec, self.choices = asked.spec, asked.choices
        self.built = 0
        self.letters: dict[str, str] = {}
        declared = {name for name, _, _ in self.spec.let} | set(self.spec.symbols)
        declared |= {name for variant in self.spec.variants for _, names in variant.choices for name, _ in names}
        for name in asked.names:
            if name not in declared:
                hint = did_you_mean(name, declared) or f"the names are {', '.join(sorted(declared)) or 'none'}"
                raise problem("N003", f'--set: there is no name "{name[:60]}"', hint)
            self.letters[name] = name
        self.first, self.shape = self.template(declared)
        self.at = -1

    def template(self, declared: set[str]) -> tuple[str, tuple[str, ...]]:
        """The first input as it is written, open sides as letters: n for all of them alike, else one an axis."""
        from convcalc.language.inputs import Written, settled_input

        first = next(iter(self.spec.inputs), ("input", "", None))
        given = self.choices.inputs.get(first[0], self.choices.inputs.get("", ""))
        known: dict[str, Value] = {**dict.fromkeys(declared, 1), OPEN: symbol(OPEN)}
        settled, _ = settled_input(Written(first[0], first[1], given, True), self.spec, self.choices, known)
        shape = settled.parts
        rank = len(shape) - 1
        places = range(1, rank + 1)
        if not given and OPEN not in shape and not self.asked.names:
            shape = tuple(OPEN if place in places else side for place, side in enumerate(shape))
        open_sides = [place for place in places if shape[place] == OPEN]
        if shape[0] == OPEN:
            letter = free("c", declared)
            shape = (letter, *shape[1:])
            self.letters[letter] = "channels"
        names = AXES.get(rank, ())
        want = self.asked.output[-rank:] if self.asked.output and len(self.asked.output) >= rank else ()
        square = len(open_sides) == rank and len({side for side in want if side != OPEN}) < 2
        found = list(shape)
        for place in open_sides:
            axis = place - 1
            letter = free("n" if square else f"n_{axis}" if rank > 3 else names[axis][0], declared)
            found[place] = letter
            self.letters[letter] = "input" if square else names[axis]
        return first[0], tuple(found)

    def builder(self, values: Mapping[str, int], symbolic: bool = False) -> Builder:
        spec, sets = self.spec, dict(self.choices.sets)
        for name in self.asked.names:
            if symbolic and name not in values:
                let = tuple(entry for entry in spec.let if entry[0] != name)
                spec = spec._replace(let=let, symbols=(*spec.symbols, name))
                sets.pop(name, None)
            else:
                sets[name] = str(values[name])
        inputs = {name: text for name, text in self.choices.inputs.items() if name not in ("", self.first)}
        if self.shape:
            inputs[self.first] = spelled(values.get(side, side) for side in self.shape)
        choices = Choices(inputs, sets, self.choices.convention, tuple(self.choices.without))
        return Builder(spec, choices)

    def graph(self, values: Mapping[str, int], symbolic: bool = False) -> Graph:
        """The graph with these values, without what its convention forbids: that is slow to complain."""
        builder = self.builder(values, symbolic)
        builder.graph.convention = builder.graph.convention._replace(needs={})
        graph = builder.build()
        self.built += len(graph.nodes)
        return graph

    def look(self, values: Mapping[str, int], symbolic: bool = False) -> Look | None:
        """What comes out with these values, None where the network is not legal."""
        graph = self.graph(values, symbolic)
        if any(finding.severity == "error" for finding in graph.diagnostics):
            return None
        if not symbolic and not is_allowed(graph, self.choices.convention or self.spec.convention):
            return None
        counts: dict[str, Any] = {}
        if self.asked.bounds:
            walker = Walk(graph)
            fields: Any = ()
            upto = self.place(graph) if self.asked.at else len(graph.nodes)
            for place, layer in enumerate(walker.layers(), len(graph.inputs)):
                fields = layer.field or fields if place <= upto else fields
            counts = {"parameters": walker.totals.parameters, "macs": walker.totals.macs}
            sizes = [field.size for field in fields]
            counts["receptive_field"] = (
                1 if not sizes else sizes[0] if all(size == sizes[0] for size in sizes) else max(sizes)
            )
        place = self.place(graph) if self.asked.output or self.asked.at else len(graph.nodes) - 1
        output = graph.shape(place)
        return Look(output, counts, len(graph.nodes) - len(graph.inputs))

    def place(self, graph: Graph) -> int:
        """The node whose output is meant: the one named, the last, or the last that still has axes of its own."""
        if self.asked.at:
            found = next((place for place, node in enumerate(graph.nodes) if node.name == self.asked.at), None)
            if found is None:
                found = next((stop - 1 for name, _, stop in graph.groups if name == self.asked.at), None)
            if found is None:
                names = [node.name for node in graph.nodes] + [name for name, _, _ in graph.groups]
                raise problem("N002", f'there is no layer "{self.asked.at[:60]}"', did_you_mean(self.asked.at, names))
            return found
        if self.at < 0:
            self.at = len(graph.nodes) - 1
            rank = len(self.asked.output or ())
            if len(graph.shape(self.at) or ()) not in (rank, rank + 1):
                places = range(self.at, len(graph.inputs) - 1, -1)
                self.at = next((place for place in places if is_map(graph.shape(place), rank)), self.at)
        return self.at

    def refusal(self, values: Mapping[str, int]) -> Diagnostic | None:
        """What is wrong with these values, with its cure."""
        found = self.builder(values).build().diagnostics
        return next((finding for finding in found if finding.severity == "error"), None)

    def verified_look(self, values: Mapping[str, int]) -> Look | None:
        """A look at what is legal, and is what was wanted."""
        look = self.look(values)
        return look if look is not None and self.meets(look) else None

    def meets(self, look: Look) -> bool:
        wants = self.wants(look.output)
        if wants and any(w is not None and w != size for w, size in zip(wants, look.output or (), strict=True)):
            return False
        return all(bound.holds(look.counts[bound.quantity]) for bound in self.asked.bounds)

    def wants(self, output: Shape | None) -> tuple[int | None, ...]:
        target = self.asked.output
        if target is None:
            return ()
        count = len(output or ())
        if len(target) == count - 1:
            target = (OPEN, *target)
        if output is None or len(target) != count:
            shown = "×".join(map(str, target))
            raise problem("Q003", f"--output {shown} has {len(target)} sides, the network's output has {count}",
                          "--at names another layer, whose output is meant")  # fmt: skip
        return tuple(side if isinstance(side, int) else None for side in target)


def is_map(shape: Shape | None, rank: int) -> bool:
    """Whether so many sides may be wanted of a shape, and it hangs on what is unknown."""
    return shape is not None and len(shape) in (rank, rank + 1) and any(hasattr(size, "terms") for size in shape)


def free(letter: str, taken: set[str]) -> str:
    return letter if letter not in taken else free(letter + "_", taken)


def is_allowed(graph: Graph, convention: str) -> bool:
    """Whether every layer meets the needs of its convention."""
    from convcalc.kinds.convention import CONVENTIONS
    from convcalc.layer.case import Case, uneven

    seen: set[int] = set()
    for node in graph.nodes:
        applied = node.applied
        if applied is None or id(applied) in seen:
            continue
        seen.add(id(applied))
        own = CONVENTIONS[applied.setting.convention or convention]
        if not own.needs:
            continue
        case = Case(applied.setting.kind, applied.input, own, graph.spec.channels_last, applied.on_map)
        case.values, case.axes, case.letters = applied.values, applied.axes, applied.letters
        for need in needs(case):
            if not all(is_met(need, {**applied.letters, **axis}, uneven(axis)) for axis in applied.axes or ({},)):
                return False
    return True


def answer(asked: Question) -> Answer:
    """All values of a network's unknowns that give what is wanted."""
    network = Network(asked)
    if not network.letters:
        raise problem("Q001", "nothing is unknown", "--input 3x?x?, or --set NAME=?")
    names = dict(network.letters)
    look = in_letters(network)
    blank = Answer(asked, names)
    if look is None:
        return scanned(network, blank)
    wants = equations(network, look)
    last = network.asked.at or (named(network) if network.at >= 0 else "")
    blank = blank._replace(equations=tuple(wants), at=last)
    together = any(sum(has(want.constraint.tree, letter) for letter in names) > 1 for want in wants)
    if len(names) > 1 and (together or not wants):
        return combined(network, blank)
    if not any(has(want.constraint.tree, letter) for want in wants for letter in names):
        return scanned(network, blank)
    return apart(network, blank)


def in_letters(network: Network) -> Look | None:
    try:
        return network.look({}, symbolic=True)
    except (Problem, *SYMBOLS_FAIL) as error:
        if isinstance(error, Problem) and error.diagnostics[0].code in ("N002", "Q003"):
            raise
        return None


def named(network: Network) -> str:
    graph = network.graph({}, symbolic=True)
    return "" if network.at == len(graph.nodes) - 1 else graph.nodes[network.at].name


def equations(network: Network, look: Look) -> list[Equation]:
    found = []
    for index, want in enumerate(network.wants(look.output)):
        if want is not None and look.output is not None:
            axis = index - 1 if index else None
            constraint = Constraint("size" if index else "channels", axis, to_tree(look.output[index]), want, want)
            found.append(Equation(constraint.what, axis, constraint))
    for bound in network.asked.bounds:
        tree = to_tree(look.counts[bound.quantity])
        found.append(Equation(bound.quantity, None, Constraint(bound.quantity, None, tree, bound.low, bound.high)))
    return found


def candidates(wants: tuple[Equation, ...], letter: str, known: Mapping[str, int]) -> list[Range]:
    found = [Range(1, None)]
    for _, _, constraint in wants:
        if set(letters(constraint.tree)) <= {letter, *known} and has(constraint.tree, letter):
            found = common(found, constraint.ranges(letter, known, 1))
    return found


def apart(network: Network, blank: Answer) -> Answer:
    """Each unknown by itself, the others at the first value that does for them."""
    names = list(blank.letters)
    each: dict[str, list[Range]] = {}
    for letter in names:
        try:
            each[letter] = candidates(blank.equations, letter, {})
        except TooWide:
            return scanned(network, blank)
    if not all(each.values()):
        return unsolved(network, blank)
    start = {letter: ranges[0].first for letter, ranges in each.items()}
    runs: dict[str, tuple[Run, ...]] = {}
    tried: dict[str, int] = {}
    layers = max(1, network.built)
    whole = max(4, MAX_BUILT // layers // len(names))
    for letter in names:

        def holds(value: int, letter: str = letter) -> bool:
            return network.verified_look({**start, letter: value}) is not None

        found: list[Run] = []
        for where in each[letter]:
            found += verified(holds, where, min(whole, 256), min(whole, LOOK))
        if not found:
            return unsolved(network, blank._replace(refusal=network.refusal(start)))
        runs[letter] = tuple(found)
        start[letter] = found[0].first
    return gathered(network, blank._replace(runs=runs, tried=tried))


def gathered(network: Network, found: Answer) -> Answer:
    """The solutions at both ends of the runs, and how many there are."""
    solutions = []
    corners = {letter: ends(runs) for letter, runs in found.runs.items()}
    for place in range(max(map(len, corners.values()))):
        values = {letter: edge[min(place, len(edge) - 1)] for letter, edge in corners.items()}
        look = network.verified_look(values)
        if look is not None:
            solutions.append(Solution(values, look))
    count: int | None = 1
    for runs in found.runs.values():
        if any(run.last is None for run in runs):
            count = None
        count = count and count * sum(run.size for run in runs)
    return found._replace(solutions=tuple(solutions), number=count)


def ends(runs: tuple[Run, ...]) -> list[int]:
    last = runs[-1].last
    return [runs[0].first] if last in (None, runs[0].first) else [runs[0].first, last]


def scanned(network: Network, blank: Answer) -> Answer:
    """One value after another, where no closed form says where to look; as far as the search may go."""
    if len(blank.letters) > 1:
        return combined(network, blank)
    (letter,) = blank.letters
    until = network.asked.until or MAX_SIDE
    hits: list[int] = []
    value = 0
    while value < until and network.built < MAX_BUILT:
        value += 1
        if network.verified_look({letter: value}) is not None:
            hits.append(value)
    tried = {letter: value}
    if not hits:
        return unsolved(network, blank._replace(tried=tried, refusal=network.refusal({letter: value})))
    return gathered(network, blank._replace(runs={letter: tuple(as_runs(hits))}, tried=tried))


def combined(network: Network, blank: Answer) -> Answer:
    """Several unknowns that hang together: all but one tried, small values first."""
    *outer, inner = blank.letters
    until = network.asked.until or UNTIL
    found: list[Solution] = []
    tried = dict.fromkeys(outer, until)
    for values in smallest_first([range(1, until + 1)] * len(outer)):
        known = dict(zip(outer, values, strict=True))
        try:
            ranges = candidates(blank.equations, inner, known) if blank.equations else [Range(1, until)]
        except TooWide:
            ranges = [Range(1, until)]
        for each in ranges:
            last = each.first + until if each.last is None else min(each.last, each.first + until)
            for value in range(each.first, last + 1):
                look = network.verified_look({**known, inner: value})
                if look is not None:
                    found.append(Solution({**known, inner: value}, look))
        if network.built > MAX_BUILT or len(found) > MAX_ROWS:
            tried = dict.fromkeys(outer, max(values))
            break
    tried[inner] = max([until, *(solution.values[inner] for solution in found)])
    found.sort(key=lambda solution: (sum(solution.values.values()), tuple(solution.values.values())))
    return blank._replace(solutions=tuple(found), number=len(found), tried=tried)


def unsolved(network: Network, blank: Answer) -> Answer:
    """No value: which ones come nearest to what is wanted."""
    near: list[Solution] = []
    if len(blank.letters) == 1:
        (letter,) = blank.letters
        values = [value for _, _, want in blank.equations for value in around(want, letter)]
        for value in dict.fromkeys(values):
            look = network.look({letter: value})
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


def smallest(asked: Question) -> Answer:
    """The smallest side of the input that every layer accepts, and what fails below it."""
    network = Network(asked)
    found = Answer(asked, dict(network.letters))
    (letter, *others) = network.letters
    if others or network.letters[letter] not in ("input", "length"):
        raise problem("Q006", "the smallest input is one with equal sides", "leave --set and --input out")
    graph = network.builder({letter: 64}).build()
    side = smallest_side(graph, network.choices)
    # Not every network that accepts a side accepts a larger one, so that all below are tried, too.
    tried = 0
    while tried + 1 < (side or MAX_SIDE) and network.built < MAX_BUILT:
        tried += 1
        if network.look({letter: tried}) is not None:
            side = tried
    if side is None:
        return found._replace(tried={letter: tried}, refusal=network.refusal({letter: 64}))
    complete = tried + 1 >= side
    look = network.verified_look({letter: side})
    if look is None:
        return found
    below = network.refusal({letter: side - 1}) if side > 1 else None
    return found._replace(
        runs={letter: (Run(side, side),)}, solutions=(Solution({letter: side}, look),), number=1, refusal=below,
        tried={} if complete else {letter: tried},
    )  # fmt: skip


def opened(text: str) -> tuple[str, tuple[str, ...]]:
    """A chain with its question marks named: `conv 8 k? -> relu?` is `conv 8 k=k -> relu?` with k unknown.

    A mark after the first word of a layer says that the layer is optional.
    """

    taken = re.findall(r"(?<=[=*x])[A-Za-z_]\w*", text)
    names: list[str] = []
    words: list[str] = []
    starts = True
    for word in text.replace("→", "->").split(" "):
        if word == "->":
            starts = True
        elif word and starts:
            starts = False
        elif match := MARK.fullmatch(word):
            mark, rest = match.groups()
            name = free(mark or "main", {*names, *taken})
            names.append(name)
            word = f"{mark}={name}{rest}" if mark else f"{name}{rest}"
        words.append(word)
    return " ".join(words), tuple(names)
