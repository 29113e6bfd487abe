"""Convolution arithmetic: Dumoulin & Visin's guide (arXiv 1603.07285), and windows that are really slid.

Throughout: n input size, k kernel, s stride, p padding on each side, d dilation, op output padding, o output size.
"""

import csv
import re
from functools import lru_cache
from itertools import product
from random import Random

import pytest
from places import DATA

from convcalc.algebra.expr import evaluate
from convcalc.algebra.parser import parse
from convcalc.kinds.conventions import CONVENTIONS
from convcalc.layers.applied import apply
from convcalc.network.load import summarise_text
from convcalc.problem import Problem

ROWS = list(csv.DictReader((DATA / "arithmetic.csv").open(encoding="utf-8")))
SIZES, KERNELS, STRIDES, PADDINGS, DILATIONS = range(1, 13), range(1, 7), range(1, 5), range(5), range(1, 4)


def size(chain, axis=0):
    """The size of one axis of a chain's output; None where it is refused."""
    report = summarise_text(chain)
    assert bool(report.output) != bool(report.errors), chain
    return report.output[1 + axis] if report.output else None


@lru_cache
def setting(layer):
    """A layer once built, for all the sizes it is slid over; None where it is refused whatever the size."""
    (node,) = summarise_text(f"1x99 -> {layer}").layers
    return node.applied and node.applied.setting


def slid(layer, n):
    """The size of a layer's output on n cells; None where it is refused."""
    if setting(layer) is None:
        return None
    try:
        return apply(setting(layer), ((1, n),), CONVENTIONS["pytorch"], on_map=True).output[1]
    except Problem:
        return None


def row_cases(transposed):
    chosen = [row for row in ROWS if (row["transposed"] == "yes") == transposed]
    return [pytest.param(row, id=f"{row['relationship']} {row['case']}") for row in chosen]


def numbers(row):
    return {letter: int(row[letter]) for letter in "ikspd"} | {"a": int(row["a_output_padding"])}


def test_the_guide_is_covered_from_its_first_relationship_to_its_last():
    assert {row["relationship"] for row in ROWS} == {f"R{number}" for number in range(1, 16)}
    assert len(row_cases(False)) + len(row_cases(True)) == len(ROWS) == 18


@pytest.mark.parametrize("row", row_cases(False))
@pytest.mark.parametrize("shape", ["1x{i}", "1x{i}x{i}", "1x{i}x{i}x{i}"], ids=["1-D", "2-D", "3-D"])
def test_a_direct_row_of_the_guide(row, shape):
    known = numbers(row)
    settings = "k{k} s{s} p{p}".format(**known)
    layers = [f"conv 1 {settings} d{known['d']}"]
    if "pooling" in row["case"]:
        layers = [f"maxpool {settings}", f"avgpool {settings}"]
    for layer in layers:
        report = summarise_text(f"{shape.format(**known)} -> {layer}")
        assert report.output == (1, *[int(row["o"])] * shape.count("i"))


@pytest.mark.parametrize("row", row_cases(True))
@pytest.mark.parametrize("shape", ["1x{i}", "1x{i}x{i}", "1x{i}x{i}x{i}"], ids=["1-D", "2-D", "3-D"])
def test_a_transposed_row_of_the_guide(row, shape):
    report = summarise_text(f"{shape} -> tconv 1 k{{k}} s{{s}} p{{p}} op{{a}}".format(**numbers(row)))
    assert report.output == (1, *[int(row["o"])] * shape.count("i"))


@pytest.mark.parametrize("row", row_cases(True))
def test_a_transposed_row_is_the_direct_convolution_that_the_guide_says(row):
    """Relationship 14: stretch the input with s − 1 zeros, put a more at its end, and convolve with p' = k − p − 1."""
    i, k, s, p, _, a = numbers(row).values()
    stretched, padding = i + (i - 1) * (s - 1), k - p - 1
    assert size(f"1x{stretched} -> zeropad [[0, {a}]] -> conv 1 k{k} p{padding}") == int(row["o"])
    said = row["equivalent_direct_conv"]
    assert int(re.search(r"i~?'=(\d+)", said)[1]) == stretched
    assert int(re.search(r"p'=(?:[^ ,]*=)?(\d+)", said)[1]) == padding


