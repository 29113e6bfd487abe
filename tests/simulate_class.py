"""A class of students who make common mistakes at random places of known networks, and go on with what they got.

Nothing here comes from the code that diagnoses: networks, right formulas and wrong ones are written out again, from
mistakes.md.  `python tests/simulate_class.py 2000` marks a class and prints the table.
"""

import random
import sys
from collections import Counter
from math import ceil, floor, prod
from typing import NamedTuple

CONV, POOL, FLAT, FC, SAME = "conv", "pool", "flatten", "linear", "same"


class Layer(NamedTuple):
    name: str
    kind: str
    f: int = 0
    k: int = 1
    s: int = 1
    p: int = 0
    default_stride: bool = False


LENET = (
    (1, 32, 32),
    (
        Layer("C1", CONV, 6, 5), Layer("S2", POOL, 0, 2, 2, 0, True), Layer("C3", CONV, 16, 5),
        Layer("S4", POOL, 0, 2, 2, 0, True), Layer("C5", CONV, 120, 5), Layer("flatten1", FLAT),
        Layer("F6", FC, 84), Layer("linear1", FC, 10),
    ),
)  # fmt: skip
ALEXNET = (
    (3, 224, 224),
    (
        Layer("conv1", CONV, 64, 11, 4, 2), Layer("maxpool1", POOL, 0, 3, 2), Layer("conv2", CONV, 192, 5, 1, 2),
        Layer("maxpool2", POOL, 0, 3, 2), Layer("conv3", CONV, 384, 3, 1, 1), Layer("conv4", CONV, 256, 3, 1, 1),
        Layer("conv5", CONV, 256, 3, 1, 1), Layer("maxpool3", POOL, 0, 3, 2), Layer("adaptiveavgpool1", SAME, 6),
        Layer("flatten1", FLAT), Layer("linear1", FC, 4096), Layer("linear2", FC, 4096), Layer("linear3", FC, 1000),
    ),
)  # fmt: skip
VGG11 = (
    (3, 224, 224),
    (
        *(layer
        for block, filters in enumerate(((64,), (128,), (256, 256), (512, 512), (512, 512)), 1)
        for layer in (
            *(Layer(f"stage{block}.conv{place}", CONV, f, 3, 1, 1) for place, f in enumerate(filters, 1)),
            Layer(f"stage{block}.maxpool1", POOL, 0, 2, 2, 0, True),
        )),
        Layer("avgpool", SAME, 7), Layer("flatten1", FLAT), Layer("fc1", FC, 4096), Layer("fc2", FC, 4096),
        Layer("fc3", FC, 1000),
    ),
)  # fmt: skip
NETWORKS = {"lenet5": LENET, "alexnet": ALEXNET, "vgg11": VGG11}
QUANTITIES = ("output", "parameters", "macs", "receptive_field")


class Seat(NamedTuple):
    """What a student has before them when they answer for a layer."""

    layer: Layer
    shape: tuple  # the input, as they have it
    out: tuple  # the output, as they have it (for macs)
    r: int
    j: int
    jumps: tuple  # strides of the sliding layers before
    j_conv: int
    flat: tuple  # the map that was flattened, as they have it
    unpooled: tuple
    side: int  # of the network's input


def letters(seat):
    layer, (c, *space) = seat.layer, seat.shape
    return {
        "n": space[0] if space else 1, "k": layer.k, "s": layer.s, "p": layer.p, "pad": 2 * layer.p, "c": c, "f": layer.f,
        "b": 1, "K": layer.k**2, "N": prod(seat.out[1:]), "M": prod(space), "r": seat.r, "j": seat.j,
    }  # fmt: skip


