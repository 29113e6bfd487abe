"""One evaluation of a Python source: its bounds, its library, the files that it reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from convcalc.problem import Problem, problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from convcalc.problem import Source
    from convcalc.readers.python.values import Foreign
    from convcalc.spec.model import Place


class Packages(Protocol):
    """What stands for the packages that a source imports."""

    def lookup(self, dotted: str) -> Foreign | None:
        """The object of a module's dotted name (`torch.nn.functional`), None where it is not read."""


class Namespace(Protocol):
    """A module: its names, evaluated when they are looked up."""

    name: str
    source: Source
    tree: Any  # ast.Module

    def names(self) -> tuple[str, ...]:
        """What it binds, in order."""


class Run:
    """One evaluation: counts its steps, and answers for values from outside the file with `--arg`'s."""

    def __init__(self, source: Source, library: Packages, arguments: Mapping[str, str] | None = None):
        self.source = source
        self.library = library
        self.arguments = dict(arguments or {})
        self.used: set[str] = set()  # the arguments that were asked for

    def module(self, source: Source | None = None) -> Namespace:
        """The module of a source, this run's own by default: parsed, nothing of it evaluated."""
        raise NotImplementedError

    def lookup(self, namespace: Namespace, name: str, place: Place | None = None) -> Any:
        """The value of a module's name, for which what binds and changes it at the top level is evaluated."""
        raise NotImplementedError

    def expression(self, expression: Any, namespace: Namespace) -> Any:
        """The value of an expression, a text or a node, in a module."""
        raise NotImplementedError

    def call(self, value: Any, args: list[Any], kwargs: dict[str, Any], place: Place | None) -> Any:
        raise NotImplementedError

    def attribute(self, value: Any, name: str, place: Place | None) -> Any:
        raise NotImplementedError

    def set_attribute(self, target: Any, name: str, value: Any, place: Place | None) -> None:
        raise NotImplementedError

    def item(self, value: Any, index: Any, place: Place | None) -> Any:
        raise NotImplementedError

    def iterate(self, value: Any, place: Place | None) -> Iterator[Any]:
        raise NotImplementedError

    def truth(self, value: Any, place: Place | None) -> bool:
        raise NotImplementedError

    def binary(self, operator: str, left: Any, right: Any, place: Place | None) -> Any:
        raise NotImplementedError

    def compare(self, operator: str, left: Any, right: Any, place: Place | None) -> Any:
        raise NotImplementedError

    def is_instance(self, value: Any, cls: Any) -> bool:
        """`isinstance`, of classes of every origin and tuples of them."""
        raise NotImplementedError

    def text(self, value: Any) -> str:
        """`str(value)`, bounded."""
        raise NotImplementedError

    def argument(self, name: str) -> Any:
        """What `--arg NAME=VALUE` says, as a literal, else as a text; None where it says nothing."""
        raise NotImplementedError

    def known(self, value: Any, what: str, place: Place | None) -> Any:
        """The value; an error that quotes its reason where it is not known. `what` needs it: "the size of a kernel"."""
        raise NotImplementedError

    def spend(self, elements: int, place: Place | None) -> None:
        """Count elements that come to be: the bound of memory."""
        raise NotImplementedError

    def error(self, kind: str, message: str, place: Place | None, hint: str = "") -> Problem:
        """An error as Python would raise it (`kind`: "TypeError"), which the user's `except` may catch."""
        raise NotImplementedError

    def refusal(self, code: str, message: str, place: Place | None, hint: str = "") -> Problem:
        """An error that no `except` of the user catches."""
        return problem(code, message, hint, place.mark(self.source) if place else None)