@pytest.mark.parametrize("row", row_cases(True))
def test_a_transposed_row_undoes_the_direct_convolution_of_the_same_k_s_and_p(row):
    assert size("1x{o} -> conv 1 k{k} s{s} p{p}".format(o=row["o"], **numbers(row))) == int(row["i"])


@pytest.mark.parametrize("row", [*row_cases(False), *row_cases(True)])
def test_the_formula_that_the_guide_prints_gives_the_size(row):
    text = re.split(r" for |,|  ", row["formula"].replace("'", ""))[0].removeprefix("o=")
    text = re.sub(r"(\d|\b[a-z])(?=[a-z(])", r"\1*", text.replace("floor(", "FLOOR(")).replace(")(", ")*(")
    assert evaluate(parse(text.replace("FLOOR(", "floor(")), numbers(row)) == int(row["o"])


# Windows that are really slid


def windows(n, k, s, p, d):
    """The cells of every window that lies inside the padded input; the input's own are 0 to n − 1."""
    found, start = [], -p
    while start + d * (k - 1) < n + p:
        found.append([start + tap * d for tap in range(k)])
        start += s
    return found


def windows_rounded_up(n, k, s, p, d):
    """One window more where cells at the end are left over, unless it would start behind the input (torch's Pool.h).

    None where not even the first window reaches into the last stride of the padded input.
    """
    reach = d * (k - 1) + 1
    if reach - (n + 2 * p) >= s:
        return []
    found = windows(n, k, s, p, d)
    last = -p + (len(found) - 1) * s  # where there is none: one stride before the first
    covered = last + reach if found else -p
    if covered < n + p and last + s < n:
        found.append([last + s + tap * d for tap in range(k)])
    return found


def cases(sizes=SIZES, dilations=DILATIONS):
    return product(sizes, KERNELS, STRIDES, PADDINGS, dilations)


def test_a_convolution_has_as_many_outputs_as_windows_that_can_be_slid(quick_errors):
    refused = 0
    for n, k, s, p, d in cases():
        found = slid(f"conv 1 k{k} s{s} p{p} d{d}", n)
        assert found == (len(windows(n, k, s, p, d)) or None), (n, k, s, p, d)
        refused += found is None
    assert 100 < refused < 3000


@pytest.mark.parametrize("kind", ["maxpool", "avgpool"])
@pytest.mark.parametrize("ceil, slide", [("no", windows), ("yes", windows_rounded_up)], ids=["floor", "ceil"])
def test_a_pooling_has_as_many_outputs_as_windows_that_can_be_slid(kind, ceil, slide, quick_errors):
    computed = differing = 0
    for n, k, s, p, d in cases(dilations=DILATIONS if kind == "maxpool" else (1,)):
        dilation = f" d{d}" if kind == "maxpool" else ""
        found = slid(f"{kind} {k} s{s} p{p} ceil={ceil}{dilation}", n)
        if 2 * p > k:
            assert found is None, (n, k, s, p, d)  # PyTorch: padding at most half the kernel, dilated or not
            continue
        expected = slide(n, k, s, p, d)
        assert found == (len(expected) or None), (n, k, s, p, d)
        computed += 1
        differing += expected != windows(n, k, s, p, d)
    assert computed > 500
    assert (differing > 100) == (ceil == "yes")


