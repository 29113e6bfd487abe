"""The engine on networks: as the slow one, in several processes too, and what it says beside the rows."""

import os
import signal
import subprocess
import sys
import time

import pytest
from sweep_by_points import answer_slowly
from test_structures import LENET, axis

from convcalc.algebra.expr import Mul
from convcalc.closed_forms.table import SizeTest
from convcalc.network.load import source_of, spec_of
from convcalc.problem import Problem, Source
from convcalc.spec.choices import Choices
from convcalc.sweep import engine as engines
from convcalc.sweep import parts
from convcalc.sweep.answers import answer, answer_by, rows
from convcalc.sweep.engine import SweepEngine
from convcalc.sweep.grid import boxes, places
from convcalc.sweep.network import swept
from convcalc.sweep.question import Objective, SweepQuestion

MACS, WEIGHTS, FIELD = (Objective(way, name, "") for way, name in (("min", "macs"), ("min", "parameters"), ("max", "receptive_field")))  # fmt: skip
NETWORKS = {
    "lenet": (LENET, (axis("C", 1, 4, 9), axis("F", 1, 10, 21), axis("H", 14, 15, 16, 17, 33, 40))),
    "resnet": ("resnet", (axis("H", 32, 64, 225, 96), axis("depth", 18, 50), axis("classes", 7, 1, 64))),
}


