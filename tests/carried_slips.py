"""Networks with branches drawn at random, and students who make slips in them and go on with what they have.

Nothing here comes from the code that marks: sizes, counts and fields are worked out again. A slip is any wrong number,
not one of the common mistakes. `python tests/carried_slips.py 2000` marks a class and prints what went wrong.
"""

import sys
from collections import Counter
from itertools import islice, product
from math import prod
from typing import NamedTuple

QUANTITIES = ("output", "parameters", "macs", "receptive_field")
JOINS = ("add", "concat")
KEPT = ("batchnorm", "relu")


class Node(NamedTuple):
    name: str
    kind: str
    sources: tuple  # places; -1 is the input
    f: int = 0
    k: int = 1
    s: int = 1
    p: int = 0

    def line(self, names):
        joined = ", ".join(names[source] for source in self.sources)
        window = f"k{self.k} s{self.s} p{self.p}"
        words = {
            "conv": f"conv {self.f} {window}", "tconv": f"tconv {self.f} {window}", "dwconv": f"dwconv {window}",
            "maxpool": f"maxpool {self.k} s{self.s}", "upsample": "upsample 2", "linear": f"linear {self.f}",
        }.get(self.kind, self.kind)  # fmt: skip
        if self.kind in JOINS:
            return f"- {self.name}: {{{self.kind}: {{from: [{joined}]}}}}"
        return f"- {self.name}: {words} from={joined}"


# What a layer gives


def outputs(node, inputs):
    """What may follow from these inputs: where branches differ in size, what either of them gives."""
    (c, *space), *_ = inputs
    if node.kind == "add":
        return list(dict.fromkeys(inputs))
    if node.kind == "concat":
        channels = sum(each[0] for each in inputs)
        return list(dict.fromkeys((channels, *each[1:]) for each in inputs))
    if node.kind in KEPT:
        return [inputs[0]]
    if node.kind == "flatten":
        return [(prod(inputs[0]),)]
    if node.kind == "linear":
        return [(node.f,)]
    k, s, p = node.k, node.s, node.p
    sizes = [
        2 * n if node.kind == "upsample" else s * (n - 1) + k - 2 * p if node.kind == "tconv" else (n + 2 * p - k) // s + 1
        for n in space
    ]  # fmt: skip
    fits = all(size > 0 for size in sizes) and (node.kind == "tconv" or all(n + 2 * p >= k for n in space))
    return [(node.f or c, *sizes)] if fits else []


def parameters(node, inputs):
    c, area = inputs[0][0], node.k ** (len(inputs[0]) - 1)
    return {
        "conv": (area * c + 1) * node.f, "tconv": area * c * node.f + node.f, "dwconv": (area + 1) * c,
        "linear": (c + 1) * node.f, "batchnorm": 2 * c,
    }.get(node.kind, 0)  # fmt: skip


def macs(node, inputs, out):
    (c, *space), area = inputs[0], node.k ** (len(inputs[0]) - 1)
    return {
        "conv": prod(out[1:]) * area * c * node.f, "tconv": prod(space) * area * c * node.f,
        "dwconv": prod(out[1:]) * area * c, "linear": c * node.f,
    }.get(node.kind, 0)  # fmt: skip


def field(node, fields, jump, flat):
    """The field behind a layer: that of the widest branch; a linear layer sees all of a flattened map."""
    r = max(fields)
    if node.kind in ("conv", "maxpool", "dwconv"):
        return r + (node.k - 1) * jump
    return r + (flat - 1) * jump if node.kind == "linear" and flat else r


# Networks