# PyTorch evaluated, from the table of conventions: where a plain ⌈…⌉ would be wrong.
@pytest.mark.parametrize("n, k, s, p, expected", [
    (6, 1, 2, 0, 3), (32, 1, 2, 0, 16), (5, 3, 3, 1, 2), (5, 2, 2, 1, 3), (8, 3, 4, 0, 2), (10, 3, 4, 0, 3),
    (112, 3, 2, 0, 56), (7, 2, 3, 1, 3), (4, 1, 3, 0, 2),
])  # fmt: skip
def test_pooling_rounds_up_as_pytorch_does(n, k, s, p, expected):
    assert size(f"1x{n} -> maxpool {k} s{s} p{p} ceil=yes") == expected
    assert len(windows_rounded_up(n, k, s, p, 1)) == expected


@lru_cache
def scattered(n, k, s, d):
    """The outputs that each of n inputs adds to, before anything is cut off: {output: {inputs}}."""
    touched = {}
    for unit, tap in product(range(n), range(k)):
        touched.setdefault(unit * s + tap * d, set()).add(unit)
    return touched


def test_a_transposed_convolution_is_as_wide_as_what_its_inputs_scatter_to(quick_errors):
    refused = 0
    for n, k, s, p, d in cases(sizes=range(1, 8)):
        for op in range(3):
            found = slid(f"tconv 1 k{k} s{s} p{p} d{d} op{op}", n)
            expected = max(scattered(n, k, s, d)) + 1 - 2 * p + op
            if op >= max(s, d) or expected < 1:
                assert found is None, (n, k, s, p, d, op)
                refused += 1
            else:
                assert found == expected, (n, k, s, p, d, op)
    assert refused > 500


def test_a_transposed_convolution_finds_every_size_that_the_convolution_takes_to_its_input():
    """{i : conv(i) = n} = {tconv(n) with output padding 0, …, s − 1}: all sizes that it undoes, and no others."""
    for k, s, p, d in product(KERNELS, STRIDES, range(3), (1, 2)):
        below = {}
        for i in range(1, 50):
            below.setdefault(len(windows(i, k, s, p, d)), []).append(i)
        for n in range(2, 6):
            found = [slid(f"tconv 1 k{k} s{s} p{p} d{d} op{op}", n) for op in range(s)]
            assert [i for i in found if i] == below.get(n, []), (n, k, s, p, d)


def test_a_unit_of_a_convolution_sees_the_cells_of_its_window():
    for k, s, p, d in product(KERNELS, STRIDES, PADDINGS, DILATIONS):
        (field,) = summarise_text(f"1x40 -> conv 1 k{k} s{s} p{p} d{d}").layers[0].field
        for unit, cells in enumerate(windows(40, k, s, p, d)):
            assert field.at(unit) == (cells[0], cells[-1]), (k, s, p, d)
        assert (field.size, field.stride, field.offset) == (d * (k - 1) + 1, s, -p)


def test_a_unit_of_a_transposed_convolution_sees_the_inputs_that_scatter_to_it():
    """The receptive field is not cut off at the borders, so the inputs go on beyond them, from −30 to 29."""
    gaps = 0
    for k, s, p, d in product(KERNELS, STRIDES, range(3), DILATIONS):
        report = summarise_text(f"1x9 -> tconv 1 k{k} s{s} p{p} d{d}")
        if report.errors:
            continue
        (field,) = report.layers[0].field
        touched = scattered(60, k, s, d)
        for unit in range(report.output[1]):
            inputs = [each - 30 for each in touched.get(unit + p + 30 * s, ())]
            expected = (min(inputs), max(inputs)) if inputs else (None, None)
            assert field.at(unit) == expected, (k, s, p, d, unit)
            gaps += not inputs
    assert gaps > 50  # k < s leaves holes, and so does dilation


def test_convolution_and_transposed_convolution_join_the_same_pairs():
    """Output j of the convolution sees input i exactly where input j of its transpose scatters to output i."""
    for n, k, s, p, d in cases(sizes=(12,)):
        slid = windows(n, k, s, p, d)
        if not slid:
            continue
        seen = {(i, j) for j, cells in enumerate(slid) for i in cells if 0 <= i < n}
        spread = {(i - p, j) for i, units in scattered(len(slid), k, s, d).items() for j in units if 0 <= i - p < n}
        assert seen == spread
        left_over = n + 2 * p - d * (k - 1) - 1 - (len(slid) - 1) * s
        if p <= d * (k - 1):
            assert size(f"1x{len(slid)} -> tconv 1 k{k} s{s} p{p} d{d} op{left_over}") == n


