"""Every layer that PyTorch or Keras computed on small arrays gives the same numbers here, and sees what its field covers.

`CONVCALC_ARRAY_ROWS` names another file, as tests/data/regenerate_arrays.py writes them, and regenerate_keras_arrays.py.
"""

import json
import os
from collections import Counter
from fractions import Fraction
from itertools import islice, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import DATA

from convcalc.arrays.array import Array
from convcalc.arrays.computing import LayerNumbers
from convcalc.arrays.given import OwnArray
from convcalc.arrays.network import work_out
from convcalc.arrays.reading import ArrayText
from convcalc.arrays.sight import all_seen
from convcalc.network.walk import walk
from convcalc.problem import Source
from convcalc.spec.choices import Choices

OTHERS = os.environ.get("CONVCALC_ARRAY_ROWS")
FILES = [OTHERS] if OTHERS else [DATA / "arrays_torch.jsonl", DATA / "arrays_keras.jsonl"]
ROWS = [json.loads(line) for file in FILES for line in Path(file).read_text("utf-8").splitlines()]
FAMILIES = list(dict.fromkeys(row["family"] for row in ROWS))
OPTIONS = ("weights", "bias", "mean", "variance", "places")


def array_of(nested):
    """An array of nested lists, whose numbers are exact."""
    shape, level = [], nested
    while isinstance(level, list):
        shape.append(len(level))
        level = level[0]
    numbers = nested
    for _ in shape[1:]:
        numbers = [number for part in numbers for number in part]
    return Array(
        tuple(shape), tuple(number if isinstance(number, int) else Fraction(str(number)) for number in numbers)
    )


def text_of(nested):
    return ArrayText(array_of(nested), Source("array", ""), stacked=True)


def computed(row):
    """A row worked out here."""
    own = [OwnArray(option, "", text_of(row[option])) for option in OPTIONS if option in row]
    inputs = [text_of(nested) for nested in row.get("inputs") or [row["input"]]]
    return work_out(row["layer"], inputs, own, Choices(convention=row.get("convention", "")))


def test_there_are_rows_of_every_family():
    assert len(ROWS) >= 400
    assert min(Counter(row["family"] for row in ROWS).values()) >= 24 and len(FAMILIES) == 20 - bool(OTHERS)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_numbers_are_those_of_the_framework(family):
    for row in ROWS:
        if row["family"] != family:
            continue
        found, right = computed(row).output, array_of(row["output"])
        assert found.shape == right.shape, row["layer"]
        near = 1e-6 if "convention" in row else 1e-9  # Keras computes in float32
        assert list(map(float, found.numbers)) == pytest.approx(list(map(float, right.numbers)), abs=near), row["layer"]


# The window that the receptive field comes from is the one that numbers are computed by: padding that repeats the map
# lets an output see what lies elsewhere, and so has no part in it.
WINDOWED = [
    row for row in ROWS
    if row["family"] in (
        "convolution", "depthwise", "transposed", "max pooling", "mean pooling", "adaptive and global pooling", "nearest",
        "interpolation",
    )
]  # fmt: skip


def seen_along(layer, at, axis):
    return {one.place[1 + axis] for one in all_seen(layer.sight.groups(at)) if one.place}


@given(st.sampled_from(WINDOWED))
def test_an_output_sees_the_ends_of_its_field_and_nothing_beyond(row):
    chain = computed(row)
    layer, fields = chain.layers[0], walk(chain.graph).layers[0].field
    for at in product(*map(range, layer.shape)):
        for axis, field in enumerate(fields):
            low, high = field.at((*at[1:], 0, 0, 0)[axis])
            seen, inside = seen_along(layer, at, axis), range(layer.inputs[0].shape[1 + axis])
            if low is None:
                assert not seen, (row["layer"], at)
                continue
            assert all(max(low, 0) <= cell <= max(high, 0) for cell in seen), (row["layer"], at)
            if seen:  # another axis may see padding only
                assert {low, high} & set(inside) <= seen, (row["layer"], at)


@given(st.sampled_from(WINDOWED), st.integers(0, 10**6))
def test_a_changed_number_changes_only_outputs_whose_field_covers_it(row, dice):
    chain = computed(row)
    layer, (array,) = chain.layers[0], chain.inputs
    index = dice % len(array.numbers)
    place = next(islice(array.places(), index, None))
    other = array._replace(numbers=(*array.numbers[:index], array.numbers[index] + 1000, *array.numbers[index + 1 :]))
    changed = LayerNumbers(layer.name, layer.applied, (other,), layer.given).output.numbers
    fields = walk(chain.graph).layers[0].field
    for at, before, after in zip(layer.output.places(), layer.output.numbers, changed, strict=True):
        ends = [field.at((*at[1:], 0, 0, 0)[axis]) for axis, field in enumerate(fields)]
        if any(low is None or not low <= cell <= high for (low, high), cell in zip(ends, place[1:], strict=True)):
            assert before == after, (row["layer"], place, at)
