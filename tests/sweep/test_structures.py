"""Programs of closed forms say at every point what `summary` says of it."""

import pytest
from sweep_by_points import points

from convcalc.algebra.expr import evaluate
from convcalc.network.load import source_of, spec_of
from convcalc.problem import Source
from convcalc.spec.choices import Choices
from convcalc.sweep.network import swept
from convcalc.sweep.points import meets
from convcalc.sweep.question import Axis, SweepQuestion
from convcalc.sweep.structures import programs

COUNTS = ("parameters", "biases", "buffers", "macs", "connections", "activations")
LENET = Source("<text>", """
input: 3x64x64
let: {C: 6, F: 120}
layers: [conv C k5, relu, maxpool 2, conv 16 k5, maxpool 2, flatten, linear F, linear 10]
""")  # fmt: skip


def axis(name, *values):
    return Axis((name,), tuple((value,) for value in values))


@pytest.mark.parametrize(
    ("network", "axes"),
    [
        (LENET, (axis("C", 4, 9), axis("F", 10, 21), axis("H", 14, 15, 16, 33))),
        ("resnet", (axis("depth", 18, 50), axis("H", 64, 225), axis("classes", 7, 64))),
        ("unet", (axis("H", 100, 188, 572),)),
    ],
)
def test_every_point_is_as_the_summary_has_it(network, axes):
    spec = spec_of(network if isinstance(network, Source) else source_of(network))
    sweep = swept(spec, Choices(), tuple(name for each in axes for name in each.names))
    seen = 0
    for program in programs(sweep, SweepQuestion(axes, (*COUNTS, "receptive_field"))):
        for point, numbers in points(program):
            report = sweep.report({**program.fixed, **point})
            if not all(meets(requirement, numbers) for requirement in program.alike):
                continue
            fits = all(meets(need.requirement, numbers) for need in program.needs)
            assert fits == (not report.errors)
            if fits and all(meets(requirement, numbers) for requirement in program.exact):
                found = {name: evaluate(tree, numbers) for name, tree in program.columns.items()}
                seen += 1
                assert found.pop("receptive_field") == max(report.layers[-1].extents())
                assert found == {name: getattr(report.totals, name) for name in COUNTS}
    assert seen > 0
