"""Assignments: to names, attributes, items and several of them at once; and their opposite, `del`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from convcalc.readers.python.expressions import evaluate
from convcalc.readers.python.operators import BINARY, in_place
from convcalc.readers.python.values import Opaque

if TYPE_CHECKING:
    from convcalc.readers.python.frame import Frame


def assignment(node: ast.Assign, frame: Frame) -> None:
    value = evaluate(node.value, frame)
    for target in node.targets:
        assign(target, value, frame)


def annotated_assignment(node: ast.AnnAssign, frame: Frame) -> None:
    if node.value is not None:
        assign(node.target, evaluate(node.value, frame), frame)
    if frame.is_class and isinstance(node.target, ast.Name):
        frame.names.setdefault("__annotations__", {})[node.target.id] = node.annotation


def assign(target: Any, value: Any, frame: Frame) -> None:
    """Bind a target: a name, an attribute, an item, or several of them."""
    run = frame.run
    kind = type(target)
    if kind is ast.Name:
        frame.bind(target.id, run.unknown_as(value, target.id) if type(value) is Opaque else value)
    elif kind is ast.Attribute:
        owner = evaluate(target.value, frame)
        value = run.unknown_as(value, target.attr) if type(value) is Opaque else value
        run.set_attribute(owner, target.attr, value, frame.place(target))
    elif kind is ast.Subscript:
        owner = evaluate(target.value, frame)
        run.set_item(owner, evaluate(target.slice, frame), value, frame.place(target))
    elif kind is ast.Starred:
        assign(target.value, value, frame)
    else:
        unpack(target, value, frame)


def unpack(target: ast.Tuple | ast.List, value: Any, frame: Frame) -> None:
    run = frame.run
    targets = target.elts
    if type(value) is Opaque:
        for inner in targets:
            assign(inner, value, frame)
        return
    place = frame.place(target)
    values = list(value) if type(value) in (list, tuple) else run.collect(run.iterate(value, place), place)
    starred = next((index for index, inner in enumerate(targets) if isinstance(inner, ast.Starred)), None)
    needed = len(targets) if starred is None else len(targets) - 1
    if len(values) < needed or (starred is None and len(values) > needed):
        words = f"there are {len(values)} values for {'' if starred is None else 'at least '}{needed} names"
        raise run.error("ValueError", words, place)
    if starred is not None:
        after = needed - starred
        values[starred : len(values) - after] = [values[starred : len(values) - after]]
    for inner, one in zip(targets, values, strict=True):
        assign(inner, one, frame)


def augmented_assignment(node: ast.AugAssign, frame: Frame) -> None:
    """`x += 1`: what can be changed in place is, so that its other names see it."""
    run = frame.run
    target = node.target
    owner = index = None
    place = frame.place(node)
    if isinstance(target, ast.Name):
        before = frame.lookup(target.id, target)
    elif isinstance(target, ast.Attribute):
        owner = evaluate(target.value, frame)
        before = run.attribute(owner, target.attr, place)
    else:
        owner, index = evaluate(target.value, frame), evaluate(target.slice, frame)
        before = run.item(owner, index, place)
    value = evaluate(node.value, frame)
    operator = BINARY[type(node.op)]
    result = in_place(operator, before, value, run, place)
    if result is NotImplemented:
        result = run.binary(operator, before, value, place)
    if isinstance(target, ast.Name):
        frame.bind(target.id, result)
    elif isinstance(target, ast.Attribute):
        run.set_attribute(owner, target.attr, result, place)
    else:
        run.set_item(owner, index, result, place)


def delete(node: ast.Delete, frame: Frame) -> None:
    for target in node.targets:
        if isinstance(target, ast.Name):
            frame.unbind(target.id, target)
        elif isinstance(target, ast.Subscript):
            owner = evaluate(target.value, frame)
            frame.run.delete_item(owner, evaluate(target.slice, frame), frame.place(target))
        elif isinstance(target, ast.Attribute):
            frame.run.delete_attribute(evaluate(target.value, frame), target.attr, frame.place(target))
        else:
            delete(ast.Delete(targets=target.elts), frame)  # type: ignore[attr-defined]
