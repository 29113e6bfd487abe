"""A page for every command: what it is for, its options, and its examples with what they print."""

from __future__ import annotations

import re
from inspect import cleandoc
from typing import TYPE_CHECKING

import click

from convcalc.commands import COMMANDS, GROUPS, Commands, cli
from convcalc.commands.examples import EXAMPLES
from convcalc.commands.man import CODES
from writers.markdown import block, code, leaf, link, page, plain, prose, section, table
from writers.running import console, folder_with

if TYPE_CHECKING:
    from collections.abc import Iterator

LINES = 40  # of an output, before the rest is left out


def pages() -> dict[str, str]:
    return {"index.md": index(), **{f"{name}.md": command_page(name) for name in COMMANDS}}


def index() -> str:
    groups = [
        section(
            group, table(("command", "what it does"), ((link(name), prose(about)) for name, about in found.items()))
        )
        for group, found in GROUPS.items()
    ]
    codes = section(
        "Exit codes",
        table(("code", "means", "of"), ((str(code), prose(said), ", ".join(of)) for code, said, of in CODES)),
    )
    said = "A command is `convcalc NAME`; a SPEC without one is asked for its `summary`."
    return page("Commands", said, *groups, codes)


def command_page(name: str) -> str:
    assert isinstance(cli, Commands)
    context = cli.context_of(click.Context(cli, info_name="convcalc"), name)
    first, *rest = paragraphs(context.command.help or "")
    usage = " ".join(["convcalc", name, *context.command.collect_usage_pieces(context)])
    return leaf(
        "Commands",
        f"convcalc {name}",
        first,
        block("text", usage),
        *rest,
        section("Examples", *examples(name)),
        section("Options", table(("option", "by itself", "what it does"), options(context))),
        *(part for part in paragraphs(context.command.epilog or "") if "Examples:" not in part),
    )


def options(context: click.Context) -> Iterator[tuple[str, str, str]]:
    for parameter in context.command.get_params(context):
        if not isinstance(parameter, click.Option) or parameter.hidden:
            continue
        record = parameter.get_help_record(context)
        names = "<br>".join(map(code, ", ".join((*parameter.opts, *parameter.secondary_opts)).split(", ")))
        metavar = "" if parameter.is_flag or parameter.count else parameter.make_metavar(context)
        said = re.sub(r"\s*\[default: (.*?)\]|\s*\[x[<>=0-9]+\]|\s*\[.*?<=x.*?\]", "", record[1] if record else "")
        default = re.search(r"\[default: (.*?)[;\]]", record[1] if record else "")
        choices = metavar[1:-1].replace("|", ", ") if metavar.startswith("[") and "|" in metavar else ""
        shown = f" {code(metavar)}" if metavar and not choices else ""
        several = f" One of {choices}." if choices else ""
        yield f"{names}{shown}", code(default[1]) if default else "", prose(said) + plain(several)


def examples(name: str) -> Iterator[str]:
    """What the command is begun with, run on small files; what waits, or writes beside them, is shown alone."""
    with folder_with(FILES):
        for example in EXAMPLES.get(name, ()):
            is_run = name != "watch" and "~" not in example.line
            yield prose(example.sense)
            yield console(example.line, lines=LINES) if is_run else block("sh", example.line)


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a help text, of which those behind \\b stand as they are."""
    parts = [part.strip("\n") for part in cleandoc(text).split("\n\n") if part.strip()]
    return [
        block("text", part.partition("\n")[2]) if part.startswith("\b") else prose(" ".join(part.split()))
        for part in parts
    ]


# Files that examples of commands work on.
FILES = {
    "net.yaml": "name: Small\ninput: 3x32x32\nlayers:\n  - conv 16 k3 p1\n  - batchnorm\n  - relu\n  - maxpool 3\n"
    "  - flatten\n  - linear 10\n",
    "key.yaml": "assignment: Homework 3\nspec: lenet5\nquestions:\n  - {ask: C1.output}\n"
    "  - {ask: C3.parameters, points: 2}\n",
    "submissions/alice.yaml": "student: Alice Archer\nanswers: {C1.output: 6x28x28, C3.parameters: 2400}\n",
    "submissions/ben.yaml": "student: Ben Brook\nanswers: {C1.output: 6x28x28, C3.parameters: 2416}\n",
    "nets/net.yaml": "input: 3x31x31\nlayers:\n  - conv 16 k3 p1\n  - batchnorm\n  - relu\n  - maxpool 2\n",
    "alice.yaml": "student: Alice Archer\nanswers: {C1.output: 6x28x28, C3.parameters: 2400}\n",
}
