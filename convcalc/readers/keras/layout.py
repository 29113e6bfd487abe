"""The order of axes that a Keras program sets for all of its layers, read before any of it runs."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from convcalc.problem import problem
from convcalc.readers.python.syntax import parse
from convcalc.spec.layout import LAYOUTS

if TYPE_CHECKING:
    from convcalc.problem import Source

SETTER = "set_image_data_format"
CONDITIONAL = (ast.If, ast.IfExp, ast.Try, ast.While, ast.For)


def layout_set(source: Source) -> str:
    """What the program sets; Keras's own order where it sets none, a Problem where only running it would tell."""
    if SETTER not in source.text:
        return LAYOUTS[1]
    program = parse(source)
    nodes = list(ast.walk(program.tree))
    uncertain = {inner for node in nodes if isinstance(node, CONDITIONAL) for inner in ast.walk(node)}
    calls = [node for node in nodes if isinstance(node, ast.Call) and called_name(node) == SETTER]
    said = {None if node in uncertain else order_given(node) for node in calls}
    if len(said) > 1 or None in said:
        message = "the program sets the order of axes to both that there are, or which it sets is not known"
        hint = f'keep one call of {SETTER}("{LAYOUTS[0]}"), in no condition: {LAYOUTS[1]} is what Keras has by itself'
        raise problem("P034", message, hint, program.place(calls[-1]).mark(source))
    return said.pop() or LAYOUTS[1] if said else LAYOUTS[1]


def called_name(node: ast.Call) -> str:
    found: str = getattr(node.func, "attr", getattr(node.func, "id", ""))
    return found


def order_given(node: ast.Call) -> str | None:
    given = [*node.args, *(each.value for each in node.keywords)]
    order = given[0].value if len(given) == 1 and isinstance(given[0], ast.Constant) else None
    return order if order in LAYOUTS else None