def test_axes_do_not_know_of_each_other():
    draw = Random(0)
    for rank in (2, 3):
        for _ in range(300):
            axes = [
                (draw.randint(4, 30), draw.randint(1, 4), draw.randint(1, 3), draw.randint(0, 3), draw.randint(1, 2))
                for _ in range(rank)
            ]
            n, k, s, p, d = ("x".join(map(str, values)) for values in zip(*axes, strict=True))
            report = summarise_text(f"2x{n} -> conv 3 k{k} s{s} p{p} d{d}")
            sizes = tuple(len(windows(*axis)) for axis in axes)
            assert (report.output or ()) == ((3, *sizes) if all(sizes) else ()), axes


def loops(n, k, s, p, d, c, f, g):
    """Multiply–accumulates and parameters of a 2-D convolution, counted one by one as a program carries them out."""
    rows, columns = (windows(axis[0], axis[1], s, p, d) for axis in zip(n, k, strict=True))
    macs, weights = 0, set()
    for filter_ in range(f):
        group = filter_ // (f // g)
        channels = range(group * (c // g), (group + 1) * (c // g))
        for row, column in product(range(len(rows)), range(len(columns))):
            for channel, down, across in product(channels, range(k[0]), range(k[1])):
                assert rows[row][down] == row * s - p + down * d
                assert columns[column][across] == column * s - p + across * d
                weights.add((filter_, channel, down, across))
                macs += 1
    return macs, len(weights), f * len(rows) * len(columns)


@pytest.mark.parametrize("n, k, s, p, d, c, f, g", [
    pytest.param((5, 6), (3, 2), 1, 0, 1, 2, 3, 1, id="a plain convolution"),
    pytest.param((7, 7), (3, 3), 2, 1, 1, 3, 4, 1, id="with a stride and padding"),
    pytest.param((9, 8), (3, 3), 1, 2, 2, 1, 2, 1, id="dilated"),
    pytest.param((4, 4), (2, 3), 1, 1, 1, 4, 6, 2, id="in two groups"),
    pytest.param((4, 4), (3, 3), 1, 1, 1, 3, 6, 3, id="depthwise with two filters per channel"),
    pytest.param((3, 3), (1, 1), 1, 0, 1, 5, 7, 1, id="one by one"),
])  # fmt: skip
def test_multiply_accumulates_and_weights_are_what_loops_count(n, k, s, p, d, c, f, g):
    macs, weights, units = loops(n, k, s, p, d, c, f, g)
    report = summarise_text(f"{c}x{n[0]}x{n[1]} -> conv {f} k{k[0]}x{k[1]} s{s} p{p} d{d} g{g}")
    assert report.totals.macs == macs
    assert (report.totals.parameters, report.totals.biases) == (weights + f, f)
    assert report.totals.connections == macs + units


@pytest.mark.parametrize("n, k, s, p, c, f", [(3, 3, 2, 1, 2, 3), (4, 2, 2, 0, 1, 5), (5, 4, 1, 2, 3, 2)])
def test_multiply_accumulates_of_a_transposed_convolution_are_what_its_inputs_scatter(n, k, s, p, c, f):
    """c·f·k products for each input on an axis: c·f·(n·k)² in 2-D; those cut off by the padding are counted too."""
    products = sum(len(units) for units in scattered(n, k, s, 1).values())
    report = summarise_text(f"{c}x{n}x{n} -> tconv {f} k{k} s{s} p{p} bias=no")
    assert report.totals.macs == c * f * products**2
    assert report.totals.parameters == c * f * k**2
