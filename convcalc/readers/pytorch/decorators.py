"""Contexts and decorators that change nothing that is counted: `torch.no_grad()`, `@torch.jit.script`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.readers.python.values import Class, Foreign, Function
from convcalc.readers.pytorch.module import state_of

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec.model import Place


class Nothing(Foreign):
    """Something that may be called, entered, or put around a function, and does nothing."""

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