def right(seat, quantity, v=None):
    layer, v = seat.layer, v or letters(seat)
    if quantity == "output":
        if layer.kind == FLAT:
            return (prod(seat.shape),)
        if layer.kind == FC:
            return (layer.f,)
        if layer.kind == SAME:
            return (v["c"], layer.f, layer.f)
        size = floor((v["n"] + v["pad"] - v["k"]) / v["s"]) + 1
        return (layer.f if layer.kind == CONV else v["c"], size, size)
    if quantity == "parameters":
        return {CONV: (v["K"] * v["c"] + v["b"]) * v["f"], FC: (v["c"] + v["b"]) * v["f"]}.get(layer.kind, 0)
    if quantity == "macs":
        return {CONV: v["N"] * v["K"] * v["c"] * v["f"], FC: v["c"] * v["f"]}.get(layer.kind, 0)
    if layer.kind in (CONV, POOL):
        return v["r"] + (v["k"] - 1) * v["j"]
    return None


# Wrong formulas: (code, kinds, quantity, what it gives of the letters).  A dict of letters stands for a slip in the
# right formula; such slips also go together with another mistake.


def square(size):
    return lambda seat, v: (seat.layer.f if seat.layer.kind == CONV else v["c"], size(v), size(v))


WRONG = [
    ("size.no_plus_one", (CONV, POOL), "output", square(lambda v: floor((v["n"] + v["pad"] - v["k"]) / v["s"]))),
    ("size.plus_one_inside", (CONV, POOL), "output", square(lambda v: floor((v["n"] + v["pad"] - v["k"] + 1) / v["s"]))),
    ("size.pad_once", (CONV,), "output", lambda seat, v: {"pad": v["p"]}),
    ("size.round_up_conv", (CONV,), "output", square(lambda v: ceil((v["n"] + v["pad"] - v["k"]) / v["s"]) + 1)),
    ("size.floor_sum", (CONV, POOL), "output", square(lambda v: v["n"] // v["s"])),
    ("size.no_kernel", (CONV, POOL), "output", square(lambda v: (v["n"] + v["pad"]) // v["s"])),
    ("size.valid_keras_pool", (POOL,), "output", square(lambda v: ceil(v["n"] / v["k"]))),
    ("size.pool_default_stride1", (POOL,), "output", lambda seat, v: {"s": 1} if seat.layer.default_stride else {}),
    ("size.floor_ceil_mixed", (POOL,), "output", square(lambda v: ceil((v["n"] + v["pad"] - v["k"]) / v["s"]) + 1)),
    ("size.channels_unchanged", (CONV,), "output", lambda seat, v: (v["c"], *right(seat, "output", v)[1:])),
    ("size.channels_mult", (CONV,), "output", lambda seat, v: (v["c"] * v["f"], *right(seat, "output", v)[1:])),
    ("size.flatten_no_channels", (FLAT,), "output", lambda seat, v: (v["M"],)),
    ("size.flatten_before_pool", (FLAT,), "output", lambda seat, v: (v["c"] * prod(seat.unpooled[1:]),) if seat.unpooled else None),
    ("par.no_bias", (CONV,), "parameters", lambda seat, v: {"b": 0}),
    ("par.bias_once", (CONV, FC), "parameters", lambda seat, v: right(seat, "parameters", {**v, "b": 0}) + 1),
    ("par.bias_per_channel", (CONV,), "parameters", lambda seat, v: (v["K"] + 1) * v["c"] * v["f"]),
    ("par.no_cin", (CONV,), "parameters", lambda seat, v: (v["K"] + v["b"]) * v["f"]),
    ("par.one_k", (CONV,), "parameters", lambda seat, v: {"K": v["k"]}),
    ("par.times_hw", (CONV,), "parameters", lambda seat, v: v["K"] * v["c"] * v["f"] * v["N"]),
    ("par.input_size", (CONV,), "parameters", lambda seat, v: v["M"] * v["c"] * v["f"]),
    ("par.pool", (POOL,), "parameters", lambda seat, v: v["K"] * v["c"]),
    ("par.fc_no_bias", (FC,), "parameters", lambda seat, v: {"b": 0}),
    ("par.fc_from_hw", (FC,), "parameters", lambda seat, v: prod(seat.flat[1:]) * v["f"] if seat.flat else None),
    ("mac.no_cin", (CONV,), "macs", lambda seat, v: v["N"] * v["K"] * v["f"]),
    ("mac.in_hw", (CONV,), "macs", lambda seat, v: {"N": v["M"]}),
    ("mac.factor2", (CONV, FC), "macs", lambda seat, v: 2 * right(seat, "macs", v)),
    ("mac.params", (CONV, FC), "macs", lambda seat, v: right(seat, "parameters", v)),
    ("rf.cur_stride", (CONV, POOL), "receptive_field", lambda seat, v: v["r"] + (v["k"] - 1) * v["j"] * v["s"]),
    ("rf.no_stride", (CONV, POOL), "receptive_field", lambda seat, v: v["r"] + v["k"] - 1),
    ("rf.sum_k", (CONV, POOL), "receptive_field", lambda seat, v: v["r"] + v["k"] if seat.jumps else None),
    ("rf.mult_k", (CONV, POOL), "receptive_field", lambda seat, v: v["r"] * v["k"] if seat.jumps else None),
    ("rf.last_stride_only", (CONV, POOL), "receptive_field", lambda seat, v: v["r"] + (v["k"] - 1) * seat.jumps[-1] if seat.jumps else None),
    ("rf.skip_pool", (POOL,), "receptive_field", lambda seat, v: v["r"]),
    ("rf.skip_pool", (CONV,), "receptive_field", lambda seat, v: v["r"] + (v["k"] - 1) * seat.j_conv),
    ("rf.pad", (CONV,), "receptive_field", lambda seat, v: v["r"] + (v["k"] - 1) * v["j"] + 2 * v["p"]),
    ("rf.area", (CONV, POOL), "receptive_field", lambda seat, v: right(seat, "receptive_field", v) ** 2),
    ("rf.gt_input_clip", (CONV, POOL), "receptive_field", lambda seat, v: seat.side if right(seat, "receptive_field", v) > seat.side else None),
]  # fmt: skip


class Truth(NamedTuple):
    """What is behind an answer."""

    state: str  # right, consistent or wrong
    codes: tuple = ()


def wrong(seat, quantity, made):
    """The answer with these mistakes in it, None where they make none."""
    v, formula = letters(seat), None
    for _, _, _, how in made:
        found = how(seat, v)
        if isinstance(found, dict):
            v.update(found)
        elif found is None or formula:  # two whole formulas cannot both be used
            return None
        else:
            formula = how
    return formula(seat, v) if formula else right(seat, quantity, v)


def student(network, rng, mistakes, together=0.15):
    """Answers by name, and the truth about each; None where the mistakes lead nowhere."""
    shape, layers = NETWORKS[network]
    spots = {}
    for _ in range(mistakes):
        code = rng.choice(sorted({each[0] for each in WRONG}))
        ways = [each for each in WRONG if each[0] == code]
        places = [(layer.name, way) for way in ways for layer in layers if layer.kind in way[1]]
        if not places:
            return None
        name, way = rng.choice(places)
        others = spots.setdefault((name, way[2]), [])
        if others and (rng.random() > together or code in {each[0] for each in others}):
            continue
        others.append(way)
    answers, truths = {}, {}
    own, true = shape, shape
    r_own = r_true = j = j_conv = 1
    jumps, flat, unpooled = (), (), ()
    side = shape[1]
    own_before_pool, own_is_flat = (), False
    for layer in layers:
        seat_true = Seat(layer, true, (), r_true, j, jumps, j_conv, (), (), side)
        true_out = right(seat_true, "output")
        if layer.kind == FLAT:
            flat, unpooled = own, own_before_pool
        seat = Seat(
            layer, own, (), r_own, j, jumps, j_conv, flat if layer.kind == FC and own_is_flat else (), unpooled, side
        )
        own_right = right(seat, "output")
        out = own_right
        for quantity in QUANTITIES:
            if quantity == "receptive_field" and layer.kind not in (CONV, POOL):
                continue
            if quantity != "output":
                seat = seat._replace(out=out)
                seat_true = seat_true._replace(out=true_out)
            expected, honest = right(seat_true, quantity), right(seat, quantity)
            made = spots.get((layer.name, quantity), [])
            given = wrong(seat, quantity, made) if made else honest
            if given is None:
                given, made = honest, []
            for one in list(made):  # a mistake that makes no difference beside the other was not made
                rest = [each for each in made if each is not one]
                if rest and wrong(seat, quantity, rest) == given:
                    made = rest
            if isinstance(given, tuple) and min(given) < 1:
                return None
            # Counted on their own output, or on the one that is right for their own input: both follow from their rows.
            follows = (honest, right(seat._replace(out=own_right), quantity))
            state = "right" if given == expected else "consistent" if given in follows else "wrong"
            answers[f"{layer.name}.{quantity}"] = given
            truths[f"{layer.name}.{quantity}"] = Truth(
                state, tuple(sorted(each[0] for each in made)) if state == "wrong" else ()
            )
            if quantity == "output":
                out = given
            elif quantity == "receptive_field":
                r_own = given
        own_is_flat = layer.kind == FLAT
        if layer.kind == POOL:
            own_before_pool = own
        elif layer.kind == CONV:
            own_before_pool = ()
        own, true = out, true_out
        r_true = right(seat_true, "receptive_field") or r_true
        if layer.kind in (CONV, POOL):
            jumps, j = (*jumps, layer.s), j * layer.s
            j_conv *= layer.s if layer.kind == CONV else 1
    return answers, truths


def written(value, rng):
    """An answer as one of the ways to write it."""
    if isinstance(value, tuple):
        c, *space = value
        if not space:
            return str(c)
        return rng.choice([
            "x".join(map(str, value)), f"{c}@{'x'.join(map(str, space))}", f"({', '.join(map(str, value))})",
            "×".join(map(str, (*space, c))), f"[{','.join(map(str, value))}]",
        ])  # fmt: skip
    return rng.choice([str(value), f"{value:,}"])


class Report(NamedTuple):
    students: int
    answers: Counter  # (truth, verdict)
    visible: int
    reported: int
    first: int
    missed: Counter  # by codes
    second: Counter


def simulate(students, seed=1, networks=tuple(NETWORKS)):
    """Mark a class; import the code under test only here."""
    from convcalc.marking.answers import Answers
    from convcalc.marking.assignment import read_key
    from convcalc.marking.mark import mark
    from convcalc.readers import library

    rng = random.Random(seed)
    keys = {name: read_key(library.find(name)) for name in networks}
    answers, missed, second = Counter(), Counter(), Counter()
    visible = reported = first = done = 0
    while done < students:
        network = rng.choice(networks)
        made = student(network, rng, rng.randint(1, 3))
        if made is None:
            continue
        done += 1
        given, truths = made
        marked = mark(keys[network], Answers(f"s{done}", {name: written(value, rng) for name, value in given.items()}))
        for verdict in marked.verdicts:
            truth = truths[verdict.question.ask]
            answers[truth.state, verdict.state] += 1
            if truth.state != "wrong":
                continue
            visible += 1
            codes = [set(each.codes) for each in verdict.diagnoses]
            if set(truth.codes) in codes:
                reported += 1
                first += codes[0] == set(truth.codes)
                if codes[0] != set(truth.codes):
                    second[truth.codes, verdict.diagnoses[0].codes] += 1
            else:
                missed[truth.codes] += 1
    return Report(done, answers, visible, reported, first, missed, second)


def table(report):
    """The report as text."""
    yield f"{report.students:,} students, {sum(report.answers.values()):,} answers"
    for truth in ("right", "consistent", "wrong"):
        row = {
            state: report.answers[truth, state] for state in ("correct", "consistent", "wrong", "unreadable", "missing")
        }
        yield f"  {truth:10} marked " + ", ".join(f"{state} {count:,}" for state, count in row.items() if count)
    yield f"  true codes among those reported: {report.reported / report.visible:.1%} of {report.visible:,} visible"
    yield f"  true codes reported first: {report.first / report.visible:.1%}"
    for codes, count in report.missed.most_common(12):
        yield f"    missed {count:4} × {' + '.join(codes)}"
    for (codes, named), count in report.second.most_common(25):
        yield f"    second {count:4} × {' + '.join(codes)} behind {' + '.join(named)}"


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    print("\n".join(table(simulate(count, int(sys.argv[2]) if len(sys.argv) > 2 else 1))))
