"""A calculator for the shapes of neural networks: `convcalc.load("vgg16")` is a network."""

TYPE_CHECKING = False  # typing's own costs more to import than all of this
if TYPE_CHECKING:
    from convcalc.library.comparison import NetworkComparison as NetworkComparison
    from convcalc.library.layers import Layer as Layer
    from convcalc.library.layers import Layers as Layers
    from convcalc.library.layers import ReceptiveField as ReceptiveField
    from convcalc.library.loading import layer as layer
    from convcalc.library.loading import load as load
    from convcalc.library.network import Network as Network
    from convcalc.library.solving import Solutions as Solutions
    from convcalc.library.solving import solve as solve
    from convcalc.library.symbolic import SymbolicNumber as SymbolicNumber
    from convcalc.problem import Diagnostic as Diagnostic
    from convcalc.problem import Problem as Problem

__version__ = "2.0.0"
__all__ = [
    "Diagnostic",
    "Layer",
    "Layers",
    "Network",
    "NetworkComparison",
    "Problem",
    "ReceptiveField",
    "Solutions",
    "SymbolicNumber",
    "layer",
    "load",
    "solve",
]
if not TYPE_CHECKING:
    _HOMES = {
        "Diagnostic": "problem",
        "Layer": "library.layers",
        "Layers": "library.layers",
        "Network": "library.network",
        "NetworkComparison": "library.comparison",
        "Problem": "problem",
        "ReceptiveField": "library.layers",
        "Solutions": "library.solving",
        "SymbolicNumber": "library.symbolic",
        "layer": "library.loading",
        "load": "library.loading",
        "solve": "library.solving",
    }

    def __getattr__(name):
        """What the package offers, imported when it is asked for: `import convcalc` by itself imports nothing."""
        home = _HOMES.get(name)
        if home is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value = globals()[name] = getattr(import_module(f"convcalc.{home}"), name)
        return value

    def __dir__():
        return [*globals(), *__all__]