def draw(rng):
    """An input, and layers after it: of one dimension or two, with branches that are joined again."""
    rank = rng.choice((1, 2, 2))
    shape = (rng.choice((1, 2, 3, 4)), *(rng.randrange(16, 41),) * rank)
    nodes, shapes = [], {-1: shape}

    def add(kind, sources, **settings):
        node = Node(f"L{len(nodes) + 1}", kind, sources, **settings)
        found = outputs(node, [shapes[source] for source in sources])
        if len(found) != 1 or max(found[0][1:], default=1) > 90:
            return None
        shapes[len(nodes)] = found[0]
        nodes.append(node)
        return len(nodes) - 1

    def random_layer(source):
        kind = rng.choice(("conv", "conv", "conv", "maxpool", "dwconv", "tconv", "upsample", *KEPT))
        k, s = rng.choice((1, 2, 3, 5)), rng.choice((1, 1, 2))
        settings = {
            "conv": {"f": rng.choice((4, 5, 6, 8)), "k": k, "s": s, "p": rng.randrange(0, k // 2 + 1)},
            "tconv": {"f": rng.choice((4, 5, 6)), "k": rng.choice((2, 3, 4)), "s": 2, "p": rng.choice((0, 1))},
            "dwconv": {"k": rng.choice((3, 5)), "s": s, "p": 1}, "maxpool": {"k": k if k > 1 else 2, "s": rng.choice((1, 2))},
            "upsample": {"k": 2},
        }.get(kind, {})  # fmt: skip
        return add(kind, (source,), **settings)

    def branch(source, like):
        """A few layers that keep the size, so that they can be joined to others."""
        for _ in range(rng.randrange(1, 3)):
            k = rng.choice((1, 3, 5))
            source = add("conv", (source,), f=rng.choice((4, 5, 6, 8)), k=k, p=k // 2)
        return add("conv", (source,), f=like, k=3, p=1) if like else source

    at = -1
    for _ in range(rng.randrange(2, 5)):
        for _ in range(rng.randrange(0, 3)):
            made = random_layer(at)
            at = at if made is None else made
        if at >= 0 and rng.random() < 0.8:
            joins = rng.choice(JOINS)
            like = shapes[at][0] if joins == "add" else 0
            ends = [branch(at, like) for _ in range(rng.randrange(1, 3))]
            ends = [at, *ends] if len(ends) == 1 or rng.random() < 0.3 else ends
            at = add(joins, tuple(ends))
    if rng.random() < 0.6 and at >= 0 and prod(shapes[at]) < 20_000:
        at = add("flatten", (at,))
        for _ in range(rng.randrange(1, 3)):
            at = add("linear", (at,), f=rng.choice((7, 10, 12)))
    return (shape, nodes) if len(nodes) > 2 else None


def written_out(shape, nodes):
    names = {-1: "input", **{place: node.name for place, node in enumerate(nodes)}}
    return "\n".join((f"input: {'x'.join(map(str, shape))}", "layers:", *(node.line(names) for node in nodes)))


# Students


def slip(value, rng):
    """Any other number, or a shape with one other number, or with another side."""
    if isinstance(value, int):
        return max(1, value + rng.choice((-7, -3, -2, -1, 1, 2, 3, 11, value)))
    c, *space = value
    if not space or rng.random() < 0.3:
        return (max(1, c + rng.choice((-3, -2, -1, 1, 2, 3, c))), *space)
    side = max(1, space[0] + rng.choice((-3, -2, -1, 1, 2, 3)))
    return (c, *(side for _ in space))


def student(shape, nodes, rng, slips, answered=0.9):
    """Answers by name, and the truth about each: right, consistent or wrong; None where the slips lead nowhere."""
    right, own, may = {-1: shape}, {-1: shape}, {-1: {shape}}
    r_right, r_own, r_may, jumps, flats = {-1: 1}, {-1: 1}, {-1: {1}}, {-1: 1}, {}
    answers, truths, is_open = {}, {}, False
    sums = {"parameters": [0, 0], "macs": [0, 0]}  # right, and theirs
    spots = {(rng.randrange(len(nodes)), rng.choice(QUANTITIES)) for _ in range(slips)}

    def put(place, quantity, true, honest, follows):
        given = slip(honest, rng) if (place, quantity) in spots else honest
        state = "right" if given == true else "consistent" if given in follows else "wrong"
        if rng.random() < answered:
            answers[f"{nodes[place].name}.{quantity}"] = given
            truths[f"{nodes[place].name}.{quantity}"] = state
            return given, True
        return (honest if state == "wrong" else given), False

    for place, node in enumerate(nodes):
        inputs = [own[source] for source in node.sources]
        found = outputs(node, inputs)
        ways = list(islice(product(*(sorted(may[source]) for source in node.sources)), 64))
        follows = {out for way in ways for out in outputs(node, way)}
        if not found:
            return None
        (right[place],) = outputs(node, [right[source] for source in node.sources])
        honest = rng.choice(found)
        own[place], is_given = put(place, "output", right[place], honest, follows)
        may[place] = {own[place]} if is_given else follows | {own[place]}
        true = [right[source] for source in node.sources]
        for quantity, true_count, count, counts in (
            ("parameters", parameters(node, true), parameters(node, inputs), {parameters(node, way) for way in ways}),
            ("macs", macs(node, true, right[place]), macs(node, inputs, own[place]),
             {macs(node, way, out) for way in ways for out in (*outputs(node, way), own[place])}),
        ):  # fmt: skip
            given, _ = put(place, quantity, true_count, count, counts)
            sums[quantity][0] += true_count
            sums[quantity][1] += given
            is_open |= len(ways) > 1
        # The field, as far as strides are whole.
        before = [jumps[source] for source in node.sources]
        if None in before or len(set(before)) > 1 or node.kind in ("tconv", "upsample"):
            jumps[place] = None
            continue
        jumps[place] = before[0] * (node.s if node.kind != "linear" else 1)
        if node.kind == "flatten":
            source = node.sources[0]
            flats[place] = right[source][1], own[source][1], {each[1] for each in may[source]}
        true_side, own_side, sides = flats.get(node.sources[0], (0, 0, {0})) if node.kind == "linear" else (0, 0, {0})
        r_right[place] = field(node, [r_right[source] for source in node.sources], before[0], true_side)
        r_honest = field(node, [r_own[source] for source in node.sources], before[0], own_side)
        r_follows = {
            field(node, way, before[0], side)
            for way in product(*(r_may[source] for source in node.sources))
            for side in sides
        }
        if len(right[place]) == 1 and node.kind != "linear":
            r_own[place], r_may[place] = r_honest, r_follows
            continue
        r_own[place], is_given = put(place, "receptive_field", r_right[place], r_honest, r_follows)
        r_may[place] = {r_own[place]} if is_given else r_follows
    for quantity, (true_sum, own_sum) in sums.items():
        if not is_open:
            answers[f"total.{quantity}"] = own_sum
            truths[f"total.{quantity}"] = "right" if true_sum == own_sum else "consistent"
    return answers, truths


def mark_class(students, seed=1, answered=0.9):
    """How often each truth was marked as what, and what was marked wrongly."""
    import random

    from convcalc.marking.answers import Answers
    from convcalc.marking.assignment import read_key
    from convcalc.marking.mark import mark
    from convcalc.problem import Source

    rng = random.Random(seed)
    counts, odd = Counter(), []
    while students > 0:
        network = draw(rng)
        if network is None:
            continue
        text = written_out(*network)
        key = read_key(Source("key.yaml", text))
        for _ in range(10):
            made = student(*network, rng, rng.randint(0, 4), answered)
            if made is None:
                continue
            students -= 1
            answers, truths = made
            lines = {
                name: "x".join(map(str, given)) if isinstance(given, tuple) else str(given)
                for name, given in answers.items()
            }
            for verdict in mark(key, Answers("", lines)).verdicts:
                truth = truths.get(verdict.question.ask)
                if truth is None or verdict.charged:  # some slips look like one and the same mistake
                    continue
                counts[truth, verdict.state] += 1
                if verdict.state != {"right": "correct"}.get(truth, truth):
                    odd.append((text, verdict.question.ask, truth, verdict.state, lines, truths, verdict.own))
    return counts, odd


if __name__ == "__main__":
    number, seed = (int(word) for word in (*sys.argv[1:], "500", "1")[:2])
    counts, odd = mark_class(number, seed)
    for pair, count in sorted(counts.items()):
        print(*pair, count)
    kinds = Counter()
    for text, ask, truth, state, *_ in odd:
        named = [line for line in text.splitlines() if f"- {ask.split('.')[0]}:" in line]
        kind = named[0].split(": ", 1)[1].split()[0] if named else ""
        kinds[truth, state, ask.split(".")[1], kind] += 1
    for what, count in kinds.most_common(20):
        print(count, *what)
    for text, ask, truth, state, lines, truths, own in odd[: int(sys.argv[3]) if len(sys.argv) > 3 else 0]:
        print(text, ask, truth, state, own, sep="\n")
        print(*(f"   {name}: {line}  {truths[name]}" for name, line in lines.items()), sep="\n")
