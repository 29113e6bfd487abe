"""Windows: a kernel that is slid by brute force sees what the picture says, and the fan ends where its number is."""

import pytest

from convcalc.network.load import graph_and_report
from convcalc.problem import LINE, Source
from convcalc.render.pictures import PicturedNetwork
from convcalc.render.pictures.nominal import nominal_numbers
from convcalc.render.pictures.volumes.connections import sightings, view
from convcalc.render.pictures.volumes.glyphs import Dimensions, Glyph, Slab
from convcalc.render.pictures.volumes.solids import GlyphRoom, scale_of, solid_of

# Input, layer, and along one axis: kernel, stride, padding before, dilation.
SLID = (
    ("1x32x32", "conv 4 k5", 5, 1, 0, 1),
    ("1x32x32", "conv 4 k3 s2 p1", 3, 2, 1, 1),
    ("1x32x32", "conv 4 k3 d4 p4", 3, 1, 4, 4),
    ("1x224x224", "conv 4 k7 s2 p3", 7, 2, 3, 1),
    ("1x9x9", "maxpool 3 s2", 3, 2, 0, 1),
    ("1x3x3", "conv 4 k3 p1", 3, 1, 1, 1),
)
SHARES = ((0.3, 0.62), (0.66, 0.36), (0.0, 0.99))


def applied_to(shape, layer):
    graph, report = graph_and_report(Source(LINE, f"{shape} -> {layer}"))
    return graph.nodes[-1].applied, nominal_numbers(PicturedNetwork(graph, report)).number


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("case", SLID, ids=lambda case: case[1])
def test_a_window_is_where_the_kernel_lies(case, share):
    shape, layer, k, s, p, d = case
    size = int(shape.rpartition("x")[2])
    for sight in sightings(*applied_to(shape, layer), share):
        assert sight.seen == tuple(cell for tap in range(k) if 0 <= (cell := sight.cell * s - p + tap * d) < size)
        assert sight.input == size and 0 <= sight.cell < sight.size


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize(("k", "s", "p"), ((4, 2, 1), (2, 2, 0), (3, 1, 1), (5, 3, 0), (2, 3, 0)))
def test_what_a_transposed_convolution_sees_is_what_is_spread_there(k, s, p, share):
    applied, number = applied_to("8x6x6", f"tconv 4 k{k} s{s} p{p}")
    for sight in sightings(applied, number, share):
        spread = tuple(cell for cell in range(6) if 0 <= sight.cell + p - cell * s < k)
        assert sight.seen == spread != ()


def test_a_global_pooling_sees_all_and_a_sum_slides_nothing():
    assert [each.seen for each in sightings(*applied_to("8x5x7", "globalavgpool"), SHARES[0])] == [
        tuple(range(5)), tuple(range(7)),
    ]  # fmt: skip
    assert sightings(*applied_to("8x5x7", "relu"), SHARES[0]) == ()


def test_of_letters_the_window_is_that_of_a_usual_size():
    graph, report = graph_and_report(Source(LINE, "3xHxW -> conv 4 k3 s2 p1"))
    rows, columns = sightings(
        graph.nodes[-1].applied, nominal_numbers(PicturedNetwork(graph, report)).number, SHARES[0]
    )
    assert len(rows.seen) == len(columns.seen) == 3 and rows.input == 224 and rows.size == 112


def body(sides, channels, x):
    glyph = Glyph((channels, *sides), Dimensions(sides, channels), 0, (Slab(0, "convolution"),))
    return solid_of(glyph, scale_of([Dimensions((64, 64), 8)], "log", GlyphRoom(150, 40)))._replace(x=x)


@pytest.mark.parametrize("layer", ("conv 4 k3 p1", "conv 4 k5 s2", "maxpool 2", "conv 8 k3 d8 p8"))
def test_the_fan_lies_on_its_faces_in_proportion(layer):
    applied, number = applied_to("8x64x64", layer)
    rows, columns = sightings(applied, number, SHARES[0])
    before, after = body((64, 64), 8, 0), body(tuple(applied.output[1:]), 8, 200)
    found = view(before, after, (rows, columns))
    left = before.x + before.thickness + columns.seen[0] / 64 * before.right
    assert min(x for x, _ in found.window) == pytest.approx(left, abs=1.5)
    wide = max(x for x, _ in found.window) - min(x for x, _ in found.window)
    span = (columns.seen[-1] + 1 - columns.seen[0]) / 64 * before.right
    assert wide == pytest.approx(max(span, 3.0))
    assert all(after.x <= x <= after.end and after.top <= y <= after.bottom for x, y in found.cell)
    assert len(found.taps) == (9 if "d8" in layer else 0)
