"""Networks side by side as values: totals with exact ratios, and the layers that differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.library.frozen import FrozenMapping, FrozenValue, fill
from convcalc.library.layers import Layer
from convcalc.library.network import Network
from convcalc.library.symbolic import Number, public
from convcalc.questions.compare import Comparison, compare
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.library.loading import NetworkSource


class ComparedTotal(NamedTuple):
    """A quantity of each network, and its ratio to that of the first: None where that is 0, or one is not known.

    >>> convcalc.load("vgg16").compare("vgg19").totals["layers"].ratios
    (1, Fraction(23, 20))
    """

    values: tuple[Number | None, ...]
    ratios: tuple[Number | None, ...]


class LayerDifference(NamedTuple):
    """A layer of the first network, and what another has in its place; None where there is nothing.

    >>> convcalc.load("vgg16").compare("vgg19").differences[0].changes[0].other.name
    'stage3.conv4'
    """

    first: Layer | None
    other: Layer | None


class NetworkDifference(NamedTuple):
    """How another network differs from the first, and how many layers are the same, whatever their names.

    >>> found = convcalc.load("vgg16").compare("vgg19").differences[0]
    >>> found.network.name, found.same, len(found.changes)
    ('VGG-19', 40, 6)
    """

    network: Network
    same: int
    changes: tuple[LayerDifference, ...]


class NetworkComparison(FrozenValue):
    """Networks compared with the first of them.

    >>> found = convcalc.load("vgg16").compare("vgg19")
    >>> found.totals["macs"].values, found.differences[0].same
    ((15470264320, 19632062464), 40)
    """

    __slots__ = ("_found", "networks")
    networks: tuple[Network, ...]
    _found: Comparison

    def __init__(self, networks: tuple[Network, ...]):
        reports = tuple(network._report._replace(name=network.name or repr(network)[1:-1]) for network in networks)
        fill(self, networks=networks, _found=compare(reports))

    @property
    def totals(self) -> FrozenMapping[ComparedTotal]:
        """By quantity: parameters, macs, layers, receptive_field and the others."""
        return FrozenMapping(
            {total.name: ComparedTotal(public(total.values), public(total.ratios)) for total in self._found.totals}
        )

    @property
    def differences(self) -> tuple[NetworkDifference, ...]:
        """How each of the others differs, layer by layer."""
        return tuple(
            NetworkDifference(
                self.networks[each.place],
                each.same,
                tuple(
                    LayerDifference(self._layer(0, change.base), self._layer(each.place, change.other))
                    for change in each.changes
                ),
            )
            for each in self._found.differences
        )

    def _layer(self, place: int, report: Any) -> Layer | None:
        return None if report is None else self.networks[place].layers[report.name]

    def _facts(self) -> tuple[Any, ...]:
        return (self.networks,)

    def __reduce__(self) -> tuple[Any, ...]:
        return NetworkComparison, self._facts()

    def __str__(self) -> str:
        from convcalc.render.comparing.comparison import FORMATS

        return "".join(FORMATS["text"](self._found, True, 20)).rstrip("\n")

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from convcalc.library.html import comparison_html

        return comparison_html(self._found)


def comparison(first: Network, others: tuple[Network | NetworkSource, ...]) -> NetworkComparison:
    """The first network beside others, which may be what `load` takes."""
    from convcalc.library.loading import load
    from convcalc.problem import problem

    if not others:
        raise problem("U007", "with which network is it to be compared?", 'network.compare("resnet50")')
    loaded = tuple(other if isinstance(other, Network) else load(other) for other in others)
    return NetworkComparison((first, *loaded))
