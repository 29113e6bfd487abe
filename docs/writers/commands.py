"""A page for every command: what it is for, its options, and its examples with what they print."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from convcalc.commands import COMMANDS, GROUPS, cli
from writers.markdown import block, code, leaf, page, plain, prose, section, table
from writers.running import console, folder_with

if TYPE_CHECKING:
    from collections.abc import Iterator

LINES = 40  # of an output, before the rest is left out
ENTRY = re.compile(r"^ {4}(convcalc .+)$", re.MULTILINE)


def pages() -> dict[str, str]:
    return {"index.md": index(), **{f"{name}.md": command_page(name) for name in COMMANDS}}


def index() -> str:
    groups = [
        section(
            group, table(("command", "what it does"), ((link(name), prose(about)) for name, about in found.items()))
        )
        for group, found in GROUPS.items()
    ]
    codes = section("Exit codes", table(("code", "means"), EXIT_CODES))
    said = "A command is `convcalc NAME`; a SPEC without one is asked for its `summary`."
    return page("Commands", said, *groups, codes)


EXIT_CODES = (
    ("0", "fine"),
    ("1", "over a budget, something found by `lint`, or a wrong answer in `check`"),
    ("2", "wrong usage"),
    ("3", "an invalid spec"),
    ("4", "no solution"),
    ("70", "a bug in convcalc"),
    ("74", "the output cannot be written"),
    ("130", "interrupted"),
)


def link(name: str) -> str:
    return f"[{code(name)}]({name}.md)"


def context_of(name: str) -> click.Context:
    above = click.Context(cli, info_name="convcalc")
    command = cli.get_command(above, name)
    assert command is not None
    return click.Context(command, info_name=name, parent=above)


def command_page(name: str) -> str:
    context = context_of(name)
    help_text = context.command.help or ""
    first, *rest = [" ".join(part.split()) for part in help_text.replace("\b", "").split("\n\n")]
    epilog = (context.command.epilog or "").replace("\b\n", "")
    return leaf(
        "Commands",
        f"convcalc {name}",
        prose(first),
        block("text", " ".join(["convcalc", name, *context.command.collect_usage_pieces(context)])),
        *map(prose, rest),
        *examples(name, epilog),
        section("Options", table(("option", "by itself", "what it does"), options(context))),
        notes(epilog),
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


def examples(name: str, epilog: str) -> Iterator[str]:
    """What the help of a command gives as examples, run in a folder of their own."""
    found = ENTRY.findall(epilog)
    if found:
        with folder_with(FILES):
            yield section("Examples", *(console(line, lines=LINES) for line in found))


def notes(epilog: str) -> str:
    """What the help says behind its examples."""
    parts = [part for part in epilog.split("\n\n") if part.strip() and not ENTRY.search(part)]
    return "\n\n".join(
        prose(part) if not part.startswith(" ") and "\n  " not in part else block("text", part) for part in parts
    )


# Files that examples of commands work on.
FILES = {
    "net.yaml": "name: Small\ninput: 3x32x32\nlayers:\n  - conv 16 k3 p1\n  - batchnorm\n  - relu\n  - maxpool 3\n"
    "  - flatten\n  - linear 10\n",
    "key.yaml": "assignment: Homework 3\nspec: lenet5\nquestions:\n  - {ask: C1.output}\n"
    "  - {ask: C3.parameters, points: 2}\n",
    "alice.yaml": "student: Alice Archer\nanswers: {C1.output: 6x28x28, C3.parameters: 2400}\n",
}
