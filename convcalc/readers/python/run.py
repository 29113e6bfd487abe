"""One evaluation of a Python source: its bounds, its library, and the values from outside that it was given."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from convcalc.problem import Diagnostic, Problem, Source, did_you_mean, lines, problem
from convcalc.readers.python import (
    assignment,
    attributes,
    calls,
    comparing,
    expressions,
    items,
    iteration,
    operators,
    statements,
)
from convcalc.readers.python import description as describe
from convcalc.readers.python.builtin_names import BUILTINS
from convcalc.readers.python.errors import EXCEPTIONS, Raised, exception_class, mark_of, python_error
from convcalc.readers.python.frame import ABSENT, Frame
from convcalc.readers.python.instances import names_of, special
from convcalc.readers.python.limits import HOST_DEPTH, MAX_BITS, MAX_ELEMENTS, MAX_LEVELS, MAX_STEPS, MAX_TOTAL
from convcalc.readers.python.namespace import ModuleNames
from convcalc.readers.python.syntax import literal, parse, parse_expression
from convcalc.readers.python.values import Foreign, Function, Instance, Opaque

if TYPE_CHECKING:
    import ast

    from convcalc.spec import Place


STEPS_OF_ERROR = 5  # an error takes the time of so many steps


def cure_of_name(name: str, frame: Frame | None) -> str:
    """`self.` for a name that is an attribute of the object whose method is running."""
    taken = frame.home().names if frame else {}
    owner = next(iter(taken.values()), None)
    if not (isinstance(owner, Instance) and name in names_of(owner)):
        return ""
    return f"write: {next(iter(taken))}.{name}"


def whole_names(parts: dict[str, frozenset[int]]) -> list[str]:
    """The names of what is part of no other, by the parts of each; of two with the same parts the last."""
    names = list(parts)
    return [
        name
        for index, name in enumerate(names)
        if not any(parts[name] < parts[other] for other in names)
        and not any(parts[name] == parts[other] for other in names[index + 1 :])
    ]


class Packages(Protocol):
    """What stands for the packages that a source imports."""

    def lookup(self, dotted: str) -> Foreign | None:
        """The object of a module's dotted name (`torch.nn.functional`), None where it is not read."""

    example: str  # what a file has that has a network
    makers: frozenset[str]  # classes of networks, by which a function that makes one is known

    def is_network(self, value: Any) -> bool:
        """Whether a value is a network, which a file may be read for."""

    def main_networks(self, made: dict[str, Any]) -> list[str]:
        """The names of the networks among several that may be meant, when none is named."""

    def chain_of(self, layers: list[tuple[str, Any]], run: Run, place: Place) -> Any:
        """A network of the layers that a text lists, each with its name or none; None where they are none."""

    def has_bundled(self, name: str) -> bool:
        """Whether a network of this name, which the library has too, is bundled."""

    def is_network_class(self, value: Any) -> bool:
        """Whether a class of the library is one of networks, so that a user's class that inherits from it is too."""

    def usual(self, name: str) -> Any:
        """What everybody means by a name that a pasted text does not import: `nn`; None where it means nothing."""

    def import_of(self, name: str) -> str:
        """The line that imports what everybody means by a name."""


