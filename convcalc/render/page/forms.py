"""The closed forms of a network as a script: what its sizes and counts are for other sides and names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.network.walk import NetworkReport
    from convcalc.spec.choices import Choices
    from convcalc.spec.model import Spec


class Slider(NamedTuple):
    """A letter that can have other values: a side of an input, or a name of `let`."""

    name: str
    value: int
    low: int
    high: int
    step: int = 1  # values with which the network fits lie so far apart
    about: str = ""  # what it is: "height of the input"


class PageForms(NamedTuple):
    """What can slide, and the script that computes what follows from it.

    `script` is one JavaScript expression, a function of an object of BigInt by the names of the sliders:

        {broken: null | {layer: 3, why: "H is at least 7"},     the first layer that does not fit, by its place
         layers: [{output, parameters, macs, activations, receptive_field, rf_stride, rf_centre}, …],
         totals: {parameters, macs, activations}}

    `layers` are in the order of the report.  A count is a BigInt; `output` (channels first, as in the records) and what
    is of the receptive field are arrays with one for every axis, in which a fraction is [top, bottom]; null is what is
    not known.  Once a layer does not fit, it and all that follow from it, and the totals, are null.
    """

    sliders: tuple[Slider, ...]
    script: str = ""
    fixed: tuple[str, ...] = ()  # names that stay as they are
    reason: str = ""  # why nothing can slide, as a sentence


def page_forms(spec: Spec, choices: Choices, report: NetworkReport) -> PageForms:
    """What can slide in a network whose report is known, and its closed forms."""
    return PageForms((), reason="Nothing can be moved here.")
