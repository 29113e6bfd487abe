"""`convcalc man`: the manual pages, made from the commands themselves."""

from __future__ import annotations

import inspect
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from tempfile import TemporaryDirectory

import click

from convcalc import __version__
from convcalc.commands import ABOUT, COMMANDS, GROUPS, Command, Commands
from convcalc.commands.console import say_files, tell
from convcalc.commands.examples import EXAMPLES, CommandExample
from convcalc.commands.options import file_name, format_options
from convcalc.commands.reports import make
from convcalc.problem import did_you_mean
from convcalc.render.reference.manual import (
    Block,
    ManualItem,
    ManualPage,
    SubHeading,
    Verbatim,
    blocks_of,
    page_text,
    see_also,
)
from convcalc.whole_file import file_to_write

CODES = (
    (0, "All is well.", ()),
    (
        1,
        "A network is over a budget, something was found, or an answer is wrong.",
        ("summary", "watch", "lint", "check"),
    ),
    (2, "The command line is wrong.", ()),
    (3, "A network, a key or a file is wrong.", ()),
    (4, "There is no solution.", ("solve", "sweep")),
    (70, "A bug in convcalc.", ()),
    (74, "The output cannot be written.", ()),
    (130, "It was interrupted.", ()),
)
ENVIRONMENT = (
    ManualItem("NO_COLOR", "Where it is set, nothing is coloured."),
    ManualItem("CONVCALC_DEBUG", "Where it is set, a bug shows its traceback."),
)
NETWORKS = (
    "A SPEC is a file, the name of a bundled network, a network in one line with arrows, or - for standard input. "
    "Files may be YAML in the language of convcalc, programs for PyTorch or Keras, which are read and never run, and "
    "what other tools write: ONNX, Keras, printed models, Caffe, Darknet."
)


@click.command("man", cls=Command)
@click.argument("name", metavar="[COMMAND]", default="")
@click.option(
    "--output", "-o", "folder", metavar="DIR", callback=file_name, help="Write all pages into this folder, a file each."
)
@format_options(("text", "json"), file=None)
@click.pass_context
def command(ctx: click.Context, name: str, folder: str | None, form: str) -> int:
    """The manual page of a COMMAND, or of convcalc: opened by man on a terminal, elsewhere in the language of man.

    To have them all in `man convcalc`, `man convcalc-check` and so on, write them where man looks for them:

    \b
      convcalc man -o ~/.local/share/man/man1
    """
    name = name.removeprefix("convcalc-").strip().lower()
    if name not in ("", "convcalc", *COMMANDS):
        hint = did_you_mean(name, COMMANDS) or f"the commands are {', '.join(COMMANDS)}"
        raise click.UsageError(f'there is no command "{name[:60]}"; {hint}')
    if folder and (name or form == "json"):
        raise click.UsageError(f"-o writes all pages, for man: leave {'COMMAND' if name else '--json'} out")
    assert ctx.parent is not None
    if folder:
        write_all(ctx.parent, folder)
        return 0
    name = "" if name == "convcalc" else name
    text = text_of(ctx.parent, name)
    if form == "json":
        from convcalc.render.json_text import json_document

        tell(json_document("man", name=page_name(name), page=text), form)
        return 0
    if sys.stdout.isatty():
        return show(text, name)
    tell((text,), "man")
    return 0


def write_all(root: click.Context, folder: str) -> None:
    make(folder)
    names = ("", *COMMANDS)
    for name in names:
        with file_to_write(os.path.join(folder, page_file(name))) as file:
            file.write(text_of(root, name))
    say_files(len(names), folder)


def show(text: str, name: str) -> int:
    """Have man show a page; its exit code."""
    program = shutil.which("man")
    if program is None:
        raise click.UsageError(f"there is no man here: convcalc {name or 'help'} {'--help' if name else ''}".rstrip())
    with TemporaryDirectory() as folder:
        path = os.path.join(folder, page_file(name))
        with file_to_write(path) as file:
            file.write(text)
        return subprocess.run([program, path], check=False).returncode


def page_file(name: str) -> str:
    return f"{page_name(name)}.1"


def page_name(name: str) -> str:
    return f"convcalc-{name}" if name else "convcalc"


def text_of(root: click.Context, name: str) -> str:
    """A page in the language of man, as of today or of the day that SOURCE_DATE_EPOCH says."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH", "")
    day = time.gmtime(int(seconds) if seconds.isdecimal() else None)
    page = command_page(root, name) if name else overview_page(root)
    return page_text(page, __version__, time.strftime("%Y-%m-%d", day))


def command_page(root: click.Context, name: str) -> ManualPage:
    """The page of a command, from its own help."""
    assert isinstance(root.command, Commands)
    context = root.command.context_of(root, name)
    synopsis = f"`convcalc {name}` {' '.join(context.command.collect_usage_pieces(context))}"
    others = [other for group in GROUPS.values() if name in group for other in group if other != name]
    return ManualPage(
        page_name(name), COMMANDS[name], (synopsis,),
        (
            ("DESCRIPTION", tuple(description(context.command))),
            ("OPTIONS", tuple(option_items(context))),
            ("EXAMPLES", tuple(example_blocks(EXAMPLES.get(name, ())))),
            ("EXIT STATUS", tuple(exit_codes(name))),
            ("SEE ALSO", (see_also(("convcalc", *map(page_name, others))),)),
        ),
    )  # fmt: skip


def overview_page(root: click.Context) -> ManualPage:
    """The page of convcalc itself."""
    about = " ".join(ABOUT)
    commands: list[Block] = []
    for group, members in GROUPS.items():
        commands += [
            SubHeading(group),
            *(ManualItem(f"`{page_name(name)}`(1)", text) for name, text in members.items()),
        ]
    first = [example for name in ("summary", "layer", "lint", "check") for example in EXAMPLES[name][:1]]
    return ManualPage(
        "convcalc", "a calculator for the shapes of neural networks",
        ("`convcalc` COMMAND [OPTIONS] …", "`convcalc` SPEC [OPTIONS] …"),
        (
            ("DESCRIPTION", (about, "A SPEC alone is shown as `convcalc summary` shows it.", NETWORKS)),
            ("COMMANDS", tuple(commands)),
            ("OPTIONS", tuple(option_items(root))),
            ("EXAMPLES", tuple(example_blocks(first))),
            ("EXIT STATUS", tuple(exit_codes(""))),
            ("ENVIRONMENT", ENVIRONMENT),
            ("SEE ALSO", (see_also(map(page_name, COMMANDS)),)),
        ),
    )  # fmt: skip


def description(command: click.Command) -> Iterator[Block]:
    """What its help says, without the examples, which are a section of their own."""
    for block in (*blocks_of(inspect.cleandoc(command.help or "")), *blocks_of(command.epilog or "")):
        if not (isinstance(block, Verbatim) and block.text.startswith("Examples:")):
            yield block


def option_items(context: click.Context) -> Iterator[Block]:
    assert isinstance(context.command, Command)
    for place, (group, records) in enumerate(context.command.option_groups(context).items()):
        if place:
            yield SubHeading(group)
        yield from (ManualItem(name, text) for name, text in records)


def example_blocks(examples: tuple[CommandExample, ...] | list[CommandExample]) -> Iterator[Block]:
    for example in examples:
        yield example.sense
        yield Verbatim(example.line)


def exit_codes(name: str) -> Iterator[ManualItem]:
    """The codes that a command ends with; of convcalc all."""
    return (ManualItem(str(code), text) for code, text, of in CODES if not of or not name or name in of)
