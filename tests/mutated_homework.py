"""Keys and submissions with slips of every kind in them, marked: no slip may end in anything but a verdict or a reason.

`python tests/mutated_homework.py 20000 1` marks so many from a seed on, and prints what ended otherwise or took long.
"""

import random
import sys
import time
from functools import partial

KEYS = [
    "assignment: Homework 3\nspec: lenet5\npoints: 2\ntolerance: 1%\nquestions:\n  - {ask: C1.output, points: 1}\n"
    "  - {ask: C3.parameters, points: 2, partial: {par.no_bias: 1}}\n  - {ask: total.macs, tolerance: 1%}\n"
    "  - {ask: [total.output, total.receptive_field], all_or_nothing: yes}\n  - {ask: 'C*.rf_stride', group: fields}\n",
    "assignment: Formulas\nquestions:\n  - {ask: conv.output, form: symbolic, points: 2}\n"
    "  - {ask: tconv.output, form: symbolic}\n  - {ask: dwconv.parameters, form: symbolic}\n"
    "  - {ask: padding, layer: conv 64 k7 s2 p?, input: 3x224x224, output: 64x112x112, name: Q2}\n"
    "  - {ask: output, layer: conv 10 k5 p2, input: 3x32x32, name: Q3}\n  - {ask: Q4, answer: 42}\n",
    "assignment: a\nconvention: keras\nset: {f: 8}\ninput: 3x20x24\nall_or_nothing: no\nspec:\n  let: {f: 4}\n"
    "  input: 3x32x32\n  layers:\n    - c1: conv f k3x5 s2 p=same\n    - residual: [conv f k3 p=same, batchnorm]\n"
    "    - c3: conv 12 k3 d2 g2\n    - up: tconv 6 k4 s2 p1\n    - concat: [conv 4 k1, maxpool 3 s1 p=same]\n"
    "    - flatten\n    - linear 10\nquestions:\n  - {ask: [c1.output, c1.output.height, c3.macs, up.kernel]}\n"
    "  - {ask: '*.parameters', points: 1/3}\n  - total.activations\n  - {ask: total.memory, partial: {slip.unit: 0.5}}\n",
    "input: {image: 3x32x32, depth: 1x32x32}\nlayers:\n  - a: conv 4 k3 p1\n  - b: {conv: 4 k3 p1, from: depth}\n"
    "  - add: {from: [a, b]}\n  - avgpool 2\n  - upsample 2\n  - globalavgpool\n  - flatten\n  - fc: linear 10\n",
    "3xHxW -> conv 8 k3 s2 -> maxpool 2 -> conv 4 k1",
    "alexnet",
]  # fmt: skip
ASKS = [
    "C1.output", "C1.parameters", "C3.parameters", "C3.macs", "S2.output", "S4.receptive_field", "C5.rf_stride", "F6.weights",
    "total.macs", "total.output", "total.parameters", "total.receptive_field", "total.memory", "conv.output", "tconv.output",
    "dwconv.parameters", "Q2", "Q2.padding", "Q3.output", "Q4", "c1.output", "c1.output.height", "c3.macs", "up.kernel",
    "flatten1.output", "linear1.parameters", "a.output", "b.macs", "add1.output", "fc.output", "total.activations",
    "conv1.output", "conv1.rf_centre", "maxpool1.output", "concat1.output.channels", "conv2.output", "nothing", "total",
    "linear1.output", "conv5.receptive_field", "flatten1.input", "avgpool1.macs", "total.rf_stride", "C1.output.depth",
]  # fmt: skip
ANSWERS = [
    "6x28x28", "6@27x27", "28x28x6 (HWC)", "(1, 6, 28, 28)", "(None, 28, 28, 6)", "C=6, H=28, W=28", "26*26*32=21632", "400",
    "16*5*5", "156", "2,416", "2416.0", "5*5*6*16 + 16", "5*5*6*16", "320 (with bias)", "156 (150+6)", "61.7k", "0.06 M",
    "1e5", "416,520", "2%", "27/2", "-3", "0", "5x5", "10.5", "1/0", "9**9**9", "?", "", "none", "many", "half", "⌊27/2⌋ + 1",
    "(W - K + 2P)/S + 1", "floor((W-K+2*P)/S)+1", "(H - F)/S", "K*K*C*F + F", "S(N-1)+K-2P", "(W+K+P+S)**9", "W W W", "W/0",
    "x", "3 x", "@", "=", "((", "))", "10^60", "1" * 120, "٣", "½", "NaN", "inf", "0x10", "True", "6 x 28 x 28 x 1 x 1 x 1 x 1 x 1",
    "-1x-1x-1", "0x0x0", "1x1x1", "1000000x1000000x1000000", "27/2x27/2x6", "6x28", "6", "28;28;6", "6x28x28 or 6x27x27",
]  # fmt: skip
PIECES = [
    "{", "}", "[", "]", ":", ": ", ",", "-", "- ", "\n", "\n  ", "#", "'", '"', "|", ">", "&a ", "*a", "!!str ", "?", "<<: ", "\t",
    "\x00", "\u2028", "\ud800", "×", "𝟚", "\r", "---\n", "...\n", "%YAML 1.1\n", "null", "~", "yes", "0", "-1", "1e999", "nan", "*",
    "1/2", "2**20000", "x" * 400, "[" * 40, "{" * 40, "{a: " * 12, "points: ", "ask: ", "answers: ", "student: ", "torch", "?x?x?",
    "W", "k0", "k=-1", "s0", "100%", "H", "conv", "from: [c]", "total", "..", "/", "name: ", "3x3x3", "=", "->", "repeat: ", "é",
]  # fmt: skip


