"""Expressions: a function for each type of node, of the node and the frame where it is evaluated."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

from convcalc.readers.python.calls import evaluate_arguments
from convcalc.readers.python.frame import Frame
from convcalc.readers.python.operators import (
    BINARY,
    COMPARISONS,
    FAST,
    FAST_COMPARISONS,
    LIMIT,
    NUMBERS,
    UNARY,
    unary,
)
from convcalc.readers.python.values import Cursor, Native, Opaque

ORDERED = frozenset({int, float, str, bool})


def evaluate(node: Any, frame: Frame) -> Any:
    run = frame.run
    run.steps += 1
    if run.steps > run.last_step:
        raise run.too_long(frame.place(node))
    return EXPRESSIONS[type(node)](node, frame)


def constant(node: ast.Constant, frame: Frame) -> Any:
    value = node.value
    if type(value) in (complex, bytes):
        return Opaque(f"{type(value).__name__} values are not read", frame.place(node))
    if type(value) is int and not -LIMIT < value < LIMIT:
        raise frame.run.too_large("a whole number", frame.place(node))
    return value


def attribute(node: ast.Attribute, frame: Frame) -> Any:
    return frame.run.attribute(evaluate(node.value, frame), node.attr, frame.place(node))


def binary_operation(node: ast.BinOp, frame: Frame) -> Any:
    left, right = evaluate(node.left, frame), evaluate(node.right, frame)
    operator = type(node.op)
    if operator in FAST and type(left) in NUMBERS and type(right) in NUMBERS:
        try:
            result = FAST[operator](left, right)
        except ArithmeticError as error:
            raise frame.run.error(type(error).__name__, str(error), frame.place(node)) from None
        if type(result) is not int or -LIMIT < result < LIMIT:
            return result
    return frame.run.binary(BINARY[operator], left, right, frame.place(node))


def unary_operation(node: ast.UnaryOp, frame: Frame) -> Any:
    value = evaluate(node.operand, frame)
    if isinstance(node.op, ast.Not):
        return value if isinstance(value, Opaque) else not frame.run.truth(value, frame.place(node.operand))
    if type(value) in NUMBERS and isinstance(node.op, ast.USub):
        return -value
    return unary(UNARY[type(node.op)], value, frame.run, frame.place(node))


def boolean_operation(node: ast.BoolOp, frame: Frame) -> Any:
    """`and` and `or`: of operands that are not known, a later one that is false decides `and`."""
    run = frame.run
    stops = isinstance(node.op, ast.Or)
    unknown: Opaque | None = None
    value: Any = None
    for operand in node.values:
        if unknown is not None and any(isinstance(inner, ast.Call) for inner in ast.walk(operand)):
            continue  # Python might not come to it
        value = evaluate(operand, frame)
        if isinstance(value, Opaque):
            unknown = unknown or value
        elif (unknown is not None or operand is not node.values[-1]) and (
            run.truth(value, frame.place(operand)) == stops
        ):
            return value if unknown is None or not stops else unknown
    return value if unknown is None else unknown


def comparison(node: ast.Compare, frame: Frame) -> Any:
    left = evaluate(node.left, frame)
    result: Any = True
    for sign, comparator in zip(node.ops, node.comparators, strict=True):
        right = evaluate(comparator, frame)
        operator = type(sign)
        if operator in FAST_COMPARISONS and type(left) is type(right) and type(left) in ORDERED:
            if type(left) is str:
                frame.run.elements += len(left) // 16
            result = FAST_COMPARISONS[operator](left, right)
        else:
            result = frame.run.compare(COMPARISONS[operator], left, right, frame.place(node))
        if sign is not node.ops[-1]:
            if isinstance(result, Opaque):
                return result
            if not frame.run.truth(result, frame.place(node)):
                return result
        left = right
    return result


def call(node: ast.Call, frame: Frame) -> Any:
    function = evaluate(node.func, frame)
    run = frame.run
    if type(function) is Opaque:
        return run.call_unknown(function, node, frame)
    args, kwargs = evaluate_arguments(node, frame)
    run.node, run.frame = node, frame
    if isinstance(function, Native) and function.needs_frame:
        args = [frame, *args]
    return run.call(function, args, kwargs, frame.place(node))


def conditional(node: ast.IfExp, frame: Frame) -> Any:
    test = evaluate(node.test, frame)
    if isinstance(test, Opaque):
        return test
    return evaluate(node.body if frame.run.truth(test, frame.place(node.test)) else node.orelse, frame)


def subscript(node: ast.Subscript, frame: Frame) -> Any:
    return frame.run.item(evaluate(node.value, frame), evaluate(node.slice, frame), frame.place(node))


def slice_bounds(node: ast.Slice, frame: Frame) -> slice:
    return slice(*(None if part is None else evaluate(part, frame) for part in (node.lower, node.upper, node.step)))


def elements(nodes: list[ast.expr], frame: Frame) -> Iterator[Any]:
    for node in nodes:
        if isinstance(node, ast.Starred):
            yield from frame.run.iterate(evaluate(node.value, frame), frame.place(node))
        else:
            yield evaluate(node, frame)


def list_display(node: ast.List | ast.Tuple | ast.Set, frame: Frame) -> list[Any]:
    return frame.run.collect(elements(node.elts, frame), frame.place(node))


def set_display(node: ast.Set, frame: Frame) -> set[Any]:
    return {frame.run.key(value, frame.place(node)) for value in list_display(node, frame)}


def dict_display(node: ast.Dict, frame: Frame) -> dict[Any, Any]:
    run = frame.run
    result: dict[Any, Any] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            result.update(run.mapping(evaluate(value, frame), frame.place(value)))
        else:
            result[run.key(evaluate(key, frame), frame.place(key))] = evaluate(value, frame)
    run.spend(len(result), frame.place(node))
    return result


def comprehension(
    node: Any, frame: Frame, element: Callable[[Frame], Any], whole: Callable[[Iterator[Any]], Any]
) -> Any:
    """What is made of the elements of a comprehension; its first iterable is evaluated at once, as in Python.

    Of one that is not known the whole is not known.
    """
    first = node.generators[0]
    source = evaluate(first.iter, frame)
    if isinstance(source, Opaque):
        return source
    inner = Frame(frame.run, frame.module, {}, frame.parent if frame.is_class else frame)
    return whole(turns(node.generators, frame.run.iterate(source, frame.place(first.iter)), inner, element))


def turns(generators: Any, source: Iterator[Any], frame: Frame, element: Callable[[Frame], Any]) -> Iterator[Any]:
    generator, *further = generators
    run = frame.run
    for value in source:
        run.assign(generator.target, value, frame)
        for test in generator.ifs:
            if not run.truth(evaluate(test, frame), frame.place(test)):
                break
        else:
            if further:
                following = run.iterate(evaluate(further[0].iter, frame), frame.place(further[0].iter))
                yield from turns(further, following, frame, element)
            else:
                yield element(frame)


def list_comprehension(node: ast.ListComp, frame: Frame) -> Any:
    collect = frame.run.collect
    return comprehension(
        node, frame, lambda inner: evaluate(node.elt, inner), lambda found: collect(found, frame.place(node))
    )


def set_comprehension(node: ast.SetComp, frame: Frame) -> Any:
    run, place = frame.run, frame.place(node)
    return comprehension(
        node, frame, lambda inner: run.key(evaluate(node.elt, inner), place),
        lambda found: set(run.collect(found, place)),
    )  # fmt: skip


def dict_comprehension(node: ast.DictComp, frame: Frame) -> Any:
    run, place = frame.run, frame.place(node)
    return comprehension(
        node, frame, lambda inner: (run.key(evaluate(node.key, inner), place), evaluate(node.value, inner)),
        lambda found: dict(run.collect(found, place)),
    )  # fmt: skip


def generator(node: ast.GeneratorExp, frame: Frame) -> Any:
    return comprehension(node, frame, lambda inner: evaluate(node.elt, inner), lambda found: Cursor(found, "generator"))


def walrus(node: ast.NamedExpr, frame: Frame) -> Any:
    value = evaluate(node.value, frame)
    frame.home().bind(node.target.id, value)
    return value


def joined_text(node: ast.JoinedStr, frame: Frame) -> Any:
    from convcalc.readers.python.formatting import joined_text

    return joined_text(node, frame)


def yield_value(node: ast.Yield, frame: Frame) -> None:
    home = frame.home()
    value = None if node.value is None else evaluate(node.value, frame)
    frame.run.spend(1, frame.place(node))
    home.items.append(value)  # type: ignore[union-attr]  # a function that yields has them


def yield_from(node: ast.YieldFrom, frame: Frame) -> None:
    source = frame.run.iterate(evaluate(node.value, frame), frame.place(node))
    frame.home().items.extend(frame.run.collect(source, frame.place(node)))  # type: ignore[union-attr]


def await_value(node: ast.Await, frame: Frame) -> Any:
    raise frame.run.unread("await", frame.place(node))


EXPRESSIONS: dict[type, Callable[[Any, Frame], Any]] = {
    ast.Constant: constant,
    ast.Name: lambda node, frame: frame.lookup(node.id, node),
    ast.Attribute: attribute,
    ast.BinOp: binary_operation,
    ast.UnaryOp: unary_operation,
    ast.BoolOp: boolean_operation,
    ast.Compare: comparison,
    ast.Call: call,
    ast.IfExp: conditional,
    ast.Subscript: subscript,
    ast.Slice: slice_bounds,
    ast.List: list_display,
    ast.Tuple: lambda node, frame: tuple(list_display(node, frame)),
    ast.Set: set_display,
    ast.Dict: dict_display,
    ast.ListComp: list_comprehension,
    ast.SetComp: set_comprehension,
    ast.DictComp: dict_comprehension,
    ast.GeneratorExp: generator,
    ast.Lambda: lambda node, frame: frame.run.function(node, "<lambda>", frame),
    ast.NamedExpr: walrus,
    ast.JoinedStr: joined_text,
    ast.Yield: yield_value,
    ast.YieldFrom: yield_from,
    ast.Await: await_value,
}
