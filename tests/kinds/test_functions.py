"""The functions of the frameworks that are layers: every row of their table can be read, and sets keys that there are."""

import pytest

from convcalc.kinds.functions import TABLES, function_of, functions, rows_of
from convcalc.kinds.keys import IGNORED
from convcalc.layers import key_names


@pytest.mark.parametrize(("name", "function"), functions().items(), ids=list(functions()))
def test_a_function_sets_keys_of_its_kind(name, function):
    signed = function.signature
    if signed is None:
        return
    table = key_names(signed.kind)
    for parameter in (*signed.order, *signed.fixed):
        key = signed.sets.get(parameter, parameter)
        assert not key or parameter in signed.operands or key in table or key in IGNORED, parameter
    assert any(sign != "%" for sign in signed.operands.values())  # a tensor goes in


def test_no_table_has_a_function_twice():
    for table in TABLES:
        names = [name for name, *_ in rows_of(table.rows)]
        assert sorted(set(names)) == sorted(names), table.prefixes


# What the signs of a row mean.
SIGNS = {
    "Tensor.view": ("reshape", {"input": "@"}, {"size"}, {"size"}),
    "torch.cat": ("concat", {"tensors": "@@"}, set(), set()),
    "F.conv2d": ("conv", {"input": "@", "weight": "%", "bias": "%"}, set(), set()),
    "torch.permute": ("permute", {"input": "@"}, {"dims"}, set()),
}


@pytest.mark.parametrize("name", SIGNS)
def test_the_signs_of_a_row(name):
    kind, operands, opened, batched = SIGNS[name]
    signed = function_of(name).signature
    assert (signed.kind.name, dict(signed.operands)) == (kind, operands)
    assert (signed.open, signed.batched) == (opened, batched)


def test_what_works_in_place_is_the_same():
    assert function_of("F.relu_") == function_of("F.relu")
    assert function_of("Tensor.add_") == function_of("Tensor.add")
    assert function_of("F.cross_entropy") is None