def network_of(name):
    network, axes = NETWORKS[name]
    spec = spec_of(network if isinstance(network, Source) else source_of(network))
    return swept(spec, Choices(), tuple(name for each in axes for name in each.names)), axes


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"limit": 5},
        {"keep_invalid": True},
        {"sort": (MACS, WEIGHTS), "limit": 4},
        {"pareto": (Objective("max", "macs", ""), WEIGHTS), "sort": (MACS,)},
        {"pareto": (FIELD, MACS, WEIGHTS)},
        {"sample": 9, "seed": 5},
        {"shard": (2, 3)},
    ],
    ids=str,
)
def test_networks_are_as_the_slow_engine_has_them(name, asked):
    network, axes = network_of(name)
    question = SweepQuestion(axes, ("parameters", "macs", "receptive_field"), **asked)
    budget = sorted(row[-2] for row in answer_slowly(network, question._replace(limit=None)).rows if row[-2])
    question = question._replace(where=(SizeTest("macs", "<=", budget[len(budget) // 2]),))
    expected, found = answer_slowly(network, question), answer(network, question)
    assert found.rows == expected.rows
    assert found.tally[:4] == expected.tally[:4]
    assert question.objectives or list(rows(network, question)) == found.rows
    assert SweepEngine(network, question).tally()[:4] == found.tally[:4]


def test_objectives_that_do_not_compete_are_told():
    network, axes = network_of("lenet")
    found = answer(network, SweepQuestion(axes, ("macs",), pareto=(MACS, WEIGHTS)))
    assert found.notes == ("the objectives do not compete: each is best where C, F and H are least",)
    assert [row[:3] for row in found.rows] == [(1, 1, 16)]
    assert not answer(network, SweepQuestion(axes, ("macs",), pareto=(MACS, Objective("max", "F", "")))).notes


WIDE = (axis("C", *range(1, 61)), axis("F", *range(10, 90)), axis("H", *range(16, 66)))


@pytest.mark.parametrize(
    "asked",
    [{}, {"sort": (Objective("max", "macs", ""),)}, {"pareto": (Objective("max", "macs", ""), WEIGHTS)}],
    ids=str,
)
def test_several_processes_find_the_same(monkeypatch, asked):
    network = network_of("lenet")[0]
    where = (SizeTest("macs", "<=", 3_000_000),)
    question = SweepQuestion(WIDE, ("parameters",), where, **{"limit": 30, **asked})
    alone = answer(network, question)
    monkeypatch.setattr(engines, "WORTH_SHARING", 100)
    seen = []
    shared = answer(network, question, lambda done, total: seen.append((done, total)))
    assert (shared.rows, shared.tally[:4]) == (alone.rows, alone.tally[:4])
    assert seen[-1] == (240_000, 240_000)
    assert seen == sorted(seen) and len(seen) > 60


HERE = os.path.dirname(__file__)
LONG = f"""
import sys
sys.path[:0] = {[HERE, os.path.dirname(HERE)]!r}
import test_sweep_engine as own
question = own.SweepQuestion(
    tuple(own.axis(name, *range(start, start + 300)) for name, start in (("C", 1), ("F", 10), ("H", 16))),
    (), sort=(own.Objective("max", "macs", ""),), limit=3, where=(own.SizeTest("parameters", "%", 7),))
print("started", flush=True)
own.answer(own.network_of("lenet")[0], question)
"""


def children(process):
    with open(f"/proc/{process.pid}/task/{process.pid}/children") as file:
        return list(map(int, file.read().split()))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="children are looked up as Linux tells them")
@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one processor")
def test_a_run_that_is_broken_off_leaves_no_process():
    process = subprocess.Popen([sys.executable, "-c", LONG], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        assert process.stdout.readline() == b"started\n"
        end = time.monotonic() + 60
        while not (found := children(process)) and time.monotonic() < end and process.poll() is None:
            time.sleep(0.05)
        assert found
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        assert not any(os.path.exists(f"/proc/{child}") for child in found)
    finally:
        process.kill()


def test_points_to_be_worked_by_themselves_are_bounded(monkeypatch):
    network, axes = network_of("lenet")
    monkeypatch.setattr(parts, "MAX_WORKED", 2)
    with pytest.raises(Problem, match="no more than 2 are"):
        answer(network, SweepQuestion((*axes[:2], axis("H", 16, 17)), ("receptive_field",)))


@pytest.mark.parametrize("shard", [(1, 1), (1, 7), (3, 7), (7, 7), (2, 2), (11, 23)])
def test_boxes_are_the_part(shard):
    question = SweepQuestion((axis("a", 1, 2, 3), axis("b", 1), axis("c", *range(5)), axis("d", 1, 2)), (), shard=shard)
    sizes = [3, 1, 5, 2]
    part = places(question)
    found = [
        ((a * 1 + b) * 5 + c) * 2 + d
        for box in boxes(sizes, part.start, part.stop)
        for a in box[0] for b in box[1] for c in box[2] for d in box[3]
    ]  # fmt: skip
    assert found == list(part)


def test_a_large_grid_is_not_visited_where_a_budget_is_tight():
    network = network_of("lenet")[0]
    axes = tuple(axis(name, *range(start, start + 2000)) for name, start in (("C", 1), ("F", 10), ("H", 16)))
    question = SweepQuestion(axes, ("macs",), (SizeTest("macs", "<=", 400_000),), limit=2)
    found = answer_by(SweepEngine(network, question), question)
    assert found.tally.points == 8_000_000_000
    assert found.tally.points - found.tally.unvisited < 1_000_000
    least = SweepQuestion((axis("C", *range(1, 4)), axis("F", 10, 2009), axis("H", *range(16, 40))), (), question.where)
    assert answer(network, least).tally[:4] == answer_slowly(network, least).tally[:4]


def survey_of(text, *axes):
    names = tuple(name for each in axes for name in each.names)
    network = swept(spec_of(Source("-e", text)), Choices(), names)
    return parts.GridSurvey(network, SweepQuestion(axes, ("macs",)))


def test_where_the_forms_hold_is_one_nest_for_all_values_of_an_axis(monkeypatch):
    nests = []
    monkeypatch.setattr(
        parts.GridPart, "nest", lambda *given, own=parts.GridPart.nest: (nests.append(1), own(*given))[1]
    )
    axes = (axis("C", *range(1, 40)), axis("H", *range(1, 60)))
    survey = survey_of("3xHxH -> conv C k1", *axes)
    (program,) = survey.structures.programs_of(axes, {})
    part = parts.GridPart(program, 0, [[(place, *point) for place, point in enumerate(each.points)] for each in axes])
    tests = part.tests((SizeTest("0", "!=", "1"),))
    place, good, bad = survey.failing(part, tests)
    assert (place, good.size, bad.size) == (0, 0, part.size)
    assert len(nests) == 2


def test_what_two_multiples_of_a_letter_differ_by_is_proved():
    axes = (axis("C", *range(1, 40)), axis("H", *range(1, 60)))
    (program,) = survey_of("3xHxH -> conv C k1", *axes).structures.programs_of(axes, {})
    part = parts.GridPart(program, 0, [[(place, *point) for place, point in enumerate(each.points)] for each in axes])
    assert part.tests((SizeTest(Mul((4, "0")), "!=", Mul((2, "0"))), SizeTest("1", "==", "0"))) is True
    assert part.tests((SizeTest(Mul((2, "0")), "!=", "1"),)) not in (True, False)
