"""`torch.autograd.Function`: a function whose derivative is written out, of which only the forward part is followed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.readers.python.values import ClassMethod, Foreign, LibraryClass, LibraryFunction, StaticMethod

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.readers.python.values import Class
    from convcalc.spec.model import Place


class Context(Foreign):
    """What the forward part keeps for the derivative."""

    __slots__ = ()

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        return LibraryFunction(name, lambda run, args, kwargs, place: None)

    def set_attribute(self, name: str, value: Any, run: Run, place: Place) -> None:
        """Kept for the derivative, which nobody asks for."""


class FunctionClass(LibraryClass):
    """The base of such functions."""

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
