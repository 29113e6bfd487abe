"""`convcalc solve`: the inverse question, of one layer or of a network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from convcalc.cli import NO_SOLUTION
from convcalc.commands import Command
from convcalc.commands.console import speak, tell
from convcalc.commands.options import (
    file_option,
    format_options,
    limit_option,
    line_option,
    record,
    unknown_options,
    usage,
)
from convcalc.network.quantity import BOUNDED
from convcalc.solving.question import Question, Wanted, layer_question, layer_words, names_network, network_question

if TYPE_CHECKING:
    from convcalc.problem import Source
    from convcalc.spec.choices import Choices

EPILOG = """
\b
Examples:
  convcalc solve 3x224x224 "conv 64 k7 s2 p?" 64x112x112
  convcalc solve 3x224x224 "conv 64 k? s? p?" 64x112x112
  convcalc solve "conv k=K d=D p?"
  convcalc solve 3x32x32 "conv ? k5 p2" --parameters 760
  convcalc solve resnet50 --output 7x7
  convcalc solve alexnet --smallest
"""


AMOUNTS = {
    "parameters": 'How many: 760, "<= 1e6", "> 5M", 1e6..2e6.', "macs": "How many multiply-accumulates.",
    "receptive_field": 'How large: 7, ">= 100".', "memory": 'Bytes of the activations, in float32: "<= 320KiB".',
}  # fmt: skip


def read_wanted(**given: Any) -> Wanted:
    """What is wanted, the bounds by quantity."""
    return Wanted(amounts={each.name: given.pop(each.name) for each in BOUNDED if each.name in given}, **given)


wanted_options = record(
    "wanted", read_wanted, (*Wanted._fields, *(each.name for each in BOUNDED)),
    click.option("--output", metavar="SHAPE", help="What comes out: 64x112x112, 7x7, ?x7x7, or same."),
    click.option("--at", metavar="LAYER", help="The layer of a network whose output that is."),
    *(
        click.option(f"--{each.name.replace('_', '-')}", metavar="BOUND",
                     help=AMOUNTS.get(each.name, f"How many {each.word}."))
        for each in BOUNDED
    ),
    click.option("--smallest", is_flag=True, help="The smallest input that every layer of a network accepts."),
    click.option("--up-to", "until", type=click.IntRange(1, 1000), metavar="N",
                 help="How far to try, value by value."),
)  # fmt: skip


@click.command("solve", cls=Command, epilog=EPILOG)
@click.argument("words", nargs=-1, metavar="[INPUT] LAYER [TARGET] | SPEC")
@line_option(False, "3x?x? -> conv 8 k3 -> maxpool 2")
@wanted_options
@click.option("--exact", is_flag=True, help="Every window fits exactly: the textbook convention.")
@unknown_options
@limit_option(10, "Combinations shown")
@format_options(("text", "json"), file=file_option("Write to a file.", "--output-file"))
def command(
    words: tuple[str, ...], text: Source | None, wanted: Wanted, exact: bool, choices: Choices, limit: int, form: str
) -> int:
    """The values of what is unknown: a ? in a layer or its input, a network's input, or a name in it.

    Every value is put in and computed before it is printed.  Without a TARGET the size of the input is kept.  A ? in
    --input, or --set NAME=?, is unknown too.  Where there is no solution, the reason and what comes nearest are told,
    with exit code 4.
    """
    if exact and choices.convention not in ("", "textbook"):
        raise click.UsageError(f"--exact is the textbook convention, --convention {choices.convention} another")
    if exact:
        choices = choices._replace(convention="textbook")
    if text is not None or (words and names_network(words[0])):
        extra = words[1:] if text is None else words
        if extra:
            raise click.UsageError(f'"{extra[0]}" is one word too many: say what is wanted with --output')
        asked = network_question(words[0] if text is None else text, wanted, choices)
        return shown_answer(asked, wanted.smallest, limit, form)
    beside = (("--at", wanted.at), ("--input", choices.inputs), ("--set", choices.sets),
              ("--without", choices.without), ("--smallest", wanted.smallest))  # fmt: skip
    for option, is_given in beside:
        if is_given:
            raise click.UsageError(f"{option} is for a network: name a SPEC, or give one with -e")
    with usage():
        shape, layer, target = layer_words(words)
    asked = layer_question(layer, shape, wanted._replace(output=target or wanted.output), choices)
    return shown_answer(asked, False, limit, form)


def shown_answer(asked: Question, smallest: bool, limit: int, form: str) -> int:
    """Show the values of what is unknown; the exit code."""
    from convcalc.render.script import to_ascii
    from convcalc.render.solving import json, lines
    from convcalc.solving.answer import answer

    found = answer(asked, smallest)
    unicode = speak(form)
    if form == "json":
        tell((json.document(found),), form)
    else:
        tell(f"{line if unicode else to_ascii(line)}\n" for line in lines.lines(found, limit))
    return 0 if found.solved else NO_SOLUTION
