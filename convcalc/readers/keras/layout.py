"""The order of axes that a Keras program sets for all of its layers, read before any of it runs."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from convcalc.problem import problem
from convcalc.readers.python.syntax import parse
from convcalc.spec.layout import LAYOUTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.problem import Source

SETTER = "set_image_data_format"
CONDITIONAL = (ast.If, ast.IfExp, ast.Try, ast.While, ast.For)


def layout_set(source: Source) -> str:
    """What the program sets without a condition; Keras's own order where it does not, a Problem where it sets both."""
    if SETTER not in source.text:
        return LAYOUTS[1]
    said = list(dict.fromkeys(layouts(parse(source).tree)))
    if len(said) > 1:
        message = "the program sets the order of axes to both that there are"
        raise problem("P034", message, f"keep one of its calls of {SETTER}: {LAYOUTS[1]} is what Keras has by itself")
    return said[0] if said else LAYOUTS[1]


def layouts(node: ast.AST) -> Iterator[str]:
    """The orders that are set in a tree, conditions left out."""
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, CONDITIONAL):
            continue
        match inner:
            case ast.Call(
                func=ast.Attribute(attr="set_image_data_format") | ast.Name(id="set_image_data_format"),
                args=[ast.Constant(value=str(order))],
            ) if order in LAYOUTS:
                yield order
        yield from layouts(inner)
