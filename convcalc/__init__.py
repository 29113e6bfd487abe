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
    from convcalc.library.comparison import ComparedTotal as ComparedTotal
    from convcalc.library.comparison import LayerDifference as LayerDifference
    from convcalc.library.comparison import NetworkComparison as NetworkComparison
    from convcalc.library.comparison import NetworkDifference as NetworkDifference
    from convcalc.library.counts import NetworkTotals as NetworkTotals
    from convcalc.library.document import Document as Document
    from convcalc.library.document import RemarkedBytes as RemarkedBytes
    from convcalc.library.drawing import Drawing as Drawing
    from convcalc.library.explanation import Explanation as Explanation
    from convcalc.library.findings import LintFinding as LintFinding
    from convcalc.library.findings import LintReport as LintReport
    from convcalc.library.frozen import FrozenMapping as FrozenMapping
    from convcalc.library.layers import Layer as Layer
    from convcalc.library.layers import Layers as Layers
    from convcalc.library.layers import ReceptiveField as ReceptiveField
    from convcalc.library.loading import layer as layer
    from convcalc.library.loading import load as load
    from convcalc.library.marking import MarkedAnswer as MarkedAnswer
    from convcalc.library.marking import Marks as Marks
    from convcalc.library.marking import NamedMistake as NamedMistake
    from convcalc.library.marking import check as check
    from convcalc.library.network import Network as Network
    from convcalc.library.solving import Solutions as Solutions
    from convcalc.library.solving import SolvedRun as SolvedRun
    from convcalc.library.solving import SolvedValues as SolvedValues
    from convcalc.library.solving import solve as solve
    from convcalc.library.symbolic import SymbolicNumber as SymbolicNumber
    from convcalc.problem import Diagnostic as Diagnostic
    from convcalc.problem import Problem as Problem

__version__ = "2.0.0"
__all__ = [
    "ComparedTotal",
    "Diagnostic",
    "Document",
    "Drawing",
    "Explanation",
    "FrozenMapping",
    "Layer",
    "LayerDifference",
    "Layers",
    "LintFinding",
    "LintReport",
    "MarkedAnswer",
    "Marks",
    "NamedMistake",
    "Network",
    "NetworkComparison",
    "NetworkDifference",
    "NetworkTotals",
    "Problem",
    "ReceptiveField",
    "RemarkedBytes",
    "Solutions",
    "SolvedRun",
    "SolvedValues",
    "SymbolicNumber",
    "check",
    "layer",
    "load",
    "solve",
]
if not TYPE_CHECKING:
    _HOMES = {
        "ComparedTotal": "library.comparison",
        "Diagnostic": "problem",
        "Document": "library.document",
        "Drawing": "library.drawing",
        "Explanation": "library.explanation",
        "FrozenMapping": "library.frozen",
        "Layer": "library.layers",
        "LayerDifference": "library.comparison",
        "Layers": "library.layers",
        "LintFinding": "library.findings",
        "LintReport": "library.findings",
        "MarkedAnswer": "library.marking",
        "Marks": "library.marking",
        "NamedMistake": "library.marking",
        "Network": "library.network",
        "NetworkComparison": "library.comparison",
        "NetworkDifference": "library.comparison",
        "NetworkTotals": "library.counts",
        "Problem": "problem",
        "ReceptiveField": "library.layers",
        "RemarkedBytes": "library.document",
        "Solutions": "library.solving",
        "SolvedRun": "library.solving",
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
        return sorted({*globals(), *__all__})
