"""The cells of a picture of windows against windows that are really slid: which are there, which are seen, which never."""

from fractions import Fraction
from itertools import product
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as some

from convcalc.network.load import summarise_text
from convcalc.problem import Problem
from convcalc.render.pictures.arithmetic.axes import BEYOND, CUT, EXTRA, MAP, PADDING, ZERO
from convcalc.render.pictures.arithmetic.captions import Caption
from convcalc.render.pictures.arithmetic.grids import Contents
from convcalc.render.pictures.arithmetic.panels import Panel
from convcalc.render.pictures.arithmetic.views import views
from convcalc.render.pictures.shapes import Rectangle

NOTHING = (Caption(""), Caption(""))
sides, kernels, strides, paddings, dilations = (some.integers(1, 9), some.integers(1, 4), some.integers(1, 4),
                                               some.integers(0, 3), some.integers(1, 3))  # fmt: skip


def views_of(layer: str, shape: str):
    """Of a layer that fits; else nothing."""
    report = summarise_text(f"{shape} -> {layer}")
    return () if report.errors else views(report.layers[0].applied)


def rectangles(shapes, corner, side):
    """Cells of a grid by their places: rectangles as large as a cell."""
    x, y = corner
    return {
        (round((shape.y - y) / side), round((shape.x - x) / side)): shape
        for shape in shapes
        if isinstance(shape, Rectangle) and shape.fill and shape.width == shape.height == side
    }


def picture_of(view, unit=(0, 0)):
    """(cells by place, those of the window, units by place), each place counted from the first cell of the map."""
    panel = Panel(view, [unit], Contents(), NOTHING)
    rows, columns = view.rows.cells, view.columns.cells
    assert len(panel.canvas.rows.stretches) == len(panel.canvas.columns.stretches) == 1

    def on_canvas(shapes):
        found = rectangles(shapes, panel.canvas_corner, panel.side)
        places = {(row + rows.start, column + columns.start): shape for (row, column), shape in found.items()}
        return {place: shape for place, shape in places.items() if place[0] in rows and place[1] in columns}

    window = {
        place for place, shape in on_canvas(panel.windows(unit)).items() if shape.fill in ("window-fill", "result-fill")
    }
    made = rectangles(panel.base(), panel.unit_corner, panel.side)
    return on_canvas(panel.base()), window, made


def slid(n, k, s, before, d, out):
    return [[unit * s - before + tap * d for tap in range(k)] for unit in range(out)]


