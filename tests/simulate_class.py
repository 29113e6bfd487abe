"""A class marked: students who make the mistakes of mistakes.md in eight networks, and what the marks say of them.

`python tests/simulate_class.py 200` marks so many students of each network and prints the tables.
"""

import random
import sys
from collections import Counter
from typing import NamedTuple

from simulated_class.networks import NETWORKS
from simulated_class.student import CODES, student, written

STATES = ("correct", "consistent", "wrong", "unreadable", "missing")
RIGHTLY = {  # a mistake made again may be charged once
    "right": ("correct",), "consistent": ("consistent",), "wrong": ("wrong",), "repeated": ("wrong", "consistent"),
}  # fmt: skip

FORBIDDEN = {
    ("right", "wrong"),
    ("wrong", "correct"),
    ("repeated", "correct"),
    ("right", "unreadable"),
    ("right", "missing"),
}


class Report(NamedTuple):
    students: int
    answers: Counter  # (truth, verdict)
    visible: int
    reported: int
    first: int
    tied: int  # of the visible ones those whose number another mistake gives, too
    tied_first: int
    missed: Counter  # by codes
    second: Counter
    lost: Counter  # what follows a mistake and is not marked so, by quantity and verdict

    @property
    def wrongly(self):
        """The cells that are not on the diagonal."""
        return {pair: count for pair, count in self.answers.items() if pair[1] not in RIGHTLY[pair[0]]}

    @property
    def forbidden(self):
        """What is right marked wrong, what is wrong marked right."""
        return {pair: count for pair, count in self.answers.items() if pair in FORBIDDEN and count}

    @property
    def carried(self):
        """The share of what follows a mistake that is marked so."""
        of = sum(count for (truth, _), count in self.answers.items() if truth == "consistent")
        return self.answers["consistent", "consistent"] / of if of else 1


def key_of(name):
    """The key of a network; the code under test is imported only here and in `simulate`."""
    from convcalc.marking.assignment import read_key
    from convcalc.problem import Source
    from convcalc.readers import library

    network = NETWORKS[name]
    return read_key(library.find(network.spec) if network.spec else Source(name, network.text))


def simulate(students, seed=1, networks=tuple(NETWORKS), habits=0.0, skipped=0.0, show=None):
    """Mark so many students, at random in one of the networks.

    `habits` is the share of mistakes that are made in every layer, `skipped` that of rows that are not handed in.
    """
    from convcalc.marking.answers import Answers
    from convcalc.marking.mark import mark

    rng = random.Random(seed)
    keys = {name: key_of(name) for name in networks}
    answers, missed, second, lost = Counter(), Counter(), Counter(), Counter()
    visible = reported = first = tied = tied_first = done = 0
    while done < students:
        network = rng.choice(networks)
        made = student(network, rng, rng.randint(1, 3), habits)
        if made is None:
            continue
        done += 1
        given, truths = made
        given = {ask: value for ask, value in given.items() if not skipped or rng.random() > skipped}
        last = (rng.random() < 0.2) != NETWORKS[network].channels_last  # a student keeps to one order of the axes
        marked = mark(
            keys[network], Answers(f"s{done}", {name: written(value, rng, last) for name, value in given.items()})
        )
        for verdict in marked.verdicts:
            ask = verdict.question.ask
            truth = truths[ask]
            answers[truth.state, verdict.state] += 1
            if show and verdict.state not in RIGHTLY[truth.state]:
                show(network, ask, truth, verdict, given, truths)
            if truth.state == "consistent" != verdict.state:
                lost[verdict.question.quantity, verdict.state] += 1
            if not truth.codes:
                continue
            visible, tied = visible + 1, tied + truth.is_tied
            codes = [set(each.codes) for each in verdict.diagnoses]
            kind = next(layer.kind for layer in NETWORKS[network].layers if layer.name == ask.rpartition(".")[0])
            if set(truth.codes) in codes:
                reported += 1
                if codes[0] == set(truth.codes):
                    first, tied_first = first + 1, tied_first + truth.is_tied
                else:
                    second[truth.codes, verdict.diagnoses[0].codes] += 1
            else:
                missed[truth.codes, kind] += 1
    return Report(done, answers, visible, reported, first, tied, tied_first, missed, second, lost)


def share(count, of):
    return f"{count / of:.1%}" if of else "-"


def table(reports):
    """The reports as text: a line for each network, then what is off the diagonal.

    "of ties": how often the mistake made is named first where another one gives the same number.
    """
    yield f"{len(CODES)} codes"
    head = ("students", "answers", "visible", "reported", "first", "of ties", "carried", "forbidden")
    yield f"{'network':10}" + "".join(f"{word:>10}" for word in head)
    for name, report in reports.items():
        cells = (
            f"{report.students:,}", f"{sum(report.answers.values()):,}", f"{report.visible:,}",
            share(report.reported, report.visible), share(report.first, report.visible),
            f"{report.tied_first}/{report.tied}", f"{report.carried:.1%}", str(sum(report.forbidden.values())),
        )  # fmt: skip
        yield f"{name:10}" + "".join(f"{cell:>10}" for cell in cells)
    for name, report in reports.items():
        for (truth, verdict), count in sorted(report.wrongly.items()):
            yield f"  {name}: {count} {truth} marked {verdict}"
    for what in ("missed", "second", "lost"):
        for (one, other), count in getattr(reports["all"], what).most_common(30):
            yield f"  {what} {count:4} × {spelled(one)} {'behind' if what == 'second' else 'at'} {spelled(other)}"


def spelled(codes):
    return codes if isinstance(codes, str) else " + ".join(codes)


def together(reports):
    """One report of several."""
    columns = zip(*reports, strict=True)
    return Report(*(sum(column[1:], column[0]) for column in columns))


CLASSES = {
    "Mistakes that are made once": {},
    "Habits: mistakes that are made in every layer": {"habits": 1.0},
    "Half of the mistakes are habits": {"habits": 0.5},
    "Two of five rows are not handed in: what follows them cannot be seen to": {"habits": 0.5, "skipped": 0.4},
}


def tables(students, seed, networks):
    """The tables of each class."""
    for title, of in CLASSES.items():
        reports = {name: simulate(students, seed, (name,), **of) for name in networks}
        yield title
        yield from table({**reports, "all": together(reports.values())})


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    print("\n".join(tables(count, seed, sys.argv[3:] or NETWORKS)))
