"""A calculator for the shapes of neural networks: `convcalc.load("vgg16")` is a network.

`load` and `layer` give networks and layers, `solve` answers the inverse question, `check` marks homework.  What they
give cannot be changed, is compared by value, and may be pickled and used in threads; numbers are exact: int, Fraction,
or SymbolicNumber where there are letters.  What is wrong is a Problem; nothing is printed, and no network is run.

What `__all__` names is public, with the members that have no underscore in front, by semantic versioning: a minor
version adds names, members and keywords, a major one takes some away or changes what they mean.  Fields of records are
read by name, for more may come.  The texts of messages, pictures and reprs are no part of that, codes are.
"""

TYPE_CHECKING = False  # typing's own costs more to import than all of this
if TYPE_CHECKING:
    from convcalc.library.comparison import NetworkComparison as NetworkComparison
    from convcalc.library.drawing import Drawing as Drawing
    from convcalc.library.explanation import Explanation as Explanation
    from convcalc.library.findings import LintFinding as LintFinding
    from convcalc.library.frozen import FrozenMapping as FrozenMapping
    from convcalc.library.layers import Layer as Layer
    from convcalc.library.layers import Layers as Layers
    from convcalc.library.layers import ReceptiveField as ReceptiveField
    from convcalc.library.loading import layer as layer
    from convcalc.library.loading import load as load
    from convcalc.library.marking import MarkedAnswer as MarkedAnswer
    from convcalc.library.marking import Marks as Marks
    from convcalc.library.marking import check as check
    from convcalc.library.network import Network as Network
    from convcalc.library.solving import Solutions as Solutions
    from convcalc.library.solving import SolvedValues as SolvedValues
    from convcalc.library.solving import solve as solve
    from convcalc.library.symbolic import SymbolicNumber as SymbolicNumber
    from convcalc.problem import Diagnostic as Diagnostic
    from convcalc.problem import Problem as Problem

__version__ = "2.0.0"
__all__ = [
    "Diagnostic",
    "Drawing",
    "Explanation",
    "FrozenMapping",
    "Layer",
    "Layers",
    "LintFinding",
    "MarkedAnswer",
    "Marks",
    "Network",
    "NetworkComparison",
    "Problem",
    "ReceptiveField",
    "Solutions",
    "SolvedValues",
    "SymbolicNumber",
    "check",
    "layer",
    "load",
    "solve",
]
if not TYPE_CHECKING:
    _HOMES = {
        "Diagnostic": "problem",
        "Drawing": "library.drawing",
        "Explanation": "library.explanation",
        "FrozenMapping": "library.frozen",
        "Layer": "library.layers",
        "Layers": "library.layers",
        "LintFinding": "library.findings",
        "MarkedAnswer": "library.marking",
        "Marks": "library.marking",
        "Network": "library.network",
        "NetworkComparison": "library.comparison",
        "Problem": "problem",
        "ReceptiveField": "library.layers",
        "Solutions": "library.solving",
        "SolvedValues": "library.solving",
        "SymbolicNumber": "library.symbolic",
        "check": "library.marking",
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
