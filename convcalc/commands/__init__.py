"""The commands: one module each, imported when it is called."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from convcalc import __version__

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMPLETION = "_CONVCALC_COMPLETE"  # the variable in which a shell asks
ABOUT = (
    "A calculator for the shapes of neural networks: exact, symbolic, and without",
    "running a tensor.",
)
GROUPS = {
    "Look": {
        "summary": "The table: output, parameters, MACs, receptive field.",
        "watch": "The table again when the file changes, and what has changed.",
        "draw": "Pictures: volumes, graph, receptive fields, windows, memory.",
        "compare": "Networks side by side: totals, ratios, layers that differ.",
        "lint": "Rules of thumb checked, and slips that the numbers give away.",
        "convert": "A network as YAML, PyTorch, Keras, ONNX, or in one line.",
    },
    "Work out": {
        "layer": "One layer, every quantity, worked.",
        "explain": "The worked arithmetic of a network.",
        "apply": "The numbers inside: a layer on small arrays, every cell worked.",
    },
    "Ask": {
        "solve": "The inverse question: which k, s or p gives the output you want.",
        "sweep": "All combinations of widths, depths and sizes, and the best.",
    },
    "Teach": {
        "quiz": "Makes exercises, one a student, with their key.",
        "check": "Marks homework, and says which mistake was made.",
    },
    "Reference": {
        "init": "A first spec, answers or assignment, to edit with completion.",
        "specs": "The bundled networks.",
        "kinds": "The layer kinds, their keys and formulas.",
        "formulas": "The formulas, their letters and sources, with examples worked.",
        "completion": "Completion of command lines for bash, zsh and fish.",
        "man": "The manual pages, to be read or to be installed.",
        "schema": "The JSON schema of a format.",
        "help": "How answers, keys and networks are written, a page a topic.",
    },
}  # fmt: skip
# The options by which a run asks for another network than a file has: the fields of Choices.
OF_NETWORKS = frozenset((
    "inputs", "sets", "symbols", "defaults", "convention", "layout", "without", "symbolic", "args", "train", "in_order",
))  # fmt: skip
COMMANDS = {name: about for group in GROUPS.values() for name, about in group.items()}


@contextmanager
def quiet_at_a_closed_pipe() -> Iterator[None]:
    """The reader of the pipe has what it wanted: click would make it exit code 1, which is a wrong answer here."""
    try:
        yield
    except BrokenPipeError:
        raise click.exceptions.Exit(0) from None


class HelpContext(click.Context):
    """Help in signs that the console has: click itself would write UTF-8 where there is ASCII only."""

    def get_help(self) -> str:
        from convcalc.commands.console import speak

        text = super().get_help()
        if speak():
            return text
        from convcalc.render.script import to_ascii

        return to_ascii(text)


class Flag(click.Option):
    """An option that ends the run with what it shows; click has its own translated, which takes a millisecond."""

    def __init__(self, *names: str, show: Callable[[click.Context], str], help: str):
        def end(ctx: click.Context, param: click.Parameter, value: bool) -> None:
            if value and not ctx.resilient_parsing:
                click.echo(show(ctx), color=ctx.color)
                ctx.exit()

        super().__init__(names, is_flag=True, expose_value=False, is_eager=True, callback=end, help=help)


HELP = Flag("-h", "--help", show=lambda ctx: ctx.get_help(), help="Show this message and exit.")
VERSION = Flag(
    "-V", "--version", show=lambda ctx: f"convcalc, version {__version__}", help="Show the version and exit."
)


class Command(click.Command):
    """A command with help as convcalc shows it."""

    context_class = HelpContext

    def get_help_option(self, ctx: click.Context) -> click.Option:
        return HELP

    def option_groups(self, ctx: click.Context) -> dict[str, list[tuple[str, str]]]:
        """The options by groups, each with its help: the command's own come first."""
        groups: dict[str, list[tuple[str, str]]] = {"Options": [], "The network": [], "Budgets": []}
        names = {param.name for param in self.params}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None and record[1]:
                name = param.name or ""
                is_budget = name.startswith("max_") and name.replace("max_", "min_") not in names  # else a filter
                group = "The network" if name in OF_NETWORKS else "Budgets" if is_budget else "Options"
                groups[group].append(record)
        return {group: records for group, records in groups.items() if records}

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for group, records in self.option_groups(ctx).items():
            with formatter.section(group):
                formatter.write_dl([(fold_choices(name), text) for name, text in records])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if ctx.resilient_parsing and args:  # an option whose value is being typed would end the reading of the others
            options = (param for param in self.params if isinstance(param, click.Option) and not param.is_flag)
            args = args[: -1 if any(args[-1] in option.opts for option in options) else None]
        return super().parse_args(ctx, args)


