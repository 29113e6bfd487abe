"""Programs of closed forms say at random points of many networks what `summary --set` says there, in every quantity."""

import random
from collections import Counter
from contextlib import suppress
from fractions import Fraction
from itertools import product

import pytest

from convcalc.algebra.expr import evaluate
from convcalc.layers.case import product as product_of
from convcalc.network.load import graph_and_report, source_of, spec_of, summarise_text
from convcalc.problem import Problem, Source
from convcalc.spec.choices import Choices
from convcalc.sweep.columns import OUTPUTS, SWEPT
from convcalc.sweep.network import Unfit, swept
from convcalc.sweep.points import meets, numbers_at
from convcalc.sweep.question import Axis, SweepQuestion
from convcalc.sweep.structures import programs
from convcalc.tools.memory import own_memory

BUNDLED = {  # with the names that take other values, and what these are
    "lenet5": {"H": (20, 60), "W": (20, 60)},
    "alexnet": {"H": (40, 260), "W": (40, 260)},
    "vgg": {"depth": ("11", "16"), "H": (16, 260), "classes": (1, 900)},
    "resnet": {"depth": ("18", "50"), "width": (32, 160), "H": (1, 260), "W": (1, 260), "dilate4": ("no", "yes")},
    "googlenet": {"H": (30, 260)},
    "unet": {"H": (150, 620), "W": (150, 620)},
    "unet_same": {"H": (1, 140), "W": (1, 140)},
    "densenet": {"H": (20, 260), "growth": (4, 48), "classes": (2, 100)},
    "mobilenet_v2": {"H": (1, 240), "width": (Fraction(1, 4), Fraction(7, 5)), "classes": (2, 100)},
    "mobilenet_v3": {"size": ("small", "large"), "H": (1, 240)},
    "shufflenet_v2": {"H": (1, 260), "width": ("0.5", "2"), "classes": (1, 50)},
    "efficientnet": {"width": (Fraction(1), Fraction(2)), "resolution": (1, 300), "classes": (1, 10)},
    "dcgan": {"H": (1, 80)},
    "wavenet": {"L": (1, 6000)},
    "vit": {"H": (1, 260), "classes": (1, 9)},
    "bert": {"steps": (1, 600), "vocabulary": (1, 900), "size": ("base", "large")},
    "c3d": {"D": (8, 32), "H": (60, 130)},
    "regnet": {"H": (1, 260), "classes": (1, 100)},
    "convnext": {"H": (20, 260)},
    "keras_resnet": {"H": (32, 240), "W": (32, 240), "classes": (1, 300)},
    "fcn_resnet50": {"H": (1, 260), "W": (1, 260)},
}
NAMES = tuple(name for name in (*SWEPT, *sorted(OUTPUTS)))
QUICK = ("lenet5", "resnet", "unet_same", "mobilenet_v2", "wavenet")


