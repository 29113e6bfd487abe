"""What is counted of a layer and of a network, as properties of either."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.library.frozen import Frozen, FrozenMapping, entry_point, fill
from convcalc.library.symbolic import public
from convcalc.network.quantity import COUNTED
from convcalc.problem import problem

if TYPE_CHECKING:
    from convcalc.library.network import Network
    from convcalc.library.symbolic import Number


class CountedThing(Frozen):
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

    @property
    def parameters(self) -> Number:
        """Learnt numbers."""
        return self._count("parameters")

    @property
    def weights(self) -> Number:
        """Parameters without biases."""
        return self._count("weights")

    @property
    def biases(self) -> Number:
        """Biases among the parameters."""
        return self._count("biases")

    @property
    def buffers(self) -> Number:
        """State that is not learnt, as running means are."""
        return self._count("buffers")

    @property
    def macs(self) -> Number:
        """Multiply-accumulates for one example, of convolutions, linear layers and matrix products."""
        return self._count("macs")

    @property
    def flops(self) -> Number:
        """Two for every multiply-accumulate."""
        return self._count("flops")

    @property
    def connections(self) -> Number:
        """Weights and biases used, once for every output."""
        return self._count("connections")

    @property
    def activations(self) -> Number:
        """Numbers in the output; in a sum, in those outputs that need memory of their own."""
        return self._count("activations")


class NetworkTotals(CountedThing):
    """The sums over the layers of a network.

    >>> convcalc.load("lenet5").totals
    <61,706 parameters, 0 buffers, 416,520 MACs, 8,094 activations>
    >>> convcalc.load("lenet5").totals.parameters
    61706
    """

    __slots__ = ("_network",)

    def __init__(self, network: Network):
        fill(self, _network=network)

    @property
    def _known(self) -> Any:
        return self._network._report.totals

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NetworkTotals) and self.counts == other.counts

    def __hash__(self) -> int:
        return hash(self.counts)

    def __reduce__(self) -> tuple[Any, ...]:
        return NetworkTotals, (self._network,)

    def __repr__(self) -> str:
        from convcalc.library.layers import number_text

        words = {"parameters": "parameters", "buffers": "buffers", "macs": "MACs", "activations": "activations"}
        return f"<{', '.join(f'{number_text(self.counts[name])} {word}' for name, word in words.items())}>"