def fold_choices(name: str) -> str:
    """An option's name in lines that a terminal of 80 columns holds, broken between its values."""
    lines = [""]
    for part in re.split(r"(?<=\|)", name):
        if len(lines[-1]) + len(part) > 76:
            lines.append("    ")
        lines[-1] += part
    return "\n".join(lines)


class Commands(Command, click.Group):
    """Commands by name; a module is imported when its command is called."""

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        with quiet_at_a_closed_pipe():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        with quiet_at_a_closed_pipe():
            return super().invoke(ctx)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, ["summary", *args] if args[:1] == ["-e"] else args)

    def get_help(self, ctx: click.Context) -> str:
        """What there is, in lines that need no folding: click measures and folds them, which takes a millisecond."""
        return "\n".join(overview())

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command = import_module(f"convcalc.commands.{name}").command
        assert isinstance(command, Command)
        if ctx.resilient_parsing:  # a shell asks what may stand on the line
            from convcalc.commands.suggestions import attach

            attach(command)
        return command

    def context_of(self, ctx: click.Context, name: str) -> click.Context:
        """A command as if it had been called, for its help."""
        command = self.get_command(ctx, name)
        assert command is not None
        return command.context_class(command, parent=ctx, info_name=name)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Commands; where none begins so, networks, whose table is shown."""
        if incomplete.startswith("-"):
            return click.Command.shell_complete(self, ctx, incomplete)
        from convcalc.commands.suggestions import commands, networks

        return [*commands(ctx, incomplete)] or [*networks(ctx, incomplete)]

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in COMMANDS and (args[0] == "-" or not args[0].startswith("-")):
            if not is_network(args[0]):
                raise click.UsageError(f'there is no command "{args[0][:60]}"; {command_meant(args)}', ctx)
            args = ["summary", *args]
        return super().resolve_command(ctx, args)


def overview() -> Iterator[str]:
    """The commands by groups, and how to go on from there."""
    yield "Usage: convcalc COMMAND …    convcalc net.yaml is convcalc summary net.yaml"
    yield ""
    yield from ABOUT
    for group, commands in GROUPS.items():
        yield ""
        yield f"{group}:"
        yield from (f"  {name:<10}  {about}" for name, about in commands.items())
    yield ""
    yield "How one is used:  convcalc COMMAND --help.  The version:  convcalc --version"


def is_network(word: str) -> bool:
    """Whether a word where a command belongs is a SPEC, which is asked for its summary."""
    from convcalc.readers import library

    return (
        word == "-" or "->" in word or "=>" in word or "→" in word or word.endswith((".yaml", ".yml", ".json"))
        or library.file_of(word) is not None or library.bundled_path(word) is not None
    )  # fmt: skip


def command_meant(args: list[str]) -> str:
    """The command that a line without one asks for."""
    from convcalc.kinds import find
    from convcalc.problem import did_you_mean
    from convcalc.readers import library
    from convcalc.spec.shapes import is_shape

    first = args[0].partition(" ")[0].partition("(")[0].rpartition(".")[2]
    if is_shape(first) or find(first):
        from shlex import join

        return f"convcalc layer {join(args)}"
    close = did_you_mean(args[0], (*COMMANDS, *library.bundled_networks()))
    if not close and (topic := topic_meant(args[0])):
        return f"convcalc help {topic}"
    return close or f"the commands are {', '.join(COMMANDS)}"


def topic_meant(word: str) -> str:
    """The page of help that a word stands for, or is a slip of."""
    from convcalc.problem import nearest
    from convcalc.render.reference.topics import NAMES

    close = nearest(word.lower(), NAMES, 0.6)
    return NAMES[close].name if close else ""


@click.group(cls=Commands, params=[VERSION], context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """A calculator for the shapes of neural networks: exact, symbolic, and without running a tensor."""
