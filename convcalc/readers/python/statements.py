"""Statements: a function for each type of node; what it returns says where the program goes on."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from convcalc.problem import Diagnostic
from convcalc.readers.python import irrelevant
from convcalc.readers.python.assignment import annotated_assignment, assign, assignment, augmented_assignment, delete
from convcalc.readers.python.classes import build_class
from convcalc.readers.python.errors import Raised, is_exception, mark_of
from convcalc.readers.python.expressions import evaluate
from convcalc.readers.python.imports import execute_import
from convcalc.readers.python.matching import execute_match
from convcalc.readers.python.top_level import is_main_guard
from convcalc.readers.python.values import Class, Foreign, Instance, Opaque

if TYPE_CHECKING:
    from convcalc.readers.python.frame import Frame

BREAK, CONTINUE = object(), object()
IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


class Returned:
    """A function's `return`, with its value."""

    __slots__ = ("value",)

    def __init__(self, value: Any):
        self.value = value


Signal = Any  # None: the next statement; BREAK, CONTINUE or a Returned


def execute(node: ast.stmt, frame: Frame) -> Signal:
    run = frame.run
    run.steps += 1
    if run.steps > run.last_step:
        raise run.too_long(frame.place(node))
    run.node, run.frame = node, frame
    rule = STATEMENTS.get(type(node))
    if rule is None:
        raise run.unread(f"a statement {type(node).__name__.lower()}", frame.place(node))
    return rule(node, frame)


def execute_block(body: list[ast.stmt], frame: Frame) -> Signal:
    for node in body:
        signal = execute(node, frame)
        if signal is not None:
            return signal
    return None


def expression(node: ast.Expr, frame: Frame) -> None:
    if not isinstance(node.value, ast.Constant):
        evaluate(node.value, frame)


def branch(node: ast.If, frame: Frame) -> Signal:
    run = frame.run
    while True:
        if frame.is_top() and is_main_guard(node):
            return execute_block(node.orelse, frame)
        test = evaluate(node.test, frame)
        if type(test) is Opaque:
            return irrelevant.skip_branches(node, test, frame)
        if run.truth(test, frame.place(node.test)):
            return execute_block(node.body, frame)
        if len(node.orelse) != 1 or not isinstance(node.orelse[0], ast.If):
            return execute_block(node.orelse, frame)
        node = node.orelse[0]


def loop_over(node: ast.For, frame: Frame) -> Signal:
    run = frame.run
    source = evaluate(node.iter, frame)
    if type(source) is Opaque:
        return irrelevant.skip_loop(node, source, frame)

    def turns() -> Iterator[None]:
        for value in run.iterate(source, frame.place(node.iter)):
            run.steps += 1
            assign(node.target, value, frame)
            yield

    return run_loop(node, frame, turns())


def loop_while(node: ast.While, frame: Frame) -> Signal:
    def turns() -> Iterator[None]:
        while frame.run.truth(evaluate(node.test, frame), frame.place(node.test)):
            yield

    return run_loop(node, frame, turns())


def run_loop(node: ast.For | ast.While, frame: Frame, turns: Iterator[None]) -> Signal:
    """The body once for each turn, until it breaks off or returns; else what stands behind."""
    for _ in turns:
        signal = execute_block(node.body, frame)
        if signal is BREAK:
            return None
        if signal is not None and signal is not CONTINUE:
            return signal
    return execute_block(node.orelse, frame)


def with_statement(node: ast.With, frame: Frame) -> Signal:
    """The body between `__enter__` and `__exit__`; a library's contexts and unknown ones change nothing."""
    run = frame.run
    entered = []
    for item in node.items:
        manager = evaluate(item.context_expr, frame)
        place = frame.place(item.context_expr)
        value = manager
        if isinstance(manager, Instance):
            value = run.call(run.attribute(manager, "__enter__", place), [], {}, place)
            entered.append((manager, place))
        elif isinstance(manager, Foreign):
            value = manager.enter(run, place)
        if item.optional_vars is not None:
            assign(item.optional_vars, value, frame)
    signal: Signal = None
    error: Raised | None = None
    try:
        signal = execute_block(node.body, frame)
    except Raised as caught:
        error = caught
    for manager, place in reversed(entered):
        details = [error.kind, error.value, None] if error else [None, None, None]
        swallowed = run.call(run.attribute(manager, "__exit__", place), details, {}, place)
        if error and run.truth(swallowed, place):
            error = None
    if error:
        raise error
    return signal


