"""`convcalc layer`: one layer, every quantity, worked as on a blackboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from convcalc.commands import Command, asking
from convcalc.commands.options import layer_options
from convcalc.commands.words import spec_of_words
from convcalc.network.load import summarise_spec
from convcalc.problem import Problem
from convcalc.questions.explain import explain_layers

if TYPE_CHECKING:
    from convcalc.spec.choices import Choices


@click.command("layer", cls=Command)
@click.argument("words", nargs=-1, metavar="LAYER SHAPE…")
@asking.options
@layer_options
def command(words: tuple[str, ...], form: str, asked: asking.Request, choices: Choices) -> int:
    """One layer on an input of this SHAPE: output, parameters, MACs, memory and receptive field, worked.

    LAYER is written as in a spec, or pasted: "conv 10 k5 p2", "nn.Conv2d(3, 64, 7, stride=2)".  A layer with several
    inputs takes several shapes: `convcalc layer concat 64x28x28 32x28x28`.
    """
    report = summarise_spec(spec_of_words(words, choices), choices)
    if report.errors:
        raise Problem(*report.diagnostics)
    asking.show(explain_layers(report, asking.question(asked, report)), asked, form)
    return 0