def mutated(text, rng, most=4):
    """The text after some slips: a piece put in, left out, doubled, swapped or cut off."""
    for _ in range(rng.randrange(most)):
        lines = text.split("\n")
        start, end = sorted((rng.randrange(len(text) + 1), rng.randrange(len(text) + 1)))
        end = min(end, start + rng.choice((1, 1, 3, 10, 60)))
        match rng.randrange(8):
            case 0 | 1:
                text = text[:start] + rng.choice(PIECES) + text[start:]
            case 2:
                text = text[:start] + text[end:]
            case 3:
                text = text[:start] + rng.choice(PIECES) + text[end:]
            case 4:
                text = text[:end] + text[start:]
            case 5:
                rng.shuffle(lines)
                text = "\n".join(lines)
            case 6:
                text = text[:end] if rng.random() < 0.3 else text
            case 7:
                place = rng.randrange(len(lines))
                lines[place] = rng.choice((" " * rng.randrange(5), "- ", "")) + rng.choice(
                    (lines[place].strip(), lines[place])
                )
                text = "\n".join(lines)
    return text


def submission(rng):
    """Answers in block or flow form, some of them to what nobody asked."""
    lines = rng.choice((["student: ada", "answers:"], ["answers:"], []))
    indent = "  " if lines else ""
    for ask in rng.sample(ASKS, rng.randrange(1, 12)):
        answer = rng.choice(ANSWERS)
        quoted = rng.choice(("{}", "'{}'", '"{}"')).format(answer)
        layer, _, quantity = ask.partition(".")
        lines.append(rng.choice((f"{indent}{ask}: {quoted}", f"{indent}{layer}: {{{quantity or 'output'}: {quoted}}}")))
    return "\n".join(lines) + "\n"


