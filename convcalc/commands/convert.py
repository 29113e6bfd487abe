"""`convcalc convert`: a network in another language."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from convcalc.commands import Command
from convcalc.commands.console import complain, say, send, speak, tell
from convcalc.commands.options import line_option, network_options
from convcalc.commands.output import file_to_write
from convcalc.network.load import graph_of, source_of, spec_of
from convcalc.problem import Problem, problem
from convcalc.readers.forms import form_of
from convcalc.writing import TARGETS
from convcalc.writing.asked import with_choices

if TYPE_CHECKING:
    from convcalc.network.graph import Graph
    from convcalc.problem import Source
    from convcalc.spec.choices import Choices


@click.command("convert", cls=Command)
@click.argument("name", required=False, metavar="SPEC")
@line_option(False, "3x32x32 -> conv 8 k3 -> relu")
@click.option("--to", "target", type=click.Choice(tuple(TARGETS)), required=True, help="The language.")
@click.option("-o", "--output", "path", metavar="FILE", help="Write to a file.")
@click.option("--depth", type=click.IntRange(1), metavar="N", help="Of a picture: fold blocks below this depth.")
@network_options
def command(
    name: str | None, text: Source | None, target: str, path: str | None, depth: int | None, choices: Choices
) -> None:
    """A network in another language, with the inputs and values that were asked for.

    SPEC is a file, a bundled name (`convcalc specs` lists them), or - for standard input.
    """
    if (text is None) == (name is None):
        raise click.UsageError("name a SPEC, for example `convcalc convert lenet5 --to yaml`, or give one with -e")
    language = TARGETS[target]
    if depth and not language.folds:
        raise click.UsageError(f"--depth is for {' and '.join(each.name for each in TARGETS.values() if each.folds)}")
    if language.is_binary and not path and sys.stdout.isatty():
        raise click.UsageError(f"{target} is no text, and a terminal shows nothing else: add `-o net.{target}`")
    spec = spec_of(source_of(text or name or "", choices), choices)
    graph = graph_of(spec, choices)
    if wrong := (*graph.diagnostics, *spec.gaps):
        raise Problem(*wrong)
    refuse_unknown(graph)
    spec = with_choices(spec, choices, graph)
    if form_of(spec.source) is not None and not spec.blocks:
        from convcalc.writing.folding import in_few_words

        spec, graph = in_few_words(spec, graph)
    pieces = language.pieces(spec, graph, **({"depth": depth} if depth else {}))
    if path:
        with file_to_write(path, language.is_binary) as file:
            file.writelines(pieces)
    elif language.is_binary:
        send(pieces)
    else:
        speak(target)
        tell(pieces, target)
    complain(tuple(graph.notes))
    for remark in language.remarks(spec, graph):
        say(remark)


def refuse_unknown(graph: Graph) -> None:
    """A Problem where it is not known what a layer takes or gives."""
    if graph.spec.unjoined:
        raise Problem(graph.spec.unjoined._replace(severity="error"))
    for node in graph.nodes[len(graph.inputs) :]:
        if node.applied is None:
            raise problem("T003", f"what {node.name} gives is not known", "", graph.mark(node.place), layer=node.name)
