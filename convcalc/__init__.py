"""A calculator for the shapes of neural networks: `convcalc.load("vgg16")` is a network."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from convcalc.notebook import load
    from convcalc.problem import Problem

__version__ = "2.0.0"
__all__ = ["Problem", "load"]


def __getattr__(name: str) -> Any:
    """What the package offers, imported when it is asked for: `import convcalc` by itself imports nothing."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module("convcalc.problem" if name == "Problem" else "convcalc.notebook"), name)
