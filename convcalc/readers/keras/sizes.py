"""Sizes of tensors, as a Keras program or a configuration has them among other arguments."""

from __future__ import annotations

from typing import Any

from convcalc.algebra.expr import is_symbolic
from convcalc.readers.trace import Batch


def is_size(value: Any) -> bool:
    """Whether a value is a size that a tensor may have: a whole number, with letters or not, or so many batches."""
    return isinstance(value, Batch) or is_symbolic(value) or (type(value) is int and value > 0)


def plain_sizes(values: Any) -> list[Any]:
    """The sizes of a shape: one that is open, as Keras's None, is −1.  A TypeError where one is none."""
    found = [-1 if value is None else value for value in (values if isinstance(values, (list, tuple)) else [values])]
    for index, value in enumerate(found):
        if isinstance(value, float) and value.is_integer():
            found[index] = int(value)
        elif value != -1 and not is_size(value):
            raise TypeError(f"{str(value)[:40]} is no size")
    return found
