"""Options that several commands share: each is declared once, and those that belong together arrive as one record."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from functools import wraps
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from convcalc.commands.console import runner_reads
from convcalc.kinds.conventions import CONVENTIONS
from convcalc.problem import LINE, Problem, Source
from convcalc.spec.choices import Choices
from convcalc.spec.layout import LAYOUTS

Function = TypeVar("Function", bound=Callable[..., Any])
Decorator = Callable[[Function], Function]
CHOSEN = (ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT)
DTYPES = {
    "float64": 64, "float32": 32, "float16": 16, "bfloat16": 16, "float8": 8, "int64": 64, "int32": 32, "int16": 16,
    "int8": 8, "uint8": 8, "int4": 4, "bool": 8,
}  # fmt: skip


# What an option's text is


@contextmanager
def usage() -> Iterator[None]:
    """What there is a Problem with is wrong usage, told in one line with its cure."""
    try:
        yield
    except Problem as error:
        raise click.UsageError(sentence(error)) from error


def sentence(error: Problem) -> str:
    hint = error.diagnostics[0].hint
    return f"{error}; {hint}" if hint else str(error)


def option_reader(reader: Callable[[Any], Any]) -> Callable[..., Any]:
    """A callback that reads an option's text, where there is one; what the reader has a Problem with is wrong usage."""

    def callback(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
        try:
            return None if value is None else reader(value)
        except Problem as error:
            raise click.BadParameter(sentence(error), ctx, param) from error

    return callback


def pairs(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """`name=value` options as a mapping; --input may leave the name out."""
    found: dict[str, str] = {}
    for value in values:
        name, equals, text = (part.strip() for part in value.partition("="))
        if not equals and param.name == "inputs":
            name, text = "", name
        elif not equals or not name:
            raise click.BadParameter(f'"{value}" is not NAME=VALUE', ctx, param)
        if not text:
            raise click.BadParameter(f'"{value}" is empty: give a value', ctx, param)
        found[name] = text
    return found


def names(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Names, one by one or several between commas."""
    found = tuple(word for value in values for word in value.replace(",", " ").split())
    for word in found:
        if not word.isidentifier():
            raise click.BadParameter(f'"{word}" is not a name: letters, digits and _', ctx, param)
    return found


def number_reader(read: str, such: str) -> Callable[..., int | None]:
    """A callback that reads a number as this function of the parser does, rounded down."""

    def callback(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
        if value is None:
            return None
        from convcalc.algebra import parser
        from convcalc.algebra.limits import ExprError

        try:
            number = getattr(parser, read)(value)
        except ExprError as error:
            raise click.UsageError(f"{param.opts[0]}: {error}") from None
        if number is None:
            raise click.UsageError(f'{param.opts[0]}: "{value[:40]}" is not a number, such as {such}')
        return int(number)

    return callback


amount = number_reader("amount", "1000000, 1e6 or 5M")
size_in_bytes = number_reader("size_in_bytes", "4096, 320KiB or 2GB")


@option_reader
def lines(value: str | tuple[str, ...]) -> Source | tuple[Source, ...]:
    """Networks on the command line itself, as texts."""
    return Source(LINE, value) if isinstance(value, str) else tuple(Source(LINE, text) for text in value)


# Options as records


def record(name: str, kind: Callable[..., Any], fields: Iterable[str], *options: Decorator[Any]) -> Decorator[Any]:
    """A decorator that adds options, whose values a command takes as one record; what is not given has its default."""

    def decorate(function: Function) -> Any:
        @wraps(function)
        def command(*args: Any, **values: Any) -> Any:
            given = {field: value for field in fields if (value := values.pop(field, None)) is not None}
            return function(*args, **{name: kind(**given)}, **values)

        return together(*options)(command)

    return decorate


def together(*options: Decorator[Any]) -> Decorator[Any]:
    """One decorator for options in their order."""

    def decorate(function: Function) -> Function:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


INPUT = click.option(
    "--input", "inputs", multiple=True, callback=pairs, metavar="[NAME=]SHAPE", help="Another input shape."
)
SET = click.option(
    "--set", "sets", multiple=True, callback=pairs, metavar="NAME=VALUE",
    help="Another value for a name of `let`, or for a symbol.",
)  # fmt: skip
CONVENTION = click.option("--convention", type=click.Choice(tuple(CONVENTIONS)), help="Another convention.")
LAYOUT = click.option(
    "--layout", type=click.Choice(LAYOUTS), help="The order of shapes: 3x224x224, or 224x224x3 as in Keras."
)
WITHOUT = click.option(
    "--without", multiple=True, metavar="NAME", help="Leave out items marked with ? (a name, a kind, or all)."
)
SYMBOLIC = click.option("--symbolic", is_flag=True, help="Use letters for the sides of the input: H and W.")
SYMBOL = click.option(
    "--symbol", "symbols", multiple=True, callback=names, metavar="NAME", help="A name that stays a letter."
)
DEFAULT = click.option(
    "--default", "defaults", multiple=True, callback=pairs, metavar='KIND="…"',
    help='Settings for layers of a kind that do not say otherwise: conv="k3 p1".',
)  # fmt: skip
ARG = click.option(
    "--arg", "args", multiple=True, callback=pairs, metavar="NAME=VALUE",
    help="For a program: an argument of the network's class, or a value from outside the file.",
)  # fmt: skip
TRAIN = click.option("--train", is_flag=True, help="For a program: read it as in training, not as in inference.")
IN_ORDER = click.option(
    "--in-order", is_flag=True, help="For a printed model: its layers one after another, as they are printed."
)
BATCH = click.option(
    "--batch",
    type=click.IntRange(1),
    metavar="N",
    help="Examples at a time, for memory; by default 1, or as many as the input says.",
)
DTYPE = click.option(
    "--dtype",
    type=click.Choice(tuple(DTYPES)),
    default="float32",
    show_default=True,
    help="The type of the numbers in memory.",
)

LINT = click.option(
    "--lint", "lints", is_flag=True, help="Also what `convcalc lint` finds; in JSON among the warnings."
)


def choices(*options: Decorator[Any]) -> Decorator[Any]:
    return record("choices", Choices, Choices._fields, *options)


READING = (ARG, TRAIN, IN_ORDER)  # what a network is made of that was written elsewhere
# A whole network, one of which something is unknown, one that is swept, and one layer by itself.
network_options = choices(INPUT, SET, SYMBOL, DEFAULT, CONVENTION, LAYOUT, WITHOUT, SYMBOLIC, *READING)
unknown_options = choices(INPUT, SET, SYMBOL, DEFAULT, CONVENTION, LAYOUT, WITHOUT, *READING)
swept_options = choices(INPUT, SET, DEFAULT, CONVENTION, LAYOUT, WITHOUT, *READING)  # nothing in it stays a letter
layer_options = choices(CONVENTION, LAYOUT)


def line_option(several: bool, example: str) -> Decorator[Any]:
    """-e, for one network or several that are written on the command line itself."""
    return click.option(
        "-e", "texts" if several else "text", multiple=several, callback=lines, metavar="TEXT",
        help=f'A network in one line: "{example}".',
    )  # fmt: skip


def limit_option(default: int | None, what: str) -> Decorator[Any]:
    """--limit; where its default is another in other formats, `what` says so."""
    shown = default is not None
    return click.option(
        "--limit", type=click.IntRange(0), metavar="N", default=default, show_default=shown, help=f"{what}; 0 for all."
    )


def file_name(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """The name of a file to write; - is standard output, as if none were given."""
    if value is not None and not value.strip():
        raise click.BadParameter("the name of the file is empty", ctx, param)
    if value is not None and value.startswith("--"):
        raise click.BadParameter(
            f"{value} is an option where a file belongs; a file of that name is ./{value}", ctx, param
        )
    return None if value == "-" else value


FILE_ENDINGS = (".csv", ".html", ".json", ".md", ".pdf", ".tex", ".txt", ".xml", ".yaml", ".yml", ".zip")


def folder_option(help: str) -> Decorator[Any]:
    """-o of a command that writes many files; a name that ends as a file's does is one for what it prints."""
    return click.option(
        "--output", "-o", metavar="DIR|FILE", callback=file_name,
        help=f"{help}  A name with an ending, such as .csv, is one file.",
    )  # fmt: skip


def is_one_file(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in FILE_ENDINGS and not os.path.isdir(name)


def file_option(help: str, name: str = "--output", metavar: str = "FILE") -> Decorator[Any]:
    """-o, with a long name of its own where --output is another option."""
    return click.option("-o", name, "path", callback=file_name, metavar=metavar, help=help)


INTO_FILE = file_option("Write to a file; its ending chooses the format.")
LOGS = ("github", "sarif")  # of what is wrong, for every command


def format_options(
    own: Iterable[str],
    default: str | Callable[[], str] | None = "text",
    help: str | None = None,
    file: Decorator[Any] | None = INTO_FILE,
    endings: Mapping[str, str] = {},
    writes_file: bool = False,
) -> Decorator[Any]:
    """--format, --json where JSON is one of them, and -o, by which everything that is written goes into a file.

    `endings` stand for a format beside the usual ones.  A command has a -o of its own where `file` is None, such as
    `folder_option`, and puts the file in its place itself where it says so.
    """
    own = tuple(own)
    logs = tuple(each for each in LOGS if each not in own)
    options = [
        click.option(
            "--format", "form", type=click.Choice((*own, *logs)), default=default,
            show_default=isinstance(default, str), help=help,
        )
    ]  # fmt: skip
    if "json" in own:
        options.append(click.option("--json", "as_json", is_flag=True, help="The same as --format json."))
    if file is not None:
        options.append(file)

    def decorate(function: Function) -> Any:
        @wraps(function)
        def command(*args: Any, form: str, as_json: bool = False, **values: Any) -> Any:
            if as_json and form != "json":
                if click.get_current_context().get_parameter_source("form") in CHOSEN:
                    raise click.UsageError(f"--json and --format {form} exclude each other")
                form = "json"
            with runner_reads() if form == "github" else nullcontext():
                return run(args, form, as_json, values)

        def run(args: tuple[Any, ...], form: str, as_json: bool, values: dict[str, Any]) -> Any:
            is_one = file is None and is_one_file(values.get("output") or "")
            if given := values.get("output" if is_one else "path"):
                from convcalc.commands.destination import refuse_what_is_read

                refuse_what_is_read(given)
            path = None
            if is_one:
                path, values["output"] = given, None
            elif file is not None:
                path = values.pop("path", None)
            if form in logs and str(values.get("path")).endswith(f".{form}"):
                path, values["path"] = values["path"], None
            if path is None and form not in logs:
                return function(*args, form=form, **values, **({"path": None} if writes_file else {}))
            from convcalc.commands.destination import Destination, Formats

            source = click.get_current_context().get_parameter_source("form")
            chosen = form if as_json or source in CHOSEN else ""
            target = Destination(path, chosen, Formats(own, logs, default, endings), writes_file)
            return target.run(lambda form, more: function(*args, form=form, **values, **more))

        return together(*options)(command)

    return decorate
