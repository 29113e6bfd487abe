"""What is counted of a layer and of a network, as properties of either."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.library.frozen import FrozenMapping, FrozenValue, entry_point
from convcalc.library.symbolic import Number, public
from convcalc.network.quantity import COUNTED
from convcalc.problem import problem

if TYPE_CHECKING:
    from convcalc.library.network import Network


class CountProperty(property):
    """A count by its name, which is told in words."""

    def __init__(self, name: str, doc: str):
        super().__init__(lambda thing: thing._count(name), doc=doc)

    if TYPE_CHECKING:

        def __get__(self, thing: Any, owner: Any = None) -> Number: ...  # type: ignore[override]


class CountedThing(FrozenValue):
    """What has counts; each is exact, and a Problem where its source does not say what it follows from."""

    __slots__ = ()
    if TYPE_CHECKING:

        @property
        def _network(self) -> Network: ...

    @property
    def _known(self) -> Any:
        raise NotImplementedError

    @property
    def counts(self) -> FrozenMapping[Number | None]:
        """All counts by name; None where the source does not tell."""
        known = self._known
        return FrozenMapping({name: public(COUNTED[name](known)) for name in COUNTED})

    @entry_point
    def _count(self, name: str) -> Number:
        found: Number | None = public(COUNTED[name](self._known))
        if found is None:
            self._network._report.demand_shapes()
            raise problem("T003", f"{name} of {self._network.name or 'the network'} are not known")
        return found

    parameters = CountProperty("parameters", "Learnt numbers.")
    weights = CountProperty("weights", "Parameters without biases.")
    biases = CountProperty("biases", "Biases among the parameters.")
    buffers = CountProperty("buffers", "State that is not learnt, as running means are.")
    macs = CountProperty(
        "macs", "Multiply-accumulates for one example, of convolutions, linear layers and matrix products."
    )
    flops = CountProperty("flops", "Two for every multiply-accumulate.")
    connections = CountProperty("connections", "Weights and biases used, once for every output.")
    activations = CountProperty(
        "activations", "Numbers in the output; in a sum, in those outputs that need memory of their own."
    )


class NetworkTotals(CountedThing):
    """The sums over the layers of a network.

    >>> convcalc.load("lenet5").totals
    <61,706 parameters, 0 buffers, 416,520 MACs, 8,094 activations>
    >>> convcalc.load("lenet5").totals.parameters
    61706
    """

    __slots__ = ("_network",)

    @property
    def _known(self) -> Any:
        return self._network._report.totals

    def _facts(self) -> tuple[Any, ...]:
        return (self.counts,)

    def __repr__(self) -> str:
        from convcalc.library.layers import number_text

        words = {"parameters": "parameters", "buffers": "buffers", "macs": "MACs", "activations": "activations"}
        return f"<{', '.join(f'{number_text(self.counts[name])} {word}' for name, word in words.items())}>"
