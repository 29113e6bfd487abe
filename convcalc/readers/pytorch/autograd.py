"""What has to do with derivatives only, and changes nothing that is counted: `torch.no_grad()`, `autograd.Function`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.readers.python.values import (
    Class,
    ClassMethod,
    Foreign,
    Function,
    LibraryClass,
    LibraryFunction,
    StaticMethod,
)
from convcalc.readers.pytorch.module import state_of

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place


class Nothing(Foreign):
    """A context or a decorator: something that may be called, entered, or put around a function, and does nothing."""

    __slots__ = ("name",)

    def __init__(self, name: str):
        self.name = name

    def description(self) -> str:
        return f"torch.{self.name}"

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        around = args and (isinstance(args[0], (Class, Function)) or state_of(args[0]) is not None)
        return args[0] if around else self

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        return self


class Context(Foreign):
    """What the forward part keeps for the derivative."""

    __slots__ = ()

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        return LibraryFunction(name, lambda run, args, kwargs, place: None)

    def set_attribute(self, name: str, value: Any, run: Run, place: Place) -> None:
        """Kept for the derivative, which nobody asks for."""


class FunctionClass(LibraryClass):
    """The base of functions whose derivative is written out: only the forward part is followed."""

    __slots__ = ()

    name = "Function"

    def created(self, cls: Class, run: Run, place: Place) -> Class:
        """The class with its `apply`."""

        def apply(run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
            forward = cls.find("forward")
            if isinstance(forward, (StaticMethod, ClassMethod)):
                forward = forward.function
            return run.call(forward, [Context(), *args], kwargs, place)

        cls.attributes["apply"] = LibraryFunction(f"{cls.name}.apply", apply)
        return cls


FUNCTION = FunctionClass()