def try_statement(node: ast.Try, frame: Frame) -> Any:
    signal: Any = None
    try:
        try:
            expect_imports_to_fail(node, frame)
            signal = execute_block(node.body, frame)
        except Raised as error:
            handler = next((handler for handler in node.handlers if handles(handler, error, frame)), None)
            if handler is None:
                raise
            signal = handle(handler, error, frame)
        else:
            if signal is None:
                signal = execute_block(node.orelse, frame)
    except Raised:
        final = execute_block(node.finalbody, frame)
        if final is None:
            raise
        return final
    final = execute_block(node.finalbody, frame)
    return signal if final is None else final


def expect_imports_to_fail(node: ast.Try, frame: Frame) -> None:
    """Note the imports of modules that are not read which an `except` answers, instead of raising anew."""
    for handler in node.handlers:
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        named = any(kind is None or getattr(kind, "id", "") in IMPORT_ERRORS for kind in kinds)
        if named and not isinstance(handler.body[-1], ast.Raise):
            frame.run.optional.update(inner for inner in node.body if isinstance(inner, (ast.Import, ast.ImportFrom)))


def handles(handler: ast.ExceptHandler, error: Raised, frame: Frame) -> bool:
    if handler.type is None:
        return True
    kinds = evaluate(handler.type, frame)
    return any(kind in error.kind.mro for kind in (kinds if isinstance(kinds, tuple) else (kinds,)))


def handle(handler: ast.ExceptHandler, error: Raised, frame: Frame) -> Any:
    if handler.name:
        frame.bind(handler.name, error.value)
    frame.run.handled.append(error)
    try:
        return execute_block(handler.body, frame)
    finally:
        frame.run.handled.pop()


def raise_statement(node: ast.Raise, frame: Frame) -> None:
    run = frame.run
    place = frame.place(node)
    if node.exc is None:
        if run.handled:
            raise run.handled[-1]
        raise run.error("RuntimeError", "there is no exception to raise again", place)
    value = evaluate(node.exc, frame)
    if isinstance(value, Class) and is_exception(value):
        value = run.call(value, [], {}, place)
    if not isinstance(value, Instance) or not is_exception(value.cls):
        if isinstance(value, Opaque):
            raise run.unknown(value, "the exception that stops the program here", place)
        raise run.error("TypeError", "only exceptions can be raised", place)
    words = run.text(value)
    message = f"{value.cls.name}: {words}" if words else value.cls.name
    raise Raised(value.cls, value, Diagnostic("P006", message, "", mark_of(place)))


def assert_statement(node: ast.Assert, frame: Frame) -> None:
    run = frame.run
    test = evaluate(node.test, frame)
    if type(test) is Opaque or run.truth(test, frame.place(node.test)):
        return
    message = "" if node.msg is None else run.text(evaluate(node.msg, frame))
    raise run.error("AssertionError", message or f"{ast.unparse(node.test)} is false", frame.place(node))


def function(node: Any, frame: Frame) -> None:
    value: Any = frame.run.function(node, node.name, frame)
    frame.bind(node.name, apply_decorators(value, node, frame))


def class_statement(node: ast.ClassDef, frame: Frame) -> None:
    frame.bind(node.name, apply_decorators(build_class(node, frame), node, frame))


def apply_decorators(value: Any, node: Any, frame: Frame) -> Any:
    """What decorators make of a function or class: one that is not known does not matter."""
    for decorator in reversed(node.decorator_list):
        place = frame.place(decorator)
        result = frame.run.call(evaluate(decorator, frame), [value], {}, place)
        value = value if isinstance(result, Opaque) else result
    return value


def pass_statement(node: ast.stmt, frame: Frame) -> None:
    """`pass`, `global`, `nonlocal`: the scope says it all."""


STATEMENTS: dict[type, Callable[[Any, Frame], Signal]] = {
    ast.Expr: expression,
    ast.Assign: assignment,
    ast.AnnAssign: annotated_assignment,
    ast.AugAssign: augmented_assignment,
    ast.If: branch,
    ast.For: loop_over,
    ast.While: loop_while,
    ast.Return: lambda node, frame: Returned(None if node.value is None else evaluate(node.value, frame)),
    ast.With: with_statement,
    ast.Try: try_statement,
    ast.Raise: raise_statement,
    ast.Assert: assert_statement,
    ast.FunctionDef: function,
    ast.AsyncFunctionDef: function,
    ast.ClassDef: class_statement,
    ast.Delete: delete,
    ast.Import: execute_import,
    ast.ImportFrom: execute_import,
    ast.Match: execute_match,
    ast.Pass: pass_statement,
    ast.Global: pass_statement,
    ast.Nonlocal: pass_statement,
    ast.Break: lambda node, frame: BREAK,
    ast.Continue: lambda node, frame: CONTINUE,
}