def near(right, rng):
    """A right answer, or one with a slip in it."""
    sides = list(right) if isinstance(right, tuple) else [right]
    place = rng.randrange(len(sides))
    slip = rng.choice(
        (lambda n: n, lambda n: n, lambda n: n + 1, lambda n: n - 1, lambda n: 2 * n, lambda n: n // 2, lambda n: 0)
    )
    sides[place] = slip(sides[place])
    if rng.random() < 0.1:
        sides.insert(place, rng.choice((1, 3, 10**12)))
    if len(sides) > 1 and rng.random() < 0.1:
        sides.pop(place)
    return rng.choice(("x", ",", "*", " × ")).join(map(str, sides))


def answers_near(key, rng):
    """A sheet of a student who is right in some places."""
    lines = ["student: bob", "answers:"]
    for asked in key.asked:
        if rng.random() < 0.6 and asked.form in ("number", "side", "shape", "open"):
            lines.append(f"  {asked.question.ask}: '{near(asked.right, rng)}'")
    return "\n".join(lines) + "\n"


def keys():
    """The keys as they are, read once."""
    from convcalc.marking.assignment import read_key
    from convcalc.problem import Source

    return [read_key(Source("key", text)) if text != "alexnet" else read_key(bundled()) for text in KEYS]


def bundled():
    from convcalc.readers import library

    return library.find("alexnet")


def trial(known, rng):
    """One thing to do, and what it is about: a mutated key read, or a mutated submission marked and written."""
    from convcalc.marking.assignment import read_key
    from convcalc.problem import Problem, Source

    if rng.random() < 0.35:
        text = mutated(rng.choice(KEYS[:-1]), rng, 5)

        def read():
            try:
                key = read_key(Source("key.yaml", text))
            except Problem as error:
                assert all(finding.message for finding in error.diagnostics)
            else:
                numbers = random.Random(text.encode("utf-8", "replace"))
                written(key, submission(numbers))
                written(key, answers_near(key, numbers))

        return text, read
    place = rng.randrange(len(known))
    text = answers_near(known[place], rng) if rng.random() < 0.5 else mutated(submission(rng), rng)
    return f"# key {place}\n{text}", partial(written, known[place], text)


def verdicts(key, text):
    """On a submission, by itself."""
    from convcalc.marking.answers import read_answers
    from convcalc.marking.mark import mark
    from convcalc.problem import Source

    return mark(key, read_answers(Source("ada.yaml", text))).verdicts


def written(key, text):
    """A submission marked, and what all formats make of it; an error that is none of its own is raised."""
    from convcalc.handin.keys import one_key
    from convcalc.handin.submission import Submission, mark_submission, settle_key
    from convcalc.marking.verdict import Person
    from convcalc.problem import Source
    from convcalc.render.marks import FORMATS, MarkingRun, marks_writer

    sheet = Submission(Person("ada", "ada"), "ada.yaml", Source("ada.yaml", text))
    key = settle_key(key, [sheet]) if key.is_open else key
    found = mark_submission(sheet, one_key(key))
    assert found.status in ("marked", "unreadable", "empty") and (found.status == "marked" or found.reason)
    assert 0 <= found.score <= found.out_of or not found.verdicts
    for form in FORMATS:
        for hints in ("why", "where"):
            run = MarkingRun(key.name, key.hash, key.questions, found.out_of, hints, True)
            marks_writer(form, run).body(found)


def main(count, seed):
    import os
    import traceback

    os.environ["CONVCALC_DEBUG"] = "1"
    known, failures, slowest = keys(), {}, []
    for number in range(seed, seed + count):
        text, act = trial(known, random.Random(number))
        began = time.process_time()
        try:
            act()
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            failures.setdefault((type(error).__name__, place.filename.rpartition("/")[2], place.lineno), []).append(
                (number, text, error)
            )
        slowest.append((time.process_time() - began, number))
    for place, found in failures.items():
        print(len(found), "×", *place, "seed", found[0][0], repr(found[0][2])[:200])
        print("   ", repr(min((text for _, text, _ in found), key=len))[:400])
    print(f"{count:,} trials, {sum(map(len, failures.values()))} failures; slowest", sorted(slowest)[-5:])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
