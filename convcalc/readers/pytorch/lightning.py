"""PyTorch Lightning: its LightningModule is a module of PyTorch, whose arguments may be kept as `hparams`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.readers.python.standard.annotations import NAMESPACE
from convcalc.readers.python.values import LibraryModule, Opaque
from convcalc.readers.pytorch.module import MODULE, ModuleClass, state_of

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.readers.python.values import LibraryClass
    from convcalc.readers.pytorch.module import Method
    from convcalc.spec.model import Place


class LightningClass(ModuleClass):
    """`LightningModule`: what it logs, and how it trains, makes no layer."""

    __slots__ = ()

    def bases(self) -> tuple[LibraryClass, ...]:
        return (MODULE,)

    def method(self, name: str) -> Method | None:
        return keep_arguments if name == "save_hyperparameters" else super().method(name)


def keep_arguments(module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> None:
    """`self.save_hyperparameters()`: the arguments of the `__init__` that calls it, or those that are named."""
    assert run.frame is not None
    _, *names = run.frame.home().names
    kept = [name for name in names if name in args or not args]
    given = {name: run.frame.home().names[name] for name in kept if name != "__class__"}
    state_of(module).settings["hparams"] = run.call(NAMESPACE, [], given, place)  # type: ignore[union-attr]


class Lightning(LibraryModule):
    """`pytorch_lightning`, `lightning`, and what is in them."""

    __slots__ = ()

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        if name == "LightningModule":
            return LIGHTNING_MODULE
        if name in ("pytorch", "core"):
            return Lightning(f"{self.name}.{name}")
        return Opaque(f"{self.name}.{name} is not read", place, name)


LIGHTNING_MODULE = LightningClass("LightningModule")
