"""`try` and `raise`: an error of the program goes to the `except` that names it, a bound to none."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from convcalc.problem import Diagnostic
from convcalc.readers.python.errors import Raised, is_exception, mark_of
from convcalc.readers.python.expressions import evaluate
from convcalc.readers.python.values import Class, Instance, Opaque

if TYPE_CHECKING:
    from convcalc.readers.python.frame import Frame

IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


def try_statement(node: ast.Try, frame: Frame) -> Any:
    signal: Any = None
    try:
        try:
            expect_imports_to_fail(node, frame)
            signal = frame.run.execute_block(node.body, frame)
        except Raised as error:
            handler = next((handler for handler in node.handlers if handles(handler, error, frame)), None)
            if handler is None:
                raise
            signal = handle(handler, error, frame)
        else:
            if signal is None:
                signal = frame.run.execute_block(node.orelse, frame)
    except Raised:
        final = frame.run.execute_block(node.finalbody, frame)
        if final is None:
            raise
        return final
    final = frame.run.execute_block(node.finalbody, frame)
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
        return frame.run.execute_block(handler.body, frame)
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