def values(range_or_words, generator, count):
    """Some values at random: of words, of fractions, of whole numbers, of which some are round."""
    low, high = range_or_words
    if isinstance(low, str):
        return tuple(generator.sample((low, high), min(count, 2)))
    if isinstance(low, Fraction):
        return tuple({Fraction(generator.randint(int(low * 20), int(high * 20)), 20) for _ in range(count)})
    found = {generator.choice((generator.randint(low, high), max(low, generator.randint(low, high) // 32 * 32)))
             for _ in range(count)}  # fmt: skip
    return tuple(generator.sample(sorted(found), len(found)))


def random_network(generator):
    """A chain with names for its numbers, with blocks here and there, that fits as it is."""
    while True:
        text, ranges = random_text(generator)
        with suppress(Problem):
            if not summarise_text(text).errors:
                return text, ranges


def random_text(generator):
    names = {"C": (1, 40), "K": (1, 7), "S": (1, 3), "P": (0, 3), "F": (1, 64), "G": (1, 4), "D": (1, 2), "N": (0, 3)}
    lines = []
    for _ in range(generator.randint(3, 8)):
        c, k = generator.choice(("C", "2*C", "8", "C + F", "G*C")), generator.choice(("K", "3", "2*K - 1", "1"))
        s, p = generator.choice(("S", "1", "2")), generator.choice(("P", "0", "1", "K//2"))
        lines.append(generator.choice((
            f"conv {c} k={k} s={s} p={p}", f"conv {c} k3 p=D d=D", f"conv G*{generator.randint(1, 4)} k1 g=G",
            "batchnorm", "relu", "maxpool 2", f"maxpool k={k} s={s}", f"avgpool 3 s={s} p1 ceil", f"conv {c} k={k} same",
            f"dwconv k={k} p={p}", "upsample 2", f"tconv {c} k={k} s={s}", "residual: [conv C k3 p1, relu, conv C k3 p1]",
            f"residual: {{main: [conv F k3 p1 s={s}, batchnorm], shortcut: auto}}",
            "concat: [[conv C k1], [conv F k3 p1], [maxpool 3 s1 p1]]", "gate: [globalavgpool, conv G k1, sigmoid]",
            "N x [conv F k3 p1, relu]", "concat: [[conv C k3 p1 s2, upsample 2], [identity]]",
        )))  # fmt: skip
    end = generator.choice((["globalavgpool", "flatten", "linear F"], ["flatten", "linear F", "linear 2*C"], []))
    text = "input: 3x32x32\nlet: {C: 8, K: 3, S: 1, P: 1, F: 16, G: 1, D: 1, N: 1}\nlayers:\n"
    return text + "".join(f"- {line}\n" for line in (*lines, *end)), {**names, "H": (4, 60), "W": (4, 60)}


def in_numbers(report, batch, act_bits, weight_bits):
    """The quantities of a network from the records that `summary` shows."""
    totals = report.totals
    shape = report.output
    sides = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}.get(len(shape) - 1, ())
    field = report.last.extents()
    stride = report.last.extents("stride")
    given = own_memory(report, act_bits, batch)
    return {
        "parameters": totals.parameters, "weights": totals.parameters - totals.biases, "biases": totals.biases,
        "buffers": totals.buffers, "macs": totals.macs, "flops": 2 * totals.macs, "connections": totals.connections,
        "activations": totals.activations, "memory": -(-totals.activations * batch * act_bits // 8),
        "parameter_memory": -(-(totals.parameters + totals.buffers) * weight_bits // 8),
        "memory_peak": next(item.bytes for item in given.items if item.key == "peak_inference"),
        "memory_mcunet": mcunet(report, batch, act_bits),
        "receptive_field": max(field, default=None), "rf_stride": max(stride, default=None),
        **{f"output_{name}": size for name, size in zip(("channels", *sides), shape, strict=False)},
    }  # fmt: skip


def mcunet(report, batch, bits):
    """Step by step: of the layers with MACs, what goes in and comes out, and beside a depthwise one what waits."""
    sizes = {name: product_of(shape) for name, shape in report.inputs.items()}
    base = {name: name for name in sizes}
    last = {}
    for step, layer in enumerate(report.layers):
        last.update(dict.fromkeys(layer.inputs, step))
    outputs = {layer.name for _, layer in report.outputs} or {report.layers[-1].name}
    last.update(dict.fromkeys(outputs, len(report.layers)))
    most = None
    for step, layer in enumerate(report.layers):
        kind, shape = layer.applied.setting.kind, layer.applied.output
        source = base[layer.inputs[0]] if layer.inputs else ""
        later = [name for name, known in base.items() if known == source and last.get(name, -1) > step]
        writes_over = not (kind.storage or kind.constant) and not later and source not in report.inputs
        base[layer.name] = source if not kind.constant and (kind.view or writes_over) else layer.name
        sizes.setdefault(layer.name, 0 if kind.constant else product_of(shape))
        if kind.macs == "0":
            continue
        found = sum(map(product_of, layer.applied.input)) + product_of(shape)
        letters = layer.applied.letters
        groups = {"c": letters.get("c"), "g": letters.get("g")}[kind.groups]
        if layer.applied.axes and groups == letters["c"] != 1:
            own = {base[name] for name in (*layer.inputs, layer.name)}
            alive = {base[name] for name in base if last.get(name, -1) >= step} - own
            found += sum(sizes[name] for name in alive)
        most = max(most or 0, found)
    return None if most is None else -(-most * batch * bits // 8)


def compare(source, ranges, generator, points, tally):
    """Questions at random until so many points have been compared."""
    spec = spec_of(source)
    done = 0
    while done < points:
        chosen = generator.sample(sorted(ranges), min(len(ranges), generator.choice((1, 2, 2, 3))))
        if generator.random() < 0.4:
            chosen.append(generator.choice(("batch", "act_bits", "weight_bits")))
        memory = {"batch": (1, 64), "act_bits": (1, 32), "weight_bits": (1, 32)}
        axes = tuple(
            Axis((name,), tuple((value,) for value in values(ranges.get(name) or memory[name], generator, 3)))
            for name in chosen
        )
        sweep = swept(spec, Choices(), tuple(chosen))
        asked = tuple(generator.sample(NAMES, generator.randint(2, 8)))
        for program in programs(sweep, SweepQuestion(axes, asked)):
            for each in product(*(axis.points for axis in program.axes)):
                values_here = [value for point in each for value in point]
                point = dict(zip(program.names, values_here, strict=True))
                check_point(source, sweep, program, {**program.fixed, **point}, point, asked, tally)
                done += 1


def summary_at(source, sweep, point):
    """What `summary --set` has at a point, by quantity; None where the network does not fit."""
    memory = {"batch": 1, "act_bits": 32, "weight_bits": 32}
    sides = {part for parts in sweep.sides.values() for part in parts}
    sets = {name: str(value) for name, value in point.items() if name not in memory and name not in sides}
    inputs = {}
    for name, parts in sweep.sides.items():
        channels, *lengths = (str(point.get(part, part)) for part in parts)
        inputs[name] = f"{channels}@{'x'.join(lengths)}"
    try:
        _, report = graph_and_report(source, Choices(sets=sets, inputs=inputs))
    except Problem:
        return None
    if report.errors:
        return None
    return in_numbers(report, *(point.get(name, usual) for name, usual in memory.items()))


def check_point(source, sweep, program, point, lettered, asked, tally):
    """One point: the same numbers, or unfit in both."""
    tally["points"] += 1
    summary = summary_at(source, sweep, point)
    fits, expected = summary is not None, summary or {}
    where = f"{source.name} {source.text if source.name == '<text>' else ''} {point} {asked}"
    numbers = numbers_at(program, lettered) if not program.is_worked_singly else {}
    is_own = not program.is_worked_singly and all(meets(each, numbers) for each in program.alike)
    if is_own:
        unmet = [need for need in program.needs if not meets(need.requirement, numbers)]
        assert (not unmet) == fits, (where, unmet[:1])
        if unmet:
            return
        is_own = all(meets(each, numbers) for each in program.exact)
    tally["fits"] += fits
    if not is_own:
        tally["single"] += 1
        found = sweep.outcome(point, asked)
        assert isinstance(found, Unfit) != fits, where
        assert not fits or found == {name: expected.get(name) for name in asked}, where
    else:
        found = {name: evaluate(program.columns[name], numbers) if name in program.columns else None for name in asked}
        assert found == {name: expected.get(name) for name in asked}, where


@pytest.mark.parametrize(
    "name", [*QUICK, *(pytest.param(name, marks=pytest.mark.slow) for name in BUNDLED if name not in QUICK)]
)
def test_a_bundled_network(name):
    tally = Counter()
    compare(source_of(name), BUNDLED[name], random.Random(name), 20, tally)
    assert tally["fits"] > 0


@pytest.mark.parametrize("seed", [*range(4), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(4, 30))])
def test_a_random_network(seed):
    generator = random.Random(seed)
    text, ranges = random_network(generator)
    compare(Source("<text>", text), ranges, generator, 20, Counter())


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(len(BUNDLED) + 30))
def test_five_thousand_points(seed):
    generator = random.Random(1000 + seed)
    if seed < len(BUNDLED):
        name = list(BUNDLED)[seed]
        compare(source_of(name), BUNDLED[name], generator, 100, Counter())
    else:
        text, ranges = random_network(generator)
        compare(Source("<text>", text), ranges, generator, 100, Counter())
