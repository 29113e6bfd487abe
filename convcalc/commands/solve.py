"""`convcalc solve`: the inverse question, of one layer or of a network."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from convcalc.cli import NO_SOLUTION, exit_code
from convcalc.commands.console import fail, speak, tell
from convcalc.commands.options import LAYOUT
from convcalc.problem import Problem, problem
from convcalc.questions.wanted import OPEN, Bound, bound, is_target

if TYPE_CHECKING:
    from convcalc.questions.marks import OpenValue

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


@click.command("solve", epilog=EPILOG)
@click.argument("words", nargs=-1, metavar="[INPUT] LAYER [TARGET] | SPEC")
@click.option("-e", "text", metavar="TEXT", help='A network in one line: "3x?x? -> conv 8 k3 -> maxpool 2".')
@click.option("--output", metavar="SHAPE", help="What comes out: 64x112x112, 7x7, ?x7x7, or same.")
@click.option("--at", metavar="LAYER", default="", help="The layer of a network whose output that is.")
@click.option("--parameters", metavar="BOUND", help='How many: 760, "<= 1e6", "> 5M", 1e6..2e6.')
@click.option("--macs", metavar="BOUND", help="How many multiply-accumulates.")
@click.option("--receptive-field", metavar="BOUND", help='How large: 7, ">= 100".')
@click.option("--exact", is_flag=True, help="Every window fits exactly: the textbook convention.")
@click.option(
    "--convention", type=click.Choice(("pytorch", "keras", "caffe", "onnx", "textbook")), help="Another convention."
)
@LAYOUT
@click.option("--input", "given", metavar="SHAPE", help="The input of a network, with ? for the unknown: 3x?x?.")
@click.option("--set", "sets", multiple=True, metavar="NAME=VALUE", help="A value for a name; NAME=? makes it unknown.")
@click.option("--smallest", is_flag=True, help="The smallest input that every layer of a network accepts.")
@click.option("--limit", type=click.IntRange(0), default=10, show_default=True, help="Combinations shown; 0 for all.")
@click.option("--up-to", "until", type=click.IntRange(1, 1000), metavar="N", help="How far to try, value by value.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def command(
    words: tuple[str, ...], text: str | None, output: str | None, at: str, parameters: str | None, macs: str | None,
    receptive_field: str | None, exact: bool, convention: str | None, layout: str | None, given: str | None,
    sets: tuple[str, ...], smallest: bool, limit: int, until: int | None, as_json: bool,
) -> int:  # fmt: skip
    """The values of what is unknown: a ? in a layer or its input, a network's input, or a name in it.

    Every value is put in and computed before it is printed.  Without a TARGET the size of the input is kept.
    Where there is no solution, the reason and what comes nearest are told, with exit code 4.
    """
    if exact and convention not in (None, "textbook"):
        raise click.UsageError(f"--exact is the textbook convention, --convention {convention} another")
    convention = "textbook" if exact else convention
    wanted = {"parameters": parameters, "macs": macs, "receptive_field": receptive_field}
    try:
        return solve(words, text, output, at, wanted, convention, layout or "", given, sets, smallest, limit,
                     until or 0, as_json)  # fmt: skip
    except Problem as error:
        fail(error.diagnostics, "json" if as_json else "text")
        return exit_code(error)


def solve(
    words: tuple[str, ...], text: str | None, output: str | None, at: str, wanted: dict[str, str | None],
    convention: str | None, layout: str, given: str | None, sets: tuple[str, ...], smallest: bool, limit: int,
    until: int, as_json: bool,
) -> int:  # fmt: skip
    """The exit code of a question that was put; a Problem where it cannot be."""
    bounds = tuple(bound(name, said) for name, said in wanted.items() if said is not None)
    if text is not None or (words and is_network(words)):
        name = text if text is not None else words[0]
        extra = words if text is not None else words[1:]
        if extra:
            raise click.UsageError(f'"{extra[0]}" is one word too many: say what is wanted with --output')
        return of_network(name, text is not None or "->" in name, output, at, bounds, convention, layout, given, sets,
                          smallest, limit, until, as_json)  # fmt: skip
    for option, is_given in (("--at", at), ("--input", given), ("--set", sets), ("--smallest", smallest)):
        if is_given:
            raise click.UsageError(f"{option} is for a network: name a SPEC, or give one with -e")
    return of_layer(words, output, bounds, convention or "pytorch", layout, limit, until, as_json)


def is_network(words: tuple[str, ...]) -> bool:
    """Whether the first word is a spec: a chain, a file, or a bundled name, where no layer is called so."""
    import os

    first = words[0]
    if "->" in first or "→" in first:
        return True
    if is_target(first) or " " in first.strip() or "(" in first:
        return False
    from convcalc.kinds import find
    from convcalc.language import library

    known = library.plain(first.removesuffix(".yaml")) in map(library.plain, library.bundled())
    return first == "-" or os.path.exists(first) or known or (find(first) is None and OPEN not in first)


def of_layer(
    words: tuple[str, ...], output: str | None, bounds: tuple[Bound, ...], convention: str, layout: str, limit: int,
    until: int, as_json: bool,
) -> int:  # fmt: skip
    from convcalc.questions.given import beside_layer
    from convcalc.questions.solve import answer, question
    from convcalc.render import solved, solved_json

    given, layer, last = sorted_out(words)
    target = last or output or ""
    keeps = target.strip().lower() == "same"
    read = beside_layer(layer, given, "" if keeps else target, convention, layout)
    asked = question(layer, read.shape, read.target, keeps, bounds, convention, until)
    found = answer(asked._replace(channels_last=read.channels_last))
    show(iter((solved_json.layer(found),)) if as_json else on_lines(solved.lines(found, limit)), as_json)
    return 0 if found.solved else NO_SOLUTION


def sorted_out(words: tuple[str, ...]) -> tuple[str, str, str]:
    """(input, layer, target), each but the layer possibly empty; the layer in quotes or in several words."""
    from convcalc.commands.words import bracketed

    words = bracketed(words)
    layers = [place for place, word in enumerate(words) if not is_target(word)]
    hint = 'convcalc solve 3x224x224 "conv 64 k7 s2 p?" 64x112x112'
    if not layers:
        raise click.UsageError(f"name a layer with a ? in it, in quotes: {hint}")
    first, end = layers[0], layers[-1] + 1
    is_bare = not any(" " in word.strip() for word in words[first:end])
    if len(layers) > 1 and not is_bare:
        raise click.UsageError(f'"{words[layers[1]]}" is a second layer, or no shape; for example {hint}')
    # A number before the target belongs to the layer, as a ? does: neither is a shape by itself there.
    while is_bare and (words[end : end + 1] == (OPEN,) or (end + 1 < len(words) and words[end].isdecimal())):
        end += 1
    if first > 1 or len(words) - end > 1:
        raise click.UsageError(f"first the input, then the layer in quotes, then the target: {hint}")
    return (words[0] if first else "", " ".join(words[first:end]), words[end] if end < len(words) else "")


def of_network(
    name: str, is_text: bool, output: str | None, at: str, bounds: tuple[Bound, ...], convention: str | None,
    layout: str, given: str | None, sets: tuple[str, ...], smallest: bool, limit: int, until: int, as_json: bool,
) -> int:  # fmt: skip
    from convcalc.kinds.conventions import CONVENTIONS
    from convcalc.language import library
    from convcalc.language.names import Choices
    from convcalc.language.spec import Place
    from convcalc.network.load import spec_of
    from convcalc.problem import Source
    from convcalc.questions.given import beside_network
    from convcalc.questions.marks import opened
    from convcalc.questions.smallest_input import smallest as smallest_input
    from convcalc.questions.solve_network import answer
    from convcalc.questions.unknown_network import Question
    from convcalc.render import solved_json, solved_network

    values, names = named(sets)
    marks: tuple[OpenValue, ...] = ()
    if is_text:
        name, marks = opened(name, (*values, *names), CONVENTIONS[convention or "pytorch"].classes)
    choices = Choices({"": given} if given else None, values, convention or "", layout=layout)
    source = Source("-e", name) if is_text else library.find(name)
    spec = spec_of(source, choices)
    fatal = [finding for finding in spec.diagnostics if finding.severity == "error"]
    if fatal:
        raise Problem(*fatal)
    if is_text:  # a line has no `let`: its unknowns are declared by being asked for
        known = {entry[0] for entry in spec.let}
        unknown = [*names, *(mark.letter for mark in marks)]
        place = Place(1, 1, len(name))
        spec = spec._replace(let=(*spec.let, *((new, OPEN, place) for new in unknown if new not in known)))
    if output is not None and output.strip().lower() == "same":
        raise problem("Q003", "--output same is for a layer", "--output 7x7")
    wanted = None if output is None else beside_network(output, spec, layout)
    asked = Question(spec, choices, names, marks, wanted, at, bounds, until)
    is_exact = "textbook" in (convention, spec.convention)
    if wanted is None and not bounds and not smallest and not is_exact and not any(mark.follows for mark in marks):
        options = "--output 7x7, --parameters, --macs, --receptive-field, --exact or --smallest"
        raise click.UsageError(f"what is wanted of the network? {options}")
    found = smallest_input(asked) if smallest else answer(asked)
    show(iter((solved_json.network(found),)) if as_json else on_lines(solved_network.lines(found, limit)), as_json)
    return 0 if found.solved else NO_SOLUTION


def named(sets: tuple[str, ...]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Values of --set, and the names that are unknown."""
    values: dict[str, str] = {}
    names: list[str] = []
    for entry in sets:
        name, equals, value = (part.strip() for part in entry.partition("="))
        if not equals or not name:
            raise click.UsageError(f'--set: "{entry}" is not NAME=VALUE, or NAME=?')
        if value == OPEN:
            names.append(name)
        else:
            values[name] = value
    return values, tuple(dict.fromkeys(names))


def show(pieces: Iterator[str], as_json: bool) -> None:
    form = "json" if as_json else "text"
    speak(form)
    tell(pieces, form)


def on_lines(lines: Iterator[str]) -> Iterator[str]:
    try:
        "⌊⟺".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        from convcalc.render.script import to_ascii

        lines = map(to_ascii, lines)
    return (f"{line}\n" for line in lines)
