"""`convcalc layer`: one layer, every quantity, worked as on a blackboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from convcalc.cli import INVALID
from convcalc.commands import asking
from convcalc.commands.console import complain
from convcalc.commands.options import LAYOUT
from convcalc.commands.words import typed
from convcalc.language.chain import is_chain
from convcalc.language.document import chain_spec
from convcalc.language.evidence import laid_out
from convcalc.language.library import LAYER
from convcalc.language.names import Choices
from convcalc.language.single import layer_spec
from convcalc.network.build import build
from convcalc.network.walk import walk
from convcalc.problem import Source
from convcalc.questions.explain import explain_layers

if TYPE_CHECKING:
    from convcalc.language.spec import Spec


@click.command("layer")
@click.argument("words", nargs=-1, metavar="LAYER SHAPE…")
@asking.options
@click.option(
    "--convention", type=click.Choice(("pytorch", "keras", "caffe", "onnx", "textbook")), help="Another convention."
)
@LAYOUT
def command(words: tuple[str, ...], convention: str | None, layout: str | None, **how: Any) -> int:
    """One layer on an input of this SHAPE: output, parameters, MACs, memory and receptive field, worked.

    LAYER is written as in a spec, or pasted: "conv 10 k5 p2", "nn.Conv2d(3, 64, 7, stride=2)".  A layer with several
    inputs takes several shapes: `convcalc layer concat 64x28x28 32x28x28`.
    """
    choices = Choices(convention=convention or "", layout=layout or "")
    report = walk(build(spec_of_words(words, choices), choices))
    if not report.errors:
        asking.show(explain_layers(report, asking.question((), report, **how)), **how)
    if report.diagnostics:
        complain(report.diagnostics)
    return INVALID if report.errors else 0


def spec_of_words(words: tuple[str, ...], choices: Choices) -> Spec:
    """The network of the layer on a command line, whose places are in that line."""
    if len(words) == 1 and is_chain(words[0]):
        spec = chain_spec(Source(LAYER, words[0]), choices.convention)
    else:
        line, layer, shapes = typed(words)
        spec = layer_spec(Source(LAYER, line), layer, shapes, choices.convention)
    return laid_out(spec._replace(layout=choices.layout))
