"""The picture of the memory has the outline of what is alive at each step, and the figures of the tables."""

from itertools import pairwise

import pytest
from chart_networks import ALL, QUICK, pictured
from label_boxes import check_labels

from convcalc.network.liveness import live_numbers
from convcalc.problem import Problem
from convcalc.render.pictures import PictureOptions, draw
from convcalc.render.pictures.charts.memory import MAX_COLUMNS, TALL, history_of
from convcalc.render.pictures.shapes import Collection, Label, Path, flatten
from convcalc.tools.memory import own_memory

DEEP = "name: Deep\ninput: 2x4x4\nlayers:\n" + "- conv 2 k3 p1\n- relu\n" * 10_000


def memory(network, **options):
    return draw("memory", (pictured(network),), PictureOptions(**options))


def figures(network, **options):
    return {item.key: item.bytes for item in own_memory(pictured(network).report, **options).items}


def texts(picture):
    return [each.text for each in flatten(picture.shapes) if isinstance(each, Label)]


def heights(path, step):
    """The heights of an outline over its base, in each of its columns from the left."""
    points = [tuple(point) for _, *point in path.segments[:-1]]
    base = max(y for _, y in points)
    found = []
    for (x1, y1), (x2, y2) in pairwise(points):
        if y1 == y2 and x1 < x2:
            found += [base - y1] * round((x2 - x1) / step)
    return found


@pytest.mark.parametrize("name", QUICK)
def test_the_outline_is_what_is_alive_at_each_step(name):
    picture = memory(name)
    whole = next(
        each for each in picture.shapes if isinstance(each, Path) and not each.fill and each.segments[-1] == ("Z",)
    )
    live = live_numbers(pictured(name).report)
    assert len(live) <= MAX_COLUMNS
    places = [point[0] for _, *point in whole.segments[:-1]]
    drawn = heights(whole, (max(places) - min(places)) / len(live))
    assert drawn == pytest.approx([TALL / 1.02 * number / max(live) for number in live])


@pytest.mark.parametrize("name", QUICK)
@pytest.mark.parametrize("training", [False, True], ids=["inference", "training"])
def test_a_tensor_is_as_high_as_its_bytes_and_lies_on_the_others(name, training):
    history = history_of(pictured(name), PictureOptions(training=training))
    drawn = history.drawn
    stacked = [0] * len(drawn.steps)
    for each in drawn.tensors:
        for column, base in enumerate(each.bases, each.first):
            assert base == stacked[column]
            stacked[column] += each.tensor.numbers
    assert [number + rest for number, rest in zip(stacked, drawn.rest, strict=True)] == list(drawn.numbers)
    assert all(rest >= 0 for rest in drawn.rest)


@pytest.mark.parametrize("name", ALL)
def test_its_peaks_are_those_of_the_tables(name):
    network = pictured(name)
    given = {item.key: item.bytes for item in own_memory(network.report, 16, 3).items}
    for training, key in ((False, "peak_inference"), (True, "kept_for_backward")):
        picture = draw("memory", (network,), PictureOptions(training=training, bits=16, batch=3))
        assert any(text.startswith(f"peak: {given[key]:,} bytes") for text in texts(picture))
        held = given["parameters"] + given["buffers"]
        assert any(f", {held:,} bytes" in text and text.startswith("besides") for text in texts(picture))


@pytest.mark.parametrize("name", ALL)
def test_labels_of_memory_meet_no_other_and_stay_in_the_picture(name):
    check_labels(memory(name))
    check_labels(memory(name, training=True, budget=50_000_000))


def test_the_peak_has_the_name_of_its_layer():
    assert "peak: 23,520 bytes, 23.5 kB (23.0 KiB), at S2" in texts(memory("lenet5"))
    assert any(text.endswith(", at F6") or "at " in text for text in texts(memory("lenet5", training=True)))


BUDGETS = [
    (20_000, "budget of 20.0 kB (19.5 KiB): 3,520 bytes over"),
    (23_520, "budget of 23.5 kB (23.0 KiB): 0 bytes to spare"),
    (30_000, "budget of 30.0 kB (29.3 KiB): 6,480 bytes to spare"),
    (10**9, "The budget of 1.0 GB (953.7 MiB) lies far above the picture: 999,976,480 bytes to spare."),
]


@pytest.mark.parametrize(("budget", "text"), BUDGETS, ids=["over", "met", "under", "far"])
def test_a_budget_is_a_line_with_what_is_over_or_left(budget, text):
    picture = memory("lenet5", budget=budget)
    assert text in texts(picture)
    lines = [each for each in picture.shapes if isinstance(each, Path) and each.dashed]
    assert len(lines) == (budget < 10**9)


def test_20_000_layers_have_columns_of_many_steps():
    for training in (False, True):
        picture = memory(DEEP, training=training)
        steps = 40_001 if training else 20_001
        assert picture.notes[0].startswith(f"{steps:,} steps are drawn in ")
        assert len([each for each in picture.shapes if isinstance(each, Collection)]) < 1000
        check_labels(picture)
    kept, most = figures(DEEP)["kept_for_backward"], figures(DEEP)["peak_inference"]
    assert any(f"peak: {kept:,} bytes" in text for text in texts(memory(DEEP, training=True)))
    assert any(f"peak: {most:,} bytes" in text for text in texts(memory(DEEP)))


def test_letters_are_refused_with_a_cure_that_works():
    with pytest.raises(Problem) as raised:
        memory("CxHxW -> conv 8 k3 -> relu")
    hint = raised.value.diagnostics[0].hint
    assert hint == "--set C=8 --set H=224 --set W=224"
    pairs = dict(pair.split("=") for pair in hint.replace("--set ", "").split())
    draw("memory", (pictured("CxHxW -> conv 8 k3 -> relu", sets=pairs),), PictureOptions())


def test_up_to_what_could_not_be_computed_it_is_drawn():
    picture = memory("name: Bad\ninput: 3x8x8\nlayers:\n- conv 4 k3\n- relu\n- conv 4 k99\n- linear 2\n")
    assert any(text.startswith("conv2 could not be computed") for text in texts(picture))
    assert f"peak: {4 * (192 + 144):,} bytes, 1.3 kB (1.3 KiB), at conv1" in texts(picture)


@pytest.mark.parametrize("network", ["1000000000 -> linear 1000000000", "1 -> linear 1", "3x8x8 -> relu"])
def test_the_memory_of_large_and_small_networks(network):
    most = figures(network)["peak_inference"]
    assert any(text.startswith(f"peak: {most:,} bytes") for text in texts(memory(network)))
    check_labels(memory(network))
