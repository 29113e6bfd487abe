"""Branches and loops on what is not known: skipped where nothing that is known afterwards depends on them.

What they bind is not known either, prints and calls of what is not known change nothing, and a branch that ends in
`raise` is a check that the program passes.  All else is an error that says what would have to be known.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from convcalc.readers.python.expressions import evaluate
from convcalc.readers.python.scope import inner_nodes, names_bound
from convcalc.readers.python.top_level import CHANGING
from convcalc.readers.python.values import Foreign, Native, Opaque

if TYPE_CHECKING:
    from convcalc.readers.python.frame import Frame

SILENT = frozenset({"print"})
HIDDEN = (ast.NamedExpr, ast.Yield, ast.YieldFrom, ast.Await)


def skip_branches(node: ast.If, test: Opaque, frame: Frame) -> Any:
    """Go on after an `if` on what is not known, or raise."""
    for taken, other in ((node.orelse, node.body), (node.body, node.orelse)):
        if other and isinstance(other[-1], ast.Raise):
            return frame.run.execute_block(taken, frame)
    if not are_irrelevant((*node.body, *node.orelse), frame):
        raise frame.run.unknown(test, f"the condition {words(node.test)}", frame.place(node.test))
    forget(node, test, frame)
    return None


def skip_loop(node: ast.For, source: Opaque, frame: Frame) -> Any:
    """Go on after a `for` over what is not known, or raise."""
    if not are_irrelevant(node.body, frame, True) or not are_irrelevant(node.orelse, frame):
        raise frame.run.unknown(source, f"what {words(node.iter)} goes over", frame.place(node.iter))
    forget(node, source, frame)
    return None


def words(node: ast.expr) -> str:
    text = ast.unparse(node)
    return text if len(text) <= 60 else f"{text[:57]}…"


def forget(statement: ast.stmt, reason: Opaque, frame: Frame) -> None:
    """Whatever a statement would bind is not known after it."""
    for node in inner_nodes([statement]):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            value = frame.run.unknown_as(reason, node.attr)
            owner = evaluate(node.value, frame)
            if type(owner) is not Opaque:
                frame.run.set_attribute(owner, node.attr, value, frame.place(node))
        else:
            for name in names_bound(node):
                frame.bind(name, frame.run.unknown_as(reason, name))


def is_irrelevant(node: ast.stmt, frame: Frame, in_loop: bool = False) -> bool:
    match node:
        case ast.Pass() | ast.Import() | ast.ImportFrom() | ast.Assert() | ast.FunctionDef() | ast.ClassDef():
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Expr(value=ast.Call(func=function) as call):
            return changes_nothing(function, frame) and not hides(call.args)
        case ast.Assign(targets=targets, value=value):
            makes = any(isinstance(inner, ast.Call) for inner in ast.walk(value))  # a layer, perhaps
            return all(is_own(target, makes) for target in targets) and not hides([value])
        case ast.AugAssign(target=ast.Name(id=name) as target, value=value):
            return not isinstance(frame.lookup(name, target), (list, set, dict)) and not hides([value])
        case ast.If(test=test, body=body, orelse=orelse):
            return not hides([test]) and are_irrelevant((*body, *orelse), frame, in_loop)
        case ast.While(test=head, body=body, orelse=orelse) | ast.For(iter=head, body=body, orelse=orelse):
            return not hides([head]) and are_irrelevant(body, frame, True) and are_irrelevant(orelse, frame, in_loop)
        case ast.With(items=items, body=body):
            return not hides(item.context_expr for item in items) and are_irrelevant(body, frame, in_loop)
        case ast.Break() | ast.Continue():
            return in_loop
    return False


def are_irrelevant(body: Iterable[ast.stmt], frame: Frame, in_loop: bool = False) -> bool:
    return all(is_irrelevant(node, frame, in_loop) for node in body)


def is_own(target: ast.expr, makes: bool) -> bool:
    """Whether a target can be forgotten: a name, or an attribute that gets nothing that is made here."""
    if isinstance(target, (ast.Tuple, ast.List)):
        return all(is_own(inner, makes) for inner in target.elts)
    if isinstance(target, ast.Attribute):
        return not makes and isinstance(target.value, ast.Name)
    return isinstance(target, ast.Name)


def hides(nodes: Iterable[ast.AST]) -> bool:
    """Whether an expression binds or changes something besides its value."""
    inner = [node for outer in nodes for node in ast.walk(outer)]
    return any(
        isinstance(node, HIDDEN)
        or (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGING)
        for node in inner
    )


def changes_nothing(function: ast.expr, frame: Frame) -> bool:
    """Whether a call of it leaves all that is known as it is."""
    if not isinstance(function, (ast.Name, ast.Attribute)) or hides([function]):
        return False
    value = evaluate(function, frame)
    if isinstance(value, Native):
        return value.name in SILENT
    return isinstance(value, Opaque) or (isinstance(value, Foreign) and value.harmless)