class Run:
    """One evaluation: counts its steps, and answers for values from outside the file with `--arg`'s."""

    evaluate = staticmethod(expressions.evaluate)
    execute = staticmethod(statements.execute)
    execute_block = staticmethod(statements.execute_block)
    assign = staticmethod(assignment.assign)

    def __init__(self, source: Source, library: Packages, arguments: Mapping[str, str] | None = None):
        self.source = source
        self.library = library
        self.arguments = dict(arguments or {})
        self.used: set[str] = set()  # the arguments that were asked for
        self.steps = 0
        self.last_step = MAX_STEPS
        self.level = 0  # calls in one another
        self.elements = 0  # of all sequences and texts that came to be
        self.scopes: dict[Any, Any] = {}  # of each function's node: its scope and parameters
        self.handled: list[Raised] = []  # the exceptions whose `except` is running
        self.assumed: dict[str, Diagnostic] = {}  # names that nothing imports, with a note on each
        self.optional: set[ast.stmt] = set()  # imports whose failure the program expects
        self.modules: dict[str, ModuleNames] = {}  # by file
        self.node: Any = None  # the statement or call that is running, for errors that say no place
        self.frame: Frame | None = None
        self.main: ModuleNames | None = None
        sys.setrecursionlimit(max(sys.getrecursionlimit(), HOST_DEPTH))

    # Modules and names

    def module(self, source: Source | None = None) -> ModuleNames:
        """The module of a source, this run's own by default: parsed, nothing of it evaluated."""
        if source is None or source is self.source:
            if self.main is None:
                self.main = ModuleNames(
                    os.path.splitext(os.path.basename(self.source.name))[0], parse(self.source), self.source.name
                )
            return self.main
        return ModuleNames(source.name, parse(source), source.name)

    def lookup(self, module: ModuleNames, name: str, place: Place | None = None) -> Any:
        """The value of a module's name, for which what binds and changes it at the top level is evaluated."""
        return module.lookup(name, self, place)

    def expression(self, expression: str | ast.expr, module: ModuleNames) -> Any:
        """The value of an expression, a text or a node, in a module."""
        frame = Frame(self, module, {})
        if isinstance(expression, str):
            frame.code, expression = parse_expression(expression)
        try:
            return self.evaluate(expression, frame)
        except RecursionError:
            raise self.too_deep(None) from None

    def outside(self, name: str, module: ModuleNames, place: Place | None, frame: Frame | None = None) -> Any:
        """The value of a name that a module does not bind: Python's own, or one that `--arg` gives."""
        if name in BUILTINS:
            return BUILTINS[name]
        if name in EXCEPTIONS:
            return exception_class(name)
        answer = self.argument(name, ABSENT)
        if answer is not ABSENT:
            return answer
        own = module.own_name(name, self)
        if own is not ABSENT:
            return own
        usual = self.library.usual(name)
        if usual is not None:
            self.assume(name, module, place)
            return usual
        hint = cure_of_name(name, frame) or did_you_mean(name, module.names()) or f"--arg {name}=VALUE"
        raise self.error("NameError", f"{name} is not defined in {module.source.name}", place, hint, code="P003")

    def assume(self, name: str, module: ModuleNames, place: Place | None) -> None:
        """Note that a program uses a name that it does not import; what is pasted need not import anything."""
        if module.is_whole_program():
            message = f"{name} is used, and nothing imports it: Python stops here"
            hint = f"put at the top: {self.library.import_of(name)}"
            note = Diagnostic("W014", message, hint, mark_of(self.here(place)), severity="note")
            self.assumed.setdefault(name, note)

    def text_at(self, place: Place) -> str:
        """What is written at a place, as far as its line goes."""
        rows = lines((place.source or self.source).text)
        return rows[place.line - 1][place.column - 1 : place.column - 1 + place.length]

    def argument(self, name: str, default: Any = None) -> Any:
        """What `--arg NAME=VALUE` says, as a literal, else as a text."""
        if name not in self.arguments:
            return default
        self.used.add(name)
        return literal(self.arguments[name])

    # Values: what these do is said where they are

    call = calls.call
    attribute, set_attribute = attributes.attribute, attributes.set_attribute
    delete_attribute = attributes.delete_attribute
    item, set_item, delete_item = items.item, items.set_item, items.delete_item
    binary, compare = operators.binary, comparing.compare
    iterate, truth, key, mapping = iteration.iterate, iteration.truth, iteration.key, iteration.mapping
    collect = iteration.collect
    is_instance, type_of, type_name = describe.is_instance, describe.type_of, staticmethod(describe.type_name)
    text, representation = describe.text, describe.representation

    def special(
        self, value: Instance, name: str, args: list[Any], place: Place | None, absent: Any = ABSENT
    ) -> Any:  # fmt: skip
        """What a method gives that Python itself looks for (`__len__`), where an object has it."""
        method = special(value, name, self)
        return absent if method is None else self.call(method, args, {}, place)  # type: ignore[arg-type]

    def elements_of(self, value: Any, place: Place) -> list[Any]:
        """A new list of what `for` would go over."""
        return self.collect(self.iterate(value, place), place)

    # What is not known

    def opaque(self, reason: str, place: Place | None, name: str = "") -> Any:
        """What `--arg` says for a name, else a value that is not known."""
        answer = self.argument(name, ABSENT) if name in self.arguments else ABSENT
        return Opaque(reason, place, name) if answer is ABSENT else answer

    def unknown_as(self, value: Opaque, name: str) -> Any:
        """What `--arg` says for the name that a value which is not known gets."""
        return self.opaque(value.reason, value.place, name)

    def known(self, value: Any, what: str, place: Place | None) -> Any:
        """The value; an error that quotes its reason where it is not known. `what` needs it: "the size of a kernel"."""
        if isinstance(value, Opaque):
            raise self.unknown(value, what, place)
        return value

    def unknown(self, value: Opaque, what: str, place: Place | None) -> Problem:
        hint = f"--arg {value.name}=VALUE" if value.name.isidentifier() else "write the value into the file"
        return self.refusal("P004", f"{what} is not known: {value.reason}", place or value.place, hint)

    def call_unknown(self, function: Opaque, node: ast.Call, frame: Frame) -> Any:
        """A call of what is not known: its arguments may be what is not read, but nothing is refused less for it."""
        try:
            args, _ = calls.evaluate_arguments(node, frame)
        except Problem as error:
            if error.diagnostics[0].code in ("P005", "P007"):
                raise
            args = []
        known = next((each for each in args if isinstance(each, Opaque)), function)  # yaml.safe_load(file)
        return self.opaque(known.reason, frame.place(node), function.name)

    # Program

    def function(self, node: Any, name: str, frame: Frame) -> Function:
        args = node.args
        defaults = [self.evaluate(default, frame) for default in args.defaults]
        by_keyword = [ABSENT if default is None else self.evaluate(default, frame) for default in args.kw_defaults]
        return Function(node, name, frame, defaults, by_keyword)

    def result(self, body: list[ast.stmt], frame: Frame) -> Any:
        """What a function's body returns."""
        signal = statements.execute_block(body, frame)
        return None if signal is None else signal.value

    # Bounds and errors

    def here(self, place: Place | None) -> Place | None:
        """A place, or else that of what is running; within a library's program, that of the call that went into it."""
        frame = self.frame
        if place is None and frame is not None:
            place = frame.place(self.node)
        while frame is not None and not frame.module.file and place and place.source is frame.module.source:
            frame, node = frame.home().caller or (None, None)
            place = place if frame is None else frame.place(node)
        return place

    def step(self, place: Place | None, count: int = 1) -> None:
        """Count a step, or as many as something takes the time of."""
        self.steps += count
        if self.steps > self.last_step:
            raise self.too_long(place)

    def spend(self, elements: int, place: Place | None) -> None:
        """Count elements that come to be: the bound of memory."""
        self.elements += elements
        if elements > MAX_ELEMENTS or self.elements > MAX_TOTAL:
            bound = f"{MAX_ELEMENTS:,} elements, and all together {MAX_TOTAL:,}"
            raise self.refusal("P005", f"a sequence has at most {bound}", place, "build the network with less")

    def too_long(self, place: Place | None) -> Problem:
        hint = "see whether a loop ends; what does not belong to the network can go into another file"
        return self.refusal("P005", f"the program takes more than {MAX_STEPS:,} steps", place, hint)

    def too_deep(self, place: Place | None) -> Problem:
        message = f"more than {MAX_LEVELS} calls or containers are inside one another"
        return self.refusal("P005", message, place, "see whether the recursion ends")

    def too_large(self, what: str, place: Place | None) -> Problem:
        digits = MAX_BITS * 301 // 1000
        return self.refusal("P005", f"{what} has more than {digits} digits", place, "no size of a network is so large")

    def unread(self, what: str, place: Place | None) -> Problem:
        hint = "convcalc reads functions, classes, loops and branches; write it with these"
        return self.refusal("P002", f"{what} is not read", place, hint)

    def refused(self, what: str, place: Place | None) -> Problem:
        hint = "files are read, not run: write the value into the file, or give it by --arg"
        return self.refusal("P007", f"{what} is refused", place, hint)

    def error(
        self, kind: str, message: str, place: Place | None, hint: str = "", code: str = "P006", args: Any = None
    ) -> Raised:
        """An error as Python would raise it (`kind`: "TypeError"), which the user's `except` may catch."""
        self.step(place, STEPS_OF_ERROR)
        return python_error(kind, message, self.here(place), hint, code, args)

    def refusal(self, code: str, message: str, place: Place | None, hint: str = "") -> Problem:
        """An error that no `except` of the user catches."""
        return problem(code, message, hint, mark_of(self.here(place)))