@given(sides, sides, kernels, strides, paddings, paddings, dilations)
def test_a_convolution_has_the_cells_of_windows_that_are_slid(height, width, k, s, before, after, d):
    found = views_of(f"conv 1 k{k} s{s} p=[[{before},{after}],[{after},{before}]] d{d}", f"1x{height}x{width}")
    reach = d * (k - 1) + 1
    out = [(n + before + after - reach) // s + 1 for n in (height, width)]
    if min(out) < 1:
        assert not found
        return
    windows = [slid(height, k, s, before, d, out[0]), slid(width, k, s, after, d, out[1])]
    reached = [set().union(*axis) for axis in windows]
    there = set(product(range(-before, height + after), range(-after, width + before)))
    for unit in {(0, 0), (out[0] - 1, out[1] - 1)}:
        cells, window, made = picture_of(found[0], unit)
        assert set(cells) == there
        assert window == set(product(windows[0][unit[0]], windows[1][unit[1]]))
        assert {place for place, cell in cells.items() if cell.dashed} == {
            (row, column) for row, column in there if not (0 <= row < height and 0 <= column < width)
        }
        assert {place for place, cell in cells.items() if cell.fill == "unused"} == {
            (row, column) for row, column in there if row not in reached[0] or column not in reached[1]
        }
        assert {place for place in made if min(place) >= 0} >= set(product(range(out[0]), range(out[1])))
    assert (found[0].rows.units, found[0].columns.units) == tuple(out)


@given(sides, kernels, strides, some.integers(0, 1), dilations)
def test_a_pooling_that_rounds_up_reaches_beyond_its_padding_only_at_the_end(n, k, s, p, d):
    if p > k // 2:
        return
    found = views_of(f"maxpool {k} s{s} p{p} d{d} ceil=yes", f"1x{n}")
    if not found:
        return
    axis = found[0].columns
    windows = slid(n, k, s, p, d, axis.units)
    seen = {cell for window in windows for cell in window}
    roles = {cell: axis.role(cell) for cell in axis.cells}
    assert {cell for cell, role in roles.items() if role == BEYOND} == set(range(n + p, max(n + p, max(seen) + 1)))
    assert {cell for cell, role in roles.items() if role == PADDING} == {*range(-p, 0), *range(n, n + p)}
    assert {cell for cell in axis.cells if not axis.is_reached(cell)} == set(axis.cells) - seen
    assert [list(axis.taps(unit)) for unit in range(axis.units)] == windows


@given(some.integers(1, 6), kernels, strides, paddings, dilations, some.integers(0, 2))
def test_a_transposed_convolution_sees_the_inputs_that_spread_to_an_output(n, k, s, p, d, op):
    found = views_of(f"tconv 1 k{k} s{s} p{p} d{d} op{op}", f"1x{n}x{n}")
    if not found:
        return
    spread, direct = (view.columns for view in found)
    out = direct.units
    assert out == (n - 1) * s - 2 * p + d * (k - 1) + 1 + op == spread.size
    sources = {
        unit: {(i, tap) for i in range(n) for tap in range(k) if i * s + tap * d - p == unit} for unit in range(out)
    }
    before = d * (k - 1) - p
    for unit in range(out):
        taps = [(cell, k - 1 - number) for number, cell in enumerate(direct.taps(unit))]
        assert {(cell // s, tap) for cell, tap in taps if cell in direct.cells and direct.role(cell) == MAP} == sources[
            unit
        ]
        assert all(cell in direct.cells for cell, _ in taps)
        assert spread.is_reached(unit) == bool(sources[unit])
    assert [list(spread.taps(i)) for i in range(n)] == [[i * s + tap * d - p for tap in range(k)] for i in range(n)]
    roles = [direct.role(cell) for cell in direct.cells]
    assert roles.count(MAP) == n and roles.count(ZERO) == (n - 1) * (s - 1)
    if before >= op:  # the padding is whole on both sides
        assert roles.count(EXTRA) == op
        assert roles.count(PADDING) == 2 * before
    assert [spread.role(cell) for cell in spread.cells].count(CUT) >= min(p, 1)
    assert direct.extra_units == op


@given(some.integers(1, 12), some.integers(1, 12))
def test_adaptive_windows_are_those_of_their_formula(n, o):
    axis = views_of(f"adaptiveavgpool {o}", f"1x{n}")[0].columns
    wanted = [list(range(floor(Fraction(u * n, o)), ceil(Fraction((u + 1) * n, o)))) for u in range(o)]
    assert [list(axis.taps(unit)) for unit in range(axis.units)] == wanted
    assert all(map(axis.is_reached, axis.cells))


@given(some.integers(1, 9), paddings, paddings)
def test_a_crop_reaches_what_it_leaves(n, before, after):
    found = views_of(f"crop [[{before},{after}]]", f"1x{n}")
    if before + after >= n:
        assert not found
        return
    axis = found[0].columns
    assert [cell for cell in axis.cells if axis.is_reached(cell)] == list(range(before, n - after))


@given(
    some.integers(2, 9),
    some.sampled_from(["nearest", "nearest_exact", "linear"]),
    some.sampled_from(["0.5", "2", "1.5", "0.4"]),
)
def test_what_an_interpolation_reaches_is_what_its_units_see(n, mode, scale):
    found = views_of(f"upsample {scale} mode={mode}", f"1x{n}")
    if not found:
        return
    axis = found[0].columns
    seen = {cell for unit in range(axis.units) for cell in axis.taps(unit)}
    assert seen <= set(axis.cells) == set(range(n))
    assert {cell for cell in axis.cells if axis.is_reached(cell)} == seen


@pytest.mark.parametrize(("amount", "cut"), [("[[-1,2]]", {0}), ("[[2,-2]]", {4, 5}), ("[[1,1]]", set())])
def test_a_padding_below_zero_cuts_off(amount, cut):
    axis = views_of(f"pad {amount}", "1x6")[0].columns
    assert {cell for cell in axis.cells if not axis.is_reached(cell)} == cut


def test_layers_that_do_not_fit_have_no_views():
    with pytest.raises(Problem):
        summarise_text("nothing at all")
    assert views_of("conv 1 k9", "1x5x5") == ()
