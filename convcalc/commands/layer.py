"""`convcalc layer`: one layer, every quantity, worked as on a blackboard."""

from __future__ import annotations

import json
from typing import Any

import click

from convcalc.cli import INVALID
from convcalc.commands import asking
from convcalc.commands.console import complain
from convcalc.language.names import Choices
from convcalc.network.summary import graph_of
from convcalc.network.walk import walk
from convcalc.problem import Source
from convcalc.questions.explain import explain_layers


@click.command("layer")
@click.argument("layer", metavar="LAYER")
@click.argument("shapes", nargs=-1, required=True, metavar="SHAPE…")
@asking.options
@click.option(
    "--convention", type=click.Choice(("pytorch", "keras", "caffe", "onnx", "textbook")), help="Another convention."
)
@click.option("--layout", type=click.Choice(("channels_first", "channels_last")), help="Of SHAPE: 3x32x32, or 32x32x3.")
def command(layer: str, shapes: tuple[str, ...], convention: str | None, layout: str | None, **how: Any) -> int:
    """One layer on an input of this SHAPE: output, parameters, MACs, memory and receptive field, worked.

    LAYER is written as in a spec, or pasted: "conv 10 k5 p2", "nn.Conv2d(3, 64, 7, stride=2)".  A layer with several
    inputs takes several shapes: `convcalc layer concat 64x28x28 32x28x28`.
    """
    graph = graph_of(source(layer, shapes, layout), Choices(convention=convention or ""))
    report = walk(graph)
    if not report.errors:
        asking.show(explain_layers(report, asking.question((), **how)), **how)
    if report.diagnostics:
        complain(report.diagnostics)
    return INVALID if report.errors else 0


def source(layer: str, shapes: tuple[str, ...], layout: str | None) -> Source:
    """A network of this layer: in one line, or where a line cannot say it in JSON."""
    if len(shapes) == 1 and layout is None:
        return Source("layer", f"{shapes[0]} -> {layer}")
    names = [f"input{index}" for index in range(1, len(shapes) + 1)]
    inputs: Any = dict(zip(names, shapes, strict=True)) if len(shapes) > 1 else shapes[0]
    text = f"{layer} from={','.join(names)}" if len(shapes) > 1 else layer
    return Source("layer", json.dumps({"input": inputs, "layout": layout or "channels_first", "layers": [text]}))
